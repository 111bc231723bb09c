//! Comparing an offer's name with the one that CAKE shows.
//!
//! CAKE has no field for an identifier of ours, so the name is what tells offers apart, and CAKE may store a name otherwise than
//! it was sent. Owns the two comparisons: *the same* proves something, *similar* only forbids to conclude that the two differ.
//! Pure.

mod bare;

use self::bare::{bare, unsigned};
use unicode_normalization::UnicodeNormalization;

use super::fields::Fields;

/// No usual column for a name is shorter (the classic sizes are 50, 64, 100, 128, 200 and 255 characters). A shorter name that
/// another one begins with is a name of its own.
const SHORTEST_CUT: usize = 50;

/// As many bytes of a name survive where it is cut to 50 bytes, in the middle of a character of four.
const SHORTEST_CUT_BYTES: usize = SHORTEST_CUT - 3;

/// As many characters of a name survive where `...` takes the place of its end.
const SHORTEST_START: usize = SHORTEST_CUT - 4;

/// As many letters and digits of a name survive a cut and the loss of what is neither.
const SHORTEST_BARE: usize = 30;

/// A number that a system keeps in binary has so many digits that are certain.
const SURE_DIGITS: usize = 15;

/// Invisible characters: soft hyphen, zero-width characters, byte order mark.
const INVISIBLE: [char; 6] = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// Whether the values shown are another offer's than the known ones: its name is not even similar, or its advertiser is another. What
/// one side lacks tells nothing.
pub fn is_another(known: &Fields, shown: &Fields) -> bool {
    let has_other_name = known.name().zip(shown.name()).is_some_and(|(known, shown)| !similar_name(known, shown));
    let advertisers = known.advertiser().zip(shown.advertiser());
    has_other_name || advertisers.is_some_and(|(known, shown)| known != shown)
}

/// Whether the names are the same, spaces at the ends aside: CAKE may trim them.
pub fn same_name(sent: &str, shown: &str) -> bool {
    sent.trim() == shown.trim()
}

/// Whether CAKE may show the name that was sent as the other one: case, runs of spaces, HTML entities, Unicode form, characters
/// that CAKE cannot store, quotes, tags, punctuation, wrong encodings and a cut-off end are set aside.
pub fn similar_name(sent: &str, shown: &str) -> bool {
    same_name(sent, shown) || FoldedName::new(sent).is_similar(&FoldedName::new(shown))
}

/// Texts of which names that CAKE may show alike have at least one in common: similar ones, and those that are cut off to the same.
///
/// Not of names that are cut off *and* lose what is no letter: two changes at once would make most names of an account alike.
pub fn name_forms(name: &str) -> Vec<String> {
    let name = FoldedName::new(name);
    let bare = Some(name.bare.as_str()).into_iter().chain(name.unsigned.as_deref()).filter(|bare| !bare.is_empty());
    name.forms().chain(bare).map(str::to_owned).collect()
}

/// A name in the forms that are compared, for a name that is compared with many.
#[derive(Debug, Clone)]
pub(super) struct FoldedName {
    name: String,
    folded: String,
    /// In Latin letters, as systems write `ß`, `–` or `™` where they lack them.
    latin: String,
    /// What a system that stores ASCII only leaves of it after it took marks off.
    storable: String,
    /// The same where letters with marks are lost as a whole.
    unmarked: String,
    /// Without the characters that a database of three bytes a character drops, such as emoji.
    basic: String,
    /// What is before the first of them, where such a database cuts the name off.
    before_emoji: String,
    /// As it is, in small letters.
    small: String,
    /// As a system may spell it before it cuts it off: marks on their own, or characters of HTML escaped.
    spelled: Vec<String>,
    /// Its letters and digits.
    bare: String,
    /// The same without signs that a system may lose.
    unsigned: Option<String>,
}

impl FoldedName {
    pub(super) fn new(name: &str) -> Self {
        let decoded = decode(name);
        let folded = fold(&decoded);
        let (latin, unsigned) = (deunicode::deunicode(&folded).to_lowercase(), unsigned(&decoded));
        let bare = bare(&decoded);
        let unmarked = storable(&decoded.nfc().collect::<String>().to_lowercase());
        let basic = spaced(&folded.chars().filter(|c| !is_astral(*c)).collect::<String>());
        let name = name.trim();
        let before_emoji = name.split_once(is_astral).map(|(before, _)| fold(&decode(before))).unwrap_or_default();
        let (small, spelled) = (name.to_lowercase(), spelled(name));
        let (storable, name) = (storable(&folded), name.to_owned());
        Self { name, folded, latin, storable, unmarked, basic, before_emoji, small, spelled, bare, unsigned }
    }

    pub(super) fn is_same(&self, shown: &Self) -> bool {
        same_name(&self.name, &shown.name)
    }

    /// Whether CAKE may show this name as the other one.
    pub(super) fn is_similar(&self, shown: &Self) -> bool {
        let is_cut = |whole: &str, part: &str| part.chars().count() >= SHORTEST_CUT - 1 && whole.starts_with(part);
        let has_ellipsis = |whole: &str, part: &str| {
            let part = part.strip_suffix("...").map(str::trim_end);
            part.is_some_and(|part| part.chars().count() >= SHORTEST_START && whole.starts_with(part))
        };
        let matches = |sent: &str, shown: &str| sent == shown || is_cut(sent, shown) || has_ellipsis(sent, shown);
        if self.is_same(shown) || matches(&self.folded, &shown.folded) || matches(&self.latin, &shown.latin) {
            return true;
        }
        let has_lost_signs = || self.unsigned.as_ref().is_some_and(|unsigned| *unsigned == shown.bare);
        if !shown.bare.is_empty() && (self.bare == shown.bare || has_lost_signs() || self.is_cut_bare(shown)) {
            return true;
        }
        let has_lost_emoji = self.name.contains(is_astral) && !shown.basic.is_empty();
        let is_cut_at_emoji = !self.before_emoji.is_empty() && self.before_emoji == shown.folded;
        if is_cut_at_emoji || self.spelled.iter().any(|spelled| is_cut(spelled, &shown.small)) {
            return true;
        }
        if (has_lost_emoji && matches(&self.basic, &shown.basic)) || self.is_cut_in_bytes(shown) {
            return true;
        }
        // Characters outside of a database's code page become `?` or vanish.
        let is_in_page = |name: &str| name.chars().all(|c| c <= '\u{ff}');
        let is_of_page = !is_in_page(&self.name) && is_in_page(&shown.name) && !shown.storable.is_empty();
        let has_lost_characters =
            !self.name.is_ascii() && (shown.name.contains(['?', '\u{fffd}']) || shown.name.is_ascii() || is_of_page);
        has_lost_characters && (matches(&self.storable, &shown.storable) || matches(&self.unmarked, &shown.unmarked))
    }

    /// Whether the letters and digits of the other name, which is long enough to be cut off, are the first ones of this one.
    fn is_cut_bare(&self, shown: &Self) -> bool {
        let is_long = shown.name.chars().count() >= SHORTEST_START && shown.bare.len() >= SHORTEST_BARE;
        is_long && self.bare.starts_with(&shown.bare)
    }

    /// Whether the other name is this one, cut off after a number of bytes: 50 bytes may be 13 characters.
    fn is_cut_in_bytes(&self, shown: &Self) -> bool {
        let part = shown.whole_part();
        let may_be_cut = part.len() >= SHORTEST_CUT_BYTES && !self.name.is_ascii() && shown.may_be_cut_in_bytes();
        may_be_cut && self.small.starts_with(&part.to_lowercase())
    }

    /// A cut in the middle of a character leaves `?` or U+FFFD, or nothing of it.
    fn may_be_cut_in_bytes(&self) -> bool {
        !self.name.is_ascii() || self.name.ends_with('?')
    }

    fn whole_part(&self) -> &str {
        self.name.trim_end_matches(['?', '\u{fffd}']).trim_end()
    }

    /// The bytes that every cut leaves of the name.
    fn first_bytes(&self) -> Option<&str> {
        let part = self.small.trim_end_matches(['?', '\u{fffd}']).trim_end();
        let is_long = part.len() >= SHORTEST_CUT_BYTES && self.may_be_cut_in_bytes();
        let end = (0..SHORTEST_CUT_BYTES).rev().find(|end| part.is_char_boundary(*end))?;
        is_long.then(|| &part[..end])
    }

    /// Texts of which two similar names have at least one in common.
    pub(super) fn index_keys(&self) -> impl Iterator<Item = &str> {
        let bare = Some(&self.bare).into_iter().chain(&self.unsigned);
        let bare = bare.map(|bare| bare.get(..SHORTEST_BARE).unwrap_or(bare));
        self.forms().chain(bare.filter(|bare| !bare.is_empty()))
    }

    /// The same without its letters and digits.
    fn forms(&self) -> impl Iterator<Item = &str> {
        let folded = start(&self.folded);
        let others = [&self.latin, &self.storable, &self.unmarked, &self.basic]
            .map(|form| start(form))
            .into_iter()
            .filter(move |key| *key != folded);
        let is_spelled = self.name.contains('&') || !self.name.is_ascii();
        let small = is_spelled.then(|| start(&self.small));
        let spelled = self.spelled.iter().map(|spelled| start(spelled)).chain(small);
        let before_emoji = Some(start(&self.before_emoji)).filter(|before| !before.is_empty());
        std::iter::once(folded).chain(others).chain(self.first_bytes()).chain(spelled).chain(before_emoji)
    }
}

/// The spellings of a name that are longer than it is.
fn spelled(name: &str) -> Vec<String> {
    let mut spelled = Vec::new();
    if !name.is_ascii() {
        spelled.push(name.nfd().collect::<String>().to_lowercase());
    }
    if name.contains(['&', '<', '>', '"', '\'']) {
        let small = name.to_lowercase().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let small = small.replace('"', "&quot;");
        spelled.extend(["&#39;", "&#x27;"].map(|apostrophe| small.replace('\'', apostrophe)));
        spelled.dedup();
    }
    spelled
}

/// As much of a name as no system cuts off.
fn start(name: &str) -> &str {
    name.char_indices().nth(SHORTEST_START).map_or(name, |(end, _)| &name[..end])
}

/// The name with its HTML entities decoded, also those that were encoded twice.
fn decode(name: &str) -> String {
    let once = html_escape::decode_html_entities(name);
    html_escape::decode_html_entities(&once).into_owned()
}

/// A decoded name without what a system may change on its way: compatible characters unified, marks and case removed, each run of
/// spaces one space. A name that can be read as a number may come back as one.
fn fold(decoded: &str) -> String {
    let is_seen = |c: &char| !unicode_normalization::char::is_combining_mark(*c) && !INVISIBLE.contains(c);
    let plain: String = decoded.nfkd().filter(is_seen).collect();
    let folded = plain.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    number(&folded).unwrap_or(folded)
}

/// The digits that count and the exponent of a number, however it is written: `-07`, `.5`, `+7`, `1,000` and `1e3` come back otherwise. Only
/// as many digits as any system keeps.
fn number(text: &str) -> Option<String> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let whole = whole.replace([',', '_'], "");
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let significant = digits.trim_start_matches('0');
    // Where the first of them stands.
    let zeros = i64::try_from(digits.len() - significant.len()).ok()?;
    let first = exponent.parse::<i64>().ok()?.checked_add(i64::try_from(whole.len()).ok()?)?.checked_sub(zeros)?;
    let kept = significant.get(..SURE_DIGITS).unwrap_or(significant).trim_end_matches('0');
    Some(if kept.is_empty() { "0".to_owned() } else { format!("{sign}{kept}e{first}") })
}

/// What is left of a text in a system that stores ASCII only.
fn storable(text: &str) -> String {
    let kept: String = text.chars().filter(|c| c.is_ascii() && *c != '?').collect();
    spaced(&kept)
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether UTF-8 needs four bytes for it.
fn is_astral(c: char) -> bool {
    c > '\u{ffff}'
}

#[cfg(test)]
mod tests;
