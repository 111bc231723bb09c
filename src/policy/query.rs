//! The lints of the query of a URL, and of what was left to be replaced.

use std::borrow::Cow;
use std::net::IpAddr;

use super::finding::Finding;
use super::macros::{Dialect, is_affiliate};
use super::scanned_url::{Parameter, ScannedUrl};
use super::subject::Subject;
use crate::config::LintLevel;
use crate::offer::{Field, url_form};

pub(super) fn duplicate_parameter(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        let is_list = |name: &str| name.is_empty() || name.ends_with("[]") || name.ends_with("%5B%5D");
        let mut names: Vec<_> =
            url.parameters.iter().map(|parameter| parameter.name).filter(|name| !is_list(name)).map(Name::of).collect();
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0].form == pair[1].form).map(|pair| pair[1].written);
        if let Some(name) = twice {
            let message = format!("`{field}` has the parameter `{name}` twice");
            let finding = Finding::new(field, message, "remove one of them: which one is read is not known");
            found.push(finding.at(url.text, name));
        }
    }
}

/// The name of a parameter, ordered by what a server reads.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name<'a> {
    form: Cow<'a, str>,
    written: &'a str,
}

impl<'a> Name<'a> {
    fn of(written: &'a str) -> Self {
        let form = if written.contains('%') { Cow::Owned(url_form(written)) } else { Cow::Borrowed(written) };
        Self { form, written }
    }
}

pub(super) fn empty_parameter(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        if let Some(empty) = url.parameters.iter().find(|parameter| parameter.value == Some("")) {
            let message = format!("`{field}` has the parameter `{}` without a value", empty.name);
            let finding = Finding::new(field, message, "write its value or its macro, or remove it");
            found.push(finding.at(url.text, empty.name));
        }
    }
}

pub(super) fn query_syntax(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for (field, url) in subject.urls() {
        if let Some((what, help)) = query_fault(url) {
            found.push(Finding::new(field, format!("the query of `{field}` {what}"), help));
        }
    }
}

fn query_fault(url: &ScannedUrl<'_>) -> Option<(&'static str, &'static str)> {
    if url.path.contains('&') && url.path.split('&').skip(1).any(|part| part.contains('=')) {
        return Some(("begins with `&`", "write `?` before the first parameter"));
    }
    let (_, followed) = url.parameters.split_last()?;
    if url.parameters.iter().skip(1).any(|parameter| parameter.name.starts_with("amp;")) {
        return Some(("has `&amp;`, the form of an HTML page", "write `&` alone"));
    }
    if followed.iter().any(|parameter| parameter.name.is_empty() && parameter.value.is_none()) {
        return Some(("has an empty parameter", "write one `&` between two parameters, and none after the `?`"));
    }
    // A URL as a value has a query of its own.
    let is_second = |parameter: &Parameter<'_>| {
        let value = parameter.value.unwrap_or(parameter.name);
        value.split_once('?').is_some_and(|(before, after)| !before.contains("://") && after.contains('='))
    };
    if url.parameters.iter().any(is_second) {
        return Some(("has a second `?`", "write `&` between parameters"));
    }
    let ends_with_sign = |value: &str| value.ends_with("#?") || value.ends_with("}?");
    let is_left = |parameter: &Parameter<'_>| parameter.value.is_some_and(ends_with_sign);
    url.parameters
        .iter()
        .any(is_left)
        .then_some(("has a `?` after a macro", "remove it: it would be sent with the value"))
}

/// Words that stand for a value, whole or as a part between other signs; in capitals only, because some are words of other languages.
const PLACEHOLDERS: &[&str] = &[
    "REPLACE_ME",
    "REPLACEME",
    "REPLACE-ME",
    "CHANGE_ME",
    "CHANGEME",
    "CHANGE-ME",
    "TODO",
    "FIXME",
    "TBD",
    "PLACEHOLDER",
];

pub(super) fn placeholder(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    if !subject.is_active() {
        return;
    }
    for (field, url) in subject.urls() {
        // Any page can be a preview.
        let host = (field == Field::OfferUrl).then(|| unusable_host(url.host)).flatten();
        let Some(left) = host.or_else(|| left_in(url)) else { continue };
        let message = format!("`{field}` of an active offer has a placeholder: `{left}`");
        let help = "put the real value in, or set `offer_status: pending` until it is known";
        let finding = Finding::new(field, message, help).at(url.text, left);
        found.push(finding.level_if(subject.has_recorded(&[field, Field::OfferStatus]), LintLevel::Warn));
    }
}

/// A host that is no advertiser's.
fn unusable_host(host: &str) -> Option<&str> {
    const HOSTS: [&str; 11] = [
        "example.com",
        "www.example.com",
        "example.org",
        "www.example.org",
        "example.net",
        "www.example.net",
        "yourdomain.com",
        "www.yourdomain.com",
        "localhost",
        "0.0.0.0",
        "[::]",
    ];
    let end = host.rfind(']').map_or_else(|| host.find(':'), |end| Some(end + 1)).unwrap_or(host.len());
    let name = host[..end].trim_end_matches('.');
    let is_in_a_network = || {
        let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| match address.to_canonical() {
            IpAddr::V4(address) => address.is_loopback() || address.is_private() || address.is_link_local(),
            IpAddr::V6(address) => {
                address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
            }
        })
    };
    let has_no_public_name = || {
        let last = name.rsplit_once('.').map(|(_, last)| last);
        last.is_some_and(|last| ["local", "localhost", "invalid"].iter().any(|known| known.eq_ignore_ascii_case(last)))
    };
    (HOSTS.iter().any(|known| known.eq_ignore_ascii_case(name)) || has_no_public_name() || is_in_a_network())
        .then_some(host)
}

fn left_in<'a>(url: &ScannedUrl<'a>) -> Option<&'a str> {
    let rest = url.text.split_once(':').map_or(url.text, |(_, rest)| rest);
    // A form may ask for `YOUR_STATE`; only what a parameter is set to is to be replaced.
    let is_name = |word: &str| {
        let begun = url.parameters.partition_point(|parameter| parameter.name.as_ptr() <= word.as_ptr());
        let last = url.parameters[..begun].last().filter(|parameter| parameter.value.is_some());
        last.is_some_and(|parameter| parameter.name.as_bytes().as_ptr_range().contains(&word.as_ptr()))
    };
    let is_yours = |word: &str| (word.starts_with("YOUR_") || word.starts_with("YOUR-")) && !is_name(word);
    let is_placeholder = |word: &&str| PLACEHOLDERS.contains(word) || is_yours(word);
    let word = || rest.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).find(is_placeholder);
    let value = || url.parameters.iter().find_map(left_in_parameter);
    // Most URLs have neither.
    if url.has_capitals { word().or_else(value) } else { value() }
}

/// `sub=xxx`, `transaction_id=transaction_id`, `aff=<id>`.
fn left_in_parameter<'a>(parameter: &Parameter<'a>) -> Option<&'a str> {
    // Brackets may be encoded, unlike what is constant.
    let is_in_brackets =
        |value: &&str| in_brackets(value).is_some_and(|word| is_name_of_id(word) || is_thing(word) || is_yours(word));
    if let Some(value) = parameter.value.filter(is_in_brackets) {
        return Some(value);
    }
    let value = parameter.constant()?;
    let is_crossed = value.len() >= 3 && value.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'));
    let is_bracketed = value.len() > 2 && value.starts_with('<') && value.ends_with('>');
    let is_yours =
        is_yours(value) || PLACEHOLDERS.iter().any(|word| word.len() > 5 && word.eq_ignore_ascii_case(value));
    (is_crossed || is_bracketed || is_yours || is_name_of_id(value)).then_some(value)
}

/// What is between the brackets of `[NAME]`, also where they are encoded. A list of values is none.
fn in_brackets(value: &str) -> Option<&str> {
    let open = value.strip_prefix('[').or_else(|| value.strip_prefix("%5B")).or_else(|| value.strip_prefix("%5b"))?;
    let inside = open.strip_suffix(']').or_else(|| open.strip_suffix("%5D")).or_else(|| open.strip_suffix("%5d"))?;
    Some(inside.trim_matches(['[', ']']))
}

/// `YOUR_NAME` in capitals is always a placeholder; in small letters, and after other words, if what is to be replaced is the name of such a
/// thing: a campaign may be called `your_mortgage`, or `ENTER_TO_WIN`.
fn is_yours(value: &str) -> bool {
    let mut words = value.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let is_next_thing = |words: &mut dyn Iterator<Item = &str>| words.next().is_some_and(is_thing);
    match words.next() {
        Some("ENTER" | "INSERT") => {
            words.next_if_eq(&"YOUR");
            is_next_thing(&mut words)
        }
        Some("YOUR") if value.starts_with("YOUR_") => true,
        // `your-account` is also the name of a page.
        Some(word) if word.eq_ignore_ascii_case("your") => value.get(4..5) == Some("_") && is_next_thing(&mut words),
        Some(word) => word.strip_prefix("YOUR").is_some_and(is_thing),
        None => false,
    }
}

/// A name of what is different for each user.
fn is_thing(word: &str) -> bool {
    const THINGS: [&str; 26] = [
        "aff",
        "affiliate",
        "affid",
        "affsub",
        "account",
        "api",
        "campaign",
        "click",
        "clickid",
        "code",
        "company",
        "domain",
        "id",
        "key",
        "link",
        "name",
        "network",
        "offer",
        "partner",
        "publisher",
        "site",
        "source",
        "sub",
        "subid",
        "token",
        "value",
    ];
    THINGS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The name of a macro where its value should be.
fn is_name_of_id(value: &str) -> bool {
    const IDS: [&str; 22] = [
        "transaction_id",
        "transactionid",
        "click_id",
        "clickid",
        "aff_id",
        "affid",
        "affiliate_id",
        "affiliateid",
        "offer_id",
        "offerid",
        "sub_id",
        "subid",
        "reqid",
        "req_id",
        "oreqid",
        "vstid",
        "campid",
        "campaign_id",
        "leadid",
        "lead_id",
        "publisher_id",
        "partner_id",
    ];
    IDS.iter().any(|id| id.eq_ignore_ascii_case(value))
}

/// Parameters that mean the affiliate.
const AFFILIATE: [&str; 7] = ["aff", "affid", "aff_id", "affiliate", "affiliate_id", "affiliateid", "publisher_id"];

/// Parameters that mean the affiliate's own ids.
const SUB_ID: [&str; 10] = ["sub", "subid", "sub_id", "sub1", "sub2", "aff_sub", "s1", "s2", "s3", "sub3"];

/// Parameters that mean the click.
const CLICK: [&str; 7] = ["reqid", "req_id", "click_id", "clickid", "transaction_id", "transactionid", "vstid"];

pub(super) fn literal_id(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(url) = &subject.offer_url else { return };
    let passes_affiliate = url.has(is_affiliate);
    let is = |names: &[&str], name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    let fixed = url.parameters.iter().find_map(|parameter| {
        let value = parameter.constant().filter(|value| left_in_parameter(parameter) != Some(value))?;
        // A word may be the name of a source; a number is an id.
        let is_number = value.len() > 1 && value.bytes().all(|byte| byte.is_ascii_digit());
        let example = match parameter.name {
            name if is(&AFFILIATE, name) && !passes_affiliate => "affid",
            name if is(&SUB_ID, name) && is_number => "s2",
            name if is(&CLICK, name) => "reqid",
            _ => return None,
        };
        Some((parameter.name, value, example))
    });
    let Some((name, value, example)) = fixed else { return };
    let is_braced = url.macros.first().is_some_and(|first| first.dialect == Dialect::Braces);
    let example = match example {
        "affid" if is_braced => "{aff_id}".to_owned(),
        "reqid" if is_braced => "{transaction_id}".to_owned(),
        "s2" if is_braced => "{sub2}".to_owned(),
        example => format!("#{example}#"),
    };
    let message = format!("`{name}={value}` in `offer_url` is the same for every click");
    let help = format!(
        "write a macro, such as `{name}={example}`; a link that was copied from one affiliate has such a value"
    );
    found.push(Finding::new(Field::OfferUrl, message, help).at(url.text, value));
}
