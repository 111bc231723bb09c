//! The token with which a run of CI pushes: given to git for its own calls alone, and written to no disk.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use url::Url;

use super::super::variable;
use crate::git::RemoteSetting;

/// The setting of git with the token of this run; none outside of CI, and where there is no token: then git's own settings are used.
pub(in crate::ops) fn push_setting(remote: &str) -> Option<RemoteSetting> {
    let is_set = |name: &str| variable(name).is_some_and(|value| value == "true");
    let token = |name: &str| variable(name).map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
    if is_set("GITHUB_ACTIONS") {
        return Some(on_github(&variable("GITHUB_SERVER_URL")?, &token("GITHUB_TOKEN").or_else(|| token("GH_TOKEN"))?));
    }
    if is_set("GITLAB_CI") {
        return on_gitlab(remote, &variable("CI_PROJECT_URL")?, &token("OFFERSYNC_PUSH_TOKEN")?);
    }
    None
}

/// A header for this server alone.
fn on_github(server: &str, token: &str) -> RemoteSetting {
    let encoded = BASE64.encode(format!("x-access-token:{token}"));
    RemoteSetting {
        key: format!("http.{}/.extraheader", server.trim_end_matches('/')),
        value: format!("AUTHORIZATION: basic {encoded}"),
        secrets: vec![encoded, token.to_owned()],
    }
}

/// An address with the token, for pushes: the address of the checkout has a token that may only read.
fn on_gitlab(remote: &str, project: &str, token: &str) -> Option<RemoteSetting> {
    let mut address = Url::parse(&format!("{project}.git")).ok().filter(|address| address.scheme() == "https")?;
    address.set_username("offersync").ok()?;
    address.set_password(Some(token)).ok()?;
    let encoded = address.password().unwrap_or_default().to_owned();
    let secrets = vec![token.to_owned(), encoded];
    Some(RemoteSetting { key: format!("remote.{remote}.pushurl"), value: address.into(), secrets })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_for_the_server_of_the_run_alone() {
        let RemoteSetting { key, value, secrets } = on_github("https://github.example/", "t0ken");
        assert_eq!(
            (&*key, &*value),
            ("http.https://github.example/.extraheader", "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46dDBrZW4=")
        );
        assert!(secrets.iter().any(|secret| value.contains(secret)) && secrets.contains(&"t0ken".to_owned()));
        let RemoteSetting { key, value, secrets } =
            on_gitlab("origin", "https://gitlab.example:8443/a/b", "t@ken").unwrap();
        assert_eq!(
            (&*key, &*value),
            ("remote.origin.pushurl", "https://offersync:t%40ken@gitlab.example:8443/a/b.git")
        );
        assert!(secrets.iter().any(|secret| value.contains(secret)), "{secrets:?}");
        assert!(on_gitlab("origin", "http://gitlab.example/a/b", "t").is_none(), "nothing on the way may read it");
    }
}
