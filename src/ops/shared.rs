//! A state that lives in a shared store: opening the store, waiting for its claim, and a state file that lies there besides.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::sleep;

use crate::cake::Cancellation;
use crate::config::{ObjectService, STATE, Settings, StoreAddress};
use crate::diagnostic::{Diagnostic, Label, codes};
use crate::fault_point;
use crate::source::SourcePath;
use crate::state::{ClaimError, Holder, LockedStore};
use crate::store::{Attempt, Clock, ObjectPlace, Place, Service, SharedStore, Watch};

use super::ci::push_setting;
use super::error::Error;
use super::repository::Repository;
use super::variable;

/// The variable with the address of a store that is not the usual one.
const ENDPOINT: &str = "OFFERSYNC_STORE_ENDPOINT";

/// How often a claim that another process has is looked at.
const POLL: Duration = Duration::from_secs(2);

/// The store that the configuration names, if it names one. Nothing is read yet.
pub(super) fn shared_store(settings: &Settings) -> Result<Option<SharedStore>, Error> {
    settings.store.as_ref().map(|address| open(settings, address)).transpose()
}

/// The store at an address, for the environment of these settings.
pub(super) fn open(settings: &Settings, address: &StoreAddress) -> Result<SharedStore, Error> {
    let here = |path: &Path| if path.as_os_str().is_empty() { PathBuf::from(".") } else { path.to_owned() };
    let name = address.name_for(&settings.environment().unwrap_or_default());
    let place = match address {
        StoreAddress::Git { remote, .. } => {
            let (folder, setting) = (here(&settings.root), push_setting(remote));
            Place::Ref { folder, remote: remote.clone(), setting, name }
        }
        StoreAddress::Objects { service, bucket, .. } => {
            let service = match service {
                ObjectService::S3 => Service::S3,
                ObjectService::Google => Service::Google,
                ObjectService::Azure => Service::Azure,
            };
            Place::Objects(ObjectPlace { service, bucket: bucket.clone(), folder: name, endpoint: endpoint()? })
        }
    };
    SharedStore::new(&address.to_string(), place)
        .map_err(|source| Error::file("create a folder in", &std::env::temp_dir(), source))
}

/// The address of a store that is not the usual one.
fn endpoint() -> Result<Option<String>, Error> {
    let Some(address) = variable(ENDPOINT).filter(|address| !address.is_empty()) else { return Ok(None) };
    match url::Url::parse(&address) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() => {
            Ok(Some(address.trim_end_matches('/').to_owned()))
        }
        _ => Err(Error::Usage {
            message: format!("{ENDPOINT} is no address of a store"),
            help: Some(format!("write it with its scheme, such as {ENDPOINT}=https://minio.example.com")),
        }),
    }
}

/// Takes the claim of a store. A holder that is alive is waited for as long as the caller likes; one that is silent, until it is known
/// that nothing of it is under way any more.
pub(super) async fn claim(
    store: &SharedStore,
    request: Duration,
    timeout: Duration,
    cancellation: &Cancellation,
) -> Result<LockedStore, Error> {
    let (began, mut watch) = (Clock::now(), Watch::default());
    let me = Holder::this_process(&variable);
    loop {
        match store.attempt(&mut watch, me.clone(), request)? {
            Attempt::Claimed(locked) => return Ok(*locked),
            Attempt::Raced => {}
            Attempt::Held(holder) => {
                let waited = began.elapsed_running();
                if watch.is_alive && waited >= timeout {
                    return Err(ClaimError::Held { store: store.shown().to_owned(), holder, waited }.into());
                }
            }
        }
        if cancellation.stop.run_until_cancelled(sleep(fault_point::shortened(POLL))).await.is_none() {
            return Err(Error::Interrupted("while another apply was waited for"));
        }
    }
}

/// Fails where the store has no state, and a state file lies in the repository: it is not known which of the two is meant.
pub(super) fn refuse_file_beside(repository: &Repository) -> Result<(), Error> {
    let (Some(address), Some(found)) = (&repository.settings.store, file_beside(&repository.settings)) else {
        return Ok(());
    };
    let message = format!(
        "there is no state in `{address}`, and the file {found} is one: it is not known which of them is meant"
    );
    let help = format!(
        "to move that state there, set `state = \"{found}\"` for a moment, run `offersync state migrate {address}`, and set `state` back. To \
         start without it, remove the file"
    );
    let problem = Diagnostic::error(codes::state::FILE_BESIDE, message).label(Label::file(SourcePath::from(found)));
    Err(Error::Invalid(vec![problem.help(help)]))
}

/// The warning that a state file lies there which nothing reads.
pub(super) fn unread_file(settings: &Settings) -> Option<Diagnostic> {
    let (address, found) = (settings.store.as_ref()?, file_beside(settings)?);
    let message = format!("the file {found} is not read: the state lives in `{address}`");
    let problem = Diagnostic::warning(codes::state::FILE_BESIDE, message).label(Label::file(SourcePath::from(found)));
    Some(problem.help(format!("once `offersync plan` shows what you expect of `{address}`, remove the file")))
}

/// The state file that an environment has where none is named.
fn file_beside(settings: &Settings) -> Option<String> {
    let of_environment = settings.table.iter().map(|table| format!("offersync.{table}.state.json"));
    of_environment.chain([STATE.to_owned()]).find(|name| settings.root.join(name).exists())
}
