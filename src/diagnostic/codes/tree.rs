//! Codes of problems with the offers folder and its files, before their content is read as offers.

use crate::diagnostic::code::codes;

codes! {
    UNREADABLE = "tree::unreadable", "a file or folder cannot be read",
        "A file or folder below the offers folder cannot be read. This is an error because offersync would otherwise treat its offers \
         as deleted, and would retire them.\n\n\
         Check its permissions, or remove a broken link. Names that begin with `.` or `_` are skipped.";
    NOT_UTF8 = "tree::not-utf8", "a file is not UTF-8",
        "Offer files are UTF-8, with or without a byte order mark. The message points at the first invalid byte.\n\n\
         Save the file as UTF-8. If you know its present encoding:\n\n    \
         iconv -f WINDOWS-1252 -t UTF-8 old.yaml > new.yaml";
    TOO_LARGE = "tree::too-large", "a file is too large",
        "The file is much larger than offer files are, so it is probably something else. The message states the limit.\n\n\
         Split it into one file per offer, or move it out of the offers folder. Names that begin with `_` or `.` are skipped.";
    SYMLINK_LOOP = "tree::symlink-loop", "a symbolic link leads back to itself",
        "Following the link would never end.\n\n\
         Remove the link, or begin its name with `.` to keep it out of the tree.";
    LINKED_TWICE = "tree::linked-twice", "a link leads to a folder that is listed already",
        "A folder of offers is listed once: a second link to it, or a link to a folder of the tree itself or above it, would bring each of \
         its offers a second time, or lead in a circle.\n\n\
         Remove the link, or begin its name with `.` to keep it out of the tree.";
    OUTSIDE = "tree::outside", "a link leads out of the repository",
        "Offers are what the repository has and what a review has shown. A link that leads to a file elsewhere on this machine would bring in \
         what no review has shown, and messages could quote a file that is not meant to be seen. So every file has to be inside of the \
         git work tree (or, without git, of the folder of offersync.toml) once links are followed. So has offersync.toml itself, and the state, \
         which an apply writes. Nothing of the file was read.\n\n\
         Move what the link leads to into the repository, or remove the link.";
    SANDBOX = "tree::sandbox", "the sandbox's folder has what is not its own",
        "`--sandbox` asks no question and writes its data, its state and its lock to `.offersync/sandbox/`. A link there, which a branch can \
         bring along, would lead these writes to another place on this machine. So nothing in that folder may be a link, or be tracked by \
         git. Nothing was read or written.\n\n\
         Look at what the message names, then remove it. The sandbox makes the folder anew:\n\n    \
         rm -r .offersync";
    CHANGING = "tree::changing", "the offers changed while they were read",
        "git or another program writes to the offers folder, or git holds its lock on the work tree. Files of different moments are no state \
         that anyone has reviewed, and a file that is being replaced looks deleted. offersync has read again for some seconds, and the files \
         did not come to rest. Nothing was done.\n\n\
         Run the command again when the other program has ended. If git was killed, its lock is left over; make sure that no git process is \
         running, and remove it:\n\n    \
         rm .git/index.lock";
    NO_OFFERS = "tree::no-offers", "the offers folder has no offers",
        "With no offers, a plan would retire every recorded offer. Usually the cause is a wrong path or an incomplete checkout.\n\n\
         Check `offers` in offersync.toml and the working directory. If the folder is empty on purpose, add `--allow-empty`.";
    DUPLICATE_KEY = "tree::duplicate-key", "two offers have the same key",
        "A key must be unique in the whole offers folder, across all subfolders. By default it is the name of the file without \
         `.yaml`.\n\n\
         Rename one of the files, or give one of the offers its own key:\n\n    \
         sync:\n      key: home-warranty-us";
    BAD_KEY = "tree::bad-key", "an invalid key",
        "A key is the name of the file without its ending, or `sync.key`. It begins with a lower-case letter or a digit, and contains \
         only lower-case letters, digits, `.`, `_` and `-`.\n\n\
         Rename the file (for example `Home Warranty.yaml` to `home-warranty.yaml`), or correct `sync.key`.";
    MISNAMED = "tree::misnamed", "a file looks like a misnamed offer",
        "The file is in the offers folder, and its name is nearly that of an offer file or of a `_defaults.yaml`, such as `a.yaml.txt`, `a.ymal` \
         or `_default.yaml`. offersync reads files that end with `.yaml` or `.yml`, and of those that begin with `_` only `_defaults.yaml` and \
         `_defaults.yml`. An offer whose file gets such a name is gone, and is retired.\n\n\
         Rename the file. To keep it out of the tree, begin its name with `.`, or move it out of the folder:\n\n    \
         git mv offers/home-warranty.yaml.txt offers/home-warranty.yaml";
    MISSING_KEY = "tree::missing-key", "a document in a shared file has no `sync.key`",
        "A file with one offer gives it its name as the key. In a file with several documents (separated by `---`), each offer needs \
         its own key:\n\n    \
         sync:\n      key: life-whole";
    TWO_DEFAULTS = "tree::two-defaults", "both `_defaults.yaml` and `_defaults.yml` in one folder",
        "Only one file of defaults is allowed in a folder, because it would not be clear which one takes precedence.\n\n\
         Move the content of one into the other and remove it.";
    TOO_MANY_PROBLEMS = "tree::too-many-problems", "too many problems in one file",
        "offersync stops reading a file after this many problems. The file is probably not an offer.\n\n\
         Fix the first problems and run `offersync validate` again, or move the file out of the offers folder.";
    OTHER_CONFIGURATION = "tree::other-configuration", "another offersync.toml among the offers",
        "A command takes the nearest offersync.toml, from the folder in which it is run upwards. One that lies in the offers folder is taken by \
         every command that is run there: with another address, another state or other settings, and with offers that this configuration has as well, \
         which would then be created twice.\n\n\
         Remove it, or move it out of the offers folder together with the offers that it is for.";
}
