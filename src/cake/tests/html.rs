//! The words of an error page.

use proptest::prelude::*;

use super::super::html::first_words;

#[test]
fn a_page_is_told_by_its_title_or_its_first_words() {
    for (page, expected) in [
        ("<html><title>Request blocked</title>Incident 4711.</html>", Some("Request blocked")),
        ("<HTML><HEAD><TITLE lang=en>\n 502\tBad  Gateway </TITLE></HEAD>", Some("502 Bad Gateway")),
        (
            "<html><head><title></title><style>p{}</style></head><h1>Access &amp; key</h1><p>denied</p>",
            Some("Access & key denied"),
        ),
        ("<body><script>if (a < b) { x() }</script><!-- <b>no</b> --><header>Down</header>", Some("Down")),
        ("upstream connect error, 1 < 2", Some("upstream connect error, 1 < 2")),
        ("<p>Quota&nbsp;exceeded", Some("Quota exceeded")),
        ("<html><body>", None),
        ("  ", None),
        ("", None),
    ] {
        assert_eq!(first_words(page).as_deref(), expected, "{page}");
    }
}

proptest! {
    #[test]
    fn any_text_has_its_words_or_none(page in "(<|>|/|!|-|title|script|head|&|;|ä|\\PC| ){0,40}") {
        let words = first_words(&page);
        prop_assert!(words.is_none_or(|words| !words.is_empty() && !words.contains('\n')));
    }
}
