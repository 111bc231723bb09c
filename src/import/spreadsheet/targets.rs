//! Which existing offer a row is: by its key, by its id, or by its name and advertiser.

use std::collections::HashMap;

use super::cells::RowValues;
use super::reading::SheetInputs;
use crate::import::imported_offer::Identity;
use crate::offer::{DesiredOffer, Field, Fields, Key, Value};
use crate::words::first_and_more;

/// The existing offers by what a row can say of them.
pub(super) struct Targets<'a> {
    inputs: SheetInputs<'a>,
    by_name: HashMap<Identity<'a>, Vec<&'a DesiredOffer>>,
    by_spelling: HashMap<Spelling, &'a DesiredOffer>,
}

/// Advertiser, vertical and URL, and the name without case and repeated spaces.
type Spelling = (Option<Value>, Option<Value>, Option<Value>, String);

fn spelling(fields: &Fields) -> Spelling {
    let of = |field| fields.get(field).cloned();
    let name = fields.get(Field::OfferName).map(ToString::to_string).unwrap_or_default().to_lowercase();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (of(Field::AdvertiserId), of(Field::VerticalId), of(Field::OfferUrl), name)
}

/// Why it is not known which offer a row is, and what to do.
pub(super) struct NoTarget {
    pub(super) message: String,
    pub(super) help: String,
}

impl NoTarget {
    fn several(message: String) -> Self {
        Self { message, help: "give the row the `key` of the one that it is".to_owned() }
    }
}

impl<'a> Targets<'a> {
    pub(super) fn new(inputs: SheetInputs<'a>) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for offer in &inputs.tree.set.offers {
            by_name.entry(Identity::of(&offer.fields).without_vertical()).or_default().push(offer);
        }
        let by_spelling = inputs.tree.set.offers.iter().map(|offer| (spelling(&offer.fields), offer)).collect();
        Self { inputs, by_name, by_spelling }
    }

    /// The offer of the row; `None` if it is a new one. Fails if it could be several.
    pub(super) fn find(&self, values: &RowValues) -> Result<Option<&'a DesiredOffer>, NoTarget> {
        let (set, recorded) = (self.inputs.tree.set, self.inputs.recorded);
        let owner = values.offer_id.and_then(|id| recorded.owner_of(id));
        // An id that is to be recorded comes with all values of its offer, so it changes no YAML that exists.
        if values.offer_id.is_some() && owner.is_none() {
            return Ok(None);
        }
        if let Some(key) = values.key.as_ref().or(owner) {
            return match set.get(key) {
                Some(offer) => Ok(Some(offer)),
                None => self.renamed(key),
            };
        }
        let identity = Identity::of(&values.fields);
        if identity.name.is_none() || identity.advertiser.is_none() {
            return Ok(None);
        }
        let named = self.by_name.get(&identity.without_vertical()).map(Vec::as_slice).unwrap_or_default();
        let fits = |offer: &&&DesiredOffer| {
            identity.vertical.is_none() || offer.fields.get(Field::VerticalId) == identity.vertical
        };
        match named.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [] => match self.by_spelling.get(&spelling(&values.fields)) {
                Some(other) => {
                    Err(NoTarget::several(format!("its name is that of `{}` in another spelling", other.key)))
                }
                None => Ok(None),
            },
            [only] => Ok(Some(only)),
            several => {
                let keys = first_and_more(several.iter().map(|offer| format!("`{}`", offer.key)), 5);
                Err(NoTarget::several(format!("its name and advertiser are those of {keys}")))
            }
        }
    }

    /// The offer that was recorded under a key whose YAML is gone, and has another key by now; `None` if there is none. New YAML of the old
    /// key would be a second offer.
    fn renamed(&self, key: &Key) -> Result<Option<&'a DesiredOffer>, NoTarget> {
        let (set, recorded) = (self.inputs.tree.set, self.inputs.recorded);
        let Some(record) = recorded.offers.get(key) else { return Ok(None) };
        if let Some(offer) = set.offers.iter().find(|offer| offer.sync.renamed_from.as_ref() == Some(key)) {
            return Ok(Some(offer));
        }
        let named = self.by_name.get(&Identity::of(&record.fields).without_vertical()).map(Vec::as_slice);
        let mut unrecorded = named.unwrap_or_default().iter().filter(|offer| !recorded.offers.contains_key(&offer.key));
        unrecorded.next().map_or(Ok(None), |offer| {
            let (other, path) = (&offer.key, &offer.place.file);
            Err(NoTarget {
                message: format!("it is `{key}`, whose YAML is gone, and {path} has its name and advertiser"),
                help: format!("if `{other}` is that offer, write `sync: {{renamed_from: {key}}}` into {path} first"),
            })
        })
    }
}
