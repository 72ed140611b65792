//! Entries that nobody of this program wrote so, and runs that are cut off.

use super::*;
use std::process::{Command, Stdio};

#[test]
fn a_clean_entry_in_the_place_of_a_true_one() {
    let (leaky, clean) = (history(), Sandbox::repository());
    clean.write("a", "nothing\n");
    clean.commit("Nothing");
    for sandbox in [&leaky, &clean] {
        sandbox.git(["gc", "-q"]);
        settle();
        expect_same(sandbox, &["--format", "json"], "as it is");
    }
    // Under the right name: another folder's entry, with its seal and without.
    let forged: Vec<Vec<u8>> = entries(&clean).iter().map(|path| std::fs::read(path).unwrap()).collect();
    for bytes in &forged {
        for path in entries(&leaky) {
            replace(&path, bytes);
        }
        assert_eq!(expect_same(&leaky, &["--format", "json"], "another one's").status, 1);
    }
    std::fs::copy(folder(&clean).join("seal"), folder(&leaky).join("seal")).unwrap();
    for bytes in &forged {
        for path in entries(&leaky) {
            replace(&path, bytes);
        }
        assert_eq!(expect_same(&leaky, &["--format", "json"], "another one's, and its seal").status, 1);
    }
}

#[test]
fn entries_of_the_same_folder_that_were_exchanged() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    settle();
    expect_same(&sandbox, &["--format", "json"], "as it is");
    expect_same(&sandbox, &["--format", "json", "--max-size", "20"], "with another limit");
    let all = entries(&sandbox);
    let contents: Vec<Vec<u8>> = all.iter().map(|path| std::fs::read(path).unwrap()).collect();
    for shift in 1..all.len() {
        for (at, path) in all.iter().enumerate() {
            replace(path, &contents[(at + shift) % all.len()]);
        }
        expect_same(&sandbox, &["--format", "json"], "exchanged");
    }
}

#[test]
fn entries_that_are_torn_changed_or_of_another_build() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    grow(&sandbox, 2);
    settle();
    expect_same(&sandbox, &["--format", "json"], "as it is");
    type Spoil = fn(&[u8]) -> Vec<u8>;
    let spoil: [Spoil; 6] = [
        |_| Vec::new(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| [bytes, b"more"].concat(),
        |bytes| bytes.iter().rev().copied().collect(),
        |bytes| [b"leakbreak cache 9.9.9+ffffffffffffffff\n", bytes].concat(),
        |bytes| bytes.iter().enumerate().map(|(at, byte)| byte ^ u8::from(at + 1 == bytes.len())).collect(),
    ];
    for spoil in spoil {
        for path in entries(&sandbox) {
            replace(&path, spoil(&std::fs::read(&path).unwrap()));
        }
        assert_eq!(expect_same(&sandbox, &["--format", "json"], "spoilt").status, 1);
    }
    for path in entries(&sandbox) {
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
    }
    expect_same(&sandbox, &["--format", "json"], "folders in their places");
}

#[test]
fn a_strangers_pack_with_the_end_of_a_known_one() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    let theirs = Sandbox::repository();
    theirs.write("a", "nothing\n");
    theirs.commit("Nothing");
    theirs.git(["gc", "-q"]);
    settle();
    // The stranger's is scanned first, with the checksum of the one that is known by then and by now.
    let (own, foreign) = (packs(&sandbox).remove(0), packs(&theirs).remove(0));
    let end = std::fs::read(&own).unwrap();
    let mut forged = std::fs::read(&foreign).unwrap();
    let at = forged.len() - 20;
    forged[at..].copy_from_slice(&end[end.len() - 20..]);
    replace(&foreign, forged);
    let scan_theirs = || {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        run(command.args(["scan", "--history"]).arg(theirs.path()), b"")
    };
    scan_theirs();
    assert_eq!(expect_same(&sandbox, &["--format", "json"], "after the stranger's").status, 1);
    assert_ne!(scan_theirs().status, 1);
    assert_eq!(expect_same(&sandbox, &["--format", "json"], "again").status, 1);
}

#[test]
fn many_at_once() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    grow(&sandbox, 2);
    let plain = scan(&sandbox, &["--format", "json", "--no-cache"]);
    let start = || {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        command.args(["scan", "--history", "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    for _ in 0..3 {
        let all: Vec<_> = (0..6).map(|_| start()).collect();
        for child in all {
            let output = child.wait_with_output().unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stdout), plain.stdout);
        }
    }
    assert_eq!(left_over(&sandbox), 0);
}

/// Files that were begun.
fn left_over(sandbox: &Sandbox) -> usize {
    let names = std::fs::read_dir(folder(sandbox)).into_iter().flatten().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with("new-")).count()
}

#[test]
fn killed_at_any_time() {
    let sandbox = history();
    for round in 2..8 {
        grow(&sandbox, round);
    }
    for wait in (0..60).step_by(4) {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        let mut child =
            command.args(["scan", "--history"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().unwrap();
    }
    expect_same(&sandbox, &["--format", "json"], "after all that");
}

#[cfg(target_os = "linux")]
#[test]
fn no_room_for_a_file() {
    let sandbox = history();
    sandbox.git(["gc", "-q"]);
    let plain = scan(&sandbox, &["--format", "json", "--no-cache"]);
    // In blocks of 512 or 1024 bytes: the seal fits, an entry may not.
    for blocks in ["0", "1"] {
        let mut shell = limited(&sandbox, &format!("ulimit -f {blocks}"));
        let cached = run(&mut shell, b"");
        assert_eq!((cached.status, cached.stderr), (plain.status, plain.stderr.clone()), "{blocks}");
    }
    expect_same(&sandbox, &["--format", "json"], "with room again");
}

/// A scan under a shell's limit. Its report goes to a pipe.
#[cfg(target_os = "linux")]
fn limited(sandbox: &Sandbox, limit: &str) -> Command {
    let mut shell = sandbox.command("sh");
    let scan = format!("{limit}; exec \"$0\" scan --history --format json --no-progress");
    shell.args(["-c", &scan, env!("CARGO_BIN_EXE_leakbreak")]);
    shell
}
