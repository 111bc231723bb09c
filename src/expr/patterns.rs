//! Regular expressions of conditions, with a bound for all that are compiled together.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use regex::{Regex, RegexBuilder};

/// What the regular expressions of several conditions may take together, in bytes as they are compiled: each alone may be near the limit of
/// one, and many of them would take minutes and all of the memory.
#[derive(Debug)]
pub struct PatternRoom(Cell<usize>);

/// What the regular expressions of several conditions may take together.
const ROOM: usize = 16 << 20;

impl Default for PatternRoom {
    fn default() -> Self {
        Self(Cell::new(ROOM))
    }
}

/// Whether capitals and small letters differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Case {
    Counts,
    /// As in a host.
    Ignored,
}

/// A pattern as it is written.
type Written = (String, Case);

/// Compiled patterns, each with what it was counted as: a plan reads its rules for every step of a schedule, and to compile them takes longer
/// than all else.
static COMPILED: LazyLock<Mutex<HashMap<Written, (Regex, usize)>>> = LazyLock::new(Mutex::default);

/// A pattern that was compiled before.
fn known(pattern: &Written) -> Option<(Regex, usize)> {
    COMPILED.lock().ok()?.get(pattern).cloned()
}

/// Remembers a pattern, and no more of them than two rooms have.
fn remember(pattern: Written, compiled: &Regex, size: usize) {
    if let Ok(mut all) = COMPILED.lock() {
        if all.values().map(|(_, size)| size).sum::<usize>() > 2 * ROOM {
            all.clear();
        }
        all.insert(pattern, (compiled.clone(), size));
    }
}

/// Sizes in which regular expressions are tried, because how much one takes is known only of one that does not fit.
const SIZES: [usize; 6] = [1 << 13, 1 << 15, 1 << 17, 1 << 19, 1 << 21, 10 << 20];

impl PatternRoom {
    /// Whether an earlier pattern did not fit.
    pub fn is_exhausted(&self) -> bool {
        self.0.get() == 0
    }

    /// The compiled pattern, or why it is none.
    pub(super) fn compile(&self, pattern: &str, case: Case) -> Result<Regex, String> {
        let key = (pattern.to_owned(), case);
        if let Some((compiled, size)) = known(&key).filter(|(_, size)| *size <= self.0.get()) {
            self.0.set(self.0.get() - size);
            return Ok(compiled);
        }
        for size in SIZES {
            let size = size.min(self.0.get());
            match RegexBuilder::new(pattern).case_insensitive(case == Case::Ignored).size_limit(size).build() {
                Err(regex::Error::CompiledTooBig(_)) if self.0.get() > size => {}
                Err(regex::Error::CompiledTooBig(_)) => break,
                Ok(compiled) => {
                    self.0.set(self.0.get() - size);
                    remember(key, &compiled, size);
                    return Ok(compiled);
                }
                Err(error) => {
                    // The last line says what is wrong; those before it show the pattern.
                    let error = error.to_string();
                    return Err(format!("not a regular expression: {}", error.lines().last().unwrap_or_default()));
                }
            }
        }
        // The next ones need not be tried.
        self.0.set(0);
        Err("the regular expression is too large, by itself or together with the others before it".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_compiled_once_and_counted_each_time() {
        let pattern = "^compiled once .*$";
        let [first, second] = [(); 2].map(|()| {
            let room = PatternRoom::default();
            let compiled = room.compile(pattern, Case::Counts).unwrap();
            assert!(room.0.get() < ROOM);
            compiled
        });
        assert!(std::ptr::eq(first.as_str(), second.as_str()), "compiled twice");
        let full = PatternRoom(Cell::new(1));
        assert!(full.compile(pattern, Case::Counts).is_err());
    }

    #[test]
    fn small_patterns_leave_room_and_large_ones_take_it_together() {
        let room = PatternRoom::default();
        for _ in 0..200 {
            room.compile("^Offer [ab]$", Case::Counts).unwrap();
        }
        let large = r"^(\w{1,40}){1,3}x$";
        let fits = (0..100).take_while(|_| room.compile(large, Case::Counts).is_ok()).count();
        assert!(fits < 5, "{fits}");
        assert!(room.is_exhausted());
        assert!(room.compile(r"\w+", Case::Counts).unwrap_err().contains("too large"));
        assert!(PatternRoom::default().compile("(", Case::Counts).unwrap_err().contains("not a regular expression"));
        assert!(PatternRoom::default().compile(r"(\w{1,99}){1,99}", Case::Counts).is_err());
        let words = PatternRoom::default();
        assert!((0..60).all(|_| words.compile(r"(?i)\bsolar\b", Case::Counts).is_ok()));
    }
}
