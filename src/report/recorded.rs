//! The recorded offers as text and JSON: `state list` and `state show`. The schemas are derived from the types here.

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Serialize;

use crate::offer::{
    Field, Fields, InDoubtCreate, Key, OfferId, Record, RecordStatus, Recorded, Replaced, StatusWord, Unsettled, Value,
    WaitingUpdate,
};
use crate::plan::StateBinding;
use crate::words::count;

const LIST: &str = "offersync-state-list";
const RECORD: &str = "offersync-record";
const VERSION: u32 = 1;

/// What `offersync state list --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "State list", deny_unknown_fields)]
pub(super) struct ListDocument<'a> {
    #[schemars(extend("const" = LIST))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    state: &'a StateBinding,
    /// The recorded offers, by key.
    offers: Vec<RecordedOffer<'a>>,
    /// The keys whose creates are in doubt. A key that is to be replaced is among the offers, too.
    in_doubt: Vec<&'a Key>,
}

/// What `offersync state show --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Record", deny_unknown_fields)]
pub(super) struct ShownDocument<'a> {
    #[schemars(extend("const" = RECORD))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    key: &'a Key,
    /// `null` before its first create is known to be done.
    record: Option<&'a Record>,
    /// Its create in doubt, if there is one.
    in_doubt: Option<&'a InDoubtCreate>,
}

/// A record with its key; every member is always there.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct RecordedOffer<'a> {
    key: &'a Key,
    offer_id: OfferId,
    status: RecordStatus,
    protect: bool,
    replaced: &'a [Replaced],
    unsettled: Option<&'a Unsettled>,
    status_word: Option<&'a StatusWord>,
    fields: &'a Fields,
}

/// Every record as JSON.
pub fn list_json(recorded: &Recorded, state: &StateBinding) -> String {
    pretty(&ListDocument {
        format: LIST,
        version: VERSION,
        state,
        offers: recorded.offers.iter().map(RecordedOffer::new).collect(),
        in_doubt: recorded.in_doubt.keys().collect(),
    })
}

/// The record of one key as JSON.
pub fn json(key: &Key, record: Option<&Record>, in_doubt: Option<&InDoubtCreate>) -> String {
    pretty(&ShownDocument { format: RECORD, version: VERSION, key, record, in_doubt })
}

/// Every record as a table, one line each. `advertiser` is the configured name of an advertiser, where it has one.
pub fn list_text(recorded: &Recorded, advertiser: &dyn Fn(&Value) -> Option<String>) -> String {
    let rows: Vec<Row<'_>> = recorded.offers.iter().map(|row| Row::new(row, advertiser)).collect();
    let keys = recorded.offers.keys().chain(recorded.in_doubt.keys());
    let width = keys.map(|key| key.as_str().len()).max().unwrap_or_default();
    let widest = |of: fn(&Row<'_>) -> usize| rows.iter().map(of).max().unwrap_or_default();
    let advertisers = widest(|row| row.advertiser.chars().count());
    let payouts = widest(|row| row.payout.len());
    let mut text = String::new();
    for Row { key, record, advertiser, payout } in &rows {
        let status = status(record);
        let protect = if record.protect { "  protected" } else { "" };
        let name = record.fields.name().unwrap_or_default();
        let unsettled: String = record.unsettled_offers().map(|(id, one)| unsettled(record, id, one)).collect();
        let id = record.offer_id;
        let _ = writeln!(
            text,
            "{key:width$}  {id:>8}  {status:7}  {advertiser:advertisers$}  {payout:>payouts$}  {name:?}{protect}{unsettled}"
        );
    }
    for (key, create) in &recorded.in_doubt {
        let _ = writeln!(text, "{key:width$}  {:>8}  {}", "?", in_doubt(key, create));
    }
    let _ = writeln!(text, "{} recorded, {} in doubt.", count(recorded.offers.len(), "offer"), recorded.in_doubt.len());
    text
}

/// A row of the table, with the texts of its columns of unknown width.
struct Row<'a> {
    key: &'a Key,
    record: &'a Record,
    advertiser: String,
    payout: String,
}

impl<'a> Row<'a> {
    fn new((key, record): (&'a Key, &'a Record), name: &dyn Fn(&Value) -> Option<String>) -> Self {
        let value = |field| record.fields.get(field).map(ToString::to_string);
        let advertiser = record.fields.get(Field::AdvertiserId).and_then(name).or_else(|| value(Field::AdvertiserId));
        let payout = [Field::Payout, Field::PayoutType].into_iter().filter_map(value).collect::<Vec<_>>().join(" ");
        Self { key, record, advertiser: advertiser.unwrap_or_default(), payout }
    }
}

fn status(record: &Record) -> &'static str {
    match record.status {
        RecordStatus::Live => "live",
        RecordStatus::Retired => "retired",
    }
}

/// The record of one key as text: what CAKE was last known to have, a field to a line.
pub fn text(key: &Key, record: Option<&Record>, doubt: Option<&InDoubtCreate>) -> String {
    let mut text = String::new();
    if let Some(record) = record {
        let protect = if record.protect { ", protected" } else { "" };
        let _ = writeln!(text, "{key}: offer {}, {}{protect}", record.offer_id, status(record));
        let width = record.fields.iter().map(|(field, _)| field.name().len()).max().unwrap_or_default();
        for (field, value) in record.fields.iter() {
            let value = value.to_string().trim_end().replace('\n', &format!("\n  {:width$}  ", ""));
            let _ = writeln!(text, "  {field:width$}  {value}");
        }
        if let Some(word) = &record.status_word {
            let _ = writeln!(text, "  CAKE shows the status {:?}", word.to_string());
        }
        for replaced in &record.replaced {
            let is = if replaced.inactive { "inactive" } else { "to be made inactive by the next apply" };
            let _ = writeln!(text, "  replaced offer {}, {is}", replaced.offer_id);
        }
        for (id, one) in record.unsettled_offers() {
            let _ = writeln!(text, "{}", unsettled(record, id, one));
        }
    }
    if let Some(create) = doubt {
        let _ = writeln!(text, "{key}: {}", in_doubt(key, create));
    }
    text
}

impl<'a> RecordedOffer<'a> {
    fn new((key, record): (&'a Key, &'a Record)) -> Self {
        let Record { offer_id, status, protect, replaced, unsettled, status_word, fields } = record;
        Self {
            key,
            offer_id: *offer_id,
            status: *status,
            protect: *protect,
            replaced,
            unsettled: unsettled.as_ref(),
            status_word: status_word.as_ref(),
            fields,
        }
    }
}

fn unsettled(record: &Record, id: OfferId, Unsettled { sent_at, fields, waiting }: &Unsettled) -> String {
    let of_replaced = if id == record.offer_id { String::new() } else { format!("offer {id}, which it replaced, ") };
    let is = if of_replaced.is_empty() { "" } else { "is " };
    let names = fields.iter().map(Field::name).collect::<Vec<_>>();
    let lost =
        (!names.is_empty()).then(|| format!("  {of_replaced}{is}unsettled since {sent_at}: {}", names.join(", ")));
    let accepted = waiting.iter().map(|WaitingUpdate { sent_at, fields, before: _ }| {
        let values: Vec<_> = fields.iter().map(|(field, value)| format!("{field} {value}")).collect();
        format!("  {of_replaced}waits in CAKE since {sent_at:.0}: {}", values.join(", "))
    });
    lost.into_iter().chain(accepted).collect()
}

fn in_doubt(key: &Key, create: &InDoubtCreate) -> String {
    let since = create.sent_at.map(|sent_at| format!(" since {sent_at}")).unwrap_or_default();
    // Without a listing from before the create, nothing that CAKE shows later proves anything.
    let is_for_a_person = create.mismatch || create.baseline.is_none();
    let next = if is_for_a_person {
        format!(
            "look in CAKE, and run `offersync state resolve {key} --offer-id N` or `offersync state resolve {key} --not-created`"
        )
    } else if let Some(id) = create.named {
        format!(
            "CAKE's reply named offer {id}, and nothing that says whose it is; the next apply looks it up. If it does not tell, look in CAKE, and \
             run `offersync state resolve {key} --offer-id N` or `offersync state resolve {key} --not-created`"
        )
    } else if create.accepted {
        format!(
            "CAKE's reply said that it made the offer or accepted the request; the next apply looks it up, and if CAKE does not show it, run \
             `offersync state resolve {key} --offer-id N --unseen` or `offersync state resolve {key} --not-created --unseen`"
        )
    } else {
        "the next apply looks it up".to_owned()
    };
    format!("a create is in doubt{since}; {next}")
}

fn pretty(document: &impl Serialize) -> String {
    // Serializing strings and numbers cannot fail.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}
