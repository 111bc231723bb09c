//! `apply`: no write lost and none doubled, under every fault, kill, signal and full disk.
//!
//! Most tests end with the same three invariants: CAKE holds each desired offer once, with the desired values; the state
//! knows each id; the next plan is empty.

mod answers;
mod disk;
mod evidence;
mod guards;
mod kill;
mod matrix;
mod model;
mod promises;
mod question;
mod race;
mod replies;
mod signals;
mod watching;
