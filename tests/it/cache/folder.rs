//! Where the cache is, who may use it, and how to be rid of it.

use super::*;

fn command(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.leakbreak([&["cache"], args].concat())
}

#[test]
fn it_is_told_pruned_and_cleared() {
    let sandbox = history();
    let path = command(&sandbox, &["path"]);
    assert_eq!((path.status, path.stdout.trim_end()), (0, folder(&sandbox).to_str().unwrap()));
    for empty in ["prune", "clear"] {
        assert_eq!(command(&sandbox, &[empty]).status, 0);
        assert!(!folder(&sandbox).exists(), "nothing is made to find nothing in it");
    }
    scan(&sandbox, &[]);
    let all = entries(&sandbox).len();
    assert!(all > 0);
    let kept = command(&sandbox, &["prune"]);
    assert!(kept.status == 0 && kept.stdout.contains("removed 0 entries"), "{kept:?}");
    assert_eq!(entries(&sandbox).len(), all);
    let gone = command(&sandbox, &["prune", "--max-size", "0"]);
    assert!(gone.status == 0 && entries(&sandbox).is_empty(), "{gone:?}");
    scan(&sandbox, &[]);
    assert!(!entries(&sandbox).is_empty());
    let cleared = command(&sandbox, &["clear"]);
    assert!(cleared.status == 0 && entries(&sandbox).is_empty(), "{cleared:?}");
    expect_same(&sandbox, &[], "cleared");
}

#[test]
fn without_a_home_there_is_none() {
    let sandbox = history();
    let plain = scan(&sandbox, &["--no-cache"]);
    let mut homeless = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    homeless.env_remove("HOME").args(["scan", "--history", "--no-progress"]);
    let run_of = run(&mut homeless, b"");
    assert_eq!((run_of.stdout, run_of.stderr, run_of.status), (plain.stdout, plain.stderr, plain.status));
    let mut path = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    let run_of = run(path.env_remove("HOME").args(["cache", "path"]), b"");
    assert!(run_of.status == 2 && run_of.stderr.contains("XDG_CACHE_HOME"), "{run_of:?}");
}

/// Scans with another base folder.
fn with_base(sandbox: &Sandbox, base: &str) -> Run {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    run(command.env("XDG_CACHE_HOME", base).args(["scan", "--history", "--no-progress"]), b"")
}

#[test]
fn it_is_where_the_user_wants_it_and_never_in_what_is_scanned() {
    let sandbox = history();
    let plain = scan(&sandbox, &["--no-cache"]);
    let same = |run: &Run| assert_eq!((&run.stdout, run.status), (&plain.stdout, plain.status));
    let base = sandbox.root().join("else");
    same(&with_base(&sandbox, base.to_str().unwrap()));
    assert!(base.join("leakbreak").is_dir() && !folder(&sandbox).exists());
    // Relative: not valid, and as if it were not set.
    same(&with_base(&sandbox, "relative"));
    assert!(folder(&sandbox).is_dir() && !sandbox.path().join("relative").exists());
    for inside in [sandbox.path().join("cache"), sandbox.path().join(".git/cache")] {
        let refused = with_base(&sandbox, inside.to_str().unwrap());
        same(&refused);
        assert!(refused.stderr.contains("the cache is not used"), "{refused:?}");
        assert!(!inside.exists());
    }
    // By way of a link as well.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(sandbox.path(), sandbox.root().join("link")).unwrap();
        let refused = with_base(&sandbox, sandbox.root().join("link/cache").to_str().unwrap());
        same(&refused);
        assert!(refused.stderr.contains("the cache is not used") && !sandbox.path().join("cache").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_others_have_a_hand_in_is_left_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let sandbox = history();
    let plain = scan(&sandbox, &["--no-cache"]);
    scan(&sandbox, &[]);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder(&sandbox)), 0o700);
    assert!(entries(&sandbox).iter().all(|path| mode(path) == 0o600));

    let refused = |why: &str| {
        let run = scan(&sandbox, &[]);
        assert_eq!((&run.stdout, run.status), (&plain.stdout, plain.status), "{why}");
        assert!(run.stderr.contains("the cache is not used") && run.stderr.contains(why), "{run:?}");
        assert!(!scan(&sandbox, &["--quiet"]).stderr.contains("cache"));
    };
    std::fs::set_permissions(folder(&sandbox), std::fs::Permissions::from_mode(0o777)).unwrap();
    refused("written by others");
    let real = sandbox.root().join("real");
    std::fs::rename(folder(&sandbox), &real).unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o700)).unwrap();
    symlink(&real, folder(&sandbox)).unwrap();
    refused("is a link");
    std::fs::remove_file(folder(&sandbox)).unwrap();
    std::fs::write(folder(&sandbox), "a file").unwrap();
    refused("is no folder");
    std::fs::remove_file(folder(&sandbox)).unwrap();
    std::fs::create_dir(folder(&sandbox)).unwrap();
    if std::os::unix::fs::chown(folder(&sandbox), Some(12345), None).is_ok() {
        refused("belongs to somebody else");
    }
}

#[cfg(unix)]
#[test]
fn a_folder_or_a_home_that_can_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = history();
    let home = sandbox.root().join("home");
    let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    set(&home, 0o500);
    expect_same(&sandbox, &["--format", "json"], "a home that can't be written");
    set(&home, 0o700);
    expect_same(&sandbox, &["--format", "json"], "a home again");
    set(&folder(&sandbox), 0o500);
    grow(&sandbox, 2);
    expect_same(&sandbox, &["--format", "json"], "a folder that can't be written");
    set(&folder(&sandbox), 0o000);
    expect_same(&sandbox, &["--format", "json"], "nor read");
    set(&folder(&sandbox), 0o700);
}

#[test]
fn odd_files_in_it_are_left_alone() {
    let sandbox = history();
    scan(&sandbox, &[]);
    std::fs::write(folder(&sandbox).join("mine.txt"), "mine").unwrap();
    std::fs::write(folder(&sandbox).join("seal"), "too short").unwrap();
    expect_same(&sandbox, &["--format", "json"], "another seal");
    command(&sandbox, &["clear"]);
    assert!(folder(&sandbox).join("mine.txt").exists());
}
