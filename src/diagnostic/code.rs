//! A stable code: its name, a title, and the explanation that `offersync explain` prints.

use std::fmt;

/// A code of a diagnostic. Names are stable: they never change their meaning once released.
#[derive(Clone, Copy)]
pub struct Code {
    /// `area::name`, lower case.
    pub name: &'static str,
    /// What it means, in one line.
    pub title: &'static str,
    /// What it means, how it happens and what to do. Paragraphs are separated by empty lines; an indented one is an example.
    pub explanation: &'static str,
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Code {}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// Declares the codes of one area as constants, and the list of all of them as `ALL`.
macro_rules! codes {
    ($($constant:ident = $name:literal, $title:literal, $explanation:literal;)+) => {
        $(
            #[doc = $title]
            pub const $constant: $crate::diagnostic::Code =
                $crate::diagnostic::Code { name: $name, title: $title, explanation: $explanation };
        )+

        /// Every code of this area.
        pub const ALL: &[$crate::diagnostic::Code] = &[$($constant),+];
    };
}

pub(super) use codes;
