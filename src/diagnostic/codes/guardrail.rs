//! Codes of guardrails: limits that a plan has to keep, rules, freezes and their waivers.

use crate::diagnostic::code::codes;

codes! {
    MAX_CHANGES = "guardrail::max-changes", "a plan changes more offers than `max_changes` allows",
        "More offers change than the limit for one plan allows, which is how a wrong default or a lost file looks.\n\n\
         Look at the plan. If so many are meant, apply them in parts (`offersync apply KEY…`), or waive the limit in offersync.toml:\n\n    \
         [[waivers]]\n    \
         guardrail = \"max-changes\"\n    \
         until = \"2026-12-31\"\n    \
         reason = \"new price list\"";
    MAX_RETIRES = "guardrail::max-retires", "a plan retires or stops more offers than `max_retires` allows",
        "Offers are retired because their YAML is gone. Many at once often mean that files were lost or moved. An active offer whose \
         `offer_status` becomes inactive or pending counts as well: its traffic ends in the same way, for all offers of a folder by one line \
         of a `_defaults.yaml`. An offer that is replaced does not count, unless the new one is not active. The limit is held against all \
         recorded offers that take traffic and against those of each advertiser; of a share, one may always go. Where `max_retires` is not set, a plan must \
         not take more than half of 20 or more offers out of traffic, in all or of one advertiser.\n\n\
         If they are meant to go, waive the limit in offersync.toml:\n\n    \
         [[waivers]]\n    \
         guardrail = \"max-retires\"\n    \
         until = \"2026-12-31\"\n    \
         reason = \"advertiser left\"";
    PAYOUT_RISE = "guardrail::payout-rise", "a payout rises by more than `payout_rise` allows",
        "A wrong digit makes an amount rise like this. The limit also stops a payout whose recorded amount is not known, or is of another type \
         or currency: how far it rises cannot be said. The highest amount is rounded to the decimals of the amounts, to cents at least: with 10 %, 0.05 may become 0.06.\n\n\
         Correct the amount. If it is right, write a waiver with a reason in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: payout-rise, until: 2026-12-31, reason: agreed}]";
    PAYOUT_FALL = "guardrail::payout-fall", "a payout falls by more than `payout_fall` allows",
        "Affiliates would earn much less, as after a misplaced decimal point. The lowest amount is rounded to the decimals of the amounts, to cents at least: with 10 %, 0.06 may become 0.05. \
         A replacement that has no such amount is a fall to nothing.\n\n\
         Correct the amount. If it is right, write a waiver with a reason in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: payout-fall, until: 2026-12-31, reason: agreed}]";
    REVENUE_RISE = "guardrail::revenue-rise", "a revenue rises by more than `revenue_rise` allows",
        "The advertiser would be charged much more than until now. The highest amount is rounded to the decimals of the amounts, to cents at least: with 10 %, 0.05 may become 0.06.\n\n\
         Correct the amount. If it is right, write a waiver with a reason in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: revenue-rise, until: 2026-12-31, reason: agreed}]";
    REVENUE_FALL = "guardrail::revenue-fall", "a revenue falls by more than `revenue_fall` allows",
        "The advertiser would be charged much less than until now. The lowest amount is rounded to the decimals of the amounts, to cents at least: with 10 %, 0.06 may become 0.05. \
         A replacement that has no such amount is a fall to nothing.\n\n\
         Correct the amount. If it is right, write a waiver with a reason in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: revenue-fall, until: 2026-12-31, reason: agreed}]";
    PAYOUT_MAX = "guardrail::payout-max", "a payout is above `payout_max`",
        "The limit is an amount for each type, and is held against creates as well as changes. An amount whose type is not \
         known is held against the strictest of them, because it may be of any type.\n\n\
         Correct the amount, raise the limit in offersync.toml, or write a waiver in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: payout-max, until: 2026-12-31, reason: agreed}]";
    PAYOUT_MIN = "guardrail::payout-min", "a payout is below `payout_min`",
        "The limit is an amount for each type, and is held against creates as well as changes. An amount whose type is not \
         known is held against the strictest of them, because it may be of any type.\n\n\
         Correct the amount, lower the limit in offersync.toml, or write a waiver in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: payout-min, until: 2026-12-31, reason: agreed}]";
    REVENUE_MAX = "guardrail::revenue-max", "a revenue is above `revenue_max`",
        "The limit is an amount for each type, and is held against creates as well as changes.\n\n\
         Correct the amount, raise the limit in offersync.toml, or write a waiver in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: revenue-max, until: 2026-12-31, reason: agreed}]";
    REVENUE_MIN = "guardrail::revenue-min", "a revenue is below `revenue_min`",
        "The limit is an amount for each type, and is held against creates as well as changes.\n\n\
         Correct the amount, lower the limit in offersync.toml, or write a waiver in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: revenue-min, until: 2026-12-31, reason: agreed}]";
    MARGIN_FLOOR = "guardrail::margin-floor", "a margin is below `margin_floor`, or cannot be seen",
        "The margin is what is left of the revenue after the payout, in percent of the revenue. It is judged where a plan changes an amount, \
         creates an offer or lets it take traffic again, also by a later `expiration_date`. Where the payout or the revenue has no type, or one of them is missing, no margin can be \
         seen, and that is an error too; where both are, it is one for an offer that is created, replaced or restored, unless `sync.ignore_changes` names one of them. Amounts of two types have no margin. The highest payout is rounded to \
         the decimals of the amounts, to cents at least: with 10 %, a revenue of 0.11 allows a payout of 0.10.\n\n\
         Correct the amounts, write what is missing, or write a waiver in the offer:\n\n    \
         sync:\n      \
         waive: [{guardrail: margin-floor, until: 2026-12-31, reason: launch}]";
    PAYOUT_ABOVE_REVENUE = "guardrail::payout-above-revenue", "an offer pays out more than it takes in",
        "The payout is higher than the revenue of the same type, so each conversion costs money. A type that is not known counts as the other one, \
         and an amount under `sync.ignore_changes` that is not recorded as what the YAML says. Where `payout_above_revenue` is not set, that is a warning, and an error where the payout is more than ten times the revenue.\n\n\
         Check both amounts. If the loss is intended, write a waiver in the offer, or set the level in offersync.toml:\n\n    \
         [guardrails]\n    \
         payout_above_revenue = \"warn\"";
    TOTAL_PAYOUT_RISE = "guardrail::total-payout-rise", "payouts rise in all by more than `total_payout_rise` allows",
        "Each rise may be small, and their sum is not. The sum is of the payouts that rise in the plan, by currency; a payout without a currency, \
         or with another one than before, counts for each in full.\n\n\
         If the sum is meant, waive the limit in offersync.toml:\n\n    \
         [[waivers]]\n    \
         guardrail = \"total-payout-rise\"\n    \
         until = \"2026-12-31\"\n    \
         reason = \"new price list\"";
    FACTOR = "guardrail::factor", "an amount is about 10 or 100 times the old one, or a tenth or a hundredth",
        "This is what a misplaced decimal point looks like.\n\n\
         Check the amount. If it is right, write a waiver in the offer, or set the level in offersync.toml:\n\n    \
         [guardrails]\n    \
         factor = \"allow\"";
    RULE = "guardrail::rule", "an offer breaks a rule of offersync.toml",
        "`[[rules]]` says what has to hold of offers. `was.FIELD` is what is recorded, also of a retired offer that comes back. A plan holds the offers that it changes against it, and counts the others; \
         `offersync validate` shows all. What CAKE has already is a warning there. A field under `ignore_changes` that is not \
         recorded may have any value, and a rule has to hold whatever it is.\n\n\
         Change the offer, or write a waiver that names the rule in it:\n\n    \
         sync:\n      \
         waive: [{guardrail: acme tracking host, until: 2026-12-31, reason: moves}]";
    FREEZE = "guardrail::freeze", "a plan writes during a freeze",
        "`[[freeze]]` in offersync.toml names a time in which nothing is written to CAKE, except for the actions that it lists.\n\n\
         Wait until it ends. For what cannot wait, write a waiver in the offer, or for the whole plan in offersync.toml:\n\n    \
         [[waivers]]\n    \
         guardrail = \"freeze\"\n    \
         until = \"2026-12-24\"\n    \
         reason = \"advertiser ran out of budget\"";
    WAIVED = "guardrail::waived", "a guardrail is broken, and waived",
        "The plan breaks a guardrail, and a waiver says that this is meant. It is shown so that a reviewer sees the reason and until \
         when it holds.";
    UNUSED_WAIVER = "guardrail::unused-waiver", "a waiver is not used",
        "Nothing in the plan breaks the guardrail that is waived here. The waiver would let the next breach pass.\n\n\
         Remove it. One that is in a `_defaults.yaml` is reported if none of its offers uses it.";
    EXPIRED_WAIVER = "guardrail::expired-waiver", "a waiver has expired",
        "Its last day is over, so it has no effect.\n\n\
         Remove it, or agree on a later day.";
    ELSEWHERE = "guardrail::elsewhere", "rules are broken by offers that a plan leaves as they are",
        "A plan holds the offers that it changes against the rules. How many others break one is counted, and they are shown by\n\n    \
         offersync validate";
}
