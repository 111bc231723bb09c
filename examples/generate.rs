//! Generates a tree of offers and its state for benchmarks: `cargo run --release --example generate -- --offers 10000 --out DIR`.
//!
//! One offer per file, about 600 bytes each, in folders by advertiser. Compared with the state, 98 % of the offers are unchanged,
//! 1 % have a different payout and 1 % are new. The same arguments always produce the same bytes.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Parser;
use offersync::testing::offer::{Fields, Record, RecordStatus, Recorded};
use offersync::testing::state::{Lineage, StateDocument};
use offersync::{Field, Key, OfferId, Value};

/// Generate a tree of offers and its state for benchmarks.
#[derive(Parser)]
struct Arguments {
    /// Number of offers
    #[arg(long)]
    offers: u64,
    /// Output directory; must be empty or not exist
    #[arg(long)]
    out: PathBuf,
}

/// Offers per advertiser, about as in a real network.
const OFFERS_AN_ADVERTISER: u64 = 100;
const LINEAGE: &str = "01900000-0000-7000-8000-000000000000";
const URL: &str = "https://yourdomain.cakemarketing.com";

#[expect(clippy::disallowed_methods, reason = "not the program")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Arguments { offers, out } = Arguments::parse();
    let bytes = write_tree(&out, offers)?;
    let average = bytes / offers.max(1);
    writeln!(io::stdout(), "{offers} offers of {average} bytes in {}", out.display())?;
    Ok(())
}

/// Writes the offers, the configuration and the state; returns the total size of the offer files.
pub(crate) fn write_tree(out: &Path, offers: u64) -> Result<u64, Box<dyn std::error::Error>> {
    fs::create_dir_all(out)?;
    if fs::read_dir(out)?.next().is_some() {
        return Err(format!("{} is not empty", out.display()).into());
    }
    write_settings(out, offers)?;
    let mut recorded = Recorded::default();
    let mut bytes = 0;
    for number in 0..offers {
        let offer = Offer::new(number);
        let folder = out.join("offers").join(format!("advertiser-{:04}", offer.advertiser));
        fs::create_dir_all(&folder)?;
        let text = offer.yaml(&offer.payout());
        bytes += text.len() as u64;
        write(&folder.join(format!("{}.yaml", offer.key)), text.as_bytes())?;
        if let Some(payout) = offer.recorded_payout() {
            let key = Key::new(&offer.key)?;
            recorded.offers.insert(key, offer.record(&payout)?);
        }
    }
    let lineage = Lineage::parse(LINEAGE).ok_or("the lineage is not a UUID")?;
    let document = StateDocument { lineage, cake: URL.to_owned(), recorded };
    write(&out.join("offersync.state.json"), &document.emit())?;
    Ok(bytes)
}

fn write_settings(out: &Path, offers: u64) -> io::Result<()> {
    let names: Vec<String> =
        (0..offers.div_ceil(OFFERS_AN_ADVERTISER)).map(|n| format!("advertiser-{n:04} = {}", n + 1)).collect();
    let text = format!("[cake]\nurl = \"{URL}\"\n\n[names.advertisers]\n{}\n", names.join("\n"));
    write(&out.join("offersync.toml"), text.as_bytes())
}

#[expect(clippy::disallowed_methods, reason = "new files in an empty folder need no atomic replacement")]
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::write(path, bytes)
}

/// One offer; every value is computed from its number.
struct Offer {
    number: u64,
    key: String,
    advertiser: u64,
}

impl Offer {
    fn new(number: u64) -> Self {
        Self { number, key: format!("offer-{number:06}"), advertiser: number / OFFERS_AN_ADVERTISER }
    }

    fn payout(&self) -> String {
        format!("{}.{:02}", 5 + self.number * 7 % 80, self.number * 13 % 100)
    }

    /// The payout in the state: none for a new offer, a different one for a changed offer.
    fn recorded_payout(&self) -> Option<String> {
        match self.number % 100 {
            37 => None,
            73 => Some(format!("{}.{:02}", 4 + self.number * 7 % 80, self.number * 13 % 100)),
            _ => Some(self.payout()),
        }
    }

    /// The values, in the canonical order of fields in YAML.
    fn values(&self, payout: &str) -> [(Field, String); 12] {
        let n = self.number;
        [
            (Field::OfferName, format!("Offer {n:06} - Qualified Lead, United States")),
            (Field::AdvertiserId, (self.advertiser + 1).to_string()),
            (Field::VerticalId, (n % 12 + 1).to_string()),
            (
                Field::OfferUrl,
                format!("https://track.yourdomain.com/click?campaign={n:06}&offer_id={{offer_id}}&aff_id={{aff_id}}"),
            ),
            (Field::PreviewUrl, format!("https://www.example.com/offers/{n:06}/preview")),
            (Field::Payout, payout.to_owned()),
            (Field::PayoutType, "cpa".to_owned()),
            (Field::Revenue, format!("{}.50", 100 + n % 40)),
            (Field::RevenueType, "cpa".to_owned()),
            (Field::SessionHours, (24 + n % 48).to_string()),
            (Field::ExpirationDate, format!("20{}-12-31 23:59:59", 30 + n % 5)),
            (Field::OfferDescription, DESCRIPTION.replace("NUMBER", &n.to_string())),
        ]
    }

    fn yaml(&self, payout: &str) -> String {
        let line = |(field, value): (Field, String)| match field {
            Field::AdvertiserId => format!("advertiser: advertiser-{:04}\n", self.advertiser),
            Field::OfferDescription => {
                let lines: Vec<String> = value.lines().map(|line| format!("  {line}\n")).collect();
                format!("{field}: |\n{}", lines.concat())
            }
            _ => format!("{field}: {value}\n"),
        };
        self.values(payout).map(line).concat()
    }

    fn record(&self, payout: &str) -> Result<Record, Box<dyn std::error::Error>> {
        let mut fields = Fields::default();
        for (field, value) in self.values(payout) {
            fields.set(field, field.parse(&value)?);
        }
        let status: Value = Field::OfferStatus.parse("active")?;
        fields.set(Field::OfferStatus, status);
        let offer_id = OfferId::new(self.number + 1).ok_or("an id is positive")?;
        Ok(Record {
            offer_id,
            status: RecordStatus::Live,
            fields,
            protect: false,
            replaced: Vec::new(),
            unsettled: None,
            status_word: None,
        })
    }
}

const DESCRIPTION: &str = "Pays on a qualified lead of campaign NUMBER: a resident who asks for a quote by phone.
Allowed: search, display, e-mail with the approved creatives. Not: incentives, brand bidding.
";
