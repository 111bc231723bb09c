//! Laws over random files: an edit changes one value and no other byte, the form of `fmt` is a fixed point.

use proptest::prelude::*;

use super::super::*;
use super::dice::{Dice, dice};
use super::random_file::{RandomFile, Written, new_value, random_file};
use super::reader::{Read, read};
use super::value;
use crate::offer::Field;

fn cases() -> ProptestConfig {
    let cases = std::env::var("OFFERSYNC_EDIT_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(150);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A file, one of its documents and a field, written there or not.
fn chosen(dice: &mut Dice) -> (RandomFile, usize, Field, Option<Written>) {
    let file = random_file(dice);
    let document = dice.below(file.documents.len());
    let field = dice.pick(&Field::ALL);
    let written = file.documents[document].iter().find(|written| written.field == field).cloned();
    (file, document, field, written)
}

/// Only one stretch was added to the text.
fn is_insertion(before: &str, after: &str) -> bool {
    let head = before.bytes().zip(after.bytes()).take_while(|(a, b)| a == b).count();
    let tail = before.bytes().rev().zip(after.bytes().rev()).take_while(|(a, b)| a == b).count();
    after.len() > before.len() && head + tail >= before.len()
}

/// Every document but the chosen one is as before, and so is that one but for the named entries.
fn same_but(before: &[Read], after: &[Read], document: usize, names: &[&str]) -> bool {
    before.len() == after.len()
        && before.iter().zip(after).enumerate().all(|(at, (old, new))| {
            if at == document { old.clone().without(names) == new.clone().without(names) } else { old == new }
        })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_set_field_reads_back_and_no_other_byte_changes(mut dice in dice()) {
        let (file, document, field, written) = chosen(&mut dice);
        let wanted = new_value(field, &mut dice);
        let configured = field.by_name().filter(|_| dice.once_in(2)).map(|_| "other-name");
        let before = read(&file.text).map_err(TestCaseError::fail)?;
        let result = set(&file.text, DocumentSelector::Index(document), field, &value(field, &wanted), configured);
        let edited = match result {
            Ok(edited) => edited,
            Err(refused) => return Err(TestCaseError::fail(format!("{refused}\n{}", file.text))),
        };
        let after = read(&edited).map_err(TestCaseError::fail)?;
        let names = [field.name(), field.by_name().unwrap_or("")];
        prop_assert!(same_but(&before, &after, document, &names), "{}\n=>\n{}", file.text, edited);

        let by_name = match &written {
            Some(written) => written.by_name && configured.is_some(),
            None => configured.is_some(),
        };
        let (name, text) = if by_name { (names[1], "other-name") } else { (names[0], wanted.as_str()) };
        prop_assert_eq!(after[document].get(name), Some(text), "{}\n=>\n{}", file.text, edited);

        match written {
            None => prop_assert!(is_insertion(&file.text, &edited), "{}\n=>\n{}", file.text, edited),
            Some(written) if written.by_name == by_name => {
                let (head, tail) = (&file.text[..written.value.start], &file.text[written.value.end..]);
                // Blanks that end a file without a line break belong to a block text before them.
                let tail = if tail.bytes().all(|byte| byte == b' ') { "" } else { tail };
                prop_assert!(edited.starts_with(head) && edited.ends_with(tail), "{}\n=>\n{}", file.text, edited);
                let middle = &edited[head.len()..edited.len() - tail.len()];
                let first = middle.split(['\r', '\n']).next().unwrap_or(middle);
                prop_assert!(first.ends_with(&written.rest_of_line), "{:?}\n{}\n=>\n{}", written, file.text, edited);
            }
            Some(_) => {}
        }
    }

    #[test]
    fn setting_the_same_value_again_changes_nothing(mut dice in dice()) {
        let (file, document, field, _) = chosen(&mut dice);
        let wanted = value(field, &new_value(field, &mut dice));
        let set = |text: &str| {
            let edited = set(text, DocumentSelector::Index(document), field, &wanted, None);
            edited.map_err(|refused| TestCaseError::fail(refused.to_string()))
        };
        let once = set(&file.text)?;
        let twice = set(&once)?;
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn the_form_is_a_fixed_point_with_the_same_content(mut dice in dice()) {
        let file = random_file(&mut dice);
        let before = read(&file.text).map_err(TestCaseError::fail)?;
        let formatted = match format(&file.text) {
            Ok(formatted) => formatted,
            Err(refused) => {
                let hard = file.has_flow || refused.reason.contains("blanks in place of a line break");
                prop_assert!(hard, "{refused}\n{}", file.text);
                return Ok(());
            }
        };
        prop_assert_eq!(&format(&formatted).expect("formats again"), &formatted, "{}", file.text);
        let after = read(&formatted).map_err(TestCaseError::fail)?;
        let sorted = |documents: Vec<Read>| documents.into_iter().map(Read::sorted).collect::<Vec<_>>();
        // A block text at a file's end without a line break is read with and without one; it gets one.
        let ends_in_text = !file.text.ends_with('\n');
        if !ends_in_text {
            prop_assert_eq!(sorted(before), sorted(after), "{}\n=>\n{}", file.text, formatted);
        }
        let comments = |text: &str| {
            let lines = text.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end().to_owned()));
            let mut comments: Vec<_> = lines.collect();
            comments.sort();
            comments
        };
        prop_assert_eq!(comments(&file.text), comments(&formatted), "{}\n=>\n{}", file.text, formatted);
    }

    #[test]
    fn no_text_makes_an_edit_panic(text in "(\\PC|[ \n:#'\"|>{}\\[\\],&*!-]|payout: ?|sync:\n){0,60}") {
        let payout = value(Field::Payout, "1.5");
        let _ = set(&text, DocumentSelector::Index(0), Field::Payout, &payout, None);
        if let Ok(formatted) = format(&text) {
            prop_assert_eq!(format(&formatted).expect("formats again"), formatted);
        }
    }
}
