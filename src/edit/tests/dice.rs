//! Random choices that proptest can shrink: rolls are consumed one by one, and then all are zero.

use proptest::prelude::*;

#[derive(Clone)]
pub(super) struct Dice {
    rolls: Vec<u16>,
    at: usize,
}

/// Short: a failure shows the file that was made.
impl std::fmt::Debug for Dice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Dice({} rolls)", self.rolls.len())
    }
}

impl Dice {
    /// A number below `n`.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let roll = self.rolls.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(roll) % n
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// True once in `n` times; false when the rolls are used up.
    pub(super) fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }
}

pub(super) fn dice() -> impl Strategy<Value = Dice> {
    proptest::collection::vec(any::<u16>(), 20..300).prop_map(|rolls| Dice { rolls, at: 0 })
}
