//! What the commits of a range add: --range and --since.

use super::{check, expect, git_on, git_with, leakbreak, one, scan, skipped, token};
use crate::support::{Run, Sandbox, key, line, run};

/// Scans a range.
fn range(s: &Sandbox, range: &str) -> Run {
    scan(s, ["--range", range])
}

/// A file with an old key and room for change.
fn base(old: &str) -> Sandbox {
    let s = Sandbox::repository();
    let filler: String = (0..30).map(|n| format!("x{n} = {n}\n")).collect();
    s.write("a.py", format!("{}{filler}", line(old)));
    s.commit("base");
    s
}

/// Appends to a file.
fn append(s: &Sandbox, path: &str, text: &str) {
    let old = std::fs::read_to_string(s.path().join(path)).unwrap_or_default();
    s.write(path, old + text);
}

#[test]
fn only_added_lines_and_also_those_removed_again() {
    let old = key(0);
    let s = base(&old);
    append(&s, "a.py", "y = 1\n");
    s.commit("touched");
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    let k = key(1);
    append(&s, "a.py", &line(&k));
    let added = s.commit("in");
    let text = std::fs::read_to_string(s.path().join("a.py")).unwrap().replace(&line(&k), "");
    s.write("a.py", text);
    s.commit("out");
    let r = range(&s, "HEAD~3..HEAD");
    check(&r, 1, &[&k]);
    let f = one(&r, &k);
    assert_eq!(
        (f["commit"]["id"].as_str(), f["path"].as_str(), f["line"].as_u64()),
        (Some(&*added), Some("a.py"), Some(33))
    );
    assert_eq!(f["in_head"], false);
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    check(&range(&s, "HEAD"), 1, &[&old, &k]);
    check(&range(&s, "HEAD~1"), 1, &[&old, &k]);
    check(&range(&s, "HEAD~2..."), 0 + 1, &[&k]);
}

#[test]
fn forms_of_ranges() {
    let old = key(10);
    let s = base(&old);
    let (left, right) = (key(11), key(12));
    s.git(["tag", "-a", "-m", "start", "start"]);
    s.git(["checkout", "-q", "-b", "left"]);
    s.write("left.py", line(&left));
    s.commit("left");
    s.git(["checkout", "-q", "-b", "right", "main"]);
    s.write("right.py", line(&right));
    let tip = s.commit("right");
    let short = &tip[..8];
    for (text, wanted) in [
        ("main..right", vec![&right]),
        ("main..", vec![&right]),
        ("..left", vec![&left]),
        ("left..right", vec![&right]),
        ("left...right", vec![&left, &right]),
        ("left...", vec![&left, &right]),
        ("start..left", vec![&left]),
        ("refs/heads/main..refs/heads/left", vec![&left]),
        ("^main left", vec![&left]),
        ("left right ^main", vec![&left, &right]),
        ("main..@", vec![&right]),
        ("HEAD^..HEAD", vec![&right]),
        ("HEAD~1..HEAD", vec![&right]),
        ("HEAD^!", vec![&right]),
        ("right^1..right", vec![&right]),
        ("HEAD..HEAD", vec![]),
        ("right..main", vec![]),
        (&format!("main..{short}"), vec![&right]),
        (&format!("main..{tip}"), vec![&right]),
        ("@{1}..@", vec![&right]),
        ("main..right@{0}", vec![&right]),
        ("--all", vec![&old, &left, &right]),
    ] {
        let r = range(&s, text);
        if text == "--all" || text.contains("@{") {
            // What is not understood is refused, never clean.
            assert!(r.status == 2 || r.findings().len() == wanted.len(), "{text}: {r:?}");
            continue;
        }
        assert_eq!(super::secrets(&r).len(), wanted.len(), "{text}: {r:?}");
        check(&r, i32::from(!wanted.is_empty()), &wanted);
    }
}

#[test]
fn an_unknown_start_names_fetch_depth() {
    let old = key(20);
    let s = base(&old);
    s.write("b.py", line(&key(21)));
    s.commit("second");
    let from = format!("file://{}", s.path().display());
    let first = s.git(["rev-parse", "HEAD~1"]);
    s.git(["clone", "-q", "--depth", "1", &from, "../shallow"]);
    for text in [format!("{first}..HEAD"), "origin/absent..HEAD".into(), "HEAD~1..HEAD".into()] {
        let r = scan(&s, ["--range", &text, "../shallow"]);
        assert_eq!((r.status, r.stdout.as_str()), (2, ""), "{text}: {r:?}");
        assert!(r.stderr.contains("fetch-depth"), "{text}: {r:?}");
    }
    for text in ["", "nonsense..", "..nonsense", "a..b..c", "HEAD~99..HEAD", "-1", "HEAD:a.py", "HEAD^{tree}"] {
        let r = range(&s, text);
        assert_eq!((r.status, r.stdout.as_str()), (2, ""), "{text}: {r:?}");
    }
}

#[test]
fn merges_add_only_what_no_parent_has() {
    let old = key(30);
    let s = base(&old);
    let (side, both) = (key(31), key(32));
    s.git(["checkout", "-q", "-b", "side"]);
    s.write("side.py", line(&side));
    s.commit("side");
    s.git(["checkout", "-q", "main"]);
    append(&s, "a.py", "z = 1\n");
    s.commit("main goes on");
    s.git(["merge", "-q", "--no-ff", "--no-commit", "side"]);
    append(&s, "a.py", &line(&both));
    let merge = s.commit("merge");
    // The side's commit is in this range too.
    let r = range(&s, "main~1..main");
    check(&r, 1, &[&side, &both]);
    assert_eq!(one(&r, &both)["commit"]["id"], merge);
    assert_ne!(one(&r, &side)["commit"]["id"], merge);
    check(&range(&s, "^main~1 ^side main"), 1, &[&both]);
    check(&range(&s, "^main~1 ^side ^main side"), 0, &[]);
}

#[test]
fn renames_copies_and_modes() {
    let old = key(40);
    let s = base(&old);
    s.git(["mv", "a.py", "b.py"]);
    s.commit("renamed");
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    s.git(["update-index", "--chmod=+x", "b.py"]);
    s.git(["commit", "-q", "-m", "mode"]);
    s.git(["reset", "-q", "--hard"]);
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    std::fs::copy(s.path().join("b.py"), s.path().join("c.py")).unwrap();
    s.commit("a copy is new");
    let r = range(&s, "HEAD~1..HEAD");
    check(&r, 1, &[&old]);
    assert_eq!(one(&r, &old)["path"], "c.py");
    s.git(["mv", "b.py", "d.py"]);
    let k = key(41);
    append(&s, "d.py", &line(&k));
    s.commit("renamed and changed");
    check(&range(&s, "HEAD~1..HEAD"), 1, &[&k]);
    s.git(["rm", "-q", "c.py", "d.py"]);
    s.commit("all gone");
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    s.git(["revert", "--no-edit", "HEAD"]);
    // One file more than there was, and two that return.
    assert_eq!(range(&s, "HEAD~1..HEAD").status, 1);
}

#[test]
fn messages_names_notes_of_the_range_count() {
    let s = base(&key(50));
    let t: Vec<String> = (50..54).map(token).collect();
    s.commit(&format!("see {}", t[0]));
    s.write(format!("{}.txt", t[1]), "x\n");
    std::os::unix::fs::symlink(format!("/x/{}", t[2]), s.path().join("link")).unwrap();
    let last = s.commit("names");
    check(&range(&s, "HEAD~2..HEAD"), 1, &[&t[0], &t[1], &t[2]]);
    check(&range(&s, "HEAD~1..HEAD"), 1, &[&t[1], &t[2]]);
    let r = range(&s, "HEAD~2..HEAD~1");
    check(&r, 1, &[&t[0]]);
    assert_eq!(one(&r, &t[0])["origin"], "message");
    assert_eq!(one(&range(&s, "HEAD~1..HEAD"), &t[1])["commit"]["id"], last);
    // A branch's name is nobody's commit.
    s.git(["branch", &t[3]]);
    s.commit("nothing");
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
}

#[test]
fn the_evidence_may_be_what_is_new() {
    let s = Sandbox::repository();
    let k = key(60);
    s.write("a.py", format!("from mistralai import Mistral\n\nvalue = \"{k}\"\n\nprint(1)\n"));
    s.commit("a literal");
    let before = range(&s, "HEAD").status;
    append(&s, "a.py", "client = Mistral(api_key=value)\n");
    s.commit("handed over");
    check(&range(&s, "HEAD~1..HEAD"), 1, &[&k]);
    assert!(before == 0 || before == 1);
    append(&s, "a.py", "print(2)\n");
    s.commit("something else");
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
}

#[test]
fn deaf_to_attributes_and_line_ends() {
    let old = key(70);
    let s = base(&old);
    let keys: Vec<String> = (71..74).map(key).collect();
    s.write(".gitattributes", "*.py -diff\n*.bin binary\n*.x diff=x\n");
    append(&s, "a.py", &line(&keys[0]));
    s.write("b.bin", line(&keys[1]));
    s.write("c.x", line(&keys[2]));
    s.git(["config", "diff.x.textconv", "true"]);
    s.git(["config", "diff.renames", "false"]);
    s.commit("in");
    check(&range(&s, "HEAD~1..HEAD"), 1, &[&keys[0], &keys[1], &keys[2]]);
    // Line ends alone are changed lines, as git has them.
    let text = std::fs::read_to_string(s.path().join("a.py")).unwrap();
    s.write("a.py", text.replace('\n', "\r\n"));
    s.commit("crlf");
    assert!(range(&s, "HEAD~1..HEAD").status <= 1);
    let units: Vec<u8> = format!("\u{feff}{}x\n", line(&keys[0])).encode_utf16().flat_map(u16::to_le_bytes).collect();
    s.write("u.py", &units);
    s.commit("utf-16");
    let more: Vec<u8> =
        format!("\u{feff}{}x\n{}", line(&keys[0]), line(&keys[1])).encode_utf16().flat_map(u16::to_le_bytes).collect();
    s.write("u.py", &more);
    s.commit("one line more");
    check(&range(&s, "HEAD~1..HEAD"), 1, &[&keys[1]]);
}

#[test]
fn since_goes_by_committer_date() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (80..84).map(key).collect();
    for (k, date) in keys.iter().zip(["2020-01-01", "2022-01-01", "2021-01-01", "2024-06-15"]) {
        append(&s, "a.py", &line(k));
        s.git(["add", "-A"]);
        git_on(&s, &format!("{date}T12:00:00Z"), ["commit", "-q", "-m", date]);
    }
    for (since, wanted) in [
        ("2019-12-31", vec![0, 1, 2, 3]),
        ("2021-06-01", vec![1, 3]),
        ("2021-01-01", vec![1, 2, 3]),
        ("2021-01-02", vec![1, 3]),
        ("2024-06-15T12:00:00Z", vec![3]),
        ("2024-06-15T14:00:00+02:00", vec![3]),
        ("2024-06-15T12:00:01Z", vec![]),
        ("30 days", vec![]),
        ("20000 days", vec![0, 1, 2, 3]),
    ] {
        let wanted: Vec<&String> = wanted.into_iter().map(|n: usize| &keys[n]).collect();
        let r = scan(&s, ["--since", since]);
        assert_eq!(super::secrets(&r).len(), wanted.len(), "{since}: {r:?}");
        check(&r, i32::from(!wanted.is_empty()), &wanted);
    }
    check(&scan(&s, ["--since", "2020-06-01", "--range", "HEAD~1"]), 1, &[&keys[1], &keys[2]]);
    for bad in ["", "gibberish", "2021-13-01", "30 parsecs", "-5 days"] {
        let r = s.leakbreak(["scan", "--history", &format!("--since={bad}")]);
        assert_eq!((r.status, r.stdout.as_str()), (2, ""), "{bad}: {r:?}");
        assert!(r.stderr.contains("--since"), "{bad}: {r:?}");
    }
}

#[test]
fn ranges_in_bare_sha256_shallow_and_empty_ones() {
    let s = base(&key(90));
    let k = key(91);
    s.write("b.py", line(&k));
    let tip = s.commit("second");
    s.git(["clone", "-q", "--bare", ".", "../bare.git"]);
    check(&scan(&s, ["--range", "HEAD~1..HEAD", "../bare.git"]), 1, &[&k]);
    let mut bare = leakbreak(&s);
    bare.args(["--range", "main~1..main"]).env("GIT_DIR", s.root().join("bare.git"));
    check(&run(&mut bare, b""), 1, &[&k]);
    let from = format!("file://{}", s.path().display());
    s.git(["clone", "-q", "--depth", "1", &from, "../shallow"]);
    // All that the boundary has would look added.
    let r = scan(&s, ["--range", "HEAD", "../shallow"]);
    assert_eq!((&r.receipt()["complete"], skipped(&r, "shallow")), (&false.into(), vec![tip]), "{r:?}");
    assert!(r.findings().iter().all(|f| f["commit"].is_null()), "{r:?}");
    let empty = Sandbox::repository();
    let r = range(&empty, "HEAD");
    assert_eq!(r.status, 2, "{r:?}");
    assert_eq!(scan(&empty, ["--since", "2020-01-01"]).status, 0);
}

#[test]
fn damage_inside_a_range_is_named() {
    let s = base(&key(100));
    let (k, lost) = (key(101), key(102));
    s.write("b.py", line(&k));
    s.write("c/lost.py", line(&lost));
    s.commit("second");
    s.write("d.py", "x\n");
    s.commit("third");
    let blob = s.git(["rev-parse", "HEAD:c/lost.py"]);
    std::fs::remove_file(super::loose(&s.path().join(".git"), &blob)).unwrap();
    let r = range(&s, "HEAD~2..HEAD");
    check(&r, 1, &[&k]);
    assert_eq!((&r.receipt()["complete"], skipped(&r, "missing")), (&false.into(), vec![blob]));
    // It is not of this range.
    check(&range(&s, "HEAD~1..HEAD"), 0, &[]);
    let tree = s.git(["rev-parse", "HEAD:c"]);
    super::overwrite(&super::loose(&s.path().join(".git"), &tree), b"garbage");
    let r = range(&s, "HEAD~2..HEAD");
    check(&r, 1, &[&k]);
    assert_eq!(r.receipt()["complete"], false, "{r:?}");
    let commit = s.git(["rev-parse", "HEAD~1"]);
    super::overwrite(&super::loose(&s.path().join(".git"), &commit), b"garbage");
    let r = range(&s, "HEAD~2..HEAD");
    assert!(r.status == 2 || r.status == 3, "{r:?}");
}

#[test]
fn replacements_do_not_change_a_range() {
    let s = base(&key(110));
    let k = key(111);
    s.write("b.py", line(&k));
    let second = s.commit("second");
    let tree = s.git(["rev-parse", "HEAD~1^{tree}"]);
    let other = git_with(&s, ["commit-tree", &tree, "-m", "harmless"], b"");
    s.git(["replace", &second, &other]);
    check(&range(&s, &format!("main~1..{second}")), 1, &[&k]);
    let r = expect(&s, &["--range", &format!("{second}^..{second}")], 1, &[&k]);
    assert_eq!(one(&r, &k)["commit"]["id"], second);
}

#[test]
fn threads_change_nothing_in_a_range() {
    let s = Sandbox::repository();
    for n in 0..30 {
        append(&s, &format!("f{}.py", n % 4), &line(&key(2000 + n)));
        s.commit(&format!("c{n} {}", token(n)));
    }
    let one = scan(&s, ["--range", "HEAD", "--threads", "1"]);
    assert_eq!(one.findings().len(), 60);
    for threads in ["2", "5"] {
        assert_eq!(scan(&s, ["--range", "HEAD", "--threads", threads]).stdout, one.stdout);
    }
    s.git(["gc", "-q"]);
    assert_eq!(scan(&s, ["--range", "HEAD"]).stdout, one.stdout);
}
