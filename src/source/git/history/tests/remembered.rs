//! One memory for all states of a repository: each is told as without one, whatever was there before.

use super::*;
use std::fs;

/// A repository, and a memory of its states.
struct Watched {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
}

impl Watched {
    fn new() -> Watched {
        Watched { sandbox: Sandbox::new(), folder: tempfile::tempdir().unwrap() }
    }

    /// Scans with the memory, twice, and without.
    fn scan(&self, when: &str) -> Recorder {
        let repository = self.sandbox.open();
        let plain = Options { max_size: 5000, ..Options::default() };
        let (remembering, plain) =
            (Options { memory: Some(memory(self.folder.path())), ..plain.clone() }, run(&repository, &plain));
        for _ in 0..2 {
            assert_same(&plain, &run(&repository, &remembering), when);
        }
        plain
    }

    fn packs(&self) -> Vec<std::path::PathBuf> {
        let all = fs::read_dir(self.sandbox.root.join(".git/objects/pack")).unwrap().map(|e| e.unwrap().path());
        all.filter(|path| path.extension().is_some_and(|end| end == "pack")).collect()
    }
}

/// Some commits: contents, folders, names, a tag, a submodule, something binary, large, elsewhere.
fn fill(s: &Sandbox, round: usize) {
    for n in 0..4 {
        s.write(&format!("dir{n}/file"), format!("line {round}\nmore {n}\n").repeat(30));
        s.write(&format!("dir{n}/SECRET-name-{round}"), "x\n");
        s.commit_at(&format!("Round {round}.{n}"), 1_600_000_000 + round as i64);
    }
    s.write("binary", [&b"SECRET\0"[..], &[round as u8; 300]].concat());
    s.write("large", "large\n".repeat(1000 + round));
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:";
    s.write("pointer", format!("{pointer}{}\nsize {round}\n", "0123456789abcdef".repeat(4)));
    s.commit_at(&format!("A SECRET-message {round}"), 1_600_000_000);
    s.git(&["tag", "-a", &format!("v{round}"), "-m", &format!("SECRET-tag {round}")]);
    s.commit("b/file", &format!("SECRET-kept {round}\n"));
    s.commit("b/file", "gone\n");
}

#[test]
fn commits_packs_and_what_hangs_loose() {
    let w = Watched::new();
    let s = &w.sandbox;
    w.scan("empty");
    fill(s, 1);
    w.scan("loose");
    fill(s, 2);
    w.scan("more of them");
    s.git(&["repack", "-q", "-d"]);
    w.scan("a pack");
    fill(s, 3);
    assert!(!w.scan("a pack and loose ones").one("SECRET-kept 3").in_head);
    s.git(&["repack", "-q", "-d"]);
    w.scan("two packs");
    s.git(&["repack", "-q"]);
    s.git(&["repack", "-q", "-a"]);
    w.scan("packs that hold the same");
    s.git(&["reset", "-q", "--hard", "HEAD~5"]);
    w.scan("a branch that went back");
    s.git(&["tag", "-d", "v3"]);
    s.git(&["reflog", "expire", "--expire=all", "--expire-unreachable=all", "--all"]);
    assert_eq!(w.scan("unreachable").one("SECRET-kept 3").reach, Reach::Unreachable);
    s.git(&["repack", "-q", "-a", "-d", "-A"]);
    w.scan("what hangs loose is loose again");
    s.git(&["gc", "-q", "--prune=now"]);
    let r = w.scan("gone");
    assert!(r.records().iter().all(|r| r.text.as_ref().is_none_or(|text| !text.contains("SECRET-kept 3"))));
}

#[test]
fn a_pack_by_another_pack() {
    let w = Watched::new();
    let s = &w.sandbox;
    fill(s, 1);
    s.git(&["repack", "-q", "-a", "-d"]);
    let first = w.packs();
    w.scan("one");
    let kept: Vec<_> = first.iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    fill(s, 2);
    s.git(&["repack", "-q", "-a"]);
    w.scan("all of one in the other");
    for (path, _) in &kept {
        fs::remove_file(path).unwrap();
        fs::remove_file(path.with_extension("idx")).unwrap();
    }
    w.scan("the second alone, of which half was known by the first");
    for (path, bytes) in &kept {
        fs::write(path, bytes).unwrap();
        s.git(&["index-pack", path.to_str().unwrap()]);
    }
    w.scan("the first again");
    let second: Vec<_> = w.packs().into_iter().filter(|path| !first.contains(path)).collect();
    for path in second {
        fs::remove_file(path.with_extension("idx")).unwrap();
        fs::remove_file(path).unwrap();
    }
    assert!(!w.scan("the first alone: much is missing").skips().is_empty());
}

#[test]
fn damage_is_told_though_the_pack_was_known() {
    let w = Watched::new();
    let s = &w.sandbox;
    fill(s, 1);
    s.git(&["repack", "-q", "-a", "-d"]);
    assert_eq!(w.scan("whole").failures(), 0);
    let pack = w.packs().remove(0);
    let whole = fs::read(&pack).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle..middle + 40].iter_mut().for_each(|byte| *byte ^= 0x5a);
    fs::remove_file(&pack).unwrap();
    fs::write(&pack, changed).unwrap();
    assert!(w.scan("damaged, its end as it was").failures() > 0);
    fs::write(&pack, whole).unwrap();
    assert_eq!(w.scan("whole again").failures(), 0);
    let index = pack.with_extension("idx");
    let mut changed = fs::read(&index).unwrap();
    let at = changed.len() - 60;
    changed[at] ^= 1;
    fs::remove_file(&index).unwrap();
    fs::write(&index, changed).unwrap();
    w.scan("a damaged index");
    fs::remove_file(&index).unwrap();
    w.scan("no index");
}

#[test]
fn loose_objects_that_go_or_are_damaged() {
    let w = Watched::new();
    let s = &w.sandbox;
    fill(s, 1);
    let (blob, tree) = (s.id("HEAD~1:b/file"), s.id("HEAD:dir1"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(w.scan("whole").failures(), 0);
    let whole = fs::read(s.loose(&blob)).unwrap();
    fs::remove_file(s.loose(&blob)).unwrap();
    fs::write(s.loose(&blob), b"damaged").unwrap();
    assert!(w.scan("damaged").skips().contains(&format!("corrupt {blob}")));
    fs::write(s.loose(&blob), whole).unwrap();
    assert_eq!(w.scan("whole again").failures(), 0);
    fs::remove_file(s.loose(&tree)).unwrap();
    assert!(w.scan("gone").skips().contains(&format!("missing {tree}")));
}

#[test]
fn rules_and_limits_are_told_apart() {
    let w = Watched::new();
    fill(&w.sandbox, 1);
    w.sandbox.git(&["repack", "-q", "-a", "-d"]);
    w.scan("first");
    let repository = w.sandbox.open();
    for max_size in [0, 10, 1 << 20] {
        let plain = Options { max_size, ..Options::default() };
        let remembering = Options { memory: Some(memory(w.folder.path())), ..plain.clone() };
        assert_same(&run(&repository, &plain), &run(&repository, &remembering), "another limit");
    }
}
