//! What an apply is asked to carry out: a saved plan, or the offers that globs select.

use std::path::{Path, PathBuf};

use crate::disk;
use crate::ops::error::Error;
use crate::ops::repository::Repository;
use crate::ops::selected::{is_offer_file, selection};
use crate::plan::Selection;

use super::{Planning, SavedPlan};

/// What to carry out.
#[derive(Debug)]
pub(crate) enum Requested {
    Saved(Box<SavedPlan>),
    Fresh(Selection),
}

impl Requested {
    /// From names that are paths as seen from `folder`, or globs: a single one that is a file, or can only be meant as one, and is no file of
    /// offers, is a saved plan; anything else selects offers. Of a saved plan, what is done by now may be left out.
    pub(crate) fn read(folder: &Path, names: &[String], exclude: &[String], skips_done: bool) -> Result<Self, Error> {
        let path = match names {
            [one] if one == disk::STANDARD_INPUT => Some(PathBuf::from(one)),
            [one] if is_offer_file(folder, one) => None,
            [one] => Some(folder.join(one)).filter(|path| is_file_name(one) || path.exists()),
            _ => None,
        };
        let Some(path) = path else {
            if skips_done {
                return Err(Error::usage("--skip-done goes with a saved plan; a fresh one has nothing that is done"));
            }
            return Ok(Self::Fresh(selection(folder, names, exclude)?));
        };
        if !exclude.is_empty() {
            return Err(Error::Usage {
                message: "a saved plan is carried out as a whole, so --exclude cannot go with it".to_owned(),
                help: Some("save a narrower plan: `offersync plan --exclude GLOB --out FILE`".to_owned()),
            });
        }
        let saved = SavedPlan::read(&path)?;
        Ok(Self::Saved(Box::new(if skips_done { saved.skipping_done() } else { saved })))
    }

    /// The planning for a repository; refuses a saved plan for another environment or CAKE before anything is locked or asked.
    pub(crate) fn planning(&self, repository: &Repository, overwrite_drift: bool) -> Result<Planning<'_>, Error> {
        match self {
            Self::Saved(saved) => {
                saved.check_environment(&repository.environment().0, &repository.cake)?;
                Ok(Planning::Saved(saved))
            }
            Self::Fresh(selection) => Ok(Planning::Fresh { selection: selection.clone(), overwrite_drift }),
        }
    }
}

/// A glob of keys has no path separator, and a name that ends in `.json` is meant as a file.
fn is_file_name(name: &str) -> bool {
    name.contains(['/', '\\']) || Path::new(name).extension().is_some_and(|ending| ending == "json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(folder: &Path, names: &[&str], exclude: &[&str]) -> Result<Requested, Error> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        Requested::read(folder, &owned(names), &owned(exclude), false)
    }

    #[test]
    fn one_name_of_a_file_is_a_saved_plan_and_anything_else_are_globs() {
        let folder = tempfile::tempdir().unwrap();
        crate::disk::create_new(&folder.path().join("tonight"), b"{}").unwrap();
        for file in ["tonight", "plan.json", "plans/monday", "plans\\monday"] {
            let error = read(folder.path(), &[file], &[]).unwrap_err();
            assert!(matches!(error, Error::SavedPlan(_) | Error::File { .. }), "{file}: {error}");
        }
        for globs in [&[][..], &["auto-*"], &["monday"], &["plan.json", "auto-*"], &["offers/a.yaml"]] {
            assert!(matches!(read(folder.path(), globs, &[]), Ok(Requested::Fresh(_))), "{globs:?}");
        }
    }

    #[test]
    fn nothing_is_left_out_of_a_saved_plan() {
        let error = read(Path::new("."), &["plan.json"], &["auto-*"]).unwrap_err();
        assert!(matches!(error, Error::Usage { help: Some(_), .. }), "{error}");
    }
}
