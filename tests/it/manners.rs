//! Status and manners: what a run ends with, where it speaks, what it leaves behind.

use crate::support::{Run, Sandbox, key, leaky, line, run};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const FORMATS: [&str; 5] = ["human", "json", "jsonl", "sarif", "github"];

fn clean() -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("a.txt", "nothing\n");
    sandbox.commit("Start");
    sandbox
}

/// Each source, as arguments.
const SOURCES: [&[&str]; 5] = [&["."], &["--staged"], &["--history"], &["--range", "HEAD"], &["-"]];

fn scan(sandbox: &Sandbox, args: &[&str], stdin: &str) -> Run {
    sandbox.leakbreak_with(["scan"].iter().chain(args), stdin.as_bytes())
}

#[test]
fn zero_and_one_for_each_source_in_each_format() {
    let (leaky, clean) = (leaky(), clean());
    for source in SOURCES {
        for format in FORMATS {
            let args = [&["--format", format], source].concat();
            let found = scan(&leaky, &args, &line(&key(3)));
            assert_eq!(found.status, 1, "{args:?}: {found:?}");
            for secret in [key(1), key(2), key(3)] {
                assert!(!format!("{found:?}").contains(&secret), "{args:?}");
            }
            let none = scan(&clean, &args, "nothing\n");
            assert_eq!(none.status, 0, "{args:?}: {none:?}");
            let forgiven = scan(&leaky, &[&["--exit-zero"], &args[..]].concat(), &line(&key(3)));
            assert_eq!(forgiven.status, 0, "{args:?}");
        }
    }
}

#[test]
fn usage_errors_are_2_name_the_option_and_leave_standard_output_empty() {
    let sandbox = clean();
    for (args, words) in [
        (&["scan", "--formt", "json"][..], &["--formt", "--format"][..]),
        (&["scan", "--zzzzzzzz"], &["--zzzzzzzz", "nearest"]),
        (&["scan", "--format", "xml"], &["--format", "jsonl"]),
        (&["scan", "--max-size", "4X"], &["--max-size", "64M"]),
        (&["scan", "--threads", "many"], &["--threads"]),
        (&["scan", "--min-confidence", "hihg"], &["--min-confidence", "high"]),
        (&["scan", "--fail-on", "critcal"], &["--fail-on", "critical"]),
        (&["scan", "--select", "mistral-api-kye"], &["mistral-api-kye", "mistral-api-key"]),
        (&["scan", "--ignore", "genric-password"], &["generic-password"]),
        (&["scan", "--staged", "--history"], &["--staged", "--history"]),
        (&["scan", "--staged", "--range", "A..B"], &["--staged", "--range"]),
        (&["scan", "--history", ".", "."], &["one repository"]),
        (&["scan", "-", "."], &["standard input"]),
        (&["scan", "--history", "-"], &["standard input"]),
        (&["scan", "--range", "nowhere..HEAD"], &["nowhere", "fetch-depth"]),
        (&["scan", "--since", "whenever"], &["--since"]),
        (&["scan", "--include", "a[", "."], &["--include"]),
        (&["scan", "gone"], &["gone"]),
        (&["scan", "a.txt", "gone"], &["gone"]),
        (&["scan", "--history", "gone"], &["gone"]),
        (&["scan", "--rules", "gone"], &["gone"]),
        (&["scan", "--config", "gone"], &["gone"]),
        (&["scan", "--baseline", "gone"], &["gone"]),
        (&["scan", "--output", "no/such/folder/x"], &["no/such/folder/x"]),
        (&["scan", "--output", "."], &["folder"]),
        (&["scna"], &["scna", "scan"]),
        (&["rules", "show", "mistral-api-kye"], &["mistral-api-key"]),
        (&["rules", "show", "mistral"], &["mistral-api-key"]),
        (&["scan", "--threads", "-1"], &["--threads"]),
        (&["scan", "--max-size", "-1"], &["--max-size"]),
        (&["scan", "--output", "new-folder/"], &["new-folder/"]),
        (&["baseline", "create", "--reason", " "], &["--reason"]),
        (&["baseline", "create", "--reason", "x", "--expires", "2026-13-01"], &["--expires"]),
        (&["explain", "a.txt:9"], &["no line 9"]),
        (&["explain", "gone:1"], &["gone"]),
        (&["explain", "a.txt"], &["FILE:LINE"]),
        (&["explain", "0123456789abcdef0123456789abcdef"], &["fingerprint"]),
        (&["man", "scn"], &["scan"]),
        (&["completions", "bsh"], &["bash"]),
    ] {
        let done = sandbox.leakbreak(args);
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{args:?}: {done:?}");
        assert!(done.stderr.starts_with("leakbreak: error: "), "{args:?}: {done:?}");
        for word in words {
            assert!(done.stderr.contains(word), "{args:?}: no {word}: {done:?}");
        }
    }
}

#[test]
fn outside_a_repository_and_for_what_is_not_there_it_is_2_in_each_format() {
    let folder = Sandbox::new();
    for format in FORMATS {
        for source in [&["--staged"][..], &["--history"], &["--range", "A..B"], &["gone"], &["--history", "gone"]] {
            let done = scan(&folder, &[&["--format", format], source].concat(), "");
            assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{source:?}: {done:?}");
        }
    }
}

#[test]
fn a_secret_in_a_broken_file_of_settings_is_not_repeated() {
    let sandbox = clean();
    let secret = key(7);
    for (name, text) in [
        (".leakbreak.toml", format!("[scan]\nmax-size = {secret}\n")),
        (".leakbreak.toml", format!("{secret} = 1\n")),
        (".leakbreak.toml", format!("[[allow]]\nvalue = \"(({secret}\"\nreason = \"r\"\n")),
        (".leakbreak-baseline", format!("{secret}\n")),
        ("rules/x.toml", format!("provider = \"X\"\n[[rule]]\nid = {secret}\n")),
        (
            "rules/x.toml",
            format!("provider = \"X\"\n[[rule]]\nid = \"x-key\"\ntitle = \"X\"\npattern = \"(({secret}\"\n"),
        ),
    ] {
        sandbox.write(name, text);
        let mut args = vec!["--verbose"];
        if name.starts_with("rules") {
            args.extend(["--rules", "rules"]);
        }
        let done = scan(&sandbox, &args, "");
        assert_eq!((done.status, done.stdout.as_str()), (2, ""), "{name}: {done:?}");
        assert!(done.stderr.contains(name) && !done.stderr.contains(&secret), "{name}: {done:?}");
        let hook = sandbox.leakbreak(["hook", "run", "pre-commit"]);
        assert!(!format!("{hook:?}").contains(&secret), "{name}: {hook:?}");
        fs::remove_file(sandbox.path().join(name)).unwrap();
    }
}

#[test]
fn three_where_something_could_not_be_read() {
    let sandbox = clean();
    let id = sandbox.git(["rev-parse", "HEAD:a.txt"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    for format in FORMATS {
        let done = scan(&sandbox, &["--history", "--format", format], "");
        assert_eq!(done.status, 3, "{done:?}");
        // The annotations of a CI run have a line for all of it.
        assert!(format == "github" || done.stdout.contains(&id), "{format}: {done:?}");
        assert_eq!(scan(&sandbox, &["--history", "--exit-zero", "--format", format], "").status, 0);
    }
    // The same of the index, and of a stream that can't be read.
    sandbox.write("b.txt", "more\n");
    sandbox.git(["add", "b.txt"]);
    let other = sandbox.git(["rev-parse", ":b.txt"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&other[..2]).join(&other[2..])).unwrap();
    for format in FORMATS {
        let staged = scan(&sandbox, &["--staged", "--format", format], "");
        assert_eq!(staged.status, 3, "{staged:?}");
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        command.args(["scan", "--format", format, "-"]).stdin(fs::File::open(sandbox.path()).unwrap());
        assert_eq!(command.output().unwrap().status.code(), Some(3), "{format}");
    }
    // With --quiet, too.
    let quiet = scan(&sandbox, &["--history", "--quiet"], "");
    assert!(quiet.status == 3 && quiet.stdout.contains(&id), "{quiet:?}");
}

#[test]
fn nothing_at_all_is_3_unless_allowed() {
    let folder = Sandbox::new();
    assert_eq!(scan(&folder, &["."], "").status, 3);
    assert_eq!(scan(&folder, &["--allow-empty", "."], "").status, 0);
    let repository = Sandbox::repository();
    assert_eq!(scan(&repository, &["--history"], "").status, 3);
    assert_eq!(scan(&repository, &["--history", "--allow-empty"], "").status, 0);
    assert_eq!(scan(&repository, &["--staged"], "").status, 0);
    assert_eq!(scan(&repository, &["-"], "").status, 0);
    assert_eq!(scan(&clean(), &["--range", "HEAD..HEAD"], "").status, 0);
}

#[test]
fn strict_counts_policy_skips() {
    let sandbox = clean();
    sandbox.write("image.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    assert_eq!(scan(&sandbox, &["."], "").status, 0);
    assert_eq!(scan(&sandbox, &["--strict", "."], "").status, 3);
}

#[test]
fn which_findings_count() {
    let sandbox = leaky();
    let of = |args: &[&str]| scan(&sandbox, args, "").status;
    assert_eq!(of(&["--select", "mistral-api-key"]), 1);
    assert_eq!(of(&["--select", "Mistral AI,generic-password"]), 1);
    assert_eq!(of(&["--select", "private-key"]), 0);
    assert_eq!(of(&["--ignore", "MISTRAL-API-KEY", "--ignore", "generic"]), 0);
    assert_eq!(of(&["--min-confidence", "high"]), 1);
    // A Mistral key is critical; a finding below --fail-on is shown and leaves the status alone.
    assert_eq!(of(&["--fail-on", "critical", "--select", "mistral-api-key"]), 1);
    let password = scan(&sandbox, &["--fail-on", "critical", "-"], "db_password = \"Xq7!vR2#mT9@kL\"\n");
    assert!(password.status == 0 && password.stdout.contains("generic-password"), "{password:?}");
}

#[test]
fn the_receipt_stands_on_standard_error_beside_machine_formats() {
    let sandbox = clean();
    for format in &FORMATS[1..] {
        let done = scan(&sandbox, &["--format", format, "."], "");
        assert!(done.stderr.starts_with("leakbreak: ") && done.stderr.lines().count() == 1, "{done:?}");
        assert_eq!(scan(&sandbox, &["--format", format, "--quiet", "."], "").stderr, "");
    }
    assert_eq!(scan(&sandbox, &["."], "").stderr, "");
    let quiet = scan(&sandbox, &["--quiet", "."], "");
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    let timed = scan(&sandbox, &["--timings", "."], "");
    assert!(timed.stderr.contains("timings:") && !timed.stdout.contains(" ms"), "{timed:?}");
}

#[test]
fn output_is_written_as_a_whole() {
    let sandbox = leaky();
    let path = sandbox.path().join("report.json");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let args = ["--format", "json", "--output", "report.json", "old.py"];
    let done = scan(&sandbox, &args, "");
    assert_eq!((done.status, done.stdout.as_str()), (1, ""), "{done:?}");
    assert!(done.stderr.starts_with("leakbreak: 1 finding"), "{done:?}");
    let plain = scan(&sandbox, &["--format", "json", "old.py"], "");
    assert_eq!(fs::read_to_string(&path).unwrap(), plain.stdout);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    let names: Vec<_> = fs::read_dir(sandbox.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "{names:?}");

    // A link stays one; a device is written as it comes; `-` is standard output.
    std::os::unix::fs::symlink("report.json", sandbox.path().join("link")).unwrap();
    assert_eq!(scan(&sandbox, &["--format", "json", "--output", "link", "old.py"], "").status, 1);
    assert!(sandbox.path().join("link").is_symlink());
    let device = scan(&sandbox, &["--format", "json", "--output", "/dev/stdout", "old.py"], "");
    assert_eq!(device.stdout, plain.stdout);
    assert_eq!(scan(&sandbox, &["--format", "json", "--output", "-", "old.py"], "").stdout, plain.stdout);
}

#[test]
fn a_full_disk_is_2() {
    let sandbox = leaky();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    let output = command.args(["scan", "old.py"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write the report"), "{output:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let sandbox = leaky();
    // More than a pipe holds.
    let many: String = (0..3000).map(|n| line(&key(100 + n))).collect();
    sandbox.write("many.py", many);
    for format in FORMATS {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        command.args(["scan", "--format", format, "many.py"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{format}: {said}");
        assert!(!said.contains("error") && !said.contains("panic"), "{format}: {said}");
    }
    for command in [&["rules", "list"][..], &["man", "scan"], &["completions", "bash"], &["--help"]] {
        let mut child = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        let mut child = child.args(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{command:?}: {output:?}");
    }
}

/// Starts a scan whose standard input stays open.
fn waiting(sandbox: &Sandbox, args: &[&str]) -> Child {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn a_signal_ends_it_at_once_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    for signal in ["-INT", "-TERM"] {
        for args in [&["scan", "-"][..], &["scan", "--output", "report", "-"]] {
            let mut child = waiting(&sandbox, args);
            let mut pipe = child.stdin.take().unwrap();
            pipe.write_all(line(&key(1)).as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(500));
            assert!(child.try_wait().unwrap().is_none(), "it waits for more");
            let start = Instant::now();
            let kill = run(sandbox.command("kill").args([signal, &child.id().to_string()]), b"");
            assert_eq!(kill.status, 0);
            let status = child.wait().unwrap();
            let took = start.elapsed();
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            assert_eq!(status.code(), Some(130), "{said}");
            // A fifth of a second is what is promised; a busy machine may take its time to tell.
            assert!(took < Duration::from_secs(1), "{took:?}");
            assert!(said.contains("cut off") && !said.contains(&key(1)), "{said}");
            assert_eq!(fs::read_dir(sandbox.path()).unwrap().count(), 0);
        }
    }
}

#[test]
fn colours_only_where_they_are_asked_for() {
    let sandbox = leaky();
    let colored = |args: &[&str], no_color: bool| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        if no_color {
            command.env("NO_COLOR", "1");
        }
        run(command.args(["scan", "old.py"]).args(args), b"").stdout.contains('\u{1b}')
    };
    assert!(!colored(&[], false) && !colored(&["--color", "never"], false) && !colored(&["--color", "auto"], false));
    assert!(colored(&["--color", "always"], false) && colored(&["--color", "always"], true));
    // On a terminal, unless NO_COLOR is set; `script` gives one.
    let on_terminal = |no_color: bool| {
        let line = format!("{} scan old.py", env!("CARGO_BIN_EXE_leakbreak"));
        let mut command = sandbox.command("script");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        run(command.env("TERM", "xterm").args(["-qec", &line, "/dev/null"]), b"").stdout
    };
    if sandbox.command("script").arg("--version").output().is_ok() {
        assert!(on_terminal(false).contains("\u{1b}[1"), "{:?}", on_terminal(false));
        assert!(!on_terminal(true).contains("\u{1b}[1"));
    }
}

#[test]
fn threads_change_nothing() {
    let sandbox = leaky();
    for n in 0..40 {
        sandbox.write(format!("many/{n}.py"), line(&key(n)));
    }
    let with = |n: &str| scan(&sandbox, &["--threads", n, "--format", "json", "."], "").stdout;
    assert_eq!(with("1"), with("4"));
    assert_eq!(with("1"), with("0"));
}

/// A program without a network refuses to ask, in words that say why.
#[cfg(not(feature = "verify"))]
#[test]
fn without_its_feature_verify_is_refused() {
    let done = Sandbox::repository().leakbreak(["scan", "--verify"]);
    assert!(done.status == 2 && done.stderr.contains("built without the feature `verify`"), "{done:?}");
}
