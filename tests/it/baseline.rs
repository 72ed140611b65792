//! `baseline create`, `prune` and `import` from the command line.

use crate::support::{Sandbox, key, line};
use std::fs;

const NAME: &str = ".leakbreak-baseline";

fn leaky() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("old.py", line(&key(1)));
    sandbox.write("src/app.py", line(&key(2)));
    sandbox.commit("Start");
    sandbox
}

fn create(sandbox: &Sandbox, args: &[&str]) -> String {
    let done = sandbox.leakbreak(["baseline", "create", "--reason", "known"].iter().chain(args));
    assert_eq!(done.status, 0, "{done:?}");
    fs::read_to_string(sandbox.path().join(NAME)).unwrap_or_default()
}

fn entries(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[test]
fn created_twice_it_is_the_same_and_holds_no_secret() {
    let sandbox = leaky();
    let once = create(&sandbox, &["--author", "Dev", "--expires", "2999-12-31"]);
    assert_eq!(entries(&once).len(), 2, "{once}");
    for word in [key(1), key(2)] {
        assert!(!once.contains(&word));
    }
    assert!(once.contains("reason=\"known\"") && once.contains("2999-12-31") && once.contains("Dev"), "{once}");
    assert_eq!(create(&sandbox, &["--author", "Dev", "--expires", "2999-12-31"]), once);
    // From another folder it is that of the root all the same.
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    command.current_dir(sandbox.path().join("src")).args(["baseline", "create", "--reason", "again", "--history"]);
    assert_eq!(crate::support::run(&mut command, b"").status, 0);
    assert!(!sandbox.path().join("src").join(NAME).exists());
    assert_eq!(fs::read_to_string(sandbox.path().join(NAME)).unwrap(), once);
}

#[test]
fn it_holds_for_tree_index_and_history() {
    let sandbox = leaky();
    create(&sandbox, &[]);
    for source in ["--history", "--staged", "."] {
        assert_eq!(sandbox.leakbreak(["scan", source]).status, 0, "{source}");
    }
    sandbox.write("src/app.py", line(&key(3)));
    sandbox.git(["add", "src"]);
    for source in ["--staged", "."] {
        assert_eq!(sandbox.leakbreak(["scan", source]).status, 1, "{source}");
    }
}

#[test]
fn another_file_is_written_and_named() {
    let sandbox = leaky();
    assert_eq!(create(&sandbox, &["--output", "known"]), "");
    assert_eq!(sandbox.leakbreak(["scan", "."]).status, 1);
    assert_eq!(sandbox.leakbreak(["scan", "--baseline", "known", "."]).status, 0);
    let done = sandbox.leakbreak(["baseline", "create"]);
    assert!(done.status == 2 && done.stderr.contains("--reason"), "{done:?}");
    for (option, value) in [("--reason", " "), ("--expires", "tomorrow")] {
        let done = sandbox.leakbreak(["baseline", "create", "--reason", "x", option, value, "--output", "other"]);
        assert_eq!(done.status, 2, "{option}: {done:?}");
    }
    assert!(!sandbox.path().join("other").exists());
}

#[test]
fn expired_entries_no_longer_count() {
    let sandbox = leaky();
    create(&sandbox, &["--expires", "2020-01-01"]);
    let done = sandbox.leakbreak(["scan", "."]);
    assert!(done.status == 1 && done.stdout.contains("expired on 2020-01-01"), "{done:?}");
}

#[test]
fn prune_keeps_what_the_history_still_has() {
    let sandbox = leaky();
    sandbox.write("never.py", line(&key(4)));
    create(&sandbox, &[]);
    // Gone from the tree, but not from the history; and gone altogether.
    fs::remove_file(sandbox.path().join("old.py")).unwrap();
    sandbox.git(["rm", "-q", "--cached", "old.py"]);
    sandbox.git(["commit", "-qm", "Gone"]);
    fs::remove_file(sandbox.path().join("never.py")).unwrap();
    let done = sandbox.leakbreak(["baseline", "prune"]);
    assert_eq!(done.status, 0, "{done:?}");
    let left = fs::read_to_string(sandbox.path().join(NAME)).unwrap();
    assert_eq!(entries(&left).len(), 2, "{left}");
    assert!(left.contains("old.py") && left.contains("src/app.py") && done.stdout.contains("never.py"), "{done:?}");
    let again = sandbox.leakbreak(["baseline", "prune"]);
    assert!(again.status == 0 && fs::read_to_string(sandbox.path().join(NAME)).unwrap() == left, "{again:?}");
}

#[test]
fn prune_does_nothing_where_it_cannot_know() {
    let sandbox = leaky();
    let before = create(&sandbox, &[]);
    let id = sandbox.git(["rev-parse", "HEAD:old.py"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let done = sandbox.leakbreak(["baseline", "prune"]);
    assert_eq!(done.status, 2, "{done:?}");
    assert_eq!(fs::read_to_string(sandbox.path().join(NAME)).unwrap(), before);
    let none = leaky().leakbreak(["baseline", "prune"]);
    assert!(none.status == 2 && none.stderr.contains("--baseline"), "{none:?}");
}

#[test]
fn import_carries_over_and_says_what_it_could_not() {
    let sandbox = leaky();
    let head = sandbox.git(["rev-parse", "HEAD"]);
    let list =
        format!("# ours\nold.py:generic-api-key:1\n{head}:src/app.py:generic-api-key:1\ngone.py:generic-api-key:9\n");
    sandbox.write(".gitleaksignore", list);
    let done = sandbox.leakbreak(["baseline", "import", ".gitleaksignore"]);
    assert_eq!(done.status, 0, "{done:?}");
    assert!(done.stdout.contains("gone.py") && !done.stdout.contains(&key(1)), "{done:?}");
    assert_eq!(entries(&fs::read_to_string(sandbox.path().join(NAME)).unwrap()).len(), 2, "{done:?}");
    assert_eq!(sandbox.leakbreak(["scan", "."]).status, 0);
    sandbox.write("nonsense", "neither this nor that\n");
    assert_eq!(sandbox.leakbreak(["baseline", "import", "nonsense"]).status, 2);
}
