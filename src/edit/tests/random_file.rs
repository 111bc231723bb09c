//! Random offer files as people write them, and values as CAKE may hold them. Knows where it wrote each value.

use std::ops::Range;

use super::dice::Dice;
use crate::offer::Field;

/// A file and where its values are.
#[derive(Debug, Clone, Default)]
pub(super) struct RandomFile {
    pub(super) text: String,
    pub(super) documents: Vec<Vec<Written>>,
    pub(super) has_flow: bool,
}

/// An entry that was written.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) field: Field,
    /// `advertiser`, not `advertiser_id`.
    pub(super) by_name: bool,
    /// From the value's first byte to where what follows must stay: the end of the key's line, or of a block's content.
    pub(super) value: Range<usize>,
    /// Behind the value or the block's header, on the same line; must stay there.
    pub(super) rest_of_line: String,
}

const LINES: [&str; 8] = [
    "Pays on a lead.",
    "No incentive traffic: ever",
    "a # b",
    "- not a list",
    "key: value",
    "Größe – 100 %",
    "'quoted'",
    "x",
];

/// Text with characters that have a meaning in YAML.
pub(super) fn wild_text(dice: &mut Dice) -> String {
    const PARTS: [&str; 48] = [
        "word",
        " ",
        "\n",
        "\n\n",
        ": ",
        " #",
        "#",
        "---",
        "...",
        "- ",
        "? ",
        "'",
        "\"",
        "\\",
        "\t",
        "\r\n",
        "\r",
        "\u{0}",
        "\u{7}",
        "\u{1b}",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{a0}",
        "é",
        "日本",
        "\u{1F600}",
        "yes",
        "null",
        "~",
        "1e3",
        "24.00",
        "0x1F",
        "2026-12-31",
        "12:30",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
        "%",
        "@",
        "`",
    ];
    (0..dice.below(9)).map(|_| dice.pick(&PARTS)).collect()
}

/// The text of some value of a field, as CAKE may hold it.
pub(super) fn new_value(field: Field, dice: &mut Dice) -> String {
    match field {
        Field::OfferName => {
            let name: String = wild_text(dice).chars().filter(|c| !c.is_control()).collect();
            if name.trim().is_empty() { "Plain name".to_owned() } else { name }
        }
        Field::OfferDescription if dice.below(2) == 0 => {
            let lines: Vec<_> = (0..=dice.below(4)).map(|_| dice.pick(&LINES)).collect();
            lines.join(dice.pick(&["\n", "\n", "\n\n", "\n  "])) + dice.pick(&["\n", "", "\n\n"])
        }
        Field::OfferDescription => wild_text(dice),
        field => old_value(field, dice).to_owned(),
    }
}

fn old_value(field: Field, dice: &mut Dice) -> &'static str {
    match field {
        Field::OfferName | Field::OfferDescription => dice.pick(&LINES),
        Field::AdvertiserId | Field::VerticalId | Field::CurrencyId | Field::SessionHours => {
            dice.pick(&["1", "24", "9007"])
        }
        Field::OfferUrl | Field::PreviewUrl => dice.pick(&[
            "https://track.example.com/aff_c?offer_id={offer_id}&aff_id={aff_id}",
            "http://x.example/#a:",
            "https://e.example/ü,b[1]",
        ]),
        Field::OfferStatus => dice.pick(&["active", "inactive", "pending"]),
        Field::Payout | Field::Revenue => dice.pick(&["24.00", "0.1", "19.999999999999999999", "7"]),
        Field::PayoutType | Field::RevenueType => dice.pick(&["cpa", "cpc", "revshare"]),
        Field::ExpirationDate => dice.pick(&["2026-12-31 23:59:59", "2027-01-01 00:00:00"]),
    }
}

/// A file of one to three documents.
pub(super) fn random_file(dice: &mut Dice) -> RandomFile {
    let mut file = RandomFile::default();
    if dice.once_in(4) {
        file.text.push('\u{feff}');
    }
    let breaks: &[&str] = dice.pick(&[&["\n"][..], &["\n"], &["\r\n"], &["\n", "\r\n"]]);
    let documents = 1 + dice.below(6).saturating_sub(3);
    for at in 0..documents {
        if at > 0 || dice.once_in(3) {
            filler(&mut file.text, 0, breaks, dice);
            if at > 0 && dice.once_in(3) {
                file.text.push_str("...");
                file.text.push_str(dice.pick(breaks));
            }
            file.text.push_str(dice.pick(&["---", "---", "--- # next", "---  "]));
            file.text.push_str(dice.pick(breaks));
        }
        let written = if dice.once_in(6) {
            file.has_flow = true;
            flow_document(&mut file.text, dice, breaks)
        } else {
            block_document(&mut file.text, dice, breaks)
        };
        file.documents.push(written);
    }
    filler(&mut file.text, 0, breaks, dice);
    if dice.once_in(4) {
        let end = file.text.trim_end_matches(['\n', '\r']).len();
        // Not where blank lines are part of a value.
        if !file.text.contains('+') {
            file.text.truncate(end);
            for written in file.documents.iter_mut().flatten() {
                written.value.end = written.value.end.min(end);
            }
        }
    }
    file
}

/// Comments and blank lines.
fn filler(text: &mut String, indent: usize, breaks: &[&str], dice: &mut Dice) {
    for _ in 0..dice.below(8).saturating_sub(4) {
        match dice.below(3) {
            0 => {}
            1 => {
                text.push_str(&" ".repeat(indent));
                text.push_str(dice.pick(&["# a comment", "#", "# payout: 5", "# it's \"odd\" | > :  "]));
            }
            _ => text.push_str(dice.pick(&["", " "])),
        }
        if !text.is_empty() && !text.ends_with('\u{feff}') {
            text.push_str(dice.pick(breaks));
        }
    }
}

fn fields(dice: &mut Dice) -> Vec<Field> {
    let mut fields: Vec<_> = Field::ALL.into_iter().filter(|_| dice.below(3) > 0).collect();
    if fields.is_empty() {
        fields.push(Field::Payout);
    }
    if dice.once_in(2) {
        let at = dice.below(fields.len());
        fields.rotate_left(at);
    }
    fields
}

fn block_document(text: &mut String, dice: &mut Dice, breaks: &[&str]) -> Vec<Written> {
    let indent = dice.pick(&[0, 0, 0, 2]);
    let mut written = Vec::new();
    for (at, field) in fields(dice).into_iter().enumerate() {
        filler(text, indent, breaks, dice);
        written.push(block_entry(text, field, indent, dice, breaks));
        if at == 1 && dice.once_in(4) {
            let pad = " ".repeat(indent);
            let end = dice.pick(breaks);
            text.extend([pad.as_str(), "sync:", end, &pad, "  protect: true # ours", end, &pad, "  # more", end]);
        }
    }
    written
}

fn block_entry(text: &mut String, field: Field, indent: usize, dice: &mut Dice, breaks: &[&str]) -> Written {
    let by_name = field.by_name().filter(|_| dice.once_in(2));
    text.push_str(&" ".repeat(indent));
    let name = by_name.unwrap_or(field.name());
    text.push_str(&dice.pick(&["N", "N", "N", "'N'", "\"N\""]).replace('N', name));
    text.push_str(dice.pick(&[": ", ": ", ":   ", " : ", ": \t"]));
    let start = text.len();
    if field == Field::OfferDescription && dice.below(3) > 0 {
        let (rest_of_line, keeps) = block_text(text, indent, dice, breaks);
        let value = start..text.len() - trailing_break(text);
        if keeps {
            // Or blank lines that follow would be part of the value.
            text.push_str("# end");
            text.push_str(dice.pick(breaks));
        }
        return Written { field, by_name: false, value, rest_of_line };
    }
    let value = if by_name.is_some() { "acme-home" } else { old_value(field, dice) };
    let is_word = value.chars().all(|c| c.is_ascii_alphanumeric() || "-. ".contains(c)) && !value.starts_with('-');
    let is_number = matches!(field, Field::AdvertiserId | Field::VerticalId | Field::CurrencyId | Field::SessionHours);
    let plain_url = value.starts_with("http") && !value.ends_with(':');
    match dice.below(4) {
        0 | 1 if is_word || plain_url || field == Field::ExpirationDate => text.push_str(value),
        _ if is_number && by_name.is_none() => text.push_str(value),
        2 => text.extend(["'", &value.replace('\'', "''"), "'"]),
        _ => text.extend(["\"", value, "\""]),
    }
    let rest_of_line = dice.pick(&["", "", " ", "  # why: 5", " #"]).to_owned();
    text.push_str(&rest_of_line);
    let end = text.len();
    text.push_str(dice.pick(breaks));
    Written { field, by_name: by_name.is_some(), value: start..end, rest_of_line }
}

fn trailing_break(text: &str) -> usize {
    if text.ends_with("\r\n") { 2 } else { 1 }
}

/// A block scalar; returns the text after its header, and whether it keeps its last line breaks.
fn block_text(text: &mut String, indent: usize, dice: &mut Dice, breaks: &[&str]) -> (String, bool) {
    let more = dice.pick(&[2, 2, 1, 4]);
    text.push_str(dice.pick(&["|", "|", ">"]));
    if dice.once_in(4) {
        text.push_str(&more.to_string());
    }
    let chomping = dice.pick(&["", "", "-", "+"]);
    text.push_str(chomping);
    let rest = dice.pick(&["", "", " # folded?", "  "]);
    text.push_str(rest);
    text.push_str(dice.pick(breaks));
    let pad = " ".repeat(indent + more);
    for at in 0..=dice.below(4) {
        if at > 0 && dice.once_in(3) {
            text.push_str(dice.pick(breaks));
        }
        text.push_str(&pad);
        text.push_str(dice.pick(&LINES));
        text.push_str(dice.pick(breaks));
    }
    if chomping == "+" {
        for _ in 0..dice.below(3) {
            text.push_str(dice.pick(breaks));
        }
    }
    (rest.to_owned(), chomping == "+")
}

fn flow_document(text: &mut String, dice: &mut Dice, breaks: &[&str]) -> Vec<Written> {
    let several_lines = dice.once_in(3);
    let mut written = Vec::new();
    text.push('{');
    for (at, field) in fields(dice).into_iter().enumerate() {
        if at > 0 {
            text.push_str(dice.pick(&[", ", ",", " , "]));
            if several_lines {
                text.push_str(dice.pick(breaks));
                text.push(' ');
            }
        }
        text.push_str(field.name());
        text.push_str(": ");
        let start = text.len();
        let value = old_value(field, dice);
        let is_number =
            matches!(field, Field::AdvertiserId | Field::VerticalId | Field::CurrencyId | Field::SessionHours);
        if is_number || value.chars().all(|c| c.is_ascii_alphanumeric() || c == '.') {
            text.push_str(value);
        } else {
            text.extend(["\"", value, "\""]);
        }
        written.push(Written { field, by_name: false, value: start..text.len(), rest_of_line: String::new() });
    }
    text.push_str(dice.pick(&["}", "}", " }", ",}"]));
    text.push_str(dice.pick(breaks));
    written
}
