#!/bin/sh
# Pushes the state that an apply wrote on this machine to a branch, and merges it with what was pushed there meanwhile.
#
#   offersync-push-state.sh check          fails while a rescue branch with an unmerged state exists
#   offersync-push-state.sh push BRANCH    commits and pushes the state; if the push is rejected, merges and retries
#
# No offer id is lost: a state that cannot be merged into BRANCH is pushed to a rescue branch, and the script fails. Run it in
# the directory of offersync.toml.
set -eu

state=${OFFERSYNC_STATE:-offersync.state.json}
remote=${OFFERSYNC_REMOTE:-origin}
waiting=offersync-unmerged-state

: "${GIT_AUTHOR_NAME:=offersync}" "${GIT_AUTHOR_EMAIL:=offersync@localhost}"
: "${GIT_COMMITTER_NAME:=$GIT_AUTHOR_NAME}" "${GIT_COMMITTER_EMAIL:=$GIT_AUTHOR_EMAIL}"
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

check() {
    found=$(git ls-remote --heads "$remote" "refs/heads/$waiting-*")
    if [ -n "$found" ]; then
        echo "An earlier apply could not merge its state. It is on this branch:" >&2
        echo "$found" >&2
        echo "Merge that branch and delete it. Until then, an apply could create its offers again." >&2
        exit 1
    fi
}

# For security, git does not read merge drivers from a repository, so each clone has to register them.
register_merge_driver() {
    git config merge.offersync-state.name 'offersync: by offer and by field'
    git config merge.offersync-state.driver 'offersync state merge %O %A %B'
    attributes=$(git rev-parse --git-path info/attributes)
    line="${state##*/} merge=offersync-state"
    mkdir -p "${attributes%/*}"
    if ! grep -qxF "$line" "$attributes" 2>/dev/null; then
        echo "$line" >>"$attributes"
    fi
}

rescue() {
    branch=$waiting-$(git rev-parse --short=12 HEAD)
    git push --quiet "$remote" "HEAD:refs/heads/$branch"
    echo "The state could not be pushed to $1. It is on the branch $branch: merge it by hand, then delete it." >&2
    exit 1
}

push() {
    if [ ! -e "$state" ]; then
        echo "There is no state yet."
        return
    fi
    register_merge_driver
    git add -- "$state"
    if git diff --cached --quiet -- "$state"; then
        echo "The state has not changed."
        return
    fi
    git commit --quiet --message "offersync: the state after an apply [skip ci]" -- "$state"
    tries=10
    while [ "$tries" -gt 0 ]; do
        if git push --quiet "$remote" "HEAD:refs/heads/$1"; then
            echo "The state is on $1."
            return
        fi
        git fetch --quiet "$remote" "refs/heads/$1" || rescue "$1"
        if git merge-base --is-ancestor FETCH_HEAD HEAD; then
            # No new commit, so the push was rejected for another reason, such as a protected branch.
            break
        fi
        if ! git merge --quiet --no-edit --message "offersync: merge the state [skip ci]" FETCH_HEAD; then
            git merge --abort
            break
        fi
        tries=$((tries - 1))
    done
    rescue "$1"
}

case ${1-} in
check) check ;;
push) push "${2:?which branch?}" ;;
*)
    echo "usage: $0 check | push BRANCH" >&2
    exit 64
    ;;
esac
