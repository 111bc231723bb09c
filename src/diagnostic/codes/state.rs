//! Codes of the state: its file, its journal and its lock.

use crate::diagnostic::code::codes;

codes! {
    REFUSED = "state::refused", "the state file cannot be used",
        "The state file is damaged, incomplete, has conflict markers, was written by a newer offersync, or belongs to another CAKE. \
         offersync never treats it as empty, because an empty state would create every offer again.\n\n\
         The message says which of these it is and what to do. Earlier versions are in git, and the version before the last apply is \
         in git's own folder, or beside a state outside of git:\n\n    \
         git log -- offersync.state.json\n    \
         ls .git/offersync/offersync.state.json.previous";
    EDITED = "state::edited", "the state was changed by something else than offersync",
        "The last member of a state is the digest of everything before it. This one does not fit: the file was edited by hand, merged line \
         by line, or damaged on the disk. A wrong id or value in the state would change the wrong offers, so it is not used. Only a state of an \
         older version has no digest; where it shows changes, or another version of it has a digest, that was taken out, and in a shallow or partial clone that is not known \
         until the history is fetched.\n\n\
         Bring back the committed one, or look at the change and accept it:\n\n    \
         git checkout -- offersync.state.json\n    \
         git diff -- offersync.state.json\n    \
         offersync state publish --accept-edit\n\n\
         If it was committed like this, `git diff` shows nothing, and the committed one is as bad. Look at its versions, and accept it or \
         bring back an earlier one:\n\n    \
         git log -p -- offersync.state.json\n    \
         git checkout 1a2b3c4 -- offersync.state.json";
    CONFLICT = "state::conflict", "two states cannot be merged",
        "git calls `offersync state merge` when both sides of a merge changed the state. This time both sides contradict each other: \
         one key has two CAKE offers, one offer has two keys, or one side removed an offer that the other side changed. Nothing was \
         merged and no file was changed.\n\n\
         Cancel the merge, resolve the contradiction on one of the two branches, and merge again:\n\n    \
         git merge --abort\n    \
         offersync state show KEY";
    LOCKED = "state::locked", "another apply holds the lock",
        "Only one process at a time may change a state. The message shows which process holds the lock.\n\n\
         Wait until it ends, for example at most 60 seconds:\n\n    \
         offersync apply --lock-timeout 60\n\n\
         The lock is released when that process ends, even if it crashes. There is no lock file to delete.";
    LOCK_UNAVAILABLE = "state::lock-unavailable", "the lock file cannot be used",
        "A command that changes the state holds a lock on the file beside it whose name ends in `.lock`, and in a git work tree on one in \
         `.git/offersync`, too, where `git clean` does not remove it. One of these files cannot be created or locked: the folder is not \
         writable, or its file system has no locks. Nothing was changed.\n\n\
         Make both folders writable, or move the state to a file system that supports locks.";
    CLAIM_LOST = "state::claim-lost", "the claim of this apply was taken over, or may have been",
        "In a shared store, an apply shows every few seconds that it is alive. One that does not, because its machine was suspended \
         or its network was gone, is taken over by the next apply. From then on it sends nothing and records nothing: the state and \
         the journal are the other one's.\n\n\
         Nothing is lost. What was in flight is in doubt, and the other apply looks for it in CAKE. See who has the claim now, and run \
         the apply again when that one has ended:\n\n    \
         offersync state status\n    \
         offersync apply --lock-timeout 600";
    NOT_MOVED = "state::not-moved", "a state is not put in the place of another one",
        "`state push` and `state migrate` put a state where another one is, or may be. That is refused where the present one is of another \
         lineage, which is the name of a state through all its generations, or knows an offer or a create in doubt that the new one does \
         not have: its id would be lost, and the offer be created again. Nothing was written.\n\n\
         Print the present one and compare:\n\n    \
         offersync state pull > present.state.json";
    FILE_BESIDE = "state::file-beside", "the state is to live in a store, which has none, and a state file lies there",
        "offersync.toml names a store as `state`, the store is empty, and the repository has a state file. To go on without that file would \
         create every offer again, so nothing was done.\n\n\
         Move the state: name the file in offersync.toml, run the command, and name the store again:\n\n    \
         offersync state migrate git:origin\n    \
         git rm offersync.state.json";
    STORE_UNREADABLE = "state::store-unreadable", "the store of the state cannot be read",
        "The state lives in a store, such as a ref of a git remote, and that store did not answer, or not with a state. What is \
         recorded is not known then, and it is never taken for nothing: every offer would be created again.\n\n\
         The message has the store's own words. Look whether this user can read it, and run the command again. For a ref:\n\n    \
         git ls-remote origin 'refs/offersync/*'\n\n\
         For a bucket, the environment needs its credentials, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with the right to read objects \
         and to list the bucket. Profiles and single sign-on of AWS are not read; this prints them as variables:\n\n    \
         aws configure export-credentials --format env";
    STORE_NOT_WRITTEN = "state::store-not-written", "the store of the state cannot be written",
        "Before a request is sent, what it will do is written to the store where the state lives; its outcome follows. The store refused \
         that, or did not answer, and reading it back did not show the change. Nothing is sent that is not written there.\n\n\
         For a git remote, this user, or the token of the CI job, must be allowed to push the ref, and no hook or rule may refuse it. On \
         GitHub the workflow needs this:\n\n    \
         permissions:\n      \
         contents: write\n\n\
         For a bucket, the credentials must be allowed to write and delete objects below the prefix.";
    STORE_UNFIT = "state::store-unfit", "the store does not keep the conditions that one apply at a time rests on",
        "In an object store, one apply at a time rests on conditions: an object is created only if there is none, and replaced only if it is as \
         it was seen. Before each claim this is tried on an object of its own. The store did what it should have refused, so that two applies \
         could write at the same time and double offers. Nothing was changed.\n\n\
         Use a store that honours `If-Match` and `If-None-Match`, or keep the state in git:\n\n    \
         state = \"git:origin\"";
    UNREADABLE = "state::unreadable", "the state file cannot be read",
        "The operating system does not let offersync read the state or its journal. The message has its reason. Nothing was changed.\n\n\
         Check that the file exists and that your user may read it:\n\n    \
         ls -l offersync.state.json";
    WRONG_CAKE = "state::wrong-cake", "the state belongs to another CAKE",
        "A state holds the offer ids of one CAKE account. Used with another account, the same ids would name other offers.\n\n\
         Set `cake.url` in offersync.toml back to the address that the message names, or give the other account a state of its own:\n\n    \
         state = \"other.state.json\"";
    MISSING = "state::missing", "the state file is missing, but there was one",
        "There is no state file, but git has one, or its journal or a copy of it is still there. So the file was lost, or it was removed \
         in an earlier commit, or it stayed where the project was before it was moved to another folder, or this commit is older than the \
         first state, which another branch has. Without it, offersync would \
         create every offer again.\n\n\
         The message has the command that brings it back, from git or from the copy that the last apply has kept:\n\n    \
         git checkout 1a2b3c4 -- offersync.state.json\n    \
         cp .git/offersync/offersync.state.json.last offersync.state.json\n\n\
         To start over on purpose, name a new file in offersync.toml:\n\n    \
         state = \"new.state.json\"";
    PUT_BACK = "state::put-back", "git has put the state back to an older one",
        "The last apply on this machine has written a state that is in no commit of a branch. Then `git checkout`, `git stash` or `git reset` put \
         an older state in its place, so that the offers which that apply created or changed are no longer known.\n\n\
         The last apply has kept a copy. The message has the command that brings it back:\n\n    \
         cp .git/offersync/offersync.state.json.last offersync.state.json\n\n\
         The same is told where the state was committed and another commit has taken it back, as `git revert` does with the commit of \
         an apply, or a merge or a rebase that keeps the state of one side. That changes nothing in CAKE: an offer that was created stays active, and a \
         price stays as it is. Bring the later state back from that commit, and look at the plan, which then has what the YAML changes:\n\n    \
         git checkout 1a2b3c4 -- offersync.state.json\n    \
         offersync plan\n\n\
         Only to forget on purpose what was recorded since:\n\n    \
         offersync state publish --accept-edit\n\n\
         Where the copy itself is damaged, nothing tells whether the state is the last one. Look, and move the copy away.";
    TRACKED = "state::tracked", "git tracks a file that belongs to one machine",
        "The journal of a state is written by an apply on this machine and is never committed. One \
         that came with a branch could say that an apply has created or changed offers which it has not. It was not read.\n\n\
         Look at who has committed it, then remove it from git; `offersync init` names these files in .gitignore:\n\n    \
         git rm --cached -- offersync.state.json.journal";
    LEFT_OVER = "state::left-over", "a removed work tree has recorded more than this state",
        "An apply in a linked work tree (`git worktree add`) has recorded offers or values, or was interrupted, and the work tree was \
         removed before its state was committed. What it has recorded is in no commit, and this state does not have it.\n\n\
         That apply has kept a copy in git's folder. The message has the command that brings it in:\n\n    \
         offersync state merge BASE offersync.state.json COPY\n\n\
         Only to forget it on purpose, run this. The files then stay in git's folder under another name:\n\n    \
         offersync state publish --accept-edit";
    INTERRUPTED_ELSEWHERE = "state::interrupted-elsewhere", "an apply was interrupted in another work tree, or under another name",
        "The work trees of a repository (`git worktree add`) have a state each, but they are of one CAKE. An apply in another one was \
         killed, and CAKE may still be working on what it sent. An apply here could not know, and could create an offer a second time, or \
         be overwritten by an older value.\n\n\
         Finish the other one first, and commit its state:\n\n    \
         offersync -C ../other-work-tree apply\n\n\
         The same is told where `state` in offersync.toml was changed after an apply was interrupted: its journal has the old name. The \
         message has the command that brings it over.";
    BUSY = "state::busy", "the state changes too fast to be read",
        "While the state and its journal were read, an apply kept changing them. Nothing is wrong with them.\n\n\
         Run the command again when the apply has ended.";
    NOT_SAVED = "state::not-saved", "the new state could not be saved",
        "Everything that was done is in the journal of the state, so nothing is lost and no offer is created twice. The message says \
         what failed, usually a full disk or a directory that is not writable.\n\n\
         Fix that, then run the apply again. It continues from the journal:\n\n    \
         offersync apply";
    NOT_REPLACEABLE = "state::not-replaceable", "the state cannot be replaced where it is",
        "Before its first write, an apply tries what it does at the end: it replaces the state by a copy of itself. That failed, so \
         nothing was sent to CAKE, and the state is as it was. The message says which step failed.\n\n\
         A state that is mounted by itself, as in `docker run -v ./offersync.state.json:/repo/offersync.state.json`, cannot be replaced. \
         Mount its folder:\n\n    \
         docker run -v .:/repo\n\n\
         Otherwise free disk space, or make the folder writable.";
    JOURNAL_NOT_EMPTIED = "state::journal-not-emptied", "the state was saved, but its journal could not be emptied",
        "The new state is complete. Its journal still holds the same results, and it does no harm to read them again.\n\n\
         Fix the disk, then run an apply. It reads the journal once more and empties it:\n\n    \
         offersync apply";
    CHANGED = "state::changed", "another process changed the state during an apply",
        "Before a state file is replaced, offersync checks that it is still the one that was read. This time another process had changed \
         it, although this one held the lock: some network file systems accept locks and do not enforce them. The file was not \
         overwritten. What was done is in its journal, or in the state already.\n\n\
         Run the apply again. It brings both together:\n\n    \
         offersync apply\n\n\
         Then move the state to a file system that supports locks, or make sure that only one apply runs at a time.";
    JOURNAL_FAILED = "state::journal-failed", "the journal cannot be written",
        "offersync records each write before it is sent. When the journal cannot be written, nothing more is sent. What was done before is \
         recorded.\n\n\
         Fix what the message names, usually a full disk, then run the apply again:\n\n    \
         offersync apply";
    JOURNAL_CLOSED = "state::journal-closed", "the journal is closed",
        "The results were saved already when another one was to be recorded. This is an error in offersync. No request was sent without a \
         record.\n\n\
         Run the apply again with `-vv`, and report the message.";
    ENTRY_REFUSED = "state::entry-refused", "an entry would contradict the record",
        "offersync checks each entry of the journal against the recorded offers before it is written. This one contradicts them: for \
         example, another key owns the offer that CAKE named. Nothing was recorded for that entry.\n\n\
         Look at the records that the message names, and compare them with CAKE:\n\n    \
         offersync state show KEY";
    NO_SUCH_WRITE = "state::no-such-write", "the outcome of a write that is not open",
        "An outcome was to be recorded for a write that was never started, or that has an outcome already. This is an error in \
         offersync.\n\n\
         Run the command again with `-vv`, and report the message.";
    JOURNAL_DAMAGED = "state::journal-damaged", "the journal is damaged",
        "The journal of the state holds what an interrupted apply did. A line of it cannot be read, so it is unknown what the apply did \
         after that line. The message names the line.\n\n\
         Keep a copy of the journal, and delete that line and all that follow. What the deleted lines did is still in CAKE. Record it \
         before the next apply:\n\n    \
         offersync import --match";
    JOURNAL_OF_ANOTHER_STATE = "state::journal-other", "the journal belongs to another state",
        "The journal of the state was written for a state with another lineage: one of the two files was copied from elsewhere.\n\n\
         Restore the state that the journal was written for and run an apply, or move the journal away if its offers are in this state:\n\n    \
         offersync state list";
    JOURNAL_CONTRADICTION = "state::journal-contradiction", "the state and its journal contradict each other",
        "An entry of the journal cannot be applied to the state: for example, both name different offers for one key. This happens when \
         the state was replaced or edited while the journal still held the results of an interrupted apply.\n\n\
         Look up the offers in CAKE and keep the file that is right. The message says how.";
}
