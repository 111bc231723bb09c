//! The offers that a command is narrowed to: globs over keys.

use std::collections::BTreeSet;
use std::sync::Arc;

use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::offer::Key;

/// Key globs to narrow to (none: all) and key globs to leave out.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    only: Option<GlobSet>,
    exclude: GlobSet,
    patterns: Vec<String>,
    keys: Option<Arc<BTreeSet<Key>>>,
}

/// A text is not a glob.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a key pattern")]
pub struct SelectionError {
    pattern: String,
    source: globset::Error,
}

impl Selection {
    /// Builds a selection from patterns such as `auto-*`; `*` matches any characters.
    pub fn new(only: &[String], exclude: &[String]) -> Result<Self, SelectionError> {
        let patterns = only.iter().chain(exclude).cloned().collect();
        Ok(Self {
            only: (!only.is_empty()).then(|| set(only)).transpose()?,
            exclude: set(exclude)?,
            patterns,
            keys: None,
        })
    }

    /// Whether nothing narrows it.
    pub fn is_everything(&self) -> bool {
        self.patterns.is_empty() && self.keys.is_none()
    }

    /// Whether an offer is selected.
    pub fn contains(&self, key: &Key) -> bool {
        self.only.as_ref().is_none_or(|only| only.is_match(key.as_str()))
            && !self.exclude.is_match(key.as_str())
            && self.keys.as_ref().is_none_or(|keys| keys.contains(key))
    }

    /// Whether the keys are named one by one, and this is one of them.
    pub fn names(&self, key: &Key) -> bool {
        self.keys.as_ref().is_some_and(|keys| keys.contains(key))
    }

    /// Whether a renamed offer is selected: by its old or its new key, unless either is excluded.
    pub fn contains_renamed(&self, from: &Key, to: &Key) -> bool {
        let excluded = [from, to].into_iter().any(|key| self.exclude.is_match(key.as_str()));
        !excluded && (self.contains(from) || self.contains(to))
    }

    /// Whether an offer is excluded by name.
    pub fn excludes(&self, key: &Key) -> bool {
        self.exclude.is_match(key.as_str())
    }

    /// Whether it excludes something.
    pub fn has_exclusions(&self) -> bool {
        !self.exclude.is_empty()
    }

    /// The same selection, but only of these keys.
    #[must_use]
    pub fn within(&self, mut keys: BTreeSet<Key>) -> Self {
        if let Some(own) = &self.keys {
            keys.retain(|key| own.contains(key));
        }
        Self { keys: Some(Arc::new(keys)), ..self.clone() }
    }

    /// The patterns that match none of these keys.
    pub fn unmatched<'k, K: Iterator<Item = &'k Key> + Clone>(&self, keys: &K) -> Vec<&str> {
        let matches = |pattern: &String| {
            Glob::new(pattern).is_ok_and(|glob| {
                let matcher = glob.compile_matcher();
                keys.clone().any(|key| matcher.is_match(key.as_str()))
            })
        };
        self.patterns.iter().filter(|pattern| !matches(pattern)).map(String::as_str).collect()
    }
}

fn set(patterns: &[String]) -> Result<GlobSet, SelectionError> {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let error = |source| SelectionError { pattern: pattern.clone(), source };
        builder.add(Glob::new(pattern).map_err(error)?);
    }
    builder.build().map_err(|source| SelectionError { pattern: patterns.join(", "), source })
}
