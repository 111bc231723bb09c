//! Codes of an apply: what stops it before its writes, and what its writes leave open.

use crate::diagnostic::code::codes;

codes! {
    BLOCKED = "apply::blocked", "the plan has blocked changes",
        "An apply carries a plan out as a whole, because the rest of it was not reviewed alone. Each blocked change has a message of its \
         own that says what to do. To apply the other offers now, leave the blocked ones out: `offersync apply --exclude KEY`.";
    IN_DOUBT = "apply::in-doubt", "it is unknown whether CAKE created an offer",
        "A create was sent and its reply was lost or cannot be understood. offersync never sends it again on its own: CAKE may have created \
         the offer. The next apply looks for it in CAKE's list of offers. A reply that says that the offer was made, or is waiting for \
         approval, is not overruled by a list without it. If the list cannot decide, look in CAKE yourself and record the outcome: `offersync state resolve KEY --offer-id N`, or `offersync state resolve KEY --not-created`. Both look in CAKE as well; where \
         CAKE has no list of offers, add `--unseen`.";
    UNANSWERED = "apply::unanswered", "CAKE does not say what it did",
        "Several writes in a row were sent, and no reply said whether CAKE executed them: timeouts, lost connections or error pages. \
         More writes would end in the same way, so none was started.\n\n\
         Check whether CAKE is slow or down, then run the apply again. It first waits until CAKE can no longer be working on the earlier \
         requests (`cake.settle_seconds`), and then looks for what they did.";
    MISMATCH = "apply::mismatch", "CAKE's reply was about another offer",
        "The reply to a write has the name of another offer, or an id that another key owns. Either a proxy mixed replies up, or ids in \
         the state were exchanged, or CAKE was restored from a backup. Writing on by these ids could change the wrong offers, so the apply \
         stopped.\n\n\
         Look up the offer in CAKE and compare it with `offersync state show KEY`. If ids in the state are wrong, bring back the state \
         that has the right ones from git.";
    NOT_IN_SAVED_PLAN = "apply::not-in-saved-plan", "a plan made now has actions that the saved plan lacks",
        "Since the plan was saved, something has changed: the YAML, or what CAKE shows of an update that it had accepted before. There is \
         more to do now. It was not done, because an apply of a saved plan does only what was reviewed.\n\n\
         Make and review a new plan:\n\n    \
         offersync plan --out FILE";
    UNCONFIRMED = "apply::unconfirmed", "a new offer is not in CAKE's list",
        "The reply to a create named an id that may be another offer's: the reply to another create was mixed up, or another create has such \
         a name and nothing is looked for (`duplicate_check = \"off\"`). CAKE's list does not show that id. The id is recorded. If the \
         reply was another request's, it is wrong.\n\n\
         Compare the offer with CAKE. If it is another one, correct the state:\n\n    \
         offersync state rm KEY\n    \
         offersync state adopt KEY --offer-id N";
    DIFFERS = "apply::differs", "CAKE is not as the state says",
        "Before its first write, an apply compares the records of the offers that it changes with CAKE (`cake.verify`). CAKE shows other \
         values: a person changed the offer in CAKE, or the state is older than CAKE (a lost runner, a reverted commit). The plan was made \
         from the state, so it may not say what would really change. Nothing was written.\n\n\
         If the state is an old one, bring back the newer one. Otherwise make a plan against what CAKE shows, review and apply it:\n\n    \
         offersync plan --refresh --out plan.json\n    \
         offersync apply plan.json\n\n\
         `offersync drift` lists the differences, and `offersync drift --accept KEY` takes CAKE's values into the YAML.";
    HIDDEN = "apply::hidden", "CAKE's list of offers hides recorded offers",
        "Before it creates an offer, an apply makes sure that CAKE does not have it already. CAKE's list of offers does not show offers of \
         the same advertiser that the state knows, so it may not show an offer with the same name either. Nothing was written.\n\n\
         The API key's user may not be allowed to see them all. If you are certain that the new offers do not exist in CAKE, turn the check \
         off for one apply: `cake.duplicate_check = \"off\"` in offersync.toml.";
    NOT_CONFIRMED = "apply::not-confirmed", "the apply was not confirmed",
        "`apply` asks before it changes anything in CAKE. The answer was not `yes`. Nothing was changed.\n\n\
         Review the plan, and apply it when it is right:\n\n    \
         offersync plan\n    \
         offersync apply";
    NO_TERMINAL = "apply::no-terminal", "there is no terminal to ask on",
        "`apply` asks before it changes anything in CAKE, and its input is not a terminal, for example in CI. Nothing was changed.\n\n\
         Review the plan, then apply without the question:\n\n    \
         offersync plan\n    \
         offersync apply --auto-approve";
    STALE = "apply::stale", "the plan is out of date",
        "A saved plan is applied exactly as it was reviewed, or not at all. After it was saved, the YAML, the configuration, the state \
         or the address of CAKE changed for the offers that the message names. Nothing was written.\n\n\
         Make a new plan, review it, and apply it:\n\n    \
         offersync plan --out plan.json\n    \
         offersync apply plan.json\n\n\
         The same where an apply has shown its plan and waited for the answer, and an entry of a schedule fell due meanwhile, a freeze began, or a \
         file was edited. Run it again: it shows what would be done now.";
    PLAN_FILE = "apply::plan-file", "the file is not a saved plan",
        "The file was not saved by `plan --out FILE` of this version of offersync, or it was changed afterwards.\n\n\
         Make a new one:\n\n    \
         offersync plan --out plan.json\n\n\
         To apply only some offers, name their keys: `offersync apply 'auto-*'`.";
}
