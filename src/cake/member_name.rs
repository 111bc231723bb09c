//! The words in the name of a member: `total_rows`, `totalRows` and `TotalRows` are the same two.
//!
//! Knows no reply.

/// The words of a name, in small letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let is_new = !c.is_alphanumeric() || (c.is_uppercase() && before.is_lowercase());
        if is_new {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_has_the_same_words_in_each_spelling() {
        for name in ["total_rows", "totalRows", "TotalRows", "Total-Rows", "TOTAL_ROWS"] {
            assert_eq!(words(name), ["total", "rows"], "{name}");
        }
        assert_eq!(words("account_id"), ["account", "id"]);
    }
}
