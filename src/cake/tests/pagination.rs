//! Paging as a pure function: a complete listing or an error, for any server behaviour.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::super::object::Object;
use super::super::page::Page;
use super::super::paginator::{Incomplete, NextPage, Paginator};
use super::*;

fn page(ids: &[u64], total: Option<u64>) -> Page {
    let offers = ids
        .iter()
        .map(|id| {
            let text = format!("{{\"offer_id\":{id}}}");
            ObservedOffer::read(&Object::read(&text).unwrap(), &TimeZone::UTC).unwrap()
        })
        .collect();
    Page { offers, total }
}

/// Reads all pages from `page_at`, at most a thousand.
fn walk(mut page_at: impl FnMut(u64) -> Page) -> Result<Vec<u64>, Incomplete> {
    let mut paginator = Paginator::default();
    let mut row = 0;
    for _ in 0..1000 {
        match paginator.add(page_at(row))? {
            NextPage::StartsAt(next) => row = next,
            NextPage::None => {
                return Ok(paginator.into_offers().iter().map(|offer| offer.offer_id.get()).collect());
            }
        }
    }
    panic!("the listing does not end");
}

/// The page of a server that counts rows from `first` (0, or 1 as the older API did) and gives at most `limit` rows.
fn served(ids: &[u64], row: u64, limit: usize, first: u64, total: Option<u64>) -> Page {
    let from = usize::try_from(row.saturating_sub(first)).unwrap().min(ids.len());
    page(&ids[from..(from + limit).min(ids.len())], total)
}

#[test]
fn a_walk_stops_at_the_count_without_one_request_more() {
    let mut requests = 0;
    let ids: Vec<u64> = (1..=10).collect();
    let got = walk(|row| {
        requests += 1;
        served(&ids, row, 5, 0, Some(10))
    });
    assert_eq!((got, requests), (Ok(ids), 2));
}

#[test]
fn an_empty_account_is_complete() {
    assert_eq!(walk(|_| page(&[], Some(0))), Ok(vec![]));
    assert_eq!(walk(|_| page(&[], None)), Ok(vec![]));
}

#[test]
fn fewer_than_counted_is_incomplete() {
    let ids = [1, 2, 3];
    let walked = walk(|row| served(&ids, row, 2, 0, Some(4)));
    assert_eq!(walked, Err(Incomplete { got: 3, total: Some(4) }));
}

#[test]
fn a_server_that_does_not_page_is_incomplete() {
    assert!(walk(|_| page(&[1, 2], Some(4))).is_err());
    assert!(walk(|_| page(&[1, 2], None)).is_err());
}

#[test]
fn a_count_that_falls_while_walking_is_incomplete() {
    let walked = walk(|row| if row == 0 { page(&[1, 2], Some(4)) } else { page(&[4], Some(3)) });
    assert!(walked.is_err(), "offer 3 moved to a row that was read before: {walked:?}");
}

#[test]
fn a_count_that_is_too_low_does_not_end_the_walk() {
    let ids: Vec<u64> = (1..=9).collect();
    for wrong in [0, 1, 2] {
        assert_eq!(walk(|row| served(&ids, row, 4, 0, Some(wrong))), Ok(ids.clone()));
    }
}

proptest! {
    #[test]
    fn every_offer_is_there_once(count in 0u64..60, limit in 2usize..20, first in 0u64..2, counted: bool) {
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
