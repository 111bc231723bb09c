//! A digest (blake3) of a sequence of texts: what a plan is bound to.

/// Digest of texts one after another. Each text is preceded by its length, so that none runs into the next.
#[derive(Debug, Clone, Default)]
pub struct Digest(blake3::Hasher);

impl Digest {
    /// Adds a text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.push(text.as_bytes());
        self
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
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
    pub fn finish(&self) -> String {
        self.0.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn texts_do_not_run_into_each_other_and_a_missing_one_counts() {
        let of = |texts: &[&str]| texts.iter().fold(Digest::default(), |sum, text| sum.text(text)).finish();
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a"]), of(&["a", ""]));
        let none = Digest::default().optional(None::<&&str>).finish();
        assert_ne!(none, Digest::default().optional(Some(&"")).finish());
    }
}
