//! The lints: each where it fires, where it does not, and where it nearly does.

mod amounts;
mod dates;
mod false_alarms;
mod freeze_walks;
mod freezes;
mod levels;
mod links;
mod reviewed;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{LintInputs, Occasion, lint_with_steps};
use crate::config::{self, Settings};
use crate::desired::{self, ReadOptions, Reading};
use crate::diagnostic::{Diagnostic, codes};
use crate::offer::{DesiredOffer, Field, OfferId, Record, RecordStatus, Recorded, TimeRules};

/// Offers, settings and records, and what the lints find in them.
struct World {
    settings: Settings,
    reading: Reading,
    recorded: Option<Recorded>,
}

/// An offer in which no lint finds anything.
const QUIET: &str = "\
offer_name: Home Warranty
advertiser_id: 101
vertical_id: 7
offer_url: \"https://shop.test/lp?a=#affid#&r=#reqid#\"
payout: 24.00
payout_type: cpa
revenue: 30.00
revenue_type: cpa
currency_id: 1
session_hours: 24
expiration_date: 2027-12-31 23:59:59
";

impl World {
    fn of(texts: &[(&str, &str)]) -> Self {
        let texts = texts.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let settings = Settings::defaults(std::path::Path::new("/"));
        let reading = desired::from_texts(texts, &settings.names, ReadOptions::default());
        assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
        Self { settings, reading, recorded: Some(Recorded::default()) }
    }

    /// The quiet offer with other lines; a line without a value takes the field away.
    fn with(lines: &str) -> Self {
        Self::of(&[("offers/a.yaml", &changed(lines))])
    }

    fn configured(mut self, text: &str) -> Self {
        let loaded = config::from_text(text, "offersync.toml", std::path::Path::new("/"), &|_| None, None);
        assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
        self.settings = loaded.settings.unwrap();
        self
    }

    /// CAKE has every offer as it is desired.
    fn recorded(mut self) -> Self {
        let record = |offer: &DesiredOffer| {
            let record = Record {
                offer_id: OfferId::new(5).unwrap(),
                status: RecordStatus::Live,
                protect: false,
                replaced: Vec::new(),
                unsettled: None,
                status_word: None,
                fields: offer.fields.clone(),
            };
            (offer.key.clone(), record)
        };
        self.recorded.as_mut().unwrap().offers = self.reading.set.offers.iter().map(record).collect();
        self
    }

    fn recorded_with(self, field: Field, value: &str) -> Self {
        let mut world = self.recorded();
        for record in world.recorded.as_mut().unwrap().offers.values_mut() {
            record.fields.set(field, field.parse(value).unwrap());
        }
        world
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        let zone = self.settings.cake.time_zone.clone();
        let rules = TimeRules { zone, retires_expired: false };
        lint_with_steps(&self.reading.set.offers, self.inputs(), &rules)
    }

    fn inputs(&self) -> LintInputs<'_> {
        LintInputs {
            levels: &self.settings.lints,
            names: &self.settings.names,
            time_zone: &self.settings.cake.time_zone,
            now: "2026-11-26T12:00:00Z".parse::<Timestamp>().unwrap(),
            recorded: self.recorded.as_ref(),
            occasion: Occasion::Review,
        }
    }

    /// The names of the lints that find something, with `!` for errors.
    fn names(&self) -> Vec<String> {
        let name = |found: Diagnostic| format!("{}{}", found.code.name, if found.is_error() { "!" } else { "" });
        self.diagnostics().into_iter().map(name).collect()
    }
}

/// The quiet offer with other lines.
fn changed(lines: &str) -> String {
    let names: Vec<&str> = lines.lines().filter_map(|line| line.split_once(':').map(|(name, _)| name)).collect();
    let kept = QUIET.lines().filter(|line| line.split_once(':').is_some_and(|(name, _)| !names.contains(&name)));
    let added = lines.lines().filter(|line| !line.ends_with(':') || *line == "sync:" || line.starts_with(' '));
    kept.chain(added).flat_map(|line| [line, "\n"]).collect()
}

/// What is found in the quiet offer with these lines.
fn found(lines: &str) -> Vec<String> {
    World::with(lines).names()
}

/// What is found in the quiet offer with this URL.
fn found_in(url: &str) -> Vec<String> {
    found(&format!("offer_url: '{url}'"))
}

const NOTHING: [&str; 0] = [];

#[test]
fn the_quiet_offer_is_quiet() {
    assert_eq!(found(""), NOTHING);
}

#[test]
fn every_lint_has_one_row_and_every_row_is_a_lint() {
    let mut rows: Vec<&str> = super::levels().map(|(code, _)| code.name).collect();
    let mut known: Vec<&str> = codes::lints().map(|code| code.name).collect();
    rows.sort_unstable();
    known.sort_unstable();
    assert_eq!(rows, known);
}

#[test]
fn a_finding_points_at_the_part_of_the_url() {
    let place = |url: &str| {
        let world = World::with(&format!("offer_url: {url}"));
        let place = world.diagnostics().remove(0).labels.remove(0).place;
        (place.column, place.length)
    };
    let (column, length) = place("\"https://shop.test/lp?a=#afid#&r=#reqid#\"");
    assert_eq!((column, length), (36, 6));
    assert_eq!(place("https://shop.test/lp?é=#afid#&r=#reqid#"), (35, 6));
    let escaped = "\"https://shop.test/lp\\x3fa=#afid#&r=#reqid#\"";
    assert_eq!(place(escaped).0, 12, "where the text is not written as it is, the whole value is meant");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(1_000))]

    #[test]
    fn lints_take_any_text(
        url in "https?://[a-z]{0,3}[.:a-z]{0,6}([?&#{}=%/_A-Za-z0-9é<>-]|affid|#s1#|%23|YOUR_|xxx){0,30}",
        name in "[ \\PC]{1,30}",
        amount in "(0|[1-9][0-9]{0,12})(\\.[0-9]{1,12})?",
        (year, hour) in (1i16..=9999, 0i8..24),
        hours in 1u64..1_000_000,
    ) {
        let Ok(url) = Field::OfferUrl.parse(&url) else { return Ok(()) };
        let mut world = World::with("");
        let offer = &mut world.reading.set.offers[0];
        offer.fields.set(Field::PreviewUrl, url.clone());
        offer.fields.set(Field::OfferUrl, url);
        let date = format!("{year:04}-03-14 {hour:02}:30:00");
        for (field, text) in [
            (Field::OfferName, name), (Field::Payout, amount.clone()), (Field::Revenue, amount),
            (Field::ExpirationDate, date), (Field::SessionHours, hours.to_string()),
        ] {
            if let Ok(value) = field.parse(&text) {
                offer.fields.set(field, value);
            }
        }
        world.settings.cake.time_zone = TimeZone::get("America/New_York").unwrap();
        let found = world.diagnostics();
        proptest::prop_assert!(found.iter().all(|found| found.labels[0].place.column > 0 && found.help.is_some()));
    }
}
