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

/// Endings of YAML as they are mistyped, and what is meant.
const MISTYPED: [(&str, &str); 7] = [
    ("yaml", "yaml"),
    ("yml", "yml"),
    ("ymal", "yaml"),
    ("yalm", "yaml"),
    ("yaml_", "yaml"),
    ("yam", "yaml"),
    ("ylm", "yml"),
];

/// The name that a file which is not in the tree seems to be meant to have, if it looks like a misnamed offer or file of defaults.
pub(super) fn meant(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    // Some editors add it to every name.
    let name = name.trim().strip_suffix(".txt").unwrap_or(name.trim());
    let (stem, ending) = name.rsplit_once('.')?;
    let (_, ending) = MISTYPED.iter().find(|(mistyped, _)| *mistyped == ending.trim())?;
    match stem.trim() {
        "_default" | "_defaults" => Some(format!("_defaults.{ending}")),
        stem => (!stem.is_empty() && is_folder_in_tree(stem)).then(|| format!("{stem}.{ending}")),
    }
}

/// Whether a file's name is the one that a command looks for from its folder upwards.
pub(super) fn is_configuration(name: &str) -> bool {
    name.eq_ignore_ascii_case("offersync.toml")
}

#[cfg(test)]
mod tests {
    use super::meant;

    #[test]
    fn a_misnamed_file_is_told_from_one_that_is_no_offer() {
        for (name, expected) in [
            ("a.yaml.txt", "a.yaml"),
            ("Acme.v2.YML.TXT", "acme.v2.yml"),
            ("a.ymal", "a.yaml"),
            ("a.yaml ", "a.yaml"),
            ("_default.yaml", "_defaults.yaml"),
            ("_Defaults.yaml", "_defaults.yaml"),
            ("_defaults.YML", "_defaults.yml"),
            ("_defaults .yaml", "_defaults.yaml"),
            ("_defaults.yaml.txt", "_defaults.yaml"),
        ] {
            assert_eq!(meant(name).as_deref(), Some(expected), "{name}");
        }
        for name in [
            "README.md",
            "notes.txt",
            "logo.png",
            "offers.csv",
            "a.json",
            "a.xml",
            "a.toml",
            "yaml",
            ".yaml",
            "Makefile",
            "_draft.yaml",
            "_draft.yaml.txt",
            ".a.yaml.swp",
            "a.yaml~",
            "a.yaml.orig",
            "a.yaml.bak",
            "a.yaml.disabled",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }
}
