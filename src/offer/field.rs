//! The one table of fields. Diff, requests, YAML, schema and documents follow it; nothing else lists CAKE's fields.

use std::fmt;

use super::value::{Value, ValueError};

/// What kind of value a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Non-empty text on one line, such as a name.
    Name,
    /// Text that may have many lines.
    Text,
    /// An absolute http(s) URL with macros.
    Url,
    /// A positive integer that CAKE gave something.
    Id,
    /// A positive number of hours.
    Hours,
    /// One of the offer statuses.
    Status,
    /// Exact money.
    Money,
    /// What an amount is paid for.
    PriceType,
    /// A date and time of day.
    Date,
}

/// One of the fourteen parameters of an offer, by CAKE's own name (article 13000118748).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Field {
    /// `offer_name`
    OfferName,
    /// `advertiser_id`
    AdvertiserId,
    /// `vertical_id`
    VerticalId,
    /// `offer_url`
    OfferUrl,
    /// `preview_url`
    PreviewUrl,
    /// `offer_status`
    OfferStatus,
    /// `payout`
    Payout,
    /// `payout_type`
    PayoutType,
    /// `revenue`
    Revenue,
    /// `revenue_type`
    RevenueType,
    /// `currency_id`
    CurrencyId,
    /// `session_hours`
    SessionHours,
    /// `expiration_date`
    ExpirationDate,
    /// `offer_description`
    OfferDescription,
}

/// A row of the table.
struct Row {
    name: &'static str,
    kind: FieldKind,
    updatable: bool,
    required: bool,
    /// The YAML field that takes a configured name in place of the id.
    by_name: Option<&'static str>,
    meaning: &'static str,
}

const fn row(name: &'static str, kind: FieldKind, meaning: &'static str) -> Row {
    Row { name, kind, updatable: false, required: false, by_name: None, meaning }
}

impl Row {
    const fn updatable(mut self) -> Self {
        self.updatable = true;
        self
    }
    const fn required(mut self) -> Self {
        self.required = true;
        self
    }
    const fn by_name(mut self, name: &'static str) -> Self {
        self.by_name = Some(name);
        self
    }
}

const TABLE: [Row; Field::COUNT] = [
    row("offer_name", FieldKind::Name, "display name").updatable().required(),
    row("advertiser_id", FieldKind::Id, "advertiser that runs the offer").required().by_name("advertiser"),
    row("vertical_id", FieldKind::Id, "vertical (category) of the offer").required().by_name("vertical"),
    row("offer_url", FieldKind::Url, "tracking URL that affiliates use; macros in {} are kept as written").required(),
    row("preview_url", FieldKind::Url, "preview of the landing page"),
    row("offer_status", FieldKind::Status, "whether the offer runs; active where absent").updatable(),
    row("payout", FieldKind::Money, "what the affiliate is paid").updatable(),
    row("payout_type", FieldKind::PriceType, "what the payout is paid for"),
    row("revenue", FieldKind::Money, "what the advertiser pays").updatable(),
    row("revenue_type", FieldKind::PriceType, "what the revenue is paid for"),
    row("currency_id", FieldKind::Id, "currency of both amounts; 1 is USD").by_name("currency"),
    row("session_hours", FieldKind::Hours, "how long the cookie lasts, in hours"),
    row("expiration_date", FieldKind::Date, "when the offer ends, YYYY-MM-DD HH:MM:SS").updatable(),
    row("offer_description", FieldKind::Text, "description that affiliates see in their portal"),
];

impl Field {
    /// How many fields there are.
    pub const COUNT: usize = 14;

    /// Every field, in the order of the specification; also the order of output.
    pub const ALL: [Self; Self::COUNT] = [
        Self::OfferName,
        Self::AdvertiserId,
        Self::VerticalId,
        Self::OfferUrl,
        Self::PreviewUrl,
        Self::OfferStatus,
        Self::Payout,
        Self::PayoutType,
        Self::Revenue,
        Self::RevenueType,
        Self::CurrencyId,
        Self::SessionHours,
        Self::ExpirationDate,
        Self::OfferDescription,
    ];

    /// Every field, sorted by name, as states and plans list them.
    pub const BY_NAME: [Self; Self::COUNT] = [
        Self::AdvertiserId,
        Self::CurrencyId,
        Self::ExpirationDate,
        Self::OfferDescription,
        Self::OfferName,
        Self::OfferStatus,
        Self::OfferUrl,
        Self::Payout,
        Self::PayoutType,
        Self::PreviewUrl,
        Self::Revenue,
        Self::RevenueType,
        Self::SessionHours,
        Self::VerticalId,
    ];

    fn row(self) -> &'static Row {
        &TABLE[self.index()]
    }

    /// The place of the field in [`Field::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// CAKE's name of the field, the same in YAML, state, plan and requests.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// What the field holds.
    pub fn kind(self) -> FieldKind {
        self.row().kind
    }

    /// Whether every offer must have it (together with its default, `offer_status` is always there too).
    pub fn is_required(self) -> bool {
        self.row().required
    }

    /// The YAML field that takes a configured name in place of the id: `advertiser` for `advertiser_id`.
    pub fn by_name(self) -> Option<&'static str> {
        self.row().by_name
    }

    /// What the field means, in a few words, for help and schema.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The field as one that CAKE's update call can change; `None` for a create-only field.
    pub fn updatable(self) -> Option<UpdatableField> {
        self.row().updatable.then_some(UpdatableField(self))
    }

    /// Whether CAKE's update call cannot change it.
    pub fn is_create_only(self) -> bool {
        !self.row().updatable
    }

    /// The field of that name (CAKE's own name, not `advertiser` and the like).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Reads a value of this field from text: the only way to make a [`Value`] from outside.
    pub fn parse(self, text: &str) -> Result<Value, ValueError> {
        Value::parse(self, text)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A field that CAKE's update call can change. Only these get into an [`Update`](super::Update).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpdatableField(Field);

impl UpdatableField {
    /// The field it is.
    pub fn field(self) -> Field {
        self.0
    }
}
