//! A readable part of a key from any text: ASCII letters and digits, words joined by `-`.
//!
//! Other scripts are transliterated by `deunicode`.

/// Longer slugs are cut between words. With a vertical and an id behind it, a key stays well below the 255 bytes that file
/// systems give a name.
const LONGEST: usize = 60;

/// Device names of Windows, where a file `aux.yaml` cannot be checked out.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The slug of a text; `None` if no character can be transliterated.
pub(super) fn slug(text: &str) -> Option<String> {
    let ascii = deunicode::deunicode_with_tofu(text, " ");
    let mut slug = String::new();
    for c in ascii.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            // `Bob's` is one word.
            '\'' => {}
            '&' => separate(&mut slug, "and"),
            _ => separate(&mut slug, ""),
        }
    }
    let slug = cut(slug.trim_matches('-'));
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Whether a slug can be a file's name on every system.
pub(super) fn is_device(slug: &str) -> bool {
    let numbered = ["com", "lpt"].into_iter().any(|port| {
        slug.strip_prefix(port).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    numbered || DEVICES.contains(&slug)
}

fn separate(slug: &mut String, word: &str) {
    if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
    if !word.is_empty() {
        slug.push_str(word);
        slug.push('-');
    }
}

fn cut(slug: &str) -> &str {
    if slug.len() <= LONGEST {
        return slug;
    }
    let head = &slug[..LONGEST];
    // In the middle of a word, unless a word ends just there.
    let end = if slug.as_bytes()[LONGEST] == b'-' { LONGEST } else { head.rfind('-').unwrap_or(LONGEST) };
    head[..end].trim_end_matches('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_readable_keys() {
        let table = [
            ("Home Warranty Lead - Premium", "home-warranty-lead-premium"),
            ("Bob's Q&A (US) ", "bobs-q-and-a-us"),
            ("Crédit à la Carte – Größe 2.0", "credit-a-la-carte-grosse-2-0"),
            ("Ставки", "stavki"),
            ("__x__", "x"),
            ("&", "and"),
        ];
        for (name, expected) in table {
            assert_eq!(slug(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(slug("… — !"), None);
    }

    #[test]
    fn long_names_are_cut_between_words() {
        let slug_of = |word: &str, times| slug(&vec![word; times].join(" ")).unwrap();
        assert_eq!(slug_of("lead", 100).len(), 59);
        assert_eq!(slug_of("x", 100).len(), 59);
        assert_eq!(slug(&"x".repeat(300)).unwrap().len(), LONGEST);
        assert_eq!(slug(&format!("{} tail", "x".repeat(LONGEST))).unwrap(), "x".repeat(LONGEST));
    }

    #[test]
    fn devices_of_windows_are_known() {
        for name in ["aux", "con", "com1", "lpt9"] {
            assert!(is_device(name), "{name}");
        }
        for name in ["auxiliary", "com", "com10", "lead"] {
            assert!(!is_device(name), "{name}");
        }
    }
}
