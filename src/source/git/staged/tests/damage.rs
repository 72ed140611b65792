//! Whatever is missing or damaged is named.

use super::*;

fn object_file(git: &Git, id: &str) -> std::path::PathBuf {
    git.root().join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn damage(git: &Git, name: &str) -> String {
    let id = git.run(&["rev-parse", name]).trim().to_owned();
    let file = object_file(git, &id);
    fs::remove_file(&file).unwrap();
    fs::write(&file, b"no object at all").unwrap();
    id
}

fn lose(git: &Git, name: &str) -> String {
    let id = git.run(&["rev-parse", name]).trim().to_owned();
    fs::remove_file(object_file(git, &id)).unwrap();
    id
}

#[test]
fn staged_objects_that_are_damaged_or_gone_are_failures() {
    let git = begun(&[("a", "x\n")]);
    for name in ["lost", "torn", "whole"] {
        git.write(name, format!("content of {name}\n").as_bytes());
    }
    git.run(&["add", "."]);
    lose(&git, ":lost");
    damage(&git, ":torn");
    let sink = scan(&git);
    assert_eq!(sink.skips(), [skip(SkipReason::Corrupt, "torn"), skip(SkipReason::Missing, "lost")]);
    assert_eq!(sink.lines(), ["whole: all"]);
}

#[test]
fn without_the_old_version_the_whole_file_counts() {
    let git = begun(&[("a", &lines(5))]);
    git.write("a", format!("{}new\n", lines(5)).as_bytes());
    git.run(&["add", "a"]);
    lose(&git, "HEAD:a");
    let sink = scan(&git);
    assert_eq!((sink.lines(), sink.skips()), (vec!["a: all".to_owned()], vec![skip(SkipReason::Missing, "a")]));
    git.run(&["config", "remote.origin.promisor", "true"]);
    git.run(&["config", "remote.origin.url", "file:///nowhere"]);
    let sink = scan(&git);
    assert_eq!((sink.lines(), sink.skips()), (vec!["a: all".to_owned()], vec![skip(SkipReason::MissingBase, "a")]));
}

#[test]
fn what_says_what_head_is_must_be_readable() {
    let new = || {
        let git = begun(&[("a", "x\n"), ("sub/b", "y\n")]);
        git.write("sub/c", b"new\n");
        git.run(&["add", "."]);
        git
    };
    let git = new();
    fs::write(git.root().join(".git/refs/heads/main"), "no id\n").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::BrokenReference, "HEAD")]);
    let git = new();
    let commit = damage(&git, "HEAD");
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Corrupt, &commit)]);
    let git = new();
    let commit = lose(&git, "HEAD");
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Missing, &commit)]);
    let git = new();
    let tree = lose(&git, "HEAD:sub");
    let sink = scan(&git);
    assert_eq!(
        (sink.skips(), sink.lines()),
        (vec![skip(SkipReason::Missing, &tree)], vec!["sub/b: all".to_owned(), "sub/c: all".to_owned()])
    );
    let git = new();
    fs::write(git.root().join(".git/index"), "DIRC and so on").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Corrupt, ".git/index")]);
    let git = new();
    fs::write(git.root().join(".git/MERGE_HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
    let sink = scan(&git);
    assert_eq!(
        (sink.skips(), sink.lines()),
        (vec![skip(SkipReason::Missing, &"1".repeat(40))], vec!["sub/c: all".to_owned()])
    );
    let git = new();
    fs::write(git.root().join(".git/MERGE_HEAD"), "no id\n").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::BrokenReference, "MERGE_HEAD")]);
}
