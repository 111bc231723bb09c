//! The order in which problems are shown.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};

/// So many of a code stand before the others of any code.
const FIRST: usize = 20;

/// Errors first. Where there are many of one code, the first ones of every code stand before the rest, so that a view without room for all
/// leaves out none of the few.
pub(super) fn in_order(mut problems: Vec<&Diagnostic>) -> Vec<&Diagnostic> {
    problems.sort_by_key(|problem| problem.severity);
    let mut counts: HashMap<(Severity, &str), usize> = HashMap::new();
    let (mut first, rest): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| {
        let count = counts.entry((problem.severity, problem.code.name)).or_default();
        *count += 1;
        *count <= FIRST
    });
    first.extend(rest);
    first
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Diagnostic, codes};
    use crate::report::{fixture, html, markdown};

    #[test]
    fn many_problems_of_a_code_leave_out_none_of_another() {
        let mut plan = fixture::thirty();
        let records = (0..900).map(|number| {
            let place = crate::source::SourcePath::from("offersync.state.json");
            let message = format!("record {number} {}", "x".repeat(150));
            Diagnostic::warning(codes::review::RECORD, message).label(crate::diagnostic::Label::file(place))
        });
        plan.diagnostics.extend(records);
        plan.diagnostics.push(Diagnostic::warning(codes::review::EXEMPTION, "all of them"));
        plan.diagnostics.push(Diagnostic::error(codes::review::SETTING, "the address"));
        let page = html::plan(&plan, crate::report::view::ViewContext::default());
        let comment = markdown::plan(&plan, &markdown::MarkdownOptions::default());
        for text in [page, comment] {
            let [address, first, all, last] =
                ["the address", "record 0 ", "all of them", "record 21 "].map(|part| text.find(part).unwrap());
            assert!(address < first && first < all && all < last, "{text}");
            assert!(!text.contains("record 899 ") && text.contains("more"), "{text}");
        }
    }
}
