#!/bin/sh
# Pushes the state that an apply wrote on this machine to a branch, and merges it with what was pushed there meanwhile.
#
#   offersync-push-state.sh check          fails while a rescue branch with an unmerged state exists
#   offersync-push-state.sh push BRANCH    commits the state on the remote's branch, and nothing else
#
# `push` ends with 0 only where the branch, read again from the remote, has the state. It changes no file, no index and no branch
# of this clone, so it can be killed at any moment and run again. What it has pushed is noted in git's folder. A state that cannot be merged into BRANCH is pushed to a rescue
# branch of its environment, and the script fails. Run it in the directory of offersync.toml. OFFERSYNC_REPORT may name the text report
# of the apply, of which the commit says what was done.
set -euf

remote=${OFFERSYNC_REMOTE:-origin}
waiting=offersync-unmerged-state
tries=10

: "${GIT_AUTHOR_NAME:=offersync}" "${GIT_AUTHOR_EMAIL:=offersync@localhost}"
: "${GIT_COMMITTER_NAME:=$GIT_AUTHOR_NAME}" "${GIT_COMMITTER_EMAIL:=$GIT_AUTHOR_EMAIL}"
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

fail() {
    echo "$*" >&2
    exit 1
}

# The name of the environment, and as a part of the name of a branch.
name_environment() {
    name=$(offersync state environment)
    environment=$(printf %s "$name" | tr -c 'A-Za-z0-9_-' '-')
}

check() {
    name_environment
    found=$(git ls-remote --heads "$remote" "refs/heads/$waiting-*")
    # Those of this environment, and those of an earlier version of this script, which named none.
    found=$(printf '%s\n' "$found" | grep -e "/$waiting-$environment/" -e "/$waiting-[0-9a-f]*\$") || found=
    if [ -n "$found" ]; then
        echo "An earlier apply could not merge its state. It is on this branch:" >&2
        echo "$found" >&2
        echo "See who has pushed it, and what it changes. If an apply has, merge that branch; then delete it." >&2
        fail "Until then, an apply could create its offers again."
    fi
}

# The mode and the object of the state at a commit; nothing where the commit has no state. Fails where it has something else there.
entry() {
    listed=$(git ls-tree "$1" -- "$path") || return
    # shellcheck disable=SC2086 # a mode, a type, an object and a path
    set -- $listed
    case ${1-}:${2-} in
    :) ;;
    100???:blob) echo "$1 $3" ;;
    *) return 1 ;;
    esac
}

# Whether a commit has a file.
has() {
    [ -n "$(git ls-tree "$1" -- "$2")" ]
}

# Commits an object as the state, on top of a commit: its other files stay as they are.
commit() {
    GIT_INDEX_FILE=$work/index
    export GIT_INDEX_FILE
    git read-tree "$1"
    git update-index --add --replace --cacheinfo "$2,$3,$path"
    tree=$(git write-tree)
    git commit-tree "$tree" -p "$1" -m "offersync: $name: $outcome [skip ci]" -m "${origin}State: $ours"
}

# What the commit says besides the state: what was done, and of which pull request and run it is, where that is known.
describe() {
    outcome="the state after an apply"
    if [ -s "${OFFERSYNC_REPORT:-}" ]; then
        outcome=$(grep '^[^ ]' "$OFFERSYNC_REPORT" | tail -n 1 | sed 's/\. .*//; s/\.$//')
        outcome=${outcome#"$name: "}
    fi
    origin=
    number=$(git log -1 --format=%B | sed -n \
        -e 's/^Merge pull request #\([0-9][0-9]*\) .*/\1/p' -e '1s/.*(#\([0-9][0-9]*\))$/\1/p' \
        -e 's/^See merge request .*!\([0-9][0-9]*\)$/\1/p' | sed -n 1p)
    if [ -n "$number" ]; then
        origin="Pull request: #$number
"
    fi
    run=${CI_JOB_URL:-}
    if [ -n "${GITHUB_RUN_ID:-}" ]; then
        run=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
    fi
    if [ -n "$run" ]; then
        origin="${origin}Run: $run
"
    fi
}

# Saves the state on a branch of its own, on a commit that the remote had, so that merging that branch merges the state alone.
rescue() {
    parent=${ancestor:-HEAD}
    found=$(entry "$parent") || found=
    mode=${found% *}
    saved=$(commit "$parent" "${mode:-100644}" "$ours")
    branch=$waiting-$environment/$(git rev-parse --short=12 "$ours")
    git push --quiet "$remote" "+$saved:refs/heads/$branch" ||
        fail "$1 It is only in $state on this machine: run this again."
    fail "$1 It is on the branch $branch: merge it by hand, then delete it."
}

# Whether a state of this machine is among those that were pushed to the branch since the common commit.
is_pushed() {
    [ -n "$1" ] && git cat-file -e "$1" 2>/dev/null &&
        git log --format=%B "$tip" ${ancestor:+"^$ancestor"} | grep -qx "State: $1"
}

# Notes the state that is on the branch.
note_pushed() {
    mkdir -p "$(dirname "$note")"
    echo "$ours" >"$note.new"
    mv "$note.new" "$note"
    echo "The state is on $1."
}

# Merges the state with the one on the branch, and writes the object of the result into the variable `merged`.
merge() {
    : >"$work/base"
    if [ -n "$base" ]; then
        git cat-file blob "$base" >"$work/base"
    fi
    git cat-file blob "$ours" >"$work/ours"
    git cat-file blob "$theirs" >"$work/theirs"
    offersync state merge "$work/base" "$work/ours" "$work/theirs" ||
        rescue "The state cannot be merged with the one on $1."
    merged=$(git hash-object -w --no-filters -- "$work/ours")
}

# Every path that ends with 0 has just compared the state with the one on the remote's branch.
push_to() {
    refused=
    ancestor=
    while [ "$tries" -gt 0 ]; do
        tries=$((tries - 1))
        listed=$(git ls-remote --exit-code "$remote" "refs/heads/$1") || fail "$remote has no branch $1, or cannot be reached."
        tip=${listed%%[!0-9a-f]*}
        # Only the objects: a ref, or its lock, could be left half-written by a kill.
        git fetch --quiet --no-tags --no-write-fetch-head --refmap= "$remote" "refs/heads/$1"
        git cat-file -e "$tip^{commit}" || continue
        # Without a common commit, the states are merged without a base: then no record is dropped.
        ancestor=$(git merge-base HEAD "$tip") || ancestor=
        if [ "$tip" = "$refused" ]; then
            # No new commit, so the push was rejected for another reason, such as a protected branch.
            rescue "The state could not be pushed to $1."
        fi
        # Whoever works on the branch would not see what is pushed to a place that the project has left.
        if has HEAD "$configuration" && ! has "$tip" "$configuration"; then
            rescue "$1 has no $configuration any more."
        fi
        found=$(entry "$tip") || rescue "$path is not a regular file on $1."
        theirs=${found#* }
        mode=${found%% *}
        base=
        if [ -n "$ancestor" ]; then
            base=$(entry "$ancestor") || base=
            base=${base#* }
        fi
        if [ -n "$base" ] && [ -z "$theirs" ]; then
            rescue "$1 has no $path any more."
        fi
        # What this machine has pushed before is no change any more, whatever the branch has made of it.
        for known in "$pushed" "$ours"; do
            if is_pushed "$known"; then
                base=$known
            fi
        done
        merged=$ours
        if [ -n "$theirs" ] && [ "$theirs" != "$ours" ]; then
            merge "$1"
        fi
        if [ "$theirs" = "$merged" ]; then
            note_pushed "$1"
            return
        fi
        new=$(commit "$tip" "${mode:-100644}" "$merged")
        # Only if the branch is still at that commit: it may have moved forward, or back to a commit without some of the files.
        git push --quiet --force-with-lease="refs/heads/$1:$tip" "$remote" "$new:refs/heads/$1" || refused=$tip
    done
    rescue "Others keep changing $1."
}

push() {
    state=$(offersync state path)
    name_environment
    applied=
    if [ -e "$state.lock" ]; then
        applied=yes
    fi
    # What an interrupted apply left in its journal belongs into the state. A state that is refused is saved all the same.
    refused=
    offersync state publish || refused=$?
    # 4 is what offersync ends with where it refuses. Anything else, such as an apply that is still running, leaves the state as it is.
    case $refused in
    '' | 4) ;;
    *) exit "$refused" ;;
    esac
    describe
    # The configuration in use is the nearest one.
    folder=$(pwd -P)
    while [ ! -f "$folder/offersync.toml" ] && [ "$folder" != / ]; do
        folder=$(dirname "$folder")
    done
    cd "$(git rev-parse --show-toplevel)"
    top=$(pwd -P)
    configuration=${folder#"$top"}/offersync.toml
    configuration=${configuration#/}
    case $state in
    "$top"/*) path=${state#"$top"/} ;;
    *) fail "$state is not in the work tree $top." ;;
    esac
    if [ ! -f "$state" ]; then
        if [ -n "$applied$refused" ]; then
            fail "An apply ran here, but $state does not exist."
        fi
        echo "There is no state yet."
        return
    fi
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    ours=$(git hash-object -w --path="$path" -- "$state") || ours=
    # Where the attributes of git ask for another form, as Git LFS does with a pointer to what only this machine has, its bytes are saved as
    # they are: no id is lost.
    if [ -z "$ours" ] || ! git cat-file blob "$ours" | cmp -s - "$state"; then
        echo "The attributes of git ask for another form of $path: its bytes are saved as they are." >&2
        ours=$(git hash-object -w --no-filters -- "$state")
    fi
    note=$(git rev-parse --absolute-git-dir)/offersync/$path.pushed
    pushed=
    if [ -f "$note" ]; then
        pushed=$(cat "$note")
    fi
    if [ -n "$refused" ]; then
        ancestor=
        rescue "The state was refused, for the reason above, and is not on $1."
    fi
    push_to "$1"
}

case ${1-} in
check) check ;;
push) push "${2:?which branch?}" ;;
*)
    echo "usage: $0 check | push BRANCH" >&2
    exit 64
    ;;
esac
