//! Every code there is, one file an area.

pub mod apply;
pub mod config;
pub mod import;
pub mod offer;
pub mod plan;
pub mod state;
pub mod tree;
pub mod world;
pub mod yaml;

use super::Code;

/// Every code, area by area.
pub fn all() -> impl Iterator<Item = Code> {
    [apply::ALL, config::ALL, import::ALL, offer::ALL, plan::ALL, state::ALL, tree::ALL, world::ALL, yaml::ALL]
        .into_iter()
        .flatten()
        .copied()
}

/// The code of that name.
pub fn find(name: &str) -> Option<Code> {
    all().find(|code| code.name == name)
}
