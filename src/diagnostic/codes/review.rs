//! Codes of what a change since a commit decides besides the offers.

use crate::diagnostic::code::codes;

codes! {
    SETTING = "review::setting", "the configuration differs from the commit",
        "`plan --since` shows what a branch changes. This one also changes offersync.toml. Some settings decide which offers there are, which \
         CAKE they go to, which key is sent, and what is looked at before a write; a change of those is an error, until a person has \
         seen it. Other settings are a warning. Where the commit's configuration cannot be read, nothing can be compared, and \
         its limits do not hold: that is an error as well. `--accept-config` accepts looser limits as well: what breaks only the guardrails and lints of \
         the commit is then a warning.\n\n\
         Look at both values, as at code. If the change is meant:\n\n    \
         offersync plan --since GIT-REF --accept-config";
    RECORD = "review::record", "the recorded state differs from the commit",
        "`plan --since` shows what a branch changes. This one also changes the state file, which only `apply` and the `state` commands \
         write. An id that is swapped in it sends a later change to the wrong offer, and a record that is missing lets an offer be created \
         again.\n\n\
         What the commit's own branch has recorded meanwhile is not shown. Look at who has changed the file:\n\n    \
         git log -p GIT-REF..HEAD -- offersync.state.json\n\n\
         If it is right, because a person has applied from this branch:\n\n    \
         offersync plan --since GIT-REF --accept-config";
    IDENTITY = "review::identity", "an offer gets another name or URL in YAML alone",
        "`plan --since` shows what a branch changes. This one edits a name or a URL that is under `sync.ignore_changes`, so that nothing of it is \
         sent. Where the new value is that of another offer, as where two offers exchange their keys, that is an error: a later change of what \
         looks like the one offer would go to the other, because a key stays with the offer that the state has for it.\n\n\
         Undo the edit. To rename a key, write `sync.renamed_from`. If the edit is right:\n\n    \
         offersync plan --since GIT-REF --accept-config";
    EXEMPTION = "review::exemption", "offers are exempt from a limit that held at the commit",
        "`plan --since` shows what a branch changes. This one exempts offers from a lint that stops a plan (`sync.allow`), waives a \
         guardrail for a folder of offers (`sync.waive` in a `_defaults.yaml`), lets offers be replaced (`sync.on_create_only_change`) that \
         were blocked until now, or takes out a protection (`sync.protect`) that no apply has recorded. It is a warning: the reason is written in the branch, and a reviewer decides whether it holds.\n\n\
         If the exemption is not meant, remove it from the YAML.";
}
