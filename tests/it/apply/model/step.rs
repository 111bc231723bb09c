//! The steps of a random history, and how often each one comes.

use offersync::testing::sandbox::{EmptyListing, NameForm};
use proptest::prelude::*;

/// The keys that offers come and go under.
const KEYS: u8 = 6;

#[derive(Debug, Clone)]
pub(super) enum Edit {
    Add(u8),
    Remove(u8),
    Payout(u8, u16),
    Name(u8),
    Pause(u8),
    /// Create-only: a replace.
    Url(u8),
    Advertiser(u8),
    /// Managed or no longer.
    Describe(u8),
    /// The first key's offer gets the second one, if that is free.
    Rename(u8, u8),
    /// Sets or lifts the protection of an offer that always has YAML.
    Protect,
}

#[derive(Debug, Clone)]
pub(super) enum Person {
    Payout(u8, u16),
    Status(u8),
    Name(u8),
    NewOffer,
}

/// How the listing deviates, until the next such step.
#[derive(Debug, Clone, Copy)]
pub(super) enum Listing {
    AsDocumented,
    /// New and changed offers appear after a while.
    Lagging,
    /// The count is that of the page.
    CountOfPage,
    /// What the state knows is not listed, nor every second one of the others.
    HalfHidden,
    ActiveOnly,
    /// Rows shift during the next walk, while the count stays the same.
    Shifting,
    /// Rows lack this member.
    Without(&'static str),
    Empty(EmptyListing),
    Absent,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Edit(Vec<Edit>),
    /// Faults from now on.
    Faults(u64, Vec<(&'static str, u8, &'static str)>),
    Listing(Listing),
    Person(Person),
    Apply,
    /// An apply against what CAKE shows, which may overwrite it.
    ApplyRefreshed,
    /// An apply that dies at the place, if it passes it so often.
    Killed(&'static str, u8),
    /// A comparison with CAKE.
    Drift,
    /// The advice of the last apply's messages is followed.
    Advice,
    /// State and YAML are committed.
    Commit,
    /// State and YAML are those of the last commit again; the journal is where it was.
    Revert,
    /// The machine is gone: state, journal and YAML are those of the last commit.
    LostRunner,
    /// CAKE is restored from a backup of the last commit's time.
    RestoredCake,
}

/// What a history is about, apart from its steps.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// What CAKE makes of every name that it stores.
    pub(super) names: Option<NameForm>,
    /// `cake.verify`
    pub(super) verify: &'static str,
    pub(super) steps: Vec<Step>,
}

const EFFECTS: &[&str] = &[
    "reset-before",
    "reset-after",
    "close-after",
    "cut-body",
    "html-200:done",
    "http-500",
    "http-503:done",
    "restricted",
    "error:Invalid Vertical ID",
    "http-429",
    "html-403:title=Blocked",
];

const WRITE_EFFECTS: &[&str] = &[
    "no-id",
    "late:15:reset",
    "late:15:504",
    "late:25:503",
    "success-429",
    "success-500",
    "echo:payout=7777.00",
    "echo:offer_status=pending",
    "echo:offer_name=Another",
    "echo:offer_name",
    "swap",
];

const PLACES: &[&str] = &[
    "journal.within-write",
    "journal.before-sync",
    "journal.after-sync",
    "journal.before-truncate",
    "replace.before-rename",
    "replace.after-rename",
    "request.before-send",
    "request.after-reply",
    "listing.after-reply",
];

fn edit() -> impl Strategy<Value = Edit> {
    let key = 0..KEYS;
    prop_oneof![
        4 => key.clone().prop_map(Edit::Add),
        2 => key.clone().prop_map(Edit::Remove),
        3 => (key.clone(), 1..5000_u16).prop_map(|(key, cents)| Edit::Payout(key, cents)),
        1 => key.clone().prop_map(Edit::Name),
        1 => key.clone().prop_map(Edit::Pause),
        2 => key.clone().prop_map(Edit::Url),
        1 => key.clone().prop_map(Edit::Advertiser),
        1 => key.clone().prop_map(Edit::Describe),
        1 => (key.clone(), key).prop_map(|(from, to)| Edit::Rename(from, to)),
        1 => Just(Edit::Protect),
    ]
}

fn fault() -> impl Strategy<Value = (&'static str, u8, &'static str)> {
    let any = (prop::sample::select(&["create", "update", "list"][..]), prop::sample::select(EFFECTS));
    let write = (prop::sample::select(&["create", "update"][..]), prop::sample::select(WRITE_EFFECTS));
    (prop_oneof![any, write], 20..90_u8).prop_map(|((call, effect), percent)| (call, percent, effect))
}

fn listing() -> impl Strategy<Value = Listing> {
    prop_oneof![
        4 => Just(Listing::AsDocumented),
        2 => Just(Listing::Lagging),
        1 => Just(Listing::CountOfPage),
        1 => Just(Listing::HalfHidden),
        1 => Just(Listing::ActiveOnly),
        1 => Just(Listing::Shifting),
        1 => prop::sample::select(&["offer_name", "vertical_id", "payout", "offer_status"][..]).prop_map(Listing::Without),
        1 => prop::sample::select(&[EmptyListing::Uncounted, EmptyListing::Message, EmptyListing::Failure][..])
            .prop_map(Listing::Empty),
        1 => Just(Listing::Absent),
    ]
}

fn person() -> impl Strategy<Value = Person> {
    prop_oneof![
        (0..KEYS, 1..5000_u16).prop_map(|(key, cents)| Person::Payout(key, cents)),
        (0..KEYS).prop_map(Person::Status),
        (0..KEYS).prop_map(Person::Name),
        Just(Person::NewOffer),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => prop::collection::vec(edit(), 1..6).prop_map(Step::Edit),
        6 => (any::<u64>(), prop::collection::vec(fault(), 0..4)).prop_map(|(seed, faults)| Step::Faults(seed, faults)),
        3 => listing().prop_map(Step::Listing),
        2 => person().prop_map(Step::Person),
        6 => Just(Step::Apply),
        2 => Just(Step::ApplyRefreshed),
        5 => (prop::sample::select(PLACES), 1..5_u8).prop_map(|(place, arrival)| Step::Killed(place, arrival)),
        1 => Just(Step::Drift),
        2 => Just(Step::Advice),
        2 => Just(Step::Commit),
    ]
}

/// A past that comes back. At most one in a history, so that most of it still has to end well.
fn past() -> impl Strategy<Value = Step> {
    prop::sample::select(&[Step::Revert, Step::LostRunner, Step::RestoredCake][..])
}

fn form() -> impl Strategy<Value = NameForm> {
    use NameForm::{Collapsed, Cut, Entities, Latin1, NoBreak, Upper};
    prop::sample::select(&[Cut, Collapsed, Entities, Latin1, Upper, NoBreak][..])
}

pub(super) fn history() -> impl Strategy<Value = History> {
    let steps = prop::collection::vec(step(), 6..18);
    let past = prop_oneof![2 => Just(None), 1 => (2..18_usize, past()).prop_map(Some)];
    let names = prop_oneof![4 => Just(None), 1 => form().prop_map(Some)];
    let verify = prop_oneof![2 => Just("touched"), 1 => Just("all")];
    (names, verify, steps, past).prop_map(|(names, verify, mut steps, past)| {
        if let Some((place, past)) = past {
            steps.insert(place.min(steps.len()), past);
        }
        History { names, verify, steps }
    })
}
