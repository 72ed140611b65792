//! Indexes of every form: sparse, split, compressed, large, with extensions.

use super::{RULE, places, staged};
use crate::support::{Sandbox, filler, key, line, run};
use std::fs;

#[test]
fn a_sparse_index() {
    let sandbox = Sandbox::repository();
    for folder in ["a", "b", "c"] {
        sandbox.write(format!("{folder}/e/k.py"), line(&key(1)));
    }
    sandbox.commit("Start");
    sandbox.git(["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    assert!(sandbox.git(["ls-files", "--sparse"]).contains("b/\n"), "the index is sparse");
    assert_eq!(staged(&sandbox).status, 0);
    let tree = sandbox.leakbreak(["scan", "--format", "jsonl", "."]);
    assert_eq!((tree.status, tree.places()), (1, vec![format!("a/e/k.py:1 {RULE}")]), "what is not here is no failure");
    sandbox.write("a/new.py", line(&key(2)));
    assert_eq!(places(&sandbox), [format!("a/new.py:1 {RULE}")]);
    // Outside the cone: the index is opened where it differs, and a whole folder can change or go.
    let id = sandbox.git(["rev-parse", ":a/new.py"]);
    sandbox.git(["update-index", "--add", "--cacheinfo", &format!("100644,{id},b/new.py")]);
    assert_eq!(staged(&sandbox).places(), ["a", "b"].map(|folder| format!("{folder}/new.py:1 {RULE}")));
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.git(["rm", "-rq", "--sparse", "c"]);
    assert_eq!(staged(&sandbox).status, 0);
}

#[test]
fn split_and_compressed_indexes() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitignore", "*.env\n");
    for n in 1..5 {
        sandbox.write(format!("d/e/n{n}.env"), line(&key(n)));
    }
    sandbox.git(["add", "-A", "-f"]);
    for setting in [&["--split-index"][..], &["--no-split-index", "--index-version", "4"], &["--untracked-cache"]] {
        sandbox.git(["update-index"].iter().chain(setting));
        let all: Vec<_> = (1..5).map(|n| format!("d/e/n{n}.env:1 {RULE}")).collect();
        assert_eq!(staged(&sandbox).places(), all, "{setting:?}");
        let tree = sandbox.leakbreak(["scan", "--format", "jsonl", "."]);
        assert_eq!(tree.places(), all, "{setting:?}: tracked though ignored");
    }
    sandbox.git(["commit", "-qm", "All"]);
    sandbox.git(["config", "core.splitIndex", "true"]);
    sandbox.git(["update-index", "--split-index"]);
    sandbox.git(["mv", "d/e/n1.env", "d/e/z.env"]);
    sandbox.git(["rm", "-q", "d/e/n2.env"]);
    sandbox.write("y.py", line(&key(9)));
    assert_eq!(places(&sandbox), [format!("y.py:1 {RULE}")]);
}

#[test]
fn fifty_thousand_entries() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", "x = 1\n");
    sandbox.git(["add", "-A"]);
    let id = sandbox.git(["rev-parse", ":a.py"]);
    let list: String = (0..50_000).map(|n| format!("100644 {id} 0\td{}/{n}.py\n", n % 100)).collect();
    let added = run(sandbox.command("git").args(["update-index", "--index-info"]), list.as_bytes());
    assert_eq!(added.status, 0, "{added:?}");
    sandbox.git(["commit", "-qm", "All"]);
    let new = run(sandbox.command("git").args(["hash-object", "-w", "--stdin"]), line(&key(1)).as_bytes());
    let changed = format!("100644 {} 0\td42/42.py\n", new.stdout.trim());
    run(sandbox.command("git").args(["update-index", "--index-info"]), changed.as_bytes());
    let done = staged(&sandbox);
    assert_eq!(done.places(), [format!("d42/42.py:1 {RULE}")]);
    assert_eq!(done.receipt()["read"]["files"], 1, "what did not change is not read: {done:?}");
}

#[test]
fn entries_that_the_work_tree_is_not_asked_about() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    sandbox.write("b.py", line(&key(2)));
    sandbox.git(["add", "-A"]);
    sandbox.git(["update-index", "--assume-unchanged", "a.py"]);
    sandbox.git(["update-index", "--skip-worktree", "b.py"]);
    assert_eq!(staged(&sandbox).places(), ["a.py", "b.py"].map(|path| format!("{path}:1 {RULE}")));
    fs::write(sandbox.path().join(".git/index.lock"), "").unwrap();
    assert_eq!(staged(&sandbox).places().len(), 2, "another git at work is in nobody's way");
}

/// The line ends that git keeps are compared, not those of the working file.
#[test]
fn autocrlf() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.autocrlf", "true"]);
    sandbox.git(["config", "core.safecrlf", "false"]);
    let text = format!("{}{}", line(&key(1)), filler(3)).replace('\n', "\r\n");
    sandbox.write("a.py", &text);
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")]);
    sandbox.commit("All");
    sandbox.write("a.py", format!("{text}y = 2\r\n"));
    assert!(places(&sandbox).is_empty(), "one line is added");
    sandbox.git(["config", "core.autocrlf", "false"]);
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")], "now every line ends otherwise");
}
