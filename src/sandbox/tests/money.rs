//! Amounts keep their digits from request to reply.

use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

const AMOUNTS: [&str; 8] = [
    "19.999999999999999999",
    "0.1",
    "24.00",
    "100000000000000.01",
    "0",
    "0.10",
    "1234567890123456789012345678901234567890.5",
    "7",
];

#[tokio::test]
async fn every_digit_comes_back_from_create_update_and_listing() {
    let bench = Bench::new().await;
    for (id, amount) in (12_345_u64..).zip(AMOUNTS) {
        let shown = format!(r#""payout":{amount},"#);
        let created = bench.create(&format!(r#","payout":{amount},"revenue":1"#)).await;
        assert!(created.body.contains(&shown), "{}", created.body);
        let listed = bench.list(&format!("&offer_id={id}")).await;
        assert!(listed.body.contains(&shown), "{}", listed.body);
        let sent = format!(r#"{{"api_key":"k","offer_id":{id},"revenue":{amount}}}"#);
        bench.post(UPDATE, sent).await;
        assert_eq!(bench.handle().offer(id).unwrap().revenue.unwrap().as_str(), amount);
    }
}

#[tokio::test]
async fn every_digit_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = SandboxOptions { data_dir: Some(folder.path().to_owned()), ..SandboxOptions::default() };
    let bench = Bench::with(options.clone()).await;
    for amount in AMOUNTS {
        bench.create(&format!(r#","payout":{amount}"#)).await;
    }
    bench.running.shutdown().await;
    let kept = Bench::with(options).await.handle().offers();
    let digits: Vec<&str> = kept.iter().map(|offer| offer.payout.as_ref().unwrap().as_str()).collect();
    assert_eq!(digits, AMOUNTS);
}

#[tokio::test]
async fn money_can_be_shown_with_a_column_s_decimals_and_loses_none() {
    let bench = Bench::new().await;
    bench.handle().change_quirks(|quirks| quirks.money_decimals = 4);
    for (sent, shown) in [("24", "24.0000"), ("24.5", "24.5000"), ("0.123456", "0.123456")] {
        let got = bench.create(&format!(r#","payout":{sent}"#)).await;
        assert!(got.body.contains(&format!(r#""payout":{shown},"#)), "{}", got.body);
    }
}

#[test]
fn only_plain_digits_are_an_amount() {
    for text in ["", ".", ".5", "5.", "01", "1_000", "1,5", "+1", "-1", "1e3", "1.2.3", "NaN", " 1", "٣"] {
        assert_eq!(text.parse::<Amount>(), Err(InvalidAmount), "{text}");
    }
}

proptest! {
    #[test]
    fn amounts_compare_like_the_numbers_they_are(left in 0_u64..100_000, right in 0_u64..100_000, zeros in 0_usize..4) {
        let written = |hundredths: u64, zeros: usize| -> Amount {
            format!("{}.{:02}{}", hundredths / 100, hundredths % 100, "0".repeat(zeros)).parse().unwrap()
        };
        prop_assert_eq!(written(left, zeros).compare(&written(right, 0)), left.cmp(&right));
        prop_assert_eq!(written(left, zeros).compare(&written(left, 0)), Ordering::Equal);
    }
}
