//! What git knows of the user's files: which ones it holds, and what they were at a commit.
//!
//! Asks the `git` command and reads only; `remote` and `shared_ref` alone add objects and push them. Knows no offers. The invariant: where
//! git does not answer, that is an error and never "git holds nothing".

mod activity;
mod around;
mod attributes;
mod branch_versions;
mod command;
mod commit;
mod dropped;
mod earlier_folder;
mod entry;
mod everywhere;
mod follow;
mod history;
mod kept;
mod left;
mod locate;
mod location;
mod names;
mod other_branches;
mod parents;
mod past;
mod program;
mod reference;
mod remote;
mod remote_setting;
mod shared_ref;
mod submodule;
mod tracked_branches;
mod unchanged;
mod uncommitted;
mod versions;
mod work_tree;

pub(crate) use activity::{Activity, Operation};
pub(crate) use around::FileHistory;
pub(crate) use attributes::{Attributes, MERGE_DRIVER};
pub(crate) use branch_versions::{BranchVersion, branch_versions};
pub use command::GitError;
pub(crate) use commit::{Blob, Git};
pub(crate) use dropped::{DroppedVersion, dropped_versions};
pub(crate) use earlier_folder::earlier_folders;
pub(crate) use entry::{Entries, Entry, EntryKind, Mark};
pub(crate) use everywhere::FileAnywhere;
pub(crate) use follow::{Followed, Walk};
pub(crate) use history::{
    Held, Version, branch_with, find_version, head_version, is_committed, is_partial, is_related, is_tracked,
    may_be_put_back, newest_version,
};
pub(crate) use kept::{Kept, place_of};
pub(crate) use left::{Stashed, added_by_stashes, is_committed_here, left_commit_with, lost_commit_with, stash_with};
pub(crate) use locate::Located;
pub(crate) use names::{NamedBy, in_other_folders, moved_from, newest_versions, under_earlier_names};
pub(crate) use other_branches::{OnBranch, on_other_branches};
pub(crate) use parents::{InParents, Parent};
pub(crate) use past::{End, Look, PastFile};
pub(crate) use remote::{AtPath, CommitFile, Remote};
pub(crate) use remote_setting::RemoteSetting;
pub(crate) use shared_ref::SharedRef;
pub(crate) use submodule::{Submodule, is_checked_out};
pub(crate) use tracked_branches::unmerged_remote_branches;
pub(crate) use uncommitted::Uncommitted;
pub(crate) use versions::{FileVersion, FileVersions, all_versions, changed_by, commit_time};
pub(crate) use work_tree::{Sparseness, WorkTree};
