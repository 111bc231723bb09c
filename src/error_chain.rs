//! An error and its causes in one line. Knows no error of ours.

use std::error::Error;

/// The error, then its causes from the outermost to the innermost.
pub(crate) fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The error and its causes, joined by colons.
pub(crate) fn with_causes(error: &(dyn Error + 'static)) -> String {
    join(causes(error))
}

/// The texts of errors, joined by colons. One that ends the text so far is left out, because some errors show their cause.
pub(crate) fn join<'a>(errors: impl Iterator<Item = &'a (dyn Error + 'static)>) -> String {
    let mut text = String::new();
    for error in errors {
        let part = error.to_string();
        if text.is_empty() {
            text = part;
        } else if !text.ends_with(&part) {
            text.push_str(": ");
            text.push_str(&part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Layer {
        text: &'static str,
        source: Option<Box<Layer>>,
    }

    #[test]
    fn causes_are_joined_and_none_is_shown_twice() {
        let disk = Layer { text: "disk full", source: None };
        let write = Layer { text: "cannot write: disk full", source: Some(Box::new(disk)) };
        let apply = Layer { text: "cannot apply", source: Some(Box::new(write)) };
        assert_eq!(with_causes(&apply), "cannot apply: cannot write: disk full");
    }
}
