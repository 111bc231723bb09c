//! Where a store is, before anything is asked of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::git::RemoteSetting;

use super::git::GitHome;
use super::home::{Home, HomeError};

/// Where a store is.
#[derive(Debug)]
pub(crate) enum Place {
    /// A ref of a remote of the repository that the folder is in.
    Ref {
        folder: PathBuf,
        remote: String,
        /// What git needs to reach it, where its own settings are not all.
        setting: Option<RemoteSetting>,
        name: String,
    },
    Objects(ObjectPlace),
}

/// Where the objects of a store are.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "stores"), expect(dead_code, reason = "it is not reached"))]
pub(crate) struct ObjectPlace {
    pub(crate) service: Service,
    /// The bucket; on Azure the container.
    pub(crate) bucket: String,
    /// What the names of the objects begin with, before a slash.
    pub(crate) folder: String,
    /// The address of the service, where it is not the usual one.
    pub(crate) endpoint: Option<String>,
}

/// Whose language an object store speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    S3,
    Google,
    Azure,
}

/// The object that is moved from one version to the next.
pub(super) const HEAD_OBJECT: &str = "head.json";

impl Place {
    /// The name of the ref, or of the object, that is at the present version.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Ref { name, .. } => name.clone(),
            Self::Objects(ObjectPlace { folder, .. }) => format!("{folder}/{HEAD_OBJECT}"),
        }
    }

    /// Opens it, with a private folder for what it needs on this machine.
    pub(super) fn open(&self, private: &Path) -> Result<Arc<dyn Home>, HomeError> {
        match self {
            Self::Ref { folder, remote, setting, name } => {
                Ok(Arc::new(GitHome::open(folder, (remote, setting.clone()), name, private)?))
            }
            #[cfg(feature = "stores")]
            Self::Objects(place) => Ok(Arc::new(super::objects::ObjectHome::open(place)?)),
            #[cfg(not(feature = "stores"))]
            Self::Objects(_) => {
                let reason = "this offersync was built without object stores";
                let advice = "use a released offersync, build it with `--features stores`, or keep the state in git or in a file";
                Err(HomeError::new(super::home::Kind::Refused, reason).advice(advice))
            }
        }
    }
}
