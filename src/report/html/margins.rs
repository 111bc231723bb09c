//! The histogram of margins as SVG, and its numbers as a table for a screen reader.

use std::fmt::Write as _;

use crate::report::view::Margins;

use super::markup::{table, text};

const WIDTH: usize = 760;
const HEIGHT: usize = 200;
/// Where the bars stand: room above for the counts, below for the ranges.
const TOP: usize = 30;
const FLOOR: usize = 170;

pub(super) fn figure(margins: &Margins) -> String {
    if margins.is_empty() {
        return String::new();
    }
    let counts = margins.bins.iter().chain([&margins.unknown]);
    let rows: Vec<_> =
        counts.map(|bin| vec![text(&bin.label), bin.before.to_string(), bin.after.to_string()]).collect();
    let numbers = table("Offers by margin", &["margin", "before", "after"], &rows);
    let unknown = &margins.unknown;
    let caption = format!(
        "Offers that are changed and not retired, by margin. Not known: {} before, {} after.",
        unknown.before, unknown.after
    );
    format!(
        "<figure>\n{}<figcaption>{}</figcaption></figure>\n<details><summary>The numbers</summary>\n{numbers}</details>\n",
        chart(margins),
        text(&caption)
    )
}

fn chart(margins: &Margins) -> String {
    let most = margins.bins.iter().flat_map(|bin| [bin.before, bin.after]).max().unwrap_or_default().max(1);
    let slot = WIDTH / margins.bins.len().max(1);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Histogram of margins before and after; the numbers are in the table below\">\n\
         <rect class=\"before\" x=\"4\" y=\"4\" width=\"10\" height=\"10\"/><text x=\"18\" y=\"13\">before</text>\
         <rect class=\"after\" x=\"70\" y=\"4\" width=\"10\" height=\"10\"/><text x=\"84\" y=\"13\">after</text>\n"
    );
    for (at, bin) in margins.bins.iter().enumerate() {
        let left = at * slot + 6;
        let width = (slot - 12) / 2;
        for (class, count, x) in [("before", bin.before, left), ("after", bin.after, left + width)] {
            // One of thousands can still be seen.
            let height = ((FLOOR - TOP) * count).div_ceil(most);
            let y = FLOOR - height;
            if count > 0 {
                let middle = x + width / 2;
                _ = write!(
                    svg,
                    "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>\
                     <text text-anchor=\"middle\" x=\"{middle}\" y=\"{}\">{count}</text>",
                    y - 3
                );
            }
        }
        let middle = left + width;
        _ = writeln!(
            svg,
            "<text text-anchor=\"middle\" x=\"{middle}\" y=\"{}\">{}</text>",
            FLOOR + 14,
            short(&bin.label)
        );
    }
    _ = writeln!(svg, "<line class=\"axis\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{FLOOR}\" y2=\"{FLOOR}\"/></svg>");
    svg
}

/// `10–20 %`
fn short(label: &str) -> String {
    text(&label.replace(" to ", "–").replace("below ", "< "))
}
