//! `hook doctor`: does the hook that git would run here stop a secret? It is tried, with git itself, in a scratch
//! repository; the real one is only asked where its hooks are.

use super::HookName;
use super::folder::{Folder, State, is_executable};
use super::git::Here;
use super::scratch::{CANARY, Ended, Scratch, canary};
use super::script::Kind;
use crate::faults::shown;
use crate::output::print;
use crate::status::Status;
use leakbreak::Result;
use leakbreak::report::printable;
use std::fs;

/// What was seen of a hook.
enum Verdict {
    /// It stops a secret and lets the rest through.
    Fires,
    /// It is not there.
    Missing,
    /// It is there, and no gate; why.
    Fails(String),
    /// It is no gate, and nobody said that it was one.
    NotOurs,
}

/// Tries every hook that is installed.
pub(super) fn run() -> Result<Status> {
    let here = Here::find()?;
    let folder = Folder { path: here.hooks.clone() };
    let mut scratch = Scratch::new(&here.root)?;
    let mut lines = Vec::new();
    let mut installed = 0;
    let mut sound = true;
    for name in HookName::ALL {
        let verdict = verdict(&here, name, &mut scratch)?;
        installed += u8::from(!matches!(verdict, Verdict::Missing | Verdict::NotOurs));
        sound &= match &verdict {
            Verdict::Fires | Verdict::NotOurs => true,
            Verdict::Missing => !is_expected(&folder, name),
            Verdict::Fails(_) => false,
        };
        lines.push(line(&folder, name, &verdict));
    }
    if installed == 0 {
        lines.push("no hook is installed here; `leakbreak hook install` installs one".into());
    }
    print(|out| lines.iter().try_for_each(|line| writeln!(out, "{line}")))?;
    Ok(if sound && installed > 0 { Status::Clean } else { Status::Findings })
}

fn line(folder: &Folder, name: HookName, verdict: &Verdict) -> String {
    let path = shown(&folder.hook(name));
    match verdict {
        Verdict::Fires => format!("{}: fires ({path})", name.as_str()),
        Verdict::Missing if is_expected(folder, name) => {
            format!("{}: MISSING ({path}); `leakbreak hook install` installs it", name.as_str())
        }
        Verdict::Missing => format!("{}: not installed", name.as_str()),
        Verdict::NotOurs => format!(
            "{0}: not installed; the hook of another program there stops no secret ({path}), and `leakbreak hook install \
             {0}` sets a gate before it",
            name.as_str()
        ),
        Verdict::Fails(why) => format!("{}: DOES NOT FIRE ({path}): {why}", name.as_str()),
    }
}

/// git commits a merge past pre-commit: of these two, one without the other leaves a gap.
fn is_expected(folder: &Folder, name: HookName) -> bool {
    let other = match name {
        HookName::Commit => HookName::MergeCommit,
        HookName::MergeCommit => HookName::Commit,
        HookName::Push => return false,
    };
    matches!(folder.state(other), Ok(State::Ours(_)))
}

fn verdict(here: &Here, name: HookName, scratch: &mut Scratch) -> Result<Verdict> {
    let folder = Folder { path: here.hooks.clone() };
    if fs::symlink_metadata(folder.hook(name)).is_err() {
        return Ok(Verdict::Missing);
    }
    if !is_executable(&folder.hook(name)) {
        return Ok(Verdict::Fails("git passes it over, since it is not executable (chmod +x)".into()));
    }
    scratch.hooks = here.hooks.clone();
    if matches!(folder.state(name)?, State::Ours(mark) if mark.kind == Kind::Forward) {
        // It calls the repository's own hook, and a scratch repository has none.
        if !is_executable(&here.own_hooks.join(name.as_str())) {
            return Ok(Verdict::Missing);
        }
        scratch.hooks = here.own_hooks.clone();
    }
    let verdict = match name {
        HookName::Commit => commit(scratch),
        HookName::MergeCommit => merge(scratch),
        HookName::Push => push(scratch),
    }?;
    let is_no_gate = matches!(verdict, Verdict::Fails(_)) && name == HookName::Push && is_another_matter(&folder, name);
    Ok(if is_no_gate { Verdict::NotOurs } else { verdict })
}

/// Whether the hook is somebody else's and has nothing to do with this program: pushes have hooks for other ends, and
/// whoever wants a gate there asks for it.
fn is_another_matter(folder: &Folder, name: HookName) -> bool {
    let names_us = fs::read(folder.hook(name)).is_ok_and(|text| text.windows(9).any(|word| word == b"leakbreak"));
    matches!(folder.state(name), Ok(State::Foreign)) && !names_us && !folder.is_kept_by_framework(name)
}

/// A commit without a secret, then one with.
fn commit(scratch: &Scratch) -> Result<Verdict> {
    scratch.write("clean.txt", "nothing to see\n")?;
    let clean = scratch.commit("clean")?;
    scratch.write(CANARY, &canary())?;
    let caught = scratch.commit("canary")?;
    scratch.unseen(&["reset", "-q", "--hard"])?;
    Ok(judge(&clean, &caught))
}

/// Merges of two branches that changed the same file, by a driver that gives what one would write by hand.
fn merge(scratch: &Scratch) -> Result<Verdict> {
    let attempt = |resolution: &str| -> Result<Ended> {
        scratch.unseen(&["checkout", "-q", "-B", "side"])?;
        scratch.write("shared.txt", "side\n")?;
        scratch.commit_unseen("side")?;
        scratch.unseen(&["checkout", "-q", "-B", "trunk", "HEAD~1"])?;
        scratch.write("shared.txt", "trunk\n")?;
        scratch.write(".gitattributes", "shared.txt merge=doctor\n")?;
        scratch.commit_unseen("trunk")?;
        let file = scratch.beside("resolution");
        fs::write(&file, resolution).map_err(|e| leakbreak::Error::path(&file, e))?;
        // git runs a driver in the work tree's root, by sh.
        let driver = "merge.doctor.driver=cat ../resolution > %A";
        let ended = scratch.seen(&["-c", driver, "merge", "-q", "--no-ff", "--no-edit", "side"])?;
        scratch.unseen(&["reset", "-q", "--hard"])?;
        scratch.unseen(&["checkout", "-q", "main"])?;
        Ok(ended)
    };
    let (clean, mut caught) = (attempt("both\n")?, attempt(&canary())?);
    // The canary stands in a file of another name here.
    caught.said = caught.said.replace("shared.txt", CANARY);
    Ok(judge(&clean, &caught))
}

/// A push without a secret, then one with, to an empty repository.
fn push(scratch: &Scratch) -> Result<Verdict> {
    let remote = scratch.beside("remote");
    let remote = remote.to_string_lossy();
    scratch.unseen(&["init", "-q", "--bare", "--template=", &remote])?;
    scratch.unseen(&["remote", "add", "origin", &remote])?;
    let clean = scratch.seen(&["push", "-q", "origin", "HEAD:refs/heads/main"])?;
    scratch.write(CANARY, &canary())?;
    scratch.commit_unseen("canary")?;
    let caught = scratch.seen(&["push", "-q", "origin", "HEAD:refs/heads/canary"])?;
    Ok(judge(&clean, &caught))
}

fn judge(clean: &Ended, caught: &Ended) -> Verdict {
    let last = |ended: &Ended| {
        let words = ended.said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        printable(words)
    };
    if !clean.fine {
        let first = clean.said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        Verdict::Fails(format!("it stops what has no secret: {}", printable(first)))
    } else if caught.fine {
        Verdict::Fails(format!(
            "a made-up key in {CANARY} went through (unless the configuration leaves that file out)"
        ))
    } else if !caught.said.contains(CANARY) {
        Verdict::Fails(format!("it stopped a made-up key without having seen it: {}", last(caught)))
    } else {
        Verdict::Fires
    }
}
