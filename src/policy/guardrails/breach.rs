//! One breach of a guardrail, before it is known whether a waiver lets it pass.

use jiff::civil::Date;

use crate::config::Guardrail;
use crate::diagnostic::{Code, Diagnostic, Label, Severity, codes};
use crate::offer::DesiredOffer;

/// A breach.
pub(super) struct Breach<'a> {
    /// The name that a waiver takes.
    pub(super) name: &'a str,
    pub(super) code: Code,
    pub(super) severity: Severity,
    /// The offer, of a guardrail of single offers.
    pub(super) offer: Option<&'a DesiredOffer>,
    pub(super) message: String,
    /// Where it is.
    pub(super) at: Option<Label>,
    /// Where the limit is; `None` for one that the program has by itself.
    pub(super) limit: Option<Label>,
    /// What to do, other than to waive it.
    pub(super) help: String,
    /// The day on which a waiver has to hold; `None` for the one that is judged.
    pub(super) day: Option<Date>,
}

impl<'a> Breach<'a> {
    /// A breach by one offer.
    pub(super) fn of_offer(guardrail: Guardrail, offer: &'a DesiredOffer, message: String, at: Label) -> Self {
        Self {
            name: guardrail.name(),
            code: guardrail.code(),
            severity: Severity::Error,
            offer: Some(offer),
            message,
            at: Some(at),
            limit: None,
            help: "correct the amount".to_owned(),
            day: None,
        }
    }

    /// A breach by the whole plan.
    pub(super) fn of_plan(guardrail: Guardrail, message: String, help: impl Into<String>) -> Self {
        Self {
            name: guardrail.name(),
            code: guardrail.code(),
            severity: Severity::Error,
            offer: None,
            message,
            at: None,
            limit: None,
            help: help.into(),
            day: None,
        }
    }

    /// With the place of the limit.
    pub(super) fn limited_by(mut self, limit: &Label) -> Self {
        self.limit = Some(limit.clone().saying("the limit"));
        self
    }

    /// The order in which diagnostics are shown.
    pub(super) fn order(&self) -> impl Ord {
        let place = self.at.as_ref().map(|at| (&at.place.file, at.place.line, at.place.column));
        (place, self.severity, self.code.name, &self.message)
    }

    /// The diagnostic with the waiver to paste.
    pub(super) fn diagnostic(self, waiver: &str) -> Diagnostic {
        let new = if self.severity == Severity::Error { Diagnostic::error } else { Diagnostic::warning };
        let mut diagnostic = new(self.code, self.message);
        diagnostic.labels.extend(self.at.into_iter().chain(self.limit));
        diagnostic.help(format!("{}; {waiver}", self.help))
    }

    /// The diagnostic where a waiver lets it pass.
    pub(super) fn waived(self, until: &str, reason: &str, waiver: Label) -> Diagnostic {
        let message = format!("{}: waived until {until} ({reason})", self.message);
        let mut diagnostic = Diagnostic::warning(codes::guardrail::WAIVED, message);
        diagnostic.labels.extend(self.at.into_iter().chain([waiver.saying("the waiver")]));
        diagnostic
    }
}
