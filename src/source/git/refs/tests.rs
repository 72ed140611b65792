use super::*;
use crate::source::git::history::sandbox::Sandbox;
use std::fs;

/// As the repository stands, without opening it: what is tested here needs no more.
fn plain(sandbox: &Sandbox) -> Repository {
    let dir = PathBuf::from(sandbox.git(&["rev-parse", "--absolute-git-dir"]));
    at(&dir, &dir)
}

fn at(git_dir: &Path, common_dir: &Path) -> Repository {
    Repository {
        git_dir: git_dir.into(),
        common_dir: common_dir.into(),
        work_tree: None,
        index_file: git_dir.join("index"),
        object_dirs: vec![common_dir.join("objects")],
        hash: gix_hash::Kind::Sha1,
        shallow: Vec::new(),
        partial: false,
        githeads: Vec::new(),
        notes: Vec::new(),
        skips: Vec::new(),
    }
}

fn names(refs: &References) -> Vec<String> {
    refs.list.iter().map(|r| r.name.to_string()).collect()
}

fn broken(refs: &References) -> Vec<String> {
    refs.skips.iter().map(|s| format!("{} {}", s.reason.name(), s.place)).collect()
}

#[test]
fn loose_and_packed_of_every_namespace() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.git(&["tag", "-m", "t", "v1"]);
    s.git(&["update-ref", "refs/pull/7/head", "HEAD"]);
    s.git(&["pack-refs", "--all"]);
    let two = s.commit("a", "2");
    s.git(&["update-ref", "refs/changes/01/1/1", "HEAD"]);
    let refs = References::read(&plain(&s));
    assert_eq!(names(&refs), ["HEAD", "refs/changes/01/1/1", "refs/heads/main", "refs/pull/7/head", "refs/tags/v1"]);
    assert_eq!(refs.find(b"refs/heads/main").unwrap().id, Some(two), "a loose one hides the packed one");
    assert_eq!(refs.find(b"refs/pull/7/head").unwrap().id, Some(one));
    assert_eq!(refs.find(b"refs/tags/v1").unwrap().id, Some(s.id("v1^{tag}")));
    assert_eq!((broken(&refs), refs.dangling), (vec![], 0));
    assert_eq!(head(&plain(&s)), Ok(Some(two)));
}

#[test]
fn unborn_detached_and_packed_heads() {
    let s = Sandbox::new();
    assert_eq!(head(&plain(&s)), Ok(None));
    assert_eq!(References::read(&plain(&s)).skips, []);
    let one = s.commit("a", "1");
    s.git(&["pack-refs", "--all", "--prune"]);
    assert_eq!(head(&plain(&s)), Ok(Some(one)));
    s.git(&["checkout", "-q", "--detach"]);
    let two = s.commit("a", "2");
    assert_eq!(head(&plain(&s)), Ok(Some(two)));
}

#[test]
fn linked_worktrees_have_heads_and_private_references() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.git(&["worktree", "add", "-q", "--detach", "../other"]);
    s.git(&["-C", "../other", "commit", "-q", "--allow-empty", "-m", "there"]);
    s.git(&["-C", "../other", "update-ref", "refs/worktree/mine", "HEAD"]);
    s.git(&["-C", "../other", "update-ref", "refs/bisect/bad", "HEAD"]);
    s.git(&["update-ref", "refs/bisect/good", "HEAD"]);
    let there = ObjectId::from_hex(s.git(&["-C", "../other", "rev-parse", "HEAD"]).as_bytes()).unwrap();
    let main = References::read(&plain(&s));
    assert_eq!(
        names(&main),
        [
            "HEAD",
            "refs/bisect/good",
            "refs/heads/main",
            "worktrees/other/HEAD",
            "worktrees/other/refs/bisect/bad",
            "worktrees/other/refs/worktree/mine"
        ]
    );
    assert_eq!(main.find(b"worktrees/other/HEAD").unwrap().id, Some(there));
    assert!(main.log(b"worktrees/other/HEAD").is_some());

    let common = s.root.join(".git");
    let linked = at(&common.join("worktrees/other"), &common);
    assert_eq!(head(&linked), Ok(Some(there)));
    let from_there = References::read(&linked);
    assert_eq!(
        names(&from_there),
        [
            "HEAD",
            "main-worktree/HEAD",
            "main-worktree/refs/bisect/good",
            "refs/bisect/bad",
            "refs/heads/main",
            "refs/worktree/mine"
        ]
    );
    assert_eq!(from_there.find(b"main-worktree/HEAD").unwrap().id, Some(one));
}

#[test]
fn reflogs_hold_old_and_new_ids_also_of_the_stash() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    for text in ["2", "3"] {
        s.write("a", text);
        s.git(&["stash", "-q"]);
    }
    let refs = References::read(&plain(&s));
    let stash = refs.log(b"refs/stash").unwrap();
    assert_eq!(stash.lines.len(), 2);
    assert_eq!((stash.lines[0].old, stash.lines[1].old), (None, stash.lines[0].new));
    assert_eq!(stash.lines[1].new, Some(s.id("refs/stash")));
    let main = refs.log(b"refs/heads/main").unwrap();
    assert_eq!(main.lines[0].new, Some(one));
    assert!(main.lines[0].text.ends_with(b"+0200\tcommit (initial): Change a"), "{:?}", main.lines[0].text);
}

#[test]
fn what_is_broken_is_named_and_the_rest_is_read() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    let git = s.root.join(".git");
    fs::write(git.join("refs/heads/empty"), "").unwrap();
    fs::write(git.join("refs/heads/words"), "no id at all\n").unwrap();
    fs::write(git.join("refs/heads/null"), format!("{}\n", "0".repeat(40))).unwrap();
    fs::write(git.join("refs/heads/sha256"), format!("{}\n", "1".repeat(64))).unwrap();
    fs::write(git.join("refs/heads/out"), "ref: ../../../secret\n").unwrap();
    fs::write(git.join("refs/heads/circle"), "ref: refs/heads/circle\n").unwrap();
    fs::write(git.join("refs/heads/main.lock"), "").unwrap();
    fs::write(git.join("refs/heads/odd name"), format!("{one}  \t anything")).unwrap();
    fs::create_dir_all(git.join("refs/remotes/origin")).unwrap();
    fs::write(git.join("refs/remotes/origin/HEAD"), "ref: refs/remotes/origin/gone\n").unwrap();
    fs::write(git.join("packed-refs"), format!("# pack-refs with: peeled\n{one} refs/tags/t\n^{one}\njunk\n")).unwrap();
    let refs = References::read(&plain(&s));
    let expected = ["circle", "empty", "null", "out", "sha256", "words"].map(|n| format!("refs/heads/{n}"));
    let mut places: Vec<_> = refs.skips.iter().map(|s| s.place.to_string()).collect();
    places.sort();
    assert_eq!(places, [&["packed-refs".to_string()][..], &expected].concat());
    assert!(refs.skips.iter().all(|s| s.reason == SkipReason::BrokenReference));
    assert_eq!(refs.dangling, 1);
    assert_eq!(refs.find(b"refs/heads/odd name").unwrap().id, Some(one));
    assert_eq!(refs.find(b"refs/tags/t").unwrap().id, Some(one));
    assert!(refs.find(b"refs/heads/main.lock").is_none());
}

#[test]
fn a_broken_head_is_no_unborn_one() {
    let s = Sandbox::new();
    s.commit("a", "1");
    fs::write(s.root.join(".git/refs/heads/main"), "garbage").unwrap();
    assert_eq!(head(&plain(&s)).unwrap_err().reason, SkipReason::BrokenReference);
    fs::write(s.root.join(".git/refs/heads/main"), "ref: HEAD").unwrap();
    assert!(head(&plain(&s)).is_err(), "a circle");
}

#[test]
fn a_torn_reflog_line_is_a_failure() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    let path = s.root.join(".git/logs/refs/heads/main");
    let mut text = fs::read(&path).unwrap();
    text.extend_from_slice(b"\0\0\0\0\n");
    fs::write(&path, text).unwrap();
    let refs = References::read(&plain(&s));
    assert_eq!(broken(&refs), ["broken-reference refs/heads/main"]);
    assert_eq!(refs.log(b"refs/heads/main").unwrap().lines[0].new, Some(one));
}

#[cfg(unix)]
#[test]
fn links_are_names_or_files_never_folders() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    let heads = s.root.join(".git/refs/heads");
    std::os::unix::fs::symlink("refs/heads/main", heads.join("old-style")).unwrap();
    std::os::unix::fs::symlink("/", heads.join("root")).unwrap();
    let refs = References::read(&plain(&s));
    assert_eq!(refs.find(b"refs/heads/old-style").unwrap().id, Some(one));
    assert_eq!(broken(&refs), ["broken-reference refs/heads/root"]);
}
