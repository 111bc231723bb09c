//! Plans for the tests of the views, made by the planner from desired and recorded offers.

use crate::offer::{
    DesiredOffer, DesiredSet, Field, FieldSet, Fields, Key, OfferId, OnCreateOnlyChange, Record, RecordStatus,
    Recorded, RemovedAction, SyncSettings, ValuePlaces,
};
use crate::plan::{Plan, PlanInputs, Selection, StateBinding};
use crate::policy::{self, Limits, ReviewInputs};
use crate::report::view::{Environment, ViewContext};
use crate::source::{Place, SourcePath, Span};

pub(super) const TODAY: jiff::civil::DateTime = jiff::civil::date(2026, 7, 1).at(12, 0, 0, 0);

/// A known time, and one advertiser with a name.
pub(super) fn context() -> ViewContext<'static> {
    let environment = Environment { name: "production", is_configured: false };
    let names = &|id| (id == 101).then(|| "acme-home".to_owned());
    ViewContext { names, environment, today: Some(TODAY), ..ViewContext::default() }
}

pub(super) fn fields(pairs: &[(&str, &str)]) -> Fields {
    let base = [
        ("offer_name", "Home Warranty Lead"),
        ("advertiser_id", "101"),
        ("vertical_id", "7"),
        ("offer_url", "https://track.example.com/aff_c?offer_id={offer_id}&aff_id={aff_id}"),
        ("offer_status", "active"),
        ("payout", "24.00"),
        ("payout_type", "cpa"),
        ("revenue", "30.00"),
        ("revenue_type", "cpa"),
        ("currency_id", "1"),
    ];
    let mut fields = Fields::default();
    for (name, text) in base.iter().chain(pairs) {
        let field = Field::from_name(name).unwrap();
        if *text == "ABSENT" {
            fields.remove(field);
        } else {
            fields.set(field, field.parse(text).unwrap());
        }
    }
    fields
}

/// Desired and recorded offers, to be planned.
#[derive(Default)]
pub(super) struct PlanFixture {
    desired: Vec<DesiredOffer>,
    recorded: Recorded,
    next_id: u64,
}

impl PlanFixture {
    pub(super) fn desire(&mut self, folder: &str, name: &str, pairs: &[(&str, &str)]) -> &mut DesiredOffer {
        let file = SourcePath::from(format!("offers/{folder}/{name}.yaml"));
        let fields = fields(pairs);
        let places = fields
            .iter()
            .zip(1..)
            .map(|((field, _), line)| (field, Span { line, column: 1, length: 1 }))
            .collect::<Vec<_>>();
        let places = ValuePlaces::new(places, None);
        let place = Place::new(file, Span { line: 1, column: 1, length: 1 });
        let key = Key::new(name).unwrap();
        self.desired.push(DesiredOffer {
            has: crate::offer::HasSettings::default(),
            key,
            fields,
            sync: SyncSettings::default(),
            allowed: Vec::new(),
            waivers: Vec::new(),
            schedule: None,
            place,
            places,
        });
        self.desired.last_mut().unwrap()
    }

    pub(super) fn record(&mut self, name: &str, pairs: &[(&str, &str)]) -> &mut Record {
        self.next_id += 1;
        let record = Record {
            offer_id: OfferId::new(12000 + self.next_id).unwrap(),
            status: RecordStatus::Live,
            fields: fields(pairs),
            protect: false,
            replaced: vec![],
            unsettled: None,
            status_word: None,
        };
        self.recorded.offers.entry(Key::new(name).unwrap()).or_insert(record)
    }

    /// An offer that differs in those fields.
    pub(super) fn change(&mut self, name: &str, before: &[(&str, &str)], after: &[(&str, &str)]) -> &mut DesiredOffer {
        self.record(name, before);
        self.desire("acme", name, after)
    }

    pub(super) fn plan(mut self) -> Plan {
        let mut order: Vec<_> = self.desired.drain(..).collect();
        order.sort_by(|a, b| a.key.cmp(&b.key));
        let desired = DesiredSet { offers: order, files: Vec::new(), digest: "d".to_owned() };
        let mut plan = crate::plan::plan(PlanInputs {
            at: jiff::Timestamp::UNIX_EPOCH,
            desired: &desired,
            recorded: &self.recorded,
            removed: RemovedAction::Retire,
            selection: &Selection::default(),
            cake: "https://cake.example.com",
            environment: "production",
            state: StateBinding { lineage: Some("0190".to_owned()), digest: Some("abc".to_owned()) },
            settings_digest: "s",
        });
        policy::review(&mut plan, ReviewInputs { desired: &desired, today: TODAY, limits: Limits::default() });
        plan
    }
}

/// One update of money.
pub(super) fn one() -> Plan {
    let mut world = PlanFixture::default();
    world.change("auto-insurance", &[("payout", "20.00")], &[]);
    world.plan()
}

/// Every verb, thirty actions.
pub(super) fn thirty() -> Plan {
    let mut world = PlanFixture::default();
    for at in 1..=12 {
        world.change(&format!("payday-{at:02}"), &[("payout", "22.00")], &[("payout", "24.20")]);
    }
    for at in 1..=6 {
        world.record(&format!("summer-{at}"), &[("offer_name", "Summer sale")]);
    }
    world.desire(
        "acme",
        "new-one",
        &[
            ("expiration_date", "2026-06-30 23:59:59"),
            (
                "offer_description",
                "Pays on a qualified lead.\n\n- no incentives\n- no brand bidding\n- US only\n- 18+\n",
            ),
            ("session_hours", "24"),
        ],
    );
    world.desire(
        "bravo",
        "share",
        &[
            ("advertiser_id", "202"),
            ("payout", "40"),
            ("payout_type", "revshare"),
            ("revenue", "12.50"),
            ("revenue_type", "cpm"),
        ],
    );
    world.change("auto-insurance", &[("payout", "20.00")], &[("payout", "31"), ("offer_name", "Auto Insurance Quote")]);
    world.change("paused", &[], &[("offer_status", "inactive"), ("expiration_date", "2026-12-31 23:59:59")]);
    let text =
        "Pays on a qualified lead.\nUS only.\nNo incentives.\nNo brand bidding.\nWeekly cap of 50.\nAsk first.\n";
    let new_text = text.replace("cap of 50", "cap of 75");
    world.change("blocked-text", &[("offer_description", text)], &[("offer_description", &new_text)]);
    world.change("replaced", &[("offer_url", "https://old.example.com/{aff_id}")], &[]).sync.on_create_only_change =
        OnCreateOnlyChange::Replace;
    world.change("open-ended", &[("expiration_date", "2026-09-30 23:59:59")], &[]);
    world.change("unpriced", &[("session_hours", "24")], &[]);
    world.change("let-alone", &[("payout", "20.00")], &[]).sync.ignore_changes = FieldSet::from_iter([Field::Payout]);
    world.change("back-again", &[("offer_status", "active")], &[]);
    world.recorded.offers.get_mut("back-again").unwrap().status = RecordStatus::Retired;
    world.record("kept", &[("offer_name", "Home Warranty Lead - Kept")]).protect = true;
    world.record("old-key", &[]);
    world.desire("acme", "new-key", &[]).sync.renamed_from = Some(Key::new("old-key").unwrap());
    world.change("guarded", &[], &[]).sync.protect = true;
    world.change("same", &[], &[]);
    world.plan()
}

/// Three thousand actions.
pub(super) fn three_thousand() -> Plan {
    let mut world = PlanFixture::default();
    for at in 0..1500 {
        let (folder, advertiser) = (format!("folder-{}", at % 7), (100 + at % 3).to_string());
        let payout = format!("{}.50", 1 + at % 40);
        world.desire(
            &folder,
            &format!("new-{at:04}"),
            &[
                ("advertiser_id", &advertiser),
                ("payout", &payout),
                ("revenue", "60.00"),
                ("offer_name", &format!("New {at}")),
            ],
        );
    }
    for at in 0..700 {
        let payout = format!("{}.{:02}", 10 + at % 9, at % 100);
        world.change(&format!("moved-{at:04}"), &[("payout", "15.00")], &[("payout", &payout)]);
    }
    for at in 0..500 {
        world.change(&format!("alike-{at:04}"), &[("revenue", "29.00")], &[]);
    }
    for at in 0..300 {
        world.record(&format!("gone-{at:04}"), &[]);
    }
    world.plan()
}
