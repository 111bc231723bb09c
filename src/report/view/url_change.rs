//! The change of a URL, by part: scheme, host, path, each parameter of the query, fragment; and the macros that are lost and added.
//!
//! Knows no markup. Invariant: where two URLs differ there is at least one part, and a value is never cut, so that a view
//! that shortens can only shorten what both sides have in common.

use std::collections::HashMap;

use crate::offer::WebUrl;
use crate::policy::{Parameter, ScannedUrl, macros_missing_in};
use crate::report::diff;
use crate::report::escape::visible;

/// What differs between two URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct UrlChange {
    pub parts: Vec<PartChange>,
    /// The macros that only the URL before has.
    pub lost: Vec<String>,
    /// The macros that only the URL after has.
    pub added: Vec<String>,
}

/// One part that differs. Its texts are escaped and on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::report) struct PartChange {
    /// `host`, `path`, or a parameter as it stands in a URL: `?aff_id=`.
    pub part: String,
    /// `None` where the URL before does not have it.
    pub before: Option<String>,
    /// `None` where the URL after does not have it.
    pub after: Option<String>,
}

impl PartChange {
    /// Whether it is a parameter, whose name can be any text.
    pub(in crate::report) fn is_parameter(&self) -> bool {
        self.part.starts_with('?')
    }

    /// Both sides of a part that both URLs have. What is the same is shortened to `width` characters, what differs is whole.
    pub(in crate::report) fn sides(&self, width: usize) -> Option<[String; 2]> {
        let sides = self.before.as_deref().zip(self.after.as_deref());
        sides.map(|(before, after)| diff::around_whole_difference(before, after, width).into())
    }

    /// The change without the name of the part, with marked values: `#affid# → {aff_id}`, or `added: x`, or `removed: x`.
    pub(in crate::report) fn values(&self, width: usize, mark: impl Fn(&str) -> String) -> String {
        match (self.sides(width), &self.before, &self.after) {
            (Some([before, after]), ..) => format!("{} → {}", mark(&before), mark(&after)),
            (None, Some(before), _) => format!("removed: {}", mark(before)),
            (None, None, after) => format!("added: {}", mark(after.as_deref().unwrap_or_default())),
        }
    }
}

impl UrlChange {
    /// What differs; `None` where they are the same text.
    pub(super) fn of(before: &WebUrl, after: &WebUrl) -> Option<Self> {
        let (before, after) = (before.as_str(), after.as_str());
        if before == after {
            return None;
        }
        let macros = |of: &str, other: &str| {
            macros_missing_in(of, other).into_iter().map(|name| visible(name).into_owned()).collect()
        };
        Some(Self { parts: parts(before, after), lost: macros(before, after), added: macros(after, before) })
    }

    /// `host a.example → b.example; ?aff= removed: #affid#; macros lost: #affid#`. What is the same is shortened to `width` characters for a
    /// value, what differs is whole.
    pub(in crate::report) fn line(&self, width: usize) -> String {
        let part = |part: &PartChange| format!("{} {}", part.part, part.values(width, str::to_owned));
        let macros = self.macros().map(|(what, names)| format!("{what}: {}", names.join(" ")));
        self.parts.iter().map(part).chain(macros).collect::<Vec<_>>().join("; ")
    }

    /// `macros lost: #affid#`, `macros added: {aff_id}`
    pub(in crate::report) fn macros(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        let all = [("macros lost", &*self.lost), ("macros added", &*self.added)];
        all.into_iter().filter(|(_, names)| !names.is_empty())
    }
}

/// A URL in the parts that are compared.
struct Parts<'a> {
    single: [(&'static str, &'a str); 4],
    /// Each parameter by its name and its index among those of the name.
    names: Vec<(&'a str, usize)>,
    values: HashMap<(&'a str, usize), &'a str>,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let url = ScannedUrl::new(text);
        let start = text.find("://").unwrap_or_default();
        let query = url.query.map_or(0, |query| query.len() + 1);
        let fragment = start + "://".len() + url.host.len() + url.path.len() + query;
        let (scheme, fragment) = (&text[..start], text.get(fragment..).unwrap_or_default());
        let single = [("scheme", scheme), ("host", url.host), ("path", url.path), ("fragment", fragment)];
        let (mut counts, mut names, mut values) = (HashMap::new(), Vec::new(), HashMap::new());
        for Parameter { name, value } in url.parameters {
            let count: &mut usize = counts.entry(name).or_default();
            names.push((name, *count));
            values.insert((name, *count), value.unwrap_or_default());
            *count += 1;
        }
        Self { single, names, values }
    }
}

fn parts(before: &str, after: &str) -> Vec<PartChange> {
    let (old, new) = (Parts::of(before), Parts::of(after));
    let mut parts = Vec::new();
    let mut push = |part: &str, before: Option<&str>, after: Option<&str>| {
        let shown = |text: Option<&str>| text.map(|text| visible(text).into_owned());
        if before != after {
            parts.push(PartChange { part: visible(part).into_owned(), before: shown(before), after: shown(after) });
        }
    };
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    for ((part, before), (_, after)) in old.single.into_iter().zip(new.single) {
        push(part, some(before).as_deref(), some(after).as_deref());
    }
    let only_new = new.names.iter().filter(|name| !old.values.contains_key(name));
    for name in old.names.iter().chain(only_new) {
        push(&format!("?{}=", name.0), old.values.get(name).copied(), new.values.get(name).copied());
    }
    let common = |one: &Parts<'_>, other: &Parts<'_>| {
        let common = one.names.iter().filter(|name| other.values.contains_key(name)).map(|(name, _)| *name);
        common.collect::<Vec<_>>().join(", ")
    };
    let order = [common(&old, &new), common(&new, &old)];
    push("order of parameters", Some(&order[0]), Some(&order[1]));
    if parts.is_empty() {
        // Such as a `=` without a value, or a `?` without a parameter.
        let whole = |text: &str| Some(visible(text).into_owned());
        parts.push(PartChange { part: "spelling".to_owned(), before: whole(before), after: whole(after) });
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::offer::{Field, Value};

    fn url(text: &str) -> WebUrl {
        match Field::OfferUrl.parse(text) {
            Ok(Value::Url(url)) => url,
            other => panic!("{text}: {other:?}"),
        }
    }

    fn shown(before: &str, after: &str) -> Vec<String> {
        let Some(change) = UrlChange::of(&url(before), &url(after)) else { return Vec::new() };
        change.line(usize::MAX).split("; ").map(str::to_owned).collect()
    }

    #[test]
    fn each_part_that_differs_is_told_by_its_name() {
        let before = "https://track.example.com/aff_c?offer=#offerid#&a=#affid#&s=1&s=2#x";
        assert_eq!(shown(before, before), Vec::<String>::new());
        let after = "http://track.example.net/aff_d?offer=#offerid#&a=#affid&s=1&s=3&n={click.id}";
        assert_eq!(
            shown(before, after),
            [
                "scheme https → http",
                "host track.example.com → track.example.net",
                "path /aff_c → /aff_d",
                "fragment removed: #x",
                "?a= #affid# → #affid",
                "?s= 2 → 3",
                "?n= added: {click.id}",
                "macros lost: #affid#",
                "macros added: {click.id}",
            ]
        );
        assert_eq!(
            shown("https://a.example/?x=1&y=2", "https://a.example/?y=2&x=1"),
            ["order of parameters x, y → y, x"]
        );
        assert_eq!(
            shown("https://a.example/?x", "https://a.example/?x="),
            ["spelling https://a.example/?x → https://a.example/?x="]
        );
    }

    proptest! {
        #[test]
        fn urls_that_differ_have_a_part_that_does(
            before in "https://[a-c]{1,2}\\.example(/[ab]{0,2})?([?][a-c=&]{0,6})?(#[ab#]{0,4})?",
            after in "https://[a-c]{1,2}\\.example(/[ab]{0,2})?([?][a-c=&]{0,6})?(#[ab#]{0,4})?",
        ) {
            let change = UrlChange::of(&url(&before), &url(&after));
            prop_assert_eq!(change.is_none(), before == after);
            if let Some(UrlChange { parts, .. }) = change {
                prop_assert!(!parts.is_empty());
                prop_assert!(parts.iter().all(|part| part.before != part.after), "{:?}", parts);
            }
        }
    }
}
