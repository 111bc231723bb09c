//! How many rows and pages a page of a listing speaks of in other words than `total_rows`.
//!
//! CAKE documents no such member. They are read only to find that rows are missing: such a count ends no walk and proves nothing. Invariant:
//! a name with a word that is not about rows or pages (`total_payout`) is no count.

use super::member_name::words;
use super::object::{Object, Scalar};

/// What a page counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) rows: Option<u64>,
    pub(super) pages: Option<u64>,
    /// `count` alone, which may be the most rows of a page.
    limit: Option<u64>,
}

/// Words of a count of all rows.
const COUNTS: [&str; 6] = ["total", "totals", "count", "counts", "filtered", "available"];
/// Words of a count of all pages, beside `page` or `pages`.
const PAGE_COUNTS: [&str; 5] = ["total", "count", "pages", "last", "max"];
/// What is counted, and words that say no more.
const THINGS: [&str; 16] = [
    "row", "rows", "record", "records", "offer", "offers", "result", "results", "item", "items", "entry", "entries",
    "num", "number", "of", "all",
];

impl Counted {
    /// The highest counts of a reply, and of the objects in it, such as `meta` or `paging`.
    pub(super) fn of(object: &Object<'_>) -> Self {
        let mut counted = Self::default();
        for (name, value) in object.members() {
            counted.add(name, value);
            for (name, value) in Object::read(value).iter().flat_map(Object::members) {
                counted.add(name, value);
            }
        }
        counted
    }

    /// The higher counts of both.
    #[must_use]
    pub(super) fn max(self, other: Self) -> Self {
        let (rows, pages, limit) =
            (self.rows.max(other.rows), self.pages.max(other.pages), self.limit.max(other.limit));
        Self { rows, pages, limit }
    }

    /// The same where CAKE's own total is there, or not: without it, `count` alone may be one.
    #[must_use]
    pub(super) fn beside(self, total: Option<u64>) -> Self {
        let rows = if total.is_some() { self.rows } else { self.rows.max(self.limit) };
        Self { rows, ..self }
    }

    fn add(&mut self, name: &str, value: &str) {
        let Some(number) = Scalar::read(value).into_digits().and_then(|digits| digits.trim().parse::<u64>().ok())
        else {
            return;
        };
        let words = words(name);
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        let is_of =
            |known: &[&[&str]]| words.iter().all(|word| known.iter().any(|words| words.contains(&word.as_str())));
        if words == ["count"] {
            self.limit = self.limit.max(Some(number));
        } else if has(&COUNTS) && is_of(&[&COUNTS, &THINGS]) {
            self.rows = self.rows.max(Some(number));
        } else if has(&["page", "pages"]) && has(&PAGE_COUNTS) && is_of(&[&["page"], &PAGE_COUNTS, &THINGS]) {
            self.pages = self.pages.max(Some(number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_found_in_the_usual_spellings_and_places() {
        let of = |text: &str| {
            let counted = Counted::of(&Object::read(text).unwrap()).beside(None);
            (counted.rows, counted.pages)
        };
        for members in [
            r#""total":30"#,
            r#""count":"30""#,
            r#""totalRows":30,"count":25"#,
            r#""recordsTotal":30"#,
            r#""recordsFiltered":30"#,
            r#""total_results":30"#,
            r#""meta":{"total_rows":30}"#,
            r#""paging":{"total":30}"#,
        ] {
            assert_eq!(of(&format!("{{{members}}}")), (Some(30), None), "{members}");
        }
        for members in [r#""total_pages":2"#, r#""page_count":2"#, r#""paging":{"pages":2}"#, r#""lastPage":2"#] {
            assert_eq!(of(&format!("{{{members}}}")), (None, Some(2)), "{members}");
        }
        for members in
            [r#""total_payout":30"#, r#""account_id":30"#, r#""page":2"#, r#""total":null"#, r#""row_limit":500"#]
        {
            assert_eq!(of(&format!("{{{members}}}")), (None, None), "{members}");
        }
    }
}
