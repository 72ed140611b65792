//! What stands in the index while something is in progress, and changes of every kind.

use super::{RULE, begun, places, staged};
use crate::support::{filler, key, line, run};
use std::fs;
use std::os::unix::fs::symlink;

fn at(path: &str, n: u64) -> String {
    format!("{path}:{n} {RULE}")
}

#[test]
fn an_intent_and_a_patch() {
    let sandbox = begun(&filler(9));
    sandbox.write("b.py", line(&key(1)));
    sandbox.git(["add", "-N", "b.py"]);
    assert_eq!(staged(&sandbox).status, 0, "nothing of it is staged");
    let patch = |answers: &str| run(sandbox.command("git").args(["add", "-p"]), answers.as_bytes()).status;
    assert_eq!(patch("y\n"), 0);
    assert_eq!(staged(&sandbox).places(), [at("b.py", 1)]);
    sandbox.commit("New");
    sandbox.write("a.py", line(&key(2)) + &filler(9) + &line(&key(3)));
    assert_eq!(patch("n\ny\n"), 0);
    assert_eq!(staged(&sandbox).places(), [at("a.py", 10)], "the second hunk alone, at its line there");
}

#[test]
fn amending_compares_with_the_commit_that_is_amended() {
    let sandbox = begun(&line(&key(1)));
    assert_eq!(staged(&sandbox).status, 0, "a new message adds nothing");
    sandbox.write("a.py", line(&key(1)) + "x = 1\n");
    assert!(places(&sandbox).is_empty());
}

#[test]
fn rebase_cherry_pick_revert_stash_and_squash() {
    let sandbox = begun("a\n");
    sandbox.git(["checkout", "-qb", "topic"]);
    sandbox.write("a.py", line(&key(1)));
    let topic = sandbox.commit("Topic");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("a.py", "b\n");
    sandbox.commit("Main");
    sandbox.git(["checkout", "-q", "topic"]);
    assert_ne!(sandbox.try_git(["rebase", "main"]).status, 0);
    let done = staged(&sandbox);
    assert_eq!((done.status, &done.receipt()["skipped"][0]["reason"]), (3, &"unmerged".into()), "{done:?}");
    sandbox.write("a.py", line(&key(1)));
    assert_eq!(places(&sandbox), [at("a.py", 1)], "to the commit that it comes upon it is new");
    sandbox.git(["rebase", "--abort"]);
    sandbox.git(["revert", "-n", "HEAD"]);
    assert_eq!(staged(&sandbox).status, 0);
    sandbox.git(["reset", "-q", "--hard", "main"]);
    sandbox.git(["cherry-pick", "-n", "-Xtheirs", &topic]);
    assert_eq!(staged(&sandbox).places(), [at("a.py", 1)]);
    sandbox.git(["stash", "-q"]);
    assert_eq!(staged(&sandbox).status, 0);
    sandbox.git(["stash", "pop", "-q", "--index"]);
    assert_eq!(staged(&sandbox).places(), [at("a.py", 1)]);
}

#[test]
fn an_octopus() {
    let sandbox = begun("a\n");
    for (n, branch) in ["p", "q", "r"].iter().enumerate() {
        sandbox.git(["checkout", "-qb", branch, "main"]);
        sandbox.write(format!("{branch}.py"), line(&key(n as u64)));
        sandbox.commit(branch);
    }
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.commit("Ours");
    sandbox.git(["merge", "-q", "--no-commit", "p", "q", "r"]);
    assert_eq!(staged(&sandbox).status, 0, "each file has a parent");
    sandbox.write("q.py", line(&key(1)) + &line(&key(9)));
    assert_eq!(places(&sandbox), [at("q.py", 2)]);
}

#[test]
fn files_links_folders_and_submodules_in_each_others_place() {
    let sandbox = begun(&line(&key(1)));
    sandbox.write("d/k.py", line(&key(2)));
    sandbox.write("f", "hi\n");
    sandbox.commit("More");
    let path = |name: &str| sandbox.path().join(name);
    fs::remove_file(path("a.py")).unwrap();
    symlink(format!("mistral_api_key={}", key(3)), path("a.py")).unwrap();
    assert_eq!(places(&sandbox), [at("a.py", 1)], "the target of a link");
    sandbox.git(["reset", "-q", "--hard"]);
    fs::remove_dir_all(path("d")).unwrap();
    sandbox.write("d", line(&key(4)));
    fs::remove_file(path("f")).unwrap();
    sandbox.write("f/x.py", line(&key(5)));
    assert_eq!(places(&sandbox), [at("d", 1), at("f/x.py", 1)]);
    sandbox.git(["reset", "-q", "--hard"]);
    let commit = sandbox.git(["rev-parse", "HEAD"]);
    for name in ["a.py", "sub"] {
        sandbox.git(["update-index", "--add", "--cacheinfo", &format!("160000,{commit},{name}")]);
    }
    let done = staged(&sandbox);
    assert_eq!((done.status, &done.receipt()["skipped"][0]["reason"]), (0, &"submodule".into()), "{done:?}");
    assert_eq!(done.receipt()["skipped"][0]["count"], 2, "{done:?}");
}

#[test]
fn copies_swaps_and_moved_lines() {
    let sandbox = begun(&(line(&key(1)) + &filler(9)));
    fs::copy(sandbox.path().join("a.py"), sandbox.path().join("copy.py")).unwrap();
    assert_eq!(places(&sandbox), [at("copy.py", 1)], "a copy is another place");
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.git(["mv", "a.py", "b.py"]);
    sandbox.write("b.py", line(&key(1)) + &filler(9) + &line(&key(2)));
    assert_eq!(places(&sandbox), [at("b.py", 11)], "a renamed file's new line");
    sandbox.git(["reset", "-q", "--hard"]);
    for change in [format!("\n{}{}", line(&key(1)), filler(9)), line(&key(1)) + &filler(9) + "z = 1"] {
        sandbox.write("a.py", change);
        assert!(places(&sandbox).is_empty());
    }
    sandbox.write("a.py", format!("    {}{}", line(&key(1)), filler(9)));
    assert_eq!(places(&sandbox), [at("a.py", 1)], "a changed line is a new one");
}

#[test]
fn orphans_and_other_places_for_the_index() {
    let sandbox = begun(&line(&key(1)));
    sandbox.git(["checkout", "-q", "--orphan", "new"]);
    assert_eq!(staged(&sandbox).places(), [at("a.py", 1)], "it has no commit yet");
    sandbox.git(["checkout", "-qf", "main"]);
    sandbox.write("sub/k.py", line(&key(2)));
    let with_index = |program: &str, folder: &str, index: &str, args: &[&str]| {
        let mut command = sandbox.command(program);
        run(command.current_dir(sandbox.path().join(folder)).env("GIT_INDEX_FILE", index).args(args), b"")
    };
    for args in [&["read-tree", "HEAD"][..], &["add", "-A"]] {
        assert_eq!(with_index("git", ".", ".git/other", args).status, 0);
    }
    let scan = |folder: &str, index: &str| {
        with_index(env!("CARGO_BIN_EXE_leakbreak"), folder, index, &["scan", "--staged", "--format", "jsonl"])
    };
    for folder in [".", "sub"] {
        assert_eq!(scan(folder, ".git/other").places(), [at("sub/k.py", 1)], "relative to the root, as git has it");
    }
    assert_eq!(scan(".", ".git/nowhere").status, 0, "an empty index");
    assert_eq!(scan(".", "/").status, 3, "no index at all");
    for head in ["ref: refs/heads/.\n", "nonsense\n", &format!("{}\n", "1".repeat(40))] {
        sandbox.git(["add", "-A"]);
        let was = fs::read(sandbox.path().join(".git/HEAD")).unwrap();
        fs::write(sandbox.path().join(".git/HEAD"), head).unwrap();
        assert_ne!(staged(&sandbox).status, 0, "{head}");
        fs::write(sandbox.path().join(".git/HEAD"), was).unwrap();
    }
}
