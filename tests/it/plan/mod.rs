//! `plan`: saved plans, and plans since a commit.

mod saved;
mod since;
