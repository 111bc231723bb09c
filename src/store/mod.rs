//! Shared stores: a state's home that outlives the machine, and that several machines see.
//!
//! Owns what is in a store and the protocol by which one process at a time may write it. Knows neither offers nor CAKE: the state and its
//! journal are bytes here, which a session reads and writes as files of a private copy. Invariants: a version of the store is whole (state,
//! journal and claim); it is replaced only where it is still the one that was seen; after an answer that says nothing about
//! that, the store is read back before anything is concluded.
//!
//! The walk of a claim: [`SharedStore::attempt`] until it is [`Attempt::Claimed`] → the private copy is what the store has → the session
//! replays what an interrupted holder left, and publishes it → intents and outcomes → publish → release.
//!
//! ## Homes
//!
//! | home | a version is | its pieces are | moved by |
//! |---|---|---|---|
//! | git | a commit without parents | its files | a push with a lease |
//! | objects | the object `head.json`, which lists the pieces of the journal and names the list of those of the state | objects of which none is ever written again | a put on condition that the object is as it was seen |
//!
//! Both are a [`Home`](home::Home). The protocol above them is one: a version names everything, is made before it is moved to, and has a
//! number that is drawn for it, so that a version which is read back is known to be one's own or another's. A lost reply is never guessed at:
//! [`writer`] reads back. In an object store this needs a store that keeps conditions, which is probed at each claim ([`objects`]).
//!
//! A piece that a version has replaced is in no later version: each is built on the last one, and new pieces have new names. So its
//! holder removes it when the claim is given back, and a reader that misses one reads the newer version.

mod clock;
mod contents;
mod copy;
mod failure;
mod git;
mod head;
mod home;
#[cfg(feature = "stores")]
mod objects;
mod pieces;
mod place;
mod shared;
mod shared_claim;
mod standing;
mod writer;

pub(crate) use clock::Clock;
pub(crate) use place::{ObjectPlace, Place, Service};
pub(crate) use shared::{Attempt, SharedStore, Watch};
