//! Where a repository comes from: its remote's address and what HEAD is, for reports that link to it.

use super::open::Repository;
use super::{excludes, refs};
use crate::blob::Provenance;
use bstr::{BStr, BString, ByteSlice};

/// The provenance, where there is a remote whose address can be told.
pub fn of(repository: &Repository) -> Option<Provenance> {
    let branch = branch(repository);
    let bytes = excludes::read(&repository.common_dir.join("config"))?;
    let events = gix_config::parse::Events::from_bytes(&bytes, None).ok()?;
    let config = gix_config::File::from_parse_events_no_includes(events, gix_config::file::Metadata::api());
    let named = branch.as_ref().and_then(|branch| config.string_by("branch", Some(branch.as_bstr()), "remote"));
    let remote = named.unwrap_or_else(|| "origin".into());
    let url = config.string_by("remote", Some(remote.as_bstr()), "url")?;
    Some(Provenance {
        uri: address(url.as_bstr())?,
        revision: refs::head(repository).ok().flatten().map(|id| id.to_string()),
        branch: branch.map(|branch| branch.to_str_lossy().into_owned()),
    })
}

/// HEAD's branch, by its short name.
fn branch(repository: &Repository) -> Option<BString> {
    let head = excludes::read(&repository.git_dir.join("HEAD"))?;
    let name = head.strip_prefix(b"ref:")?.trim();
    Some(name.strip_prefix(b"refs/heads/")?.into())
}

/// A remote's address as a URI without anything that could be a credential: no user, no query, no fragment. None for a
/// path of this machine.
fn address(url: &BStr) -> Option<String> {
    let url = url.to_str().ok()?.trim();
    let url = url.split(['?', '#']).next()?;
    if url.bytes().any(|b| !(b'!'..=b'~').contains(&b) || b"\"<>\\^`{|}".contains(&b)) {
        return None;
    }
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme, rest.to_owned()),
        // user@host:path, as ssh is written; a colon behind a slash is a path's.
        None => {
            let (host, path) = url.split_once(':').filter(|(host, _)| !host.contains('/') && host.len() > 1)?;
            ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    if scheme == "file" || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b)) {
        return None;
    }
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let host = host.rsplit('@').next().unwrap_or(host);
    (!host.is_empty()).then(|| format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::super::open::GitEnv;
    use super::super::testing::Git;
    use super::*;

    #[test]
    fn addresses_lose_their_credentials() {
        let of = |url: &str| address(url.into());
        let same = Some("https://example.com/a/b.git".to_owned());
        assert_eq!(of("https://example.com/a/b.git"), same);
        assert_eq!(of("https://user:p%40ss@example.com/a/b.git"), same);
        assert_eq!(of("https://user:p@ss@example.com/a/b.git?private_token=x#y"), same);
        assert_eq!(of("git@example.com:a/b.git").as_deref(), Some("ssh://example.com/a/b.git"));
        assert_eq!(of("ssh://git@example.com:22/a").as_deref(), Some("ssh://example.com:22/a"));
        for local in ["/srv/a.git", "../a", "file:///srv/a", "C:\\a", "a b:c", "ext::sh -c x", "\u{1b}://x", ""] {
            assert_eq!(of(local), None, "{local}");
        }
    }

    #[test]
    fn a_clone_names_its_remote() {
        let git = Git::new();
        let repository = || Repository::open(git.root(), &GitEnv::default()).unwrap();
        assert_eq!(of(&repository()), None);
        git.run(&["remote", "add", "origin", "https://token@example.com/a"]);
        let unborn = of(&repository()).unwrap();
        assert_eq!((unborn.revision, unborn.branch.as_deref()), (None, Some("main")));
        git.write("a", b"x");
        git.commit_all("a");
        git.run(&["remote", "add", "fork", "git@example.org:b"]);
        git.run(&["config", "branch.main.remote", "fork"]);
        let found = of(&repository()).unwrap();
        assert_eq!(found.uri, "ssh://example.org/b");
        assert_eq!(found.revision.as_deref(), Some(git.run(&["rev-parse", "HEAD"]).trim()));
        git.run(&["checkout", "-q", "--detach"]);
        let detached = of(&repository()).unwrap();
        assert_eq!((detached.uri.as_str(), detached.branch), ("https://example.com/a", None));
    }
}
