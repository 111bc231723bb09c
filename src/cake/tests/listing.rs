//! The listing over real sockets: what is asked, what is tried again, what is given up.

use std::sync::Mutex;

use crate::offer::{AdvertiserId, VerticalId};

use super::server::{Server, json, reply};
use super::*;

fn rows(ids: &[u64], total: u64) -> Vec<u8> {
    let rows: Vec<_> = ids.iter().map(|id| format!("{{\"offer\":{{\"offer_id\":{id}}}}}")).collect();
    json(200, &format!("{{\"request_status\":\"Success\",\"offers\":[{}],\"total_rows\":{total}}}", rows.join(",")))
}

async fn list(server: &Server, attempts: u32) -> Result<Vec<u64>, ReadFailure> {
    let reader = connect(options_with_attempts(&server.url(), attempts)).reader();
    let listing = reader.offers(&Filter::default(), |_| {}).await?;
    Ok(listing.offers.iter().map(|offer| offer.offer_id.get()).collect())
}

#[tokio::test]
async fn the_request_is_explicit_and_advances_by_rows_received() {
    let server = Server::answering([rows(&[1, 2, 3], 5), rows(&[3, 4, 5], 5), rows(&[5], 5)]).await;
    let reader = connect(options(&server.url())).reader();
    let filter = Filter {
        offer_id: Some(id(9)),
        advertiser_id: AdvertiserId::new(88),
        vertical_id: VerticalId::new(3),
        status: Some("active & well".to_owned()),
    };
    let seen = Mutex::new(Vec::new());
    let listing = reader.offers(&filter, |so_far| seen.lock().unwrap().push((so_far.got, so_far.total))).await.unwrap();
    assert_eq!(listing.offers.len(), 5);
    assert_eq!(*seen.lock().unwrap(), [(3, Some(5)), (5, Some(5)), (5, Some(5))]);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    for (request, row) in requests.iter().zip([0, 2, 4]) {
        let expected = format!(
            "GET /api/2/offers.json?api_key=s3cr%2Bt%2Fk%26y&offer_id=9&advertiser_id=88&vertical_id=3\
             &offer_status=active+%26+well&start_at_row={row}&row_limit=500&sort_field=offer_id&sort_descending=false HTTP/1.1"
        );
        assert_eq!(request.lines().next(), Some(expected.as_str()));
    }
}

#[tokio::test]
async fn a_read_that_may_pass_is_tried_again() {
    let restricted = json(200, r#"{"request_status":"Error","message":"Restricted"}"#);
    let replies =
        [reply(500, "", ""), reply(200, "", "<html>"), restricted, reply(429, "Retry-After: 0\r\n", ""), rows(&[], 0)];
    let server = Server::answering(replies).await;
    assert_eq!(list(&server, 5).await, Ok(vec![]));
}

#[tokio::test]
async fn what_a_cache_has_kept_is_no_listing() {
    let kept = || {
        reply(
            200,
            "Age: 30\r\nContent-Type: application/json\r\n",
            r#"{"request_status":"Success","offers":[],"total_rows":0}"#,
        )
    };
    let server = Server::answering([kept(), rows(&[1, 2], 2), rows(&[2], 2)]).await;
    assert_eq!(list(&server, 3).await, Ok(vec![1, 2]));
    assert!(server.requests().iter().all(|request| request.to_lowercase().contains("cache-control: no-cache")));
    let server = Server::answering([kept(), kept()]).await;
    let ReadFailure::Failed { message } = list(&server, 2).await.unwrap_err() else { panic!("another failure") };
    assert!(message.contains("a cache on the way answered"), "{message}");
}

#[tokio::test]
async fn one_404_in_place_of_the_first_page_does_not_mean_that_there_is_no_listing() {
    let server = Server::answering([reply(404, "", "<title>Starting</title>"), rows(&[1, 2], 2), rows(&[2], 2)]).await;
    assert_eq!(list(&server, 3).await, Ok(vec![1, 2]));
    let server = Server::answering(vec![reply(404, "", ""); 3]).await;
    let failure = list(&server, 3).await.unwrap_err();
    assert_eq!(failure, ReadFailure::NoListing { message: "HTTP 404 (3 times)".to_owned() });
}

#[tokio::test]
async fn an_incomplete_walk_is_walked_again_and_then_given_up() {
    let server =
        Server::answering([rows(&[1, 2], 3), rows(&[2], 3), rows(&[1, 2], 3), rows(&[2, 3], 3), rows(&[3], 3)]);
    assert_eq!(list(&server.await, 1).await, Ok(vec![1, 2, 3]));
    let short = [rows(&[1, 2], 3), rows(&[2], 3)];
    let server = Server::answering([short.clone(), short.clone(), short.clone(), short].concat()).await;
    assert_eq!(list(&server, 1).await, Err(ReadFailure::Incomplete { got: 2, total: Some(3) }));
    assert_eq!(server.requests().len(), 6, "three walks of two pages");
}

#[tokio::test]
async fn a_page_has_at_least_two_rows() {
    let server = Server::answering([rows(&[], 0)]).await;
    let mut options = options(&server.url());
    options.row_limit = 1;
    assert!(connect(options).reader().offers(&Filter::default(), |_| {}).await.is_ok());
    assert!(server.requests()[0].contains("row_limit=2&"));
}

async fn failure(replies: impl IntoIterator<Item = Vec<u8>>) -> ReadFailure {
    list(&Server::answering(replies).await, 1).await.unwrap_err()
}

#[tokio::test]
async fn each_failure_has_its_kind() {
    let kind = async |bytes: Vec<u8>| match failure([bytes]).await {
        ReadFailure::NoListing { .. } => "no listing",
        ReadFailure::KeyRefused { .. } => "key refused",
        ReadFailure::Failed { .. } => "failed",
        ReadFailure::Throttled { .. } => "throttled",
        ReadFailure::Incomplete { .. } => "incomplete",
        ReadFailure::EmptyWithoutTotal => "empty without total",
        ReadFailure::NoRows { .. } => "no rows",
        ReadFailure::Stopped => "stopped",
    };
    assert_eq!(kind(reply(404, "", "<html>")).await, "no listing");
    assert_eq!(kind(reply(401, "", "")).await, "key refused");
    assert_eq!(kind(reply(429, "", "")).await, "throttled");
    assert_eq!(kind(reply(403, "", "")).await, "key refused");
    assert_eq!(kind(reply(500, "", "")).await, "failed");
    assert_eq!(kind(reply(302, "Location: /\r\n", "")).await, "failed");
    assert_eq!(kind(json(200, r#"{"request_status":"Success","offers":[]}"#)).await, "empty without total");
    assert_eq!(kind(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"request_status\"".to_vec()).await, "failed");
}

#[tokio::test]
async fn a_total_that_cannot_be_read_may_contradict_the_rows() {
    let with_total = |total: &str| {
        json(200, &format!(r#"{{"request_status":"Success","offers":[{{"offer_id":1}},{{"offer_id":2}}],{total}}}"#))
    };
    for total in ["7", "\"7\"", "7.0", "\"7.0\"", "\" 007 \""] {
        let walk = [with_total(&format!("\"total_rows\":{total}")), rows(&[2], 7)];
        let pages = [walk.clone(), walk.clone(), walk].concat();
        assert_eq!(failure(pages).await, ReadFailure::Incomplete { got: 2, total: Some(7) }, "{total}");
    }
    for total in [
        "\"1,007\"",
        "[7]",
        "{\"value\":7}",
        "-7",
        "7.5",
        "true",
        "\"7 rows\"",
        "100000000000000000000",
        "1,\"total_rows\":7",
    ] {
        let message = "`total_rows` of the listing cannot be read as a number of rows".to_owned();
        assert_eq!(
            failure([with_total(&format!("\"total_rows\":{total}"))]).await,
            ReadFailure::Failed { message },
            "{total}"
        );
    }
    let page = with_total("\"total_rows\":null");
    assert_eq!(list(&Server::answering([page, rows(&[2], 2)]).await, 1).await, Ok(vec![1, 2]));
}

/// A page of two rows with another member.
fn a_page(member: &str) -> String {
    format!(r#"{{"request_status":"Success","offers":[{{"offer_id":1}},{{"offer_id":2}}],"total_rows":2,{member}}}"#)
}

/// What a listing makes of a page, if the one after it has nothing new.
async fn is_page(reply: Vec<u8>) -> Result<Vec<u64>, ReadFailure> {
    // Some are walked again.
    let walk = [reply, rows(&[2], 2)];
    let replies = [walk.clone(), walk.clone(), walk.clone(), walk].concat();
    let found = list(&Server::answering(replies).await, 1).await;
    assert!(!format!("{found:?}").contains("no connection"), "{found:?}");
    found
}

#[tokio::test]
async fn a_page_that_says_against_itself_that_it_is_whole_is_no_page() {
    for member in [
        r#""success":false"#,
        r#""success":"no""#,
        r#""error":"db""#,
        r#""errors":["x"]"#,
        r#""has_more":true"#,
        r#""next":"/api/2/offers.json?start_at_row=3""#,
        r#""Truncated":true"#,
        r#""is_last":false"#,
        r#""complete":false"#,
        r#""warnings":["cut"]"#,
        r#""total":3"#,
        r#""meta":{"total_rows":3}"#,
        r#""total_pages":2"#,
        r#""message":"Only the first 2 offers are shown""#,
        r#""message":"Timeout expired; results truncated""#,
        r#""errors":[null,{"code":0,"message":"db"}]"#,
    ] {
        assert!(is_page(json(200, &a_page(member))).await.is_err(), "{member}");
        let inner = format!(r#"{{"request_status":"Success","response":{}}}"#, a_page(member));
        assert!(is_page(json(200, &inner)).await.is_err(), "{inner}");
    }
    for member in [
        r#""success":true"#,
        r#""error":null"#,
        r#""errors":[]"#,
        r#""has_more":false"#,
        r#""next":"""#,
        r#""message":"OK""#,
        r#""message":"2 offers found""#,
        r#""message":"No errors. Maximum row_limit is 500, Unlimited""#,
        r#""count":500"#,
        r#""total":2,"page_count":1,"total_payout":500"#,
        r#""is_last":true"#,
        r#""warnings":[]"#,
        r#""success":"OK""#,
        r#""success":1.0"#,
        r#""error":{"code":0,"message":""}"#,
        r#""error":"null""#,
        r#""errors":[null]"#,
        r#""has_more":"False""#,
        r#""next":"none""#,
        r#""total_records":"""#,
    ] {
        assert_eq!(is_page(json(200, &a_page(member))).await, Ok(vec![1, 2]), "{member}");
    }
}

#[tokio::test]
async fn a_reply_whose_status_or_headers_say_that_it_is_a_part_or_old_is_no_page() {
    for status in [201, 202, 206, 207, 226] {
        assert!(is_page(json(status, &a_page(r#""success":true"#))).await.is_err(), "{status}");
    }
    for age in ["60", "60.0", "60, 60", "old", "0, 60"] {
        let reply = reply(200, &format!("Age: {age}\r\n"), &a_page(r#""success":true"#));
        assert!(is_page(reply).await.is_err(), "{age}");
    }
    for header in [
        "Content-Range: items 0-2/7",
        "Link: <x?p=2>; rel=\"next\"",
        "Warning: 110 - \"Response is Stale\"",
        "X-Cache: HIT from edge-7, MISS from edge-2",
        "CF-Cache-Status: HIT",
        "Cache-Status: Edge; hit; ttl=120",
        "X-Cache-Status: STALE",
    ] {
        let reply = reply(200, &format!("{header}\r\n"), &a_page(r#""success":true"#));
        assert!(is_page(reply).await.is_err(), "{header}");
    }
    for header in ["X-Cache: MISS", "CF-Cache-Status: DYNAMIC", "Cache-Status: Edge; fwd=stale; fwd-status=304"] {
        let reply = reply(200, &format!("{header}\r\n"), &a_page(r#""success":true"#));
        assert!(is_page(reply).await.is_ok(), "{header}");
    }
    let two = a_page(r#""response":{"offers":[{"offer_id":3}]}"#);
    assert!(is_page(json(200, &two)).await.is_err(), "two lists");
    let neither = json(200, r#"{"offers":[{"offer_id":1},{"offer_id":2}]}"#);
    assert!(is_page(neither).await.is_err());
}

#[tokio::test]
async fn a_later_page_that_is_missing_or_forbidden_says_nothing_about_listing_and_key() {
    for status in [404, 405, 403] {
        let failure = failure([rows(&[1, 2, 3], 5), reply(status, "", "<title>Busy</title>")]).await;
        assert_eq!(failure, ReadFailure::Failed { message: format!("HTTP {status}: Busy") });
    }
    let no_call = json(200, r#"{"message":"No such method: offers"}"#);
    let failure = failure([rows(&[1, 2, 3], 5), no_call]).await;
    assert!(matches!(failure, ReadFailure::Failed { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_failure_says_what_came() {
    let message = async |bytes: Vec<u8>| match failure([bytes]).await {
        ReadFailure::Failed { message } | ReadFailure::Throttled { message } | ReadFailure::NoRows { message } => {
            message
        }
        other => panic!("{other:?}"),
    };
    let page = "<html><head><title>Runtime\n Error &amp; more</title></head><body>long</body>";
    assert_eq!(message(reply(500, "", page)).await, "HTTP 500: Runtime Error & more");
    assert_eq!(message(reply(503, "", "upstream <down>")).await, "HTTP 503: upstream");
    for status in ["Success", "Error"] {
        let body = format!("{{\"request_status\":\"{status}\",\"message\":\"No offers found\"}}");
        assert_eq!(message(json(200, &body)).await, "No offers found");
    }
    let other = json(200, r#"{"request_status":"Success","result":[],"count":0}"#);
    assert_eq!(message(other).await, "the reply holds no list of offers; it has: request_status, result, count");
    assert_eq!(
        message(reply(429, "Retry-After: 90\r\n", "")).await,
        "CAKE throttles: HTTP 429; CAKE asked for a pause of 90 seconds"
    );
    let server = Server::answering([reply(503, "Retry-After: soon\r\n", "<title>Busy</title>")]).await;
    let reader = connect(options_with_attempts(&server.url(), 1)).reader();
    for said in
        ["HTTP 503: Busy; CAKE asked for a pause that cannot be read", ": CAKE asked for a pause that cannot be read"]
    {
        let failure = reader.offers(&Filter::default(), |_| {}).await.unwrap_err().to_string();
        assert!(failure.contains(said), "{failure}");
    }
}

#[tokio::test]
async fn attempts_of_a_page_are_counted_and_told() {
    let server = Server::answering(vec![reply(500, "", ""); 9]).await;
    assert_eq!(list(&server, 3).await, Err(ReadFailure::Failed { message: "HTTP 500 (3 times)".to_owned() }));
    assert_eq!(server.requests().len(), 3);
    let server = Server::answering(vec![reply(500, "", ""); 9]).await;
    assert!(list(&server, 0).await.is_err());
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_page_in_the_wrapper_of_a_script_service_is_read() {
    let page = r#"{"d":{"request_status":"Success","offers":[{"offer_id":7}],"total_rows":1}}"#;
    let end = r#"{"d":"{\"offers\":[],\"total_rows\":1}"}"#;
    let server = Server::answering([json(200, page), json(200, end)]).await;
    assert_eq!(list(&server, 1).await, Ok(vec![7]));
}

#[tokio::test]
async fn a_message_in_place_of_a_page_ends_a_listing_that_has_rows() {
    let none = json(200, r#"{"request_status":"Success","message":"No offers found"}"#);
    let server = Server::answering([rows(&[7], 1), none.clone()]).await;
    assert_eq!(list(&server, 1).await, Ok(vec![7]));
    // The last row is gone.
    let server = Server::answering([rows(&[7, 8], 2), none.clone(), rows(&[7, 8], 2), rows(&[8], 2)]).await;
    assert_eq!(list(&server, 1).await, Ok(vec![7, 8]));
}
