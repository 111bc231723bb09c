//! Which files were in the offers folder at a commit: the configuration of that time tells. A folder that it names at another time only
//! may be another environment's at that one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::offers_in;
use crate::git::{GitError, InParents, Parent, all_versions};
use crate::ops::repository::Repository;
use crate::source::SourcePath;

use super::held::Place;

/// The folders that the configuration names now, or named in any commit up to the present one.
pub(super) struct Folders<'t> {
    configuration: &'t Path,
    root: &'t Path,
    present: &'t [Place],
    offers: &'t SourcePath,
    /// By what the configuration said.
    earlier: BTreeMap<String, Place>,
}

impl<'t> Folders<'t> {
    pub(super) fn of(repository: &'t Repository, present: &'t [Place]) -> Self {
        let settings = &repository.settings;
        let (root, offers, configuration) = (&settings.root, &settings.offers, repository.config_file());
        let mut folders = Self { configuration, root, present, offers, earlier: BTreeMap::new() };
        match all_versions(configuration) {
            Ok(versions) => versions.iter().for_each(|bytes| folders.add(bytes)),
            Err(error) => tracing::warn!(%error, "git does not show what the offers folder was"),
        }
        folders
    }

    fn add(&mut self, configuration: &[u8]) {
        let Some(folder) = offers_in(configuration) else { return };
        if folder == self.offers.as_str() || self.earlier.contains_key(&folder) {
            return;
        }
        // A folder out of the repository is no place.
        if let Ok(Some(place)) = Place::find(self.root, &SourcePath::from(folder.as_str())) {
            self.earlier.insert(folder, place);
        }
    }

    pub(super) fn tops(&self) -> impl Iterator<Item = &Path> {
        self.present.iter().chain(self.earlier.values()).map(|place| place.work_tree.top())
    }

    /// Those in the work tree with this top.
    pub(super) fn in_tree<'f>(&'f self, top: &Path) -> InTree<'f> {
        let is_in = |place: &&Place| place.work_tree.top() == top;
        let present: Vec<&Place> = self.present.iter().filter(is_in).collect();
        let (mut named, mut all) = (BTreeMap::new(), present.clone());
        for (folder, place) in self.earlier.iter().filter(|(_, place)| is_in(place)) {
            // The same one may be written in several ways.
            let is_offers = present.iter().any(|present| present.shown == *self.offers && present.below == place.below);
            named.insert(folder.as_str(), if is_offers { present.clone() } else { vec![place] });
            all.push(place);
        }
        named.insert(self.offers.as_str(), present);
        InTree {
            configuration: self.configuration,
            top: top.to_owned(),
            offers: self.offers.as_str(),
            named,
            all,
            then: None,
        }
    }
}

/// The folders in a work tree.
pub(super) struct InTree<'f> {
    configuration: &'f Path,
    top: PathBuf,
    offers: &'f str,
    named: BTreeMap<&'f str, Vec<&'f Place>>,
    all: Vec<&'f Place>,
    /// The configuration, and what the parents of the commit that was asked for last had of it.
    then: Option<(Option<InParents>, String, Vec<Parent>)>,
}

impl<'f> InTree<'f> {
    pub(super) fn all(&self) -> &[&'f Place] {
        &self.all
    }

    /// Whether a file that the commit has changed or removed was in the offers folder before. Where git does not have the configuration of
    /// that time, as of a project that is in another repository, the present folder counts.
    pub(super) fn was_in(&mut self, path: &str, commit: &str, is_it: fn(&str) -> bool) -> Result<bool, GitError> {
        let Self { configuration, top, offers, named, then, .. } = self;
        let (file, of, parents) = match then.take() {
            Some(then) if then.1 == commit => then,
            before => {
                let file = before.map_or_else(|| InParents::of(configuration, top), |(file, ..)| Ok(file))?;
                let parents = file.as_ref().map_or(Ok(Vec::new()), |file| file.parents(commit))?;
                (file, commit.to_owned(), parents)
            }
        };
        let has = |folder: &str| named.get(folder).is_some_and(|places| is_below(places, path, is_it));
        let was_in = |parent: &&Parent| match &parent.bytes {
            None => has(offers),
            Some(bytes) => offers_in(bytes).is_some_and(|folder| has(&folder)),
        };
        let (is, is_not): (Vec<_>, Vec<_>) = parents.iter().partition(was_in);
        let found = match &file {
            None => has(offers),
            // One of the others may be the one that had the file.
            Some(file) if !is.is_empty() && !is_not.is_empty() => file.any_has(&is, path)?,
            Some(_) => !is.is_empty(),
        };
        *then = Some((file, of, parents));
        Ok(found)
    }
}

/// Whether a path is in one of the folders, and its path in there is one that is asked for.
pub(super) fn is_below(places: &[&Place], path: &str, is_it: fn(&str) -> bool) -> bool {
    places.iter().any(|place| place.relative(path).is_some_and(is_it))
}
