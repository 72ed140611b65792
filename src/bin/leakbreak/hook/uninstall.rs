//! `hook uninstall`: what was there before is there again.

use super::HookName;
use super::folder::{Folder, State, Taken};
use super::git::Here;
use super::install::target;
use crate::faults::shown;
use crate::output::print;
use crate::status::Status;
use leakbreak::Result;
use std::fs;

/// Removes the hooks of the repository of the current folder.
pub(super) fn run(names: &[HookName]) -> Result<Status> {
    let here = Here::find()?;
    let done = from(&target(&here)?, names)?;
    print(|out| done.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(Status::Clean)
}

/// Takes hooks out of a folder, and the folder with them if it was made for them. Says what was done.
pub(super) fn from(folder: &Folder, names: &[HookName]) -> Result<Vec<String>> {
    let mut done = Vec::new();
    let mut made = false;
    for name in names {
        let path = shown(&folder.hook(*name));
        let (taken, mark) = folder.take(*name)?;
        made |= mark.is_some_and(|mark| mark.made_folder);
        match taken {
            Taken::Gone => done.push(format!("{path}: removed")),
            Taken::Restored => done.push(format!("{path}: removed; the hook that was there before is back")),
            Taken::None if folder.is_kept_by_framework(*name) => {
                done.push(format!("{path}: the pre-commit framework's; it keeps leakbreak's as {}.legacy and runs it. `pre-commit uninstall` puts that back, then uninstall again", name.as_str()));
            }
            Taken::None
                if fs::symlink_metadata(folder.kept(*name)).is_ok() && folder.state(*name)? == State::Foreign =>
            {
                let kept = shown(&folder.kept(*name));
                done.push(format!("{path}: another program's hook, left alone; {kept} holds the one from before"));
            }
            Taken::None => {}
        }
    }
    if made {
        // Only if nothing else has moved in since.
        let _ = fs::remove_dir(&folder.path);
    }
    if done.is_empty() {
        done.push(format!("{}: no hook of leakbreak is there", shown(&folder.path)));
    }
    Ok(done)
}
