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
}
