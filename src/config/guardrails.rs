//! `[guardrails]`, `[[rules]]`, `[[freeze]]` and `[[waivers]]` as values.
//!
//! Owns the table of guardrails: their names, their settings and what a limit of each is. Knows nothing of plans. Invariant: a limit keeps
//! the place where the file has it, so that a message can show it.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::words::LintLevel;
use crate::diagnostic::{Code, Label, Severity, codes};

/// What a setting takes as its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// `"25 %"` or a number.
    ShareOrCount,
    /// `"30 %"`
    Percent,
    /// `{ cpa = 500.00 }`
    AmountsByType,
    /// `{ USD = 500.00 }`
    AmountsByCurrency,
    /// `"allow"`, `"warn"` or `"deny"`.
    Level,
}

/// Declares the guardrails, each with its code and the kind of its limit.
macro_rules! guardrails {
    ($($variant:ident = $name:literal, $setting:literal, $kind:ident, $code:path;)+) => {
        /// A limit that a plan has to keep.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Guardrail { $($variant),+ }

        impl Guardrail {
            /// Every guardrail.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that a waiver takes.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The setting in `[guardrails]`.
            pub fn setting(self) -> &'static str {
                match self { $(Self::$variant => $setting),+ }
            }

            /// What its limit is.
            pub fn kind(self) -> LimitKind {
                match self { $(Self::$variant => LimitKind::$kind),+ }
            }

            /// The code of its diagnostics.
            pub fn code(self) -> Code {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

guardrails! {
    MaxChanges = "max-changes", "max_changes", ShareOrCount, codes::guardrail::MAX_CHANGES;
    MaxRetires = "max-retires", "max_retires", ShareOrCount, codes::guardrail::MAX_RETIRES;
    PayoutRise = "payout-rise", "payout_rise", Percent, codes::guardrail::PAYOUT_RISE;
    PayoutFall = "payout-fall", "payout_fall", Percent, codes::guardrail::PAYOUT_FALL;
    RevenueRise = "revenue-rise", "revenue_rise", Percent, codes::guardrail::REVENUE_RISE;
    RevenueFall = "revenue-fall", "revenue_fall", Percent, codes::guardrail::REVENUE_FALL;
    PayoutMax = "payout-max", "payout_max", AmountsByType, codes::guardrail::PAYOUT_MAX;
    PayoutMin = "payout-min", "payout_min", AmountsByType, codes::guardrail::PAYOUT_MIN;
    RevenueMax = "revenue-max", "revenue_max", AmountsByType, codes::guardrail::REVENUE_MAX;
    RevenueMin = "revenue-min", "revenue_min", AmountsByType, codes::guardrail::REVENUE_MIN;
    MarginFloor = "margin-floor", "margin_floor", Percent, codes::guardrail::MARGIN_FLOOR;
    PayoutAboveRevenue = "payout-above-revenue", "payout_above_revenue", Level, codes::guardrail::PAYOUT_ABOVE_REVENUE;
    TotalPayoutRise = "total-payout-rise", "total_payout_rise", AmountsByCurrency, codes::guardrail::TOTAL_PAYOUT_RISE;
    Factor = "factor", "factor", Level, codes::guardrail::FACTOR;
}

impl Guardrail {
    /// Whether the limit is one of the plan as a whole. A waiver of it belongs into `offersync.toml`.
    pub fn is_of_plan(self) -> bool {
        matches!(self, Self::MaxChanges | Self::MaxRetires | Self::TotalPayoutRise)
    }
}

/// A limit with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit<T> {
    /// The limit.
    pub value: T,
    /// Where the file has it.
    pub at: Label,
}

/// So many of some offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// A number of offers.
    Count(u32),
    /// A part of them, in percent.
    Percent(Decimal),
}

/// The limits that the file sets; what it leaves out has no limit, or the one that the program has by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guardrails {
    pub(super) shares: BTreeMap<Guardrail, Limit<Share>>,
    pub(super) percents: BTreeMap<Guardrail, Limit<Decimal>>,
    /// By the word of a type, or by a currency as the file writes it.
    pub(super) amounts: BTreeMap<Guardrail, BTreeMap<Box<str>, Limit<Decimal>>>,
    pub(super) levels: BTreeMap<Guardrail, Limit<LintLevel>>,
    /// Plans of at most so many actions are exempt from shares.
    pub small_plan: usize,
    /// `[[rules]]`
    pub rules: Vec<Rule>,
    /// `[[freeze]]`
    pub freezes: Vec<Freeze>,
    /// `[[waivers]]`
    pub waivers: Vec<PlanWaiver>,
}

impl Default for Guardrails {
    fn default() -> Self {
        Self {
            shares: BTreeMap::new(),
            percents: BTreeMap::new(),
            amounts: BTreeMap::new(),
            levels: BTreeMap::new(),
            small_plan: 10,
            rules: Vec::new(),
            freezes: Vec::new(),
            waivers: Vec::new(),
        }
    }
}

impl Guardrails {
    /// The share that the file sets.
    pub fn share(&self, guardrail: Guardrail) -> Option<&Limit<Share>> {
        self.shares.get(&guardrail)
    }

    /// The percentage that the file sets.
    pub fn percent(&self, guardrail: Guardrail) -> Option<&Limit<Decimal>> {
        self.percents.get(&guardrail)
    }

    /// The amounts that the file sets, by the word of a type or by a currency as the file writes it.
    pub fn amounts(&self, guardrail: Guardrail) -> Option<&BTreeMap<Box<str>, Limit<Decimal>>> {
        self.amounts.get(&guardrail)
    }

    /// The level that the file sets.
    pub fn level(&self, guardrail: Guardrail) -> Option<&Limit<LintLevel>> {
        self.levels.get(&guardrail)
    }

    /// What a waiver in an offer can name: the guardrails of single offers, the rules and the freeze.
    pub fn waivable(&self) -> impl Iterator<Item = &str> {
        let built_in =
            Guardrail::ALL.iter().filter(|guardrail| !guardrail.is_of_plan()).map(|guardrail| guardrail.name());
        built_in.chain([FREEZE]).chain(self.rules.iter().map(|rule| &*rule.name))
    }
}

/// The name by which a waiver calls `[[freeze]]`.
pub const FREEZE: &str = "freeze";

/// A text of the file, for what is read of it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: Box<str>,
    /// Where the file has it, quotes included.
    pub at: Label,
    /// How far the text begins behind the place, in characters; `None` where it is written with escapes or on several lines.
    pub indent: Option<u32>,
}

impl Written {
    /// Where a part of the text is, given in bytes; the whole place where the part cannot be told.
    pub fn label_of(&self, part: &Range<usize>) -> Label {
        let mut label = self.at.clone();
        let (Some(indent), Some(before), Some(inside)) =
            (self.indent, self.text.get(..part.start), self.text.get(part.clone()))
        else {
            return label;
        };
        let count = |text: &str| u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        label.place.column += indent + count(before);
        label.place.length = count(inside).max(1);
        label
    }
}

/// One of `[[rules]]`: what has to hold of offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name, which is unique.
    pub name: Box<str>,
    /// Where it begins.
    pub at: Label,
    /// The offers that it is about; all without it.
    pub condition: Option<Written>,
    /// What has to hold of them.
    pub require: Written,
    /// What a breach is.
    pub severity: Severity,
    /// What to tell the author of a change.
    pub message: Option<Box<str>>,
}

/// One of `[[freeze]]`: a time in which nothing is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// The beginning, in `cake.time_zone`.
    pub from: DateTime,
    /// The first moment after it.
    pub to: DateTime,
    /// Why.
    pub reason: Box<str>,
    /// The actions that it does not stop, by their words.
    pub except: Vec<Box<str>>,
    /// Where it begins.
    pub at: Label,
}

/// One of `[[waivers]]`: a reviewed exception to a limit on whole plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanWaiver {
    /// The name of the guardrail.
    pub guardrail: &'static str,
    /// The last day on which it holds, in `cake.time_zone`.
    pub until: Date,
    /// Why.
    pub reason: Box<str>,
    /// Where it is.
    pub at: Label,
}
