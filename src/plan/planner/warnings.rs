//! The diagnostics of a plan.

use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::{
    DesiredOffer, DesiredSet, Field, Fields, InDoubtCreate, Key, OfferId, Record, RecordStatus, Replaced, SyncSettings,
    Value,
};
use crate::plan::action::FieldChange;
use crate::words::shorten;

use super::undeclared::{Likeness, UndeclaredRename};

/// The maximum length of a value in a label.
const SHOWN: usize = 120;

fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else { return "nothing".to_owned() };
    let text = value.to_string();
    match text.trim_end().split_once('\n') {
        None => shorten(text.trim_end(), SHOWN).into_owned(),
        Some((line, _)) => shorten(&format!("{}…", line.trim_end()), SHOWN).into_owned(),
    }
}

pub(super) fn create_only(offer: &DesiredOffer, change: &FieldChange) -> Diagnostic {
    let (field, key) = (change.field, &offer.key);
    let recorded = format!("recorded: {}", shown(change.before.as_ref()));
    Diagnostic::error(codes::plan::CREATE_ONLY, format!("`{field}` of `{key}` cannot be changed by CAKE's API"))
        .label(Label::at(offer.place_of(field)).saying(recorded))
        .help(format!(
            "change it in CAKE and run `offersync state accept {key}`, or set `sync.on_create_only_change: replace` to make a \
             new offer and retire this one (affiliates' links will change)"
        ))
}

pub(super) fn like_retired(offer: &DesiredOffer, retired: &Key, offer_id: OfferId) -> Diagnostic {
    let key = &offer.key;
    let message =
        format!("`{key}` is new, and has the name and advertiser of `{retired}`, which was retired (offer {offer_id})");
    Diagnostic::warning(codes::plan::LIKE_RETIRED, message).label(offer.place.clone()).help(format!(
        "if it is the same offer, run `offersync state mv {retired} {key}`: it keeps its id and its links, and the next apply makes it what \
         the YAML says. If it is another offer, a new one is created with links of its own"
    ))
}

pub(super) fn reverted_replace(
    offer: &DesiredOffer,
    from: Option<&Key>,
    record: &Record,
    earlier: &Replaced,
) -> Diagnostic {
    let (key, now, before) = (&offer.key, record.offer_id, earlier.offer_id);
    let message = format!("`{key}` describes offer {before} again, which offer {now} has replaced");
    let adopt = format!("`offersync state adopt {key} --offer-id {before}`");
    let commands = match from {
        Some(from) => format!("`offersync state mv {from} {key}` and then {adopt}"),
        None => adopt,
    };
    Diagnostic::error(codes::plan::REVERTED_REPLACE, message).label(offer.place.clone()).help(format!(
        "run {commands}: the next apply makes offer {before} active and offer {now} inactive, and no other offer is created. To keep \
         offer {now}, undo the change in the YAML"
    ))
}

/// The amounts, and what they are amounts of.
const OF_MONEY: [Field; 5] = [Field::Payout, Field::PayoutType, Field::Revenue, Field::RevenueType, Field::CurrencyId];

/// A replacement lacks what the YAML does not give, whatever the old offer has.
pub(super) fn not_sent(offer: &DesiredOffer, sent: &Fields, record: &Record) -> Option<Diagnostic> {
    let recorded = |field: &Field| record.fields.get(*field);
    let lacking: Vec<Field> = OF_MONEY.into_iter().filter(|field| sent.get(*field).is_none()).collect();
    // A type or a currency that is not recorded either may be CAKE's own choice, where its amount is there.
    let lacks_amount = lacking.iter().any(|field| [Field::Payout, Field::Revenue].contains(field));
    let lacking: Vec<Field> = lacking.into_iter().filter(|field| lacks_amount || recorded(field).is_some()).collect();
    if lacking.is_empty() {
        return None;
    }
    let told = lacking.iter().map(|field| match recorded(field) {
        Some(value) => format!("no `{field}` ({value} until now)"),
        None => format!("no `{field}`"),
    });
    let message = format!("the new offer of `{}` gets {}", offer.key, told.collect::<Vec<_>>().join(" and "));
    let warning = Diagnostic::warning(codes::plan::NOT_SENT, message).label(offer.place.clone());
    Some(warning.help(
        "a replacement has only what its YAML gives: write it in the YAML. What is not recorded, the old offer may have in CAKE all the same: look there",
    ))
}

pub(super) fn protected_replace(offer: &DesiredOffer, changes: &[FieldChange]) -> Diagnostic {
    let place = changes.first().map_or_else(|| offer.place.clone(), |change| offer.place_of(change.field));
    Diagnostic::error(codes::plan::PROTECTED, format!("`{}` is protected and would be replaced", offer.key))
        .label(Label::at(place).saying("CAKE cannot change this field"))
        .help(format!(
            "change it in CAKE and run `offersync state accept {}`, or set `sync.protect: false` for the replacement",
            offer.key
        ))
}

pub(super) fn protected_gone(key: &Key, record: &Record) -> Diagnostic {
    let id = record.offer_id;
    Diagnostic::error(codes::plan::PROTECTED, format!("`{key}` (offer {id}) is protected, and its YAML is gone")).help(
        format!(
            "put its YAML back; to retire it after all, apply once with `sync.protect: false`, then remove it. \
                 `offersync state rm {key}` forgets it and leaves the offer in CAKE as it is"
        ),
    )
}

pub(super) fn waits(key: &Key, record: &Record) -> Diagnostic {
    let id = record.offer_id;
    let message = format!(
        "the YAML of `{key}` (offer {id}) is gone, and it is not forgotten, because CAKE has accepted an update that it may still carry out"
    );
    Diagnostic::error(codes::state_change::WAITING, message).help(format!(
        "an apply records the update once CAKE shows it. If it was refused in CAKE, or taken back there, end it:\n  \
         offersync state resolve {key} --not-done"
    ))
}

pub(super) fn removed(key: &Key, record: &Record) -> Diagnostic {
    let id = record.offer_id;
    let message = format!("the YAML of `{key}` (offer {id}) is gone, and `removed.action` is \"error\"");
    Diagnostic::error(codes::plan::REMOVED, message).help(format!(
        "put its YAML back, perhaps with `offer_status: inactive`, or run `offersync state rm {key}` to forget it"
    ))
}

pub(super) fn date_not_cleared(offer: &DesiredOffer, record: &Record) -> Diagnostic {
    let date = shown(record.fields.get(Field::ExpirationDate));
    let message = format!("`expiration_date` of `{}` left the YAML, but CAKE keeps {date}", offer.key);
    Diagnostic::warning(codes::plan::DATE_NOT_CLEARED, message)
        .label(offer.place.clone())
        .help("CAKE's API cannot clear a date: clear it in CAKE by hand, or write a later date")
}

pub(super) fn unknown_rename(offer: &DesiredOffer, from: &Key) -> Diagnostic {
    let message =
        format!("`{from}`, from which `{}` is renamed, is not recorded: the offer will be created", offer.key);
    Diagnostic::warning(codes::plan::UNKNOWN_RENAME, message)
        .label(offer.place.clone())
        .help("correct `sync.renamed_from`, or remove it if the offer is new")
}

pub(super) fn occupied_rename(
    offer: &DesiredOffer,
    own: &Record,
    from: &Key,
    other: &Record,
    moved: Option<&Key>,
) -> Diagnostic {
    let key = &offer.key;
    let state = match own.status {
        RecordStatus::Live => "live",
        RecordStatus::Retired => "retired",
    };
    let message = format!(
        "`{key}` cannot take over the record of `{from}` (offer {}): it has one of its own (offer {}, {state})",
        other.offer_id, own.offer_id
    );
    let problem = Diagnostic::error(codes::offer::RENAME, message).label(offer.place.clone());
    if let Some(moved) = moved {
        return problem.help(format!(
            "offer {} has the name of `{moved}`: if its file was renamed, run `offersync state mv {key} {moved}`, then `offersync state mv \
             {from} {key}`: each offer keeps its id and its links",
            own.offer_id
        ));
    }
    problem.help(format!(
        "free the key: `offersync state rm {key}` leaves offer {} in CAKE as it is, and `offersync state mv {key} NEW-KEY` keeps it managed \
         under a key whose YAML you write. Without `sync.renamed_from`, offer {} would be retired, because its YAML is gone",
        own.offer_id, other.offer_id
    ))
}

pub(super) fn undeclared_rename(rename: &UndeclaredRename<'_>) -> Diagnostic {
    let (offer, from, key) = (rename.offer, rename.from, &rename.offer.key);
    let would = if rename.own.is_none() { "be created with" } else { "get" };
    let what = match rename.likeness {
        Likeness::Name => "the name and advertiser",
        Likeness::Url => "the advertiser, vertical and URL",
        Likeness::Everything => "all that is recorded",
    };
    let whose = if rename.is_gone { "whose YAML is gone" } else { "whose YAML has another name now" };
    let message = format!("`{key}` would {would} {what} of `{from}`, {whose}");
    let problem = Diagnostic::error(codes::plan::UNDECLARED_RENAME, message).label(offer.place.clone());
    let name = rename.own.and_then(|own| own.fields.name()).unwrap_or_default();
    let keep = format!("keep the name \"{}\" in its YAML until an apply has", shorten(name, SHOWN));
    if let Some(told_with) = rename.told_with {
        return problem.help(format!("if the files were renamed in a row, the commands are told with `{told_with}`"));
    }
    if !rename.row.is_empty() {
        let commands = rename.row.iter().map(|(from, to)| format!("`offersync state mv {from} {to}`"));
        return problem.help(format!(
            "if the files were renamed in a row, run {}: each offer keeps its id and its links. If only the names are to change, do it one \
             after the other, with an apply in between",
            commands.collect::<Vec<_>>().join(", then ")
        ));
    }
    problem.help(match (rename.own.is_none(), rename.is_gone) {
        (true, true) => of_new(rename),
        (true, false) => format!(
            "if `{key}` is the offer that was `{from}` until now, run `offersync state mv {from} {key}`: it keeps its id in CAKE and its \
             links. If it is another offer, give it another name, or add its YAML after an apply has given `{from}` its new name"
        ),
        (false, true) => format!(
            "if `{key}` is the file of `{from}` now, run `offersync state mv {key} {key}-old`, then `offersync state mv {from} {key}`: both \
             offers keep their ids and links, and the next plan retires `{key}-old`. If only the name is to change, {keep} removed `{from}`"
        ),
        (false, false) => format!(
            "if the files were exchanged, exchange them again: a key belongs to one offer. If only the name is to change, {keep} given \
             `{from}` its new name; to exchange the names, give `{from}` a third one first"
        ),
    })
}

/// What to do about a new key that may be one that is gone.
fn of_new(rename: &UndeclaredRename<'_>) -> String {
    let (offer, from, key) = (rename.offer, rename.from, &rename.offer.key);
    let line = if offer.sync == SyncSettings::default() {
        format!("add `sync: {{renamed_from: {from}}}` to its YAML")
    } else {
        format!("set `renamed_from: {from}` in the `sync` settings of its YAML")
    };
    let (too, way) = if rename.likeness == Likeness::Name && rename.is_same_offer() {
        ("it has the same vertical and URL, too. If", format!("run `offersync state mv {from} {key}`, or {line}"))
    } else {
        ("if", line)
    };
    // Where the name is not what they have in common, another name changes nothing.
    let other = if rename.likeness == Likeness::Name {
        "give it another name".to_owned()
    } else {
        format!("apply the removal of `{from}` before you add it")
    };
    format!(
        "{too} it is the same offer under a new key, {way}: it keeps its id in CAKE and its links. If it is another offer, {other}"
    )
}

pub(super) fn unprotected(offer: &DesiredOffer) -> Diagnostic {
    let message = format!("`{}` will no longer be protected", offer.key);
    Diagnostic::warning(codes::plan::UNPROTECTED, message)
        .label(offer.place.clone())
        .help("once that is applied, the offer is retired when its YAML is deleted, and may be replaced")
}

pub(super) fn in_doubt(desired: &DesiredSet, key: &Key, doubt: &InDoubtCreate) -> Diagnostic {
    let message = format!("an earlier create of `{key}` is in doubt: {}", doubt.message);
    let warning = Diagnostic::warning(codes::plan::IN_DOUBT, message).help(format!(
        "the next apply looks for it in CAKE, unless `cake.duplicate_check` is \"off\"; or look yourself and run \
         `offersync state resolve {key} --offer-id N` or `offersync state resolve {key} --not-created`"
    ));
    match desired.get(key) {
        Some(offer) => warning.label(offer.place.clone()),
        None => warning,
    }
}
