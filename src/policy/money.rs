//! The lints of amounts, their types and their currency.

use rust_decimal::Decimal;

use super::finding::Finding;
use super::subject::Subject;
use crate::config::LintLevel;
use crate::offer::{Field, PriceType};

/// The amounts, each with its type.
const AMOUNTS: [(Field, Field); 2] = [(Field::Payout, Field::PayoutType), (Field::Revenue, Field::RevenueType)];

pub(super) fn zero(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    if !subject.is_active() {
        return;
    }
    for (field, _) in AMOUNTS {
        if subject.money(field).is_some_and(|amount| amount.decimal().is_zero()) {
            let what = if field == Field::Payout { "affiliates earn nothing" } else { "the advertiser pays nothing" };
            let message = format!("`{field}` of an active offer is 0: {what}");
            found.push(Finding::new(
                field,
                message,
                "write the amount, or set `offer_status: pending` until it is known",
            ));
        }
    }
    let payout = subject.money(Field::Payout).filter(|payout| !payout.decimal().is_zero());
    if payout.is_some() && subject.offer.fields.get(Field::Revenue).is_none() {
        let message = "the offer has a `payout` and no `revenue`, so it pays out and takes in nothing";
        let finding = Finding::new(Field::Payout, message, "write the `revenue` that the advertiser pays");
        // A revenue in CAKE may be left to CAKE.
        found.push(finding.level_if(subject.is_recorded(), LintLevel::Allow));
    }
}

pub(super) fn absolute_bounds(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, type_field) in AMOUNTS {
        let is_share = subject.price_type(type_field) == Some(PriceType::RevShare);
        let Some(share) = subject.money(field).filter(|share| is_share && share.decimal() > Decimal::ONE_HUNDRED)
        else {
            continue;
        };
        let message = format!("`{field}` is {share} with `{type_field}: revshare`, more than 100 %");
        let help = format!(
            "write a percentage, or the `{type_field}` of a fixed amount; `\"money::absolute-bounds\" = \"allow\"` under `[lints]` in \
             offersync.toml lifts the limit"
        );
        let finding = Finding::new(field, message, help);
        found.push(finding.level_if(subject.has_recorded(&[field, type_field]), LintLevel::Warn));
    }
}

pub(super) fn places(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, type_field) in AMOUNTS {
        // Most amounts end here, before a name is looked up.
        let Some(amount) = subject.money(field).filter(|amount| amount.decimal().scale() > 0) else { continue };
        let scale = amount.decimal().normalize().scale();
        if scale == 0 {
            continue;
        }
        let currency = currency(subject);
        let places = currency.map_or(2, |(_, places)| places);
        let is_part = !matches!(subject.price_type(type_field), None | Some(PriceType::Cpa));
        let most = places + if is_part { 2 } else { 0 };
        if scale > most {
            let of = currency.map_or_else(String::new, |(name, _)| format!(" of {name}"));
            let message = format!("`{field}` is {amount}, with more decimals than an amount{of} has");
            found.push(Finding::new(field, message, format!("write at most {most} decimals: CAKE may round it")));
        }
    }
}

/// The currency's name, where it has one of three letters, and its decimals.
fn currency<'a>(subject: &Subject<'a>) -> Option<(&'a str, u32)> {
    const NONE: &[&str] = &[
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF",
    ];
    const THREE: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];
    let name = subject.names.name_of(Field::CurrencyId, subject.offer.fields.get(Field::CurrencyId)?)?;
    let is_in = |codes: &[&str]| codes.iter().any(|code| code.eq_ignore_ascii_case(name));
    Some((
        name,
        if is_in(NONE) {
            0
        } else if is_in(THREE) {
            3
        } else {
            2
        },
    ))
}

pub(super) fn type_missing(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, type_field) in AMOUNTS {
        if subject.money(field).is_some() && subject.offer.fields.get(type_field).is_none() {
            let message = format!("`{field}` has no `{type_field}`, so no margin can be computed");
            let finding =
                Finding::new(field, message, format!("write `{type_field}`, for example `{type_field}: cpa`"));
            // The type cannot be changed any more, and may be left to CAKE.
            found.push(finding.level_if(subject.is_recorded(), LintLevel::Allow));
        }
    }
}

pub(super) fn type_mix(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let (payout, revenue) = (subject.price_type(Field::PayoutType), subject.price_type(Field::RevenueType));
    let is_traffic = |price_type| matches!(price_type, PriceType::Cpc | PriceType::Cpm);
    let (Some(payout), Some(revenue)) = (payout, revenue) else { return };
    if is_traffic(payout) && !is_traffic(revenue) {
        let message =
            format!("the payout is {payout} and the revenue is {revenue}: traffic without actions costs money");
        let help = "use the same type for both, or set a cap in CAKE";
        found.push(Finding::new(Field::PayoutType, message, help));
    }
}

pub(super) fn no_currency(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let fields = &subject.offer.fields;
    let Some((amount, _)) = AMOUNTS.into_iter().find(|(field, _)| fields.get(*field).is_some()) else { return };
    if fields.get(Field::CurrencyId).is_some() || subject.names.of(Field::CurrencyId).nth(1).is_none() {
        return;
    }
    let names: Vec<_> = subject.names.of(Field::CurrencyId).take(5).collect();
    let message = "the offer has an amount and no currency, and `[names.currencies]` names several";
    let help = format!("write `currency`, with one of {}", names.join(", "));
    found.push(Finding::new(amount, message, help).level_if(subject.is_recorded(), LintLevel::Allow));
}
