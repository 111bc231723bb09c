//! How a country writes numbers, as far as amounts need it: the mark before the decimals.
//!
//! Knows no file. Spaces and apostrophes between thousands can mean nothing else anywhere, so a locale does not have to name them.

use std::str::FromStr;

/// The mark before the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    Point,
    Comma,
}

impl Mark {
    pub(super) fn character(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    pub(super) fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }
}

/// Languages with a decimal point, and with a decimal comma, by Unicode's CLDR.
const POINT: [&str; 12] = ["en", "zh", "ja", "ko", "th", "he", "hi", "bn", "ta", "ms", "ur", "sw"];
const COMMA: [&str; 34] = [
    "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "sl", "hr", "sr", "bs", "bg", "ru", "uk", "ro", "hu", "el",
    "tr", "id", "vi", "da", "sv", "nb", "nn", "no", "fi", "et", "lv", "lt", "is", "ca", "be",
];

/// Countries that write numbers otherwise than most speakers of the language do.
const OTHERWISE: [(&str, Mark); 14] = [
    ("de-ch", Mark::Point),
    ("de-li", Mark::Point),
    ("it-ch", Mark::Point),
    ("es-mx", Mark::Point),
    ("es-us", Mark::Point),
    ("es-pr", Mark::Point),
    ("es-do", Mark::Point),
    ("es-gt", Mark::Point),
    ("es-hn", Mark::Point),
    ("es-ni", Mark::Point),
    ("es-pa", Mark::Point),
    ("es-pe", Mark::Point),
    ("es-sv", Mark::Point),
    ("en-za", Mark::Comma),
];

/// `de`, `de-DE`, `de_DE`.
impl FromStr for Mark {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let tag = name.to_ascii_lowercase().replace('_', "-");
        let tag = tag.split('.').next().unwrap_or_default();
        let language = tag.split('-').next().unwrap_or_default();
        if let Some((_, mark)) = OTHERWISE.iter().find(|(other, _)| *other == tag) {
            return Ok(*mark);
        }
        match (POINT.contains(&language), COMMA.contains(&language)) {
            (true, _) => Ok(Self::Point),
            (_, true) => Ok(Self::Comma),
            _ => {
                Err(format!("how `{name}` writes numbers is not known; `en` has a decimal point, `de` a decimal comma"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_countries_have_their_mark() {
        for (name, mark) in [
            ("en", Mark::Point),
            ("en-US", Mark::Point),
            ("de_DE.UTF-8", Mark::Comma),
            ("de-CH", Mark::Point),
            ("es-MX", Mark::Point),
            ("es", Mark::Comma),
            ("fr-CA", Mark::Comma),
        ] {
            assert_eq!(name.parse(), Ok(mark), "{name}");
        }
        assert!("xx".parse::<Mark>().is_err() && "".parse::<Mark>().is_err());
    }
}
