//! A state that lives in a ref of a git remote: clones that die, race and freeze, and remotes that refuse.

mod claims;
#[cfg(target_os = "linux")]
mod freezes;
mod kills;
mod model;
mod refusals;
mod uses;

use offersync::testing::sandbox::SandboxOptions;
use offersync::testing::state::StateDocument;

use crate::harness::{APPLY, Cake, Run, Settings, Workspace, finish, small_offer};

/// Pauses are so many times shorter than in reality: a push takes as long as ever, and a claim must not end during one.
const SCALE: &str = "25";

/// A CAKE and a bare remote, from which any number of clones come.
pub(super) struct Remote {
    pub(super) cake: Cake,
    pub(super) bare: Workspace,
}

impl Remote {
    /// With these offers on the branch `main`, none of them applied.
    pub(super) fn with(keys: &[String]) -> Self {
        let cake = Cake::with(SandboxOptions::default());
        let bare = Workspace::empty();
        bare.git(&["init", "--quiet", "--bare", "--initial-branch=main"]).exits(0);
        let first = Workspace::empty();
        let toml = Settings::default().toml(&cake.url());
        first.write("offersync.toml", &format!("name = \"production\"\nstate = \"git:origin\"\n{toml}"));
        for key in keys {
            first.write(&format!("offers/{key}.yaml"), &small_offer(key, "5"));
        }
        let first = first.committed();
        let address = bare.folder().display().to_string();
        first.git(&["push", "--quiet", &address, "main"]).exits(0);
        Self { cake, bare }
    }

    pub(super) fn with_offers(count: usize) -> Self {
        Self::with(&(0..count).map(|number| format!("offer-{number}")).collect::<Vec<_>>())
    }

    /// A fresh clone.
    pub(super) fn clone(&self) -> Workspace {
        let clone = Workspace::empty();
        clone.git(&["clone", "--quiet", &self.bare.folder().display().to_string(), "."]).exits(0);
        clone
    }

    /// What a file of the store has.
    pub(super) fn file(&self, name: &str) -> Option<String> {
        let shown = self.bare.git(&["show", &format!("refs/offersync/production:{name}")]);
        (shown.code == Some(0)).then_some(shown.stdout)
    }

    pub(super) fn state(&self) -> StateDocument {
        StateDocument::parse(self.file("state.00000").unwrap_or_default().as_bytes()).unwrap()
    }

    /// Everything that was asked for is there, once, and recorded.
    #[track_caller]
    pub(super) fn check(&self, count: usize, what: &str) {
        let mut ids: Vec<u64> = self.cake.offers().iter().map(|offer| offer.offer_id).collect();
        ids.sort_unstable();
        let recorded = self.state().recorded;
        let mut known: Vec<u64> = recorded.offers.values().map(|record| record.offer_id.get()).collect();
        known.sort_unstable();
        assert_eq!((ids.len(), &ids), (count, &known), "{what}");
        assert!(recorded.in_doubt.is_empty() && self.file("journal.00000").is_none(), "{what}");
        let plan = run(&self.clone(), &["plan", "--detailed-exitcode"], &[]);
        assert_eq!(plan.code, Some(0), "{what}: {}", plan.said());
    }
}

pub(super) fn run(clone: &Workspace, arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    finish(clone.command(arguments).env("OFFERSYNC_TIME_SCALE", SCALE).envs(environment.iter().copied()))
}

pub(super) fn apply(clone: &Workspace) -> Run {
    run(clone, &APPLY, &[])
}
