//! Whole histories and ranges of them, as a careful user would try them: what is kept anywhere is found, what can't be
//! read is named.

mod attribution;
mod bombs;
mod content;
mod damage;
mod files;
mod hostile;
mod range;
mod shallow;
mod shapes;
mod words;

use crate::support::{Run, Sandbox, run};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;

/// A token of Hugging Face's form, which needs no evidence; made up.
fn token(seed: u64) -> String {
    let letters: String = crate::support::key(seed).chars().chain(crate::support::key(seed + 7000).chars()).collect();
    let letters: String = letters.chars().filter(char::is_ascii_alphabetic).collect();
    ["h", "f_", letters.get(..34).unwrap()].concat()
}

/// Scans the history of the work folder.
fn scan<S: AsRef<OsStr>>(sandbox: &Sandbox, args: impl IntoIterator<Item = S>) -> Run {
    let mut command = leakbreak(sandbox);
    run(command.args(args), b"")
}

/// The command that [`scan`] runs, for more of an environment.
fn leakbreak(sandbox: &Sandbox) -> std::process::Command {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    command.args(["scan", "--history", "--format", "jsonl", "--reveal"]);
    command
}

/// The secrets of the findings, in alphabetic order, each as often as it is found.
fn secrets(run: &Run) -> Vec<String> {
    let mut all: Vec<_> = run.findings().iter().map(|f| f["secret"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

/// Scans, which must end with `status` and find exactly these secrets.
fn expect(sandbox: &Sandbox, args: &[&str], status: i32, wanted: &[&String]) -> Run {
    let run = scan(sandbox, args);
    check(&run, status, wanted);
    run
}

/// A run must have ended with `status` and found exactly these secrets.
fn check(run: &Run, status: i32, wanted: &[&String]) {
    let mut wanted: Vec<String> = wanted.iter().map(|s| (*s).clone()).collect();
    wanted.sort();
    assert_eq!((run.status, secrets(run)), (status, wanted), "{run:?}");
}

/// The one finding of a secret.
fn one(run: &Run, secret: &str) -> Value {
    let mut all: Vec<_> = run.findings().into_iter().filter(|f| f["secret"] == secret).collect();
    assert_eq!(all.len(), 1, "{secret}: {run:?}");
    all.pop().unwrap()
}

/// What the receipt says was skipped for a reason.
fn skipped(run: &Run, reason: &str) -> Vec<String> {
    let receipt = run.receipt();
    let groups = receipt["skipped"].as_array().unwrap().iter().filter(|s| s["reason"] == reason);
    let places = groups.flat_map(|s| s["places"].as_array().unwrap().clone());
    places.map(|p| p["place"].as_str().unwrap().to_owned()).collect()
}

/// Runs git at a time of its own; its output.
fn git_on<S: AsRef<OsStr>>(sandbox: &Sandbox, date: &str, args: impl IntoIterator<Item = S>) -> String {
    let mut command = sandbox.command("git");
    command.env("GIT_AUTHOR_DATE", date).env("GIT_COMMITTER_DATE", date).args(args);
    let done = run(&mut command, b"");
    assert_eq!(done.status, 0, "{done:?}");
    done.stdout.trim_end().to_owned()
}

/// Runs git with something on its standard input; its output.
fn git_with<S: AsRef<OsStr>>(sandbox: &Sandbox, args: impl IntoIterator<Item = S>, stdin: &[u8]) -> String {
    let done = run(sandbox.command("git").args(args), stdin);
    assert_eq!(done.status, 0, "{done:?}");
    done.stdout.trim_end().to_owned()
}

/// Where git keeps an object on its own.
fn loose(git_dir: &Path, id: &str) -> std::path::PathBuf {
    git_dir.join("objects").join(&id[..2]).join(&id[2..])
}

/// Overwrites a file, though git made it read-only.
fn overwrite(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The only file of a folder with an extension.
fn only(folder: &Path, extension: &str) -> std::path::PathBuf {
    let files = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> = files.filter(|p| p.extension() == Some(OsStr::new(extension))).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.pop().unwrap()
}
