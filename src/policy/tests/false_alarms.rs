//! How often the lints speak of offers that are as they should be.

use std::fmt::Write as _;

use super::*;

/// A few numbers from one, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn of<'a>(&mut self, values: &[&'a str]) -> &'a str {
        values[self.below(values.len())]
    }
}

/// Links as networks have them: landing pages of advertisers, links of other platforms with an own account, tracking links of CAKE.
const LINKS: &[&str] = &[
    "https://HOST/lp/KEY?aff=#affid#&r=#reqid#",
    "https://HOST/c?a=#affid#&o=#oid#&s1=#s1#&s2=#s2#&reqid=#reqid#",
    "https://HOST/?a=12&c=345&s1=#affid#&s2=#oreqid#&x=KEY",
    "https://HOST/track?utm_source=cake&utm_campaign=KEY&subid=#s2##s3#",
    "https://HOST/aff_c?offer_id=1234&aff_id=1001&aff_sub={transaction_id}&aff_sub2={affiliate_id}&url_id=KEY",
    "https://HOST/click?pid={affiliate_id}&offer_id=77&sub1={click_id}&sub2={source}&k=KEY",
    "https://HOST/aff_c?offer_id={offer_id}&aff_id={aff_id}&k=KEY",
    "https://HOST/go/KEY?cid={{click.id}}&sub={sub_id}&geo={country}",
    "https://HOST/KEY?clickid={clickid}&gaid={gaid}&idfa={idfa}&ip={ip}&ua={user_agent}",
    "https://HOST/es/todo-incluido/KEY?r=#reqid#&lang=es",
    "https://app.HOST/#/signup/KEY?ref=#affid#&click=#reqid#",
    "https://HOST/lp-KEY?r=#reqid#&v=2#prices",
    "https://HOST/redirect?to=https%3A%2F%2Fshop.HOST%2Fp%3Fid%3D7&k=KEY&tid={transaction_id}",
    "https://HOST/q?filters[]=a&filters[]=b&k=KEY&r=#reqid#",
];

const HOSTS: &[&str] = &[
    "track.acme.test",
    "lp.brightline.test",
    "offers.nimbus.test",
    "go.example-insurance.test",
    "shop7.test",
    "www.xxl-sports.test",
];

const NAMES: &[&str] = &[
    "Home Warranty Lead - Premium",
    "Auto Insurance #2 (US/CA)",
    "Solar Quote & Savings",
    "Garantía de Hogar",
    "VPN 30-day trial, iOS",
    "Crypto 100% Bonus",
    "Keto \"Fast\" CPS",
    "Straße & Söhne Versicherung",
];

fn realistic(numbers: &mut Numbers, number: usize) -> String {
    let host = numbers.of(HOSTS);
    let url = numbers.of(LINKS).replace("HOST", host).replace("KEY", &format!("{number:05}"));
    let (kind, payout, revenue) = match numbers.below(10) {
        0 => ("cpc", format!("0.{:03}", 5 + numbers.below(400)), "0.9".to_owned()),
        1 => ("cpm", format!("{}.{:02}", 1 + numbers.below(5), numbers.below(100)), "9.50".to_owned()),
        2 => ("revshare", (10 + numbers.below(60)).to_string(), "80".to_owned()),
        _ => ("cpa", format!("{}.{}0", 2 + numbers.below(90), numbers.below(10)), "120.00".to_owned()),
    };
    let mut lines = format!(
        "offer_name: '{} {number:05}'\nadvertiser_id: {}\noffer_url: '{url}'\npayout: {payout}\npayout_type: {kind}\nrevenue: {revenue}\n\
         revenue_type: {kind}\ncurrency_id: {}\nsession_hours: {}\nexpiration_date: 20{}-{:02}-28 23:59:59",
        numbers.of(NAMES),
        1 + numbers.below(60),
        1 + numbers.below(3),
        numbers.of(&["24", "72", "168", "720", "8760"]),
        27 + numbers.below(9),
        1 + numbers.below(12),
    );
    if numbers.below(3) == 0 {
        write!(lines, "\npreview_url: https://www.{host}/preview/{number}").unwrap();
    }
    if numbers.below(4) == 0 {
        write!(lines, "\noffer_status: {}", numbers.of(&["inactive", "pending"])).unwrap();
    }
    changed(&lines)
}

#[test]
fn less_than_two_of_a_hundred_realistic_offers_have_a_finding() {
    let mut numbers = Numbers(7);
    let texts: Vec<_> =
        (0..5_000).map(|number| (format!("offer-{number:05}.yaml"), realistic(&mut numbers, number))).collect();
    let texts: Vec<_> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let configuration = "[cake]\ntime_zone = \"America/New_York\"\n[names.currencies]\nUSD = 1\nEUR = 2\nGBP = 3";
    let world = World::of(&texts).configured(configuration);
    for world in [world.recorded(), World::of(&texts).configured(configuration)] {
        let found = world.diagnostics();
        let mut files: Vec<&str> = found.iter().map(|found| found.place().unwrap().file.as_str()).collect();
        files.dedup();
        assert!(files.len() < 100, "{} of 5000: {:#?}", files.len(), &found[..3]);
    }
}
