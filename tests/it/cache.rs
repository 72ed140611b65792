//! The cache of history scans: whatever is in it, the report is that of a scan without it, byte for byte.

mod folder;
mod forged;
mod same;

use crate::support::{Run, Sandbox, key, line, run};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A history with keys, here and gone, in a file and a message, names, binary content, and a branch.
fn history() -> Sandbox {
    let sandbox = Sandbox::repository();
    grow(&sandbox, 1);
    sandbox
}

/// More of it.
fn grow(sandbox: &Sandbox, round: u64) {
    sandbox.write("src/settings.py", format!("# {round}\n{}", line(&key(round))));
    sandbox.write(format!("docs/{}.md", key(round + 500)), "a name like a key\n");
    sandbox.write("image.bin", [b"\0binary", &round.to_le_bytes()[..]].concat());
    sandbox.commit("Add settings");
    sandbox.write("src/settings.py", "# gone\n");
    sandbox.commit(&format!("Remove them; it was MISTRAL_API_KEY={}", key(round + 100)));
}

/// Scans the history of the work folder.
fn scan(sandbox: &Sandbox, args: &[&str]) -> Run {
    run(sandbox.command(env!("CARGO_BIN_EXE_leakbreak")).args(["scan", "--history", "--no-progress"]).args(args), b"")
}

/// Scans with the cache, twice, which must be as without it.
fn expect_same(sandbox: &Sandbox, args: &[&str], when: &str) -> Run {
    let plain = scan(sandbox, &[args, &["--no-cache"]].concat());
    for time in ["once", "again"] {
        let cached = scan(sandbox, args);
        assert_eq!((&cached.stdout, cached.status), (&plain.stdout, plain.status), "{when}, {time}: {cached:?}");
        assert_eq!(cached.stderr, plain.stderr, "{when}, {time}");
    }
    plain
}

fn folder(sandbox: &Sandbox) -> PathBuf {
    sandbox.root().join("home/.cache/leakbreak")
}

/// The entries in the cache, by size, the largest first.
fn entries(sandbox: &Sandbox) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder(sandbox)).into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut all: Vec<_> = all.filter(|path| path.extension().is_some_and(|end| end == "entry")).collect();
    all.sort_by_key(|path| std::cmp::Reverse(std::fs::metadata(path).unwrap().len()));
    all
}

/// The packs of the repository.
fn packs(sandbox: &Sandbox) -> Vec<PathBuf> {
    let all = std::fs::read_dir(sandbox.path().join(".git/objects/pack")).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
}

/// Puts a file in the place of another one, which may be read-only.
fn replace(path: &Path, bytes: impl AsRef<[u8]>) {
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).unwrap();
}

/// Until a change can be told from the last one by its time.
fn settle() {
    std::thread::sleep(Duration::from_millis(250));
}
