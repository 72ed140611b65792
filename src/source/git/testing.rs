//! The real git in a folder of its own, for tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A work tree and how to run git in it, deaf to the machine's own settings.
pub(crate) struct Git {
    folder: tempfile::TempDir,
    root: PathBuf,
}

impl Git {
    /// An empty repository.
    pub(crate) fn new() -> Git {
        Git::with(&[])
    }

    /// An empty repository, made with these options of `git init`.
    pub(crate) fn with(options: &[&str]) -> Git {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("repository");
        std::fs::create_dir(&root).unwrap();
        let git = Git { folder, root };
        git.run(&[&["init", "-q", "-b", "main"], options].concat());
        git
    }

    /// The work tree.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder that holds the work tree and nothing else.
    pub(crate) fn outside(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    /// Writes a file of the work tree, with the folders it needs. A path that ends in `/` is a folder.
    pub(crate) fn write(&self, path: &str, content: &[u8]) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Adds everything and commits it.
    pub(crate) fn commit_all(&self, message: &str) {
        self.run(&["add", "-A"]);
        self.run(&["commit", "-qm", message]);
    }

    /// A command that must succeed, and its output.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let out = self.output(args);
        assert!(out.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    /// A command that must fail.
    pub(crate) fn fails(&self, args: &[&str]) {
        assert!(!self.output(args).status.success(), "git {args:?} succeeded");
    }

    fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// A command, to be changed and run.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(["-c", "protocol.file.allow=always"]).args(args);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
            command.env_remove(name);
        }
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", self.folder.path()).env_remove("XDG_CONFIG_HOME");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A. Tester").env(format!("GIT_{who}_EMAIL"), "tester@example.com");
            command.env(format!("GIT_{who}_DATE"), "2024-05-06T07:08:09 +0200");
        }
        command
    }
}
