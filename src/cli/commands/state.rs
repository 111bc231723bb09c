//! `state`: look at what is recorded, or mend it by hand: under the lock and through the journal, like everything else.

use std::fmt::Write as _;

use crate::cli::args::{ReportFormat, StateChangeArgs, StateCommand};
use crate::cli::context::{Context, Repository};
use crate::cli::exit::Exit;
use crate::cli::failure::{Failure, with_causes};
use crate::cli::inputs::read_desired;
use crate::cli::recorded::{locked, read_recorded, refused};
use crate::diagnostic::{closest, codes};
use crate::offer::{Fields, Key, OfferId, Record, RecordStatus, Recorded};
use crate::state::{Session, StateChange, Store};

/// Runs a `state` command.
pub(in crate::cli) async fn run(context: &Context, command: StateCommand) -> Result<Exit, Failure> {
    match command {
        StateCommand::List { format, sandbox } => list(context, format, sandbox),
        StateCommand::Show { key, sandbox } => show(context, &key, sandbox),
        StateCommand::Merge(args) => super::merge::run(context, &args),
        StateCommand::Mv { from, to, change } => {
            edit(context, change, |_, recorded| {
                let (from, to) = (known(recorded, &from)?, parse(&to)?);
                let offer_id = recorded.offers[&from].offer_id;
                if let Some(taken) = recorded.offers.get(&to) {
                    let id = taken.offer_id;
                    return Err(change_refused(format!("`{to}` is recorded already, with offer {id}"))
                        .help(format!("choose another key, or forget that one first: `offersync state rm {to}`")));
                }
                let said = format!("`{from}` (offer {offer_id}) is recorded as `{to}`");
                Ok((StateChange::Rename { from, to, offer_id }, said))
            })
            .await
        }
        StateCommand::Rm { key, change } => {
            edit(context, change, |_, recorded| {
                let key = known(recorded, &key)?;
                let offer_id = recorded.offers[&key].offer_id;
                let said = format!("`{key}` is forgotten; offer {offer_id} stays in CAKE as it is");
                Ok((StateChange::Forget { key, offer_id }, said))
            })
            .await
        }
        StateCommand::Accept { key, change } => {
            edit(context, change, |repository, r| accept(repository, r, &key)).await
        }
        StateCommand::Resolve { key, offer_id, not_created: _, change } => {
            edit(context, change, |_, recorded| resolve(recorded, &key, offer_id)).await
        }
    }
}

fn list(context: &Context, format: ReportFormat, sandbox: bool) -> Result<Exit, Failure> {
    let repository = context.repository(sandbox)?;
    let state = read_recorded(&repository)?;
    let recorded = state.recorded();
    let text = match format {
        ReportFormat::Json => {
            let binding = state.binding();
            let offers: Vec<_> = recorded.offers.iter().map(|(key, record)| as_json(key, record)).collect();
            let in_doubt: Vec<_> = recorded.in_doubt.keys().collect();
            let list = serde_json::json!({ "state": binding, "offers": offers, "in_doubt": in_doubt });
            format!("{list:#}\n")
        }
        ReportFormat::Text => as_text(recorded),
    };
    context.print(&text)?;
    Ok(Exit::Done)
}

fn as_json(key: &Key, record: &Record) -> serde_json::Value {
    let Record { offer_id, status, fields, protect, replaced } = record;
    serde_json::json!({
        "key": key, "offer_id": offer_id, "status": status, "protect": protect, "fields": fields, "replaced": replaced
    })
}

fn as_text(recorded: &Recorded) -> String {
    let width = recorded.offers.keys().map(|key| key.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for (key, record) in &recorded.offers {
        let status = status_word(record);
        let protect = if record.protect { "  protected" } else { "" };
        let name = record.fields.name().unwrap_or_default();
        let _ = writeln!(text, "{key:width$}  {:>8}  {status:7}  {name:?}{protect}", record.offer_id);
    }
    for key in recorded.in_doubt.keys() {
        let _ = writeln!(text, "{key:width$}  {:>8}  a create is in doubt", "?");
    }
    let _ = writeln!(text, "{} offers recorded, {} in doubt.", recorded.offers.len(), recorded.in_doubt.len());
    text
}

fn status_word(record: &Record) -> &'static str {
    match record.status {
        RecordStatus::Live => "live",
        RecordStatus::Retired => "retired",
    }
}

fn show(context: &Context, key: &str, sandbox: bool) -> Result<Exit, Failure> {
    let repository = context.repository(sandbox)?;
    let state = read_recorded(&repository)?;
    let recorded = state.recorded();
    let doubtful = Key::new(key).ok().and_then(|key| recorded.in_doubt.get(&key).map(|doubt| (key, doubt)));
    let shown = match (doubtful, known(recorded, key)) {
        (_, Ok(key)) => as_json(&key, &recorded.offers[&key]),
        (Some((key, doubt)), Err(_)) => serde_json::json!({ "key": key, "in_doubt": doubt }),
        (None, Err(failure)) => return Err(failure),
    };
    context.print(&format!("{shown:#}\n"))?;
    Ok(Exit::Done)
}

fn parse(key: &str) -> Result<Key, Failure> {
    Key::new(key).map_err(|error| Failure::usage(format!("`{key}` is no key: {error}")))
}

/// The key, if it is recorded.
fn known(recorded: &Recorded, key: &str) -> Result<Key, Failure> {
    let found = recorded.offers.keys().find(|known| known.as_str() == key);
    found.cloned().ok_or_else(|| {
        let failure = Failure::new(Exit::Error, codes::world::STATE_KEY, format!("`{key}` is not recorded"));
        let close = closest(key, recorded.offers.keys().map(Key::as_str));
        failure.help(close.map_or_else(
            || "`offersync state list` shows every recorded key".to_owned(),
            |close| format!("did you mean `{close}`?"),
        ))
    })
}

fn change_refused(message: String) -> Failure {
    Failure::new(Exit::Error, codes::world::STATE_CHANGE, message)
}

/// A person made in CAKE what the YAML says: what differs counts as confirmed.
fn accept(repository: &Repository, recorded: &Recorded, key: &str) -> Result<(StateChange, String), Failure> {
    let key = known(recorded, key)?;
    let desired = read_desired(repository, true)?;
    let Some(offer) = desired.set.get(&key) else {
        return Err(change_refused(format!("`{key}` has no YAML, so there are no values to accept")));
    };
    let record = &recorded.offers[&key];
    let fields: Fields = offer
        .managed()
        .filter(|(field, value)| record.fields.get(*field) != Some(*value))
        .map(|(field, value)| (field, value.clone()))
        .collect();
    let mut said = format!("recorded for `{key}` (offer {}), as CAKE has it already:", record.offer_id);
    for (field, value) in fields.iter() {
        let before = record.fields.get(field).map_or_else(|| "nothing".to_owned(), |v| format!("{:?}", v.to_string()));
        let _ = write!(said, "\n  {field}: {before} → {:?}", value.to_string());
    }
    if fields.is_empty() {
        said = format!("`{key}` is recorded as its YAML says already");
    }
    Ok((StateChange::Accept { key, offer_id: record.offer_id, fields }, said))
}

fn resolve(recorded: &Recorded, key: &str, offer_id: Option<u64>) -> Result<(StateChange, String), Failure> {
    let key = parse(key)?;
    if !recorded.in_doubt.contains_key(&key) {
        let doubtful: Vec<_> = recorded.in_doubt.keys().map(Key::as_str).collect();
        let help = match doubtful.as_slice() {
            [] => "nothing is in doubt, so nothing needs to be resolved".to_owned(),
            keys => format!("in doubt are: {}", keys.join(", ")),
        };
        return Err(change_refused(format!("no create of `{key}` is in doubt")).help(help));
    }
    let Some(number) = offer_id else {
        let said = format!("`{key}` was not created; the next apply creates it");
        return Ok((StateChange::ResolvedNotCreated { key }, said));
    };
    let id = OfferId::new(number).ok_or_else(|| Failure::usage(format!("{number} is no offer id")))?;
    if let Some(owner) = recorded.owner_of(id) {
        return Err(change_refused(format!("offer {id} is recorded for `{owner}` already")));
    }
    let said = format!("`{key}` was created as offer {id}");
    Ok((StateChange::ResolvedCreated { key, offer_id: id }, said))
}

/// Makes one change of the state: lock, journal, publish.
async fn edit(
    context: &Context,
    change: StateChangeArgs,
    decide: impl Fn(&Repository, &Recorded) -> Result<(StateChange, String), Failure>,
) -> Result<Exit, Failure> {
    let repository = context.repository(change.sandbox)?;
    if change.dry_run {
        let (_, said) = decide(&repository, read_recorded(&repository)?.recorded())?;
        context.print(&format!("Would change: {said}\n"))?;
        return Ok(Exit::Done);
    }
    let lock = Store::new(&repository.state)
        .lock(context.lock_timeout(), &Context::variable)
        .map_err(|error| locked(&error))?;
    let mut session = Session::open(lock, &repository.cake).map_err(|error| refused(&error))?;
    let (note, said) = decide(&repository, &session.recorded())?;
    session
        .journal()
        .notes(vec![note])
        .await
        .map_err(|error| Failure::new(Exit::Error, codes::world::DISK, with_causes(&error)))?;
    session.publish().map_err(|error| refused(&error))?;
    context.print(&format!("Changed: {said}\n"))?;
    Ok(Exit::Done)
}
