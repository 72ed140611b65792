//! Trees that are large, deep, oddly named, or change while they are read.

use super::{as_nobody, paths, scan};
use crate::support::{Sandbox, key, line};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::time::Duration;

#[test]
fn twenty_thousand_small_files() {
    let sandbox = Sandbox::repository();
    let folder = sandbox.path().join("d");
    fs::create_dir(&folder).unwrap();
    for n in 0..20_000 {
        fs::write(folder.join(format!("{n}.py")), "x = 1\n").unwrap();
    }
    sandbox.write("d/7777.py", line(&key(1)));
    let done = scan(&sandbox, &["."]);
    assert_eq!((paths(&done), done.receipt()["read"]["files"].as_u64()), (vec!["d/7777.py".to_owned()], Some(20_000)));
    sandbox.git(["add", "-A"]);
    assert_eq!(paths(&scan(&sandbox, &["--staged"])), ["d/7777.py"]);
}

#[test]
fn files_that_vanish_are_no_failure() {
    let sandbox = Sandbox::repository();
    for n in 0..4_000 {
        sandbox.write(format!("d/{n}"), "x");
    }
    let folder = sandbox.path().join("d");
    let remover = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(20));
        fs::remove_dir_all(folder)
    });
    for _ in 0..5 {
        let done = scan(&sandbox, &["--allow-empty", "."]);
        assert_eq!(done.status, 0, "{done:?}");
    }
    remover.join().unwrap().unwrap();
}

#[test]
fn sockets_are_not_opened_and_devices_end() {
    let sandbox = Sandbox::repository();
    let _socket = UnixListener::bind(sandbox.path().join("socket")).unwrap();
    let done = scan(&sandbox, &["."]);
    assert_eq!((done.status, &done.receipt()["skipped"][0]["reason"]), (0, &"special-file".into()), "{done:?}");
    assert_eq!(scan(&sandbox, &["--strict", "."]).status, 3);
    let named = scan(&sandbox, &["socket"]);
    assert!(named.status == 3 && named.stdout.contains("\"socket\""), "{named:?}");
    assert_eq!(scan(&sandbox, &["/dev/null"]).status, 0);
    let endless = scan(&sandbox, &["--max-size", "1M", "/dev/zero"]);
    assert_eq!((endless.status, &endless.receipt()["skipped"][0]["reason"]), (0, &"too-large".into()), "{endless:?}");
    let piped = sandbox.leakbreak_with(["scan", "--format", "jsonl", "/dev/stdin"], line(&key(1)).as_bytes());
    assert_eq!(paths(&piped), ["/dev/stdin"]);
}

#[test]
fn paths_of_three_thousand_bytes_and_longer_ones() {
    let sandbox = Sandbox::repository();
    let deep = vec!["d".repeat(200); 15].join("/");
    sandbox.write(format!("{deep}/k.py"), line(&key(1)));
    assert_eq!(paths(&scan(&sandbox, &["."])), [format!("{deep}/k.py")]);
    assert_eq!(paths(&scan(&sandbox, &[&deep])), [format!("{deep}/k.py")]);
    sandbox.git(["add", "-A"]);
    assert_eq!(paths(&scan(&sandbox, &["--staged"])), [format!("{deep}/k.py")]);
    // Beyond what the system opens by one name: named as a failure, and the rest is scanned.
    let tail = vec!["e".repeat(200); 8].join("/");
    sandbox.write(format!("{tail}/x.py"), "x = 1\n");
    let first = sandbox.path().join("e".repeat(200));
    fs::rename(first, sandbox.path().join(&deep).join("e".repeat(200))).unwrap();
    let done = scan(&sandbox, &["."]);
    assert_eq!((done.status, paths(&done).len()), (1, 1));
    let skipped = &done.receipt()["skipped"][0];
    assert_eq!((&skipped["reason"], &skipped["count"]), (&"unreadable".into(), &1.into()), "{done:?}");
    assert!(skipped["places"][0]["place"].as_str().unwrap().ends_with(&"e".repeat(200)), "{done:?}");
    // The index has no such limit.
    let id = sandbox.git(["rev-parse", &format!(":{deep}/k.py")]);
    let far = format!("{deep}/{deep}/k.py");
    sandbox.git(["update-index", "--add", "--cacheinfo", &format!("100644,{id},{far}")]);
    assert!(paths(&scan(&sandbox, &["--staged"])).contains(&far));
}

const NAMES: [&[u8]; 8] = [
    b"a\nb.py",
    b"x\n::error::hi",
    b"\x1b[31mred",
    b"caf\xe9",
    b"\xff\xfe",
    b"C:\\x",
    b"a%b#c?d",
    b"::warning file=x,line=1::boo",
];

#[test]
fn odd_names_in_every_format_and_source() {
    let sandbox = Sandbox::repository();
    let long = "n".repeat(255);
    for name in NAMES.into_iter().chain([long.as_bytes()]) {
        sandbox.write(OsStr::from_bytes(name), line(&key(1)));
    }
    sandbox.git(["add", "-A"]);
    for source in [".", "--staged"] {
        let report = |format: &str| {
            let done = sandbox.leakbreak(["scan", "--format", format, source]);
            assert_eq!(done.status, 1, "{format}: {done:?}");
            done
        };
        let exact: Vec<_> = report("jsonl").findings().iter().map(|f| f["path_base64"].clone()).collect();
        assert_eq!(exact.iter().filter(|exact| !exact.is_null()).count(), 2);
        let json: serde_json::Value = serde_json::from_str(&report("json").stdout).unwrap();
        assert_eq!(json["findings"].as_array().unwrap().len(), 9);
        let sarif = report("sarif").stdout;
        for uri in ["a%0Ab.py", "caf%E9", "%FF%FE", "C%3A%5Cx", "a%25b%23c%3Fd", &long] {
            assert!(sarif.contains(&format!("\"{uri}\"")), "{uri}: {sarif}");
        }
        for format in ["github", "human"] {
            let said = report(format).stdout;
            assert!(!said.contains('\x1b') && said.contains(&long), "{format}: {said}");
            let command = |line: &&str| line.starts_with("::") && !line.starts_with("::error file=");
            let commands: Vec<_> = said.lines().filter(command).collect();
            assert_eq!(commands.len(), usize::from(format == "github"), "the notice alone: {said}");
        }
    }
}

/// To a user without rights a path that can't be reached is no missing one.
#[test]
fn what_lies_in_a_shut_folder_is_named_and_3() {
    let sandbox = Sandbox::repository();
    sandbox.write("d/in/k.py", line(&key(1)));
    sandbox.write("ok/k.py", line(&key(2)));
    let shut = sandbox.path().join("d");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    for (args, status, found) in
        [(&["d"][..], 3, 0), (&["d/in"], 3, 0), (&["d/in/k.py"], 3, 0), (&["ok", "d/in"], 1, 1), (&["ok", "d"], 1, 1)]
    {
        let done = as_nobody(&sandbox, args);
        assert_eq!((done.status, done.findings().len()), (status, found), "{args:?}: {done:?}");
        let skipped = &done.receipt()["skipped"][0];
        let place = (&skipped["reason"], &skipped["places"][0]["place"]);
        assert_eq!(place, (&"unreadable".into(), &(*args.last().unwrap()).into()), "{args:?}: {done:?}");
    }
    assert_eq!(as_nobody(&sandbox, &["nowhere"]).status, 2);
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
}

/// The same names on every line of a text: each is looked up once, not once a line.
#[test]
fn a_log_of_ten_thousand_lines() {
    let sandbox = Sandbox::repository();
    let log: String = (0..10_000).map(|n| format!("level=info path=/a/b status=200 user=bob{n} took=3ms\n")).collect();
    sandbox.write("app.log", log + &line(&key(1)));
    let start = std::time::Instant::now();
    assert_eq!(scan(&sandbox, &["app.log"]).places(), ["app.log:10001 mistral-api-key"]);
    assert!(start.elapsed() < Duration::from_secs(25), "{:?}", start.elapsed());
}
