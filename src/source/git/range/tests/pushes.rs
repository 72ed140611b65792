//! What a push brings.

use super::*;

fn push(s: &Sandbox, updates: &[(&str, Option<&str>, Option<&str>)], remote: &str) -> Recorder {
    let id = |rev: &str| ObjectId::from_hex(rev.as_bytes()).unwrap_or_else(|_| s.id(rev));
    let update = |(name, local, remote): &(&str, Option<&str>, Option<&str>)| Update {
        name: (*name).into(),
        local: local.map(id),
        remote: remote.map(id),
    };
    let updates = updates.iter().map(update).collect();
    Recorder::run(&Range::pushed(s.open(), vec![], (updates, remote.into()), options()))
}

fn paths(r: &Recorder) -> Vec<String> {
    added(r).into_iter().map(|(path, _)| path).collect()
}

/// A repository whose remote has its first commit.
fn sandbox() -> Sandbox {
    let s = Sandbox::new();
    s.commit("old", "SECRET");
    s.outside(&["init", "-q", "--bare", "remote.git"]);
    s.git(&["remote", "add", "origin", "../remote.git"]);
    s.git(&["push", "-q", "origin", "main"]);
    s.commit("new", "SECRET");
    s.commit("new", "clean");
    s
}

#[test]
fn only_what_is_pushed_counts() {
    let s = sandbox();
    let r = push(&s, &[("refs/heads/main", Some("main"), Some("main~2"))], "origin");
    assert_eq!(paths(&r), ["new"], "a key that a later commit removes still counts");
    let r = push(&s, &[("refs/heads/other", Some("main"), None)], "origin");
    assert_eq!(paths(&r), ["new"], "a new branch brings what the remote has not");
    let r = push(&s, &[("refs/heads/main", None, Some("main~2"))], "origin");
    assert_eq!(paths(&r), [""; 0], "a deleted one brings nothing");
}

#[test]
fn an_unknown_remote_id_leaves_what_was_fetched() {
    let s = sandbox();
    let unknown = "7".repeat(40);
    let r = push(&s, &[("refs/heads/main", Some("main"), Some(&unknown))], "origin");
    assert_eq!(paths(&r), ["new"]);
    let r = push(&s, &[("refs/heads/main", Some("main"), Some(&unknown))], "nowhere");
    assert_eq!(paths(&r), ["new", "old"]);
    let r = push(&s, &[("refs/heads/main", Some("main"), None)], "../remote.git");
    assert_eq!(paths(&r), ["new"], "a remote's address is as good as its name");
}

#[test]
fn several_references_and_their_names() {
    let s = sandbox();
    s.git(&["checkout", "-q", "-b", "SECRET-branch"]);
    s.commit("side", "SECRET");
    let updates = [("refs/heads/main", Some("main"), Some("main~2")), ("refs/heads/SECRET-branch", Some("HEAD"), None)];
    let r = push(&s, &updates, "origin");
    assert_eq!(paths(&r), ["new", "side"]);
    assert_eq!(r.of(Kind::Ref)[0].reference.as_deref(), Some("refs/heads/SECRET-branch"));
}

#[test]
fn tags_with_their_messages() {
    let s = sandbox();
    s.git(&["tag", "-m", "SECRET-tag", "v1", "main~2"]);
    s.git(&["tag", "-m", "SECRET-outer", "v2", "v1"]);
    let r = push(&s, &[("refs/tags/v2", Some("v2^{tag}"), None)], "origin");
    assert_eq!(paths(&r), [""; 0]);
    let tags: Vec<_> = r.of(Kind::Tag).into_iter().map(|t| (t.reference.unwrap(), t.commit.unwrap())).collect();
    let old = s.id("main~2").to_string();
    assert_eq!(tags, [("v1".into(), old.clone()), ("v2".into(), old)]);
    let blob = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET-blob");
    let r = push(&s, &[("refs/tags/blob", Some(&blob), None)], "origin");
    assert_eq!(r.one("SECRET-blob").path, None);
    let r = push(&s, &[("refs/tags/tree", Some("main~1^{tree}"), None)], "origin");
    assert_eq!(paths(&r), ["new", "old"]);
}

#[test]
fn tips_without_a_remote() {
    let s = sandbox();
    let ends = (vec![s.id("main")], vec![s.id("main~1")]);
    let r = Recorder::run(&Range::commits(s.open(), vec![], ends, options()));
    assert_eq!(paths(&r), [""; 0]);
    let r = Recorder::run(&Range::commits(s.open(), vec![], (vec![s.id("main")], vec![]), options()));
    assert_eq!(paths(&r), ["new", "old"]);
}
