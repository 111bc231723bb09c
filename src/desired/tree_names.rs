//! Which names belong to the tree: offer files, files of defaults, folders, and what leads to them.

use std::path::Path;

pub(super) fn is_yaml(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(std::ffi::OsStr::to_str);
    // On a case-insensitive file system, `A.YAML` can be the name of what is `a.yaml` elsewhere.
    extension.is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"))
}

/// Whether a file belongs to the tree, by its `/`-separated path below the folder of offers: the rule of the listing, for files
/// that are not on the disk.
pub fn is_in_tree(relative: &str) -> bool {
    let (folders, name) = relative.rsplit_once('/').unwrap_or(("", relative));
    is_folder_in_tree(folders) && is_yaml(name) && (is_defaults(name) || is_folder_in_tree(name))
}

/// Whether the files of a folder can belong to the tree, by its path below the folder of offers.
pub fn is_folder_in_tree(relative: &str) -> bool {
    !relative.split('/').any(|part| part.starts_with(['.', '_']))
}

/// Whether a link of that path below the folder of offers can lead to files of the tree.
pub fn is_link_in_tree(relative: &str) -> bool {
    is_in_tree(relative) || (is_folder_in_tree(relative) && Path::new(relative).extension().is_none())
}

/// Whether a file's name is that of a file of defaults.
pub(super) fn is_defaults(name: &str) -> bool {
    matches!(name, "_defaults.yaml" | "_defaults.yml")
}

/// Whether a file's name is the one that a command looks for from its folder upwards.
pub(super) fn is_configuration(name: &str) -> bool {
    name.eq_ignore_ascii_case("offersync.toml")
}
