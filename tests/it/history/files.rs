//! Files of a repository that are none, lead elsewhere, or are gone though the objects are not.

use super::{check, expect, loose, scan, secrets, skipped};
use crate::support::{Run, Sandbox, key, line, run};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A commit with a key, and where the repository's files are.
fn one() -> (Sandbox, String, PathBuf) {
    let s = Sandbox::repository();
    let k = key(1);
    s.write("a.py", line(&k));
    s.commit("in");
    let git_dir = s.path().join(".git");
    (s, k, git_dir)
}

/// Puts something in the place of a file of the repository, if there is one.
fn replace(git_dir: &std::path::Path, name: &str, put: impl FnOnce(&std::path::Path)) {
    let path = git_dir.join(name);
    if path.is_dir() {
        std::fs::remove_dir_all(&path).unwrap();
    } else {
        let _ = std::fs::remove_file(&path);
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    put(&path);
}

/// Waits for a command that must end soon; its status.
fn soon(mut child: Child, what: &str) -> i32 {
    let began = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap_or(-1);
        }
        if began.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("{what} does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

const FILES: [&str; 18] = [
    "packed-refs",
    "config",
    "config.worktree",
    "HEAD",
    "index",
    "shallow",
    "commondir",
    "refs/heads/x",
    "logs/HEAD",
    "logs/refs/heads/x",
    "worktrees/w/HEAD",
    "worktrees/w/config.worktree",
    "objects/info/alternates",
    "objects/pack/pack-x.pack",
    "objects/pack/pack-x.idx",
    "objects/pack/multi-pack-index",
    "objects/aa/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "info/exclude",
];

#[test]
fn pipes_and_endless_files_hold_nothing_up() {
    for (what, name) in ["pipe", "zero"].into_iter().flat_map(|what| FILES.map(|name| (what, name))) {
        let (s, _, git_dir) = one();
        replace(&git_dir, name, |path| {
            if what == "zero" {
                return symlink("/dev/zero", path).unwrap();
            }
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        });
        for args in [&["--history"][..], &["--history", "--range", "aabbccdd..main"], &["--staged"], &["."]] {
            let mut command = s.command(env!("CARGO_BIN_EXE_leakbreak"));
            command.arg("scan").args(args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let status = soon(command.spawn().unwrap(), &format!("{args:?} with {name} as {what}"));
            // What says how to read all the rest is refused.
            let refused = matches!(name, "config" | "commondir");
            let wanted: &[i32] = match args {
                ["--history"] if refused => &[2],
                ["--history"] => &[1],
                _ => &[0, 1, 2, 3],
            };
            assert!(wanted.contains(&status), "{args:?} with {name} as {what}: {status}");
        }
    }
}

#[test]
fn what_links_lead_to_is_not_told() {
    let outside = format!("root:marker-of-another-file {}\n", super::token(1));
    for name in FILES {
        let (s, _, git_dir) = one();
        let secret = s.root().join("outside");
        std::fs::write(&secret, &outside).unwrap();
        replace(&git_dir, name, |path| symlink(&secret, path).unwrap());
        for args in [&["--history"][..], &["--history", "--range", "main"], &["--staged"], &["."]] {
            let r = s.leakbreak([&["scan", "--reveal", "--verbose", "--format", "jsonl"][..], args].concat());
            let told = format!("{}{}", r.stdout, r.stderr);
            assert!(
                !told.contains("marker-of-another-file") && !told.contains(&super::token(1)),
                "{name} {args:?}: {r:?}"
            );
        }
    }
}

#[test]
fn a_multi_pack_index_whose_packs_lost_their_own() {
    let s = Sandbox::repository();
    for n in 0..12_u64 {
        s.write(format!("d{}/a{}.py", n % 3, n % 4), line(&key(n)).repeat(2 - n as usize % 2));
        s.commit("c");
        if n % 4 == 3 {
            s.git(["repack", "-q", "-d"]);
        }
    }
    s.git(["multi-pack-index", "write", "--bitmap"]);
    let folder = s.path().join(".git/objects/pack");
    let files = |end: &str| -> Vec<PathBuf> {
        let all = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path());
        all.filter(|p| p.to_string_lossy().ends_with(end)).collect()
    };
    let whole = scan(&s, [""; 0]);
    assert_eq!((secrets(&whole).len(), files(".idx").len()), (12, 3), "{whole:?}");
    let tip = s.git(["rev-parse", "HEAD"]);
    let before = s.git(["rev-parse", "HEAD~2"]);
    for index in files(".idx") {
        std::fs::remove_file(index).unwrap();
        assert_eq!(scan(&s, [""; 0]).stdout, whole.stdout);
        for threads in ["1", "7"] {
            assert_eq!(scan(&s, ["--threads", threads]).stdout, whole.stdout);
        }
        // Also by the beginning of an id.
        let r = scan(&s, ["--range", &format!("{}..{}", &before[..9], &tip[..9])]);
        check(&r, 1, &[&key(10), &key(11)]);
    }
    for file in files("").into_iter().filter(|p| p.extension().is_none_or(|e| e != "pack")) {
        std::fs::remove_file(file).unwrap();
    }
    assert_eq!(scan(&s, [""; 0]).stdout, whole.stdout);
}

#[test]
fn alternates_that_are_no_object_folders() {
    let (s, k, git_dir) = one();
    std::fs::create_dir_all(git_dir.join("objects/info")).unwrap();
    for entry in ["/etc", "/", "/proc/self", ".", "..", "../..", "/dev/null", "/etc/passwd", "\0"] {
        std::fs::write(git_dir.join("objects/info/alternates"), format!("{entry}\n")).unwrap();
        let r = expect(&s, &[], 1, &[&k]);
        let is_folder = !matches!(entry, "/dev/null" | "/etc/passwd" | "\0");
        assert_eq!(r.receipt()["complete"], is_folder, "{entry:?}: {r:?}");
    }
}

#[test]
fn a_broken_line_hides_no_packed_reference() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (10..14).map(key).collect();
    for (n, k) in keys.iter().enumerate() {
        s.git(["checkout", "-q", "--orphan", &format!("b{n}")]);
        s.write("a.py", line(k));
        s.commit("c");
    }
    s.git(["pack-refs", "--all"]);
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    let file = s.path().join(".git/packed-refs");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(2, "zzzz nonsense");
    lines.insert(4, "0123");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let wanted: Vec<&String> = keys.iter().collect();
    let r = expect(&s, &[], 1, &wanted);
    assert_eq!((r.receipt()["complete"].as_bool(), skipped(&r, "broken-reference").len()), (Some(false), 2), "{r:?}");
    std::fs::write(&file, text.replace('\n', "\r\n")).unwrap();
    assert_eq!(secrets(&scan(&s, [""; 0])).len(), 4);
}

/// The findings alone.
fn told(r: &Run) -> usize {
    r.findings().len()
}

#[test]
fn an_object_that_is_a_folder_or_a_link() {
    let (s, _, git_dir) = one();
    let other = key(2);
    s.write("b.py", line(&other));
    s.commit("more");
    let blob = s.git(["rev-parse", "HEAD:a.py"]);
    let path = loose(&git_dir, &blob);
    let named = |r: &Run| {
        assert_eq!((r.status, told(r)), (1, 1), "{r:?}");
        assert!(skipped(r, "corrupt").contains(&blob), "{r:?}");
    };
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    named(&scan(&s, [""; 0]));
    std::fs::remove_dir(&path).unwrap();
    symlink("/etc/passwd", &path).unwrap();
    named(&scan(&s, [""; 0]));
}

#[test]
fn what_the_environment_names_for_other_purposes_changes_nothing() {
    let (s, k, git_dir) = one();
    for (name, value) in [
        ("GIT_NAMESPACE", "x"),
        ("GIT_SHALLOW_FILE", "/etc/passwd"),
        ("GIT_INDEX_FILE", "/nowhere"),
        ("GIT_CONFIG_PARAMETERS", "'core.bare=x'"),
        ("GIT_CEILING_DIRECTORIES", "/"),
        ("GIT_REPLACE_REF_BASE", "refs/heads/"),
        ("GIT_GRAFT_FILE", "/etc/passwd"),
        ("GIT_COMMON_DIR", git_dir.to_str().unwrap()),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", ""),
    ] {
        let mut command = super::leakbreak(&s);
        let r = run(command.env(name, value), b"");
        check(&r, 1, &[&k]);
        assert_eq!(r.receipt()["complete"], true, "{name}: {r:?}");
    }
}

#[test]
fn content_that_git_lfs_keeps_elsewhere_is_told() {
    let s = Sandbox::repository();
    let oid = "0123456789abcdef".repeat(4);
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12345\n");
    s.write("art/big.psd", &pointer);
    // More than a pointer is none.
    let k = key(3);
    s.write("b.psd", pointer + &line(&k));
    s.commit("in");
    for args in [&[][..], &["--range", "HEAD"]] {
        let r = expect(&s, args, 1, &[&k]);
        assert_eq!((r.receipt()["complete"].as_bool(), skipped(&r, "lfs-pointer").len()), (Some(true), 1), "{r:?}");
    }
    assert_eq!(skipped(&scan(&s, ["--range", "HEAD"]), "lfs-pointer"), ["art/big.psd"]);
    assert_eq!(scan(&s, ["--strict", "--ignore", "mistral"]).status, 3);
}
