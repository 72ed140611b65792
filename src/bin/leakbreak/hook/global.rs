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

/// Names the folder in the global configuration, and notes how that looked before.
fn configure(folder: &Folder) -> Result<()> {
    let before: Vec<(PathBuf, bool)> = env::git_configs()
        .into_iter()
        .filter_map(|path| fs::read(&path).ok().map(|text| (path, text.is_empty() || text.ends_with(b"\n"))))
        .collect();
    let here = Path::new(".");
    let set: [&OsStr; 4] = ["config".as_ref(), "--global".as_ref(), "core.hooksPath".as_ref(), folder.path.as_os_str()];
    must(git::command(here).args(set))?;
    let origin = ask(here, ["config", "--global", "--show-origin", "-z", "--get", "core.hooksPath"])?;
    let file = origin
        .and_then(|o| o.strip_prefix(b"file:").map(|o| git::path(o.split(|b| *b == 0).next().unwrap_or(o).to_vec())));
    let memo = match before.iter().find(|(path, _)| file.as_ref().is_some_and(|file| same(path, file))) {
        None if file.is_some() => "made",
        Some((_, false)) => "no-final-newline",
        _ => "",
    };
    let text = [memo.as_bytes(), b"\n", &file.map(|f| git::bytes(&f)).unwrap_or_default()].concat();
    fs::write(folder.path.join(MEMO), text).map_err(|e| Error::path(folder.path.join(MEMO), e))
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

/// What `git config --unset` leaves different: an empty file where there was none, a line end where there was none.
fn restore(memo: &[u8]) {
    let mut parts = memo.splitn(2, |b| *b == b'\n');
    let (word, file) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let path = git::path(file.to_vec());
    let Ok(text) = fs::read(&path) else { return };
    match word {
        b"made" if text.is_empty() => drop(fs::remove_file(&path)),
        b"no-final-newline" => {
            if let Some(rest) = text.strip_suffix(b"\n") {
                let _ = fs::write(&path, rest);
            }
        }
        _ => {}
    }
}
