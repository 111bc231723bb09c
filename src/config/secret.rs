//! Recognizes settings that may contain secrets, and removes secrets from quoted lines.

/// Whether a setting of that name in `offersync.toml` would contain a secret. There, `key` alone counts as one.
pub(super) fn is_secret_setting(name: &str) -> bool {
    name.eq_ignore_ascii_case("key") || looks_like_secret(name)
}

/// Whether a setting or field of that name would contain a secret.
pub(crate) fn looks_like_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "apikey" | "cakeapikey" | "cakekey" | "secret" | "apisecret" | "password" | "token" | "apitoken"
    )
}

/// Removes everything after the name of a secret, and URLs with a user name or password.
///
/// Works on the text, because it is most needed if the line cannot be parsed.
pub(crate) fn redacted(line: &str, is_secret: impl Fn(&str) -> bool) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut start = None;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        if is_word(c) {
            start = start.or(Some(at));
            continue;
        }
        if let Some(word_start) = start.take() {
            let rest = line[at..].trim_start_matches(['"', '\'', ' ', '\t']);
            if is_secret(&line[word_start..at]) && rest.starts_with(['=', ':']) {
                let keep = line.len() - rest.len() + 1;
                return format!("{} …", &line[..keep]);
            }
        }
    }
    match line.split_once("://") {
        Some((scheme, rest)) if has_user(rest) => format!("{scheme}://…"),
        _ => line.to_owned(),
    }
}

/// Whether the text after `://` begins with a user name or password.
fn has_user(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#', '"', '\'', ' ']).next().unwrap_or(rest);
    host.contains('@')
}
