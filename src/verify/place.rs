//! Where a question is sent: to the address of the rule, or to the one that the user named in its place.

use ureq::http::Uri;

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// All of it.
    pub text: String,
    /// Its host, with a port where one is written.
    pub host: String,
}

/// What the user named in place of the rules' own hosts.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    /// For a host (None: for all), scheme and host, and the beginning of the path.
    named: Vec<(Option<String>, Base)>,
}

#[derive(Debug)]
struct Base {
    /// "https://HOST" and a path without a slash at its end.
    text: String,
    host: String,
    encrypted: bool,
}

impl Endpoints {
    /// Reads `URL` and `HOST=URL`. A message never repeats what was given: an address can hold a password.
    pub(super) fn new(given: &[String]) -> Result<Endpoints, String> {
        let read = |text: &String| {
            let (host, url) = match text.split_once('=') {
                Some((host, url)) if !host.contains([':', '/']) => (Some(host.to_ascii_lowercase()), url),
                _ => (None, text.as_str()),
            };
            base(url).map(|base| (host, base))
        };
        Ok(Endpoints { named: given.iter().map(read).collect::<Result<_, _>>()? })
    }

    /// Whether each host that is named is one that a rule asks: with a slip of the pen the key would go where it should
    /// not.
    pub(super) fn check<'a>(&self, urls: impl Iterator<Item = &'a str>) -> Result<(), String> {
        let mut known: Vec<&str> = urls.filter_map(split).map(|(host, _)| host).collect();
        known.sort_unstable();
        known.dedup();
        let unknown = |name: &String| !known.contains(&name.as_str());
        match self.named.iter().filter_map(|(name, _)| name.as_ref()).find(|name| unknown(name)) {
            Some(_) => {
                Err(format!("--verify-endpoint HOST=URL: no rule asks this host; there are {}", known.join(", ")))
            }
            None => Ok(()),
        }
    }

    /// Whether a key could be sent unencrypted, to this machine.
    pub(super) fn has_plain(&self) -> bool {
        self.named.iter().any(|(_, base)| !base.encrypted)
    }

    /// Where the question of a rule goes. Its own host is named in the rule; the last one that the user named for it,
    /// or else for all, takes its place.
    pub(super) fn of(&self, url: &str) -> Option<Url> {
        let (host, path) = split(url)?;
        let named = |for_host: Option<&str>| self.named.iter().rev().find(|(name, _)| name.as_deref() == for_host);
        match named(Some(host)).or_else(|| named(None)) {
            Some((_, base)) => Some(Url { text: format!("{}{path}", base.text), host: base.host.clone() }),
            None => Some(Url { text: url.to_owned(), host: host.to_owned() }),
        }
    }
}

/// The host and the path of a rule's address.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("https://")?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

fn base(text: &str) -> Result<Base, String> {
    const FORM: &str = "--verify-endpoint must be https://HOST[:PORT], or http:// with an address of this machine";
    let uri: Uri = text.parse().map_err(|_| FORM.to_owned())?;
    let authority = uri.authority().map(|authority| authority.as_str()).unwrap_or_default();
    let (Some(host), Some(scheme)) = (uri.host(), uri.scheme_str()) else { return Err(FORM.into()) };
    if host.is_empty() || authority.contains('@') || uri.query().is_some() || text.contains('#') {
        return Err(format!("{FORM}; no user, no query"));
    }
    let encrypted = match scheme {
        "https" => true,
        "http" if is_here(host) => false,
        "http" => return Err(format!("{FORM}: a key is not sent over a network unencrypted")),
        _ => return Err(FORM.into()),
    };
    let text = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
    Ok(Base { text, host: authority.to_owned(), encrypted })
}

/// Whether a host is this machine, without asking anybody.
pub(super) fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_takes_the_place_of_a_host() {
        let of = |given: &[&str], url: &str| {
            let endpoints = Endpoints::new(&given.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).unwrap();
            endpoints.of(url).map(|url| (url.text, url.host)).unwrap()
        };
        let (one, two) = ("https://api.acme.example/v1/models", "https://code.acme.example/v1/models");
        let pair = |text: &str, host: &str| (text.to_owned(), host.to_owned());
        assert_eq!(of(&[], one), pair(one, "api.acme.example"));
        assert_eq!(of(&["http://127.0.0.1:9"], one), pair("http://127.0.0.1:9/v1/models", "127.0.0.1:9"));
        assert_eq!(of(&["https://gate.example/acme/"], one).0, "https://gate.example/acme/v1/models");
        let mixed = ["http://[::1]:1", "code.acme.example=http://localhost:2"];
        assert_eq!(of(&mixed, one).1, "[::1]:1");
        assert_eq!(of(&mixed, two).1, "localhost:2");
    }

    #[test]
    fn what_is_not_safe_is_refused_without_being_shown() {
        for text in [
            "http://models.example",
            "http://10.0.0.1:80",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://user:hunter2@127.0.0.1:1",
            "https://user:hunter2@api.example",
            "https://api.example/?key=hunter2",
            "https://api.example/#hunter2",
            "ftp://hunter2.example",
            "hunter2",
            "//hunter2",
            "/hunter2",
            "https://",
            "https://:9",
            "https:// hunter2",
            "",
            "a.example=http://hunter2.example",
        ] {
            let why = Endpoints::new(&[text.to_owned()]).err().unwrap_or_else(|| panic!("{text}"));
            assert!(!why.contains("hunter2") && why.contains("--verify-endpoint"), "{text}: {why}");
        }
    }
}
