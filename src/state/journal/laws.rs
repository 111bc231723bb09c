//! Laws of the journal, by random histories.
