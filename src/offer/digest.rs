//! A digest (blake3) of a sequence of texts: what a plan is bound to.

/// Bytes that are hashed at a time: many at once are hashed several times as fast as a few.
const BUFFER: usize = 64 * 1024;

/// Digest of texts one after another. Each text is preceded by its length, so that none runs into the next.
#[derive(Debug, Clone, Default)]
pub struct Digest {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

impl Digest {
    /// Adds a text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.push(text.as_bytes());
        self
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Adds what may be missing: the presence is a part of the digest.
    #[must_use]
    pub fn optional(self, value: Option<&impl std::fmt::Display>) -> Self {
        match value {
            Some(value) => self.text("+").text(&value.to_string()),
            None => self.text("-"),
        }
    }

    /// The digest in hexadecimal.
    pub fn finish(mut self) -> String {
        self.hasher.update(&self.buffer).finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::{BUFFER, Digest};

    #[test]
    fn texts_do_not_run_into_each_other_and_a_missing_one_counts() {
        let of = |texts: &[&str]| texts.iter().fold(Digest::default(), |sum, text| sum.text(text)).finish();
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        let long = "x".repeat(BUFFER);
        assert_ne!(of(&[&long, "a"]), of(&[&long, "b"]));
        let none = Digest::default().optional(None::<&&str>).finish();
        assert_ne!(none, Digest::default().optional(Some(&"")).finish());
    }
}
