//! Which settings differ from a commit.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{ListedSetting, is_decisive, listed, setting_of};
use crate::diagnostic::{Diagnostic, Label, SourceText, codes};
use crate::source::SourcePath;
use crate::words::first_and_more;

/// What a setting is where the file does not say it and there is no default.
const NOT_SET: &str = "not set";

/// More configurations than this are counted.
const SHOWN: usize = 5;

/// Git's attributes are others than at the commit, and one of them changes what git makes of the state.
pub(super) fn converted(state: &SourcePath, attribute: &str, reference: &str) -> Diagnostic {
    let message = format!(
        "`.gitattributes` differs from `{reference}`, and git changes or merges the state by an attribute (`{attribute}`): what an apply records could get lost"
    );
    Diagnostic::error(codes::review::SETTING, message).label(Label::file(state.clone())).help(
        "take the attribute off the state; if a person has seen that nothing of the state is lost by it, add `--accept-config`",
    )
}

/// The configuration of the commit is one that no command can read, so that its limits hold for nothing.
pub(super) fn unreadable(file: &SourcePath, problem: &str, reference: &str) -> Diagnostic {
    let message = format!(
        "the configuration of `{reference}` cannot be read ({problem}): what has changed since is not known, and its limits do not hold"
    );
    Diagnostic::error(codes::review::SETTING, message).label(Label::file(file.clone())).help(
        "read it with `git show`, and compare; if a person has seen that every setting and limit is right, add `--accept-config`",
    )
}

/// The configuration has another path than at the commit, and is compared with the one there.
pub(super) fn moved(file: &SourcePath, here: &str, there: &str, reference: &str) -> Diagnostic {
    let message = format!(
        "the configuration is `{here}` now; `{reference}` has none there, and has `{there}`: settings, offers and records are compared with those there"
    );
    Diagnostic::error(codes::review::SETTING, message).label(Label::file(file.clone())).help(
        "look whether it is the same project, and whether the CI jobs work in the new folder; if a person has seen that it is right, add \
         `--accept-config`",
    )
}

/// Nothing is compared, because the commit does not have the project, or it is not certain where: red although nothing was changed, since
/// a configuration that moves to another folder would look like the first one.
pub(super) fn not_compared(file: &SourcePath, now: &str, others: &[String], reference: &str) -> Diagnostic {
    let listed = listed(now).unwrap_or_default();
    let decides = listed.iter().filter(|(name, setting)| is_decisive(name) && !setting.value.is_empty());
    let decides: Vec<_> = decides.map(|(name, setting)| format!("`{name}` is `{}`", setting.value)).collect();
    let what = if decides.is_empty() { "every setting".to_owned() } else { decides.join(", ") };
    let (which, help) = if others.is_empty() {
        (
            String::new(),
            "the first configuration of a repository has to be seen once; if a person has seen that it is right, add `--accept-config`",
        )
    } else {
        let others = first_and_more(others.iter().map(|other| format!("`{other}`")), SHOWN);
        (
            format!(". Which of these it was there is not certain: {others}"),
            "move one project in a branch; if a person has compared the settings, the offers and the state with those there, add \
             `--accept-config`",
        )
    };
    let message = format!(
        "`{reference}` has no configuration here to compare with, so its settings, offers, records and limits were not compared; new is: {what}{which}"
    );
    Diagnostic::error(codes::review::SETTING, message).label(Label::file(file.clone())).help(help)
}

/// The settings that differ: those that decide as errors, the others as warnings. A name that is added says nothing of an offer.
/// What the branch has as every commit from which it comes is no change of the branch.
pub(super) fn changes(
    file: &SourcePath,
    then: Option<&str>,
    bases: &[Option<&str>],
    now: &str,
    reference: &str,
) -> Vec<Diagnostic> {
    // A file that is no TOML has its own error, and no plan.
    let Some(now_listed) = listed(now) else { return Vec::new() };
    // `unreadable` and `not_compared` say that there is nothing to compare with.
    let Some(then) = then.and_then(listed) else { return Vec::new() };
    let bases: Vec<_> = bases.iter().map(|base| base.and_then(listed)).collect();
    let source = SourceText::new(file.clone(), now);
    let names: BTreeSet<&String> = now_listed.keys().chain(then.keys()).collect();
    let change = |name: &String| {
        let (before, after) = (then.get(name), now_listed.get(name));
        let value = |setting: Option<&ListedSetting>| setting.map(|setting| setting.value.clone()).unwrap_or_default();
        // One of an environment may take the place of one that stands around it.
        let is_new_name =
            setting_of(name).starts_with("names.") && !then.contains_key(name) && !then.contains_key(setting_of(name));
        let is_same =
            |base: &Option<BTreeMap<_, _>>| base.as_ref().is_some_and(|base| value(base.get(name)) == value(after));
        let is_of_base = bases.iter().all(is_same);
        (value(before) != value(after) && !is_new_name && !is_of_base).then(|| {
            let at = after.and_then(|setting| setting.at.clone());
            let label = at.map_or_else(|| Label::file(file.clone()), |at| source.label_of_bytes(at));
            changed(name, &value(before), &value(after), reference).label(label)
        })
    };
    // Names come last, as what they do to the offers is in the plan; but a currency is money of every offer that will have it.
    let (of_names, settings): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| {
        let setting = setting_of(name);
        setting.starts_with("names.") && !setting.starts_with("names.currencies.")
    });
    settings.into_iter().chain(of_names).filter_map(change).collect()
}

fn changed(name: &str, before: &str, after: &str, reference: &str) -> Diagnostic {
    let shown = |value: &str| if value.is_empty() { NOT_SET.to_owned() } else { format!("`{value}`") };
    let message = format!("`{name}` is {}, and {} at `{reference}`", shown(after), shown(before));
    if is_decisive(name) {
        Diagnostic::error(codes::review::SETTING, message)
            .help("it decides what an apply does; if a person has seen that it is right, add `--accept-config`")
    } else {
        Diagnostic::warning(codes::review::SETTING, message)
    }
}
