//! What a command line selects: globs of keys, and files of offers.

use std::path::Path;

use crate::desired::keys_of;
use crate::disk;
use crate::offer::Key;
use crate::plan::Selection;
use crate::source::SourcePath;

use super::error::Error;

/// The selection by names that are globs of keys, or paths of offers' files as seen from `folder`.
pub(crate) fn selection(folder: &Path, only: &[String], exclude: &[String]) -> Result<Selection, Error> {
    let patterns = |names: &[String]| -> Result<Vec<String>, Error> {
        let patterns = names.iter().map(|name| patterns(folder, name)).collect::<Result<Vec<_>, _>>()?;
        Ok(patterns.concat())
    };
    Selection::new(&patterns(only)?, &patterns(exclude)?).map_err(|error| Error::usage(error.to_string()))
}

/// Whether a name means a file of offers: a glob of keys has no path separator.
pub(super) fn is_offer_file(folder: &Path, name: &str) -> bool {
    let has_ending = Path::new(name).extension().is_some_and(|ending| ending == "yaml" || ending == "yml");
    has_ending && (name.contains(['/', '\\']) || folder.join(name).is_file())
}

/// The keys of a file, or the glob itself.
fn patterns(folder: &Path, name: &str) -> Result<Vec<String>, Error> {
    let path = folder.join(name);
    if name.contains('/') && path.is_dir() {
        let message = format!("`{name}` is a folder: name files of offers, or a glob of their keys");
        let help = Some(format!("`{}/*.yaml` in a shell names the files in it", name.trim_end_matches('/')));
        return Err(Error::Usage { message, help });
    }
    if !is_offer_file(folder, name) {
        return Ok(vec![name.to_owned()]);
    }
    // Where the file is gone, its offer is recorded under its stem.
    let stem = || path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let keys = match disk::read_named(&path) {
        Ok(bytes) => keys_of(&SourcePath::from(name), &bytes),
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => None,
        Err(source) => return Err(Error::file("read", &path, source)),
    };
    let keys = keys.map(|keys| keys.iter().map(Key::to_string).collect());
    Ok(keys.unwrap_or_else(|| stem().into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_selects_the_offers_of_the_file_and_anything_else_is_a_glob() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| disk::create_new(&folder.path().join(name), text.as_bytes()).unwrap();
        std::fs::create_dir(folder.path().join("acme")).unwrap();
        write("acme/a.yaml", "offer_name: A\n");
        write("both.yaml", "offer_name: B\nsync: {key: b}\n---\noffer_name: C\nsync: {key: c}\n");
        write("acme/broken.yaml", "a: [\n");
        for (name, keys) in [
            ("acme/a.yaml", &["a"][..]),
            ("./acme/a.yaml", &["a"]),
            ("both.yaml", &["b", "c"]),
            ("acme/broken.yaml", &["broken"]),
            ("acme/gone.yml", &["gone"]),
            // A key may end like a file.
            ("gone.yaml", &["gone.yaml"]),
            ("auto-*", &["auto-*"]),
        ] {
            assert_eq!(patterns(folder.path(), name).unwrap(), keys, "{name}");
        }
        assert!(matches!(patterns(folder.path(), "./acme"), Err(Error::Usage { help: Some(_), .. })));
    }
}
