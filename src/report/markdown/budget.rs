//! A document within a size limit: complete sections while they fit, complete rows of the one that does not, and a count of the rest.
//! Knows nothing of plans. The invariant: at any limit, no table, list or fold is left open.

use crate::words::more;

/// Rows between an opening and a closing.
#[derive(Debug, Default)]
pub(super) struct Section {
    /// Everything up to the first row.
    pub open: String,
    /// The rows, each with its line end.
    pub rows: Vec<String>,
    /// Everything after the last row.
    pub close: String,
    /// The text around the number in the row that counts missing rows; empty if there is none.
    pub more: (&'static str, &'static str),
    /// The noun for rows, singular and plural, for the count at the end.
    pub unit: Unit,
    /// What must be seen: it is the last thing that is dropped.
    pub is_essential: bool,
}

/// Singular and plural: `("entry", "entries")`.
pub(super) type Unit = (&'static str, &'static str);

/// The longest last line there can be.
const RESERVE: usize = 160;
/// The maximum share of the remaining size for a section, in percent, unless the later ones fit anyway.
const SHARE: usize = 60;

impl Section {
    fn len(&self) -> usize {
        self.open.len() + self.close.len() + self.rows.iter().map(String::len).sum::<usize>()
    }

    fn more(&self, count: usize) -> String {
        format!("{}{}{}\n", self.more.0, more(count, 0).unwrap_or_default(), self.more.1)
    }

    /// Appends as much as fits into `room` bytes, and returns the number of missing rows.
    fn append(&self, text: &mut String, room: usize) -> Missing {
        if self.len() <= room {
            text.push_str(&self.open);
            self.rows.iter().for_each(|row| text.push_str(row));
            text.push_str(&self.close);
            return Missing::Nothing;
        }
        let frame = self.open.len() + self.close.len() + self.more(self.rows.len()).len();
        let mut left = room.saturating_sub(frame);
        let fits = |row: &&String| match left.checked_sub(row.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        };
        let shown = self.rows.iter().take_while(fits).count();
        if frame > room || shown == 0 {
            return Missing::All(self.rows.len());
        }
        text.push_str(&self.open);
        self.rows.iter().take(shown).for_each(|row| text.push_str(row));
        text.push_str(&self.more(self.rows.len() - shown));
        text.push_str(&self.close);
        Missing::Counted
    }
}

enum Missing {
    Nothing,
    /// Some rows, with the number of missing rows in the section.
    Counted,
    /// The complete section, with this many rows.
    All(usize),
}

/// The head, then the sections that have rows, all within `budget` bytes. If the head does not fit, its last parts are dropped, but never the first. Where
/// something is missing, the last sentence is `whole`.
pub(super) fn assemble(head: &[String], sections: &[Section], budget: usize, whole: &str) -> String {
    let sections: Vec<_> = sections.iter().filter(|section| !section.rows.is_empty()).collect();
    let all =
        head.iter().map(String::len).sum::<usize>() + 1 + sections.iter().map(|section| section.len()).sum::<usize>();
    let limit = if all <= budget { budget } else { budget.saturating_sub(RESERVE) };
    let mut text = String::with_capacity(all.min(budget));
    let essential: usize = sections.iter().filter(|section| section.is_essential).map(|section| section.len()).sum();
    for (at, part) in head.iter().enumerate() {
        if at == 0 || text.len() + part.len() + essential < limit {
            text.push_str(part);
        }
    }
    text.push('\n');
    let mut missing: Vec<(usize, Unit)> = Vec::new();
    let mut cut = false;
    for (at, section) in sections.iter().enumerate() {
        let left = limit.saturating_sub(text.len());
        let later: usize = sections.iter().skip(at + 1).map(|section| section.len()).sum();
        // A long section leaves space for the start of the others.
        let room = if section.is_essential { left } else { left.saturating_sub(later).max(left * SHARE / 100) };
        match section.append(&mut text, room) {
            Missing::Nothing => {}
            Missing::Counted => cut = true,
            Missing::All(count) => {
                cut = true;
                match missing.iter_mut().find(|(_, unit)| *unit == section.unit) {
                    Some((sum, _)) => *sum += count,
                    None => missing.push((count, section.unit)),
                }
            }
        }
    }
    if cut {
        text.push_str(&last_line(&missing, whole));
    }
    text
}

/// The missing rows, by kind if the line stays short enough, else as one number.
fn last_line(missing: &[(usize, Unit)], whole: &str) -> String {
    let words = |(count, unit): &(usize, Unit)| format!("{count} {}", if *count == 1 { unit.0 } else { unit.1 });
    let line = |what: &str| format!("\nLeft out for length: {what}. {whole}\n");
    if missing.is_empty() {
        return format!("\nShortened to fit. {whole}\n");
    }
    let detailed = line(&missing.iter().map(words).collect::<Vec<_>>().join(", "));
    if detailed.len() <= RESERVE {
        return detailed;
    }
    line(&words(&(missing.iter().map(|(count, _)| *count).sum(), ("entry", "entries"))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = "`offersync plan --full` shows everything.";
    const CHANGE: Unit = ("change", "changes");
    const TEXT: Unit = ("text", "texts");

    fn table(rows: usize, unit: Unit) -> Section {
        Section {
            open: "\n| a |\n|---|\n".to_owned(),
            rows: (0..rows).map(|at| format!("| {at} |\n")).collect(),
            close: "\n".to_owned(),
            more: ("| ", " |"),
            unit,
            is_essential: false,
        }
    }

    #[test]
    fn rows_that_do_not_fit_are_counted_in_place() {
        let text = assemble(&["head".to_owned()], &[table(50, CHANGE)], 260, WHOLE);
        assert!(text.len() <= 260 && text.contains("| … and 40 more |\n\n"), "{text}");
        assert!(text.ends_with("Shortened to fit. `offersync plan --full` shows everything.\n"));
    }

    #[test]
    fn sections_that_do_not_fit_are_counted_at_the_end() {
        let sections = [table(2, CHANGE), table(900, TEXT), table(900, TEXT)];
        let text = assemble(&["head".to_owned()], &sections, 200, WHOLE);
        assert!(
            text.ends_with("Left out for length: 2 changes, 1800 texts. `offersync plan --full` shows everything.\n"),
            "{text}"
        );
    }

    #[test]
    fn what_must_be_seen_is_dropped_last() {
        let review = Section { is_essential: true, ..table(20, CHANGE) };
        let head = ["head".to_owned(), " and more".repeat(10), " and still more".repeat(9)];
        let text = assemble(&head, &[review, table(90, TEXT)], 400, WHOLE);
        assert!(text.contains("| 19 |") && !text.contains("still more") && text.len() <= 400, "{text}");
        assert!(text.contains("Left out for length: 90 texts."), "{text}");
    }

    #[test]
    fn the_last_line_is_never_longer_than_its_reserve() {
        for count in 1..=8 {
            let missing = vec![(usize::MAX / 10, ("list of keys", "lists of keys")); count];
            assert!(last_line(&missing, WHOLE).len() <= RESERVE);
        }
    }

    proptest! {
        #[test]
        fn the_budget_holds_and_tables_are_whole(rows in prop::collection::vec(0_usize..80, 0..5), budget in 200_usize..2000) {
            let sections: Vec<_> = rows.iter().map(|rows| table(*rows, CHANGE)).collect();
            let text = assemble(&["head".to_owned(), " and more".repeat(30)], &sections, budget, WHOLE);
            prop_assert!(text.len() <= budget);
            prop_assert_eq!(text.matches("| a |\n|---|\n").count(), text.matches("|\n\n").count());
        }
    }
}
