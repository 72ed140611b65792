//! `benches/run` works: it builds its inputs, checks what is found in them, and writes a table.

use crate::support::{Sandbox, run};
use std::path::Path;

#[test]
fn a_quick_run_checks_and_writes_a_table() {
    let sandbox = Sandbox::new();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/run");
    let mut command = sandbox.command("python3");
    command.arg(script).args(["--quick", "--runs", "1", "--output", "table.md", "--work", "inputs"]);
    command.args(["--leakbreak", env!("CARGO_BIN_EXE_leakbreak")]);
    for row in ["history_cached", "start_up", "hook_large"] {
        command.args(["--only", row]);
    }
    let done = run(&mut command, b"");
    assert_eq!(done.status, 0, "{done:?}");
    let table = std::fs::read_to_string(sandbox.path().join("table.md")).unwrap();
    assert_eq!(table, done.stdout);
    for case in ["keys found and attributed", "second run, with the cache", "third run", "start-up", "index entries"] {
        assert!(table.contains(case), "{case}: {table}");
    }
    assert!(table.contains("git cat-file") && table.contains("MiB"), "{table}");
}
