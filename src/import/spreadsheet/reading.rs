//! Plans the import of a spreadsheet: all of its rows, or its problems.

use std::collections::{BTreeMap, HashMap};

use super::cells::shown;
use super::encoding::decode;
use super::excel;
use super::ids::check_ids;
use super::options::SheetOptions;
use super::rows::{ReadRow, Table};
use super::sheet::{Row, Sheet};
use super::updates::{Signs, contradictions, repeated, updates};
use crate::diagnostic::{Diagnostic, codes, sort};
use crate::import::batch::{Batch, Placed, ValidatedOffer};
use crate::import::imported_offer::{Identity, ImportedOffer};
use crate::import::keys::{KeyAllocator, KeyAssignment};
use crate::import::outcome::{Adoption, Import, Origin};
use crate::import::tree::Tree;
use crate::import::writing::managed;
use crate::offer::{DesiredOffer, Fields, Key, OfferId, Record, RecordStatus, Recorded};
use crate::source::{Place, Span};
use crate::workbook;

/// Everything that a spreadsheet's import depends on.
#[derive(Debug, Clone, Copy)]
pub struct SheetInputs<'a> {
    /// The spreadsheet's path as messages show it.
    pub shown: &'a str,
    pub bytes: &'a [u8],
    /// What is recorded.
    pub recorded: &'a Recorded,
    /// The offers that an interrupted import has left without a record, and the keys of their YAML.
    pub noted: &'a BTreeMap<OfferId, Key>,
    /// The existing tree.
    pub tree: Tree<'a>,
    /// Whether new folders get defaults.
    pub defaults: bool,
    /// Whether the ids are recorded, as of offers that CAKE has with these very values. Only a person can confirm that: where
    /// the file is wrong, the next plan would not show it.
    pub adopt_ids: bool,
    /// What the command line says of the file's form.
    pub(crate) options: &'a SheetOptions,
}

/// Reads a CSV file or a workbook; fails with all of its problems.
pub fn read(inputs: SheetInputs<'_>) -> Result<Import, Vec<Diagnostic>> {
    let file = inputs.shown.into();
    let named = inputs.options.sheet.as_deref();
    if workbook::is_workbook(inputs.bytes) {
        let (sheet, hidden) = excel::read(&file, inputs.bytes, named)?;
        return read_sheet(inputs, &sheet, hidden);
    }
    let text = decode(&file, inputs.bytes)?;
    let sheet = Sheet::read(&file, &text)?;
    if let Some(name) = named {
        let message = format!("the file is CSV, and has no sheet {}", shown(name));
        let problem = Diagnostic::error(codes::import::SPREADSHEET, message);
        let place = Place::new(file, Span { line: 1, column: 1, length: 1 });
        return Err(vec![problem.label(place).help("leave out `--sheet`, or give the workbook that has the sheet")]);
    }
    read_sheet(inputs, &sheet, None)
}

fn read_sheet(
    inputs: SheetInputs<'_>,
    sheet: &Sheet<'_>,
    hidden: Option<Diagnostic>,
) -> Result<Import, Vec<Diagnostic>> {
    let mut problems = Vec::new();
    let table = Table::read(sheet, inputs, &mut problems);
    let signs = Signs::new(sheet, inputs);
    let mut draft = SpreadsheetDraft { inputs, sheet, table: &table, problems, signs, import: Import::default() };
    draft.problems.extend(check_ids(inputs, sheet, &table));
    draft.update();
    let placed = draft.place();
    draft.check_names();
    if draft.problems.is_empty() {
        draft.write(placed);
    }
    let (problems, warning) = draft.signs.finish();
    draft.problems.extend(problems);
    draft.import.warnings.extend([warning, hidden, table.blank.clone()].into_iter().flatten());
    if draft.problems.is_empty() {
        let mut import = draft.import;
        import.adoptions.sort_by(|a, b| a.key.cmp(&b.key));
        return Ok(import);
    }
    sort(&mut draft.problems);
    Err(draft.problems)
}

struct SpreadsheetDraft<'a> {
    inputs: SheetInputs<'a>,
    sheet: &'a Sheet<'a>,
    table: &'a Table<'a>,
    problems: Vec<Diagnostic>,
    signs: Signs<'a>,
    import: Import,
}

/// A row with its new file.
struct PlacedRow<'a> {
    read: &'a ReadRow<'a>,
    placed: Placed,
}

impl<'a> SpreadsheetDraft<'a> {
    fn problem(&mut self, row: &Row, message: String, help: &str) {
        let problem = Diagnostic::error(codes::import::CELL, message).label(self.sheet.label(row));
        self.problems.push(problem.help(help));
    }

    /// The values that rows change in existing offers.
    fn update(&mut self) {
        let (table, inputs) = (self.table, self.inputs);
        for (read, offer) in table.rows.iter().filter_map(|read| Some((read, read.target.filter(|_| read.is_good)?))) {
            for column in contradictions(read, offer) {
                let (number, name, path) = (read.row.number, column.name(), &offer.place.file);
                let message = format!("row {number}: `{name}` of `{}` is another in its YAML", offer.key);
                self.problem(
                    read.row,
                    message,
                    &format!("an import edits no settings: edit {path}, or leave the cell empty"),
                );
            }
            let updates = updates(read, offer);
            self.signs.check(read, &read.fields());
            if updates.is_empty() {
                self.import.skipped += 1;
            }
            self.import.updates.extend(updates);
        }
        for (read, first, key) in repeated(&table.rows) {
            let message = format!("row {} is `{key}`, as row {first} is", read.row.number);
            // Two rows with one id are told of already.
            if read.values.offer_id.is_none_or(|id| inputs.recorded.owner_of(id).is_none()) {
                self.problem(read.row, message, "an offer has one row; remove one of them");
            }
        }
    }

    /// Assigns a key to each valid row of a new offer. Rows with an explicit key come first, so that generated keys avoid theirs.
    fn place(&mut self) -> Vec<PlacedRow<'a>> {
        let mut keys = KeyAllocator::new(self.inputs.tree, self.inputs.recorded, self.inputs.noted);
        let mut placed = Vec::new();
        let table = self.table;
        let good = || table.rows.iter().filter(|read| read.is_good && read.target.is_none());
        let key_of = |read: &ReadRow<'_>| {
            let owner = read.values.offer_id.and_then(|id| self.inputs.recorded.owner_of(id));
            read.values.key.clone().or_else(|| owner.cloned())
        };
        let (keyed, free): (Vec<_>, Vec<_>) =
            good().map(|read| (read, key_of(read))).partition(|(_, key)| key.is_some());
        let mut rows: HashMap<Key, usize> = HashMap::new();
        for (read, key) in keyed.into_iter().chain(free) {
            let values = read.values.clone();
            let imported = ImportedOffer::row(values.offer_id, values.fields, values.sync);
            let folder = keys.folder(&imported);
            let assignment = match &key {
                Some(key) => keys.try_assign(&imported, &folder, key.clone()),
                None => Some(keys.assign(&imported)),
            };
            match (assignment, key) {
                (Some(KeyAssignment::Found(offer)), _) => {
                    rows.insert(offer.key.clone(), read.row.number);
                    self.found(&imported, offer);
                }
                (Some(KeyAssignment::Noted(offer)), _) => self.key_taken(read.row, &offer.key, None),
                (Some(KeyAssignment::New { key, path }), _) => {
                    rows.insert(key.clone(), read.row.number);
                    let placed_row = Placed { imported, folder, key, path };
                    placed.push(PlacedRow { read, placed: placed_row });
                }
                (None, Some(key)) => self.key_taken(read.row, &key, rows.get(&key).copied()),
                (None, None) => {}
            }
        }
        placed
    }

    fn key_taken(&mut self, row: &'a Row, key: &Key, other_row: Option<usize>) {
        let number = row.number;
        if let Some(other) = other_row {
            let message = format!("row {number} has the key `{key}` of row {other}");
            return self.problem(row, message, "a key names one offer; give one of the rows another");
        }
        let there = self.inputs.tree.set.get(key).map(|offer| &offer.place.file);
        let message = match there {
            Some(path) => format!("row {number}: the key `{key}` is taken by {path}, which says something else"),
            None => format!("row {number}: a file of the key `{key}` is there already"),
        };
        let help = "an import with `--state-ids` changes no YAML: edit that file, or give the row another key";
        self.problem(row, message, help);
    }

    /// The tree must not have two offers with the same name and advertiser while one of them is to be created.
    fn check_names(&mut self) {
        let recorded = self.inputs.recorded;
        let set = self.inputs.tree.set;
        let adopt = self.inputs.adopt_ids;
        let mut there: HashMap<Identity<'a>, &'a DesiredOffer> = HashMap::new();
        for offer in &set.offers {
            there.entry(Identity::of(&offer.fields).without_vertical()).or_insert(offer);
        }
        let rows: Vec<_> =
            self.table.rows.iter().filter(|read| read.is_good).map(|read| (read, read.fields())).collect();
        let mut seen: HashMap<Identity<'_>, (&'a ReadRow<'a>, bool)> = HashMap::new();
        for (read, fields) in &rows {
            let (read, values) = (*read, &read.values);
            let identity = Identity::of(fields).without_vertical();
            let exists = read.target.is_some_and(|offer| recorded.offers.contains_key(&offer.key))
                || values.offer_id.is_some_and(|id| adopt || recorded.owner_of(id).is_some())
                || values.key.as_ref().is_some_and(|key| recorded.offers.contains_key(key));
            let number = read.row.number;
            let help =
                "give one of them another name: if the reply to a create were lost, the two could not be distinguished";
            match seen.get(&identity) {
                // Two rows of one offer are told of already.
                Some((first, _)) if read.target.is_some_and(|t| first.target.is_some_and(|f| f.key == t.key)) => {}
                Some((first, first_exists)) if !(exists && *first_exists) => {
                    let message = format!("row {number} has the name and the advertiser of row {}", first.row.number);
                    self.problem(read.row, message, help);
                }
                Some(_) => {}
                None => {
                    seen.insert(identity, (read, exists));
                }
            }
            let other = there.get(&identity).filter(|offer| !Self::is_of(offer, read));
            if let Some(offer) = other.filter(|offer| !(exists && recorded.offers.contains_key(&offer.key))) {
                let path = &offer.place.file;
                let message = format!("row {number} has the name and the advertiser of `{}` ({path})", offer.key);
                let help = "edit that file if it is the same offer; else give the row another name";
                self.problem(read.row, message, help);
            }
        }
    }

    /// Whether existing YAML is the offer of the row, or equal to it: then both are the same offer.
    fn is_of(offer: &DesiredOffer, read: &ReadRow<'_>) -> bool {
        if let Some(target) = read.target {
            return target.key == offer.key;
        }
        let values = read.values.clone();
        let is_named = values.key.as_ref().is_none_or(|key| *key == offer.key);
        let imported = ImportedOffer::row(values.offer_id, values.fields, values.sync);
        is_named && crate::import::keys::is_equivalent(offer, &imported)
    }

    fn found(&mut self, imported: &ImportedOffer, offer: &DesiredOffer) {
        match (imported.offer_id, managed(imported, offer)) {
            (Some(id), Ok(fields)) if self.inputs.adopt_ids && self.inputs.recorded.owner_of(id).is_none() => {
                self.adopt(id, offer, fields, Origin::Found);
            }
            _ => self.import.skipped += 1,
        }
    }

    fn adopt(&mut self, offer_id: OfferId, offer: &DesiredOffer, fields: Fields, origin: Origin) {
        let (status, protect) = (RecordStatus::Live, offer.sync.protect);
        let record =
            Record { offer_id, status, fields, protect, replaced: Vec::new(), unsettled: None, status_word: None };
        self.import.adoptions.push(Adoption { key: offer.key.clone(), record, origin });
    }

    fn write(&mut self, mut placed: Vec<PlacedRow<'a>>) {
        placed.sort_by(|a, b| a.placed.path.cmp(&b.placed.path));
        let (rows, placed): (Vec<_>, Vec<_>) = placed.into_iter().map(|row| (row.read, row.placed)).unzip();
        let Batch { files, offers, ignored: _, warnings } = Batch::new(self.inputs.tree, &placed, self.inputs.defaults);
        for (read, validated) in rows.into_iter().zip(offers) {
            let (row, id) = (read.row, read.values.offer_id);
            if let Ok(validated) = &validated {
                self.signs.check(read, &validated.offer.fields);
            }
            match (validated, id.filter(|_| self.inputs.adopt_ids)) {
                (Err(field), _) => {
                    let message = format!("row {}: `{field}` would not come back from YAML as it is", row.number);
                    self.problem(row, message, "write this offer by hand");
                }
                (Ok(ValidatedOffer { file, offer, managed }), Some(id))
                    if self.inputs.recorded.owner_of(id).is_none() =>
                {
                    self.adopt(id, &offer, managed, Origin::Written(file));
                }
                (Ok(_), _) => {}
            }
        }
        (self.import.files, self.import.warnings) = (files, warnings);
    }
}
