//! Repositories for tests, made by the real git.

use crate::source::git::open::{GitEnv, Repository};
use gix_hash::ObjectId;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder with a repository in it; gone when dropped.
pub(in crate::source::git) struct Sandbox {
    pub(in crate::source::git) dir: tempfile::TempDir,
    /// The repository's folder: `work` in the temporary one.
    pub(in crate::source::git) root: PathBuf,
}

impl Sandbox {
    pub(in crate::source::git) fn new() -> Sandbox {
        Self::with(&["init", "-q", "-b", "main", "work"])
    }

    pub(in crate::source::git) fn sha256() -> Sandbox {
        Self::with(&["init", "-q", "-b", "main", "--object-format=sha256", "work"])
    }

    fn with(init: &[&str]) -> Sandbox {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("work");
        run(dir.path(), init, b"", 1_600_000_000);
        Sandbox { dir, root }
    }

    /// Runs git in the work tree; its output without the last line end.
    pub(in crate::source::git) fn git(&self, args: &[&str]) -> String {
        run(&self.root, args, b"", 1_600_000_000)
    }

    /// Runs git with standard input.
    pub(in crate::source::git) fn git_with(&self, args: &[&str], input: &[u8]) -> String {
        run(&self.root, args, input, 1_600_000_000)
    }

    /// Runs git in the temporary folder.
    pub(in crate::source::git) fn outside(&self, args: &[&str]) -> String {
        run(self.dir.path(), args, b"", 1_600_000_000)
    }

    pub(in crate::source::git) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Stages everything and commits at `time` (author and committer).
    pub(in crate::source::git) fn commit_at(&self, message: &str, time: i64) -> ObjectId {
        run(&self.root, &["add", "-A"], b"", time);
        run(&self.root, &["commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-"], message.as_bytes(), time);
        self.id("HEAD")
    }

    /// Writes a file and commits it.
    pub(in crate::source::git) fn commit(&self, path: &str, text: &str) -> ObjectId {
        self.write(path, text);
        self.commit_at(&format!("Change {path}"), 1_600_000_000)
    }

    pub(in crate::source::git) fn id(&self, rev: &str) -> ObjectId {
        ObjectId::from_hex(self.git(&["rev-parse", rev]).as_bytes()).unwrap()
    }

    /// The file of a loose object.
    pub(in crate::source::git) fn loose(&self, id: &ObjectId) -> PathBuf {
        let hex = id.to_string();
        let git_dir = self.git(&["rev-parse", "--absolute-git-dir"]);
        Path::new(&git_dir).join("objects").join(&hex[..2]).join(&hex[2..])
    }

    pub(in crate::source::git) fn open(&self) -> Repository {
        Repository::open(&self.root, &GitEnv::default()).unwrap()
    }

    pub(in crate::source::git) fn open_at(&self, path: &str) -> Repository {
        Repository::open(&self.dir.path().join(path), &GitEnv::default()).unwrap()
    }
}

fn run(dir: &Path, args: &[&str], input: &[u8], time: i64) -> String {
    let mut child = Command::new("git")
        .current_dir(dir)
        .args(["-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false", "-c", "gc.auto=0"])
        .args(args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ann Author")
        .env("GIT_AUTHOR_EMAIL", "ann@example.org")
        .env("GIT_COMMITTER_NAME", "Carl Committer")
        .env("GIT_COMMITTER_EMAIL", "carl@example.org")
        .env("GIT_AUTHOR_DATE", format!("{time} +0200"))
        .env("GIT_COMMITTER_DATE", format!("{time} +0200"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end_matches('\n').to_string()
}
