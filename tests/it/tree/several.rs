//! Several paths at once: each by the configuration that is nearest to it, each file once.

use super::{paths, scan};
use crate::support::{Sandbox, key, line};
use std::fs;

/// A configuration that allows these files.
fn allowing(glob: &str) -> String {
    format!("[[allow]]\npath = \"{glob}\"\nreason = \"made up\"\n")
}

fn tree() -> Sandbox {
    let sandbox = Sandbox::repository();
    for (n, path) in ["a/k.py", "b/k.py", "k.py"].iter().enumerate() {
        sandbox.write(path, line(&key(n as u64)));
    }
    sandbox.write("a/.leakbreak.toml", allowing("a/**"));
    sandbox
}

#[test]
fn each_by_the_nearest_configuration() {
    let sandbox = tree();
    for (args, found) in [
        (&["."][..], &["a/k.py", "b/k.py", "k.py"][..]),
        (&["a"], &[]),
        (&["a", "b"], &["b/k.py"]),
        (&["a/k.py", "b/k.py", "k.py"], &["b/k.py", "k.py"]),
        (&[".", "a"], &["b/k.py", "k.py"]),
        (&["a", "."], &["b/k.py", "k.py"]),
        (&["--no-config", "a", "b"], &["a/k.py", "b/k.py"]),
        (&["--config", "a/.leakbreak.toml", "a", "b"], &["b/k.py"]),
    ] {
        let done = scan(&sandbox, args);
        assert_eq!(paths(&done), found, "{args:?}: {done:?}");
        assert_eq!(done.status, i32::from(!found.is_empty()), "{args:?}");
        let asked: Vec<_> = done.receipt()["asked"].as_array().unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(asked.len(), args.iter().filter(|a| !a.starts_with("--") && !a.ends_with("toml")).count());
    }
    sandbox.write("b/.leakbreak.toml", allowing("b/**"));
    let done = scan(&sandbox, &["--show-suppressed", "a", "b"]);
    assert_eq!((done.status, paths(&done).len(), &done.receipt()["suppressed"]), (0, 2, &2.into()), "{done:?}");
    // The stricter of two decides for its own findings alone.
    sandbox.write("b/.leakbreak.toml", "[scan]\nmin-confidence = \"low\"\nexclude = [\"*.py\"]\n");
    let done = scan(&sandbox, &["a", "b", "k.py"]);
    assert_eq!((done.status, paths(&done)), (1, vec!["k.py".to_owned()]), "{done:?}");
    assert_eq!(done.receipt()["skipped"][0]["places"][0]["place"], "b/k.py");
    sandbox.write("b/.leakbreak.toml", "[scan\n");
    assert_eq!(scan(&sandbox, &["a", "b"]).status, 2);
    assert_eq!(scan(&sandbox, &["a", "k.py", "nowhere"]).status, 2, "a missing path beside others");
}

#[test]
fn paths_of_several_repositories_and_of_none() {
    let sandbox = tree();
    let other = sandbox.root().join("other");
    fs::create_dir_all(other.join("sub")).unwrap();
    fs::write(other.join("sub/k.py"), line(&key(7))).unwrap();
    fs::write(other.join("k.py"), line(&key(8))).unwrap();
    fs::write(other.join(".leakbreak.toml"), allowing("k.py")).unwrap();
    for repository in [false, true] {
        if repository {
            sandbox.git(["init", "-q", "../other"]);
        }
        let done = scan(&sandbox, &["a", "../other", "b"]);
        assert_eq!(paths(&done), ["b/k.py"], "{done:?}");
        assert!(done.receipt()["notes"].as_array().unwrap().is_empty(), "{done:?}");
        let once = scan(&sandbox, &["--no-config", "../other", "../other/sub", "../other/k.py"]);
        assert_eq!(paths(&once), ["../other/k.py", "../other/sub/k.py"], "{once:?}");
        // Fingerprints are those of the scan by itself.
        let alone = scan(&sandbox, &["--no-config", "../other"]).findings();
        let with = scan(&sandbox, &["--no-config", "k.py", "../other"]).findings();
        assert_eq!(alone[0]["fingerprint"], with[0]["fingerprint"]);
    }
    // One secret that is the name of another repository's file is shown nowhere.
    sandbox.write(format!("c/{}", key(8)), "x = 1\n\0");
    let done = scan(&sandbox, &["--no-config", "c", "../other"]);
    assert!(!format!("{done:?}").contains(&key(8)), "{done:?}");
}

/// A nested repository that is named is scanned by its own rules, and not passed by a second time.
#[test]
fn a_repository_in_a_repository() {
    let sandbox = tree();
    sandbox.git(["init", "-q", "n"]);
    sandbox.write("n/k.py", line(&key(5)));
    sandbox.write("n/.gitignore", "ignored\n");
    sandbox.write("n/ignored", line(&key(6)));
    let done = scan(&sandbox, &["b", "n", "."]);
    assert_eq!(paths(&done), ["a/k.py", "b/k.py", "k.py", "n/k.py"], "{done:?}");
    assert_eq!(done.receipt()["skipped"].as_array().unwrap().len(), 0, "{done:?}");
}
