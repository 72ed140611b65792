//! Repositories that mean harm, and large ones: nothing is run, nothing is escaped from, nothing takes forever.

use super::{check, expect, git_with, leakbreak, scan};
use crate::support::{Sandbox, key, line, run};
use std::time::{Duration, Instant};

#[test]
fn nothing_that_the_configuration_names_is_run() {
    let s = Sandbox::repository();
    let k = key(1);
    s.write("a.py", line(&k));
    s.write(".gitattributes", "* filter=m diff=m merge=m\n");
    s.commit("in");
    s.write("b.py", "x\n");
    s.commit("second");
    let marker = s.root().join("marker");
    let program = s.root().join("program");
    std::fs::write(&program, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\nexit 0\n", marker.display())).unwrap();
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let at = program.to_str().unwrap();
    let hooks = s.path().join(".git/hooks");
    let _ = std::fs::remove_dir_all(&hooks);
    std::fs::create_dir(&hooks).unwrap();
    for hook in ["post-checkout", "pre-commit", "fsmonitor-watchman", "post-index-change", "reference-transaction"] {
        std::fs::copy(&program, hooks.join(hook)).unwrap();
    }
    let config = format!(
        "[core]\n\trepositoryformatversion = 1\n\tfsmonitor = {at}\n\tsshCommand = {at}\n\tpager = {at}\n\teditor = {at}\n\
         \taskPass = {at}\n\thooksPath = {}\n\tgitProxy = {at}\n\talternateRefsCommand = {at}\n\tworktree = /\n\
         [alias]\n\tlog = !{at}\n\tshow = !{at}\n\tcat-file = !{at}\n[diff]\n\texternal = {at}\n\
         [diff \"m\"]\n\tcommand = {at}\n\ttextconv = {at}\n[filter \"m\"]\n\tclean = {at}\n\tsmudge = {at}\n\tprocess = {at}\n\trequired = true\n\
         [gpg]\n\tprogram = {at}\n[credential]\n\thelper = {at}\n[remote \"origin\"]\n\turl = ext::{at}\n\tpromisor = true\n\
         \tpartialclonefilter = blob:none\n\tuploadpack = {at}\n\tvcs = {at}\n[extensions]\n\tpartialClone = origin\n[include]\n\tpath = {at}\n\
         [uploadpack]\n\tpackObjectsHook = {at}\n[pager]\n\tlog = {at}\n[interactive]\n\tdiffFilter = {at}\n[sequence]\n\teditor = {at}\n",
        hooks.display()
    );
    s.write(".git/config", config);
    for args in [
        &["--history"][..],
        &["--history", "--unreachable"],
        &["--range", "HEAD~1..HEAD"],
        &["--since", "2000-01-01"],
        &["--staged"],
        &["--no-ignore"],
    ] {
        let r = s.leakbreak([&["scan", "--format", "jsonl"], args].concat());
        assert!(!marker.exists(), "{args:?}: {}", std::fs::read_to_string(&marker).unwrap());
        assert!(r.status != 130 && r.status >= 0, "{args:?}: {r:?}");
    }
    let r = scan(&s, [""; 0]);
    assert_eq!(super::one(&r, &k)["path"], "a.py");
}

#[test]
fn escapes_of_names_and_messages_do_not_arrive() {
    let s = Sandbox::repository();
    let k = key(10);
    let evil = "\u{1b}]0;owned\u{7}\u{202e}\u{200b}::error::x";
    s.write(format!("{evil}.py"), format!("# {evil}\n{} # {evil}\n", line(&k).trim_end()));
    s.commit(&format!("{evil}\n\n::warning::injected\r\n::set-output name=a::b {evil}"));
    let head = s.git(["rev-parse", "HEAD"]);
    std::fs::write(s.path().join(".git/refs/heads/x\u{202e}y"), format!("{head}\n")).unwrap();
    for format in ["human", "github", "json", "jsonl", "sarif"] {
        for color in ["never", "always"] {
            let r = s.leakbreak(["scan", "--history", "--format", format, "--verbose", "--color", color]);
            assert_eq!(r.status, 1, "{r:?}");
            for text in [&r.stdout, &r.stderr] {
                for bad in ["\u{1b}]", "\u{202e}", "\u{200b}", "\u{7}", "\r"] {
                    assert!(!text.contains(bad), "{format} {bad:?}: {text}");
                }
                for line in text.lines().filter(|l| l.trim_start().starts_with("::")) {
                    assert!(
                        format == "github" && !line.starts_with("::set-output") && !line.contains("::error::x"),
                        "{line}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_bomb_is_skipped_in_bounded_memory() {
    let s = Sandbox::repository();
    let k = key(20);
    s.write("a.py", line(&k));
    let big = s.path().join("big.txt");
    std::fs::File::create(&big).unwrap().set_len(300 << 20).unwrap();
    s.commit("in");
    for packed in [false, true] {
        if packed {
            s.git(["-c", "core.bigFileThreshold=1", "repack", "-q", "-ad"]);
        }
        let mut limited = s.command("sh");
        let program = env!("CARGO_BIN_EXE_leakbreak");
        limited.args([
            "-c",
            &format!("ulimit -v 1500000; exec '{program}' scan --history --format jsonl --reveal --threads 2"),
        ]);
        let r = run(&mut limited, b"");
        check(&r, 1, &[&k]);
        assert_eq!(super::skipped(&r, "too-large"), ["big.txt"]);
        assert_eq!(r.receipt()["complete"], true);
    }
}

#[test]
fn two_thousand_commits_of_one_large_file_stay_quick() {
    let s = Sandbox::repository();
    let k = key(30);
    // fast-import writes them far faster than 2,000 commits would.
    let body: String =
        (0..4000).map(|n| format!("    \"package-{n}\": \"{}.{}.{}\",\n", n % 9, n % 13, n % 7)).collect();
    let mut stream = Vec::new();
    for n in 0..2000 {
        let at = (n * 37) % 4000;
        let mut text = body.replacen(&format!("\"package-{at}\": \""), &format!("\"package-{at}\": \"{n}-"), 1);
        if n == 1234 {
            text.push_str(&line(&k));
        }
        let head = format!(
            "commit refs/heads/main\ncommitter D <d@e.org> {} +0000\ndata 1\nc\nM 100644 inline lock.json\ndata {}\n",
            1_600_000_000 + n,
            text.len()
        );
        stream.extend_from_slice(head.as_bytes());
        stream.extend_from_slice(text.as_bytes());
        stream.push(b'\n');
    }
    git_with(&s, ["-c", "fastimport.unpackLimit=0", "-c", "pack.window=2", "fast-import", "--quiet"], &stream);
    let start = Instant::now();
    let r = expect(&s, &[], 1, &[&k]);
    let took = start.elapsed();
    assert_eq!(r.receipt()["read"]["commits"], 2000);
    assert!(took < Duration::from_secs(60), "{took:?}");
    let start = Instant::now();
    expect(&s, &["--range", "main~100..main"], 0, &[]);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn references_do_not_lead_out() {
    let s = Sandbox::repository();
    let (k, outside) = (key(40), key(41));
    s.write("a.py", line(&k));
    s.commit("in");
    std::fs::write(s.root().join("secret"), line(&outside)).unwrap();
    s.write(".git/refs/heads/odd", "ref: ../../../secret\n");
    s.write(".git/refs/heads/up", "ref: refs/heads/../../../../secret\n");
    std::os::unix::fs::symlink(s.root().join("secret"), s.path().join(".git/refs/heads/link")).unwrap();
    let _ = std::fs::remove_dir_all(s.path().join(".git/logs"));
    std::os::unix::fs::symlink(s.root(), s.path().join(".git/logs")).unwrap();
    let r = scan(&s, [""; 0]);
    check(&r, 1, &[&k]);
    assert!(!r.stdout.contains(&outside) && !r.stderr.contains(&outside), "{r:?}");
}

#[test]
fn packs_may_be_replaced_between_runs_and_while_it_runs() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (50..60).map(key).collect();
    for (n, k) in keys.iter().enumerate() {
        s.write("a.py", format!("{}{}", "x = 1\n".repeat(100), line(k)));
        s.commit(&format!("c{n}"));
    }
    let wanted: Vec<&String> = keys.iter().collect();
    let mut children = Vec::new();
    for n in 0..12 {
        let mut command = leakbreak(&s);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        children.push(command.spawn().unwrap());
        s.git(["repack", "-q", if n % 2 == 0 { "-adf" } else { "-adF" }, &format!("--depth={n}")]);
        s.git(["prune-packed"]);
    }
    for child in children {
        let done = child.wait_with_output().unwrap();
        let r = crate::support::Run {
            status: done.status.code().unwrap(),
            stdout: String::from_utf8_lossy(&done.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&done.stderr).into_owned(),
        };
        assert_eq!(r.receipt()["complete"], true, "{}", r.receipt());
        check(&r, 1, &wanted);
    }
    expect(&s, &[], 1, &wanted);
    s.git(["update-ref", "-d", "refs/heads/main"]);
    let _ = std::fs::remove_dir_all(s.path().join(".git/logs"));
    assert_eq!(scan(&s, [""; 0]).receipt()["unreachable_findings"], 10);
}
