//! The state: its commands, and the merge of two branches.

mod adopt;
mod cleaned;
mod commands;
mod edited;
mod left_over;
mod push_state;
mod put_back;
mod reverted;
mod rewritten;
mod two_branches;
mod two_clones;
mod two_imports;
