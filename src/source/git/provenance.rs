//! Which repository and revision a scan is about, for reports that others read.

use super::open::{Repository, file};
use super::refs;
use crate::blob::Provenance;
use bstr::ByteSlice;

/// Where the repository comes from: its remote's address, HEAD and its branch. None without a remote that others can
/// reach: a path of this machine tells them nothing, and does not belong into a report.
pub fn of(repository: &Repository) -> Option<Provenance> {
    let text = file::read(&repository.common_dir.join("config"), file::LIST).ok()?;
    let events = gix_config::parse::Events::from_bytes(&text, None).ok()?;
    let config = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
    let remotes: Vec<_> = config.sections_by_name("remote").into_iter().flatten().collect();
    let origin = remotes.iter().find(|r| r.header().subsection_name().is_some_and(|name| name == "origin"));
    let url = origin.or(remotes.first())?.value("url")?;
    Some(Provenance {
        uri: public(url.to_str().ok()?)?,
        revision: refs::head(repository).ok().flatten().map(|id| id.to_string()),
        branch: refs::branch(repository).map(|name| name.to_str_lossy().into_owned()),
    })
}

/// The address without user, password, query and fragment; None for paths.
fn public(url: &str) -> Option<String> {
    let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'@');
    let (scheme, rest) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some((scheme, rest)) => (scheme, rest.to_owned()),
        // user@host:path, as scp takes it.
        None => {
            let is_host =
                |host: &str, path: &str| host.len() > 1 && !host.contains(['/', '\\']) && !path.starts_with(':');
            let (host, path) = url.split_once(':').filter(|(host, path)| is_host(host, path))?;
            ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let host = host.rsplit('@').next()?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (is_scheme && is_plain(host) && (path.is_empty() || is_plain(path))).then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::git::history::sandbox::Sandbox;

    #[test]
    fn addresses_lose_their_credentials() {
        for (url, expected) in [
            ("https://u:p@example.org/a/b.git", Some("https://example.org/a/b.git")),
            ("https://token@example.org:8443/a?key=x#y", Some("https://example.org:8443/a")),
            ("ssh://git@example.org/a.git", Some("ssh://example.org/a.git")),
            ("git@example.org:a/b.git", Some("ssh://example.org/a/b.git")),
            ("https://a@b@example.org/x", Some("https://example.org/x")),
            ("https://example.org/x@y", None),
            ("/home/me/x.git", None),
            ("../x.git", None),
            ("C:/x", None),
            ("file:///home/me/x", None),
            ("ext::sh -c x", None),
            ("", None),
        ] {
            assert_eq!(public(url).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn head_and_its_branch() {
        let s = Sandbox::new();
        assert_eq!(of(&s.open()), None);
        s.git(&["remote", "add", "other", "https://u:p@example.org/other"]);
        s.git(&["remote", "add", "origin", "https://u:p@example.org/origin"]);
        let unborn = of(&s.open()).unwrap();
        assert_eq!((unborn.uri.as_str(), unborn.revision), ("https://example.org/origin", None));
        assert_eq!(unborn.branch.as_deref(), Some("main"));
        let one = s.commit("a", "1");
        s.git(&["checkout", "-q", "--detach"]);
        let detached = of(&s.open()).unwrap();
        assert_eq!((detached.revision, detached.branch), (Some(one.to_string()), None));
    }
}
