//! A repository made to be thrown away, in which an installed hook can show what it does. It has the settings of the
//! real one that decide what is found, and nothing else of it.

use super::git::{self, must};
use crate::env;
use crate::interrupt::Temporary;
use leakbreak::config::{self, BASELINE_NAME, Layer};
use leakbreak::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The file that holds the canary; a report that names it has seen it.
pub(super) const CANARY: &str = "leakbreak-canary.env";

/// The repository.
#[derive(Debug)]
pub(super) struct Scratch {
    folder: Temporary<TempDir>,
    /// The hooks that are tried: those of the real repository.
    pub hooks: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// git said yes.
    pub fine: bool,
    /// All that it and its hooks said.
    pub said: String,
}

impl Scratch {
    /// Makes one with a first commit, in which the settings of `root` stand.
    ///
    /// # Errors
    /// It can't be made.
    pub(super) fn new(root: &Path) -> Result<Scratch> {
        let make = || tempfile::Builder::new().prefix("leakbreak-doctor-").tempdir();
        let folder = Temporary::make(make, |dir| dir.path())
            .map_err(|e| Error::path(std::env::temp_dir(), format!("no scratch repository can be made: {e}")))?;
        let scratch = Scratch { folder, hooks: PathBuf::new() };
        fs::create_dir_all(scratch.work())
            .and_then(|()| fs::create_dir_all(scratch.no_hooks()))
            .map_err(|e| scratch.error(e))?;
        must(scratch.git(None).args(["init", "-q", "--template=", "."]))?;
        must(scratch.git(None).args(["symbolic-ref", "HEAD", "refs/heads/main"]))?;
        scratch.copy_settings(root)?;
        scratch.write("shared.txt", "first\n")?;
        scratch.commit_unseen("settings")?;
        Ok(scratch)
    }

    /// The work tree.
    fn work(&self) -> PathBuf {
        self.folder.held.path().join("work")
    }

    /// A folder without hooks.
    fn no_hooks(&self) -> PathBuf {
        self.folder.held.path().join("no-hooks")
    }

    fn error(&self, why: impl std::fmt::Display) -> Error {
        Error::path(self.folder.held.path(), why)
    }

    /// What decides what is found: the configuration, the rules it names, the baseline, the hook framework's list.
    fn copy_settings(&self, root: &Path) -> Result<()> {
        for name in [config::CONFIG_NAME, BASELINE_NAME, ".pre-commit-config.yaml"] {
            if root.join(name).is_file() {
                fs::copy(root.join(name), self.work().join(name)).map_err(|e| Error::path(root.join(name), e))?;
            }
        }
        let file = root.join(config::CONFIG_NAME);
        if !file.is_file() {
            return Ok(());
        }
        let layer = Layer::read(&file)?;
        for path in layer.rule_dirs.iter().chain(&layer.baseline) {
            if let Ok(below) = path.strip_prefix(root) {
                copy(path, &self.work().join(below)).map_err(|e| Error::path(path, e))?;
            }
        }
        Ok(())
    }

    /// Writes a file of the work tree.
    ///
    /// # Errors
    /// It can't be written.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<()> {
        fs::write(self.work().join(name), text).map_err(|e| self.error(e))
    }

    /// Adds everything and commits it past all hooks.
    ///
    /// # Errors
    /// It failed.
    pub(super) fn commit_unseen(&self, message: &str) -> Result<()> {
        must(self.git(None).args(["add", "-A", "-f", "."]))?;
        must(self.git(None).args(["commit", "-q", "--no-verify", "-m", message])).map(|_| ())
    }

    /// Adds everything and commits it with the hooks of the real repository.
    ///
    /// # Errors
    /// git can't be run.
    pub(super) fn commit(&self, message: &str) -> Result<Ended> {
        must(self.git(None).args(["add", "-A", "-f", "."]))?;
        self.seen(&["commit", "-q", "-m", message])
    }

    /// Any command, with the hooks of the real repository.
    ///
    /// # Errors
    /// git can't be run.
    pub(super) fn seen(&self, args: &[&str]) -> Result<Ended> {
        let output = git::run(self.git(Some(&self.hooks)).args(args))?;
        let said = [output.stdout, output.stderr].concat();
        Ok(Ended { fine: output.status.success(), said: String::from_utf8_lossy(&said).into_owned() })
    }

    /// Any command, past all hooks.
    ///
    /// # Errors
    /// It failed.
    pub(super) fn unseen(&self, args: &[&str]) -> Result<()> {
        must(self.git(None).args(args)).map(|_| ())
    }

    /// The path of something beside the work tree.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.held.path().join(name)
    }

    /// git in the scratch repository and no other, whatever the environment says; the user's own settings stay, but
    /// for those that would ask for a signature or an editor.
    fn git(&self, hooks: Option<&Path>) -> Command {
        let mut git = git::command(&self.work());
        for name in env::git_locals() {
            git.env_remove(name);
        }
        git.env_remove("GIT_DEFAULT_REF_FORMAT").env_remove("GIT_DEFAULT_HASH");
        let none = self.no_hooks();
        let mut hooks_path = std::ffi::OsString::from("core.hooksPath=");
        hooks_path.push(hooks.unwrap_or(&none));
        git.env("LEAKBREAK_DOCTOR", "1").env("GIT_EDITOR", "true").arg("-c").arg(hooks_path);
        for setting in [
            "user.name=leakbreak doctor",
            "user.email=doctor@localhost",
            "commit.gpgSign=false",
            "tag.gpgSign=false",
            "push.gpgSign=false",
            "core.autocrlf=false",
            "core.fsmonitor=false",
            "merge.verifySignatures=false",
            "protocol.file.allow=always",
            "init.defaultRefFormat=files",
            "gc.auto=0",
        ] {
            git.args(["-c", setting]);
        }
        git
    }
}

/// Copies a file, or a folder of files.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.exists() {
        return Ok(());
    }
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).map(|_| ())
}

/// A file with secrets of several kinds, made up now: whatever rules a configuration leaves on, one of them should
/// speak. None of them ever was a key.
pub(super) fn canary() -> String {
    let mut random = Random::new();
    let mut token = |n| random.token(n);
    let pem = format!("-----{} PRIVATE KEY-----", "BEGIN RSA");
    let end = pem.replace("BEGIN", "END");
    format!(
        "MISTRAL_API_KEY={}\nDATABASE_URL=postgres://canary:{}@db.internal/canary\napi_secret_key = \"{}\"\n\
         {pem}\nMII{}\n{}\n{}\n{end}\n",
        token(32),
        token(20),
        token(40),
        token(61),
        token(64),
        token(64)
    )
}

/// Numbers without any purpose but to be new each time: keyed by the hasher's own random keys.
struct Random {
    state: std::hash::RandomState,
    count: u64,
}

impl Random {
    fn new() -> Random {
        Random { state: std::hash::RandomState::new(), count: 0 }
    }

    fn token(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        let mut next = || {
            self.count += 1;
            let at = std::hash::BuildHasher::hash_one(&self.state, self.count) % ALPHABET.len() as u64;
            char::from(ALPHABET[at as usize])
        };
        (0..length).map(|_| next()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canaries_differ() {
        assert_ne!(canary(), canary());
        assert_eq!(Random::new().token(32).len(), 32);
    }
}
