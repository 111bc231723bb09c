//! The signs of currencies beside amounts, against the currency that an offer has.
//!
//! Invariant: a sign is left out of an amount only where the offer's own currency is what it says, or where nothing contradicts it.

/// Signs, and the ISO codes that each can mean.
const SIGNS: [(&str, &[&str]); 18] = [
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP", "TWD"]),
    ("US$", &["USD"]),
    ("C$", &["CAD"]),
    ("CA$", &["CAD"]),
    ("A$", &["AUD"]),
    ("AU$", &["AUD"]),
    ("R$", &["BRL"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₽", &["RUB"]),
    ("₺", &["TRY"]),
    ("₴", &["UAH"]),
    ("₪", &["ILS"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
];

/// An ISO code is its own sign.
fn is_code(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

pub(super) fn is_sign(text: &str) -> bool {
    is_code(text) || SIGNS.iter().any(|(sign, _)| *sign == text)
}

/// The codes that the name of a column may have behind `Payout`. Not `ALL` and `TOP`, which are words as well.
const CODES: [&str; 60] = [
    "AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CRC", "CZK", "DKK", "DOP",
    "EGP", "EUR", "GBP", "GEL", "GHS", "GTQ", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KWD",
    "KZT", "LKR", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD",
    "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "ZAR",
];

/// The currency in the name of a column of amounts: `Payout USD`, `Revenue (€)`. A sign that several currencies have is none.
pub(super) fn in_name(name: &str) -> Option<&'static str> {
    let words =
        name.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | '_' | '-' | '/' | ',' | ':'));
    words.filter(|word| !word.is_empty()).find_map(|word| {
        let code = CODES.iter().find(|code| **code == word);
        let sign = || {
            SIGNS.iter().find(|(sign, codes)| *sign == word && codes.len() == 1).and_then(|(_, codes)| codes.first())
        };
        code.or_else(sign).copied()
    })
}

/// Whether the sign can mean the currency of this name; `None` where the name is no ISO code, so that it is not known.
pub(super) fn means(sign: &str, currency: &str) -> Option<bool> {
    let currency = currency.to_ascii_uppercase();
    if !is_code(&currency) {
        return None;
    }
    let codes = SIGNS.iter().find(|(other, _)| *other == sign).map_or(&[][..], |(_, codes)| codes);
    Some(sign == currency || codes.contains(&&*currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_means_its_own_currencies_only() {
        assert_eq!(means("$", "usd"), Some(true));
        assert_eq!(means("$", "EUR"), Some(false));
        assert_eq!(means("EUR", "EUR"), Some(true));
        assert_eq!(means("€", "house money"), None);
        assert!(is_sign("CHF") && !is_sign("cpa") && !is_sign("%"));
    }

    #[test]
    fn a_currency_in_the_name_of_a_column_is_found_and_other_words_are_none() {
        for (name, code) in [
            ("Payout USD", Some("USD")),
            ("Payout (EUR)", Some("EUR")),
            ("payout_GBP", Some("GBP")),
            ("Revenue (€)", Some("EUR")),
            ("Payout $", None),
            ("Payout CPA", None),
            ("payout usd", None),
            ("TOP Payout", None),
        ] {
            assert_eq!(in_name(name), code, "{name}");
        }
    }
}
