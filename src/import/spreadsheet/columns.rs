//! The columns: key and id, CAKE's fields, names in place of ids, offersync's own settings.

use crate::diagnostic::closest;
use crate::offer::{Field, FieldKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Column {
    Key,
    OfferId,
    /// A field by CAKE's name.
    Field(Field),
    /// A configured name in place of the field's id.
    Named(Field),
    Protect,
    OnCreateOnlyChange,
    IgnoreChanges,
    RenamedFrom,
}

/// offersync's own settings, as columns.
pub(super) const SETTINGS: [Column; 4] =
    [Column::Protect, Column::OnCreateOnlyChange, Column::IgnoreChanges, Column::RenamedFrom];

impl Column {
    /// Every column, in the order in which they are written.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let fields = Field::ALL.into_iter().map(Self::Field);
        let named = Field::ALL.into_iter().filter(|field| field.by_name().is_some()).map(Self::Named);
        [Self::Key, Self::OfferId].into_iter().chain(fields).chain(named).chain(SETTINGS)
    }

    pub(super) fn field(self) -> Option<Field> {
        match self {
            Self::Field(field) | Self::Named(field) => Some(field),
            _ => None,
        }
    }

    /// The name in the header.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::OfferId => "offer_id",
            Self::Field(field) => field.name(),
            Self::Named(field) => field.by_name().unwrap_or(field.name()),
            Self::Protect => "sync.protect",
            Self::OnCreateOnlyChange => "sync.on_create_only_change",
            Self::IgnoreChanges => "sync.ignore_changes",
            Self::RenamedFrom => "sync.renamed_from",
        }
    }

    /// The column of that name. Spaces, hyphens and case do not matter: `Offer Name` is `offer_name`.
    pub(super) fn find(name: &str) -> Option<Self> {
        let name = plain(name);
        Self::all().find(|column| column.name() == name)
    }

    /// The column that is meant by another word for it, or by a similar name.
    pub(super) fn suggest(name: &str) -> Option<&'static str> {
        let name = plain(name);
        let of_word = |name: &str| OTHER_WORDS.iter().find(|(word, _)| *word == name).map(|(_, column)| column.name());
        let own = |name: &str| Self::find(name).map(Self::name);
        // `Payout USD`, `Revenue (EUR)`: the currency stands behind the name.
        let without_last = || name.rsplit_once('_').and_then(|(first, _)| own(first).or_else(|| of_word(first)));
        of_word(&name).or_else(without_last).or_else(|| closest(&name, Self::all().map(Self::name)))
    }
}

/// What CAKE's own screens, other platforms and people call the columns.
const OTHER_WORDS: [(&str, Column); 34] = [
    ("id", Column::OfferId),
    ("cake_id", Column::OfferId),
    ("external_id", Column::OfferId),
    ("name", Column::Field(Field::OfferName)),
    ("title", Column::Field(Field::OfferName)),
    ("advertiser_name", Column::Named(Field::AdvertiserId)),
    ("vertical_name", Column::Named(Field::VerticalId)),
    ("category", Column::Named(Field::VerticalId)),
    ("url", Column::Field(Field::OfferUrl)),
    ("link", Column::Field(Field::OfferUrl)),
    ("offer_link", Column::Field(Field::OfferUrl)),
    ("preview", Column::Field(Field::PreviewUrl)),
    ("preview_link", Column::Field(Field::PreviewUrl)),
    ("status", Column::Field(Field::OfferStatus)),
    ("state", Column::Field(Field::OfferStatus)),
    ("offer_state", Column::Field(Field::OfferStatus)),
    ("campaign_status", Column::Field(Field::OfferStatus)),
    ("active", Column::Field(Field::OfferStatus)),
    ("is_active", Column::Field(Field::OfferStatus)),
    ("enabled", Column::Field(Field::OfferStatus)),
    ("live", Column::Field(Field::OfferStatus)),
    ("paused", Column::Field(Field::OfferStatus)),
    ("default_payout", Column::Field(Field::Payout)),
    ("price", Column::Field(Field::Payout)),
    ("price_format", Column::Field(Field::PayoutType)),
    ("received", Column::Field(Field::Revenue)),
    ("default_revenue", Column::Field(Field::Revenue)),
    ("currency_code", Column::Named(Field::CurrencyId)),
    ("expiration", Column::Field(Field::ExpirationDate)),
    ("expiry", Column::Field(Field::ExpirationDate)),
    ("ends", Column::Field(Field::ExpirationDate)),
    ("end_date", Column::Field(Field::ExpirationDate)),
    ("expires", Column::Field(Field::ExpirationDate)),
    ("description", Column::Field(Field::OfferDescription)),
];

/// The names of all columns, as messages list them.
pub(super) fn all_names() -> String {
    Column::all().map(Column::name).collect::<Vec<_>>().join(", ")
}

/// Whether a column has the status of the offers, by any of its usual names.
pub(super) fn is_status(name: &str) -> bool {
    // `Status:`, `Active?`, `isActive`, `Status in CAKE`, `Estado`.
    const PARTS: [&str; 9] =
        ["status", "statut", "estado", "active", "paused", "enabled", "disabled", "archived", "live"];
    let column = Column::find(name).map(Column::name).or_else(|| Column::suggest(name));
    let name = plain(name);
    column == Some(Field::OfferStatus.name()) || PARTS.iter().any(|part| name.contains(part))
}

/// Whether a column has amounts.
pub(super) fn is_amount(column: Option<Column>) -> bool {
    column.and_then(Column::field).is_some_and(|field| field.kind() == FieldKind::Money)
}

/// A name without what does not matter: case, and spaces, hyphens or underscores.
pub(super) fn plain(name: &str) -> String {
    name.trim().to_lowercase().replace([' ', '-'], "_")
}
