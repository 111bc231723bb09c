//! Paging as a pure function: a complete listing or an error, for any server behaviour.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::count::Counted;
use super::super::object::Object;
use super::super::observed::ObservedOffer;
use super::super::page;
use super::super::paginator::{self, NextPage};
use super::*;

type Page = page::Page<ObservedOffer>;
type Paginator = paginator::Paginator<ObservedOffer>;
type PagingError = paginator::PagingError<OfferId>;
fn page(ids: &[u64], total: Option<u64>) -> Page {
    let offers = ids
        .iter()
        .map(|id| {
            let text = format!("{{\"offer_id\":{id}}}");
            ObservedOffer::read(&Object::read(&text).unwrap(), &TimeZone::UTC).unwrap()
        })
        .collect();
    Page { rows: offers, total, counted: Counted::default() }
}

fn incomplete(got: u64, total: Option<u64>) -> PagingError {
    PagingError::Incomplete { got, total }
}

/// Reads all pages from `page_at`, at most a thousand.
fn walk(mut page_at: impl FnMut(u64) -> Page) -> Result<Vec<u64>, PagingError> {
    let mut paginator = Paginator::default();
    let mut row = 0;
    for _ in 0..1000 {
        match paginator.add(page_at(row))? {
            NextPage::StartsAt(next) => row = next,
            NextPage::None => {
                return Ok(paginator.into_rows().iter().map(|offer| offer.offer_id.get()).collect());
            }
        }
    }
    panic!("the listing does not end");
}

/// The same, with the number of requests.
fn counted_walk(mut page_at: impl FnMut(u64) -> Page) -> (Result<Vec<u64>, PagingError>, u32) {
    let mut requests = 0;
    let walked = walk(|row| {
        requests += 1;
        page_at(row)
    });
    (walked, requests)
}

/// The page of a server that counts rows from `first` (0, or 1 as the older API did) and gives at most `limit` rows.
fn served(ids: &[u64], row: u64, limit: usize, first: u64, total: Option<u64>) -> Page {
    let from = usize::try_from(row.saturating_sub(first)).unwrap().min(ids.len());
    page(&ids[from..(from + limit).min(ids.len())], total)
}

#[test]
fn two_rows_of_one_offer_that_differ_are_no_listing_and_equal_ones_are_one_offer() {
    let row = |text: &str| ObservedOffer::read(&Object::read(text).unwrap(), &TimeZone::UTC).unwrap();
    let rows = |payout: u32| {
        let offers = vec![row(r#"{"offer_id":1,"payout":24}"#), row(&format!(r#"{{"offer_id":1,"payout":{payout}}}"#))];
        Paginator::default().add(Page { rows: offers, total: Some(1), counted: Counted::default() })
    };
    assert_eq!(rows(24), Ok(NextPage::StartsAt(1)));
    assert_eq!(rows(77), Err(PagingError::Contradictory(OfferId::new(1).unwrap())));
}

#[test]
fn a_listing_that_never_ends_is_given_up() {
    let endless = |row: u64| page(&(row + 1..=row + 500).collect::<Vec<_>>(), None);
    assert_eq!(walk(endless), Err(PagingError::Endless));
}

#[test]
fn a_listing_ends_on_a_page_with_only_the_overlap() {
    let ids: Vec<u64> = (1..=9).collect();
    let walked = counted_walk(|row| served(&ids, row, 5, 0, Some(9)));
    assert_eq!(walked, (Ok(ids.clone()), 3), "rows 1 to 5, 5 to 9, and 9");
    assert_eq!(counted_walk(|row| served(&ids[..2], row, 500, 0, Some(2))), (Ok(vec![1, 2]), 2));
    assert_eq!(counted_walk(|row| served(&ids[..1], row, 500, 0, Some(1))), (Ok(vec![1]), 2));
}

#[test]
fn a_total_that_counts_the_page_does_not_end_the_listing() {
    let ids: Vec<u64> = (1..=250).collect();
    let walked = walk(|row| {
        let rows = served(&ids, row, 100, 0, None);
        Page { total: Some(rows.rows.len() as u64), ..rows }
    });
    assert_eq!(walked, Ok(ids));
}

#[test]
fn an_empty_listing_has_to_say_so() {
    assert_eq!(walk(|_| page(&[], Some(0))), Ok(vec![]));
    assert_eq!(walk(|_| page(&[], None)), Err(PagingError::EmptyWithoutTotal));
    assert_eq!(walk(|_| page(&[], Some(3))), Err(incomplete(0, Some(3))));
}

#[test]
fn fewer_than_counted_is_incomplete() {
    let ids = [1, 2, 3];
    let walked = walk(|row| served(&ids, row, 2, 0, Some(4)));
    assert_eq!(walked, Err(incomplete(3, Some(4))));
}

#[test]
fn a_server_that_does_not_page_is_incomplete() {
    for rows in [&[1][..], &[1, 2], &[1, 2, 3]] {
        for total in [None, Some(rows.len() as u64), Some(7)] {
            assert!(walk(|_| page(rows, total)).is_err(), "{rows:?} {total:?}");
        }
    }
}

#[test]
fn a_server_with_one_row_a_page_is_incomplete() {
    for first in [0, 1] {
        for total in [None, Some(2)] {
            assert!(walk(|row| served(&[1, 2], row, 1, first, total)).is_err(), "counts from {first}, total {total:?}");
        }
        assert_eq!(walk(|row| served(&[1], row, 1, first, None)), Ok(vec![1]));
    }
}

#[test]
fn a_total_that_falls_is_incomplete() {
    let walked = walk(|row| if row == 0 { page(&[1, 2, 3], Some(4)) } else { page(&[3], Some(3)) });
    assert_eq!(walked, Err(incomplete(3, Some(4))));
}

#[test]
fn rows_that_move_under_an_equal_total_are_incomplete() {
    // Offer 2 leaves and offer 7 comes between the two requests: offer 4 moves to a row that was read before.
    let (before, after) = ([1, 2, 3, 4, 5, 6], [1, 3, 4, 5, 6, 7]);
    let walked = walk(|row| served(if row == 0 { &before } else { &after }, row, 3, 0, Some(6)));
    assert_eq!(walked, Err(incomplete(3, Some(6))));
    // An offer comes in a row that was read before. This looks like an API that counts rows from 1, until it does not.
    let after = [1, 2, 3, 4, 5, 6, 7, 8];
    let mut ids = [1, 2, 4, 5, 6, 7, 8].as_slice();
    let walked = walk(|row| {
        if row > 3 {
            ids = &after;
        }
        served(ids, row, 3, 0, None)
    });
    assert!(walked.is_err(), "{walked:?}");
}

#[test]
fn a_row_that_comes_on_the_first_page_is_not_taken_for_counting_from_1() {
    let after: Vec<u64> = (1..=25).collect();
    for new in [1, 2, 5, 10] {
        let before: Vec<u64> = after.iter().copied().filter(|id| *id != new).collect();
        let mut requests = 0;
        let walked = walk(|row| {
            requests += 1;
            served(if requests == 1 { &before } else { &after }, row, 10, 0, None)
        });
        assert!(walked.is_err(), "{new}: {walked:?}");
    }
}

#[test]
fn counting_from_1_costs_one_more_request_for_a_listing() {
    let ids: Vec<u64> = (1..=25).collect();
    assert_eq!(counted_walk(|row| served(&ids, row, 10, 0, None)), (Ok(ids.clone()), 4));
    assert_eq!(counted_walk(|row| served(&ids, row, 10, 1, None)), (Ok(ids.clone()), 5));
}

#[test]
fn a_last_row_that_is_gone_is_incomplete() {
    assert!(walk(|row| if row == 0 { page(&[1, 2, 3], None) } else { page(&[], None) }).is_err());
    assert!(walk(|row| if row == 0 { page(&[1, 2, 3], None) } else { page(&[4, 5], None) }).is_err());
}

#[test]
fn a_row_of_an_earlier_page_among_the_new_ones_is_incomplete() {
    assert!(walk(|row| if row == 0 { page(&[1, 2, 3], None) } else { page(&[3, 1, 4], None) }).is_err());
}

#[test]
fn a_first_row_that_is_repeated_is_no_offer_more() {
    for limit in [2, 3, 4, 10] {
        let rows = [1, 1, 2, 3, 4];
        assert_eq!(walk(|row| served(&rows, row, limit, 0, Some(4))), Ok(vec![1, 2, 3, 4]), "{limit} rows a page");
    }
}

#[test]
fn a_total_that_is_too_low_does_not_end_the_listing() {
    let ids: Vec<u64> = (1..=9).collect();
    for wrong in [0, 1, 2] {
        assert_eq!(walk(|row| served(&ids, row, 4, 0, Some(wrong))), Ok(ids.clone()));
    }
}

proptest! {
    #[test]
    fn every_offer_is_there_once(count in 1u64..60, limit in 2usize..20, first in 0u64..2, counted: bool) {
        let ids: Vec<u64> = (1..=count).map(|n| n * 3).collect();
        let walked = walk(|row| served(&ids, row, limit, first, counted.then_some(count)));
        prop_assert_eq!(walked, Ok(ids));
    }

    #[test]
    fn a_missing_row_is_never_overlooked(count in 1u64..60, limit in 1usize..20, missing in 0usize..60) {
        let ids: Vec<u64> = (1..=count).collect();
        let mut fewer = ids.clone();
        fewer.remove(missing % ids.len());
        prop_assert!(walk(|row| served(&fewer, row, limit, 0, Some(count))).is_err());
    }

    /// One offer leaves between two requests: those that stay are all there, or the listing is incomplete.
    #[test]
    fn an_offer_that_leaves_hides_no_other(
        count in 2u64..40, limit in 1usize..12, first in 0u64..2, leaves in 0usize..40, at in 1u32..6, counted: bool,
    ) {
        let before: Vec<u64> = (1..=count).collect();
        let gone = before[leaves % before.len()];
        let mut after = before.clone();
        after.retain(|id| *id != gone);
        after.push(count + 1);
        let mut request = 0;
        let walked = walk(|row| {
            request += 1;
            let ids = if request <= at { &before } else { &after };
            served(ids, row, limit, first, counted.then_some(count))
        });
        if let Ok(ids) = walked {
            for id in before.iter().filter(|id| **id != gone) {
                prop_assert!(ids.contains(id), "{} is missing in {:?}", id, ids);
            }
        }
    }

    /// One offer comes between two requests, in any row: it is there, or the listing is incomplete.
    #[test]
    fn an_offer_that_comes_is_not_missed(
        count in 2u64..40, limit in 1usize..12, first in 0u64..2, comes in 0usize..40, at in 1u32..6, counted: bool,
    ) {
        let after: Vec<u64> = (1..=count).collect();
        let new = after[comes % after.len()];
        let mut before = after.clone();
        before.retain(|id| *id != new);
        let (mut request, mut has_come) = (0, false);
        let walked = walk(|row| {
            request += 1;
            let ids = if request <= at { &before } else { &after };
            // The first page is only read again to compare it.
            has_come |= request > at && row > 0;
            served(ids, row, limit, first, counted.then_some(ids.len() as u64))
        });
        if let Ok(ids) = walked {
            prop_assert!(!has_come || ids.contains(&new), "{} is missing in {:?}", new, ids);
        }
    }

    #[test]
    fn a_walk_always_ends(pages in prop::collection::vec((prop::collection::vec(1u64..30, 0..6), any::<Option<u8>>()), 1..30)) {
        let mut at = 0;
        let walked = walk(|_| {
            let (ids, total) = &pages[at % pages.len()];
            at += 1;
            page(ids, total.map(u64::from))
        });
        if let Ok(ids) = walked {
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids);
        }
    }
}
