//! The table of lints.

use super::across::{self, Compared, IndexedFindings};
use super::finding::Finding;
use super::subject::Subject;
use super::{dates, money, names, query, schedules, urls};
use crate::config::LintLevel;
use crate::diagnostic::{Code, codes};
use crate::offer::DesiredOffer;

pub(super) type OfferCheck = fn(&Subject<'_>, &mut Vec<Finding>);

pub(super) type AcrossCheck = fn(&[DesiredOffer], &Compared, &mut IndexedFindings);

/// What a lint looks at.
#[derive(Clone, Copy)]
pub(super) enum Check {
    /// One offer.
    Offer(OfferCheck),
    /// All offers; a finding with the index of its offer.
    All(AcrossCheck),
}

pub(super) struct Lint {
    pub(super) code: Code,
    /// Where offersync.toml does not say otherwise.
    pub(super) level: LintLevel,
    /// One for each thing that is looked at.
    pub(super) checks: &'static [Check],
}

use Check::{All, Offer};
use LintLevel::{Allow, Deny, Warn};

const fn lint(code: Code, level: LintLevel, checks: &'static [Check]) -> Lint {
    Lint { code, level, checks }
}

pub(super) const LINTS: &[Lint] = &[
    lint(codes::url::UNKNOWN_MACRO, Warn, &[Offer(urls::unknown_macro)]),
    lint(codes::url::MIXED_DIALECT, Warn, &[Offer(urls::mixed_dialect)]),
    lint(codes::url::OPEN_MACRO, Warn, &[Offer(urls::open_macro)]),
    lint(codes::url::NO_CLICK_ID, Warn, &[Offer(urls::no_click_id)]),
    lint(codes::url::ENCODED_MACRO, Deny, &[Offer(urls::encoded_macro)]),
    lint(codes::url::DUPLICATE_PARAMETER, Warn, &[Offer(query::duplicate_parameter)]),
    lint(codes::url::EMPTY_PARAMETER, Warn, &[Offer(query::empty_parameter)]),
    lint(codes::url::QUERY_SYNTAX, Warn, &[Offer(query::query_syntax)]),
    lint(codes::url::PLACEHOLDER, Deny, &[Offer(query::placeholder)]),
    lint(codes::url::LITERAL_ID, Warn, &[Offer(query::literal_id)]),
    lint(codes::url::HTTP, Warn, &[Offer(urls::http)]),
    lint(codes::url::SHARED, Warn, &[All(across::shared_url)]),
    lint(codes::money::ZERO, Warn, &[Offer(money::zero)]),
    lint(codes::money::ABSOLUTE_BOUNDS, Deny, &[Offer(money::absolute_bounds)]),
    lint(codes::money::PLACES, Warn, &[Offer(money::places)]),
    lint(codes::money::TYPE_MISSING, Warn, &[Offer(money::type_missing)]),
    lint(codes::money::TYPE_MIX, Allow, &[Offer(money::type_mix)]),
    lint(codes::money::CURRENCY, Warn, &[Offer(money::no_currency), All(across::odd_currency)]),
    lint(codes::date::PAST, Deny, &[Offer(dates::past)]),
    lint(codes::date::GAP, Deny, &[Offer(dates::gap)]),
    lint(codes::date::FOLD, Warn, &[Offer(dates::fold)]),
    lint(codes::schedule::AFTER_EXPIRY, Warn, &[Offer(schedules::after_expiry)]),
    lint(codes::schedule::NO_CHANGE, Warn, &[Offer(schedules::no_change)]),
    lint(codes::name::SPACE, Warn, &[Offer(names::space)]),
    lint(codes::session::RANGE, Warn, &[Offer(names::session_range)]),
];

/// Every lint with its default level, for the documentation.
pub fn levels() -> impl Iterator<Item = (Code, LintLevel)> {
    LINTS.iter().map(|lint| (lint.code, lint.level))
}
