//! Offers as YAML: two fixed texts, and a model that tests change and compare with what CAKE holds.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use offersync::testing::sandbox::Offer;

/// An offer with the required fields and a payout.
pub(crate) fn small_offer(key: &str, payout: &str) -> String {
    format!(
        "offer_name: Offer {key}\nadvertiser: acme-home\nvertical_id: 7\n\
         offer_url: https://track.example.com/{key}?o={{offer_id}}\npayout: {payout}\n"
    )
}

/// An offer with a value in every field.
pub(crate) fn complete_offer(name: &str) -> String {
    format!(
        "offer_name: {name}\nadvertiser: acme-home\nvertical_id: 7\noffer_url: https://track.example.com/{{offer_id}}\n\
         preview_url: https://www.example.com/\noffer_status: active\npayout: 20.00\npayout_type: cpa\nrevenue: 30.00\n\
         revenue_type: cpa\ncurrency: USD\nsession_hours: 24\nexpiration_date: 2031-06-30 23:59:59\n\
         offer_description: Pays on a lead.\n"
    )
}

/// The offers that the YAML has, by key.
pub(crate) type DesiredOffers = BTreeMap<String, DesiredOffer>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DesiredOffer {
    pub(crate) name: String,
    pub(crate) advertiser: u64,
    pub(crate) url: String,
    pub(crate) status: Option<&'static str>,
    pub(crate) payout: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) renamed_from: Option<String>,
    pub(crate) protect: bool,
}

impl DesiredOffer {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            advertiser: 101,
            url: "https://track.example.com/{offer_id}".to_owned(),
            status: None,
            payout: Some("10.00".to_owned()),
            description: None,
            renamed_from: None,
            protect: false,
        }
    }

    pub(super) fn yaml(&self) -> String {
        let Self { name, advertiser, url, status, payout, description, renamed_from, protect } = self;
        let mut text = format!("offer_name: {name}\nadvertiser_id: {advertiser}\nvertical_id: 7\noffer_url: {url}\n");
        for (field, value) in [("payout", payout), ("offer_description", description)] {
            if let Some(value) = value {
                writeln!(text, "{field}: {value}").unwrap();
            }
        }
        if let Some(status) = status {
            writeln!(text, "offer_status: {status}").unwrap();
        }
        text.push_str("sync:\n  on_create_only_change: replace\n");
        if let Some(from) = renamed_from {
            writeln!(text, "  renamed_from: {from}").unwrap();
        }
        if *protect {
            text.push_str("  protect: true\n");
        }
        text
    }

    /// How an offer in CAKE differs from this one.
    pub(crate) fn difference(&self, offer: &Offer) -> Option<String> {
        let same_money = match (&self.payout, &offer.payout) {
            (None, _) => true,
            (Some(wanted), Some(has)) => has.compare(&wanted.parse().unwrap()).is_eq(),
            (Some(_), None) => false,
        };
        let same = offer.offer_name == self.name
            && offer.advertiser_id == self.advertiser
            && offer.offer_url == self.url
            && offer.offer_status == self.status.unwrap_or("active")
            && same_money
            && self.description.as_ref().is_none_or(|text| offer.offer_description.as_ref() == Some(text));
        (!same).then(|| format!("desired {self:?}, in CAKE {offer:?}"))
    }
}
