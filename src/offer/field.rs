//! The table of CAKE's fields. Diff, requests, YAML, schema and documents are derived from it. A new field needs few other places: see CONTRIBUTING.md.

use std::fmt;

use super::value::{Value, ValueError};

/// The type of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Non-empty text on one line, such as a name.
    Name,
    /// Text of any number of lines.
    Text,
    /// An absolute http(s) URL with macros.
    Url,
    /// A positive integer that identifies an object in CAKE.
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
    /// The number of fields.
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

    /// The index of the field in [`Field::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// CAKE's name of the field, the same in YAML, state, plan and requests.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The type of the value.
    pub fn kind(self) -> FieldKind {
        self.row().kind
    }

    /// Whether every offer must have it. (`offer_status` has a default, so it is always present.)
    pub fn is_required(self) -> bool {
        self.row().required
    }

    /// The YAML field that takes a configured name in place of the id: `advertiser` for `advertiser_id`.
    pub fn by_name(self) -> Option<&'static str> {
        self.row().by_name
    }

    /// A short description, for help texts and the schema.
    pub fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// The same field if CAKE's update call can change it; `None` for a create-only field.
    pub fn updatable(self) -> Option<UpdatableField> {
        self.row().updatable.then_some(UpdatableField(self))
    }

    /// Whether CAKE's update call cannot change it.
    pub fn is_create_only(self) -> bool {
        !self.row().updatable
    }

    /// The field with this name (CAKE's name, not `advertiser` or similar).
    pub fn from_name(name: &str) -> Option<Self> {
        // The first bytes first: most names of one length differ there, and every value of every file is looked up.
        let name = name.as_bytes();
        let is = |own: &[u8]| own.len() == name.len() && own.first() == name.first() && own == name;
        Self::ALL.into_iter().find(|field| is(field.name().as_bytes()))
    }

    /// Parses a value of this field: the only way to create a [`Value`] outside of this module.
    pub fn parse(self, text: &str) -> Result<Value, ValueError> {
        Value::parse(self, text)
    }
}

/// As CAKE's name.
impl serde::Serialize for Field {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Field {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom(format_args!("there is no field `{name}`")))
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A field that CAKE's update call can change. An [`Update`](super::Update) contains only these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UpdatableField(Field);

impl UpdatableField {
    pub fn field(self) -> Field {
        self.0
    }
}
