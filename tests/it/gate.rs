//! The gate: hooks installed by the binary and called by the real git.

mod doctor;
mod framework;
mod install;
mod pre_commit;
mod pre_push;

use crate::support::{Run, Sandbox};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A repository with a commit and the hooks installed.
fn gated(hooks: &[&str]) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("notes.txt", "nothing\n");
    sandbox.commit("Start");
    install(&sandbox, hooks);
    sandbox
}

fn install(sandbox: &Sandbox, hooks: &[&str]) -> Run {
    let done = sandbox.leakbreak(["hook", "install"].iter().chain(hooks));
    assert_eq!(done.status, 0, "{done:?}");
    done
}

/// Writes an executable file.
fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    make_executable(path);
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Everything below a folder: kind and mode, bytes or link target.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::MetadataExt;
    let mut all = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        let content = if meta.is_symlink() {
            fs::read_link(&path).unwrap().as_os_str().as_bytes().to_vec()
        } else if meta.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            Vec::new()
        } else {
            fs::read(&path).unwrap()
        };
        all.insert(path, (meta.mode(), content));
    }
    all
}

/// git said no; it was leakbreak, which named the place and what to do, and not the secret.
#[track_caller]
fn assert_blocked(done: &Run, path: &str, line: u32, secret: &str) {
    let said = format!("{}{}", done.stdout, done.stderr);
    assert_ne!(done.status, 0, "{said}");
    assert!(said.contains(&format!("{path}:{line}:")), "no place: {said}");
    for word in ["mistral-api-key", "blocked", "leakbreak:allow", "--no-verify", "********"] {
        assert!(said.contains(word), "no {word}: {said}");
    }
    // `git commit -p` shows what it stages.
    assert!(!said.lines().any(|line| line.contains(secret) && !line.starts_with('+')), "the secret is shown: {said}");
}

/// git said yes, and nobody else said anything.
#[track_caller]
fn assert_quiet(done: &Run) {
    assert_eq!((done.status, done.stdout.as_str(), done.stderr.as_str()), (0, "", ""), "{done:?}");
}
