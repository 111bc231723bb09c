//! `plan`: saved plans, and plans since a commit.

mod moves;
mod protection;
mod renames;
mod reverts;
mod review;
mod saved;
mod since;
