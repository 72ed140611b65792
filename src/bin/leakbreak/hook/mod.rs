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
    PreCommit,
    PreMergeCommit,
    PrePush,
}

impl HookName {
    const ALL: [HookName; 3] = [HookName::PreCommit, HookName::PreMergeCommit, HookName::PrePush];

    fn as_str(self) -> &'static str {
        match self {
            HookName::PreCommit => "pre-commit",
            HookName::PreMergeCommit => "pre-merge-commit",
            HookName::PrePush => "pre-push",
        }
    }
}

/// Runs the command.
pub(crate) fn run(command: args::Hook) -> Result<Status> {
    match command {
        args::Hook::Install { hooks, global: false } => install::run(&names(&hooks, &[HookName::PreCommit])),
        args::Hook::Install { hooks, global: true } => global::install(&names(&hooks, &[HookName::PreCommit])),
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
            InstallableHook::PreCommit => HookName::PreCommit,
            InstallableHook::PrePush => HookName::PrePush,
        })
        .collect();
    let asked = if asked.is_empty() { default } else { &asked };
    let with_merge = |name: &HookName| {
        asked.contains(name) || *name == HookName::PreMergeCommit && asked.contains(&HookName::PreCommit)
    };
    HookName::ALL.into_iter().filter(with_merge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_commit_brings_pre_merge_commit() {
        use HookName::{PreCommit, PreMergeCommit, PrePush};
        assert_eq!(names(&[], &[PreCommit]), [PreCommit, PreMergeCommit]);
        assert_eq!(names(&[InstallableHook::PrePush], &[PreCommit]), [PrePush]);
        let both = [InstallableHook::PrePush, InstallableHook::PreCommit, InstallableHook::PrePush];
        assert_eq!(names(&both, &[PreCommit]), HookName::ALL);
    }
}
