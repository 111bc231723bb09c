//! What annotations say, and that their content is never a command.

use super::*;
use crate::diagnostic::codes;
use crate::source::{Place, Span};

fn problem(file: &str, message: &str) -> Diagnostic {
    Diagnostic::error(codes::plan::CREATE_ONLY, message)
        .label(Place::new(file.into(), Span { line: 4, column: 12, length: 3 }))
}

#[test]
fn an_annotation_points_at_the_line() {
    let text = diagnostics(&[problem("offers/a.yaml", "100 % wrong").help("do\nthis")], "infra/cake");
    insta::assert_snapshot!(text, @"::error file=infra/cake/offers/a.yaml,line=4,col=12,title=plan%3A%3Acreate-only::100 %25 wrong%0Ahelp: do%0Athis");
}

#[test]
fn content_is_never_a_command() {
    let nasty = "x\n::set-env name=PATH::/tmp\r::error::y ##[add-mask]z";
    let mut many = vec![problem("a,line=1::\n::error::.yaml", nasty); 13];
    many.push(Diagnostic::warning(codes::plan::UNPROTECTED, nasty));
    let text = diagnostics(&many, "");
    let commands: Vec<_> = text.lines().filter(|line| line.trim_start().starts_with("::")).collect();
    assert_eq!(commands.len(), 2, "one stands for all of its code");
    assert!(commands[..1].iter().all(|line| {
        line.starts_with("::error file=a%2Cline=1%3A%3A%0A%3A%3Aerror%3A%3A.yaml,line=4,col=12,title=")
    }));
    assert!(commands[1].starts_with("::warning title=plan%3A%3Aunprotected::x%0A"));
    assert_eq!(text.matches("##[").count(), 0, "{text}");
    assert!(text.contains("and 12 more errors"));
}
