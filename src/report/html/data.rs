//! The rows as one JSON block in the page, for the script that draws them.
//!
//! Owns the shape of the block and its escapes. Invariants: no value can end the block or begin a command of a CI system, and the page
//! stays within [`MOST_BYTES`]: what would make it larger is packed, and shortened around its differences only where that is not enough.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::report::diff::around_difference;
use crate::words::shorten;

/// The largest page.
pub(super) const MOST_BYTES: usize = 5_000_000;
/// The longest values that are tried, in characters. The last of them makes every plan of 20,000 actions small enough.
const LONGEST: [usize; 4] = [usize::MAX, 2000, 400, 100];

/// The index of a text.
type Text = usize;

/// The rows of one table with everything to draw, filter and sort them.
#[derive(Serialize)]
pub(super) struct Data {
    /// Every text once; all others name it by its index.
    texts: Vec<String>,
    columns: Vec<Column>,
    filters: Vec<Filter>,
    rows: Vec<Row>,
    #[serde(skip)]
    indices: HashMap<String, Text>,
    #[serde(skip)]
    options: Vec<HashMap<String, usize>>,
    #[serde(skip)]
    longest: usize,
    #[serde(skip)]
    is_shortened: bool,
}

/// A column, and how it is sorted.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Column {
    pub label: &'static str,
    pub sort: Sort,
}

/// How the rows are sorted by a column.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Sort {
    /// By the order of the rows.
    Given,
    /// By its text.
    Text,
    /// By the number of that index.
    Number(usize),
}

/// A choice of values.
#[derive(Serialize)]
struct Filter {
    label: &'static str,
    options: Vec<String>,
}

/// Key, cells, chosen options, numbers, details.
#[derive(Serialize)]
struct Row(Text, Vec<Vec<Text>>, Vec<Vec<usize>>, Vec<Option<i64>>, Vec<Detail>);

/// What is shown below a row.
#[derive(Serialize)]
#[serde(untagged)]
enum Detail {
    /// A label and a sentence.
    Note(Text, Text),
    /// A label and the lines of a diff, each after its sign.
    Lines(Text, Vec<Text>),
    /// A label, the value before and after, and what there is to say of it.
    Change(Text, Option<Text>, Option<Text>, Option<Text>),
}

/// A row before its texts are counted.
#[derive(Default)]
pub(super) struct RowTexts {
    pub key: String,
    /// The lines of each cell.
    pub cells: Vec<Vec<String>>,
    /// The values for each filter.
    pub options: Vec<Vec<String>>,
    pub numbers: Vec<Option<Decimal>>,
    pub details: Vec<DetailTexts>,
}

/// What is shown below a row.
pub(super) enum DetailTexts {
    Note { label: String, text: String },
    Lines { label: String, lines: Vec<String> },
    Change { label: String, before: Option<String>, after: Option<String>, note: Option<String> },
}

impl Data {
    fn new(columns: &[Column], filters: &[&'static str], longest: usize) -> Self {
        Self {
            texts: Vec::new(),
            columns: columns.to_vec(),
            filters: filters.iter().map(|label| Filter { label, options: Vec::new() }).collect(),
            rows: Vec::new(),
            indices: HashMap::new(),
            options: filters.iter().map(|_| HashMap::new()).collect(),
            longest,
            is_shortened: false,
        }
    }

    fn push(&mut self, row: RowTexts) {
        let RowTexts { key, cells, options, numbers, details } = row;
        let cells = cells.into_iter().map(|lines| self.all(&lines)).collect();
        let options = options.into_iter().enumerate().map(|(at, chosen)| self.chosen(at, chosen)).collect();
        // Only for sorting, in hundredths: the amounts that are shown are exact texts.
        let hundredths = |number: Decimal| number.checked_mul(Decimal::ONE_HUNDRED)?.round().to_i64();
        let numbers = numbers.into_iter().map(|number| number.and_then(hundredths)).collect();
        let details = details.into_iter().map(|detail| self.detail(detail)).collect();
        let key = self.text(&key);
        self.rows.push(Row(key, cells, options, numbers, details));
    }

    fn all(&mut self, texts: &[String]) -> Vec<Text> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn text(&mut self, text: &str) -> Text {
        let shown = shorten(text, self.longest);
        self.is_shortened |= matches!(shown, Cow::Owned(_));
        if let Some(index) = self.indices.get(shown.as_ref()) {
            return *index;
        }
        let index = self.texts.len();
        self.indices.insert(shown.clone().into_owned(), index);
        self.texts.push(shown.into_owned());
        index
    }

    fn chosen(&mut self, filter: usize, values: Vec<String>) -> Vec<usize> {
        let (Some(indices), Some(filter)) = (self.options.get_mut(filter), self.filters.get_mut(filter)) else {
            return Vec::new();
        };
        let mut index = |value: String| {
            *indices.entry(value).or_insert_with_key(|value| {
                filter.options.push(value.clone());
                filter.options.len() - 1
            })
        };
        values.into_iter().map(&mut index).collect()
    }

    fn detail(&mut self, detail: DetailTexts) -> Detail {
        match detail {
            DetailTexts::Note { label, text } => Detail::Note(self.text(&label), self.text(&text)),
            DetailTexts::Lines { label, lines } => Detail::Lines(self.text(&label), self.all(&lines)),
            DetailTexts::Change { label, before, after, note } => {
                let (before, after) = match (before, after) {
                    (Some(before), Some(after)) if self.longest < usize::MAX => {
                        let (short_before, short_after) = around_difference(&before, &after, self.longest);
                        self.is_shortened |= short_before != before || short_after != after;
                        (Some(short_before), Some(short_after))
                    }
                    sides => sides,
                };
                let mut side = |text: Option<String>| text.map(|text| self.text(&text));
                Detail::Change(side(Some(label)).unwrap_or_default(), side(before), side(after), side(note))
            }
        }
    }
}

/// The block of these rows in at most `room` bytes, and whether texts were shortened for it.
pub(super) fn block(
    columns: &[Column],
    filters: &[&'static str],
    room: usize,
    rows: impl Fn() -> Vec<RowTexts>,
) -> (String, Option<usize>) {
    let mut smallest = (String::new(), None);
    for longest in LONGEST {
        let mut data = Data::new(columns, filters, longest);
        for row in rows() {
            data.push(row);
        }
        let shortened = data.is_shortened.then_some(longest);
        // Serializing cannot fail: every key is a string, and no number is infinite.
        let json = serde_json::to_string(&data).unwrap_or_default();
        let plain = format!("<script type=\"application/json\" id=\"Data\">{}</script>", inert(&json));
        if plain.len() <= room {
            return (plain, shortened);
        }
        smallest = (packed(&json), shortened);
        if smallest.0.len() <= room {
            break;
        }
    }
    smallest
}

/// JSON in which nothing can end the block, begin a comment, or be a command of a CI system in its log.
fn inert(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '#' => text.push_str("\\u0023"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            other => text.push(other),
        }
    }
    text
}

/// The JSON compressed, as letters of ASCII. The script unpacks it.
fn packed(json: &str) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let bytes = encoder.write_all(json.as_bytes()).and_then(|()| encoder.finish()).unwrap_or_default();
    format!("<script type=\"text/plain\" id=\"Data\" data-encoding=\"gzip\">{}</script>", STANDARD.encode(bytes))
}
