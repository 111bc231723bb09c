//! The one rule of every three-way merge: who did not change a value has no say in it. Knows nothing of states.

/// The value that only one side changed, or that both have; `None` where both changed it differently.
pub(super) fn pick<'v, T: PartialEq + ?Sized>(base: Option<&T>, ours: &'v T, theirs: &'v T) -> Option<&'v T> {
    if ours == theirs || base == Some(theirs) {
        Some(ours)
    } else if base == Some(ours) {
        Some(theirs)
    } else {
        None
    }
}
