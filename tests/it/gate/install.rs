//! `hook install` and `uninstall`: idempotent, beside what is there, and gone without a trace.

use super::{assert_blocked, assert_quiet, gated, install, make_executable, script, snapshot};
use crate::support::{Run, Sandbox, key, line, run};
use std::fs;
use std::path::{Path, PathBuf};

fn hooks(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join(".git/hooks")
}

fn uninstall(sandbox: &Sandbox, args: &[&str]) -> Run {
    let done = sandbox.leakbreak(["hook", "uninstall"].iter().chain(args));
    assert_eq!(done.status, 0, "{done:?}");
    done
}

#[test]
fn install_is_idempotent_and_brings_pre_merge_commit() {
    let sandbox = Sandbox::repository();
    install(&sandbox, &[]);
    let once = snapshot(&hooks(&sandbox));
    for name in ["pre-commit", "pre-merge-commit"] {
        assert!(once.contains_key(&hooks(&sandbox).join(name)), "{once:?}");
    }
    assert!(!once.contains_key(&hooks(&sandbox).join("pre-push")));
    let again = install(&sandbox, &[]);
    assert!(again.stdout.contains("already there"), "{again:?}");
    assert_eq!(snapshot(&hooks(&sandbox)), once);
}

#[test]
fn uninstall_leaves_what_was_there_byte_for_byte() {
    for with_folder in [true, false] {
        let sandbox = Sandbox::repository();
        if !with_folder {
            fs::remove_dir_all(hooks(&sandbox)).unwrap();
        }
        let before = snapshot(&sandbox.path());
        install(&sandbox, &["pre-commit", "pre-push"]);
        install(&sandbox, &["pre-commit", "pre-push"]);
        assert_ne!(snapshot(&sandbox.path()), before);
        uninstall(&sandbox, &[]);
        assert_eq!(snapshot(&sandbox.path()), before, "folder there: {with_folder}");
        uninstall(&sandbox, &[]);
        assert_eq!(snapshot(&sandbox.path()), before);
    }
}

#[test]
fn a_hook_that_is_there_runs_first_and_comes_back() {
    let sandbox = Sandbox::repository();
    let mine = hooks(&sandbox).join("pre-commit");
    script(&mine, "#!/bin/sh\necho \"mine $# $GIT_INDEX_FILE\" >> ../ran\n[ ! -e ../no ]\n");
    fs::set_permissions(&mine, std::os::unix::fs::PermissionsExt::from_mode(0o751)).unwrap();
    let before = snapshot(&hooks(&sandbox));
    let said = install(&sandbox, &[]);
    assert!(said.stdout.contains("kept"), "{said:?}");
    install(&sandbox, &[]);

    sandbox.write("a.txt", "clean\n");
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Clean"]));
    let ran = fs::read_to_string(sandbox.root().join("ran")).unwrap();
    assert_eq!(ran, "mine 0 .git/index\n");

    // It can still say no by itself.
    fs::write(sandbox.root().join("no"), "").unwrap();
    assert_ne!(sandbox.try_git(["commit", "--allow-empty", "-qm", "No"]).status, 0);
    fs::remove_file(sandbox.root().join("no")).unwrap();

    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    assert_eq!(fs::read_to_string(sandbox.root().join("ran")).unwrap().lines().count(), 3);

    uninstall(&sandbox, &[]);
    assert_eq!(snapshot(&hooks(&sandbox)), before);
}

#[test]
fn a_chained_pre_push_has_the_same_arguments_and_standard_input() {
    let sandbox = gated(&[]);
    script(&hooks(&sandbox).join("pre-push"), "#!/bin/sh\n{ echo \"$@\"; cat; } > ../pushed\n");
    install(&sandbox, &["pre-push"]);
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    sandbox.git(["remote", "add", "origin", "../remote"]);
    let done = sandbox.try_git(["push", "-q", "origin", "main"]);
    assert_quiet(&done);
    let pushed = fs::read_to_string(sandbox.root().join("pushed")).unwrap();
    let head = sandbox.git(["rev-parse", "HEAD"]);
    assert_eq!(pushed, format!("origin ../remote\nrefs/heads/main {head} refs/heads/main {}\n", "0".repeat(40)));
}

#[test]
fn a_link_and_a_hook_that_is_off_come_back_too() {
    let sandbox = Sandbox::repository();
    script(&sandbox.path().join("tools/check"), "#!/bin/sh\nexit 0\n");
    std::os::unix::fs::symlink("../../tools/check", hooks(&sandbox).join("pre-commit")).unwrap();
    // Not executable: git does not run it, and neither does the chain.
    fs::write(hooks(&sandbox).join("pre-push"), "exit 1\n").unwrap();
    let before = snapshot(&hooks(&sandbox));
    install(&sandbox, &["pre-commit", "pre-push"]);
    assert_quiet(&sandbox.try_git(["commit", "--allow-empty", "-qm", "Empty"]));
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    assert_quiet(&sandbox.try_git(["push", "-q", "../remote", "main"]));
    uninstall(&sandbox, &[]);
    assert_eq!(snapshot(&hooks(&sandbox)), before);
}

#[test]
fn core_hooks_path_is_honoured() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", "tools/hooks"]);
    sandbox.write("sub/x", "");
    let own = snapshot(&hooks(&sandbox));
    // From a sub-directory, too: git resolves it against the root.
    let mut from_sub = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    let done = run(from_sub.current_dir(sandbox.path().join("sub")).args(["hook", "install"]), b"");
    assert_eq!(done.status, 0, "{done:?}");
    assert!(sandbox.path().join("tools/hooks/pre-commit").exists());
    assert_eq!(snapshot(&hooks(&sandbox)), own);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "app.py"]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    uninstall(&sandbox, &[]);
    assert!(!sandbox.path().join("tools/hooks").exists());
}

#[test]
fn hooks_turned_off_are_said_to_be_off() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", "/dev/null"]);
    let done = sandbox.leakbreak(["hook", "install"]);
    assert_eq!(done.status, 2, "{done:?}");
    assert!(done.stderr.contains("core.hooksPath") && done.stdout.is_empty(), "{done:?}");
}

#[test]
fn two_hooks_of_others_are_left_alone() {
    let sandbox = gated(&[]);
    let path = hooks(&sandbox).join("pre-commit");
    script(&hooks(&sandbox).join("pre-commit.leakbreak-chained"), "#!/bin/sh\n");
    script(&path, "#!/bin/sh\nexit 0\n");
    let before = snapshot(&hooks(&sandbox));
    let done = sandbox.leakbreak(["hook", "install"]);
    assert_eq!(done.status, 2, "{done:?}");
    assert_eq!(snapshot(&hooks(&sandbox)), before);
}

#[test]
fn outside_a_repository_is_2() {
    let sandbox = Sandbox::new();
    for command in ["install", "uninstall", "doctor"] {
        let done = sandbox.leakbreak(["hook", command]);
        assert_eq!(done.status, 2, "{command}: {done:?}");
    }
    assert_eq!(sandbox.leakbreak(["hook", "run", "pre-commit"]).status, 2);
}

#[test]
fn a_program_that_is_gone_blocks_and_says_the_way_out() {
    let sandbox = Sandbox::repository();
    let copy = sandbox.root().join("it's here/leakbreak");
    fs::create_dir_all(copy.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_leakbreak"), &copy).unwrap();
    make_executable(&copy);
    let lonely = |program: &Path| {
        let mut command = sandbox.command(program);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let without = std::env::split_paths(&path).filter(|folder| !folder.join("leakbreak").exists());
        command.env("PATH", std::env::join_paths(without).unwrap());
        command
    };
    let done = run(lonely(&copy).args(["hook", "install", "pre-commit", "pre-push"]), b"");
    assert_eq!(done.status, 0, "{done:?}");
    sandbox.write("a.txt", "clean\n");
    sandbox.git(["add", "."]);
    let commit = || run(lonely(Path::new("git")).args(["commit", "-qm", "Clean"]), b"");
    assert_quiet(&commit());

    fs::remove_file(&copy).unwrap();
    sandbox.write("b.txt", "clean\n");
    sandbox.git(["add", "."]);
    let blocked = commit();
    assert_ne!(blocked.status, 0);
    for word in ["it's here/leakbreak", "hook install", "hook uninstall", "--no-verify", ".git/hooks/pre-commit"] {
        assert!(blocked.stderr.contains(word), "no {word}: {blocked:?}");
    }
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    let push = run(lonely(Path::new("git")).args(["push", "-q", "../remote", "main"]), b"");
    assert!(push.status != 0 && push.stderr.contains("push --no-verify"), "{push:?}");
    // With the program on the PATH the hook works again.
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Clean"]));
}

#[test]
fn linked_worktrees_share_the_hooks() {
    let sandbox = gated(&[]);
    sandbox.git(["worktree", "add", "-q", "../linked", "-b", "side"]);
    let linked = sandbox.root().join("linked");
    let git = |args: &[&str]| run(sandbox.command("git").current_dir(&linked).args(args), b"");
    fs::write(linked.join("app.py"), line(&key(1))).unwrap();
    assert_eq!(git(&["add", "."]).status, 0);
    assert_blocked(&git(&["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    // Installed from there, it is the same folder.
    let before = snapshot(&hooks(&sandbox));
    let mut again = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    assert_eq!(run(again.current_dir(&linked).args(["hook", "install"]), b"").status, 0);
    assert_eq!(snapshot(&hooks(&sandbox)), before);
}

/// A home with a global configuration of the user's.
fn with_config(text: Option<&str>) -> Sandbox {
    let sandbox = Sandbox::repository();
    if let Some(text) = text {
        fs::write(sandbox.root().join("home/.gitconfig"), text).unwrap();
    }
    sandbox
}

#[test]
fn global_comes_and_goes_without_a_trace() {
    for config in [None, Some("[user]\n\tname = Me\n"), Some("[core]\n\tpager = cat"), Some("# nothing\n\n")] {
        let sandbox = with_config(config);
        let before = snapshot(&sandbox.root().join("home"));
        assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
        let once = snapshot(&sandbox.root().join("home"));
        let again = sandbox.leakbreak(["hook", "install", "--global"]);
        assert!(again.stdout.contains("already there"), "{again:?}");
        assert_eq!(snapshot(&sandbox.root().join("home")), once);

        sandbox.write("app.py", line(&key(1)));
        sandbox.git(["add", "."]);
        assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));

        uninstall(&sandbox, &["--global"]);
        let mut after = snapshot(&sandbox.root().join("home"));
        // The folder above is any program's.
        after.retain(|path, _| !path.ends_with(".config"));
        assert_eq!(after, before, "{config:?}");
    }
}

#[test]
fn global_hooks_still_run_the_repositorys_own() {
    let sandbox = with_config(None);
    for name in ["pre-commit", "commit-msg", "post-commit", "pre-push"] {
        script(&hooks(&sandbox).join(name), &format!("#!/bin/sh\necho {name} >> ../ran\n"));
    }
    let own = snapshot(&hooks(&sandbox));
    assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
    assert_eq!(snapshot(&hooks(&sandbox)), own);
    sandbox.write("a.txt", "clean\n");
    sandbox.git(["add", "."]);
    assert_quiet(&sandbox.try_git(["commit", "-qm", "Clean"]));
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    assert_quiet(&sandbox.try_git(["push", "-q", "../remote", "main"]));
    let ran = fs::read_to_string(sandbox.root().join("ran")).unwrap();
    assert_eq!(ran, "pre-commit\ncommit-msg\npost-commit\npre-push\n");
}

#[test]
fn global_hooks_act_in_linked_worktrees_and_for_other_directories() {
    let sandbox = gated(&[]);
    uninstall(&sandbox, &[]);
    script(&hooks(&sandbox).join("post-commit"), "#!/bin/sh\necho here >> \"$HOME/../ran\"\n");
    assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
    sandbox.git(["worktree", "add", "-q", "../linked", "-b", "side"]);
    let linked = sandbox.root().join("linked");
    let git = |args: &[&str]| run(sandbox.command("git").current_dir(&linked).args(args), b"");
    assert_quiet(&git(&["commit", "--allow-empty", "-qm", "Empty"]));
    assert_eq!(fs::read_to_string(sandbox.root().join("ran")).unwrap(), "here\n");
    fs::write(linked.join("app.py"), line(&key(1))).unwrap();
    git(&["add", "."]);
    assert_blocked(&git(&["commit", "-qm", "Key"]), "app.py", 1, &key(1));
}

#[test]
fn a_global_folder_of_the_users_own_is_kept() {
    let sandbox = with_config(None);
    let folder = sandbox.root().join("home/my hooks");
    script(&folder.join("pre-commit"), "#!/bin/sh\necho mine >> ../ran\n");
    sandbox.git(["config", "--global", "core.hooksPath", "~/my hooks"]);
    let before = snapshot(&sandbox.root().join("home"));
    assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    assert_eq!(fs::read_to_string(sandbox.root().join("ran")).unwrap(), "mine\n");
    uninstall(&sandbox, &["--global"]);
    assert_eq!(snapshot(&sandbox.root().join("home")), before);
}

#[test]
fn a_repositorys_own_installation_under_a_global_one() {
    let sandbox = with_config(None);
    assert_eq!(sandbox.leakbreak(["hook", "install", "--global"]).status, 0);
    let home = snapshot(&sandbox.root().join("home"));
    // git does not look into .git/hooks any more, but the global hooks do.
    install(&sandbox, &["pre-push"]);
    assert_eq!(snapshot(&sandbox.root().join("home")), home);
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "."]);
    sandbox.git(["commit", "-q", "--no-verify", "-m", "Key"]);
    sandbox.git(["init", "-q", "--bare", "../remote"]);
    assert_blocked(&sandbox.try_git(["push", "-q", "../remote", "main"]), "app.py", 1, &key(1));
}

#[test]
fn husky_is_told_apart() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", ".husky/_"]);
    let done = sandbox.leakbreak(["hook", "install"]);
    assert_eq!(done.status, 2);
    assert!(done.stderr.contains(".husky/pre-commit"), "{done:?}");
}

/// Hooks as others write them run as git runs them, then ours; and all comes back as it was.
#[test]
fn hooks_in_other_languages() {
    let sandbox = Sandbox::repository();
    let path = hooks(&sandbox).join("pre-commit");
    for (text, runs) in [
        ("#!/usr/bin/env python3\nprint('ran')\n", true),
        ("echo ran\n", true),
        ("#!/bin/sh\r\necho ran\r\n", false),
        ("#!/nowhere/interpreter\n", false),
        ("#!/bin/sh\necho ran; exit 3\n", false),
    ] {
        script(&path, text);
        let before = snapshot(&hooks(&sandbox));
        install(&sandbox, &[]);
        let done = sandbox.try_git(["commit", "--allow-empty", "-qm", "Empty"]);
        assert_eq!(done.status == 0, runs, "{text:?}: {done:?}");
        assert!(!runs || format!("{}{}", done.stdout, done.stderr).contains("ran"), "{text:?}: {done:?}");
        if runs {
            sandbox.write("app.py", line(&key(1)));
            sandbox.git(["add", "app.py"]);
            assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
            sandbox.git(["rm", "-qf", "app.py"]);
        }
        uninstall(&sandbox, &[]);
        assert_eq!(snapshot(&hooks(&sandbox)), before, "{text:?}");
    }
}

#[test]
fn odd_folders_of_hooks() {
    // None at all, as `git init --template=` leaves it.
    let sandbox = Sandbox::repository();
    fs::remove_dir_all(hooks(&sandbox)).unwrap();
    install(&sandbox, &[]);
    blocks(&sandbox);
    uninstall(&sandbox, &[]);
    assert!(!hooks(&sandbox).exists(), "it was made for them");
    // A link to a folder.
    fs::create_dir(sandbox.root().join("shared")).unwrap();
    std::os::unix::fs::symlink("../../shared", hooks(&sandbox)).unwrap();
    install(&sandbox, &[]);
    blocks(&sandbox);
    uninstall(&sandbox, &[]);
    assert_eq!(fs::read_dir(sandbox.root().join("shared")).unwrap().count(), 0);
    fs::remove_file(hooks(&sandbox)).unwrap();
    // No folder; a folder in a hook's place.
    fs::write(hooks(&sandbox), "").unwrap();
    assert_eq!(sandbox.leakbreak(["hook", "install"]).status, 2);
    fs::remove_file(hooks(&sandbox)).unwrap();
    fs::create_dir_all(hooks(&sandbox).join("pre-commit")).unwrap();
    assert_eq!(sandbox.leakbreak(["hook", "install"]).status, 2);
    assert_eq!(fs::read_dir(hooks(&sandbox)).unwrap().count(), 1);
    // An empty core.hooksPath turns hooks off.
    sandbox.git(["config", "core.hooksPath", ""]);
    let done = sandbox.leakbreak(["hook", "install"]);
    assert!(done.status == 2 && done.stderr.contains("core.hooksPath is empty"), "{done:?}");
    assert_eq!(sandbox.leakbreak(["hook", "doctor"]).status, 1);
}

#[track_caller]
fn blocks(sandbox: &Sandbox) {
    sandbox.write("app.py", line(&key(1)));
    sandbox.git(["add", "app.py"]);
    assert_blocked(&sandbox.try_git(["commit", "-qm", "Key"]), "app.py", 1, &key(1));
    sandbox.git(["rm", "-qf", "app.py"]);
}

#[test]
fn core_hooks_path_in_the_home_and_hooks_from_a_template() {
    let sandbox = Sandbox::repository();
    sandbox.git(["config", "core.hooksPath", "~/my hooks"]);
    install(&sandbox, &[]);
    assert!(sandbox.root().join("home/my hooks/pre-commit").exists());
    blocks(&sandbox);
    assert_eq!(sandbox.leakbreak(["hook", "doctor"]).status, 0);
    uninstall(&sandbox, &[]);
    assert!(!sandbox.root().join("home/my hooks").exists());
    sandbox.git(["config", "--unset", "core.hooksPath"]);
    // A template's copies act in each repository made from it, and can be taken out there.
    install(&sandbox, &[]);
    let template = sandbox.root().join("template/hooks");
    fs::create_dir_all(&template).unwrap();
    for name in ["pre-commit", "pre-merge-commit"] {
        fs::copy(hooks(&sandbox).join(name), template.join(name)).unwrap();
    }
    let made = Sandbox::new();
    let from = template.parent().unwrap().display();
    made.git(["-c", &format!("init.templateDir={from}"), "init", "-q"]);
    blocks(&made);
    uninstall(&made, &[]);
    assert!(!hooks(&made).join("pre-commit").exists());
}
