//! The digest that ends the text of a state, and the hashing of all that is before it.
//!
//! Owns the place and the spelling of the digest. Invariant: it is the digest of the canonical text without the digest itself, which
//! is the whole text of a state from before there was one: both have the same digest if they have the same content.

use std::io;

/// The end of a text without a digest.
const END: &[u8] = b"\n}\n";
/// In hexadecimal.
const DIGITS: usize = 64;
const NAME: &str = "  \"digest\": \"";
/// How much of a text is held back: more than its end, and so much that the hashed pieces stay aligned, which blake3 is fastest with.
const HELD: usize = 1 << 14;

/// The line of a digest, without its line feed.
pub(super) fn of_line(line: &str) -> Option<&str> {
    let digest = line.strip_prefix(NAME)?.strip_suffix('"')?;
    (digest.len() == DIGITS && digest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)))
        .then_some(digest)
}

/// Whether a text that offersync has written ends with a digest, in whatever line ends.
pub(super) fn is_at_end_of(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().rev();
    lines.next() == Some("}") && lines.next().is_some_and(|line| of_line(line).is_some())
}

fn end_with(digest: &str) -> Vec<u8> {
    [b",\n", NAME.as_bytes(), digest.as_bytes(), b"\"", END].concat()
}

/// The two digests of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digests {
    /// Of the content, whether or not the text says it.
    pub(super) content: String,
    /// Of every byte.
    pub(super) bytes: String,
}

/// Hashes a text piece by piece, except for its end.
pub(super) struct Hashing {
    hasher: blake3::Hasher,
    held: Vec<u8>,
}

impl Hashing {
    pub(super) fn new() -> Self {
        Self { hasher: blake3::Hasher::new(), held: Vec::with_capacity(HELD) }
    }

    /// Takes the next piece, and passes on what is not held back.
    pub(super) fn push(&mut self, piece: &[u8], mut pass: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let ready = (self.held.len() + piece.len()).saturating_sub(HELD);
        let (held, rest) = (ready.min(self.held.len()), ready.saturating_sub(self.held.len()));
        for part in [&self.held[..held], &piece[..rest]].into_iter().filter(|part| !part.is_empty()) {
            self.hasher.update(part);
            pass(part)?;
        }
        self.held.drain(..held);
        self.held.extend_from_slice(&piece[rest..]);
        Ok(())
    }

    /// Ends a text that was written without its digest: what is still to be written, and its digests.
    pub(super) fn seal(mut self) -> (Vec<u8>, Digests) {
        self.held.truncate(self.held.len().saturating_sub(END.len()));
        let content = self.content();
        self.held.extend_from_slice(&end_with(&content));
        self.hasher.update(&self.held);
        (self.held, Digests { content, bytes: hex(&self.hasher) })
    }

    /// Ends a text that was read, which says that digest or none. `None` where it says a wrong one.
    pub(super) fn check(mut self, said: Option<&str>) -> Option<Digests> {
        let Some(said) = said else {
            self.hasher.update(&self.held);
            let bytes = hex(&self.hasher);
            return Some(Digests { content: bytes.clone(), bytes });
        };
        let end = end_with(said);
        self.held.truncate(self.held.strip_suffix(end.as_slice())?.len());
        let content = self.content();
        self.hasher.update(&self.held).update(&end);
        (content == said).then(|| Digests { content, bytes: hex(&self.hasher) })
    }

    /// The digest of what there is, with the end of a text that says none.
    fn content(&self) -> String {
        hex(self.hasher.clone().update(&self.held).update(END))
    }
}

fn hex(hasher: &blake3::Hasher) -> String {
    hasher.finalize().to_hex().to_string()
}
