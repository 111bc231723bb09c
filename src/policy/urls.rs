//! The lints of macros and of the scheme.

use std::ops::Range;

use super::finding::Finding;
use super::macros::{Dialect, is_click_id, is_known, is_offer, nearest};
use super::scanned_url::{Macro, Parameter, ScannedUrl, is_of_name};
use super::subject::Subject;
use crate::config::LintLevel;
use crate::offer::Field;

/// `://` in a URL that is the value of a parameter.
const ENCODED_URL: &[u8] = b"%3a%2f%2f";

/// What CAKE replaces, for the help.
const MACROS: &str = "#affid#, #oid#, #campid#, #cid#, #s1# to #s5#, #reqid#, #oreqid# and #vstid#";

pub(super) fn unknown_macro(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        let is_unknown =
            |found: &&Macro<'_>| found.name.chars().all(is_of_name) && !is_known(found.dialect, found.name);
        for unknown in url.macros.iter().filter(is_unknown) {
            let message = format!("`{field}` has an unknown macro `{}`", unknown.written);
            let help = match nearest(unknown.dialect, unknown.name) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("in offer links CAKE replaces {MACROS}"),
            };
            found.push(Finding::new(field, message, help).at(url.text, unknown.written));
        }
    }
}

pub(super) fn mixed_dialect(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        let first = |dialect| url.macros.iter().find(|found| found.dialect == dialect);
        if let (Some(hash), Some(braces)) = (first(Dialect::Hash), first(Dialect::Braces)) {
            let message = format!("`{field}` has macros of two platforms: `{}` and `{}`", hash.written, braces.written);
            let help = "write all of them in the form that your CAKE replaces";
            found.push(Finding::new(field, message, help));
        }
    }
}

pub(super) fn open_macro(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        let Some(name) = url.open else { continue };
        let message = format!("a macro in `{field}` has only one `#`");
        let help = if is_known(Dialect::Hash, name) {
            format!("write `#{name}#`; what follows a `#` that stands alone is not sent")
        } else {
            "write the macro with `#` on both sides, or `%23` for the sign itself".to_owned()
        };
        found.push(Finding::new(field, message, help).at(url.text, name));
    }
}

pub(super) fn no_click_id(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(url) = subject.offer_url.as_ref().filter(|_| subject.is_active()) else { return };
    // CAKE's API documents `…?offer_id={offer_id}&aff_id={aff_id}`: a tracking link, at which the click's id only comes into being.
    let is_tracking_link = |dialect: Dialect, name: &str| dialect == Dialect::Braces && is_offer(dialect, name);
    if url.has(is_click_id) || url.has(is_tracking_link) || open_click_id(url) {
        return;
    }
    let example =
        if url.macros.iter().any(|found| found.dialect == Dialect::Braces) { "{transaction_id}" } else { "#reqid#" };
    let message = "`offer_url` does not pass the click's id, so a postback cannot be attributed";
    let help = format!(
        "add `{example}` in the parameter that the advertiser names; where the advertiser uses pixels only, allow it in `sync.allow`"
    );
    found.push(Finding::new(Field::OfferUrl, message, help));
}

/// A click id that is there and damaged has a finding of its own.
fn open_click_id(url: &ScannedUrl<'_>) -> bool {
    url.open.is_some_and(|name| is_click_id(Dialect::Hash, name))
        || encoded(url).is_some_and(|(name, _)| is_click_id(Dialect::Braces, name) || is_click_id(Dialect::Hash, name))
}

pub(super) fn encoded_macro(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        let Some((name, written)) = encoded(url) else { continue };
        let written = &url.text[written];
        let plain = if written.contains("23") && !written.contains(['{', '}']) || written.contains('#') {
            format!("#{name}#")
        } else {
            format!("{{{name}}}")
        };
        let message = format!("`{field}` has a percent-encoded macro `{written}`, which is not replaced");
        let help = format!("write `{plain}`, with the URL in quotes");
        let finding = Finding::new(field, message, help).at(url.text, written);
        found.push(finding.level_if(subject.has_recorded(&[field]), LintLevel::Warn));
    }
}

/// The first encoded macro: its name, and where it is with its signs.
fn encoded<'a>(url: &ScannedUrl<'a>) -> Option<(&'a str, Range<usize>)> {
    // Encoded once, or twice.
    const SIGNS: [(&str, &str, [&str; 2]); 4] = [
        ("%23", "%23", ["#", "#"]),
        ("%7b", "%7d", ["{", "}"]),
        ("%2523", "%2523", ["#", "#"]),
        ("%257b", "%257d", ["{", "}"]),
    ];
    let text = Some(url.text).filter(|_| url.has_percent)?;
    let begins = |at: usize, sign: &str| {
        text.as_bytes().get(at..at + sign.len()).is_some_and(|bytes| bytes.eq_ignore_ascii_case(sign.as_bytes()))
    };
    // In a URL that is itself a value everything is encoded, and macros are those of whom it is for.
    let is_url = |parameter: &&Parameter<'_>| {
        let value = parameter.value.unwrap_or_default().as_bytes();
        value.windows(ENCODED_URL.len()).any(|part| part.eq_ignore_ascii_case(ENCODED_URL))
    };
    let urls: Vec<_> = url.parameters.iter().filter(is_url).filter_map(|parameter| parameter.value).collect();
    let is_in_url =
        |at: &usize| urls.iter().any(|value| value.as_bytes().as_ptr_range().contains(&text[*at..].as_ptr()));
    text.match_indices('%').filter(|(at, _)| !is_in_url(at)).find_map(|(at, _)| {
        // One of the two signs may be written as it is.
        let (open, close, plain) = SIGNS.into_iter().find(|(open, close, _)| begins(at, open) || begins(at, close))?;
        let [plain_open, plain_close] = plain;
        let after_name = |start: usize| text[start..].find(|c: char| !is_of_name(c)).map(|length| start + length);
        let (start, end, written) = if begins(at, open)
            && let Some(end) = after_name(at + open.len())
            && let Some(close) = [close, plain_close].into_iter().find(|close| begins(end, close))
        {
            (at + open.len(), end, at..end + close.len())
        } else {
            let before = text[..at].trim_end_matches(is_of_name);
            let sign = before.strip_suffix(plain_open).filter(|_| begins(at, close))?;
            (before.len(), at, sign.len()..at + close.len())
        };
        let name = &text[start..end];
        // `%23` also begins a word of a social network.
        (!name.is_empty() && (close != open || is_known(Dialect::Hash, name))).then_some((name, written))
    })
}

pub(super) fn http(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        if url.text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://")) {
            let message = format!("`{field}` is not encrypted");
            found.push(Finding::new(field, message, "write `https://`, after a look whether the page answers there"));
        }
    }
}
