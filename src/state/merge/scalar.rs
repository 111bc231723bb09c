//! The rule of every three-way merge: a side that did not change a value does not decide it. Knows nothing of states.

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
