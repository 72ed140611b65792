//! Hosts within a text: of addresses, and of values that are a host by themselves.

use std::ops::Range;

/// A host and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    /// The host in lower case, without port.
    pub(super) name: String,
    /// The path behind it, without query.
    pub(super) path: String,
    /// Where the address stands.
    pub(super) span: Range<usize>,
}

impl Host {
    /// `evals.run`, `fixtures.app`: as likely a module or a file.
    pub(super) fn is_doubtful(&self) -> bool {
        let top = self.name.split_once('.').map(|(_, top)| top);
        self.path.is_empty()
            && matches!(
                top,
                Some("run" | "test" | "app" | "sh" | "host" | "home" | "me" | "info" | "site" | "in" | "service")
            )
    }
}

/// Reads `scheme://user@host:port/path?query`.
pub(super) fn of_url(url: &[u8], at: usize) -> Option<Host> {
    let scheme = memchr::memmem::find(url, b"://")?;
    if scheme > 12 {
        return None;
    }
    parse(&url[scheme + 3..], at..at + url.len())
}

fn parse(rest: &[u8], span: Range<usize>) -> Option<Host> {
    let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let authority = &rest[..end];
    let authority = authority.rsplit(|b| *b == b'@').next().unwrap_or_default();
    let name = authority.split(|b| *b == b':').next().unwrap_or_default();
    if name.is_empty() || name.len() > 253 || name.iter().any(|b| matches!(b, b'%' | b'{' | b'$' | b'<')) {
        return None;
    }
    let path = rest[end..].split(|b| matches!(b, b'?' | b'#')).next().unwrap_or_default();
    Some(Host {
        name: String::from_utf8_lossy(name).to_lowercase(),
        path: String::from_utf8_lossy(&path[..path.len().min(200)]).to_lowercase(),
        span,
    })
}

/// Top-level names that make a bare `a.b` a host rather than a dotted name of a program.
const TOP: [&str; 58] = [
    "com", "net", "org", "io", "ai", "dev", "app", "cloud", "co", "xyz", "eu", "de", "fr", "uk", "us", "nl", "be",
    "ch", "at", "it", "es", "pt", "pl", "cz", "se", "no", "fi", "dk", "ru", "cn", "jp", "kr", "in", "br", "au", "ca",
    "tech", "run", "sh", "me", "gov", "edu", "info", "biz", "example", "local", "lan", "internal", "intern", "corp",
    "home", "test", "svc", "host", "space", "site", "online", "network",
];

/// A value that is a host by itself: `api.example.com/v1`, `localhost:8000`, `10.0.0.1`.
pub(super) fn bare(value: &[u8], at: usize) -> Option<Host> {
    let trimmed = value.trim_ascii();
    if memchr::memmem::find(trimmed, b"://").is_some() && !trimmed.contains(&b' ') {
        return of_url(trimmed, at);
    }
    if trimmed.is_empty()
        || trimmed.len() > 200
        || trimmed.iter().any(|b| b.is_ascii_whitespace() || b"()[]{}<>\"'`$=;,%\\@".contains(b))
    {
        return None;
    }
    let host = parse(trimmed, at..at + value.len())?;
    let labels: Vec<&str> = host.name.split('.').collect();
    let fine = |l: &&str| !l.is_empty() && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let named = labels.len() >= 2 && labels.iter().all(fine) && labels.last().is_some_and(|t| TOP.contains(t));
    let address = labels.len() == 4 && labels.iter().all(|l| l.parse::<u8>().is_ok());
    let network = address && host.path.len() > 1 && host.path[1..].bytes().all(|b| b.is_ascii_digit());
    (named || address && !network || host.name == "localhost").then_some(host)
}

/// Hosts that pages of documentation, sources and standards stand on: an address there says nothing about a request.
pub(super) fn is_reading(host: &Host) -> bool {
    const PAGES: [&str; 30] = [
        "ghcr.io",
        "docker.io",
        "quay.io",
        "gcr.io",
        "github.com",
        "githubusercontent.com",
        "gitlab.com",
        "npmjs.com",
        "npmjs.org",
        "unpkg.com",
        "jsdelivr.net",
        "pypi.org",
        "w3.org",
        "schema.org",
        "json-schema.org",
        "schemastore.org",
        "wikipedia.org",
        "stackoverflow.com",
        "medium.com",
        "youtube.com",
        "youtu.be",
        "readthedocs.io",
        "shields.io",
        "apache.org",
        "opensource.org",
        "springframework.org",
        "crates.io",
        "docs.rs",
        "goo.gl",
        "arxiv.org",
    ];
    let docs = host.name.split('.').next().is_some_and(|l| {
        matches!(
            l,
            "docs"
                | "doc"
                | "help"
                | "support"
                | "blog"
                | "www"
                | "schemas"
                | "schema"
                | "cdn"
                | "fonts"
                | "developers"
                | "wiki"
                | "status"
                | "registry"
        )
    });
    docs || PAGES.iter().any(|p| host.name == *p || host.name.strip_suffix(p).is_some_and(|rest| rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        let host = of_url(b"https://user:pw@API.Example.com:8443/v1/x?key=1", 3).unwrap();
        assert_eq!((host.name.as_str(), host.path.as_str()), ("api.example.com", "/v1/x"));
        assert_eq!(host.span, 3..50);
    }

    #[test]
    fn bare_hosts_are_no_dotted_names() {
        for value in ["api.mistral.ai", "api.mistral.ai/v1", "localhost:8000", "10.0.0.1", "ts.svc", "http://ts:8108"] {
            assert!(bare(value.as_bytes(), 0).is_some(), "{value}");
        }
        for value in ["os.environ", "self.cred", "a b.com", "v1.2", "mistral-small", "x/y.py"] {
            assert!(bare(value.as_bytes(), 0).is_none(), "{value}");
        }
    }
}
