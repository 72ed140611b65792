//! One secret is told the same by tree, index and history, from any folder, with any number of threads.

use crate::support::{Run, Sandbox, key, line};
use serde_json::Value;

fn stage() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("sub/app.py", format!("import os\n\n{}", line(&key(41))));
    sandbox.write("other.txt", "nothing\n");
    sandbox
}

fn told(run: &Run) -> Vec<(Value, Value, Value)> {
    run.findings().iter().map(|f| (f["fingerprint"].clone(), f["line"].clone(), f["column"].clone())).collect()
}

#[test]
fn tree_index_and_history_agree() {
    let sandbox = stage();
    sandbox.git(["add", "-A"]);
    let scan = |args: &[&str]| sandbox.leakbreak([&["scan", "--format", "jsonl"], args].concat());
    let staged = scan(&["--staged"]);
    sandbox.commit("Add");
    let runs = [
        staged,
        scan(&["."]),
        scan(&["sub"]),
        scan(&["sub/app.py"]),
        scan(&["--history"]),
        scan(&["--history", "sub"]),
    ];
    for run in &runs {
        assert_eq!(run.status, 1, "{run:?}");
        assert_eq!(run.places(), ["sub/app.py:3 mistral-api-key"], "{run:?}");
        assert_eq!(told(run), told(&runs[0]));
        assert_eq!(run.receipt()["complete"], true);
    }
}

#[test]
fn a_clone_a_pack_and_threads_change_nothing() {
    let sandbox = stage();
    for n in 0..12 {
        sandbox.write(format!("f{}.py", n % 4), format!("x = {n}\n{}", line(&key(60 + n))));
        sandbox.commit(&format!("Change {n}"));
    }
    let history = |args: &[&str]| {
        let run = sandbox.leakbreak([&["scan", "--history", "--format", "jsonl", "--quiet"], args].concat());
        assert_eq!(run.status, 1, "{run:?}");
        run.stdout
    };
    let first = history(&["."]);
    assert!(first.lines().count() >= 13, "{first}");
    assert_eq!(history(&["--threads", "1", "."]), first);
    assert_eq!(history(&["--threads", "7", "."]), first);
    sandbox.git(["repack", "-q", "-a", "-d", "-f"]);
    assert_eq!(history(&["."]), first);
    sandbox.git(["clone", "-q", "--bare", ".", "../clone.git"]);
    let findings =
        |text: &str| text.lines().filter(|l| l.contains("\"type\":\"finding\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(findings(&history(&["../clone.git"])), findings(&first));
}
