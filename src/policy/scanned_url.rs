//! A URL taken apart, once for all lints and for the views: its macros, its host, and the parameters of its query.
//!
//! Reads what the author wrote, not what a browser would make of it: a `#` that belongs to a macro does not begin a fragment.

use std::collections::HashSet;

use super::macros::{Dialect, is_known};

/// A macro, such as `#affid#` or `{{click.id}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Macro<'a> {
    pub(super) dialect: Dialect,
    /// The name without its signs.
    pub(crate) name: &'a str,
    /// The macro as it is written.
    pub(crate) written: &'a str,
}

/// `name=value` in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a str,
    /// `None` without a `=`.
    pub(crate) value: Option<&'a str>,
}

#[derive(Debug)]
pub(crate) struct ScannedUrl<'a> {
    pub(super) text: &'a str,
    pub(crate) macros: Vec<Macro<'a>>,
    /// The name of a macro of which one `#` is missing.
    pub(super) open: Option<&'a str>,
    /// The host as written, with the port.
    pub(crate) host: &'a str,
    /// What stands between the host and the query.
    pub(crate) path: &'a str,
    /// What stands between the first `?` and the fragment.
    pub(crate) query: Option<&'a str>,
    pub(crate) parameters: Vec<Parameter<'a>>,
    pub(super) has_percent: bool,
    /// After the scheme.
    pub(super) has_capitals: bool,
}

impl<'a> ScannedUrl<'a> {
    /// One pass over the bytes: a tree has many URLs, and nearly all of them are as they should be.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut url = Self {
            text,
            macros: Vec::new(),
            open: None,
            host: "",
            path: "",
            query: None,
            parameters: Vec::new(),
            has_percent: false,
            has_capitals: false,
        };
        let start = after_scheme(text);
        let (mut at, mut query, mut fragment) = (0, None, None);
        while let Some(byte) = text.as_bytes().get(at) {
            match byte {
                b'#' | b'{' => at += url.read_sign(at, &mut fragment),
                b'?' if fragment.is_none() => {
                    query.get_or_insert(at);
                }
                b'%' => url.has_percent = true,
                b'A'..=b'Z' if at >= start => url.has_capitals = true,
                _ => {}
            }
            at += 1;
        }
        let end = fragment.unwrap_or(text.len());
        let before = text.get(start..query.unwrap_or(end)).unwrap_or_default();
        (url.host, url.path) = before.split_at(before.find('/').unwrap_or(before.len()));
        url.query = query.and_then(|at| text.get(at + 1..end));
        url.parameters = url.query.map_or_else(Vec::new, parameters);
        url
    }

    /// Reads the macro that begins at this `#` or `{`, and gives how many bytes more than one it has.
    fn read_sign(&mut self, at: usize, fragment: &mut Option<usize>) -> usize {
        let rest = &self.text[at..];
        let (dialect, length) = if rest.starts_with('#') {
            (Dialect::Hash, hash_length(rest))
        } else {
            (Dialect::Braces, brace_length(rest))
        };
        if let Some(length) = length {
            let written = &rest[..length];
            let name = written.trim_matches(|c| matches!(c, '#' | '{' | '}'));
            self.macros.push(Macro { dialect, name, written });
            return length - 1;
        }
        if dialect == Dialect::Hash {
            match open_at(self.text, at) {
                Some(name) => self.open = self.open.or(Some(name)),
                None => *fragment = fragment.or(Some(at)),
            }
        }
        0
    }

    pub(super) fn has(&self, is: impl Fn(Dialect, &str) -> bool) -> bool {
        self.macros.iter().any(|found| is(found.dialect, found.name))
    }
}

impl<'a> Parameter<'a> {
    /// The value, where it is a fixed text: without a macro, and not empty.
    pub(super) fn constant(&self) -> Option<&'a str> {
        self.value.filter(|value| !value.is_empty() && !value.contains(['{', '#', '%']))
    }
}

/// The macros of a URL that another one does not have, in either dialect, each once.
pub(crate) fn macros_missing_in<'a>(url: &'a str, other: &str) -> Vec<&'a str> {
    let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let there: HashSet<String> = ScannedUrl::new(other).macros.iter().map(|other| plain(other.name)).collect();
    let mut told = HashSet::new();
    let mut missing = ScannedUrl::new(url).macros;
    missing.retain(|found| !there.contains(&plain(found.name)) && told.insert(found.written));
    missing.into_iter().map(|found| found.written).collect()
}

/// Where the host begins.
fn after_scheme(text: &str) -> usize {
    text.find(':').filter(|at| text[*at..].starts_with("://")).map_or(0, |at| at + 3)
}

fn parameters(query: &str) -> Vec<Parameter<'_>> {
    let mut parameters = Vec::with_capacity(6);
    let (mut start, mut equals) = (0, None);
    let bytes = query.bytes().map(Some).chain([None]);
    for (at, byte) in bytes.enumerate() {
        match byte {
            Some(b'=') => {
                equals.get_or_insert(at);
            }
            Some(b'&') | None => {
                let (name, value) = match equals.take() {
                    Some(equals) => (&query[start..equals], Some(&query[equals + 1..at])),
                    None => (&query[start..at], None),
                };
                parameters.push(Parameter { name, value });
                start = at + 1;
            }
            Some(_) => {}
        }
    }
    parameters
}

/// The name of the macro that the lone `#` at this byte belongs to; `None` for the beginning of a fragment.
fn open_at(text: &str, at: usize) -> Option<&str> {
    let (before, after) = (&text[..at], &text[at + 1..]);
    let name = |text: &str| text.find(|c: char| !is_of_name(c)).unwrap_or(text.len());
    let next = &after[..name(after)];
    let last = before.rsplit(|c: char| !is_of_name(c)).next().unwrap_or_default();
    let is_macro = |name: &str| is_known(Dialect::Hash, name);
    if before.ends_with('=') || is_macro(next) && !before.ends_with('/') {
        return Some(next);
    }
    // `=affid#`: only the first sign is missing.
    (is_macro(last) && before[..before.len() - last.len()].ends_with('=')).then_some(last)
}

/// The length of the `#macro#` that the text begins with.
fn hash_length(text: &str) -> Option<usize> {
    let name = text.get(1..)?;
    let length = name.find(|c: char| !is_of_name(c))?;
    (length > 0 && name[length..].starts_with('#')).then_some(length + 2)
}

/// The length of the `{macro}` or `{{macro}}` that the text begins with.
fn brace_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether a macro's name may have the character.
pub(super) fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<&str> {
        ScannedUrl::new(text).macros.iter().map(|found| found.name).collect()
    }

    #[test]
    fn a_macro_that_is_written_otherwise_is_not_missing() {
        let before = "https://a.example/?a={aff_id}&r=#reqid#&q=#reqid#";
        assert!(macros_missing_in(before, "https://b.example/?a=#affid#&r={req_id}&s=#s1#").is_empty());
        assert_eq!(macros_missing_in(before, "https://a.example/?a={affid}"), ["#reqid#"]);
    }

    #[test]
    fn macros_of_both_forms_are_found() {
        assert_eq!(names("https://a.example/?a=#affid#&s=#s2##s3#&c={{click.id}}"), ["affid", "s2", "s3", "click.id"]);
        assert_eq!(names("https://a.example/page#top?x={sub1}"), ["sub1"]);
        assert_eq!(names("https://a.example/#/lp?a=#affid#"), ["affid"]);
        assert_eq!(names("https://a.example/?a=##&b=#a b"), [""; 0]);
    }

    #[test]
    fn a_fragment_begins_at_a_lone_hash_only() {
        let url = ScannedUrl::new("https://a.example:8443/lp/x?a=#affid#&b=1&c#top?d=2");
        assert_eq!((url.host, url.path, url.query), ("a.example:8443", "/lp/x", Some("a=#affid#&b=1&c")));
        let values: Vec<_> = url.parameters.iter().map(|parameter| (parameter.name, parameter.value)).collect();
        assert_eq!(values, [("a", Some("#affid#")), ("b", Some("1")), ("c", None)]);
        assert_eq!(url.open, None);
    }

    #[test]
    fn a_macro_with_one_sign_is_open_and_no_fragment() {
        let open = |text: &'static str| ScannedUrl::new(text).open;
        assert_eq!(open("https://a.example/?r=#reqid"), Some("reqid"));
        assert_eq!(open("https://a.example/?r=#reqid&a=#affid#"), Some("reqid"));
        assert_eq!(open("https://a.example/?r=reqid#&a=1"), Some("reqid"));
        assert_eq!(open("https://a.example/?r=##reqid##"), Some(""));
        assert_eq!(open("https://a.example/lp#prices"), None);
        assert_eq!(open("https://a.example/#/lp?a=#affid#"), None);
        assert_eq!(open("https://a.example/?a=1#price-list"), None);
        assert_eq!(open("https://a.example/lp/#s1"), None, "the id of a section of the page");
        let url = ScannedUrl::new("https://a.example/?r=#reqid&a=1&a=2#top");
        assert_eq!(url.query, Some("r=#reqid&a=1&a=2"));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(text in "\\PC{0,60}", signs in "[#{}?&=/:a1%.é]{0,60}") {
            for text in [text, signs] {
                let url = ScannedUrl::new(&text);
                prop_assert!(url.macros.iter().all(|found| text.contains(found.written)));
            }
        }
    }
}
