//! The guardrails of whole plans: how many offers change and stop taking traffic, by how much payouts rise in all, and when nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use super::breach::Breach;
use super::{GuardrailInputs, Judged};
use crate::config::{FREEZE, Freeze, Guardrail, Limit, NameLookup, Share};
use crate::diagnostic::{Severity, codes};
use crate::offer::{Field, Key, OfferStatus, Operation, Record, RecordStatus, StateChange, Value, shown_time};
use crate::plan::{Action, ActionKind, BeforeAfter, FieldChange, Verb};
use crate::policy::expiry::{is_ended_before, soon};
use crate::policy::schedules::day_of_waiver;
use crate::words::{count, first_and_more};

/// Without a setting, this share of at least so many offers must not be taken out of traffic.
const RETIRES: (Decimal, usize) = (Decimal::from_parts(50, 0, 0, false, 0), 20);

/// More keys than this are counted.
const KEYS_SHOWN: usize = 5;

pub(super) fn judge<'a>(inputs: &GuardrailInputs<'a>, writes: &[Judged<'a>], breaches: &mut Vec<Breach<'a>>) {
    let (actions, today) = (inputs.actions, inputs.today());
    let changes: Vec<&Action> = actions.iter().filter(|action| changes(action)).collect();
    let stops: Vec<&Action> =
        changes.iter().copied().filter(|action| retires(action) || stops(action, today)).collect();
    let live: Vec<(&Key, &Record)> =
        inputs.recorded.offers.iter().filter(|(_, record)| record.status == RecordStatus::Live).collect();
    if changes.len() > inputs.guardrails.small_plan {
        breaches.extend(too_many(inputs, Guardrail::MaxChanges, "changes", &changes, live.len(), ""));
    }
    if changes.len() > inputs.guardrails.small_plan && !stops.is_empty() {
        // A share of offers that take no traffic would let all others go.
        let keys: BTreeSet<&Key> = stops.iter().map(|action| &action.key).collect();
        let live: Vec<_> =
            live.into_iter().filter(|(key, record)| takes_traffic(record, today) || keys.contains(key)).collect();
        let whole = too_many(inputs, Guardrail::MaxRetires, verb(&stops), &stops, live.len(), "");
        // An advertiser's share says nothing more where the whole is too much already.
        breaches.extend(whole.map_or_else(|| of_advertisers(inputs, &stops, &live), |breach| vec![breach]));
    }
    breaches.extend(total_rise(inputs, writes));
}

/// Whether the action changes an offer, and does not finish an earlier change.
fn changes(action: &Action) -> bool {
    match &action.kind {
        ActionKind::Write(operation) => !matches!(operation, Operation::RetireReplaced { .. }),
        ActionKind::StateOnly(change) => matches!(change, StateChange::Forget { .. }),
        ActionKind::Blocked { .. } => false,
    }
}

fn retires(action: &Action) -> bool {
    action.verb() == Verb::Retire || matches!(action.kind, ActionKind::StateOnly(StateChange::Forget { .. }))
}

/// Whether a recorded offer takes traffic, or that is not known.
fn takes_traffic(record: &Record, today: DateTime) -> bool {
    let is_active = |status: &Value| *status == Value::Status(OfferStatus::Active);
    let has_ended = |date: &Value| matches!(date, Value::Date(date) if date.civil() < today);
    record.fields.get(Field::OfferStatus).is_none_or(is_active)
        && !record.fields.get(Field::ExpirationDate).is_some_and(has_ended)
}

/// Whether an offer that takes traffic, or of which that is not known, is no longer active afterwards, though its YAML stays. Traffic ends
/// as it does by a retire, and as it does soon where the expiration date is brought forward to the next days. CAKE has ended an offer by itself
/// whose date has passed.
fn stops(action: &Action, today: DateTime) -> bool {
    let (sides, active) = (BeforeAfter::of(action), Some(&Value::Status(OfferStatus::Active)));
    let is_running = |status: Option<&Value>| status.is_none() || status == active;
    let is_set_aside = sides.change(Field::OfferStatus).is_some_and(|change| is_running(change.before.as_ref()))
        && sides.after(Field::OfferStatus).is_some_and(|after| Some(after) != active);
    let has_ended = |date: &Value| matches!(date, Value::Date(date) if date.civil() < today);
    let is_set_aside = is_set_aside && !sides.before(Field::ExpirationDate).is_some_and(has_ended);
    let ends = is_running(sides.after(Field::OfferStatus)) && is_ended_before(action, soon(today));
    matches!(action.verb(), Verb::Update | Verb::Replace) && (is_set_aside || ends)
}

/// What is done to these offers, in the words of a message.
fn verb(stopped: &[&Action]) -> &'static str {
    let retired = stopped.iter().filter(|action| retires(action)).count();
    match stopped.len() - retired {
        0 => "retires",
        all if all == stopped.len() => "takes out of traffic",
        _ => "retires or takes out of traffic",
    }
}

/// The breach, where there are more of these actions than the limit lets pass.
fn too_many<'a>(
    inputs: &GuardrailInputs<'a>,
    guardrail: Guardrail,
    verb: &str,
    actions: &[&Action],
    recorded: usize,
    of: &str,
) -> Option<Breach<'a>> {
    let limit = inputs.guardrails.share(guardrail);
    let (most, allows) = match limit {
        Some(Limit { value: Share::Count(most), .. }) => (*most as usize, format!("{most}")),
        // A share of nothing says nothing: everything is new.
        Some(Limit { value: Share::Percent(percent), .. }) if recorded > 0 => {
            let one = usize::from(guardrail == Guardrail::MaxRetires);
            (share(*percent, recorded).max(one), format!("{percent} %"))
        }
        None if guardrail == Guardrail::MaxRetires && recorded >= RETIRES.1 => {
            (share(RETIRES.0, recorded), format!("{} %", RETIRES.0))
        }
        _ => return None,
    };
    (actions.len() > most).then(|| {
        let message = format!(
            "the plan {verb} {} of {} {}, and `{}` allows {allows}",
            actions.len(),
            count(recorded, if guardrail == Guardrail::MaxRetires { "offer" } else { "recorded offer" }),
            if guardrail == Guardrail::MaxRetires { format!("with traffic {of}") } else { of.to_owned() }.trim_end(),
            guardrail.setting()
        );
        let message = message.replace(" , and", ", and");
        let keys = first_and_more(actions.iter().map(|action| format!("`{}`", action.key)), KEYS_SHOWN);
        let lift = match limit {
            Some(_) => String::new(),
            None => format!("; `{} = \"100 %\"` under `[guardrails]` lifts the limit", guardrail.setting()),
        };
        let breach = Breach::of_plan(guardrail, message, format!("look whether all are meant: {keys}{lift}"));
        match limit {
            Some(limit) => breach.limited_by(&limit.at),
            None => breach,
        }
    })
}

/// How many of so many offers a share is, rounded down.
fn share(percent: Decimal, of: usize) -> usize {
    let product = percent.checked_mul(Decimal::from(of)).and_then(|product| product.checked_div(Decimal::ONE_HUNDRED));
    product.and_then(|share| usize::try_from(share.floor().mantissa()).ok()).unwrap_or(of)
}

fn of_advertisers<'a>(inputs: &GuardrailInputs<'a>, stopped: &[&Action], live: &[(&Key, &Record)]) -> Vec<Breach<'a>> {
    if matches!(inputs.guardrails.share(Guardrail::MaxRetires), Some(Limit { value: Share::Count(_), .. })) {
        return Vec::new();
    }
    let advertiser = |record: &Record| record.fields.get(Field::AdvertiserId).cloned();
    let mut offers: BTreeMap<u64, (Value, usize, Vec<&Action>)> = BTreeMap::new();
    for (_, record) in live {
        let Some(value) = advertiser(record) else { continue };
        let Some(id) = value.as_integer() else { continue };
        offers.entry(id).or_insert_with(|| (value, 0, Vec::new())).1 += 1;
    }
    for action in stopped {
        let record = inputs.recorded.offers.get(&action.key);
        let id = record.and_then(advertiser).and_then(|value| value.as_integer());
        if let Some((_, _, actions)) = id.and_then(|id| offers.get_mut(&id)) {
            actions.push(action);
        }
    }
    let too_many = |(id, (value, recorded, actions)): (u64, (Value, usize, Vec<&Action>))| {
        let name =
            inputs.names.name_of(Field::AdvertiserId, &value).map(|name| format!(" ({name})")).unwrap_or_default();
        let of = format!("of advertiser {id}{name}");
        too_many(inputs, Guardrail::MaxRetires, verb(&actions), &actions, recorded, &of)
    };
    offers.into_iter().filter_map(too_many).collect()
}

/// The sums of rises that are above their limit. What is not known counts as if it rose from nothing; a payout without a currency, or with
/// another one than before, counts for each.
fn total_rise<'a>(inputs: &GuardrailInputs<'a>, writes: &[Judged<'a>]) -> Vec<Breach<'a>> {
    let Some(limits) = inputs.guardrails.amounts(Guardrail::TotalPayoutRise) else { return Vec::new() };
    let rise = |judged: &Judged<'_>| {
        let sides = BeforeAfter::of(judged.action);
        let unit = sides.unit_after(Field::Payout);
        let is_changed = matches!(judged.action.verb(), Verb::Update | Verb::Restore | Verb::Replace)
            && (sides.change(Field::Payout).is_some() || sides.unit_before(Field::Payout) != unit)
            && !unit.is_percentage();
        let after = sides.after(Field::Payout).filter(|_| is_changed)?.as_money()?.decimal();
        let rise = sides.money_change(Field::Payout).map_or(Some(after), |(_, old, new)| new.checked_sub(old))?;
        let currency = unit.currency.filter(|currency| sides.unit_before(Field::Payout).currency == Some(*currency));
        (rise > Decimal::ZERO).then_some((currency, rise))
    };
    let rises: Vec<_> = writes.iter().filter_map(rise).collect();
    let mut breaches = Vec::new();
    for (name, limit) in limits {
        let NameLookup::Value(Value::Currency(id)) = inputs.names.find(Field::CurrencyId, name) else { continue };
        let of_currency = rises.iter().filter(|(currency, _)| currency.is_none_or(|currency| currency == id));
        let sum = of_currency.clone().try_fold(Decimal::ZERO, |sum, (_, rise)| sum.checked_add(*rise));
        if sum.is_some_and(|sum| sum <= limit.value) {
            continue;
        }
        let sum = sum.map_or_else(|| "far too much".to_owned(), |sum| sum.to_string());
        let (offers, most) = (count(of_currency.clone().count(), "payout"), limit.value);
        let unclear = of_currency.filter(|(currency, _)| currency.is_none()).count();
        let with = match unclear {
            0 => String::new(),
            _ => format!(", with {} whose currency changes or is not known", count(unclear, "payout")),
        };
        let message = format!("{offers} rise by {sum} {name} in all{with}, and `total_payout_rise` allows {most}")
            .replace("payout rise", "payout rises");
        let breach = Breach::of_plan(Guardrail::TotalPayoutRise, message, "look whether all are meant");
        breaches.push(breach.limited_by(&limit.at));
    }
    breaches
}

/// The writes that a freeze stops: one breach for all that a waiver of the same day lets pass, since it is about the time and not about an
/// offer. An offer's own waiver takes it out.
pub(super) fn freeze<'a>(inputs: &GuardrailInputs<'a>, writes: &[Judged<'a>], breaches: &mut Vec<Breach<'a>>) {
    let now = inputs.today();
    for freeze in inputs.guardrails.freezes.iter().filter(|freeze| freeze.from <= now && now < freeze.to) {
        let is_stopped =
            |judged: &&Judged<'a>| !freeze.except.iter().any(|word| **word == *judged.action.verb().word());
        let mut stopped: BTreeMap<Date, Vec<&Judged<'a>>> = BTreeMap::new();
        for judged in writes.iter().filter(is_stopped) {
            let day = day_of(judged.action, freeze, now);
            let mut waivers = judged.offer.iter().flat_map(|offer| &offer.waivers);
            if !waivers.any(|waiver| *waiver.guardrail == *FREEZE && day <= waiver.until) {
                stopped.entry(day).or_default().push(judged);
                continue;
            }
            breaches.push(Breach {
                offer: judged.offer,
                at: judged.offer.map(|offer| offer.place.clone().into()),
                ..frozen(freeze, day, format!("`{}` is written during a freeze", judged.action.key), String::new())
            });
        }
        for (day, stopped) in stopped {
            let keys = first_and_more(stopped.iter().map(|judged| format!("`{}`", judged.action.key)), KEYS_SHOWN);
            let offers = count(stopped.len(), "offer");
            let message =
                format!("the plan writes {offers} during a freeze until {} ({})", shown_time(freeze.to), freeze.reason);
            breaches.push(frozen(freeze, day, message, format!("wait until it ends with {keys}")));
        }
    }
}

/// The day on which a waiver has to hold: that of the schedule, where the update is nothing else.
fn day_of(action: &Action, freeze: &Freeze, now: DateTime) -> Date {
    let day_of = |change: &FieldChange| day_of_waiver(freeze, change.due_since.unwrap_or(now), now);
    let is_update = action.verb() == Verb::Update;
    action.changes.iter().filter(|_| is_update).map(day_of).max().unwrap_or_else(|| now.date())
}

fn frozen<'a>(freeze: &Freeze, day: Date, message: String, help: String) -> Breach<'a> {
    let limit = Some(freeze.at.clone().saying("the freeze"));
    let (code, severity) = (codes::guardrail::FREEZE, Severity::Error);
    Breach { name: FREEZE, code, severity, offer: None, message, at: None, limit, help, day: Some(day) }
}
