//! Own values that would have no effect: a due entry of a schedule, or the end by the expiration date, takes their place.

use jiff::civil::DateTime;

use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Field, Key, shown_time};
use crate::source::Place;

/// A field of an offer whose own value decides nothing at present.
#[derive(Debug)]
pub(crate) struct Overridden {
    key: Key,
    field: Field,
    value: String,
    since: String,
    /// Of the entry's value, or of the expiration date.
    place: Place,
    by: By,
    /// What has no effect.
    what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    /// An entry of the offer's own file.
    OwnEntry,
    /// An entry of a `_defaults.yaml`.
    InheritedEntry,
    /// The offer's end, with `[expired] action = "retire"`.
    End,
}

impl Overridden {
    /// `None` where the own value is the one that is wanted.
    pub(super) fn of(offer: &DesiredOffer, field: Field) -> Option<Self> {
        let (since, place) = (offer.overridden_since(field)?, offer.overridden_at(field)?.clone());
        let is_end = field == Field::OfferStatus && offer.is_ended();
        let by = match is_end {
            true => By::End,
            false if place.file == offer.place.file => By::OwnEntry,
            false => By::InheritedEntry,
        };
        let scheduled = offer.scheduled(since, field).filter(|_| !is_end).map(|value| &value.value);
        let value = scheduled.or(offer.fields.get(field)).map(ToString::to_string).unwrap_or_default();
        let what = "the offer's own value".to_owned();
        Some(Self { key: offer.key.clone(), field, value, since: shown_time(since), place, by, what })
    }

    /// The same of the value in an entry, of an offer as it is wanted at present. `None` where the entry is the last one that is due, or is not
    /// due.
    pub(super) fn of_entry(offer: &DesiredOffer, field: Field, at: DateTime) -> Option<Self> {
        let overridden =
            Self::of(offer, field).filter(|_| offer.overridden_since(field).is_some_and(|since| at < since))?;
        Some(Self { what: format!("an entry of {}", shown_time(at)), ..overridden })
    }

    pub(super) fn message(&self) -> String {
        let Self { key, field, value, since, place, by, what } = self;
        let why = match by {
            By::OwnEntry | By::InheritedEntry => "by the schedule in",
            By::End => "by the expiration date in",
        };
        let Place { file, line, .. } = place;
        format!("`{field}` of `{key}` is `{value}` since {since} {why} {file}:{line}: {what} has no effect")
    }

    /// What to do; `again` is the command to run afterwards.
    pub(super) fn advice(&self, again: &str) -> String {
        let Self { key, field, since, by, .. } = self;
        let edit = format!("change the entry with `offersync edit {key} --at \"{since}\" --set {field}=…`");
        match by {
            By::OwnEntry => {
                format!("take past entries out with `offersync fmt --prune-schedule` and run {again}, or {edit}")
            }
            By::InheritedEntry => format!("change the entry there, or give the offer its own one: {edit}"),
            By::End => "to let it run again, set a later `expiration_date`".to_owned(),
        }
    }

    pub(super) fn diagnostic(&self) -> Diagnostic {
        let help = format!("{}; nothing was changed", self.advice("the command again"));
        Diagnostic::error(codes::schedule::OVERRIDDEN, self.message()).label(self.place.clone()).help(help)
    }
}
