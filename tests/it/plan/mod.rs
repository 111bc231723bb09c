//! `plan`: saved plans, and plans since a commit.

mod moves;
mod protection;
mod renames;
mod reverts;
mod saved;
mod since;
