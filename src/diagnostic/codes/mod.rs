//! Every code there is, one file an area.

pub mod apply;
pub mod cake;
pub mod config;
pub mod git;
pub mod import;
pub mod offer;
pub mod plan;
pub mod process;
pub mod review;
pub mod state;
pub mod state_change;
pub mod tree;
pub mod yaml;

use super::Code;

/// Every code, area by area.
pub fn all() -> impl Iterator<Item = Code> {
    let areas = [
        apply::ALL,
        cake::ALL,
        config::ALL,
        git::ALL,
        import::ALL,
        offer::ALL,
        plan::ALL,
        process::ALL,
        review::ALL,
        state::ALL,
        state_change::ALL,
        tree::ALL,
        yaml::ALL,
    ];
    areas.into_iter().flatten().copied()
}

/// The code of that name.
pub fn find(name: &str) -> Option<Code> {
    all().find(|code| code.name == name)
}
