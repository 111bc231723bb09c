//! `state list` and `state show`: prints what is recorded.

use crate::cli::args::ReportFormat;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::next_step;
use crate::cli::printable::Printable;
use crate::offer::{Field, Value};
use crate::ops;
use crate::ops::state::{ShownRecord, shown_record};
use crate::report::recorded as report;

pub(super) fn list(
    context: &Context,
    condition: Option<&str>,
    format: ReportFormat,
    sandbox: bool,
) -> Result<Exit, Failure> {
    let repository = context.repository(sandbox)?;
    let state = ops::read_recorded(&repository)?;
    let chosen = condition.map(|text| ops::recorded_where(state.recorded(), text, &repository.settings.names));
    let chosen = chosen.transpose()?;
    let recorded = chosen.as_ref().unwrap_or(state.recorded());
    let names = &repository.settings.names;
    let advertiser = |id: &Value| names.name_of(Field::AdvertiserId, id).map(str::to_owned);
    context.print(match format {
        ReportFormat::Json => Printable::json(report::list_json(recorded, &state.binding())),
        ReportFormat::Text => report::list_text(recorded, &advertiser).into(),
    })?;
    if state.binding().lineage.is_none() {
        next_step::without_state(context);
    }
    Ok(Exit::Done)
}

pub(super) fn show(context: &Context, key: &str, format: ReportFormat, sandbox: bool) -> Result<Exit, Failure> {
    let ShownRecord { key, record, in_doubt } = shown_record(&context.repository(sandbox)?, key)?;
    let (record, in_doubt) = (record.as_ref(), in_doubt.as_ref());
    context.print(match format {
        ReportFormat::Json => Printable::json(report::json(&key, record, in_doubt)),
        ReportFormat::Text => report::text(&key, record, in_doubt).into(),
    })?;
    Ok(Exit::Done)
}
