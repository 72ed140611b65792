//! `hook install --global`: one folder of hooks for all repositories of a user, named by core.hooksPath. Git then looks
//! nowhere else, so that the folder has a script for each hook there is, which calls the repository's own one.

use super::HookName;
use super::folder::{Folder, State, write_hook};
use super::git::{self, ask, must};
use super::install::{program, same, told};
use super::script::{Kind, Mark, forwarding};
use super::uninstall::from;
use crate::env;
use crate::faults::shown;
use crate::output::print;
use crate::status::Status;
use leakbreak::{Error, Result};
use sha2::{Digest, Sha256};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

/// The hooks that git calls by their names (githooks(5)), without those that scan. push-to-checkout is missing: its
/// mere presence changes what a push does, and without it git falls back to the safe default.
const FORWARDED: [&str; 23] = [
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "p4-changelist",
    "p4-prepare-changelist",
    "p4-post-changelist",
    "p4-pre-submit",
    "post-index-change",
];

/// In our folder: how to leave the global configuration as it was.
const MEMO: &str = "undo";

/// The folder of ours for all repositories.
pub(super) fn folder() -> Result<Folder> {
    let settings =
        env::settings().ok_or_else(|| Error::Usage("there is no HOME, so no place for global hooks".into()))?;
    Ok(Folder { path: settings.join("hooks") })
}

/// Installs for all repositories.
pub(super) fn install(names: &[HookName]) -> Result<Status> {
    let program = program()?;
    let mut done = Vec::new();
    match configured("--global")? {
        // The user has a folder of their own: the hooks go in there, as they would in a repository's.
        Some(theirs) if !same(&theirs, &folder()?.path) => {
            let folder = Folder { path: theirs };
            let made = folder.make()?;
            for name in names {
                done.push(told(&folder, *name, folder.put(*name, Folder::mark(made), &program)?));
            }
        }
        already => {
            let folder = folder()?;
            refuse_to_displace_the_system()?;
            folder.make()?;
            for name in names {
                let mark = Mark { kind: Kind::Global, made_folder: false };
                done.push(told(&folder, *name, folder.put(*name, mark, &program)?));
            }
            forward(&folder)?;
            if already.is_none() {
                configure(&folder)?;
            }
            done.push("core.hooksPath of the global configuration names this folder; a repository's own hooks still run, before these".into());
        }
    }
    done.push("`leakbreak hook doctor`, in a repository, proves that they fire there".into());
    print(|out| done.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Status::Clean)
}

/// Undoes it.
pub(super) fn uninstall(names: &[HookName]) -> Result<Status> {
    let ours = folder()?;
    let theirs = configured("--global")?.filter(|theirs| !same(theirs, &ours.path));
    let done = match theirs {
        Some(theirs) => from(&Folder { path: theirs }, names)?,
        None if names.len() == HookName::ALL.len() => remove(&ours)?,
        None => {
            let names: Vec<_> = names.iter().copied().filter(|name| scans(&ours, *name)).collect();
            let mut done = from(&ours, &names)?;
            forward(&ours)?;
            if HookName::ALL.iter().all(|name| !scans(&ours, *name)) {
                done.extend(remove(&ours)?);
            }
            done
        }
    };
    print(|out| done.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Status::Clean)
}

/// The folder that a scope's core.hooksPath names.
fn configured(scope: &str) -> Result<Option<PathBuf>> {
    let answer = ask(Path::new("."), ["config", scope, "--type=path", "--get", "core.hooksPath"])?;
    Ok(answer.filter(|path| !path.is_empty()).map(git::path))
}

fn refuse_to_displace_the_system() -> Result<()> {
    match configured("--system")? {
        Some(theirs) => Err(Error::path(
            theirs,
            "the system's core.hooksPath names this folder, and a global one would put its hooks out of action; install \
             in each repository instead, or ask whoever keeps that folder",
        )),
        None => Ok(()),
    }
}

fn scans(folder: &Folder, name: HookName) -> bool {
    matches!(folder.state(name), Ok(State::Ours(mark)) if mark.kind != Kind::Forward)
}

/// Writes the scripts that call a repository's own hooks. What scans does that itself.
fn forward(folder: &Folder) -> Result<()> {
    let rest = HookName::ALL.into_iter().filter(|name| !scans(folder, *name)).map(HookName::as_str);
    for name in FORWARDED.into_iter().chain(rest) {
        write_hook(&folder.path.join(name), &forwarding(name))?;
    }
    Ok(())
}

/// Names the folder in the global configuration, and notes how that looked before: a hash, since it can hold secrets.
fn configure(folder: &Folder) -> Result<()> {
    let before: Vec<_> =
        env::git_configs().into_iter().filter_map(|path| fs::read(&path).ok().map(|text| (path, text))).collect();
    let here = Path::new(".");
    let set: [&OsStr; 4] = ["config".as_ref(), "--global".as_ref(), "core.hooksPath".as_ref(), folder.path.as_os_str()];
    must(git::command(here).args(set))?;
    let Some(origin) = ask(here, ["config", "--global", "--show-origin", "-z", "--get", "core.hooksPath"])? else {
        return Ok(());
    };
    let file = origin.split(|b| *b == 0).next().and_then(|origin| origin.strip_prefix(b"file:")).unwrap_or_default();
    let file = git::path(file.to_vec());
    let word = before.iter().find(|(path, _)| same(path, &file)).map_or(MADE.to_owned(), |(_, text)| hash(text));
    let memo = [word.as_bytes(), b"\n", &git::bytes(&file)].concat();
    fs::write(folder.path.join(MEMO), memo).map_err(|e| Error::path(folder.path.join(MEMO), e))
}

/// In the memo: the file was not there.
const MADE: &str = "made";

fn hash(text: &[u8]) -> String {
    Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}

/// Takes the folder out of the configuration, which then is what it was, and removes it.
fn remove(folder: &Folder) -> Result<Vec<String>> {
    let mut done = Vec::new();
    let memo = fs::read(folder.path.join(MEMO)).unwrap_or_default();
    if configured("--global")?.is_some_and(|path| same(&path, &folder.path)) {
        must(git::command(Path::new(".")).args(["config", "--global", "--unset", "core.hooksPath"]))?;
        done.push("core.hooksPath is gone from the global configuration".to_owned());
        restore(&memo);
    }
    if folder.path.is_dir() {
        fs::remove_dir_all(&folder.path).map_err(|e| Error::path(&folder.path, e))?;
        done.push(format!("{}: removed", shown(&folder.path)));
        if let Some(settings) = folder.path.parent() {
            // Only if the user keeps no settings there.
            let _ = fs::remove_dir(settings);
        }
    }
    if done.is_empty() {
        done.push("no global hook of leakbreak is installed".into());
    }
    Ok(done)
}

/// Undoes what `git config --unset` leaves: an empty file, a section without a value, a line end. Only where the result
/// is what was there before; a file that the user has changed since stays as it is.
fn restore(memo: &[u8]) {
    let mut parts = memo.splitn(2, |b| *b == b'\n');
    let (word, file) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = git::path(file.to_vec());
    let Ok(text) = fs::read(&path) else { return };
    if let Some(before) = earlier(&text, word) {
        if word == MADE.as_bytes() {
            let _ = fs::remove_file(&path);
        } else if before != text {
            let _ = fs::write(&path, before);
        }
    }
}

/// What of this text was there before.
fn earlier<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let without = |text: &'a [u8], tail: &[u8]| text.strip_suffix(tail).unwrap_or(text);
    let section = without(text, b"[core]\n");
    let was = |text: &[u8]| if word == MADE.as_bytes() { text.is_empty() } else { hash(text).as_bytes() == word };
    [text, section, without(text, b"\n"), without(section, b"\n")].into_iter().find(|text| was(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_there_is_restored() {
        let of = |before: &str, after: &str| {
            let word = hash(before.as_bytes());
            earlier(after.as_bytes(), word.as_bytes()).map(|text| String::from_utf8_lossy(text).into_owned())
        };
        for before in ["", "# x\n\n", "[user]\n\tname = Me", "[core]\n"] {
            for after in [before.to_owned(), format!("{before}\n"), format!("{before}\n[core]\n")] {
                assert_eq!(of(before, &after).as_deref(), Some(before), "{after:?}");
            }
        }
        assert_eq!(of("[user]\n", "[user]\n\tname = Me\n"), None);
        assert_eq!(earlier(b"", b"made"), Some(&b""[..]));
        assert_eq!(earlier(b"[user]\n", b"made"), None);
    }
}
