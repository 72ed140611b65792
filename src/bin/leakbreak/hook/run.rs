//! `hook run`: what an installed hook calls. It prints nothing where nothing is wrong.

use super::push;
use crate::args::{ColorArg, HookRun, MannerArgs, RunnableHook, SourceArgs};
use crate::assemble::{Known, parts_of};
use crate::faults::remark;
use crate::ground::{Asked, Target};
use crate::output::{Destination, has_color};
use crate::scan::drive;
use crate::status::{Gate, Status};
use crate::verify::refuse_in_hook;
use leakbreak::Result;
use leakbreak::finding::Outcome;
use leakbreak::report::{self, Format, Options};
use std::io::{self, Write};

/// What is being stopped, for the words about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Commit,
    Push,
}

/// Runs a hook.
pub(super) fn run(args: &HookRun) -> Result<Status> {
    refuse_in_hook(args.verify)?;
    let (target, act) = match args.hook {
        RunnableHook::PreCommit | RunnableHook::PreMergeCommit => (Target::Staged(Asked::here()?), Act::Commit),
        RunnableHook::PrePush => (Target::Push(Asked::here()?, push::told(&args.given)?), Act::Push),
        RunnableHook::Framework => match push::told_by_framework() {
            Some(pushed) => (Target::Push(Asked::here()?, pushed), Act::Push),
            None => (Target::Staged(Asked::here()?), Act::Commit),
        },
    };
    let parts = parts_of(target, &SourceArgs::default(), &args.policy, args.fail_on, Known::Marked)?;
    let outcome = drive(&parts, &MannerArgs { no_progress: true, ..MannerArgs::default() })?;
    let status = Status::of(&outcome, Gate { fail_on: parts.fail_on, exit_zero: false });
    // As the process ends anyway.
    std::mem::forget(parts);
    if status != Status::Clean {
        // Standard output is git's: `git push --porcelain` is read by programs.
        let _ = Destination::Errors.write(|out| tell(&outcome, (act, status), args.color, out));
    } else if args.hook == RunnableHook::Framework && act == Act::Commit && is_untouched(&outcome) {
        let why = "leakbreak: nothing is staged, so that nothing was scanned; the hook leakbreak-all scans the tree";
        remark(why);
    }
    Ok(status)
}

/// Whether nothing at all was there to look at.
fn is_untouched(outcome: &Outcome) -> bool {
    outcome.receipt.files == 0 && outcome.receipt.skips.is_empty()
}

/// What was found and what to do about it.
fn tell(outcome: &Outcome, (act, status): (Act, Status), color: ColorArg, out: &mut dyn Write) -> io::Result<()> {
    let color = has_color(color, &Destination::Errors);
    let options = Options { color, quiet: true, ..Options::default() };
    report::write(Format::Human, outcome, options, out)?;
    let found = status == Status::Findings;
    let what = match (act, found) {
        (Act::Commit, true) => "commit blocked: it would add a secret",
        (Act::Commit, false) => "commit blocked: not everything that it adds could be read",
        (Act::Push, true) => "push blocked: it would publish a secret",
        (Act::Push, false) => "push blocked: not everything that it brings could be read",
    };
    writeln!(out, "leakbreak: {what}. Nothing is lost.")?;
    match (act, found) {
        (Act::Commit, true) => writeln!(
            out,
            "  Take it out of the file, and stage that (git add). Keep it in the environment or a secret store."
        )?,
        (Act::Push, true) => writeln!(
            out,
            "  Take it out of the commits that have it (git commit --amend, git rebase -i): a later commit does not."
        )?,
        (_, false) => writeln!(out, "  Mend what is named above and try again.")?,
    }
    if found {
        allow(outcome, out)?;
    }
    let verb = if act == Act::Commit { "commit" } else { "push" };
    writeln!(out, "  To pass this gate once: git {verb} --no-verify")
}

/// How to say that a finding is no secret.
fn allow(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = outcome.active().next() else { return Ok(()) };
    writeln!(out, "  If it is no secret, say so, with a reason:")?;
    writeln!(out, "    in the line, or alone on the line above:  leakbreak:allow {} -- REASON", first.rule.id)?;
    writeln!(out, "    in .leakbreak.toml:\n        [[allow]]\n        fingerprint = \"{}\"", first.fingerprint)?;
    writeln!(out, "        reason = \"REASON\"")
}
