//! The listing: filters, pages, and each of its quirks.

use super::*;

/// A sandbox with this many offers, from id 1.
async fn filled(count: u64, quirks: Quirks) -> Bench {
    let bench = Bench::with(SandboxOptions { quirks, ..SandboxOptions::default() }).await;
    for id in 1..=count {
        bench.handle().put(Offer::filler(id)).unwrap();
    }
    bench
}

/// Reads pages of this size until an empty one.
async fn walk(bench: &Bench, limit: usize) -> Vec<u64> {
    let mut ids = Vec::new();
    loop {
        let page = bench.ids(&format!("&start_at_row={}&row_limit={limit}&sort_field=offer_id", ids.len())).await;
        if page.is_empty() {
            return ids;
        }
        ids.extend(page);
    }
}

#[tokio::test]
async fn a_row_has_the_ten_members_of_the_sample() {
    let bench = Bench::with(SandboxOptions { first_offer_id: 5, ..SandboxOptions::default() }).await;
    bench.create(r#","payout":45.00,"payout_type":"cpa","revenue":55.00,"session_hours":24,"currency_id":1"#).await;
    assert_eq!(
        bench.list("").await.body,
        r#"{"request_status":"Success","offers":[{"offer":{"offer_id":5,"offer_name":"Home Warranty","offer_status":"active","vertical_id":7,"advertiser_id":101,"offer_url":"https://t.example/{aff_id}?o={offer_id}","payout":45.00,"payout_type":"CPA","revenue":55.00,"session_hours":24}}],"total_rows":1}"#
    );
}

#[tokio::test]
async fn pages_cover_each_offer_once() {
    let bench = filled(57, Quirks::default()).await;
    assert_eq!(walk(&bench, 10).await, (1..=57).collect::<Vec<_>>());
    assert_eq!(bench.ids("").await.len(), 25);
    assert_eq!(
        bench.list("&start_at_row=57").await.body,
        r#"{"request_status":"Success","offers":[],"total_rows":57}"#
    );
}

#[tokio::test]
async fn a_page_is_no_longer_than_the_cap() {
    let bench = filled(20, Quirks { page_cap: 8, ..Quirks::default() }).await;
    assert_eq!(bench.ids("&row_limit=1000").await.len(), 8);
    assert_eq!(walk(&bench, 1000).await.len(), 20);
}

#[tokio::test]
async fn filters_narrow_and_the_count_follows_them() {
    let bench = filled(3, Quirks::default()).await;
    let handle = bench.handle();
    handle.change(1, |offer| offer.offer_status = "paused".to_owned()).unwrap();
    handle.change(2, |offer| offer.offer_status = "inactive".to_owned()).unwrap();
    handle.change(3, |offer| (offer.advertiser_id, offer.vertical_id, offer.tags) = (8, 9, vec![4, 5])).unwrap();
    for (query, ids) in [
        ("&offer_status=paused", vec![1]),
        ("&offer_status=inactive", vec![2]),
        ("&offer_status=active", vec![3]),
        ("&advertiser_id=8", vec![3]),
        ("&advertiser_id=1&offer_status=paused", vec![1]),
        ("&vertical_id=1", vec![1, 2]),
        ("&tag_id=5", vec![3]),
        ("&tag_id=6", vec![]),
        ("&offer_id=2", vec![2]),
    ] {
        assert_eq!(bench.ids(query).await, ids, "{query}");
        assert_eq!(bench.list(query).await.json()["total_rows"], ids.len(), "{query}");
    }
}

#[tokio::test]
async fn rows_are_sorted_by_any_member_and_either_way() {
    let bench = filled(3, Quirks::default()).await;
    for (id, payout) in [(1, "9.5"), (2, "10"), (3, "9.50")] {
        bench.handle().change(id, |offer| offer.payout = Some(payout.parse().unwrap())).unwrap();
    }
    assert_eq!(bench.ids("&sort_field=payout").await, [1, 3, 2]);
    assert_eq!(bench.ids("&sort_field=payout&sort_descending=true").await, [2, 3, 1]);
    assert_eq!(bench.ids("&sort_descending=true").await, [3, 2, 1]);
}

#[tokio::test]
async fn a_query_is_read_as_strictly_as_a_body() {
    let bench = filled(1, Quirks::default()).await;
    for (query, message) in [
        ("&offer_name=x", "Unknown parameter offer_name"),
        ("&row_limit=5&row_limit=5", "Duplicate parameter row_limit"),
        ("&row_limit=-1", "Invalid Row Limit"),
        ("&row_limit=0", "Invalid Row Limit"),
        ("&start_at_row=1.5", "Invalid Start At Row"),
        ("&offer_status=Active", "Invalid Offer Status"),
        ("&sort_field=colour", "Invalid Sort Field"),
        ("&sort_descending=yes", "Invalid Sort Descending"),
        ("&api_key=k", "Invalid API Key"),
    ] {
        assert_eq!(bench.list(query).await.message(), message, "{query}");
    }
    assert_eq!(bench.get("/api/2/offers.json").await.message(), "Invalid API Key");
}

#[tokio::test]
async fn an_instance_without_the_listing_answers_404() {
    let bench = filled(1, Quirks { listing_absent: true, ..Quirks::default() }).await;
    let got = bench.list("").await;
    assert_eq!((got.status, got.content_type.as_str()), (404, "text/html; charset=utf-8"));
}

#[tokio::test]
async fn rows_are_wrapped_and_counted_as_asked() {
    let bench = filled(1, Quirks { wrapper: Wrapper::Flat, ..Quirks::default() }).await;
    assert_eq!(bench.list("").await.json()["offers"][0]["offer_id"], 1);
    bench.handle().change_quirks(|quirks| {
        quirks.wrapper = Wrapper::UnderResponse;
        quirks.total = TotalField::TotalRecords;
        quirks.total_offset = -1;
    });
    let page = bench.list("").await.json();
    assert_eq!(page["response"]["offers"][0]["offer_id"], 1);
    assert_eq!((&page["response"]["total_records"], page.get("total_rows")), (&Value::from(0), None));
    bench.handle().change_quirks(|quirks| quirks.total = TotalField::Absent);
    assert_eq!(bench.list("").await.json()["response"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn words_dates_and_absent_values_are_shown_as_asked() {
    let options =
        SandboxOptions { time_zone: jiff::tz::TimeZone::get("America/New_York").unwrap(), ..SandboxOptions::default() };
    let bench = Bench::with(options).await;
    let moment = "2999-06-19 09:15:00".parse().unwrap();
    let offer = Offer { expiration_date: Some(moment), offer_status: "inactive".to_owned(), ..Offer::filler(1) };
    bench.handle().put(offer).unwrap();
    bench.handle().change_quirks(|quirks| {
        (quirks.all_fields, quirks.nulls, quirks.iso_dates) = (true, true, true);
        quirks.status_spelling = StatusSpelling::PausedForInactive;
    });
    let row = bench.list("&offer_status=paused").await.json()["offers"][0]["offer"].clone();
    assert_eq!(row.as_object().unwrap().len(), 16);
    assert_eq!((&row["offer_status"], &row["expiration_date"]), (&"Paused".into(), &"2999-06-19T13:15:00Z".into()));
    assert_eq!(row["currency_id"], Value::Null);
    for (words, shown) in [(StatusSpelling::Upper, "INACTIVE"), (StatusSpelling::Capitalized, "Inactive")] {
        bench.handle().change_quirks(|quirks| quirks.status_spelling = words);
        assert_eq!(bench.list("&offer_status=inactive").await.json()["offers"][0]["offer"]["offer_status"], shown);
    }
}

#[tokio::test]
async fn the_first_row_can_be_repeated() {
    let bench = filled(4, Quirks { repeat_first_row: true, ..Quirks::default() }).await;
    assert_eq!(walk(&bench, 2).await, [1, 1, 2, 3, 4]);
    assert_eq!(bench.list("").await.json()["total_rows"], 4);
}

#[tokio::test]
async fn rows_can_be_missing_while_they_are_counted() {
    let bench = filled(4, Quirks { missing: [2].into(), ..Quirks::default() }).await;
    assert_eq!(walk(&bench, 10).await, [1, 3, 4]);
    assert_eq!(bench.list("").await.json()["total_rows"], 4);
}

#[tokio::test]
async fn the_count_can_be_that_of_the_page() {
    let bench = filled(5, Quirks { total_of_page: true, ..Quirks::default() }).await;
    for (start, total) in [(0, 2), (4, 1), (5, 0)] {
        assert_eq!(bench.list(&format!("&row_limit=2&start_at_row={start}")).await.json()["total_rows"], total);
    }
}

#[tokio::test]
async fn offers_can_be_neither_listed_nor_counted() {
    let bench = filled(4, Quirks { hidden: [2].into(), ..Quirks::default() }).await;
    bench.handle().change(3, |offer| offer.offer_status = "inactive".to_owned()).unwrap();
    assert_eq!(walk(&bench, 10).await, [1, 3, 4]);
    assert_eq!(bench.list("").await.json()["total_rows"], 3);
    bench.handle().change_quirks(|quirks| quirks.listed_statuses = ["active".to_owned()].into());
    assert_eq!(walk(&bench, 10).await, [1, 4]);
    assert_eq!(bench.ids("&offer_status=inactive").await, [3]);
}

#[tokio::test]
async fn a_page_can_shift_while_the_count_stays_the_same() {
    let shift = |change| ScheduledChange { after_call: 1, change };
    let scheduled_changes = vec![shift(ListingChange::HideFirst), shift(ListingChange::Add)];
    let bench = filled(4, Quirks { scheduled_changes, ..Quirks::default() }).await;
    assert_eq!(walk(&bench, 2).await, [1, 2, 4, 12_345]);
    assert_eq!(bench.list("").await.json()["total_rows"], 4);
    assert_eq!(bench.handle().offers().len(), 5);
}

#[tokio::test]
async fn filters_can_be_ignored() {
    let bench = filled(2, Quirks { ignores_filters: true, ..Quirks::default() }).await;
    assert_eq!(bench.ids("&advertiser_id=99").await, [1, 2]);
}

#[tokio::test]
async fn an_empty_listing_has_no_count_or_no_list_as_asked() {
    let bench = filled(1, Quirks::default()).await;
    for (empty, members) in [
        (EmptyListing::Counted, "offers request_status total_rows"),
        (EmptyListing::Uncounted, "offers request_status"),
        (EmptyListing::Message, "message request_status"),
        (EmptyListing::Failure, "message request_status"),
    ] {
        bench.handle().change_quirks(|quirks| quirks.empty = empty);
        let got = bench.list("&advertiser_id=9").await;
        let names: Vec<String> = got.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!((got.status, names.join(" ").as_str()), (200, members));
        assert_eq!(bench.ids("").await, [1], "a list with offers is not affected");
    }
    assert_eq!(bench.list("&advertiser_id=9").await.message(), "No offers found");
}

#[tokio::test]
async fn every_reply_can_be_under_d() {
    let bench = filled(1, Quirks { wrapper: Wrapper::UnderD, ..Quirks::default() }).await;
    assert_eq!(bench.list("").await.json()["d"]["offers"][0]["offer"]["offer_id"], 1);
    assert_eq!(bench.create("").await.json()["d"]["offer"]["offer_id"], 12_345);
    assert_eq!(bench.create(r#","colour":1"#).await.json()["d"]["request_status"], "Failed");
}

#[tokio::test]
async fn rows_can_lack_members_or_show_values_in_another_form() {
    let moment = "2999-06-19 09:15:00".parse().unwrap();
    let offer = Offer { expiration_date: Some(moment), payout: Some("24.00".parse().unwrap()), ..Offer::filler(1) };
    let quirks = Quirks {
        all_fields: true,
        ms_dates: true,
        dollar_amounts: true,
        unlisted_members: ["offer_name".to_owned(), "vertical_id".to_owned()].into(),
        ..Quirks::default()
    };
    let bench = filled(0, quirks).await;
    bench.handle().put(offer).unwrap();
    let row = bench.list("").await.json()["offers"][0]["offer"].clone();
    assert_eq!((row.get("offer_name"), row.get("vertical_id")), (None, None));
    assert_eq!((&row["payout"], &row["expiration_date"]), (&"$24.00".into(), &"/Date(32486778900000)/".into()));
    assert_eq!(
        bench.create("").await.json()["offer"]["offer_name"],
        "Home Warranty",
        "a reply to a write has every member"
    );
}

#[tokio::test]
async fn pages_can_shift_while_they_are_walked() {
    let shift = |after_call, change| ScheduledChange { after_call, change };
    let scheduled_changes = vec![
        shift(1, ListingChange::RemoveFirst),
        shift(2, ListingChange::Put(Box::new(Offer::filler(1)))),
        shift(3, ListingChange::Add),
        shift(4, ListingChange::Remove(3)),
    ];
    let bench = filled(6, Quirks { scheduled_changes, ..Quirks::default() }).await;
    assert_eq!(walk(&bench, 2).await, [1, 2, 4, 5, 5, 6, 12_345]);
    assert_eq!(bench.handle().offer(3), None);
}

#[tokio::test]
async fn without_a_sort_field_the_order_can_change_from_call_to_call() {
    let bench = filled(3, Quirks { unstable_order: true, ..Quirks::default() }).await;
    assert_eq!(bench.ids("").await, [1, 2, 3]);
    assert_eq!(bench.ids("").await, [2, 3, 1]);
    assert_eq!(bench.ids("&sort_field=offer_id").await, [1, 2, 3]);
}

#[tokio::test]
async fn the_listing_can_lag_behind_writes_by_calls() {
    let bench = filled(1, Quirks::default()).await;
    bench.handle().change_quirks(|quirks| quirks.lag = Some(Lag::Calls(2)));
    bench.create("").await;
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"payout":1}"#).await;
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":1,"offer_name":"New"}"#).await;
    for _ in 0..2 {
        let page = bench.list("").await.json();
        assert_eq!((&page["total_rows"], &page["offers"][0]["offer"]["offer_name"]), (&1.into(), &"Filler 1".into()));
    }
    let page = bench.list("").await.json();
    assert_eq!((&page["total_rows"], &page["offers"][0]["offer"]["offer_name"]), (&2.into(), &"New".into()));
}

#[tokio::test]
async fn the_listing_can_lag_behind_writes_by_time() {
    let bench = filled(0, Quirks { lag: Some(Lag::Millis(3_600_000)), ..Quirks::default() }).await;
    bench.create("").await;
    assert!(bench.ids("").await.is_empty());
    bench.handle().change_quirks(|quirks| quirks.lag = Some(Lag::Millis(0)));
    assert_eq!(bench.ids("").await, [12_345]);
}

#[tokio::test]
async fn an_offer_expires_by_itself_once_its_date_has_passed() {
    let at = |day| Clock::Fixed(jiff::civil::datetime(2026, 6, day, 12, 0, 0, 0));
    let bench = Bench::with(SandboxOptions { clock: at(1), ..SandboxOptions::default() }).await;
    bench.create(r#","expiration_date":"2026-06-10 12:00:00""#).await;
    bench.create(r#","expiration_date":"2026-06-10 12:00:00","offer_status":"inactive""#).await;
    let statuses = async || {
        bench.list("").await;
        bench.handle().offers().into_iter().map(|offer| offer.offer_status).collect::<Vec<_>>()
    };
    bench.handle().set_clock(at(10));
    assert_eq!(statuses().await, ["active", "inactive"]);
    bench.handle().set_clock(at(11));
    assert_eq!(statuses().await, ["expired", "inactive"]);
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"expiration_date":"2026-07-01 00:00:00"}"#).await;
    assert_eq!(statuses().await, ["expired", "inactive"], "a new date alone does not wake an offer");
    bench.post(UPDATE, r#"{"api_key":"k","offer_id":12345,"offer_status":"active"}"#).await;
    assert_eq!(statuses().await, ["active", "inactive"]);
}
