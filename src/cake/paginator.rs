//! Paging through a listing: receives pages and returns the first row of the next one.
//!
//! Pure: no request, no time. Each page is asked for with an overlap of one row, which shows whether rows moved between two
//! requests. Invariant: a complete listing ends on a page without a new row and holds all that CAKE counted, each offer once;
//! anything less is an error, because an offer that is missed would be created a second time. Knows no row but its id.

use std::collections::HashSet;

use super::count::Counted;
use super::listed::ListedRow;
use super::page::Page;

/// Two rows are the least with which a page can show an overlap and a new row.
pub(super) const LEAST_ROW_LIMIT: u32 = 2;

/// The most rows of a listing, ten times the offers of a large account: one that is longer would never end.
pub(super) const MOST_ROWS: usize = if cfg!(test) { 5_000 } else { 500_000 };

/// A listing in progress.
#[derive(Debug)]
pub(super) struct Paginator<R: ListedRow> {
    listed: Vec<R>,
    seen: HashSet<R::Id>,
    /// The id in the last row received.
    last: Option<R::Id>,
    /// Rows received, without the overlaps.
    rows: u64,
    /// Rows of the longest page: one that is as long may have been cut.
    longest: usize,
    /// The highest total that CAKE reported.
    total: Option<u64>,
    /// The highest of what else it counted.
    counted: Counted,
    /// Pages with a new row.
    pages: u64,
    overlap: Overlap,
    /// Whether pages start one row earlier than asked, as on an API that counts rows from 1. It cannot change.
    counts_from_one: Option<bool>,
    /// The ids of the first page.
    first_page: Vec<R::Id>,
    /// What follows once the first page, read again, has shown that no row came.
    after_check: Option<NextPage>,
}

/// Where the next page starts, counted from the rows received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Overlap {
    /// At the last row received.
    #[default]
    LastRow,
    /// After it, because a page of one or two rows has no place for an overlap and a new row. On an API that counts rows from
    /// 1 this page starts at the last row, too.
    None,
    /// One row further: only an empty page proves that there is no other row.
    Beyond,
}

/// The row at which the next page starts, if there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NextPage {
    StartsAt(u64),
    None,
}

/// The pages are no complete listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PagingError<Id> {
    /// It ended before everything that CAKE counted, its rows moved, or the server does not page.
    Incomplete { got: u64, total: Option<u64> },
    /// It is empty, and CAKE does not say that it has 0 rows.
    EmptyWithoutTotal,
    /// It has more than [`MOST_ROWS`].
    Endless,
    /// One page has two rows with this id that differ, and no one knows which is right.
    Contradictory(Id),
}

impl<R: ListedRow> Default for Paginator<R> {
    fn default() -> Self {
        Self {
            listed: Vec::new(),
            seen: HashSet::new(),
            last: None,
            rows: 0,
            longest: 0,
            total: None,
            counted: Counted::default(),
            pages: 0,
            overlap: Overlap::default(),
            counts_from_one: None,
            first_page: Vec::new(),
            after_check: None,
        }
    }
}

impl<R: ListedRow> Paginator<R> {
    pub(super) fn add(&mut self, page: Page<R>) -> Result<NextPage, PagingError<R::Id>> {
        // The highest: a total that falls means that rows left the listing, or it counts the rows of the page.
        self.total = self.total.max(page.total);
        self.counted = self.counted.max(page.counted);
        if let Some(next) = self.after_check.take() {
            return if page.ids().take(self.first_page.len()).eq(self.first_page.iter().copied()) {
                Ok(next)
            } else {
                Err(self.incomplete())
            };
        }
        let Some(last) = self.last else { return self.add_first(page) };
        let length = page.rows.len();
        let was_known = self.counts_from_one.is_some();
        let overlap = self.overlap_of(&page, last)?;
        let next = if overlap == length {
            self.nothing_new(length)?
        } else {
            self.take(page.rows.into_iter().skip(overlap), length)?;
            self.next()
        };
        if was_known || self.counts_from_one != Some(true) {
            return Ok(next);
        }
        // A row that came on the first page looks the same as counting from 1, and would be missed.
        self.after_check = Some(next);
        Ok(NextPage::StartsAt(0))
    }

    fn add_first(&mut self, page: Page<R>) -> Result<NextPage, PagingError<R::Id>> {
        let length = page.rows.len();
        if length == 0 {
            return match self.total {
                Some(0) => Ok(NextPage::None),
                Some(_) => Err(self.incomplete()),
                None => Err(PagingError::EmptyWithoutTotal),
            };
        }
        if length == 1 {
            self.overlap = Overlap::None;
        }
        self.first_page = page.ids().collect();
        self.take(page.rows.into_iter(), length)?;
        Ok(self.next())
    }

    /// How many rows at the beginning of a page were received before. The last of them has to be the last row received: if it
    /// is not, rows moved between the requests, and one may have been missed.
    fn overlap_of(&mut self, page: &Page<R>, last: R::Id) -> Result<usize, PagingError<R::Id>> {
        let most_before_last = match self.overlap {
            Overlap::LastRow => 1,
            Overlap::None | Overlap::Beyond if page.rows.is_empty() => return Ok(0),
            Overlap::None => 0,
            Overlap::Beyond => return Err(self.incomplete()),
        };
        let first_rows = &page.rows[..page.rows.len().min(most_before_last + 1)];
        let before_last = first_rows.iter().rposition(|row| row.id() == last).ok_or_else(|| self.incomplete())?;
        let is_known = first_rows[..before_last].iter().all(|row| self.seen.contains(&row.id()));
        let from_one = before_last > 0 || self.overlap == Overlap::None;
        if !is_known || *self.counts_from_one.get_or_insert(from_one) != from_one {
            return Err(self.incomplete());
        }
        Ok(before_last + 1)
    }

    /// Takes the new rows of a page of that length.
    fn take(&mut self, new: impl Iterator<Item = R>, length: usize) -> Result<(), PagingError<R::Id>> {
        let before = self.listed.len();
        self.pages += 1;
        for row in new {
            let id = row.id();
            self.rows += 1;
            self.last = Some(id);
            if self.seen.insert(id) {
                self.listed.push(row);
                continue;
            }
            match self.listed[before..].iter().find(|other| other.id() == id) {
                Some(other) if *other == row => {}
                Some(_) => return Err(PagingError::Contradictory(id)),
                // A row of an earlier page moved behind those received since.
                None => return Err(self.incomplete()),
            }
        }
        self.longest = self.longest.max(length);
        if self.listed.len() > MOST_ROWS { Err(PagingError::Endless) } else { Ok(()) }
    }

    /// The end, unless the page is as long as any: then it may have had no place for a new row.
    fn nothing_new(&mut self, length: usize) -> Result<NextPage, PagingError<R::Id>> {
        if length == self.longest {
            self.overlap = match (self.overlap, length) {
                (Overlap::LastRow, 1 | 2) => Overlap::None,
                (Overlap::None, 1) => Overlap::Beyond,
                // The server does not page.
                _ => return Err(self.incomplete()),
            };
            return Ok(self.next());
        }
        let is_counted = self.counted.rows <= Some(self.got()) && self.counted.pages <= Some(self.pages);
        if self.total() > Some(self.got()) || !is_counted { Err(self.incomplete()) } else { Ok(NextPage::None) }
    }

    fn next(&self) -> NextPage {
        NextPage::StartsAt(match self.overlap {
            Overlap::LastRow => self.rows.saturating_sub(1),
            Overlap::None => self.rows,
            Overlap::Beyond => self.rows + 1,
        })
    }

    fn incomplete(&self) -> PagingError<R::Id> {
        PagingError::Incomplete { got: self.got(), total: self.total().max(self.counted.rows) }
    }

    pub(super) fn got(&self) -> u64 {
        self.seen.len() as u64
    }

    /// The total that CAKE reports, unless the rows contradict it.
    pub(super) fn total(&self) -> Option<u64> {
        self.total.filter(|total| *total >= self.got())
    }

    /// The rows, by id.
    pub(super) fn into_rows(self) -> Vec<R> {
        let mut listed = self.listed;
        listed.sort_unstable_by_key(ListedRow::id);
        listed
    }
}
