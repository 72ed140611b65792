//! The working tree: what is read, what is named instead.

mod filters;
mod ignored;
mod odd;
mod several;

use crate::support::{Run, Sandbox, key, line, run};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};

const RULE: &str = "mistral-api-key";

fn scan(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.leakbreak(["scan", "--format", "jsonl"].iter().chain(args))
}

fn paths(done: &Run) -> Vec<String> {
    done.findings().iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn tracked_ignored_and_hidden_files() {
    let sandbox = Sandbox::repository();
    sandbox.write("tracked.env", line(&key(1)));
    sandbox.git(["add", "-A"]);
    sandbox.write(".gitignore", "*.env\n");
    sandbox.write("ignored.env", line(&key(2)));
    sandbox.write(".d/.hidden", line(&key(3)));
    sandbox.write(".git/leak.py", line(&key(4)));
    assert_eq!(paths(&scan(&sandbox, &["."])), [".d/.hidden", "tracked.env"]);
    assert_eq!(paths(&scan(&sandbox, &["--no-ignore", "."])), [".d/.hidden", "ignored.env", "tracked.env"]);
    assert_eq!(paths(&scan(&sandbox, &["ignored.env"])), ["ignored.env"]);
}

#[test]
fn nested_repositories_are_named() {
    let sandbox = Sandbox::repository();
    sandbox.write("n/a.py", line(&key(1)));
    sandbox.git(["init", "-q", "n"]);
    let done = scan(&sandbox, &["."]);
    assert_eq!((done.status, &done.receipt()["skipped"][0]["places"][0]["place"]), (0, &"n".into()), "{done:?}");
    assert_eq!(scan(&sandbox, &["--strict", "."]).status, 3);
    assert_eq!(paths(&scan(&sandbox, &["--recurse-submodules", "."])), ["n/a.py"]);
    assert_eq!(paths(&scan(&sandbox, &[".", "n", "n/a.py", "./n/../n"])), ["n/a.py"], "once");
}

#[test]
fn links_and_pipes_are_not_opened_unless_they_are_named() {
    let sandbox = Sandbox::repository();
    let out = sandbox.root().join("out.py");
    fs::write(&out, line(&key(1))).unwrap();
    for (target, name) in [(out.as_os_str(), "s.py"), (OsStr::new("."), "loop"), (OsStr::new("gone"), "dangling")] {
        symlink(target, sandbox.path().join(name)).unwrap();
    }
    assert_eq!(run(sandbox.command("mkfifo").arg("pipe"), b"").status, 0);
    let done = scan(&sandbox, &["."]);
    assert_eq!(done.status, 0, "{done:?}");
    for name in ["s.py", "loop", "dangling", "pipe"] {
        assert!(done.stdout.contains(&format!("\"{name}\"")), "{name}: {done:?}");
    }
    assert_eq!(paths(&scan(&sandbox, &["s.py"])), ["s.py"]);
}

/// Runs leakbreak as a user without rights, where the tests may.
fn as_nobody(sandbox: &Sandbox, args: &[&str]) -> Run {
    let root = run(sandbox.command("id").arg("-u"), b"").stdout.trim() == "0";
    let mut command = sandbox.command(if root { "setpriv" } else { env!("CARGO_BIN_EXE_leakbreak") });
    if root {
        // The program may stand below a folder that only its owner may enter.
        let copy = sandbox.root().join("leakbreak");
        fs::copy(env!("CARGO_BIN_EXE_leakbreak"), &copy).unwrap();
        for folder in [sandbox.root(), &sandbox.path()] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(copy);
    }
    run(command.args(["scan", "--format", "jsonl"]).args(args), b"")
}

#[test]
fn what_may_not_be_read_is_named_and_3() {
    let sandbox = Sandbox::repository();
    for (path, mode) in [("no.py", 0o000), ("d", 0o000), ("list", 0o744)] {
        let path = if path == "no.py" { path.into() } else { format!("{path}/x.py") };
        let file = sandbox.write(&path, line(&key(1)));
        let shut = if path == "no.py" { file } else { file.parent().unwrap().to_owned() };
        fs::set_permissions(shut, fs::Permissions::from_mode(mode)).unwrap();
    }
    for (args, names) in [(&["."][..], &["no.py", "\"d\"", "list"][..]), (&["no.py"], &["no.py"]), (&["d"], &["\"d\""])]
    {
        let done = as_nobody(&sandbox, args);
        assert_eq!(done.status, 3, "{args:?}: {done:?}");
        assert!(names.iter().all(|name| done.stdout.contains(name)), "{args:?}: {done:?}");
    }
    for folder in ["d", "list"] {
        fs::set_permissions(sandbox.path().join(folder), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn every_encoding_has_its_columns() {
    let sandbox = Sandbox::repository();
    let text = format!("äö🎉 = 1; MISTRAL_API_KEY = \"{}\"", key(1));
    let wide: Vec<u16> = text.encode_utf16().collect();
    let le: Vec<u8> = wide.iter().flat_map(|u| u.to_le_bytes()).collect();
    let be: Vec<u8> = wide.iter().flat_map(|u| u.to_be_bytes()).collect();
    let latin = [&b"\xe4\xf6\xff = 1; "[..], &text.as_bytes()[text.find("MISTRAL").unwrap()..]].concat();
    for (name, bytes) in [
        ("le", le.clone()),
        ("be", be.clone()),
        ("le-mark", [&b"\xff\xfe"[..], &le].concat()),
        ("be-mark", [&b"\xfe\xff"[..], &be].concat()),
        ("mark", ["\u{feff}".as_bytes(), text.as_bytes()].concat()),
        ("latin", latin),
        ("broken", [&b"\xff\xfe\x80 = 1; "[..], &text.as_bytes()[text.find("MISTRAL").unwrap()..]].concat()),
    ] {
        sandbox.write(name, bytes);
        let done = scan(&sandbox, &[name]);
        let columns: Vec<_> = done.findings().iter().map(|f| (f["column"].clone(), f["end_column"].clone())).collect();
        assert_eq!(columns, [(29.into(), 61.into())], "{name}: {done:?}");
    }
    for (name, end) in [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")] {
        sandbox.write(name, format!("x{end}y{end}MISTRAL_API_KEY=\"{}\"{end}", key(2)));
        assert_eq!(scan(&sandbox, &[name]).places(), [format!("{name}:3 {RULE}")]);
    }
}

#[test]
fn odd_names_are_names() {
    let sandbox = Sandbox::repository();
    let long = "n".repeat(255);
    for name in [&b"a\nb"[..], b"caf\xe9", b" x ", b"a\"b\\c", b"-", long.as_bytes()] {
        sandbox.write(OsStr::from_bytes(name), line(&key(1)));
    }
    let done = scan(&sandbox, &["."]);
    assert_eq!(paths(&done), [" x ", "-", "a\nb", "a\"b\\c", "caf\u{fffd}", &long]);
    assert_eq!(done.findings()[4]["path_base64"], "Y2Fm6Q==");
}

#[test]
fn filters_sizes_and_two_keys_on_a_line() {
    let sandbox = Sandbox::repository();
    sandbox.write("src/a.py", format!("{}; {}", line(&key(1)).trim(), line(&key(2))));
    sandbox.write("src/t/b.py", line(&key(3)));
    sandbox.write("c.js", line(&key(4)));
    assert_eq!(paths(&scan(&sandbox, &["--include", "src/*.py", "."])), ["src/a.py", "src/a.py"]);
    assert_eq!(paths(&scan(&sandbox, &["--exclude", "src", "."])), ["c.js"]);
    let two = scan(&sandbox, &["src/a.py"]).findings();
    assert_ne!(two[0]["fingerprint"], two[1]["fingerprint"]);
    assert_eq!((&two[0]["column"], &two[1]["column"]), (&20.into(), &74.into()));
    let done = scan(&sandbox, &["--max-size", "10", "."]);
    assert_eq!((done.status, &done.receipt()["skipped"][0]["reason"]), (0, &"too-large".into()), "{done:?}");
}
