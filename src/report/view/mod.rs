//! The view model: everything that a reader has to know of a plan or of an apply, computed once.
//!
//! Owns the verdict, counts, flags, groups, totals, notes and problems, and their order. Every view (text, markdown, GitHub's
//! annotations) is a drawing of this model and computes none of them itself. Knows no markup, no colour and no width.

mod advertisers;
mod applied;
mod apply;
mod effects;
mod environment;
mod field_change;
mod flag;
mod folders;
mod group;
mod labels;
mod margins;
mod money;
mod new_offer;
mod notes;
mod problems;
mod rows;
mod selection;
mod source_links;
mod totals;
mod upcoming;
mod url_change;
mod verdict;

use jiff::civil::DateTime;

use crate::diagnostic::Diagnostic;
use crate::offer::{Field, FieldKind, Value};
use crate::plan::{Action, BeforeAfter, Cluster, FlagKind, Plan, Verb};

pub(super) use advertisers::AdvertiserRow;
pub(super) use applied::ResultGroup;
pub(super) use apply::{ApplyView, ResultView, outcome_text};
pub(super) use effects::Effect;
pub use environment::Environment;
pub(super) use field_change::{FieldChangeText, NOT_MANAGED, NOT_RECORDED, location};
pub(super) use flag::counted;
pub(super) use folders::FolderRow;
pub(super) use group::Group;
pub use labels::LABELS;
pub(super) use margins::Margins;
pub(super) use new_offer::NewOfferRow;
pub(super) use rows::{ActionRow, flag_name};
pub(super) use selection::{ToReview, review_first, select};
pub use source_links::SourceLinks;
pub(super) use source_links::short_commit;
pub(super) use totals::MoneyTotals;
pub(super) use upcoming::{UpcomingRow, upcoming_rows};
pub(super) use url_change::{PartChange, UrlChange};
pub(super) use verdict::{Verdict, problem_counts};

/// What a view knows besides the plan.
#[derive(Clone, Copy)]
pub struct ViewContext<'a> {
    /// The configured name of an advertiser.
    pub names: &'a dyn Fn(u64) -> Option<String>,
    /// The configured name of a vertical.
    pub verticals: &'a dyn Fn(u64) -> Option<String>,
    /// The configured name of a currency.
    pub currencies: &'a dyn Fn(u64) -> Option<String>,
    /// The environment that the plan is for.
    pub environment: Environment<'a>,
    /// The commit that was checked out, where it is known.
    pub commit: Option<&'a str>,
    /// Where the lines of the YAML are on the web.
    pub links: Option<&'a SourceLinks>,
    /// The current time in the zone of the expiration dates; without it no date counts as past.
    pub today: Option<DateTime>,
}

impl Default for ViewContext<'_> {
    fn default() -> Self {
        let (names, verticals, currencies) = (&|_| None, &|_| None, &|_| None);
        Self {
            names,
            verticals,
            currencies,
            environment: Environment::default(),
            commit: None,
            links: None,
            today: None,
        }
    }
}

impl std::fmt::Debug for ViewContext<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { names: _, verticals: _, currencies: _, environment, commit, links, today } = self;
        let mut shown = f.debug_struct("ViewContext");
        shown
            .field("environment", environment)
            .field("commit", commit)
            .field("links", links)
            .field("today", today)
            .finish_non_exhaustive()
    }
}

/// A plan, ready to be drawn.
#[derive(Debug)]
pub(super) struct PlanView<'a> {
    pub verdict: Verdict,
    /// Every action in a group, in the order of the plan.
    pub groups: Vec<Group<'a>>,
    /// Those that have a flag.
    flagged: Vec<Group<'a>>,
    /// How many actions have a flag of each kind, the most severe first.
    pub flags: Vec<(FlagKind, usize)>,
    /// The same of what becomes due later.
    pub later_flags: Vec<(FlagKind, usize)>,
    /// The flags that too many have to be reviewed first; the same of what becomes due later.
    common: [Vec<FlagKind>; 2],
    /// Which labels a pull request with it gets.
    pub labels: Vec<&'static str>,
    /// How payouts move.
    pub payouts: MoneyTotals,
    pub notes: Vec<&'static str>,
    /// Changes of the configuration and of the state, which are shown before everything else.
    pub decisive: Vec<&'a Diagnostic>,
    /// The others. Errors before warnings, so that a list that is cut hides no error behind a warning.
    pub problems: Vec<&'a Diagnostic>,
    /// What becomes due later, is held back, or is not scheduled any more.
    pub upcoming: Vec<UpcomingRow<'a>>,
    /// How many further changes become due after those.
    pub upcoming_later: usize,
    /// Payouts that change, by advertiser and unit.
    pub advertisers: Vec<AdvertiserRow>,
    /// What the plan does.
    pub effects: Vec<Effect>,
    /// What is pending besides, where the plan shows only what differs from a commit.
    pub elsewhere: Option<Box<Self>>,
    /// CAKE's address.
    pub cake: &'a str,
    clusters: &'a [Cluster],
    pub context: ViewContext<'a>,
}

impl<'a> PlanView<'a> {
    pub(super) fn of(plan: &'a Plan, context: ViewContext<'a>) -> Self {
        let mut groups = group::groups(&plan.actions, |_| true);
        let common = flag::common(groups.iter().map(|group| &*group.flags));
        if !common.is_empty() {
            groups = group::groups(&plan.actions, |kind| !common.contains(&kind));
        }
        let mut upcoming = upcoming_rows(&plan.upcoming, context, |_| true);
        let common_later = flag::common(upcoming.iter().map(|row| &*row.flags));
        if !common_later.is_empty() {
            upcoming = upcoming_rows(&plan.upcoming, context, |kind| !common_later.contains(&kind));
        }
        let (decisive, problems): (Vec<_>, Vec<_>) =
            plan.diagnostics.iter().partition(|problem| verdict::is_decisive(problem));
        Self {
            verdict: Verdict::of(plan),
            flagged: group::flagged(&groups),
            groups,
            flags: flag::counts(plan.actions.iter().map(|action| &*action.flags)),
            later_flags: flag::counts(plan.upcoming.iter().map(upcoming::flags)),
            common: [common, common_later],
            labels: labels::of(plan),
            payouts: MoneyTotals::of(plan.actions.iter(), Field::Payout),
            notes: notes::of(plan),
            decisive: problems::in_order(decisive),
            problems: problems::in_order(problems),
            upcoming,
            upcoming_later: plan.upcoming_later,
            advertisers: advertisers::rows(&plan.actions, context),
            effects: effects::of(&plan.actions, context),
            elsewhere: plan.elsewhere.as_ref().map(|rest| Box::new(Self::of(rest, context))),
            cake: &plan.cake,
            clusters: &plan.clusters,
            context,
        }
    }

    /// The groups of a verb, in the order of the plan.
    pub(super) fn of_verb(&self, verb: Verb) -> Vec<&Group<'a>> {
        self.groups.iter().filter(|group| group.verb == verb).collect()
    }

    /// What has a flag, the most urgent first; of equals what is done now.
    pub(super) fn to_review(&self) -> Vec<ToReview<'_, 'a>> {
        let now = self.flagged.iter().map(ToReview::Now);
        let later = self.upcoming.iter().filter(|row| !row.flags.is_empty()).map(ToReview::Later);
        let mut changes: Vec<_> = now.chain(later).collect();
        changes.sort_by_key(|change| std::cmp::Reverse(change.priority()));
        changes
    }

    /// The groups of both lists, so that a list that is cut keeps what is urgent.
    pub(super) fn in_review_order(&self) -> impl Iterator<Item = &Group<'a>> {
        let of_now = |change| if let ToReview::Now(group) = change { Some(group) } else { None };
        self.to_review().into_iter().filter_map(of_now).chain(self.other_changes())
    }

    /// What is told once of flags that too many have: `120 revenues change`, `36 stop taking traffic later`.
    pub(super) fn common(&self) -> Vec<String> {
        let [now, later] = &self.common;
        let told = |flags: &[(FlagKind, usize)], common: &[FlagKind], when: &str| {
            let common = flags.iter().filter(|(kind, _)| common.contains(kind));
            common.map(|(kind, count)| counted(*kind, *count) + when).collect::<Vec<_>>()
        };
        [told(&self.flags, now, ""), told(&self.later_flags, later, " later")].concat()
    }

    /// The changes that a flag is about, and the amounts.
    pub(super) fn flagged_changes(&self, group: &Group<'_>) -> Vec<FieldChangeText> {
        // Of a new offer, only a URL that there is something to say of; of a blocked one, what cannot be changed.
        let is_plain = |text: &FieldChangeText| text.before.is_none() && text.annotation.is_none();
        let is_about = |text: &FieldChangeText| match text.field.kind() {
            _ if group.verb == Verb::Blocked && text.before.is_none() => false,
            FieldKind::Money => true,
            FieldKind::Url if is_plain(text) => false,
            _ => group.flags.iter().any(|flag| flag::is_about(*flag, text.field, &group.first.changes)),
        };
        self.changes(group).into_iter().filter(is_about).collect()
    }

    /// The groups without a flag other than new offers: by verb, the largest first.
    pub(super) fn other_changes(&self) -> Vec<&Group<'a>> {
        let other = |group: &&Group<'_>| group.flags.is_empty() && group.verb != Verb::Create;
        let mut groups: Vec<_> = self.groups.iter().filter(other).collect();
        groups.sort_by_key(|group| (group.verb, std::cmp::Reverse(group.len())));
        groups
    }

    /// Everything that is pending besides, what to review first at the beginning.
    pub(super) fn pending(&self) -> impl Iterator<Item = (&Self, Group<'a>)> {
        self.elsewhere.iter().flat_map(|rest| {
            let rest: &Self = rest;
            let creates = rest.unflagged_creates().into_iter().map(Group::single);
            rest.in_review_order().cloned().chain(creates).map(move |group| (rest, group))
        })
    }

    /// How many changes have a flag for which they are reviewed before others.
    pub(super) fn count_to_review(&self) -> usize {
        self.to_review().into_iter().map(ToReview::len).sum()
    }

    /// The creates without a flag.
    pub(super) fn unflagged_creates(&self) -> Vec<&'a Action> {
        let unflagged = |group: &&Group<'_>| group.flags.is_empty() && group.verb == Verb::Create;
        self.groups.iter().filter(unflagged).flat_map(Group::actions).collect()
    }

    /// All creates, each as a group of its own.
    pub(super) fn creates(&self) -> impl Iterator<Item = Group<'a>> {
        self.groups.iter().filter(|group| group.verb == Verb::Create).flat_map(Group::actions).map(Group::single)
    }

    /// The changes of a group as text, in the plan's order.
    pub(super) fn changes(&self, group: &Group<'_>) -> Vec<FieldChangeText> {
        field_change::texts(group, self.clusters, self.context)
    }

    /// How payouts move in all: `2 payouts rise, +6.00 in total (cpa, USD)`.
    pub(super) fn payout_texts(&self) -> Vec<String> {
        self.payouts.texts("payout", self.context)
    }

    /// The configured name of the advertiser of an action, or its id.
    pub(super) fn advertiser(&self, action: &Action) -> String {
        let id = BeforeAfter::of(action).after(Field::AdvertiserId).and_then(Value::as_integer);
        field_change::advertiser_name(id, self.context)
    }

    /// Every action, the one to review first at the beginning.
    pub(super) fn rows(&self) -> impl Iterator<Item = ActionRow<'a>> {
        let changes = self.in_review_order().flat_map(Group::each);
        let creates = self.groups.iter().filter(|group| group.flags.is_empty() && group.verb == Verb::Create);
        changes.chain(creates.flat_map(Group::each)).map(|group| ActionRow::of(self, group))
    }

    /// One action as a row.
    pub(super) fn row(&self, action: &'a Action) -> ActionRow<'a> {
        ActionRow::of(self, Group::single(action))
    }

    /// How the margins lie before and after.
    pub(super) fn margins(&self) -> Margins {
        Margins::of(self.groups.iter().flat_map(Group::actions))
    }

    /// Actions of one verb by folder and advertiser.
    pub(super) fn folders(&self, actions: &[&Action]) -> Vec<FolderRow> {
        folders::rows(actions, self.context)
    }

    /// A create in one row.
    pub(super) fn new_offer(&self, action: &'a Action) -> NewOfferRow<'a> {
        NewOfferRow::of(action, self.context)
    }
}
