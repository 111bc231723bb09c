//! State and journal in pieces, so that no file of a version is large and a change touches few of them.
//!
//! A state is cut before members whose keys have a certain hash: where a cut is depends on that key alone, so that an offer which comes,
//! goes or changes leaves every other piece as it is. Put together in their order, the pieces are the very bytes, of which the document's
//! digest says whether they are right. Knows of JSON only how the canonical form is indented. A journal only grows, so that it is cut by
//! size.

/// A journal's piece.
const JOURNAL_PIECE: usize = 512 << 10;

/// One member in so many begins a piece, so that one has about 32 KB.
const MEMBERS: u8 = 64;

/// A piece that has grown beyond this ends before the next member in any case.
const LARGEST: usize = 512 << 10;

/// Cuts a state's text.
pub(super) fn of_state(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        if at > start && key_of(line).is_some_and(|key| at - start > LARGEST || begins(key)) {
            pieces.push(&text[start..at]);
            start = at;
        }
        at += line.len();
    }
    if at > start {
        pieces.push(&text[start..at]);
    }
    pieces
}

/// Cuts a journal.
pub(super) fn of_journal(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.chunks(JOURNAL_PIECE).collect()
}

/// The key of an offer, or of another member at its depth, where the line begins one.
fn key_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"    \"")?;
    rest.split(|byte| *byte == b'"').next()
}

fn begins(key: &[u8]) -> bool {
    blake3::hash(key).as_bytes()[0].is_multiple_of(MEMBERS)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use super::*;

    fn text(keys: impl Iterator<Item = usize>) -> String {
        let mut text = "{\n  \"offers\": {\n".to_owned();
        for key in keys {
            let value = "x".repeat(400);
            writeln!(text, "    \"offer-{key:06}\": {{\n      \"offer_url\": \"{value}\"\n    }},").unwrap();
        }
        text + "  }\n}\n"
    }

    #[test]
    fn pieces_are_the_text_and_none_is_above_a_megabyte() {
        let text = text(0..100_000);
        let pieces = of_state(text.as_bytes());
        assert_eq!(pieces.concat(), text.as_bytes());
        let largest = pieces.iter().map(|piece| piece.len()).max().unwrap();
        assert!(largest < 1 << 20, "{largest}");
        assert!((800..4000).contains(&pieces.len()), "{}", pieces.len());
    }

    #[test]
    fn an_offer_that_comes_or_goes_changes_few_pieces() {
        let (before, after) = (text(0..20_000), text((0..20_000).filter(|key| ![7, 9_000].contains(key))));
        let before: BTreeSet<&[u8]> = of_state(before.as_bytes()).into_iter().collect();
        let changed = of_state(after.as_bytes()).into_iter().filter(|piece| !before.contains(piece)).count();
        assert!(changed <= 3, "{changed}");
    }

    #[test]
    fn a_journal_in_pieces_is_the_journal() {
        let bytes = vec![7; JOURNAL_PIECE + 1];
        let pieces = of_journal(&bytes);
        assert_eq!((pieces.len(), pieces.concat()), (2, bytes.clone()));
        assert!(of_journal(&[]).is_empty());
    }
}
