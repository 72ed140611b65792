//! Submodules, sizes, paths that are not asked for, empty repositories.

use super::*;
use crate::source::{Source, Unit};
use std::sync::Arc;

#[test]
fn submodules_are_named_once_a_path() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{one},libs/sub")]);
    s.git(&["commit", "-qm", "Add a submodule"]);
    s.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{},libs/sub", s.id("HEAD"))]);
    s.git(&["commit", "-qm", "Move it on"]);
    assert_eq!(scan(&s).skips(), ["submodule libs/sub"]);
}

#[test]
fn large_blobs_are_named_by_path() {
    let s = Sandbox::new();
    s.commit("dir/big", &"x".repeat(5000));
    s.git(&["add", "-A"]);
    s.git_with(&["hash-object", "-w", "--stdin"], "y".repeat(6000).as_bytes());
    let options = Options { max_size: 4000, ..Options::default() };
    let r = scan_with(s.open(), options.clone());
    assert_eq!(r.skips().len(), 2);
    assert_eq!(r.skips()[1], "too-large dir/big");
    s.git(&["gc", "-q", "--prune=now"]);
    assert_eq!(scan_with(s.open(), options).skips(), ["too-large dir/big"]);
    assert_eq!(scan_with(s.open(), Options::default()).skips(), [""; 0]);
}

#[test]
fn excluded_paths_are_told_and_not_handed_over() {
    let s = Sandbox::new();
    s.commit("keep/a", "SECRET");
    s.commit("leave/a", "SECRET");
    s.commit("leave/SECRET-name", "1");
    let paths: crate::source::git::history::PathFilter = Arc::new(|path| !path.starts_with(b"leave/"));
    let r = scan_with(s.open(), Options { paths: Some(paths), ..Options::default() });
    assert_eq!(places(&r.of(Kind::History)).iter().map(|p| p.1.as_str()).collect::<Vec<_>>(), ["keep/a"]);
    assert_eq!(r.skips(), ["excluded leave/SECRET-name", "excluded leave/a"]);
}

#[test]
fn a_repository_without_commits_has_no_entry() {
    let s = Sandbox::new();
    s.write("a", "SECRET");
    s.git(&["add", "a"]);
    let r = scan(&s);
    assert_eq!((r.count(Unit::Entry), r.count(Unit::Blob)), (0, 1));
    assert_eq!(r.one("SECRET").reach, Reach::Unreachable);
    let source = History::new(s.open(), vec![], Options::default());
    assert!(source.expects_entries());
    s.commit("a", "1");
    assert!(scan(&s).count(Unit::Entry) > 0);
}

#[test]
fn empty_trees_and_blobs_are_never_missing() {
    let s = Sandbox::new();
    let tree = ObjectId::empty_tree(gix_hash::Kind::Sha1);
    s.git_with(&["mktree"], b"");
    let commit = s.git(&["commit-tree", "-m", "SECRET", &tree.to_string()]);
    s.git(&["update-ref", "refs/heads/main", &commit]);
    let _ = std::fs::remove_file(s.loose(&tree));
    let r = scan(&s);
    assert_eq!(r.skips(), [""; 0]);
    assert_eq!(r.one("SECRET").commit, Some(commit));
}

#[test]
fn many_contents_take_a_second_pass() {
    let s = Sandbox::new();
    let mut text = String::new();
    for n in 0..90 {
        text.push_str(&format!("{n} SECRET {}\n", "x".repeat(8000)));
        s.write("big", &text);
        s.commit_at("Grow", 1_600_000_000);
    }
    s.git(&["gc", "-q"]);
    let r = scan_with(s.open(), Options::default());
    assert_eq!(r.records().len(), 90);
    assert_eq!(r.records().iter().map(|r| r.text.clone().unwrap().len()).max(), Some(text.len()));
}

#[test]
fn what_a_baseline_asks() {
    let s = Sandbox::new();
    let source = || History::new(s.open(), vec![], Options::default());
    assert!(source().is_whole() && !source().holds_path(b"a"));
    s.commit("dir/a", "1");
    s.commit("gone", "1");
    s.git(&["rm", "-q", "gone"]);
    s.commit_at("Remove it", 1_600_000_000);
    let source = source();
    assert!(source.holds_path(b"dir/a"));
    for path in [&b"gone"[..], b"dir", b"dir/a/b", b"", b"/dir/a"] {
        assert!(!source.holds_path(path));
    }
    let filter: crate::source::git::history::PathFilter = Arc::new(|_| true);
    let part = History::new(s.open(), vec![], Options { paths: Some(filter), ..Options::default() });
    assert!(!part.is_whole());
}
