//! Offers written out: as CSV that reads back, or as JSON for programs.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::Serialize;

use super::cells::shown;
use super::columns::{Column, SETTINGS, all_names};
use super::{amounts, formula, hidden};
use crate::cake::ObservedOffer;
use crate::config::Names;
use crate::offer::{
    DesiredOffer, Field, FieldKind, FieldSet, Fields, Key, OfferId, OnCreateOnlyChange, Record, RecordStatus,
    SyncSettings,
};

/// Where the offers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The YAML's.
    Desired,
    /// The state's.
    Recorded,
    /// CAKE's.
    Observed,
}

/// One offer to write.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ExportedOffer<'a> {
    key: Option<&'a Key>,
    offer_id: Option<OfferId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<RecordStatus>,
    fields: &'a Fields,
    /// CAKE's text of values that do not parse.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unreadable: Vec<UnreadableValue<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sync: Option<ExportedSettings<'a>>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct UnreadableValue<'a> {
    field: &'static str,
    text: &'a str,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct ExportedSettings<'a> {
    protect: bool,
    on_create_only_change: &'static str,
    ignore_changes: FieldSet,
    renamed_from: Option<&'a Key>,
}

impl<'a> ExportedOffer<'a> {
    /// An offer of the YAML, with its id where it is recorded.
    pub fn desired(offer: &'a DesiredOffer, offer_id: Option<OfferId>) -> Self {
        let SyncSettings { renamed_from, protect, on_create_only_change, ignore_changes } = &offer.sync;
        let sync = ExportedSettings {
            protect: *protect,
            on_create_only_change: match on_create_only_change {
                OnCreateOnlyChange::Block => "block",
                OnCreateOnlyChange::Replace => "replace",
            },
            ignore_changes: *ignore_changes,
            renamed_from: renamed_from.as_ref(),
        };
        let (key, fields) = (Some(&offer.key), &offer.fields);
        Self { key, offer_id, status: None, fields, unreadable: Vec::new(), sync: Some(sync) }
    }

    /// An offer of the state.
    pub fn recorded(key: &'a Key, record: &'a Record) -> Self {
        let (offer_id, status) = (Some(record.offer_id), Some(record.status));
        Self { key: Some(key), offer_id, status, fields: &record.fields, unreadable: Vec::new(), sync: None }
    }

    /// An offer of CAKE's, with its key where it is recorded.
    pub fn observed(offer: &'a ObservedOffer, key: Option<&'a Key>) -> Self {
        let unreadable =
            offer.unreadable.iter().map(|value| UnreadableValue { field: value.field.name(), text: &value.text });
        let (offer_id, unreadable) = (Some(offer.offer_id), unreadable.collect());
        Self { key, offer_id, status: None, fields: &offer.fields, unreadable, sync: None }
    }

    /// Its values.
    pub(crate) fn fields(&self) -> &'a Fields {
        self.fields
    }

    fn cell(&self, column: Column, names: &Names) -> Cow<'a, str> {
        let sync = self.sync.as_ref();
        match column {
            Column::Key => self.key.map_or(Cow::Borrowed(""), |key| Cow::Borrowed(key.as_str())),
            Column::OfferId => self.offer_id.map_or(Cow::Borrowed(""), |id| Cow::Owned(id.to_string())),
            Column::Field(field) => self.value(field),
            Column::Named(field) => {
                let name = self.fields.get(field).and_then(|id| names.name_of(field, id));
                Cow::Owned(name.unwrap_or_default().to_owned())
            }
            Column::Protect => Cow::Borrowed(if sync.is_some_and(|sync| sync.protect) { "true" } else { "" }),
            Column::OnCreateOnlyChange => {
                let word = sync.map(|sync| sync.on_create_only_change).filter(|word| *word != "block");
                Cow::Borrowed(word.unwrap_or_default())
            }
            Column::IgnoreChanges => {
                let fields = sync.map(|sync| sync.ignore_changes).unwrap_or_default();
                Cow::Owned(fields.iter().map(Field::name).collect::<Vec<_>>().join(" "))
            }
            Column::RenamedFrom => {
                sync.and_then(|sync| sync.renamed_from).map_or(Cow::Borrowed(""), |key| Cow::Borrowed(key.as_str()))
            }
        }
    }

    fn value(&self, field: Field) -> Cow<'a, str> {
        if let Some(value) = self.fields.get(field) {
            let text = value.to_string();
            // `1.234` would be a thousand times as much where a point separates thousands.
            let is_ambiguous = field.kind() == FieldKind::Money && amounts::is_ambiguous(&text);
            return Cow::Owned(if is_ambiguous { text + "0" } else { text });
        }
        let unreadable = self.unreadable.iter().find(|value| value.field == field.name());
        Cow::Borrowed(unreadable.map_or("", |value| value.text))
    }
}

/// The columns of an export, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Columns(Vec<Column>);

impl Columns {
    /// All that the source can fill and that reads back.
    pub(crate) fn of(source: Source) -> Self {
        let mut columns = vec![Column::Key, Column::OfferId];
        columns.extend(Field::ALL.map(Column::Field));
        if source == Source::Desired {
            columns.extend(SETTINGS);
        }
        Self(columns)
    }

    /// Those of these names; fails with a message and a help.
    pub(crate) fn named(source: Source, names: &[String]) -> Result<Self, (String, String)> {
        let mut columns: Vec<Column> = Vec::new();
        for name in names {
            let Some(column) = Column::find(name) else {
                let help = match Column::suggest(name) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the columns are: {}", all_names()),
                };
                return Err((format!("there is no column {}", shown(name)), help));
            };
            if SETTINGS.contains(&column) && source != Source::Desired {
                let message = format!("`{}` is in the YAML only", column.name());
                return Err((message, "leave it out, or export with `--of desired`".to_owned()));
            }
            if columns.contains(&column) {
                return Err((format!("the column `{}` is named twice", column.name()), "name it once".to_owned()));
            }
            columns.push(column);
        }
        Ok(Self(columns))
    }
}

/// As CSV.
pub(crate) fn csv(columns: &Columns, names: &Names, offers: &[ExportedOffer<'_>]) -> Result<Vec<u8>, csv::Error> {
    let Columns(columns) = columns;
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| column.name()))?;
    for offer in offers {
        writer.write_record(
            columns.iter().map(|column| hidden::escaped(formula::escaped(offer.cell(*column, names))).into_owned()),
        )?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

const OFFERS: &str = "offersync-offers";
const VERSION: u32 = 1;

/// What `offersync export --format json` writes.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Offers", deny_unknown_fields)]
pub(crate) struct OffersDocument<'a> {
    #[schemars(extend("const" = OFFERS))]
    format: &'static str,
    #[schemars(extend("const" = VERSION))]
    version: u32,
    of: Source,
    offers: &'a [ExportedOffer<'a>],
}

/// As JSON: money and dates as strings, ids as integers.
pub fn json(source: Source, offers: &[ExportedOffer<'_>]) -> Result<String, serde_json::Error> {
    let document = OffersDocument { format: OFFERS, version: VERSION, of: source, offers };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}
