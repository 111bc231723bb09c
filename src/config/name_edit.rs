//! Writes names into the text of `offersync.toml`: every comment, every other setting and their order are kept.
//!
//! Invariant: the new text, read back, has the names that were asked for and is otherwise equal to the old one; else there is no new
//! text.

use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

use super::environments;
use super::find::LARGEST;
use super::named_id::{ID, NAME};
use crate::characters::is_invisible;
use crate::offer::AdvertiserId;

/// The mark with which some editors begin a file.
const MARK: &str = "\u{feff}";

/// A name to add, or what CAKE calls it to write beside a name that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NameEdit {
    pub(crate) name: String,
    pub(crate) id: AdvertiserId,
    pub(crate) name_in_cake: String,
}

/// The file is written in a way in which names cannot be added without changing anything else.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("names cannot be written into offersync.toml without changing anything else in it: {0}")]
pub struct NameEditError(String);

/// The text with these names under `[names.advertisers]`, or that table of an environment, new ones at the end of the table.
pub(crate) fn edit_names(text: &str, environment: Option<&str>, edits: &[NameEdit]) -> Result<String, NameEditError> {
    let (mark, text) = text.strip_prefix(MARK).map_or(("", text), |rest| (MARK, rest));
    let line_end = line_end(text)?;
    let text = text.replace("\r\n", "\n");
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| refused(error.message()))?;
    let before = read(&text)?;
    let path = environment.map(|name| [environments::TABLE, name]);
    let path = path.as_ref().map_or(&[][..], |path| path);
    let table =
        advertisers(&mut document, path).ok_or_else(|| NameEditError("`names.advertisers` is no table".to_owned()))?;
    for edit in edits {
        set(table, edit)?;
    }
    let after = document.to_string();
    verify(before, &after, path, edits)?;
    let after = format!("{mark}{}", after.replace('\n', line_end));
    if after.len() as u64 > LARGEST {
        return Err(refused("the file would be larger than offersync reads"));
    }
    Ok(after)
}

fn refused(why: &str) -> NameEditError {
    NameEditError(why.to_owned())
}

/// The line end of a text that has one kind of them.
fn line_end(text: &str) -> Result<&'static str, NameEditError> {
    match (text.matches("\r\n").count(), text.matches('\n').count()) {
        (0, _) => Ok("\n"),
        (both, all) if both == all => Ok("\r\n"),
        _ => Err(refused("its lines end in two ways")),
    }
}

/// The table of the advertisers; where there is none, a new one at the end of the file.
fn advertisers<'d>(document: &'d mut DocumentMut, path: &[&str]) -> Option<&'d mut dyn TableLike> {
    let mut around = document.as_item_mut();
    for part in path {
        around = around.as_table_like_mut()?.get_mut(part)?;
    }
    let is_inline = around.is_inline_table();
    let names = around.as_table_like_mut()?.entry("names").or_insert_with(|| {
        let mut names = Table::new();
        names.set_implicit(true);
        if is_inline { Item::Value(Value::InlineTable(InlineTable::new())) } else { Item::Table(names) }
    });
    let is_inline = names.is_inline_table();
    let new =
        || if is_inline { Item::Value(Value::InlineTable(InlineTable::new())) } else { Item::Table(Table::new()) };
    names.as_table_like_mut()?.entry("advertisers").or_insert_with(new).as_table_like_mut()
}

fn set(table: &mut dyn TableLike, edit: &NameEdit) -> Result<(), NameEditError> {
    let id = i64::try_from(edit.id.get()).map_err(|error| NameEditError(error.to_string()))?;
    if let Some(members) = table.get_mut(&edit.name).and_then(Item::as_table_like_mut) {
        let name = text(&edit.name_in_cake)?;
        match members.get_mut(NAME).and_then(Item::as_value_mut) {
            // What stands around the value is the author's.
            Some(old) => *old = name.with_decor_of(old),
            None => drop(members.insert(NAME, Item::Value(name))),
        }
        return Ok(());
    }
    let mut value = InlineTable::new();
    value.insert(ID, Value::from(id));
    value.insert(NAME, text(&edit.name_in_cake)?);
    value.fmt();
    let value = Value::InlineTable(value);
    match table.get_mut(&edit.name).and_then(Item::as_value_mut) {
        Some(old) => *old = value.with_decor_of(old),
        None => drop(table.entry_format(&Key::new(&edit.name)).or_insert(Item::Value(value))),
    }
    Ok(())
}

/// A text as TOML. Invisible characters are escaped, so that a reviewer sees them.
fn text(text: &str) -> Result<Value, NameEditError> {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() || is_invisible(c) => format!("\\U{:08X}", u32::from(c)),
        c => c.to_string(),
    });
    let written = format!("\"{}\"", escaped.collect::<String>());
    written.parse().map_err(|error: toml_edit::TomlError| NameEditError(error.message().to_owned()))
}

trait WithDecor {
    /// The value with the spaces and comments around the other one.
    fn with_decor_of(self, other: &Value) -> Self;
}

impl WithDecor for Value {
    fn with_decor_of(mut self, other: &Value) -> Self {
        *self.decor_mut() = other.decor().clone();
        self
    }
}

fn read(text: &str) -> Result<toml::Table, NameEditError> {
    text.parse().map_err(|error: toml::de::Error| NameEditError(error.message().to_owned()))
}

/// Holds the new text against the old one with the same names added to what it says.
fn verify(mut before: toml::Table, after: &str, path: &[&str], edits: &[NameEdit]) -> Result<(), NameEditError> {
    let disagrees = || NameEditError("the new text does not read back as it should".to_owned());
    let mut advertisers = &mut before;
    for part in path.iter().chain(&["names", "advertisers"]) {
        let inner = advertisers.entry(*part).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        advertisers = inner.as_table_mut().ok_or_else(disagrees)?;
    }
    for edit in edits {
        let id = i64::try_from(edit.id.get()).map_err(|_| disagrees())?;
        let members = [(ID, toml::Value::Integer(id)), (NAME, toml::Value::String(edit.name_in_cake.clone()))];
        let members = members.map(|(name, value)| (name.to_owned(), value));
        advertisers.insert(edit.name.clone(), toml::Value::Table(members.into_iter().collect()));
    }
    if read(after)? == before { Ok(()) } else { Err(disagrees()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(name: &str, id: u64, name_in_cake: &str) -> NameEdit {
        let id = AdvertiserId::new(id).unwrap();
        NameEdit { name: name.to_owned(), id, name_in_cake: name_in_cake.to_owned() }
    }

    #[test]
    fn the_names_of_an_environment_are_in_its_own_table() {
        let edits = [edit("acme", 7, "ACME")];
        for (text, expected) in [
            (
                "names.advertisers.acme = 101\n[environments.eu] # EU\nname = \"x\"\n",
                "names.advertisers.acme = 101\n[environments.eu] # EU\nname = \"x\"\n\n[environments.eu.names.advertisers]\nacme = { id = 7, name = \"ACME\" }\n",
            ),
            (
                "[environments.eu.names]\nadvertisers = { zen = 3 }\n",
                "[environments.eu.names]\nadvertisers = { zen = 3 , acme = { id = 7, name = \"ACME\" } }\n",
            ),
        ] {
            assert_eq!(edit_names(text, Some("eu"), &edits).unwrap(), expected);
        }
        assert!(edit_names("", Some("eu"), &edits).is_err());
    }

    #[test]
    fn comments_order_and_every_other_setting_are_kept() {
        let text = "# Ours.\noffers = \"offers\" # here\n\n[names.advertisers] # who pays\n# The first.\nacme = 101  # since 2019\nnimbus = { id = 202, name = 'Old' } # n\n\n[cake]\nmax_in_flight = 4\n";
        let edits = [edit("acme", 101, "ACME \"Ltd\""), edit("nimbus", 202, "New"), edit("zen-4", 303, "Zen 4")];
        insta::assert_snapshot!(edit_names(text, None, &edits).unwrap(), @r#"
        # Ours.
        offers = "offers" # here

        [names.advertisers] # who pays
        # The first.
        acme = { id = 101, name = "ACME \"Ltd\"" }  # since 2019
        nimbus = { id = 202, name = "New" } # n
        zen-4 = { id = 303, name = "Zen 4" }

        [cake]
        max_in_flight = 4
        "#);
    }

    #[test]
    fn a_table_is_made_where_there_is_none() {
        for text in [
            "",
            "offers = \"offers\"\n",
            "[names.verticals]\nhome = 7\n",
            "names = { verticals = { home = 7 } }\n",
            "names.verticals.home = 7\n",
            "[names.advertisers.acme]\nid = 101\nname = \"A\" # x\n",
            "[names]\nadvertisers.acme = 101\n",
            "names.advertisers = {}",
            "\u{feff}[names.advertisers]\r\nacme = 101\r\n",
        ] {
            let edits = [edit("acme", 101, "ACME"), edit("new", 1, "N")];
            let edited = edit_names(text, None, &edits).map_err(|error| format!("{text:?}: {error}")).unwrap();
            assert_eq!(edit_names(&edited, None, &edits).unwrap(), edited, "{text:?}");
        }
    }

    #[test]
    fn line_ends_and_the_mark_at_the_beginning_are_kept() {
        let edits = [edit("acme", 101, "ACME"), edit("new", 1, "N")];
        let text = "\u{feff}# x\r\n[names.advertisers]\r\nacme = 101\r\n\r\n[cake]\r\nmax_in_flight = 4\r\n";
        assert_eq!(
            edit_names(text, None, &edits).unwrap(),
            "\u{feff}# x\r\n[names.advertisers]\r\nacme = { id = 101, name = \"ACME\" }\r\nnew = { id = 1, name = \"N\" }\r\n\r\n[cake]\r\nmax_in_flight = 4\r\n"
        );
        assert!(edit_names("# x\r\n[names.advertisers]\nacme = 101\r\n", None, &edits).is_err());
    }

    #[test]
    fn a_file_that_offersync_could_not_read_again_is_not_made() {
        let edits: Vec<NameEdit> = (1..=20_000).map(|id| edit(&format!("name-{id}"), id, &"x".repeat(60))).collect();
        assert!(edit_names("", None, &edits).unwrap_err().to_string().contains("larger"));
    }

    #[test]
    fn what_nobody_can_see_is_escaped() {
        let text = edit_names("", None, &[edit("x", 1, "A\u{200b}\u{202e}\u{7} \"\\é")]).unwrap();
        assert_eq!(
            text,
            "[names.advertisers]\nx = { id = 1, name = \"A\\U0000200B\\U0000202E\\U00000007 \\\"\\\\é\" }\n"
        );
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for text in ["names = 1", "[names]\nadvertisers = 1", "names = "] {
            assert!(edit_names(text, None, &[edit("acme", 101, "ACME")]).is_err(), "{text:?}");
        }
    }
}
