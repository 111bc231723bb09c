//! Codes of problems with the tree of offer files itself.

use crate::diagnostic::code::codes;

codes! {
    UNREADABLE = "tree::unreadable", "a file or folder that cannot be read",
        "An offer file or a folder of the tree cannot be read. Going on without it would look as if its offers had been removed, \
         and they would be retired, so it is an error.";
    NOT_UTF8 = "tree::not-utf8", "a file that is not UTF-8",
        "Offer files are UTF-8. The message gives the place of the first byte that is not. Save the file as UTF-8 (a byte order \
         mark is fine).";
    TOO_LARGE = "tree::too-large", "a file that is too large",
        "No offer file needs this much text; a file of this size is most likely something else. Split it, or move it out of the \
         offers folder (names that begin with `_` or `.` are not offers).";
    SYMLINK_LOOP = "tree::symlink-loop", "a symbolic link that leads back to where it stands",
        "Following the link would never end. Remove it, or give it a name that begins with `.` to keep it out of the tree.";
    NO_OFFERS = "tree::no-offers", "the offers folder holds no offer",
        "An empty tree would retire every recorded offer. That is rarely meant: a wrong path or an incomplete checkout looks the \
         same. If it is meant, say --allow-empty.";
    DUPLICATE_KEY = "tree::duplicate-key", "two offers with one key",
        "A key names one offer over the whole tree, whatever the folders. Rename one of the files, or give one document another \
         `sync.key`.";
    BAD_KEY = "tree::bad-key", "a file name or `sync.key` that is no key",
        "An offer's key is its file's name without the ending, or `sync.key`. It begins with a lower-case letter or a digit and \
         goes on with lower-case letters, digits, `.`, `_` and `-`.";
    MISSING_KEY = "tree::missing-key", "several documents in one file, and one without `sync.key`",
        "The key of an offer is its file's name. A file with several documents has only one name, so each document says its own key \
         as `sync.key`.";
    TWO_DEFAULTS = "tree::two-defaults", "two files of defaults in one folder",
        "A folder holds `_defaults.yaml` or `_defaults.yml`, not both: nobody could tell which of them wins.";
    TOO_MANY_PROBLEMS = "tree::too-many-problems", "more problems in a file than are told",
        "Reading a file stops when it has this many problems. It is most likely not an offer file at all; mend or move it and run \
         again.";
}
