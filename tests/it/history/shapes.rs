//! However the objects are kept, the answer is the same: loose, packed, borrowed, bare, SHA-256.

use super::{check, expect, leakbreak, only, scan, token};
use crate::support::{Run, Sandbox, key, line, run};

/// A history with deltas, merges, tags and notes; its keys.
fn varied() -> (Sandbox, Vec<String>) {
    let s = Sandbox::repository();
    let mut keys = Vec::new();
    let filler: String = (0..400).map(|n| format!("value_{n} = compute({n}, {})\n", n * 7)).collect();
    for n in 0..40_u64 {
        let mut text = filler.clone();
        if n % 4 == 0 {
            keys.push(key(1000 + n));
            text.insert_str(filler.len() / 2 / 27 * 27, "\n");
            text = text.replacen("value_200 ", &format!("{}value_200 ", line(keys.last().unwrap())), 1);
        }
        s.write("big.py", text.replace(&format!("value_{n} "), &format!("changed_{n} ")));
        s.write(format!("dir{}/f{n}.txt", n % 5), format!("file {n}\n"));
        s.commit(&format!("commit {n}"));
    }
    s.git(["tag", "-a", "-m", &format!("see {}", token(1)), "v1"]);
    s.git(["notes", "add", "-m", &format!("see {}", token(2))]);
    keys.extend([token(1), token(2)]);
    (s, keys)
}

/// The findings alone, as written.
fn lines(run: &Run) -> Vec<String> {
    run.stdout.lines().filter(|l| l.contains("\"type\":\"finding\"")).map(str::to_owned).collect()
}

#[test]
fn loose_packed_cloned_and_any_threads() {
    let (s, keys) = varied();
    let wanted: Vec<&String> = keys.iter().collect();
    let loose = expect(&s, &[], 1, &wanted);
    for threads in ["1", "2", "7"] {
        assert_eq!(scan(&s, ["--threads", threads]).stdout, loose.stdout, "{threads} threads");
    }
    s.git(["-c", "pack.depth=50", "repack", "-q", "-adf"]);
    s.git(["prune-packed"]);
    s.git(["pack-refs", "--all"]);
    let packed = scan(&s, ["--threads", "1"]);
    assert_eq!(lines(&packed), lines(&loose));
    for threads in ["2", "7"] {
        assert_eq!(scan(&s, ["--threads", threads]).stdout, packed.stdout, "{threads} threads");
    }
    s.git(["clone", "-q", "--mirror", "--no-local", ".", "../clone.git"]);
    assert_eq!(lines(&scan(&s, ["../clone.git"])), lines(&loose));
    s.git(["clone", "-q", "--shared", "--mirror", ".", "../shared.git"]);
    assert_eq!(lines(&scan(&s, ["../shared.git"])), lines(&loose));
    // An output file is the same too.
    for format in ["human", "json", "sarif"] {
        let one = s.leakbreak(["scan", "--history", "--threads", "1", "--format", format]);
        let two = s.leakbreak(["scan", "--history", "--threads", "4", "--format", format]);
        assert_eq!(one.stdout, two.stdout, "{format}");
    }
}

#[test]
fn several_packs_multi_pack_index_cruft_and_bitmaps() {
    let (s, keys) = varied();
    let loose = scan(&s, [""; 0]);
    for range in ["HEAD~30", "HEAD~15", "HEAD"] {
        let mut pack = s.command("git");
        pack.args(["pack-objects", "-q", "--revs", ".git/objects/pack/pack"]);
        let done = run(&mut pack, range.as_bytes());
        assert_eq!(done.status, 0, "{done:?}");
    }
    s.git(["prune-packed"]);
    assert_eq!(lines(&scan(&s, [""; 0])), lines(&loose));
    s.git(["multi-pack-index", "write"]);
    assert_eq!(lines(&scan(&s, [""; 0])), lines(&loose));
    s.git(["repack", "-q", "-ad", "--write-bitmap-index"]);
    s.git(["commit-graph", "write", "--reachable", "--changed-paths"]);
    assert_eq!(lines(&scan(&s, [""; 0])), lines(&loose));
    // A cruft pack holds what only a reflog knows.
    let k = key(3000);
    s.write("gone.py", line(&k));
    s.commit("to be lost");
    s.git(["reset", "-q", "--hard", "HEAD~1"]);
    s.git(["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    s.git(["-c", "gc.cruftPacks=true", "gc", "-q", "--cruft", "--prune=never"]);
    only(&s.path().join(".git/objects/pack"), "mtimes");
    let mut wanted: Vec<&String> = keys.iter().collect();
    let r = expect(&s, &[], 1, &wanted);
    assert_eq!(r.receipt()["unreachable_findings"], 1);
    wanted.push(&k);
    expect(&s, &["--unreachable"], 1, &wanted);
}

#[test]
fn thin_and_reference_deltas() {
    // A pack whose deltas name their bases by id.
    let (s, _) = varied();
    let loose = scan(&s, [""; 0]);
    let mut pack = s.command("git");
    pack.args(["-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-adf"]);
    assert_eq!(run(&mut pack, b"").status, 0);
    assert_eq!(lines(&scan(&s, [""; 0])), lines(&loose));
    s.git(["-c", "core.compression=0", "-c", "pack.indexVersion=1", "repack", "-q", "-adF"]);
    assert_eq!(lines(&scan(&s, [""; 0])), lines(&loose));
}

#[test]
fn alternates_by_file_and_environment_and_in_a_circle() {
    let s = Sandbox::repository();
    let (k, own) = (key(100), key(101));
    s.write("a.py", line(&k));
    let commit = s.commit("in");
    let git_dir = s.path().join(".git");
    let other = s.root().join("other");
    let at = other.to_str().unwrap();
    s.git(["init", "-q", "-b", "main", at]);
    std::fs::write(other.join(".git/refs/heads/main"), format!("{commit}\n")).unwrap();
    let objects = git_dir.join("objects");
    // Without the objects: not clean.
    assert_eq!(scan(&s, [at]).status, 3);
    let mut command = leakbreak(&s);
    command.arg(at).env("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects);
    check(&run(&mut command, b""), 1, &[&k]);
    std::fs::create_dir_all(other.join(".git/objects/info")).unwrap();
    let alternates = other.join(".git/objects/info/alternates");
    std::fs::write(&alternates, format!("# comment\n\n{}\n", objects.display())).unwrap();
    expect(&s, &[at], 1, &[&k]);
    // Relative, quoted.
    std::fs::write(&alternates, "../../../work/.git/objects\n").unwrap();
    expect(&s, &[at], 1, &[&k]);
    std::fs::write(&alternates, format!("\"{}\"\n", objects.display())).unwrap();
    expect(&s, &[at], 1, &[&k]);
    // A circle, and itself.
    std::fs::write(objects.join("info/alternates"), format!("{at}/.git/objects\n{}\n", objects.display())).unwrap();
    std::fs::write(other.join("b.py"), line(&own)).unwrap();
    s.git(["-C", at, "add", "b.py"]);
    s.git(["-C", at, "commit", "-q", "-m", "own"]);
    let r = expect(&s, &[at], 1, &[&k, &own]);
    assert_eq!(r.receipt()["complete"], true, "{r:?}");
    let r = scan(&s, [""; 0]);
    check(&r, 1, &[&k]);
    // One that is gone is told, without its path: that may say too much.
    std::fs::write(&alternates, format!("{}\n/no/such/objects\n", objects.display())).unwrap();
    let r = scan(&s, [at]);
    check(&r, 1, &[&k, &own]);
    assert_eq!(r.receipt()["complete"], false);
    assert_eq!(super::skipped(&r, "unreadable"), ["objects/info/alternates"]);
}

#[test]
fn a_long_chain_of_alternates_ends_aloud() {
    let s = Sandbox::repository();
    let k = key(110);
    s.write("a.py", line(&k));
    s.commit("in");
    let mut last = s.path().join(".git/objects");
    for n in 0..8 {
        let folder = s.root().join(format!("store{n}"));
        std::fs::create_dir_all(folder.join("info")).unwrap();
        std::fs::write(folder.join("info/alternates"), format!("{}\n", last.display())).unwrap();
        last = folder;
    }
    s.git(["init", "-q", "../far"]);
    let head = std::fs::read_to_string(s.path().join(".git/refs/heads/main")).unwrap();
    std::fs::write(s.root().join("far/.git/refs/heads/main"), &head).unwrap();
    std::fs::write(s.root().join("far/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
    std::fs::create_dir_all(s.root().join("far/.git/objects/info")).unwrap();
    std::fs::write(s.root().join("far/.git/objects/info/alternates"), format!("{}\n", last.display())).unwrap();
    let r = scan(&s, ["../far"]);
    assert!(r.status == 3 || (r.status == 1 && r.findings().len() == 1), "{r:?}");
}

#[test]
fn bare_git_folder_sub_directory_and_environment() {
    let s = Sandbox::repository();
    let k = key(120);
    s.write("sub/deep/a.py", line(&k));
    s.commit("in");
    s.git(["clone", "-q", "--bare", ".", "../bare.git"]);
    for place in [".", ".git", "sub", "sub/deep", "../bare.git", ".git/refs", ".git/objects"] {
        let r = scan(&s, [place]);
        // Below .git, git itself finds the repository too.
        assert!(r.status == 1 || (place.starts_with(".git/") && r.status == 2), "{place}: {r:?}");
        if r.status == 1 {
            assert_eq!(r.findings()[0]["path"], "sub/deep/a.py", "{place}");
        }
    }
    let mut from_below = leakbreak(&s);
    from_below.current_dir(s.path().join("sub/deep"));
    check(&run(&mut from_below, b""), 1, &[&k]);
    let mut in_bare = leakbreak(&s);
    in_bare.current_dir(s.root().join("bare.git/refs"));
    check(&run(&mut in_bare, b""), 1, &[&k]);
    std::fs::create_dir(s.root().join("elsewhere")).unwrap();
    let mut elsewhere = leakbreak(&s);
    elsewhere.current_dir(s.root().join("elsewhere"));
    assert_eq!(run(&mut elsewhere, b"").status, 2);
    elsewhere.env("GIT_DIR", s.path().join(".git"));
    check(&run(&mut elsewhere, b""), 1, &[&k]);
    let mut relative = leakbreak(&s);
    relative.current_dir(s.root().join("elsewhere")).env("GIT_DIR", "../bare.git");
    check(&run(&mut relative, b""), 1, &[&k]);
    for missing in ["nowhere", "../elsewhere"] {
        let r = scan(&s, [missing]);
        assert_eq!((r.status, r.stdout.as_str()), (2, ""), "{r:?}");
    }
}

#[test]
fn objects_and_common_folder_by_environment() {
    let s = Sandbox::repository();
    let k = key(130);
    s.write("a.py", line(&k));
    s.commit("in");
    std::fs::rename(s.path().join(".git/objects"), s.root().join("objects")).unwrap();
    std::fs::create_dir_all(s.path().join(".git/objects")).unwrap();
    assert_eq!(scan(&s, [""; 0]).status, 3);
    let mut command = leakbreak(&s);
    command.env("GIT_OBJECT_DIRECTORY", s.root().join("objects"));
    check(&run(&mut command, b""), 1, &[&k]);
}

#[test]
fn a_git_file_leads_to_its_repository() {
    let s = Sandbox::repository();
    let k = key(140);
    s.write("a.py", line(&k));
    s.commit("in");
    std::fs::rename(s.path().join(".git"), s.root().join("moved.git")).unwrap();
    s.write(".git", "gitdir: ../moved.git\n");
    expect(&s, &[], 1, &[&k]);
    expect(&s, &[".git"], 1, &[&k]);
    s.write(".git", "gitdir: ../nowhere.git\n");
    assert_eq!(scan(&s, [""; 0]).status, 2);
    s.write(".git", "nonsense\n");
    assert_eq!(scan(&s, [""; 0]).status, 2);
}

#[test]
fn sha256_loose_and_packed() {
    let s = Sandbox::new();
    s.git(["init", "-q", "-b", "main", "--object-format=sha256"]);
    let (k, t) = (key(150), token(150));
    for n in 0..20 {
        let text: String = (0..300).map(|i| format!("v{i} = {}\n", i * n)).collect();
        s.write("a.py", if n == 7 { format!("{text}{}", line(&k)) } else { text });
        s.commit("c");
    }
    s.git(["tag", "-a", "-m", &format!("see {t}"), "v1"]);
    let r = expect(&s, &[], 1, &[&k, &t]);
    assert_eq!(one_id(&r, &k).len(), 64);
    s.git(["gc", "-q"]);
    assert_eq!(lines(&expect(&s, &[], 1, &[&k, &t])), lines(&r));
    s.git(["multi-pack-index", "write"]);
    expect(&s, &["--range", "HEAD~5..HEAD"], 0, &[]);
}

fn one_id(run: &Run, secret: &str) -> String {
    super::one(run, secret)["commit"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn unknown_formats_are_refused() {
    for (version, setting) in [
        ("1", "[extensions]\n\trefStorage = reftable\n"),
        ("1", "[extensions]\n\tsomethingNew = true\n"),
        ("1", "[extensions]\n\tobjectFormat = sha3\n"),
        ("2", ""),
        ("99", ""),
    ] {
        let s = Sandbox::repository();
        s.write("a.py", line(&key(160)));
        s.commit("in");
        s.write(".git/config", format!("[core]\n\trepositoryformatversion = {version}\n\tbare = false\n{setting}"));
        for source in [["--history"].as_slice(), &["--staged"], &["--range", "HEAD"]] {
            let r = s.leakbreak([&["scan"], source].concat());
            assert_eq!((r.status, r.stdout.as_str()), (2, ""), "{setting} {source:?}: {r:?}");
        }
    }
    // Version 0 knows no extensions but the old ones.
    let s = Sandbox::repository();
    s.write("a.py", line(&key(161)));
    s.commit("in");
    s.git(["config", "extensions.somethingNew", "true"]);
    s.git(["status"]);
    assert_eq!(scan(&s, [""; 0]).status, 1);
}

#[test]
fn odd_configurations_are_read_or_refused() {
    let s = Sandbox::repository();
    let k = key(170);
    s.write("a.py", line(&k));
    s.commit("in");
    for config in
        ["", "[core]\n\tbare = true\n", "[core]\n\tworktree = /nowhere\n", "\u{feff}[core]\r\n\tbare=false ; c\r\n"]
    {
        s.write(".git/config", config);
        expect(&s, &[], 1, &[&k]);
    }
    std::fs::remove_file(s.path().join(".git/config")).unwrap();
    expect(&s, &[], 1, &[&k]);
    s.write(".git/config", "[core\nnonsense");
    let r = scan(&s, [""; 0]);
    assert_ne!(r.status, 0, "{r:?}");
    s.write(".git/config", b"\xff\xfe\0\0[extensions]\0refstorage=reftable");
    assert_ne!(scan(&s, [""; 0]).status, 0);
}
