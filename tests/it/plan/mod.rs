//! `plan`: saved plans, and plans since a commit.

mod conditions;
mod moved_project;
mod moves;
mod protection;
mod renames;
mod replaced;
mod reverted_commits;
mod reverts;
mod review;
mod saved;
mod since;
