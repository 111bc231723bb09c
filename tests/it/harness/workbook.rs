//! Excel workbooks for tests, cell by cell as the files have them.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The number formats of [`number`] and [`date`], in the order of their styles.
const FORMATS: [&str; 6] = ["General", "0.00", "dd.mm.yyyy", "dd.mm.yyyy hh:mm:ss", "0%", "#,##0.00 [$€-407]"];

pub const GENERAL: usize = 0;
pub const TWO_DECIMALS: usize = 1;
pub const DAY: usize = 2;
pub const DAY_AND_TIME: usize = 3;
pub const PERCENT: usize = 4;
pub const EURO: usize = 5;

/// A text.
pub fn text(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    format!("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

/// A number as the file spells it.
pub fn number(digits: &str, format: usize) -> String {
    format!("<c s=\"{format}\"><v>{digits}</v></c>")
}

/// A formula with the result that the file has for it.
pub fn formula(formula: &str, result: Option<&str>) -> String {
    let result = result.map(|result| format!("<v>{result}</v>")).unwrap_or_default();
    format!("<c><f>{formula}</f>{result}</c>")
}

/// An error such as `#N/A`.
pub fn error(name: &str) -> String {
    format!("<c t=\"e\"><v>{name}</v></c>")
}

/// No cell.
pub fn nothing() -> String {
    "<c/>".to_owned()
}

/// A sheet.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    name: String,
    is_hidden: bool,
    rows: Vec<(bool, Vec<String>)>,
    hidden_columns: Vec<usize>,
    merged: Vec<String>,
}

impl Sheet {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    pub fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    pub fn row(mut self, cells: &[String]) -> Self {
        self.rows.push((false, cells.to_vec()));
        self
    }

    /// A row of texts.
    pub fn texts(self, texts: &[&str]) -> Self {
        let cells: Vec<String> = texts.iter().map(|cell| text(cell)).collect();
        self.row(&cells)
    }

    pub fn hidden_row(mut self, cells: &[String]) -> Self {
        self.rows.push((true, cells.to_vec()));
        self
    }

    /// The columns are counted from one.
    pub fn hidden_column(mut self, column: usize) -> Self {
        self.hidden_columns.push(column);
        self
    }

    pub fn merged(mut self, range: &str) -> Self {
        self.merged.push(range.to_owned());
        self
    }

    fn xml(&self) -> String {
        let mut xml = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">".to_owned();
        for (at, column) in self.hidden_columns.iter().enumerate() {
            let (start, end) = (if at == 0 { "<cols>" } else { "" }, self.hidden_columns.len() == at + 1);
            write!(xml, "{start}<col min=\"{column}\" max=\"{column}\" hidden=\"1\"/>").unwrap();
            xml += if end { "</cols>" } else { "" };
        }
        xml += "<sheetData>";
        for (at, (is_hidden, cells)) in self.rows.iter().enumerate() {
            let hidden = if *is_hidden { " hidden=\"1\"" } else { "" };
            write!(xml, "<row r=\"{}\"{hidden}>{}</row>", at + 1, cells.concat()).unwrap();
        }
        xml += "</sheetData>";
        if !self.merged.is_empty() {
            let ranges: Vec<String> = self.merged.iter().map(|range| format!("<mergeCell ref=\"{range}\"/>")).collect();
            write!(xml, "<mergeCells>{}</mergeCells>", ranges.concat()).unwrap();
        }
        xml + "</worksheet>"
    }
}

/// The file with these sheets.
pub fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let (mut list, mut relations) = (String::new(), String::new());
    for (at, sheet) in sheets.iter().enumerate() {
        let (id, name) = (at + 1, &sheet.name);
        let state = if sheet.is_hidden { " state=\"hidden\"" } else { "" };
        write!(list, "<sheet name=\"{name}\" sheetId=\"{id}\"{state} r:id=\"rId{id}\"/>").unwrap();
        let kind = format!("{RELATIONS}/worksheet");
        write!(relations, "<Relationship Id=\"rId{id}\" Type=\"{kind}\" Target=\"worksheets/sheet{id}.xml\"/>")
            .unwrap();
    }
    write!(relations, "<Relationship Id=\"rId99\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"/>").unwrap();
    let (mut formats, mut styles) = (String::new(), String::new());
    for (at, code) in FORMATS.iter().enumerate() {
        write!(formats, "<numFmt numFmtId=\"{}\" formatCode=\"{code}\"/>", 200 + at).unwrap();
        write!(styles, "<xf numFmtId=\"{}\" applyNumberFormat=\"1\"/>", 200 + at).unwrap();
    }
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), format!("<Types xmlns=\"{PACKAGE}/content-types\"/>")),
        (
            "_rels/.rels".to_owned(),
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" \
                 Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml".to_owned(),
            format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{list}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}</Relationships>"),
        ),
        (
            "xl/styles.xml".to_owned(),
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><numFmts>{formats}</numFmts><fonts><font/></fonts><fills><fill/></fills>\
                 <borders><border/></borders><cellXfs>{styles}</cellXfs></styleSheet>"
            ),
        ),
    ];
    files.extend(
        sheets.iter().enumerate().map(|(at, sheet)| (format!("xl/worksheets/sheet{}.xml", at + 1), sheet.xml())),
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        archive.start_file(name, options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
