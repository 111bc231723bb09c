//! The offer in a reply to a write, held against what was sent: is it the same offer, and does it have the values?
//!
//! Reads values through the same reader as the rows of the listing. Invariant: a member that is absent says nothing; values are
//! compared by meaning.

use jiff::tz::TimeZone;

use crate::offer::{AdvertiserId, Contradiction, Field, Fields, OfferId, OfferStatus, Request, Value, similar_name};

use super::object::{MemberValue, Object, Scalar};
use super::observed::ShownValues;

/// CAKE's words for an offer that takes no traffic.
const INACTIVE_WORDS: [&str; 3] = ["inactive", "paused", "expired"];

/// The offer in a reply: the object around it, and the members of the offer itself.
pub(super) struct Echo<'a> {
    outer: &'a Object<'a>,
    inner: Option<Object<'a>>,
}

/// What a reply shows of the offer besides its id: without it, the reply may be about another offer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ShownIdentity {
    /// Whether it shows a name.
    pub name: bool,
}

/// The reply has an id member that is not exactly one id.
#[derive(Debug)]
pub(super) struct InvalidId;

impl<'a> Echo<'a> {
    pub(super) fn of(reply: &'a Object<'a>) -> Self {
        Self { outer: reply, inner: reply.object("offer") }
    }

    /// The offer id: in `offer.offer_id` or at the top, as an integer or as a string of digits; two that differ are none.
    pub(super) fn id(&self) -> Result<Option<OfferId>, InvalidId> {
        if matches!(self.outer.get("offer"), MemberValue::Repeated) {
            return Err(InvalidId);
        }
        let inner = self.inner.as_ref().map_or(Ok(None), id_of)?;
        match (inner, id_of(self.outer)?) {
            (Some(one), Some(other)) if one != other => Err(InvalidId),
            (one, other) => Ok(one.or(other)),
        }
    }

    /// Why the reply is about another offer than the request, if it is.
    pub(super) fn mismatch(&self, request: Request<'_>) -> Option<String> {
        let about = |(shown, expected): (String, String)| {
            format!("the reply is about another offer: {shown} (the offer is {expected})")
        };
        self.other_name(request)
            .or_else(|| self.other_advertiser(request))
            .or_else(|| self.other_id(request))
            .map(about)
    }

    /// What of the offer's identity was compared.
    pub(super) fn identity(&self) -> ShownIdentity {
        let name = self.offer().text(Field::OfferName.name()).is_some_and(|name| !name.trim().is_empty());
        ShownIdentity { name }
    }

    fn advertiser(&self) -> Option<AdvertiserId> {
        let MemberValue::One(shown) = self.offer().get(Field::AdvertiserId.name()) else { return None };
        AdvertiserId::parse(Scalar::read(shown).into_digits()?.trim())
    }

    /// The shown name and the expected one, if they differ.
    fn other_name(&self, request: Request<'_>) -> Option<(String, String)> {
        let (sent, recorded) = names(request);
        let shown = self.offer().text(Field::OfferName.name())?;
        let expected = recorded.or(sent)?;
        let is_known = [sent, recorded].into_iter().flatten().any(|name| similar_name(name, &shown));
        let says_nothing = shown.trim().is_empty();
        (!is_known && !says_nothing).then(|| (format!("`{}`", shown.trim()), format!("`{expected}`")))
    }

    /// Two advertisers may have offers of one name.
    fn other_advertiser(&self, request: Request<'_>) -> Option<(String, String)> {
        let expected = match request {
            Request::Create(offer) => offer.fields().advertiser(),
            Request::Update { recorded, .. } => recorded?.advertiser(),
        }?;
        let shown = self.advertiser()?;
        (shown != expected).then(|| (format!("one of advertiser {shown}"), format!("one of advertiser {expected}")))
    }

    fn other_id(&self, request: Request<'_>) -> Option<(String, String)> {
        let Request::Update { update, .. } = request else { return None };
        let (shown, expected) = (self.id().ok().flatten()?, update.offer_id());
        (shown != expected).then(|| (shown.to_string(), expected.to_string()))
    }

    /// The sent values, and the recorded ones, that the reply shows otherwise or unreadably.
    pub(super) fn contradictions(&self, request: Request<'_>, zone: &TimeZone) -> Vec<Contradiction> {
        let shown = ShownValues::read(self.offer(), zone);
        // A recorded value in a form that cannot be read says nothing: nothing was done to it.
        let unchanged = unchanged(request).filter(|(field, _)| shown.fields.get(*field).is_some());
        let known = sent(request).iter().chain(unchanged);
        known.filter_map(|(field, value)| contradiction(field, value, &shown)).collect()
    }

    fn offer(&self) -> &Object<'a> {
        self.inner.as_ref().unwrap_or(self.outer)
    }
}

fn sent(request: Request<'_>) -> &Fields {
    match request {
        Request::Create(offer) => offer.fields(),
        Request::Update { update, .. } => update.changes(),
    }
}

/// The recorded values that an update could change and does not. The name is compared as a part of the identity.
fn unchanged(request: Request<'_>) -> impl Iterator<Item = (Field, &Value)> {
    let (sent, recorded) = match request {
        Request::Create(offer) => (offer.fields(), None),
        Request::Update { update, recorded } => (update.changes(), recorded),
    };
    let is_compared = |field: Field| field.updatable().is_some() && field != Field::OfferName;
    // What an offer pays that takes no traffic any more does not matter.
    let is_retired = sent.get(Field::OfferStatus) == Some(&Value::Status(OfferStatus::Inactive));
    let recorded = recorded.filter(|_| !is_retired).into_iter().flat_map(Fields::iter);
    recorded.filter(move |(field, _)| is_compared(*field) && sent.get(*field).is_none())
}

/// The name that is sent, and the one that the offer has had before.
fn names(request: Request<'_>) -> (Option<&str>, Option<&str>) {
    let sent = sent(request).get(Field::OfferName).and_then(Value::as_text);
    match request {
        Request::Create(_) => (sent, None),
        Request::Update { recorded, .. } => (sent, recorded.and_then(Fields::name)),
    }
}

fn contradiction(field: Field, sent: &Value, shown: &ShownValues) -> Option<Contradiction> {
    let word = shown.status_word.as_deref().unwrap_or_default();
    let is_inactive =
        field == Field::OfferStatus && INACTIVE_WORDS.iter().any(|other| other.eq_ignore_ascii_case(word));
    if is_inactive && *sent == Value::Status(OfferStatus::Inactive) {
        return None;
    }
    if let Some(unreadable) = shown.unreadable.iter().find(|member| member.field == field) {
        return Some(Contradiction { field, shown: unreadable.text.to_string(), is_unreadable: true });
    }
    if field == Field::ExpirationDate && shown.has_no_date {
        return Some(Contradiction { field, shown: "no date".to_owned(), is_unreadable: true });
    }
    // What is there and holds nothing was not set, or is not shown.
    if shown.empty.contains(field) && field.updatable().is_some() {
        return Some(Contradiction { field, shown: "no value".to_owned(), is_unreadable: true });
    }
    let value = shown.fields.get(field)?;
    (!sent.is_shown_as(value)).then(|| Contradiction { field, shown: value.to_string(), is_unreadable: false })
}

fn id_of(object: &Object<'_>) -> Result<Option<OfferId>, InvalidId> {
    match object.get("offer_id") {
        // 0 means "no id" on a platform without null.
        MemberValue::Absent | MemberValue::One("0") => Ok(None),
        MemberValue::Repeated => Err(InvalidId),
        MemberValue::One(value) => {
            let digits = Scalar::read(value).into_digits().ok_or(InvalidId)?;
            OfferId::parse(digits.trim()).map(Some).ok_or(InvalidId)
        }
    }
}
