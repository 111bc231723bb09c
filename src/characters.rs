//! Characters that a reader cannot see, or that change how the text around them is shown, and how messages write them out.
//!
//! Pure functions over characters; knows no field and no view.

/// Whether the character is a control character, a space other than the usual one, or has no shape of its own: what Unicode calls
/// default-ignorable, and the blank letters that fonts draw as nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    if c == ' ' || c.is_ascii_graphic() {
        return false;
    }
    c.is_control()
        || c.is_whitespace()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{13430}'..='\u{1343f}' | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a reader sees nothing of a text.
pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c == ' ' || is_invisible(c))
}

/// `U+200B`
pub(crate) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_and_the_space_are_visible() {
        assert!(!"Käse 保険 страховка 🙂 a b".chars().any(is_invisible));
    }

    #[test]
    fn what_cannot_be_seen_is_found_and_named() {
        for c in
            ['\u{7}', '\u{a0}', '\u{200b}', '\u{202e}', '\u{2800}', '\u{fe0f}', '\u{1d173}', '\u{17b4}', '\u{180b}']
        {
            assert!(is_invisible(c), "{}", code_point(c));
        }
        assert_eq!((code_point('\u{a0}'), code_point('\u{e0041}')), ("U+00A0".to_owned(), "U+E0041".to_owned()));
    }
}
