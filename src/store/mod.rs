//! Shared stores: a state's home that outlives the machine, and that several machines see.
//!
//! Owns what is in a store and the protocol by which one process at a time may write it. Knows neither offers nor CAKE: the state and its
//! journal are bytes here, which a session reads and writes as files of a private copy. Invariants: a version of the store is whole (state,
//! journal and claim in one commit); it is replaced only where it is still the one that was seen; after an answer that says nothing about
//! that, the store is read back before anything is concluded.
//!
//! The walk of a claim: [`GitStore::attempt`] until it is [`Attempt::Claimed`] → the private copy is what the store has → the session
//! replays what an interrupted holder left, and publishes it → intents and outcomes → publish → release.

mod clock;
mod contents;
mod copy;
mod git;
mod git_claim;
mod head;
mod pieces;
mod standing;
mod writer;

pub(crate) use clock::Clock;
pub(crate) use git::{Attempt, GitStore, Watch};
