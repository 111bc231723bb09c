//! What a lint finds in an offer.

use std::ops::Range;

use crate::config::LintLevel;
use crate::diagnostic::Label;
use crate::offer::{DesiredOffer, Field, Value};
use crate::source::Place;

/// A finding; its lint, offer and level are known by who runs the lint.
#[derive(Debug)]
pub(super) struct Finding {
    /// Where it is.
    pub(super) field: Field,
    /// Where it is, other than at the field's value.
    pub(super) place: Option<Place>,
    /// The part of the field's text that it is about, in bytes.
    pub(super) part: Option<Range<usize>>,
    pub(super) message: String,
    pub(super) help: String,
    /// What else it is about.
    pub(super) other: Option<Label>,
    /// The level where the file sets none; the lint's own without it.
    pub(super) level: Option<LintLevel>,
    /// Whether time alone has brought it, so that it was judged when it was scheduled: it stops nothing.
    pub(super) has_come: bool,
}

impl Finding {
    pub(super) fn new(field: Field, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            field,
            place: None,
            part: None,
            message: message.into(),
            help: help.into(),
            other: None,
            level: None,
            has_come: false,
        }
    }

    /// The part of the text that it is about.
    pub(super) fn at(mut self, text: &str, part: &str) -> Self {
        // A slice of the text begins somewhere in it.
        let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        self.part = text.get(start..start.wrapping_add(part.len())).map(|_| start..start + part.len());
        self
    }

    /// Another default level than the lint's own, under a condition.
    pub(super) fn level_if(mut self, condition: bool, level: LintLevel) -> Self {
        self.level = condition.then_some(level).or(self.level);
        self
    }

    /// Its place in an offer.
    pub(super) fn place(&self, offer: &DesiredOffer) -> Place {
        if let Some(place) = &self.place {
            return place.clone();
        }
        let place = offer.place_of(self.field);
        let Some((Value::Url(url), part)) = offer.fields.get(self.field).zip(self.part.clone()) else { return place };
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let text = url.as_str();
        // Anything else than the text, in quotes or without, was written with escapes or on several lines.
        let quote = match place.length.checked_sub(count(text)) {
            Some(quotes @ (0 | 2)) => quotes / 2,
            _ => return place,
        };
        let (before, part) = (text.get(..part.start).unwrap_or_default(), text.get(part).unwrap_or_default());
        Place { column: place.column + quote + count(before), length: count(part).max(1), ..place }
    }
}
