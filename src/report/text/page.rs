//! A text in the making: lines, indentation, and one empty line between blocks, never two.

/// Lines that become a text.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    pub(super) fn line(&mut self, indent: usize, text: &str) {
        let blank = text.is_empty();
        if !blank {
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// An empty line, unless there is one already or nothing before it.
    pub(super) fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    pub(super) fn finish(self) -> String {
        super::super::escape::without_commands(self.text)
    }
}
