//! The value of a configured name: the id alone, `acme = 101`, or with CAKE's own name beside it, `acme = { id = 101, name = "ACME Ltd" }`.
//!
//! CAKE's own name decides nothing. `names pull` writes it, to tell later that CAKE has renamed what the id stands for.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Bytes, kind_of};
use crate::diagnostic::{Code, closest, codes};
use crate::offer::{Field, Value};

/// The member with the id.
pub(super) const ID: &str = "id";
/// The member with CAKE's own name.
pub(super) const NAME: &str = "name";

/// A configured name's value. Without an id where the file has none that can be used.
#[derive(Debug, Default)]
pub(super) struct NamedId {
    pub(super) id: Option<Value>,
    pub(super) name_in_cake: Option<Box<str>>,
}

/// What is wrong with a value, with its place.
pub(super) struct NamedIdProblem {
    pub(super) code: Code,
    pub(super) message: String,
    pub(super) at: Bytes,
    pub(super) help: String,
}

/// Reads the value of a name. `full` is the name with its table, as messages show it.
pub(super) fn read(
    field: Field,
    full: &str,
    name: &str,
    value: &Spanned<DeValue<'_>>,
) -> (NamedId, Vec<NamedIdProblem>) {
    let mut problems = Vec::new();
    let mut read = NamedId::default();
    match value.get_ref() {
        DeValue::Table(members) => {
            if let Some(id) = members.get(ID) {
                read.id = id_of(field, &format!("{full}.{ID}"), ID, id, &mut problems);
            } else {
                let help = format!("write `{name} = {{ id = ID }}` with the id that CAKE shows");
                let message = format!("`{full}` has no `{ID}`");
                problems.push(NamedIdProblem { code: codes::config::WRONG_TYPE, message, at: value.span(), help });
            }
            read.name_in_cake = name_in(full, members, &mut problems);
            problems.extend(members.iter().filter_map(|(key, _)| unknown(full, key)));
        }
        _ => read.id = id_of(field, full, name, value, &mut problems),
    }
    (read, problems)
}

fn id_of(
    field: Field,
    full: &str,
    name: &str,
    value: &Spanned<DeValue<'_>>,
    problems: &mut Vec<NamedIdProblem>,
) -> Option<Value> {
    let id = match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => field.parse(number.as_str()).ok(),
        _ => None,
    };
    if id.is_none() {
        let (code, help) = match value.get_ref() {
            DeValue::Integer(_) => {
                (codes::config::BAD_VALUE, format!("`{field}` is the id that CAKE shows: 1 or more"))
            }
            DeValue::String(_) => (codes::config::WRONG_TYPE, "remove the quotes".to_owned()),
            _ => (codes::config::WRONG_TYPE, format!("write `{name} = ID` with the id that CAKE shows")),
        };
        let message = format!("`{full}` takes an id, a positive whole number");
        problems.push(NamedIdProblem { code, message, at: value.span(), help });
    }
    id
}

fn name_in(full: &str, members: &DeTable<'_>, problems: &mut Vec<NamedIdProblem>) -> Option<Box<str>> {
    let value = members.get(NAME)?;
    if let DeValue::String(text) = value.get_ref() {
        return Some(Box::from(&**text));
    }
    let message = format!("`{full}.{NAME}` takes text, not {}", kind_of(value.get_ref()));
    let help = "it is the name that CAKE shows, in quotes; `offersync names pull` writes it".to_owned();
    problems.push(NamedIdProblem { code: codes::config::WRONG_TYPE, message, at: value.span(), help });
    None
}

fn unknown(full: &str, key: &Spanned<std::borrow::Cow<'_, str>>) -> Option<NamedIdProblem> {
    let found: &str = key.get_ref();
    if [ID, NAME].contains(&found) {
        return None;
    }
    let help = match closest(found, [ID, NAME]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("here can stand: `{ID}`, `{NAME}`"),
    };
    let message = format!("there is no setting `{full}.{found}`");
    Some(NamedIdProblem { code: codes::config::UNKNOWN_KEY, message, at: key.span(), help })
}
