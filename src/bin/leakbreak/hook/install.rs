//! `hook install`: the hooks of one repository, where git looks for them.

use super::folder::{Folder, Put};
use super::git::{Here, ask};
use super::{HookName, global};
use crate::output::print;
use crate::status::Status;
use crate::{env, faults};
use leakbreak::{Error, Result};
use std::path::{Path, PathBuf};

/// Installs the hooks in the repository of the current folder.
pub(super) fn run(names: &[HookName]) -> Result<Status> {
    let here = Here::find()?;
    let program = program()?;
    let folder = target(&here)?;
    refuse_nowhere(&folder)?;
    refuse_generated(&folder)?;
    let made = folder.make()?;
    let mut done = Vec::new();
    for name in names {
        done.push(told(&folder, *name, folder.put(*name, Folder::mark(made), &program)?));
    }
    if let Some(scope) = shared(&here)? {
        done.push(format!("core.hooksPath of the {scope} configuration names this folder: the hooks act in every repository that uses it"));
    }
    done.push("`leakbreak hook doctor` proves that they fire".into());
    print(|out| done.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Status::Clean)
}

/// This program, as hooks call it.
pub(super) fn program() -> Result<PathBuf> {
    env::program().map_err(|e| Error::Usage(format!("where this program is can't be found out: {e}")))
}

/// Where the hooks go. With a folder of ours for all repositories they go into the repository's own one, which that
/// calls.
pub(super) fn target(here: &Here) -> Result<Folder> {
    let ours = global::folder().is_ok_and(|ours| same(&ours.path, &here.hooks));
    Ok(Folder { path: if ours { here.own_hooks.clone() } else { here.hooks.clone() } })
}

/// What to say of a hook that was put in.
pub(super) fn told(folder: &Folder, name: HookName, put: Put) -> String {
    let path = faults::shown(&folder.hook(name));
    match put {
        Put::Already => format!("{path}: already there"),
        Put::Renewed => format!("{path}: written anew"),
        Put::New => format!("{path}: installed"),
        Put::Chained => {
            let kept = faults::shown(&folder.kept(name));
            format!("{path}: installed; the hook that was there is kept as {kept} and runs first")
        }
    }
}

/// An empty core.hooksPath turns hooks off: git then looks for them in the root of the file system.
fn refuse_nowhere(folder: &Folder) -> Result<()> {
    if folder.path.parent().is_none() {
        let why = "core.hooksPath is empty, so that git runs no hooks here; name a folder, or unset it with \
                   `git config --unset core.hooksPath`";
        return Err(Error::path(&folder.path, why));
    }
    Ok(())
}

/// husky writes its folder anew with every `npm install`: a hook in there would be gone without a word.
fn refuse_generated(folder: &Folder) -> Result<()> {
    let is_husky = folder.path.ends_with(".husky/_") || folder.path.join("husky.sh").exists();
    if is_husky {
        let why = "husky owns this folder and writes it anew; put the line `leakbreak hook run pre-commit` into \
                   .husky/pre-commit instead (and `leakbreak hook run pre-push -- \"$@\"` into .husky/pre-push)";
        return Err(Error::path(&folder.path, why));
    }
    Ok(())
}

/// The scope of a core.hooksPath that reaches beyond this repository.
fn shared(here: &Here) -> Result<Option<&'static str>> {
    for (flag, scope) in [("--global", "global"), ("--system", "system")] {
        if let Some(path) = ask(&here.root, ["config", flag, "--type=path", "--get", "core.hooksPath"])?
            && same(&here.root.join(super::git::path(path)), &here.hooks)
        {
            return Ok(Some(scope));
        }
    }
    Ok(None)
}

/// Whether two paths are one place.
pub(super) fn same(a: &Path, b: &Path) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
