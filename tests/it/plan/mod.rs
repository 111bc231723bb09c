//! `plan`: saved plans, and plans since a commit.

mod protection;
mod saved;
mod since;
