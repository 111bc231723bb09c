//! Searches for `offersync.toml` in a folder and the folders above it, and reads its bytes.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use super::address::CakeUrl;
use super::environments::TABLE as ENVIRONMENTS;
use super::settings::Settings;
use crate::diagnostic::{Diagnostic, codes};

pub const FILE_NAME: &str = "offersync.toml";

/// The state where the configuration names none.
pub(crate) const STATE: &str = "offersync.state.json";

/// The default of `offers`.
const OFFERS: &str = "offers";

/// A larger file is none that a person wrote.
pub(super) const LARGEST: u64 = 1 << 20;

/// The nearest `offersync.toml` at or above a folder. An unreadable file counts, because skipping it would silently use the settings of
/// another repository.
pub fn find(start: &Path) -> Option<PathBuf> {
    folders_from(start).iter().map(|folder| folder.join(FILE_NAME)).find(|file| file.symlink_metadata().is_ok())
}

/// A folder and those above it, the nearest one first.
pub fn folders_from(start: &Path) -> Vec<PathBuf> {
    let Ok(mut start) = std::path::absolute(start) else { return Vec::new() };
    // The folder before a `..` is not above the one that the path leads to.
    if start.components().any(|part| part == Component::ParentDir) {
        start = start.canonicalize().unwrap_or(start);
    }
    start.ancestors().map(Path::to_owned).collect()
}

/// The problem that no file was found.
pub fn missing(start: &Path) -> Diagnostic {
    Diagnostic::error(
        codes::config::MISSING,
        format!("there is no {FILE_NAME} in `{}` or in a folder above it", start.display()),
    )
    .help(format!("run `offersync init` to make one, or name another folder with -C DIR, or the file with --config FILE ({FILE_NAME})"))
}

/// The problem that the folder in which a configuration is looked for is not there: one further up may be another project's.
pub fn no_folder(start: &Path) -> Diagnostic {
    Diagnostic::error(codes::config::MISSING, format!("there is no folder `{}`", start.display()))
        .help("name one that is there with -C DIR")
}

/// The path of the state that a configuration names for the environment of these settings, which may be an older one and have other problems.
pub(crate) fn state_in(bytes: &[u8], of: &Settings) -> Option<PathBuf> {
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    let environment = of.table.as_ref().and_then(|name| table.get(ENVIRONMENTS)?.get(name));
    if of.table.is_some() && environment.is_none() {
        // Before it had this environment, the file was that of one CAKE, which may be another one.
        let url = table.get("cake").and_then(|cake| CakeUrl::parse(cake.get("url")?.as_str()?).ok());
        let own = of.cake.url.as_ref();
        own.filter(|own| url.is_some_and(|url| url.as_str() == own.as_str()))?;
    }
    let overruled = environment.and_then(|environment| environment.get("state"));
    overruled.or_else(|| table.get("state")).map_or(Some(STATE), toml::Value::as_str).map(PathBuf::from)
}

/// The offers folder that a configuration names, likewise.
pub(crate) fn offers_in(bytes: &[u8]) -> Option<String> {
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).ok()?).ok()?;
    table.get("offers").map_or(Some(OFFERS), toml::Value::as_str).map(str::to_owned)
}

/// The bytes of a configuration file. Only a regular file is opened: a named pipe would be waited for, and a device read, without end.
pub(crate) fn read(file: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(file)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    // Some files, as in `/proc`, do not tell their length.
    File::open(file)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}
