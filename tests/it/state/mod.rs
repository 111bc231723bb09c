//! The state: its commands, and the merge of two branches.

mod adopt;
mod commands;
mod two_branches;
