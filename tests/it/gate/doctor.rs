//! `hook doctor`: it fires, or it is said that it does not; nothing of the repository is touched.

use super::{gated, install, script, snapshot};
use crate::support::{Run, Sandbox};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Runs it; the repository and the home stay as they are, and no scratch is left.
#[track_caller]
fn doctor(sandbox: &Sandbox) -> Run {
    let before = snapshot(sandbox.root());
    let done = sandbox.leakbreak(["hook", "doctor"]);
    let after = snapshot(sandbox.root());
    let changed: Vec<_> = before.iter().filter(|(path, was)| after.get(*path) != Some(was)).map(|(p, _)| p).collect();
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(changed.is_empty() && new.is_empty(), "changed {changed:?}, new {new:?}");
    done
}

#[track_caller]
fn assert_status(done: &Run, status: i32, word: &str) {
    assert_eq!(done.status, status, "{done:?}");
    assert!(done.stdout.contains(word), "no {word}: {done:?}");
}

fn hook(sandbox: &Sandbox, name: &str) -> std::path::PathBuf {
    sandbox.path().join(".git/hooks").join(name)
}

#[test]
fn an_installed_hook_fires() {
    let sandbox = gated(&["pre-commit", "pre-push"]);
    let done = doctor(&sandbox);
    assert_status(&done, 0, "pre-commit: fires");
    for name in ["pre-merge-commit: fires", "pre-push: fires"] {
        assert!(done.stdout.contains(name), "{done:?}");
    }
}

#[test]
fn nothing_installed() {
    assert_status(&doctor(&Sandbox::repository()), 1, "hook install");
}

#[test]
fn a_hook_that_git_passes_over() {
    let sandbox = gated(&[]);
    fs::set_permissions(hook(&sandbox, "pre-commit"), fs::Permissions::from_mode(0o644)).unwrap();
    assert_status(&doctor(&sandbox), 1, "not executable");
}

#[test]
fn a_hook_that_is_gone_or_elsewhere() {
    let sandbox = gated(&[]);
    fs::remove_file(hook(&sandbox, "pre-commit")).unwrap();
    assert_status(&doctor(&sandbox), 1, "pre-commit: MISSING");
    install(&sandbox, &[]);
    assert_status(&doctor(&sandbox), 0, "fires");
    fs::remove_file(hook(&sandbox, "pre-merge-commit")).unwrap();
    assert_status(&doctor(&sandbox), 1, "pre-merge-commit: MISSING");
    install(&sandbox, &[]);
    sandbox.git(["config", "core.hooksPath", "elsewhere"]);
    assert_status(&doctor(&sandbox), 1, "not installed");
}

#[test]
fn a_hook_of_somebody_else() {
    let sandbox = gated(&[]);
    script(&hook(&sandbox, "pre-commit"), "#!/bin/sh\nexit 0\n");
    assert_status(&doctor(&sandbox), 1, "went through");
    script(&hook(&sandbox, "pre-commit"), "#!/bin/sh\nleakbreak hook run pre-commit || true\n");
    assert_status(&doctor(&sandbox), 1, "went through");
    script(&hook(&sandbox, "pre-commit"), "#!/bin/sh\necho no; exit 1\n");
    assert_status(&doctor(&sandbox), 1, "no secret");
    script(&hook(&sandbox, "pre-commit"), "#!/bin/sh\nexec leakbreak hook run pre-commit\n");
    assert_status(&doctor(&sandbox), 0, "pre-commit: fires");
}

#[test]
fn a_push_hook_for_another_end() {
    let sandbox = gated(&[]);
    script(&hook(&sandbox, "pre-push"), "#!/bin/sh\nexit 0\n");
    assert_status(&doctor(&sandbox), 0, "pre-push: not installed; the hook of another program");
    // One that stops everything is no concern of ours either; one that calls us is.
    script(&hook(&sandbox, "pre-push"), "#!/bin/sh\nexit 1\n");
    assert_status(&doctor(&sandbox), 0, "hook of another program");
    script(&hook(&sandbox, "pre-push"), "#!/bin/sh\nleakbreak hook run pre-push || true\n");
    assert_status(&doctor(&sandbox), 1, "went through");
    fs::remove_file(hook(&sandbox, "pre-commit")).unwrap();
    fs::remove_file(hook(&sandbox, "pre-merge-commit")).unwrap();
    script(&hook(&sandbox, "pre-push"), "#!/bin/sh\nexit 0\n");
    assert_status(&doctor(&sandbox), 1, "no hook is installed here");
}

#[test]
fn a_program_that_is_gone() {
    let sandbox = gated(&[]);
    for name in ["pre-commit", "pre-merge-commit"] {
        let path = hook(&sandbox, name);
        let text = fs::read_to_string(&path).unwrap();
        let bin = env!("CARGO_BIN_EXE_leakbreak");
        assert!(text.contains(bin));
        fs::write(&path, text.replace(bin, "/gone/leakbreak").replace("command -v leakbreak", "false")).unwrap();
    }
    assert_status(&doctor(&sandbox), 1, "gone");
}

#[test]
fn the_hook_that_was_there_is_not_tried() {
    let sandbox = Sandbox::repository();
    script(&hook(&sandbox, "pre-commit"), "#!/bin/sh\ntouch \"$HOME/ran\"; exit 1\n");
    install(&sandbox, &[]);
    assert_status(&doctor(&sandbox), 0, "pre-commit: fires");
}

#[test]
fn a_configuration_that_silences_everything_is_no_gate() {
    let sandbox = gated(&[]);
    sandbox.write(".leakbreak.toml", "[scan]\nexclude = [\"**\"]\n");
    assert_status(&doctor(&sandbox), 1, "went through");
    // One that names rules of the tree's own works as it does there.
    fs::create_dir_all(sandbox.path().join("my/rules")).unwrap();
    let new = sandbox.leakbreak(["rules", "new"]).stdout;
    sandbox.write("my/rules/acme.toml", new);
    sandbox.write(".leakbreak.toml", "baseline = \"my/known\"\n[rules]\ndirs = [\"my/rules\"]\n");
    sandbox.write("my/known", "");
    assert_status(&doctor(&sandbox), 0, "pre-commit: fires");
}

#[test]
fn global_hooks_and_linked_worktrees() {
    let sandbox = Sandbox::repository();
    sandbox.write("a", "");
    sandbox.commit("Start");
    assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
    assert_status(&doctor(&sandbox), 0, "pre-commit: fires");
    sandbox.git(["worktree", "add", "-q", "../linked", "-b", "side"]);
    let linked = sandbox.root().join("linked");
    let mut there = sandbox.command(Path::new(env!("CARGO_BIN_EXE_leakbreak")));
    let done = crate::support::run(there.current_dir(linked).args(["hook", "doctor"]), b"");
    assert_status(&done, 0, "pre-commit: fires");
    sandbox.git(["config", "core.hooksPath", "none"]);
    assert_status(&doctor(&sandbox), 1, "not installed");
}

#[test]
fn settings_of_the_users_own_do_not_get_in_the_way() {
    let sandbox = gated(&["pre-commit", "pre-push"]);
    let settings = "[user]\n\tuseConfigOnly = true\n[commit]\n\tgpgSign = true\n[merge]\n\tff = only\n\
                    \tverifySignatures = true\n[protocol \"file\"]\n\tallow = never\n[init]\n\tdefaultBranch = trunk\n\
                    [core]\n\tautocrlf = true\n\texcludesFile = ~/ignored\n";
    fs::write(sandbox.root().join("home/.gitconfig"), settings).unwrap();
    fs::write(sandbox.root().join("home/ignored"), "*\n").unwrap();
    let done = doctor(&sandbox);
    assert_status(&done, 0, "pre-commit: fires");
    assert!(done.stdout.contains("pre-push: fires"), "{done:?}");
}

#[test]
fn a_hook_of_git_itself_does_not_confuse_it() {
    // As if called from within a hook: the environment names the real repository.
    let sandbox = gated(&[]);
    let before = snapshot(&sandbox.path());
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    command.env("GIT_DIR", ".git").env("GIT_INDEX_FILE", ".git/index").args(["hook", "doctor"]);
    let done = crate::support::run(&mut command, b"");
    assert_status(&done, 0, "pre-commit: fires");
    assert_eq!(snapshot(&sandbox.path()), before);
}
