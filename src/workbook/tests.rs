//! Workbooks as texts, and what is refused of them.

use super::*;

#[path = "../../tests/it/harness/workbook.rs"]
pub(crate) mod build;

use build::{
    DAY, DAY_AND_TIME, EURO, GENERAL, PERCENT, Sheet, TWO_DECIMALS, error, formula, nothing, number, text, workbook,
};

fn rows(sheet: Sheet) -> Rows {
    read(&workbook(&[sheet]), None).unwrap()
}

/// The texts of the cells; what is refused is in brackets.
fn texts(sheet: Sheet) -> Vec<Vec<String>> {
    let shown = |cell: &Cell| match &cell.kind {
        Kind::Refused { message, .. } => format!("[{message}]"),
        Kind::Number(number) => number.shown.clone() + number.sign.as_deref().unwrap_or_default(),
        Kind::Text | Kind::Date => cell.text.clone(),
    };
    rows(sheet).rows.iter().map(|row| row.cells.iter().map(shown).collect()).collect()
}

#[test]
fn cells_are_read_as_they_show_themselves() {
    let sheet = Sheet::new("Offers")
        .row(&[text("A & B"), number("24.100000000000001", GENERAL), number("24.100000000000001", TWO_DECIMALS)])
        .row(&[number("101", GENERAL), number("0.30000000000000004", GENERAL), number("1.5", EURO)])
        .row(&[number("47848", DAY), number("47848.999988425923", DAY_AND_TIME), number("47848.5", DAY)])
        .row(&[formula("1+1", Some("2")), nothing(), text(" padded ")]);
    let expected = [
        ["A & B", "24.1", "24.10"],
        ["101", "0.3", "1.50€"],
        ["2030-12-31", "2030-12-31 23:59:59", "2030-12-31 12:00:00"],
        ["2", "", " padded "],
    ];
    assert_eq!(texts(sheet), expected);
}

#[test]
fn a_cell_without_a_certain_value_is_refused() {
    let sheet = Sheet::new("Offers")
        .row(&[number("0.8", PERCENT), number("24.105", TWO_DECIMALS), number("33.333333333333336", GENERAL)])
        .row(&[formula("A1*2", None), error("#N/A"), number("0.5", DAY_AND_TIME)]);
    let expected = [
        [
            "[the cell holds 0.8 and shows it as a percentage]",
            "[the cell holds 24.105 and shows only 2 of its decimals]",
            "[the cell holds 33.333333333333336, which is no exact decimal]",
        ],
        [
            "[the cell has a formula, and its result is not in the file]",
            "[the cell shows the error #N/A]",
            "[the cell holds a duration or a time without a day]",
        ],
    ];
    assert_eq!(texts(sheet), expected);
}

#[test]
fn rows_keep_their_numbers_and_hidden_ones_are_named() {
    let one = [text("x")];
    let sheet = Sheet::new("Offers").row(&one).row(&[]).hidden_row(&one).row(&[nothing(), text("y")]).hidden_column(2);
    let Rows { rows, hidden } = rows(sheet);
    assert_eq!(rows.iter().map(|row| (row.number, row.cells.len())).collect::<Vec<_>>(), [(1, 2), (3, 2), (4, 2)]);
    assert_eq!((hidden.rows, hidden.columns), (vec![3], vec![1]));
}

#[test]
fn the_sheet_is_the_only_one_with_cells_or_the_named_one() {
    let sheet = |name: &str, cell: &str| Sheet::new(name).texts(&[cell]);
    let first = |bytes: &[u8], name| read(bytes, name).map(|rows| rows.rows[0].cells[0].text.clone());
    let one = workbook(&[Sheet::new("Empty"), sheet("Offers", "a")]);
    assert_eq!(first(&one, None).unwrap(), "a");
    let two = workbook(&[sheet("Offers", "a"), sheet("Lists", "b").hidden()]);
    assert_eq!(first(&two, Some("lists")).unwrap(), "b");
    assert!(matches!(first(&two, None), Err(Error::Several(names)) if names == ["Offers", "Lists"]));
    assert!(matches!(first(&two, Some("Offer")), Err(Error::NoSheet(names)) if names == ["Offers", "Lists"]));
    assert!(matches!(first(&workbook(&[Sheet::new("Empty")]), None), Err(Error::Empty)));
}

#[test]
fn merged_cells_far_cells_and_damage_are_refused() {
    let sheet = Sheet::new("Offers").texts(&["a", "b"]).merged("A2:A3").merged("B1:C1");
    assert!(matches!(read(&workbook(&[sheet]), None), Err(Error::Merged(ranges)) if ranges == ["A2:A3", "B1:C1"]));
    let far = Sheet::new("Offers").row(&["<c r=\"XFD1\"><v>1</v></c>".to_owned()]);
    assert!(matches!(read(&workbook(&[far]), None), Err(Error::Wide(cell)) if cell == "XFD1"));
    let whole = workbook(&[Sheet::new("Offers").texts(&["a"])]);
    for length in [0, 4, whole.len() / 2, whole.len() - 1] {
        assert!(matches!(read(&whole[..length], None), Err(Error::Damaged(_))), "{length}");
    }
}

#[test]
fn columns_have_their_letters() {
    let letters = [0, 25, 26, 51, 701, 702, 16_383].map(column_letters);
    assert_eq!(letters, ["A", "Z", "AA", "AZ", "ZZ", "AAA", "XFD"]);
}
