//! What the tests share: a workspace folder, a CAKE in this process, and the binary run in a clean environment.

mod browser;
mod cake;
mod document;
#[cfg(target_os = "linux")]
mod freeze;
mod invariants;
mod offers;
mod parallel;
mod project;
mod run;
mod settings;
mod terminal;
pub(crate) mod workbook;
mod workspace;

pub(crate) use browser::Browser;
pub(crate) use cake::Cake;
#[cfg(target_os = "linux")]
pub(crate) use freeze::freeze;
pub(crate) use offers::{DesiredOffer, DesiredOffers, complete_offer, small_offer};
pub(crate) use parallel::{Random, in_parallel, long};
pub(crate) use project::{Baseline, Project};
pub(crate) use run::{APPLY, KEY, PROGRAM, Run, clean, finish, finish_child, signal};
pub(crate) use settings::Settings;
pub(crate) use terminal::Terminal;
pub(crate) use workspace::Workspace;
