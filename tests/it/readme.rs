//! Every command block of the README is run, as a stranger would run it.

use crate::support::{Sandbox, key, line, run};
use std::path::Path;

/// The `sh` blocks of the README, in order.
fn blocks() -> Vec<String> {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut blocks = Vec::new();
    let mut rest = readme.as_str();
    while let Some(at) = rest.find("```sh\n") {
        let body = &rest[at + 6..];
        let end = body.find("```").unwrap();
        blocks.push(body[..end].to_owned());
        rest = &body[end..];
    }
    blocks
}

/// A repository with some history, a key in it and a clean part, so that every command has something to say.
fn stage() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("src/app.py", format!("import os\n{}{}", "\n".repeat(10), line(&key(1))));
    sandbox.write("notes.txt", "nothing\n");
    sandbox.commit("Start");
    sandbox.git(["branch", "other"]);
    sandbox.write("notes.txt", "nothing at all\n");
    sandbox.commit("More");
    sandbox
}

/// cargo's own two commands stand for themselves: `cargo test` is what runs this, and `cargo run` runs the binary that
/// was built for it.
const CARGO: &str = r#"#!/bin/sh
case "$1" in
    test) exit 0 ;;
    run) shift; while [ "$1" != -- ]; do shift; done; shift; exec leakbreak "$@" ;;
esac
exit 99
"#;

#[test]
fn every_block_runs() {
    let blocks = blocks();
    assert!(blocks.len() >= 8, "{blocks:?}");
    assert!(
        blocks.iter().any(|b| b == "cargo run --release -- scan .\n") && blocks.iter().any(|b| b == "cargo test\n")
    );
    for block in blocks {
        let sandbox = stage();
        let shim = sandbox.root().join("bin");
        std::fs::create_dir(&shim).unwrap();
        std::fs::write(shim.join("cargo"), CARGO).unwrap();
        run(sandbox.command("chmod").arg("+x").arg(shim.join("cargo")), b"");
        for command in block.lines().filter(|l| !l.trim().is_empty()) {
            let mut shell = sandbox.command("sh");
            let path = shell.get_envs().find(|(k, _)| *k == "PATH").and_then(|(_, v)| v).unwrap().to_owned();
            let mut with_shim = shim.clone().into_os_string();
            with_shim.push(":");
            with_shim.push(path);
            let done = run(shell.env("PATH", with_shim).args(["-c", command]), b"");
            // Findings are what the stage is made for; usage errors and incomplete runs are not.
            assert!(matches!(done.status, 0 | 1), "{command}: {done:?}");
            assert!(!done.stderr.contains("error:"), "{command}: {done:?}");
        }
    }
}
