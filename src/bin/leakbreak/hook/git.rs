//! Asks git about the user's own repository and settings. Only `install`, `uninstall` and `doctor` do; a scan never.

use leakbreak::{Error, Result};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A git command in `folder`.
pub(super) fn command(folder: &Path) -> Command {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).stdin(Stdio::null());
    git
}

/// Runs it to its end.
///
/// # Errors
/// git is not there; what it answers is in the output.
pub(super) fn run(command: &mut Command) -> Result<Output> {
    command.output().map_err(|e| Error::Usage(format!("git can't be run ({e}); hooks need it on the PATH")))
}

/// What git answers, without the line end; None where it fails.
///
/// # Errors
/// git is not there.
pub(super) fn ask<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Result<Option<Vec<u8>>> {
    let output = run(command(folder).args(args))?;
    Ok(output.status.success().then(|| trimmed(output.stdout)))
}

fn trimmed(mut answer: Vec<u8>) -> Vec<u8> {
    if answer.last() == Some(&b'\n') {
        answer.pop();
    }
    answer
}

/// Does something that has to succeed.
///
/// # Errors
/// It did not; with git's own last word.
pub(super) fn must(command: &mut Command) -> Result<Output> {
    let output = run(command)?;
    if output.status.success() {
        return Ok(output);
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("git says nothing").to_owned();
    Err(Error::Usage(format!("git {} failed: {last}", what(command))))
}

fn what(command: &Command) -> String {
    let words = command.get_args().skip(2).take(2);
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// The repository that the current folder is in.
#[derive(Debug)]
pub(super) struct Here {
    /// The work tree's root, or the folder of a bare repository: where git runs hooks.
    pub root: PathBuf,
    /// Where git looks for this repository's hooks, whatever configuration says so.
    pub hooks: PathBuf,
    /// The repository's own folder of hooks, which counts where nothing says otherwise.
    pub own_hooks: PathBuf,
}

impl Here {
    /// Asks git.
    ///
    /// # Errors
    /// There is no repository here.
    pub(super) fn find() -> Result<Here> {
        let here = Path::new(".");
        let root = match ask(here, ["rev-parse", "--show-toplevel"])?.filter(|top| !top.is_empty()) {
            Some(top) => path(top),
            // In a bare repository or a .git folder; if there is neither, git says so.
            None => path(trimmed(must(command(here).args(["rev-parse", "--absolute-git-dir"]))?.stdout)),
        };
        let inner = |name: &[&str]| -> Result<PathBuf> {
            let answer =
                ask(&root, name)?.ok_or_else(|| Error::repository(&root, "git does not say where its hooks are"))?;
            Ok(root.join(path(answer)))
        };
        // Of a hook and not of the folder: where core.hooksPath is empty, the two answers differ, and this one counts.
        let hook = inner(&["rev-parse", "--git-path", "hooks/pre-commit"])?;
        let hooks = hook.parent().map_or_else(|| hook.clone(), Path::to_owned);
        let own_hooks = inner(&["rev-parse", "--git-common-dir"])?.join("hooks");
        Ok(Here { root, hooks, own_hooks })
    }
}

/// A path as git writes it.
#[cfg(unix)]
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// A path as git writes it.
#[cfg(not(unix))]
pub(super) fn path(bytes: Vec<u8>) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

/// The bytes of a path, for a script.
pub(super) fn bytes(path: &Path) -> Vec<u8> {
    path.as_os_str().as_encoded_bytes().to_vec()
}
