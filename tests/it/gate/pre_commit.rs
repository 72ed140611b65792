//! Every way to make a commit: blocked with a key and nothing lost, quiet without one.

use super::{assert_blocked, assert_quiet, gated};
use crate::support::{Sandbox, key, line, run};
use std::fs;

/// Tries a commit that brings a key, then the same without it.
fn blocks_then_passes(sandbox: &Sandbox, commit: &[&str], stage: impl Fn(&str)) {
    let head = sandbox.try_git(["rev-parse", "HEAD"]).stdout;
    stage(&line(&key(1)));
    let staged = sandbox.git(["ls-files", "-s"]);
    assert_blocked(&sandbox.try_git(commit), "app.py", 1, &key(1));
    // Nothing is lost, and nothing has moved.
    assert_eq!(sandbox.try_git(["rev-parse", "HEAD"]).stdout, head);
    assert_eq!(sandbox.git(["ls-files", "-s"]), staged);
    assert_eq!(fs::read_to_string(sandbox.path().join("app.py")).unwrap(), line(&key(1)));
    stage("import os\n");
    assert_quiet(&sandbox.try_git(commit));
    assert_ne!(sandbox.git(["rev-parse", "HEAD"]), head.trim());
}

#[test]
fn commit() {
    let sandbox = gated(&[]);
    blocks_then_passes(&sandbox, &["commit", "-qm", "App"], |text| {
        sandbox.write("app.py", text);
        sandbox.git(["add", "app.py"]);
    });
}

#[test]
fn the_first_commit() {
    let sandbox = Sandbox::repository();
    super::install(&sandbox, &[]);
    blocks_then_passes(&sandbox, &["commit", "-qm", "First"], |text| {
        sandbox.write("app.py", text);
        sandbox.git(["add", "app.py"]);
    });
}

#[test]
fn commit_all() {
    let sandbox = gated(&[]);
    sandbox.write("app.py", "\n");
    sandbox.commit("App");
    blocks_then_passes(&sandbox, &["commit", "-qam", "App"], |text| drop(sandbox.write("app.py", text)));
}

#[test]
fn commit_of_one_file() {
    let sandbox = gated(&[]);
    sandbox.write("app.py", "\n");
    sandbox.commit("App");
    // What else is staged does not go into this commit, and is not its business.
    sandbox.write("other.py", line(&key(2)));
    sandbox.git(["add", "other.py"]);
    blocks_then_passes(&sandbox, &["commit", "-qm", "App", "app.py"], |text| drop(sandbox.write("app.py", text)));
    assert!(sandbox.git(["status", "--porcelain"]).contains("A  other.py"));
}

#[test]
fn commit_by_patches() {
    let sandbox = gated(&[]);
    let filler = "line\n".repeat(30);
    sandbox.write("app.py", format!("\n{filler}"));
    sandbox.commit("App");
    sandbox.write("app.py", format!("{}{filler}more\n", line(&key(1))));
    let patch =
        |answers: &str| run(sandbox.command("git").args(["commit", "-q", "-p", "-m", "Part"]), answers.as_bytes());
    // The first hunk has the key, the second has not.
    assert_blocked(&patch("y\nn\n"), "app.py", 1, &key(1));
    let done = patch("n\ny\n");
    assert_eq!((done.status, done.stderr.as_str()), (0, ""), "{done:?}");
    assert!(fs::read_to_string(sandbox.path().join("app.py")).unwrap().contains(&key(1)));
}

#[test]
fn amend() {
    let sandbox = gated(&[]);
    blocks_then_passes(&sandbox, &["commit", "-q", "--amend", "-m", "Better"], |text| {
        sandbox.write("app.py", text);
        sandbox.git(["add", "app.py"]);
    });
}

#[test]
fn a_sub_directory_and_other_ways_to_name_the_repository() {
    let sandbox = gated(&[]);
    sandbox.write("src/deep/x", "");
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    let deep = sandbox.path().join("src/deep");
    let done = run(sandbox.command("git").current_dir(&deep).args(["commit", "-qm", "Key"]), b"");
    assert_blocked(&done, "app.py", 1, &key(1));
    let outside =
        run(sandbox.command("git").current_dir(sandbox.root()).args(["-C", "work", "commit", "-qm", "Key"]), b"");
    assert_blocked(&outside, "app.py", 1, &key(1));
    let (dir, tree) = (sandbox.path().join(".git"), sandbox.path());
    let mut apart = sandbox.command("git");
    apart.current_dir(sandbox.root()).env("GIT_DIR", dir).env("GIT_WORK_TREE", tree).args(["commit", "-qm", "Key"]);
    assert_blocked(&run(&mut apart, b""), "app.py", 1, &key(1));
}

#[test]
fn a_merge_by_git_and_a_merge_by_hand() {
    let sandbox = gated(&[]);
    sandbox.write("shared.txt", "one\n");
    sandbox.commit("Shared");
    sandbox.git(["checkout", "-qb", "side"]);
    // A key that is in the merged branch already is not what the merge adds.
    sandbox.write("side.py", line(&key(2)));
    sandbox.write("shared.txt", "side\n");
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "Side"]);
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("main.txt", "main\n");
    sandbox.commit("Main");
    let done = sandbox.try_git(["merge", "-q", "--no-ff", "-m", "Merge", "side"]);
    assert_quiet(&done);

    sandbox.git(["reset", "-q", "--hard", "HEAD~1"]);
    sandbox.write("shared.txt", "main\n");
    sandbox.commit("Conflict");
    assert_ne!(sandbox.try_git(["merge", "-q", "--no-ff", "-m", "Merge", "side"]).status, 0);
    sandbox.write("shared.txt", line(&key(3)));
    sandbox.git(["add", "shared.txt"]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Merge"]), "shared.txt", 1, &key(3));
    sandbox.write("shared.txt", "both\n");
    sandbox.git(["add", "shared.txt"]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Merge"]));
}

#[test]
fn what_a_merge_driver_writes_is_seen_before_the_merge_is_committed() {
    let sandbox = gated(&[]);
    for (branch, text) in [("side", "side\n"), ("main", "main\n")] {
        sandbox.git(["checkout", "-q", "-B", branch, "main"]);
        sandbox.write("shared.txt", text);
        sandbox.write(".gitattributes", "shared.txt merge=made\n");
        sandbox.commit(branch);
        if branch == "side" {
            sandbox.git(["checkout", "-q", "main"]);
        }
    }
    fs::write(sandbox.root().join("resolution"), line(&key(1))).unwrap();
    let driver = "merge.made.driver=cat ../resolution > %A";
    let done = sandbox.try_git(["-c", driver, "merge", "-q", "--no-edit", "side"]);
    assert_blocked(&done, "shared.txt", 1, &key(1));
}

#[test]
fn policy_skips_and_empty_commits_are_quiet() {
    let sandbox = gated(&[]);
    sandbox.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    std::os::unix::fs::symlink("notes.txt", sandbox.path().join("link")).unwrap();
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Binary"]));
    assert_quiet(&sandbox.try_git(["commit", "-q", "--allow-empty", "-m", "Empty"]));
    sandbox.git(["rm", "-q", "image.png"]);
    sandbox.git(["mv", "link", "chain"]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Gone"]));
}

#[test]
fn an_old_key_in_a_file_that_changes_elsewhere_does_not_block() {
    let sandbox = gated(&[]);
    sandbox.write("app.py", format!("{}{}", line(&key(1)), "\n".repeat(9)));
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "Key"]);
    sandbox.write("app.py", format!("{}{}more\n", line(&key(1)), "\n".repeat(9)));
    assert_quiet(&sandbox.try_git(["commit", "-qam", "More"]));
}

#[test]
fn what_is_allowed_passes_quietly() {
    let sandbox = gated(&[]);
    sandbox.write("app.py", format!("# leakbreak:allow mistral-api-key -- made up\n{}", line(&key(1))));
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Allowed"]));
    sandbox.write("b.py", line(&key(2)));
    sandbox.write(".leakbreak.toml", "[[allow]]\npath = \"b.py\"\nreason = \"made up\"\n");
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Allowed"]));
}

#[test]
fn a_configuration_that_makes_no_sense_blocks() {
    let sandbox = gated(&[]);
    sandbox.write(".leakbreak.toml", "[scan]\nmax_sise = 1\n");
    let done = sandbox.try_git(["commit", "-q", "--allow-empty", "-m", "Empty"]);
    assert_ne!(done.status, 0);
    assert!(done.stderr.contains("leakbreak: error:") && done.stderr.contains("max-size"), "{done:?}");
}

#[test]
fn what_cannot_be_read_blocks_with_3() {
    let sandbox = gated(&[]);
    sandbox.write("a.txt", "text\n");
    sandbox.git(["add", "a.txt"]);
    let id = sandbox.git(["rev-parse", ":a.txt"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let done = sandbox.leakbreak(["hook", "run", "pre-commit"]);
    assert_eq!(done.status, 3, "{done:?}");
    assert!(done.stderr.contains("a.txt") && done.stderr.contains("blocked"), "{done:?}");
}

#[test]
fn findings_below_fail_on_do_not_block() {
    let sandbox = gated(&[]);
    sandbox.write("app.py", line(&key(1)));
    sandbox.write("home.toml", "");
    sandbox.git(["add", "app.py"]);
    let run = |fail_on: &str| sandbox.leakbreak(["hook", "run", "pre-commit", "--fail-on", fail_on]);
    assert_eq!(run("high").status, 1);
    sandbox.write(".leakbreak.toml", "[rules]\nignore = [\"mistral-api-key\"]\n");
    assert_eq!(sandbox.leakbreak(["hook", "run", "pre-commit"]).status, 0);
}

#[test]
fn only_and_include() {
    let sandbox = gated(&[]);
    for path in ["a.py", "b.py"] {
        sandbox.write(path, "x = 1\n");
    }
    sandbox.commit("Start");
    sandbox.write("a.py", line(&key(1)));
    sandbox.write("b.py", line(&key(2)));
    assert_blocked(&sandbox.try_git(["commit", "-qm", "One", "-o", "b.py"]), "b.py", 1, &key(2));
    assert_eq!(sandbox.git(["status", "--porcelain"]), " M a.py\n M b.py", "nothing is staged by a commit that failed");
    sandbox.git(["add", "a.py"]);
    let both = sandbox.try_git(["commit", "-qm", "Both", "-i", "b.py"]);
    assert_blocked(&both, "a.py", 1, &key(1));
    assert_blocked(&both, "b.py", 1, &key(2));
    // The key that is staged is not in this commit.
    sandbox.write("b.py", "x = 2\n");
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Other", "-o", "b.py"]));
    assert_eq!(sandbox.git(["status", "--porcelain"]), "M  a.py");
}

#[test]
fn amending_an_old_key() {
    let sandbox = gated(&[]);
    sandbox.write("a.py", line(&key(1)));
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "Key"]);
    assert_quiet(&sandbox.try_git(["commit", "-q", "--amend", "-m", "Better words"]));
    sandbox.write("b.py", "x = 1\n");
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-q", "--amend", "--no-edit"]));
    sandbox.write("b.py", line(&key(2)));
    assert_blocked(&sandbox.try_git(["commit", "-qa", "--amend", "--no-edit"]), "b.py", 1, &key(2));
}

#[test]
fn in_a_submodule() {
    let sandbox = gated(&[]);
    sandbox.git(["init", "-q", "../library"]);
    let at = |folder: &str, args: &[&str]| {
        run(sandbox.command("git").current_dir(sandbox.root().join(folder)).args(args), b"")
    };
    assert_eq!(at("library", &["commit", "-q", "--allow-empty", "-m", "Start"]).status, 0);
    let add = ["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "sub"];
    let added = at("work", &add);
    assert_eq!(added.status, 0, "{added:?}");
    assert_quiet(&at("work", &["commit", "-qm", "Submodule"]));
    let mut install = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    let install = run(install.current_dir(sandbox.path().join("sub")).args(["hook", "install"]), b"");
    assert_eq!(install.status, 0, "{install:?}");
    assert!(sandbox.path().join(".git/modules/sub/hooks/pre-commit").exists());
    sandbox.write("sub/a.py", line(&key(1)));
    assert_eq!(at("work/sub", &["add", "."]).status, 0);
    assert_blocked(&at("work/sub", &["commit", "-qm", "Key"]), "a.py", 1, &key(1));
}
