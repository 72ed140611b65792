//! The first commit, the paths, HEAD, and what nothing leads to.

use super::*;
use crate::source::Unit;

#[test]
fn the_first_commit_by_topology_whatever_the_clocks_say() {
    let s = Sandbox::new();
    s.write("a", "SECRET");
    let first = s.commit_at("later by its clock", 1_900_000_000);
    s.write("b", "1");
    s.commit_at("earlier by its clock", 1_000_000_000);
    let r = scan(&s);
    assert_file(&r.one("SECRET"), "a", &first);
    assert_eq!(r.one("SECRET").rank, Some(0));
    assert!(r.one("SECRET").in_head);
}

#[test]
fn ties_go_by_date() {
    let s = Sandbox::new();
    s.commit("base", "1");
    let mut ids = Vec::new();
    for (branch, time) in [("x", 1_600_000_500), ("y", 1_600_000_400), ("z", 1_600_000_600)] {
        s.git(&["checkout", "-q", "-b", branch, "main"]);
        s.write("a", "SECRET");
        ids.push(s.commit_at(branch, time));
    }
    assert_file(&scan(&s).one("SECRET"), "a", &ids[1]);
}

#[test]
fn a_renamed_file_is_two_places_and_a_version_is_a_blob() {
    let s = Sandbox::new();
    let one = s.commit("old", "SECRET\n");
    s.git(&["mv", "old", "new"]);
    let two = s.commit_at("Move", 1_600_000_000);
    let three = s.commit("new", "SECRET\nmore\n");
    let records = scan(&s).of(Kind::History);
    assert_eq!(records.len(), 3);
    let find = |path: &str, text: &str| {
        records.iter().find(|r| r.path.as_deref() == Some(path) && r.text.as_deref() == Some(text)).unwrap()
    };
    assert_file(find("old", "SECRET\n"), "old", &one);
    assert_file(find("new", "SECRET\n"), "new", &two);
    assert_file(find("new", "SECRET\nmore\n"), "new", &three);
    assert_eq!(records.iter().map(|r| r.in_head).filter(|h| *h).count(), 1);
    assert!(find("new", "SECRET\nmore\n").in_head);
}

#[test]
fn one_content_at_many_paths_is_read_once() {
    let s = Sandbox::new();
    for path in ["a", "d/a", "d/e/a"] {
        s.write(path, "SECRET");
    }
    s.commit_at("All", 1_600_000_000);
    let r = scan(&s);
    assert_eq!((r.records().len(), r.count(Unit::Blob)), (3, 1));
}

#[test]
fn what_nothing_leads_to_says_so() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.git(&["checkout", "-q", "--detach"]);
    let lost = s.commit("dir/b", "SECRET-commit");
    s.write("c", "1");
    s.commit_at("SECRET-message", 1_600_000_000);
    s.git(&["tag", "-a", "-m", "SECRET-tag", "gone"]);
    s.git(&["tag", "-d", "gone"]);
    s.git(&["checkout", "-q", "main"]);
    s.git(&["reflog", "expire", "--expire=now", "--all"]);
    s.write("d", "SECRET-index");
    s.git(&["add", "d"]);
    s.write("d", "SECRET-unstaged");
    s.git(&["add", "d"]);
    let r = scan(&s);
    assert!(r.records().iter().all(|r| r.reach == Reach::Unreachable), "{:#?}", r.records());
    assert_file(&r.one("SECRET-commit"), "dir/b", &lost);
    for text in ["SECRET-index", "SECRET-unstaged"] {
        assert_eq!((r.one(text).path, r.one(text).commit), (None, None));
    }
    assert_eq!(r.one("SECRET-message").kind, Kind::Message);
    assert_eq!(r.one("SECRET-tag").kind, Kind::Tag);
    assert_eq!(r.skips(), [""; 0]);
}

#[test]
fn a_reachable_place_wins_over_an_unreachable_one() {
    let s = Sandbox::new();
    s.commit("base", "1");
    s.git(&["checkout", "-q", "--detach"]);
    s.write("a", "SECRET");
    s.commit_at("lost, and older", 1_500_000_000);
    s.git(&["checkout", "-q", "main"]);
    s.git(&["reflog", "expire", "--expire=now", "--all"]);
    let kept = s.commit("a", "SECRET");
    let found = scan(&s).one("SECRET");
    assert_file(&found, "a", &kept);
    assert_eq!(found.reach, Reach::Reachable);
}

#[test]
fn loose_trees_still_tell_the_path() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.write("dir/b", "SECRET");
    s.git(&["add", "dir"]);
    s.git(&["write-tree"]);
    let found = scan(&s).one("SECRET");
    assert_eq!((found.path.as_deref(), found.commit, found.reach), (Some("dir/b"), None, Reach::Unreachable));
}

#[test]
fn threads_change_nothing() {
    let s = Sandbox::new();
    for n in 0..40 {
        s.write(&format!("d{}/f{}", n % 5, n % 7), format!("SECRET {n}\n"));
        s.write("big", format!("SECRET {}\n", "line\n".repeat(n)));
        s.commit_at(&format!("SECRET {n}"), 1_600_000_000 + n as i64 % 3);
    }
    s.git(&["gc", "-q"]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let r = pool.install(|| scan(&s));
        (r.records(), r.skips(), r.notes(), r.count(Unit::Byte))
    };
    assert_eq!(with(1), with(3));
    assert!(with(1).0.len() > 100);
}

#[test]
fn a_folder_at_countless_paths_ends() {
    let s = Sandbox::new();
    let blob = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET");
    let mut tree = s.git_with(&["mktree"], format!("100644 blob {blob}\tf\n").as_bytes());
    for _ in 0..12 {
        let list: String = (0..10).map(|n| format!("040000 tree {tree}\td{n}\n")).collect();
        tree = s.git_with(&["mktree"], list.as_bytes());
    }
    let commit = s.git(&["commit-tree", "-m", "bomb", &tree]);
    s.git(&["update-ref", "refs/heads/main", &commit]);
    let r = scan(&s);
    assert_eq!(r.skips(), ["decode-limit history"]);
}

#[test]
fn deep_folders_are_entered() {
    let s = Sandbox::new();
    let path = vec!["d"; 1500].join("/") + "/f";
    let blob = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET");
    s.git_with(&["update-index", "--index-info"], format!("100644 {blob}\t{path}\n").as_bytes());
    let commit = s.git(&["commit-tree", "-m", "deep", &s.git(&["write-tree"])]);
    s.git(&["update-ref", "refs/heads/main", &commit]);
    assert_eq!(scan(&s).one("SECRET").path, Some(path));
}
