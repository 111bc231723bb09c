//! Texts that are found again by their first line, a comment of HTML: what they are about, and for which environment.

/// A text with such a first line.
#[derive(Debug, Clone)]
pub(crate) struct MarkedText {
    body: String,
}

impl MarkedText {
    /// `None` where the first line is no marker of offersync.
    pub(crate) fn new(body: String) -> Option<Self> {
        let text = Self { body };
        text.subject()?;
        Some(text)
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    /// `plan`, `apply` or `drift`.
    pub(crate) fn subject(&self) -> Option<&str> {
        let (subject, _) = parts(&self.body)?;
        Some(subject)
    }

    /// The name of the environment; empty where the text has none.
    pub(crate) fn environment(&self) -> &str {
        parts(&self.body).map_or("", |(_, environment)| environment)
    }

    /// The labels that the second line names; `None` where there is no such line, so that they are not known.
    pub(crate) fn labels(&self) -> Option<Vec<&str>> {
        let line = self.body.lines().nth(1)?.trim_end();
        let labels = line.strip_prefix("<!-- offersync-labels")?.strip_suffix("-->")?;
        Some(labels.split(',').map(str::trim).filter(|label| !label.is_empty()).collect())
    }

    /// Whether this takes the place of an earlier text: of the same subject and environment. A text without an environment, such as that of a
    /// plan that could not be made, takes the place of any, and gives way to any.
    pub(super) fn follows(&self, earlier: &str) -> bool {
        let (Some((subject, environment)), Some((of, before))) = (parts(&self.body), parts(earlier)) else {
            return false;
        };
        subject == of && (environment == before || environment.is_empty() || before.is_empty())
    }
}

/// The subject and the environment of `<!-- offersync-plan production -->`.
fn parts(body: &str) -> Option<(&str, &str)> {
    let marker = body.lines().next()?.trim_end().strip_prefix("<!-- offersync-")?.strip_suffix("-->")?.trim_end();
    let (subject, environment) = marker.split_once(' ').unwrap_or((marker, ""));
    (!subject.is_empty()).then_some((subject, environment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_line_names_the_labels() {
        let text = |second: &str| MarkedText::new(format!("<!-- offersync-plan -->\n{second}\n### A\n")).unwrap();
        let labels = |second| text(second).labels().map(|all| all.into_iter().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(labels("<!-- offersync-labels money, traffic off -->").unwrap(), ["money", "traffic off"]);
        assert_eq!(labels("<!-- offersync-labels  -->").unwrap(), [""; 0]);
        assert_eq!(labels("### A"), None);
    }

    #[test]
    fn a_text_takes_the_place_of_those_of_its_subject_and_environment() {
        let text = |marker: &str| MarkedText::new(format!("{marker}\n### A\n")).unwrap();
        let follows = |new: &str, old: &str| text(new).follows(&format!("{old}\nold"));
        assert!(follows("<!-- offersync-plan production -->", "<!-- offersync-plan production -->"));
        assert!(follows("<!-- offersync-plan production -->", "<!-- offersync-plan -->"));
        assert!(follows("<!-- offersync-plan -->", "<!-- offersync-plan production -->"));
        assert!(!follows("<!-- offersync-plan production -->", "<!-- offersync-plan staging -->"));
        assert!(!follows("<!-- offersync-plan production -->", "<!-- offersync-plan production2 -->"));
        assert!(!follows("<!-- offersync-plan production -->", "<!-- offersync-apply production -->"));
        assert!(!follows("<!-- offersync-plan production -->", "> <!-- offersync-plan production -->"));
        assert_eq!(text("<!-- offersync-drift eu-1 -->").environment(), "eu-1");
        for other in ["", "### A", "<!-- other-plan -->", "<!-- offersync- -->", "<!-- offersync-plan"] {
            assert!(MarkedText::new(other.to_owned()).is_none(), "{other}");
        }
    }
}
