//! Keys under which people keep secrets, and lines cut so that a message cannot quote one.

/// Whether a setting of `offersync.toml` of that name would hold a secret. There, a bare `key` can be nothing else.
pub(super) fn is_secret_setting(name: &str) -> bool {
    name.eq_ignore_ascii_case("key") || looks_like_secret(name)
}

/// Whether a setting or field of that name would hold a secret.
pub(crate) fn looks_like_secret(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "apikey" | "cakeapikey" | "cakekey" | "secret" | "apisecret" | "password" | "token" | "apitoken"
    )
}

/// The line with everything behind a secret's name left out, and a URL with a user or password in it; unchanged where there
/// is neither.
///
/// Works on the text alone, because it is needed most where the line could not be understood.
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

/// Whether what follows `://` begins with somebody's name or password.
fn has_user(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#', '"', '\'', ' ']).next().unwrap_or(rest);
    host.contains('@')
}
