//! Layout for terminals: padding, and lists of words over several lines.

use unicode_width::UnicodeWidthStr;

use crate::words::more;

/// The text padded to this width.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The words, separated by commas, in lines of at most `width` columns and at most `lines` lines; the rest is counted.
/// A word longer than a line has its own line.
pub(super) fn list(words: &[&str], width: usize, lines: Option<usize>) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for (at, word) in words.iter().enumerate() {
        let left = words.len() - at;
        let last_line = lines.is_some_and(|lines| done.len() + 1 >= lines);
        let separator = if at + 1 < words.len() { "," } else { "" };
        // The last line also needs space for the count of missing words.
        let reserve = more(left - 1, 0).filter(|_| last_line).map_or(0, |more| more.width() + 1);
        let needed = line.width() + usize::from(!line.is_empty()) + word.width() + separator.len() + reserve;
        if needed > width && !line.is_empty() {
            if let Some(more) = more(left, 0).filter(|_| last_line) {
                done.push(format!("{line} {more}"));
                return done;
            }
            done.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        line.push_str(separator);
    }
    if !line.is_empty() {
        done.push(line);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_breaks_between_words_and_counts_the_rest() {
        let words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta"];
        assert_eq!(list(&words, 14, None), ["alpha, beta,", "gamma, delta,", "epsilon, zeta,", "eta"]);
        assert_eq!(list(&words, 20, Some(2)), ["alpha, beta, gamma,", "delta, … and 3 more"]);
        assert_eq!(list(&words, 100, Some(1)), ["alpha, beta, gamma, delta, epsilon, zeta, eta"]);
        assert_eq!(list(&words[..1], 2, Some(1)), ["alpha"]);
    }
}
