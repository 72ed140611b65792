//! The gate: `hook install | run | doctor | uninstall`. `run` is what an installed hook calls, and reads repositories
//! as every scan does, without git; the others work on the user's own repository and ask git itself where its hooks are.

mod doctor;
mod folder;
mod git;
mod global;
mod install;
mod push;
mod run;
mod scratch;
mod script;
mod uninstall;

pub(crate) use push::Pushed;

use crate::args::{self, InstallableHook};
use crate::status::Status;
use leakbreak::Result;

/// The hooks of git that this program fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HookName {
    /// pre-commit.
    Commit,
    /// pre-merge-commit.
    MergeCommit,
    /// pre-push.
    Push,
}

impl HookName {
    const ALL: [HookName; 3] = [HookName::Commit, HookName::MergeCommit, HookName::Push];

    fn as_str(self) -> &'static str {
        match self {
            HookName::Commit => "pre-commit",
            HookName::MergeCommit => "pre-merge-commit",
            HookName::Push => "pre-push",
        }
    }
}

/// Runs the command.
pub(crate) fn run(command: args::Hook) -> Result<Status> {
    match command {
        args::Hook::Install { hooks, global: false } => install::run(&names(&hooks, &[HookName::Commit])),
        args::Hook::Install { hooks, global: true } => global::install(&names(&hooks, &[HookName::Commit])),
        args::Hook::Uninstall { hooks, global: false } => uninstall::run(&names(&hooks, &HookName::ALL)),
        args::Hook::Uninstall { hooks, global: true } => global::uninstall(&names(&hooks, &HookName::ALL)),
        args::Hook::Doctor => doctor::run(),
        args::Hook::Run(args) => run::run(&args),
    }
}

/// The hooks that are meant: git commits a merge past pre-commit, so that pre-merge-commit goes with it.
fn names(asked: &[InstallableHook], default: &[HookName]) -> Vec<HookName> {
    let asked: Vec<HookName> = asked
        .iter()
        .map(|hook| match hook {
            InstallableHook::PreCommit => HookName::Commit,
            InstallableHook::PrePush => HookName::Push,
        })
        .collect();
    let asked = if asked.is_empty() { default } else { &asked };
    let with_merge =
        |name: &HookName| asked.contains(name) || *name == HookName::MergeCommit && asked.contains(&HookName::Commit);
    HookName::ALL.into_iter().filter(with_merge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_commit_brings_pre_merge_commit() {
        use HookName::{Commit, MergeCommit, Push};
        assert_eq!(names(&[], &[Commit]), [Commit, MergeCommit]);
        assert_eq!(names(&[InstallableHook::PrePush], &[Commit]), [Push]);
        let both = [InstallableHook::PrePush, InstallableHook::PreCommit, InstallableHook::PrePush];
        assert_eq!(names(&both, &[Commit]), HookName::ALL);
    }
}
