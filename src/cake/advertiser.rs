//! One advertiser in CAKE's listing: its id, its name, and whether it is active.

use crate::offer::AdvertiserId;

use super::object::{MemberValue, Object, Scalar};

/// The longest name that is kept.
const LONGEST_NAME: usize = 200;

/// An advertiser as CAKE shows it. What a row does not show is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advertiser {
    pub id: AdvertiserId,
    /// Its name in one line, without spaces at the ends.
    pub name: Option<Box<str>>,
    /// Its status as CAKE writes it, such as `Active`.
    pub status: Option<Box<str>>,
}

impl Advertiser {
    /// Whether CAKE shows a status, and another one than active.
    pub fn is_inactive(&self) -> bool {
        self.status.as_deref().is_some_and(|status| !status.eq_ignore_ascii_case("active"))
    }

    /// Reads a row: the advertiser itself, or an object around it. `None` if it has no readable id.
    pub(super) fn read(row: &Object<'_>) -> Option<Self> {
        let inner = row.object("advertiser");
        let row = inner.as_ref().unwrap_or(row);
        let MemberValue::One(id) = row.get("advertiser_id") else { return None };
        let id = AdvertiserId::parse(Scalar::read(id).into_digits()?.trim())?;
        let text = |name| {
            let text = row.text(name)?;
            // One line: what is printed beside it must not look like a line of its own.
            let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
            let text: String = text.collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
            (!text.is_empty()).then(|| text.into_boxed_str())
        };
        Some(Self { id, name: text("advertiser_name"), status: text("advertiser_status") })
    }
}
