//! Checks across all offers of a tree: duplicate keys and invalid renames. Those that need the state are in `plan::check`.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use super::file::ReadOffer;
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::offer::Key;
use crate::source::Place;

/// A check over all offers, sorted by key and place.
type Check = fn(&[ReadOffer], &mut Vec<Diagnostic>);

const CHECKS: [Check; 4] = [duplicate_keys, renamed_from_itself, renamed_twice, renamed_from_a_used_key];

/// Sorts the offers by key and runs every check.
pub(super) fn check(offers: &mut [ReadOffer], problems: &mut Vec<Diagnostic>) {
    // A stable sort is fast where the offers of each folder are sorted already.
    offers.sort_by(|a, b| {
        (&a.key, &a.key_place.file, a.key_place.line).cmp(&(&b.key, &b.key_place.file, b.key_place.line))
    });
    for check in CHECKS {
        check(offers, problems);
    }
}

fn duplicate_keys(offers: &[ReadOffer], problems: &mut Vec<Diagnostic>) {
    for same in offers.chunk_by(|a, b| a.key == b.key) {
        let Some((first, others)) = same.split_first() else { continue };
        for other in others {
            let message = format!("the key `{}` is already used", other.key);
            let first = Label::at(first.key_place.clone()).saying("by this offer");
            let problem = Diagnostic::error(codes::tree::DUPLICATE_KEY, message).label(other.key_place.clone());
            let help = "a key is a file's name without its folder: rename one of the files, or give one a `sync.key`";
            problems.push(problem.label(first).help(help));
        }
    }
}

fn renamed_from_itself(offers: &[ReadOffer], problems: &mut Vec<Diagnostic>) {
    for offer in offers {
        if let Some((_, place)) = offer.renamed_from.as_deref().filter(|(old, _)| *old == offer.key) {
            let message = format!("`{}` is renamed from itself", offer.key);
            let help = "`renamed_from` is the old key; remove the line if the key is unchanged";
            problems.push(Diagnostic::error(codes::offer::RENAME, message).label(place.clone()).help(help));
        }
    }
}

fn renamed_twice(offers: &[ReadOffer], problems: &mut Vec<Diagnostic>) {
    let mut claimed: HashMap<&Key, &Place> = HashMap::new();
    for (old, place) in offers.iter().filter_map(|offer| offer.renamed_from.as_deref()) {
        if let Some(first) = claimed.get(old) {
            let message = format!("two offers are renamed from `{old}`");
            let first = Label::at(Place::clone(first)).saying("the other one");
            let problem = Diagnostic::error(codes::offer::RENAME, message).label(place.clone()).label(first);
            problems.push(problem.help("only one of them can take the record over; the other is a new offer"));
        } else {
            claimed.insert(old, place);
        }
    }
}

fn renamed_from_a_used_key(offers: &[ReadOffer], problems: &mut Vec<Diagnostic>) {
    let claimed: HashSet<&Key> = offers.iter().filter_map(|offer| Some(old_key(offer)?.0)).collect();
    for offer in offers {
        let Some((old, place)) = old_key(offer) else { continue };
        let Some(user) = with_key(offers, old) else { continue };
        let row = row_of_renames(offers, offer, old);
        let is_exchange = row.last().is_some_and(|(from, _)| **from == offer.key);
        // The whole row is told once: at its end, or in an exchange at the first key.
        let is_told_elsewhere =
            if is_exchange { row.iter().any(|(from, _)| **from < offer.key) } else { claimed.contains(&offer.key) };
        if row.len() > 1 && is_told_elsewhere {
            continue;
        }
        let message = format!("`{old}` is still the key of another offer");
        let name_of = |offer: &ReadOffer| offer.offer.as_ref().and_then(|offer| Some(offer.fields.name()?.to_owned()));
        let has_same_name = name_of(user).is_some_and(|name| name_of(offer) == Some(name));
        let user = Label::at(user.key_place.clone()).saying("this one");
        let problem = Diagnostic::error(codes::offer::RENAME, message).label(place.clone()).label(user);
        problems.push(problem.help(if row.len() > 1 {
            format!(
                "renames that depend on each other are made in the state: remove their `renamed_from`, and run {}. Each of these is run \
                 once, by one person; `offersync state list` shows the keys that the offers have already",
                commands(&row, is_exchange)
            )
        } else if !has_same_name {
            "rename the other offer too, or remove `renamed_from`".to_owned()
        } else {
            format!(
                "if both are the same offer, because a merge has kept both files, remove the YAML of `{old}`. Otherwise rename the other offer \
                 too, or remove `renamed_from`"
            )
        }));
    }
}

/// The key that an offer is renamed from, where it is another one.
fn old_key(offer: &ReadOffer) -> Option<(&Key, &Place)> {
    offer.renamed_from.as_deref().filter(|(old, _)| *old != offer.key).map(|(old, place)| (old, place))
}

fn with_key<'a>(offers: &'a [ReadOffer], key: &Key) -> Option<&'a ReadOffer> {
    offers.get(offers.binary_search_by(|other| other.key.cmp(key)).ok()?)
}

/// A rename, and those that free its old key, one after the other: the old and the new key of each.
fn row_of_renames<'a>(offers: &'a [ReadOffer], first: &'a ReadOffer, old: &'a Key) -> Vec<(&'a Key, &'a Key)> {
    let mut row = vec![(old, &first.key)];
    // No longer than all of them, where they go in a circle that does not lead back to the first one.
    while let Some((from, _)) = row.last().filter(|(from, _)| **from != first.key && row.len() <= offers.len())
        && let Some(next) = with_key(offers, from)
        && let Some((old, _)) = old_key(next)
    {
        row.push((old, &next.key));
    }
    row
}

/// The commands that make these renames, each to a key that is free by then.
fn commands(row: &[(&Key, &Key)], is_exchange: bool) -> String {
    let command = |from: &dyn Display, to: &dyn Display| format!("`offersync state mv {from} {to}`");
    let mut commands: Vec<String> = row.iter().map(|(from, to)| command(from, to)).collect();
    if let Some((first, _)) = row.last().filter(|_| is_exchange) {
        let kept = format!("{first}-old");
        commands.insert(0, command(first, &kept));
        commands.pop();
        commands.extend(row.last().map(|(_, to)| command(&kept, to)));
    }
    commands.join(", then ")
}
