//! `drift` and `--refresh`: what CAKE holds, compared with the state and with the YAML.

mod accept;
mod evidence;
mod fields;
mod offers;
mod output;
mod refresh;

use offersync::testing::sandbox::Offer;
use serde_json::Value as Json;

/// `payout:cake` for every drifted field.
fn movers(drift: &Json) -> Vec<String> {
    let offers = drift["offers"].as_array().unwrap().iter();
    let fields = offers.flat_map(|offer| offer["fields"].as_array().unwrap());
    fields.map(|field| format!("{}:{}", field["field"].as_str().unwrap(), field["mover"].as_str().unwrap())).collect()
}

fn payout(amount: &str) -> impl FnOnce(&mut Offer) {
    let amount = amount.parse().unwrap();
    move |offer| offer.payout = Some(amount)
}
