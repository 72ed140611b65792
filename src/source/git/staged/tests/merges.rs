//! Merges in progress: what their parents have is not added.

use super::*;

/// A branch `side` that changes line 2 of `f` and adds `theirs`, and a main that changes line 9 and adds `ours`.
fn diverged() -> Git {
    let git = begun(&[("f", &lines(10))]);
    git.run(&["checkout", "-qb", "side"]);
    git.write("f", lines(10).replace("number 2 ", "theirs ").as_bytes());
    git.write("theirs", b"their line\n");
    git.commit_all("theirs");
    git.run(&["checkout", "-q", "main"]);
    git.write("f", lines(10).replace("number 9 ", "ours ").as_bytes());
    git.write("ours", b"our line\n");
    git.commit_all("ours");
    git
}

#[test]
fn a_merge_adds_only_what_its_resolution_does() {
    let git = diverged();
    git.run(&["merge", "-q", "--no-commit", "side"]);
    assert!(scan(&git).lines().is_empty(), "{:?}", scan(&git).lines());
    git.write("f", format!("{}by the merge\n", fs::read_to_string(git.root().join("f")).unwrap()).as_bytes());
    git.write("theirs", b"their line\nby the merge\n");
    git.write("new", b"by the merge\n");
    git.run(&["add", "."]);
    assert_eq!(scan(&git).lines(), ["f: 11-11", "new: all", "theirs: 2-2"]);

    // The same while pre-merge-commit runs: the environment alone names the parent.
    let side = git.run(&["rev-parse", "side"]).trim().to_owned();
    fs::remove_file(git.root().join(".git/MERGE_HEAD")).unwrap();
    let env = GitEnv { githeads: vec![side], ..GitEnv::default() };
    assert_eq!(scan_with(&git, &env, Options::default()).lines(), ["f: 11-11", "new: all", "theirs: 2-2"]);
    assert_eq!(scan(&git).lines(), ["f: 2-2 11-11", "new: all", "theirs: all"]);
}

#[test]
fn a_merge_knows_what_it_renames() {
    let git = diverged();
    git.run(&["mv", "f", "renamed"]);
    git.run(&["commit", "-qm", "renamed"]);
    git.run(&["merge", "-q", "--no-commit", "side"]);
    let sink = scan(&git);
    assert!(sink.lines().is_empty(), "{:?}", sink.lines());
    assert!(sink.names().is_empty(), "{:?}", sink.names());
    git.run(&["mv", "theirs", "moved"]);
    let text = fs::read_to_string(git.root().join("renamed")).unwrap();
    git.write("renamed", format!("{text}by the merge\n").as_bytes());
    git.run(&["add", "."]);
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["renamed: 11-11"]);
    assert_eq!(sink.names(), ["moved"]);
}

#[test]
fn an_octopus_has_several_parents() {
    let git = begun(&[("f", "x\n")]);
    for name in ["one", "two"] {
        git.run(&["checkout", "-qb", name, "main"]);
        git.write(name, name.as_bytes());
        git.commit_all(name);
    }
    git.run(&["checkout", "-q", "main"]);
    git.write("three", b"three");
    git.commit_all("three");
    git.run(&["merge", "-q", "--no-commit", "one", "two"]);
    assert_eq!(fs::read_to_string(git.root().join(".git/MERGE_HEAD")).unwrap().lines().count(), 2);
    assert!(scan(&git).lines().is_empty());
}

#[test]
fn unmerged_entries_are_failures_and_the_rest_is_read() {
    let git = diverged();
    git.write("f", lines(10).replace("number 2 ", "conflict ").as_bytes());
    git.commit_all("conflict");
    git.fails(&["merge", "-q", "side"]);
    git.write("also", b"new\n");
    git.run(&["add", "also"]);
    let sink = scan(&git);
    assert_eq!(sink.skips(), [skip(SkipReason::Unmerged, "f")]);
    assert_eq!(sink.lines(), ["also: all"]);
}

#[test]
fn a_cherry_pick_has_no_second_parent() {
    let git = diverged();
    git.run(&["cherry-pick", "--no-commit", "side"]);
    assert_eq!(scan(&git).lines(), ["f: 2-2", "theirs: all"]);
}
