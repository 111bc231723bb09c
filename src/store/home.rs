//! Where the versions of a store are kept: what a git remote and an object store have in common.
//!
//! A version is a head and the names of its pieces. The pieces are written first, under names of which none is ever another piece; then one
//! place, a ref or an object, is moved from the old version to the new one, on condition that it is still at the old one. All that is above
//! this (claims, takeovers, what to conclude from a lost reply) is the same for every home.
//!
//! Invariant: an answer that is no clear yes is an error of kind [`Kind::Unclear`] or [`Kind::Refused`], never a success and never "nothing
//! is there".

use std::fmt;

use crate::state::Rhythm;

use super::contents::Contents;
use super::head::Head;

/// A version that is ready to take the place of the present one.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// Its name, which no other version has.
    pub(super) id: String,
    /// What the home writes for it, where the name is not all.
    #[cfg_attr(not(feature = "stores"), expect(dead_code, reason = "a commit has all that it needs"))]
    pub(super) body: Vec<u8>,
}

/// What a version has.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The bytes of its head.
    pub(super) head: Vec<u8>,
    pub(super) contents: Contents,
}

/// A place where versions are kept.
pub(super) trait Home: fmt::Debug + Send + Sync {
    /// How often it may be written.
    fn rhythm(&self) -> Rhythm;

    /// Makes sure that it keeps conditions, before a claim relies on that.
    fn probe(&self) -> Result<(), HomeError>;

    /// The name of the present version; none where there is none, which the home itself must have said.
    fn tip(&self) -> Result<Option<String>, HomeError>;

    /// What the version of that name has; none where it is not the present one any more.
    fn version(&self, id: &str) -> Result<Option<Found>, HomeError>;

    /// Takes the bytes of pieces, in their order.
    fn read(&self, pieces: &[&str], take: &mut dyn FnMut(Vec<u8>)) -> Result<(), HomeError>;

    /// Writes pieces, and returns their names in their order.
    fn write(&self, pieces: &[&[u8]]) -> Result<Vec<String>, HomeError>;

    /// Whether a version brings its pieces along, so that it can be put back where it was removed.
    fn keeps_pieces(&self) -> bool;

    /// Makes a version of pieces that are written.
    fn prepare(&self, head: &Head, contents: &Contents) -> Result<Prepared, HomeError>;

    /// Puts a version in the place of another one; of none, where there is none. An error says nothing about whether that was done.
    fn replace(&self, from: Option<&str>, to: &Prepared) -> Result<(), HomeError>;

    /// Removes pieces that no version has any more, as far as that is possible.
    fn remove(&self, pieces: Vec<String>);
}

/// Why a home did not do what it was asked for.
#[derive(Debug, Clone)]
pub(super) struct HomeError {
    pub(super) kind: Kind,
    /// In the home's own words.
    pub(super) reason: String,
    /// What to do, where that is more than what always helps.
    pub(super) advice: Option<String>,
}

/// What is known after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "stores"), expect(dead_code, reason = "some are said by object stores alone"))]
pub(super) enum Kind {
    /// The home has answered, and would answer the same again.
    Refused,
    /// It may have been done, or not, and another attempt may succeed.
    Unclear,
    /// The home says that its condition does not hold: another version is there, maybe the very one that was sent before.
    Conflict,
    /// A piece is not there: its version was replaced meanwhile, or it is lost.
    Gone,
    /// The home does not keep conditions, so that two processes could write at the same time.
    Unfit,
}

impl HomeError {
    pub(super) fn new(kind: Kind, reason: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), advice: None }
    }

    pub(super) fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }
}

impl fmt::Display for HomeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}
