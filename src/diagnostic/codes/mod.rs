//! Every code there is, one file an area.

pub mod advertiser;
pub mod apply;
pub mod cake;
pub mod ci;
pub mod config;
pub mod date;
pub mod git;
pub mod guardrail;
pub mod import;
pub mod link;
pub mod lint;
pub mod log;
pub mod money;
pub mod name;
pub mod notify;
pub mod offer;
pub mod plan;
pub mod process;
pub mod review;
pub mod schedule;
pub mod session;
pub mod state;
pub mod state_change;
pub mod tree;
pub mod url;
pub mod yaml;

use super::Code;

/// Every code, area by area.
pub fn all() -> impl Iterator<Item = Code> {
    let areas = [
        advertiser::ALL,
        apply::ALL,
        cake::ALL,
        ci::ALL,
        config::ALL,
        date::ALL,
        git::ALL,
        guardrail::ALL,
        import::ALL,
        link::ALL,
        lint::ALL,
        log::ALL,
        money::ALL,
        name::ALL,
        notify::ALL,
        offer::ALL,
        plan::ALL,
        process::ALL,
        review::ALL,
        schedule::ALL,
        session::ALL,
        state::ALL,
        state_change::ALL,
        tree::ALL,
        url::ALL,
        yaml::ALL,
    ];
    areas.into_iter().flatten().copied()
}

/// The codes of the lints: those whose level a configuration sets, and which an offer can be exempt from.
pub fn lints() -> impl Iterator<Item = Code> {
    [date::ALL, money::ALL, name::ALL, schedule::LINTS, session::ALL, url::ALL].into_iter().flatten().copied()
}

/// The code of that name.
pub fn find(name: &str) -> Option<Code> {
    all().find(|code| code.name == name)
}
