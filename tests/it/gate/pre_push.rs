//! What is pushed, and only that.

use super::{assert_blocked, assert_quiet, gated};
use crate::support::{Run, Sandbox, key, line, run};
use std::fs;

/// A repository with pre-push installed and a remote that has main.
fn published() -> Sandbox {
    let sandbox = gated(&["pre-push"]);
    sandbox.git(["init", "-q", "--bare", "-b", "main", "../remote"]);
    sandbox.git(["remote", "add", "origin", "../remote"]);
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    sandbox
}

fn commit_key(sandbox: &Sandbox, path: &str, seed: u64) {
    sandbox.write(path, line(&key(seed)));
    sandbox.commit("Key");
}

fn push(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.try_git(["push", "-q", "origin"].iter().chain(args))
}

#[test]
fn a_branch_with_a_key_stays_here() {
    let sandbox = published();
    assert_quiet(&push(&sandbox, &["main"]));
    sandbox.write("b.txt", "clean\n");
    sandbox.commit("Clean");
    assert_quiet(&push(&sandbox, &["main"]));
    commit_key(&sandbox, "app.py", 1);
    let blocked = push(&sandbox, &["main"]);
    assert_blocked(&blocked, "app.py", 1, &key(1));
    // Standard output is git's own: programs read `git push --porcelain`.
    assert_eq!(blocked.stdout, "");
    assert_blocked(&push(&sandbox, &["main:refs/heads/new"]), "app.py", 1, &key(1));
    assert_eq!(sandbox.git(["--git-dir", "../remote", "for-each-ref"]).lines().count(), 1);
}

#[test]
fn a_key_that_a_later_commit_removes_still_counts() {
    let sandbox = published();
    commit_key(&sandbox, "app.py", 1);
    sandbox.write("app.py", "gone\n");
    sandbox.commit("Remove");
    assert_blocked(&push(&sandbox, &["main"]), "app.py", 1, &key(1));
}

#[test]
fn what_the_remote_has_is_not_pushed_again() {
    let sandbox = published();
    commit_key(&sandbox, "app.py", 1);
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    // A new branch on top of a published key, and one that merges it.
    sandbox.git(["checkout", "-qb", "topic"]);
    sandbox.write("b.txt", "clean\n");
    sandbox.commit("Clean");
    assert_quiet(&push(&sandbox, &["topic"]));
    sandbox.write("app.py", format!("{}more\n", line(&key(1))));
    sandbox.commit("Touch");
    assert_quiet(&push(&sandbox, &["topic"]));
}

#[test]
fn deleted_and_several_references() {
    let sandbox = published();
    sandbox.git(["push", "-q", "--no-verify", "origin", "main:refs/heads/old"]);
    assert_quiet(&push(&sandbox, &["--delete", "old"]));
    sandbox.git(["branch", "clean"]);
    sandbox.git(["checkout", "-qb", "dirty"]);
    commit_key(&sandbox, "app.py", 1);
    assert_blocked(&push(&sandbox, &["clean", "dirty"]), "app.py", 1, &key(1));
    assert_quiet(&push(&sandbox, &["clean"]));
}

#[test]
fn messages_of_commits_and_tags_are_pushed_too() {
    let sandbox = published();
    sandbox.commit(&format!("Use {}", line(&key(1))));
    let done = push(&sandbox, &["main"]);
    assert!(done.status != 0 && done.stderr.contains("mistral-api-key") && done.stderr.contains("message"), "{done:?}");
    sandbox.git(["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.git(["tag", "-a", "v1", "-m", &line(&key(2))]);
    let done = push(&sandbox, &["v1"]);
    assert!(done.status != 0 && done.stderr.contains("mistral-api-key") && done.stderr.contains("tag"), "{done:?}");
    assert!(!done.stderr.contains(&key(2)));
    sandbox.git(["tag", "-a", "v2", "-m", "A release"]);
    assert_quiet(&push(&sandbox, &["v2"]));
}

#[test]
fn a_remote_id_that_is_not_here() {
    let sandbox = published();
    // Somebody else pushed meanwhile: git tells an id that this repository has never seen.
    let (head, unknown, zero) = (sandbox.git(["rev-parse", "HEAD"]), "1".repeat(40), "0".repeat(40));
    let told = |local: &str, remote: &str| {
        let line = format!("refs/heads/main {local} refs/heads/main {remote}\n");
        sandbox.leakbreak_with(["hook", "run", "pre-push", "origin", "../remote"], line.as_bytes())
    };
    let done = told(&head, &unknown);
    assert_eq!((done.status, done.stdout.as_str()), (0, ""), "{done:?}");
    commit_key(&sandbox, "app.py", 1);
    let dirty = sandbox.git(["rev-parse", "HEAD"]);
    assert_eq!(told(&dirty, &unknown).status, 1);
    assert_eq!(told(&dirty, &head).status, 1);
    assert_eq!(told(&dirty, &dirty).status, 0);
    assert_eq!(told(&zero, &head).status, 0);
}

#[test]
fn to_a_remote_without_a_name_everything_is_new() {
    let sandbox = published();
    commit_key(&sandbox, "app.py", 1);
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    sandbox.git(["init", "-q", "--bare", "../other"]);
    assert_blocked(&sandbox.try_git(["push", "-q", "../other", "main"]), "app.py", 1, &key(1));
}

#[test]
fn nothing_to_push_and_nonsense() {
    let sandbox = published();
    let run = |stdin: &[u8]| sandbox.leakbreak_with(["hook", "run", "pre-push", "origin", "../remote"], stdin);
    assert_eq!(run(b"").status, 0);
    let done = run(b"nonsense\n");
    assert!(done.status == 2 && done.stderr.contains("pre-push") && done.stdout.is_empty(), "{done:?}");
}

#[test]
fn from_a_shallow_clone() {
    let sandbox = published();
    commit_key(&sandbox, "old.py", 1);
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    let url = format!("file://{}", sandbox.root().join("remote").display());
    sandbox.git(["clone", "-q", "--depth", "1", &url, "../shallow"]);
    let shallow = sandbox.root().join("shallow");
    let run = |program: &str, args: &[&str]| {
        crate::support::run(sandbox.command(program).current_dir(&shallow).args(args), b"")
    };
    assert_eq!(run(env!("CARGO_BIN_EXE_leakbreak"), &["hook", "install", "pre-push"]).status, 0);
    fs::write(shallow.join("b.txt"), "clean\n").unwrap();
    run("git", &["add", "."]);
    run("git", &["commit", "-qm", "Clean"]);
    assert_quiet(&run("git", &["push", "-q", "origin", "main"]));
    fs::write(shallow.join("app.py"), line(&key(2))).unwrap();
    run("git", &["add", "."]);
    run("git", &["commit", "-qm", "Key"]);
    assert_blocked(&run("git", &["push", "-q", "origin", "main"]), "app.py", 1, &key(2));
}

/// Desktop programs start git with whatever PATH they have.
#[test]
fn with_nothing_on_the_path() {
    let sandbox = published();
    let git = run(sandbox.command("sh").args(["-c", "command -v git"]), b"").stdout;
    for (global, seed) in [(false, 1), (true, 2)] {
        if global {
            assert_eq!(sandbox.leakbreak(["hook", "uninstall"]).status, 0);
            let done = sandbox.leakbreak(["hook", "install", "--global", "pre-push"]);
            assert_eq!(done.status, 0, "{done:?}");
        }
        let bare = |args: &[&str]| run(sandbox.command(git.trim()).env("PATH", "/nowhere").args(args), b"");
        commit_key(&sandbox, "app.py", seed);
        assert_blocked(&bare(&["push", "-q", "origin", "main"]), "app.py", 1, &key(seed));
        sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
        sandbox.write("app.py", "x = 1\n");
        sandbox.git(["commit", "-qam", "Clean"]);
        assert_quiet(&bare(&["push", "-q", "origin", "main"]));
        if global {
            assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
            sandbox.write("b.py", line(&key(9)));
            sandbox.git(["add", "."]);
            assert_blocked(&bare(&["commit", "-qm", "Key"]), "b.py", 1, &key(9));
        }
    }
}

#[test]
fn several_remotes_trees_and_blobs() {
    let sandbox = published();
    commit_key(&sandbox, "app.py", 1);
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    assert_quiet(&push(&sandbox, &["main:refs/heads/again"]));
    // What one remote has is new to another.
    sandbox.git(["init", "-q", "--bare", "../other"]);
    sandbox.git(["remote", "add", "other", "../other"]);
    assert_blocked(&sandbox.try_git(["push", "-q", "other", "main"]), "app.py", 1, &key(1));
    let done = sandbox.try_git(["push", "-q", "--mirror", "other"]);
    assert_blocked(&done, "app.py", 1, &key(1));
    // By its address a remote is the one that has this address.
    assert_quiet(&sandbox.try_git(["push", "-q", "../remote", "main:refs/heads/by-address"]));
    // An object that only a tag has.
    let blob = run(sandbox.command("git").args(["hash-object", "-w", "--stdin"]), line(&key(5)).as_bytes()).stdout;
    sandbox.git(["tag", "blob", blob.trim()]);
    assert_ne!(push(&sandbox, &["blob"]).status, 0);
    // From a linked worktree and a sub-directory, and a detached HEAD.
    sandbox.git(["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = sandbox.root().join("linked/sub");
    fs::create_dir(&linked).unwrap();
    fs::write(linked.join("l.py"), line(&key(6))).unwrap();
    let git = |args: &[&str]| run(sandbox.command("git").current_dir(&linked).args(args), b"");
    assert_eq!(git(&["add", "."]).status, 0);
    assert_eq!(git(&["commit", "-qm", "Key"]).status, 0);
    assert_blocked(&git(&["push", "-q", "origin", "HEAD:refs/heads/linked"]), "sub/l.py", 1, &key(6));
    assert_quiet(&git(&["push", "-q", "origin", "HEAD~1:refs/heads/linked"]));
}
