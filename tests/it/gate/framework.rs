//! Under the pre-commit framework, the real one, if it is on the PATH (.ci/run installs it).

use super::assert_blocked;
use crate::support::{Run, Sandbox, key, line, run};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Whether the framework is here; says aloud if not, since a test harness swallows what is printed.
fn is_here() -> bool {
    let here = Command::new("pre-commit").arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        let _ = writeln!(std::io::stderr(), "SKIPPED: pre-commit is not on the PATH, so that its hooks are not tried");
    }
    here
}

/// A repository that uses these hooks, by way of a clone of ours in which they call the program that is built already.
fn with_hooks(ids: &[&str], language: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    let list = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap();
    assert!(list.contains("language: rust"));
    let ours = sandbox.root().join("ours");
    std::fs::create_dir(&ours).unwrap();
    std::fs::write(ours.join(".pre-commit-hooks.yaml"), list.replace("language: rust", language)).unwrap();
    let git = |args: &[&str]| assert_eq!(run(sandbox.command("git").current_dir(&ours).args(args), b"").status, 0);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "Hooks"]);
    use_hooks(&sandbox, &ours, ids);
    sandbox
}

fn use_hooks(sandbox: &Sandbox, ours: &Path, ids: &[&str]) {
    let head = run(sandbox.command("git").current_dir(ours).args(["rev-parse", "HEAD"]), b"").stdout;
    let hooks: String = ids.iter().map(|id| format!("      - id: {id}\n")).collect();
    let repos = format!("repos:\n  - repo: {}\n    rev: {}\n    hooks:\n{hooks}", ours.display(), head.trim());
    sandbox.write(".pre-commit-config.yaml", repos);
    sandbox.write("notes.txt", "nothing\n");
    sandbox.commit("Start");
}

fn framework(sandbox: &Sandbox, args: &[&str]) -> Run {
    run(sandbox.command("pre-commit").args(args), b"")
}

#[test]
fn what_is_staged() {
    if !is_here() {
        return;
    }
    let sandbox = with_hooks(&["leakbreak"], "language: system");
    assert_eq!(framework(&sandbox, &["install"]).status, 0);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    sandbox.write("app.py", "import os\n");
    let done = sandbox.try_git(["commit", "-qam", "Clean"]);
    assert_eq!(done.status, 0, "{done:?}");
    // A key in the working file alone is not staged.
    sandbox.write("app.py", line(&key(1)));
    let all = framework(&sandbox, &["run", "--all-files"]);
    assert!(all.status == 0 && all.stdout.contains("nothing is staged"), "{all:?}");
}

#[test]
fn the_whole_tree() {
    if !is_here() {
        return;
    }
    let sandbox = with_hooks(&["leakbreak-all"], "language: system");
    assert_eq!(framework(&sandbox, &["run", "--all-files"]).status, 0);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    let done = framework(&sandbox, &["run", "--all-files"]);
    assert!(done.status == 1 && done.stdout.contains("app.py:1:"), "{done:?}");
}

#[test]
fn what_is_pushed() {
    if !is_here() {
        return;
    }
    let sandbox = with_hooks(&["leakbreak"], "language: system");
    assert_eq!(framework(&sandbox, &["install", "-t", "pre-push"]).status, 0);
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    sandbox.git(["remote", "add", "origin", "../remote"]);
    let push = |what: &str| sandbox.try_git(["push", "-q", "origin", what]);
    // The first push of all names no commits; then the framework says from where to where.
    sandbox.write("old.py", line(&key(1)));
    sandbox.commit("Key");
    assert_blocked(&push("main"), "old.py", 1, &key(1));
    sandbox.git(["push", "-q", "--no-verify", "origin", "main"]);
    sandbox.write("b.txt", "clean\n");
    sandbox.commit("Clean");
    let done = push("main");
    assert_eq!(done.status, 0, "{done:?}");
    sandbox.write("app.py", line(&key(2)));
    sandbox.commit("Key");
    sandbox.write("app.py", "gone\n");
    sandbox.commit("Gone");
    assert_blocked(&push("main"), "app.py", 1, &key(2));
    assert_blocked(&push("main:refs/heads/new"), "app.py", 1, &key(2));
}

/// Of a branch that begins with a commit of its own the framework says nothing but its name.
#[test]
fn an_unrelated_branch_brings_only_what_is_new() {
    if !is_here() {
        return;
    }
    let sandbox = with_hooks(&["leakbreak"], "language: system");
    sandbox.write("old.py", line(&key(1)));
    sandbox.commit("Key");
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    sandbox.git(["remote", "add", "origin", "../remote"]);
    sandbox.git(["push", "-q", "origin", "main"]);
    assert_eq!(framework(&sandbox, &["install", "-t", "pre-push"]).status, 0);
    sandbox.git(["checkout", "-q", "--orphan", "apart"]);
    sandbox.git(["rm", "-rqf", "."]);
    sandbox.write("new.txt", "clean\n");
    sandbox.commit("Apart");
    sandbox.git(["merge", "-q", "--no-edit", "--allow-unrelated-histories", "main"]);
    let done = sandbox.try_git(["push", "-q", "origin", "apart"]);
    assert_eq!(done.status, 0, "{done:?}");
    sandbox.write("new.py", line(&key(2)));
    sandbox.commit("Key");
    assert_blocked(&sandbox.try_git(["push", "-q", "origin", "apart:other"]), "new.py", 1, &key(2));
}

#[test]
fn installed_before_and_after() {
    if !is_here() {
        return;
    }
    // After: its hook runs first, and ours then.
    let sandbox = with_hooks(&["leakbreak-all"], "language: system");
    let commit_key = |seed| {
        sandbox.write("app.py", line(&key(seed)));
        sandbox.git(["add", "."]);
        sandbox.try_git(["commit", "-qm", "Key"])
    };
    assert_eq!(framework(&sandbox, &["install"]).status, 0);
    super::install(&sandbox, &[]);
    let done = commit_key(1);
    assert!(done.status != 0 && done.stderr.contains("leakbreak-all"), "{done:?}");
    assert_eq!(sandbox.leakbreak(["hook", "uninstall"]).status, 0);

    // Before: it keeps ours as the legacy hook, and calls it.
    assert_eq!(framework(&sandbox, &["uninstall"]).status, 0);
    super::install(&sandbox, &[]);
    assert_eq!(framework(&sandbox, &["install"]).status, 0);
    assert_blocked(&commit_key(2), "app.py", 1, &key(2));
    super::install(&sandbox, &[]);
    let told = sandbox.leakbreak(["hook", "uninstall"]);
    assert!(told.stdout.contains("pre-commit.legacy"), "{told:?}");
    assert_eq!(framework(&sandbox, &["uninstall"]).status, 0);
    assert_blocked(&commit_key(3), "app.py", 1, &key(3));
}

#[test]
fn a_merge() {
    if !is_here() {
        return;
    }
    let sandbox = with_hooks(&["leakbreak"], "language: system");
    assert_eq!(framework(&sandbox, &["install", "-t", "pre-commit", "-t", "pre-merge-commit"]).status, 0);
    sandbox.git(["checkout", "-qb", "side"]);
    sandbox.write("side.txt", "side\n");
    sandbox.commit("Side");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("main.txt", "main\n");
    sandbox.commit("Main");
    let done = sandbox.try_git(["merge", "-q", "--no-edit", "side"]);
    assert_eq!(done.status, 0, "{done:?}");
}

/// The list as it is: the framework builds the program from a clone of this repository.
#[test]
#[ignore = "builds a release from a clone; takes minutes and a registry"]
fn built_by_the_framework() {
    assert!(is_here());
    let sandbox = Sandbox::repository();
    let ours = sandbox.root().join("ours");
    sandbox.git(["clone", "-q", env!("CARGO_MANIFEST_DIR"), ours.to_str().unwrap()]);
    use_hooks(&sandbox, &ours, &["leakbreak"]);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    let mut command = sandbox.command("pre-commit");
    for name in ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_NET_OFFLINE", "CARGO_TARGET_DIR"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let done = run(command.args(["run"]), b"");
    assert!(done.status == 1 && done.stdout.contains("app.py:1:"), "{done:?}");
}
