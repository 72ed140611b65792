//! Where a finding is said to come from: its first commit, its path and line there, how often it stands.

use super::{expect, git_on, git_with, one, scan};
use crate::support::{Sandbox, key, line};

/// Commits everything at a time.
fn commit_on(s: &Sandbox, date: &str, message: &str) -> String {
    s.git(["add", "-A"]);
    git_on(s, date, ["commit", "-q", "--allow-empty", "-m", message]);
    s.git(["rev-parse", "HEAD"])
}

#[test]
fn the_first_commit_whatever_the_clocks_say() {
    let s = Sandbox::repository();
    let k = key(1);
    s.write("x", "x\n");
    commit_on(&s, "2030-01-01T00:00:00Z", "base");
    s.write("a.py", line(&k));
    let first = commit_on(&s, "2029-01-01T00:00:00+05:30", "in");
    s.write("a.py", format!("# one\n{}", line(&k)));
    commit_on(&s, "2001-01-01T00:00:00Z", "moved down");
    s.git(["rm", "-q", "a.py"]);
    commit_on(&s, "2000-01-01T00:00:00Z", "out");
    s.write("a.py", line(&k));
    commit_on(&s, "1999-01-01T00:00:00Z", "in again");
    let f = one(&expect(&s, &[], 1, &[&k]), &k);
    assert_eq!((f["commit"]["id"].as_str(), f["line"].as_u64()), (Some(&*first), Some(1)));
    assert_eq!(f["commit"]["date"], "2029-01-01T00:00:00+05:30");
    assert_eq!((&f["commit"]["author"], &f["commit"]["email"]), (&"Dev".into(), &"dev@example.org".into()));
    assert_eq!((&f["commit"]["summary"], &f["in_head"], &f["occurrences"]), (&"in".into(), &true.into(), &2.into()));
}

#[test]
fn ties_go_by_date() {
    let s = Sandbox::repository();
    let k = key(10);
    s.write("x", "x\n");
    commit_on(&s, "2020-01-01T00:00:00Z", "base");
    s.git(["checkout", "-q", "-b", "late"]);
    s.write("a.py", line(&k));
    commit_on(&s, "2022-01-01T00:00:00Z", "late");
    s.git(["checkout", "-q", "-b", "early", "main"]);
    s.write("a.py", line(&k));
    let early = commit_on(&s, "2021-01-01T00:00:00Z", "early");
    s.git(["checkout", "-q", "main"]);
    s.git(["merge", "-q", "--no-ff", "-m", "m1", "late"]);
    s.git(["merge", "-q", "--no-ff", "-m", "m2", "early"]);
    let f = one(&expect(&s, &[], 1, &[&k]), &k);
    assert_eq!(f["commit"]["id"], early);
}

#[test]
fn a_parent_comes_before_its_child_whichever_blob_is_older() {
    // Another version of the file, of which a side branch with an older clock is the only holder.
    let s = Sandbox::repository();
    let k = key(20);
    s.write("a.py", format!("\n\n{}", line(&k)));
    let first = commit_on(&s, "2025-01-01T00:00:00Z", "root");
    s.git(["checkout", "-q", "-b", "side"]);
    s.write("a.py", line(&k));
    commit_on(&s, "2001-01-01T00:00:00Z", "child with an old clock");
    s.git(["checkout", "-q", "main"]);
    let f = one(&expect(&s, &[], 1, &[&k]), &k);
    assert_eq!((f["commit"]["id"].as_str(), f["line"].as_u64()), (Some(&*first), Some(3)));
    assert_eq!(f["occurrences"], 2);
}

#[test]
fn one_finding_for_rule_secret_and_path() {
    let s = Sandbox::repository();
    let (k, other) = (key(30), key(31));
    s.write("a.py", format!("{}{}{}", line(&k), line(&k), line(&other)));
    s.write("copy.py", line(&k));
    let first = s.commit("in");
    s.git(["mv", "a.py", "renamed.py"]);
    let second = s.commit("renamed");
    for n in 0..5 {
        s.write("renamed.py", format!("{}{}{}# {n}\n", line(&k), line(&k), line(&other)));
        s.commit("again");
    }
    let r = expect(&s, &[], 1, &[&k, &k, &k, &other, &other]);
    let found = r.findings();
    let at = |path: &str| found.iter().find(|f| f["path"] == path && f["secret"] == k.as_str()).unwrap();
    assert_eq!((&at("a.py")["commit"]["id"], &at("a.py")["occurrences"]), (&first.clone().into(), &1.into()));
    assert_eq!((&at("renamed.py")["commit"]["id"], &at("renamed.py")["occurrences"]), (&second.into(), &6.into()));
    assert_eq!(at("copy.py")["commit"]["id"], first);
    assert_eq!((&at("a.py")["in_head"], &at("renamed.py")["in_head"]), (&false.into(), &true.into()));
}

#[test]
fn fingerprints_are_the_trees() {
    let s = Sandbox::repository();
    let k = key(40);
    s.write("sub/a.py", line(&k));
    s.commit("in");
    let history = one(&scan(&s, [""; 0]), &k)["fingerprint"].clone();
    let tree = s.leakbreak(["scan", "--format", "jsonl", "sub"]).findings();
    assert_eq!(tree.len(), 1);
    assert_eq!(tree[0]["fingerprint"], history);
    assert_eq!(one(&scan(&s, ["sub"]), &k)["path"], "sub/a.py");
}

#[test]
fn several_roots_and_merged_histories() {
    let s = Sandbox::repository();
    let k = key(50);
    s.write("x", "x\n");
    commit_on(&s, "2020-01-01T00:00:00Z", "base");
    s.git(["checkout", "-q", "--orphan", "other"]);
    s.write("vendored.py", line(&k));
    let first = commit_on(&s, "2023-01-01T00:00:00Z", "other root");
    s.git(["checkout", "-q", "main"]);
    s.git(["read-tree", "--prefix=lib/", "-u", "other"]);
    let second = commit_on(&s, "2021-01-01T00:00:00Z", "copied into a folder");
    let r = expect(&s, &[], 1, &[&k, &k]);
    let at = |path: &str| r.findings().into_iter().find(|f| f["path"] == path).unwrap()["commit"]["id"].clone();
    assert_eq!((at("vendored.py"), at("lib/vendored.py")), (first.into(), second.into()));
}

#[test]
fn odd_people_and_dates() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (60..64).map(key).collect();
    let people =
        ["A <a@e.org> 99999999999999999 +0000", "B <b@e.org> -5 -0030", "no mail at all", "<> 1600000000 +9999"];
    for (at, (k, who)) in keys.iter().zip(people).enumerate() {
        let blob = git_with(&s, ["hash-object", "-w", "--stdin"], line(k).as_bytes());
        let tree = git_with(&s, ["mktree"], format!("100644 blob {blob}\t{at}.py\n").as_bytes());
        let text = format!("tree {tree}\nauthor {who}\ncommitter {who}\n\nm\n");
        let id = git_with(&s, ["hash-object", "-t", "commit", "-w", "--stdin", "--literally"], text.as_bytes());
        s.git(["update-ref", &format!("refs/heads/b{at}"), &id]);
    }
    let wanted: Vec<&String> = keys.iter().collect();
    let r = expect(&s, &[], 1, &wanted);
    assert!(r.findings().iter().all(|f| f["commit"]["id"].is_string() && f["commit"]["date"].is_string()), "{r:?}");
    for format in ["human", "sarif", "github", "json"] {
        assert_eq!(s.leakbreak(["scan", "--history", "--format", format]).status, 1);
    }
}

#[test]
fn mailmaps_and_paths_are_as_written() {
    let s = Sandbox::repository();
    let (k, odd) = (key(70), key(71));
    s.write(".mailmap", "Other <other@example.org> <dev@example.org>\n");
    s.write("with space\tand\ntwo \"lines\".py", line(&k));
    use std::os::unix::ffi::OsStrExt;
    std::fs::write(s.path().join(std::ffi::OsStr::from_bytes(b"latin-\xe9.py")), line(&odd)).unwrap();
    s.commit("in");
    let r = expect(&s, &[], 1, &[&k, &odd]);
    assert_eq!(one(&r, &k)["path"], "with space\tand\ntwo \"lines\".py");
    let f = one(&r, &odd);
    assert_eq!((&f["path"], &f["path_base64"]), (&"latin-\u{fffd}.py".into(), &"bGF0aW4t6S5weQ==".into()));
}

#[test]
fn a_range_knows_what_is_still_in_head() {
    let s = Sandbox::repository();
    s.write("x", "x\n");
    let base = s.commit("base");
    let (kept, gone, back) = (key(50), key(51), key(52));
    s.write("a.py", line(&kept) + "x = 1\n");
    let first = s.commit("first");
    s.write("a.py", line(&kept) + "x = 2\n" + &line(&gone));
    s.commit("touched");
    s.write("a.py", format!("# moved down\n{}x = 3\n", line(&kept)));
    s.write("b.py", line(&back));
    s.commit("touched again");
    for range in [format!("{base}..HEAD"), format!("{base}..HEAD~1"), format!("{base}..{first}")] {
        let r = scan(&s, ["--range", &range]);
        let f = one(&r, &kept);
        assert_eq!(
            (&f["in_head"], &f["occurrences"], &f["commit"]["id"]),
            (&true.into(), &1.into(), &first.clone().into())
        );
        assert!(r.findings().iter().filter(|f| f["secret"] == gone).all(|f| f["in_head"] == false), "{r:?}");
    }
    // Taken away and brought back, it is the same content.
    s.git(["rm", "-q", "b.py"]);
    s.commit("away");
    s.write("b.py", line(&back));
    s.commit("back");
    for args in [&[][..], &["--range", "HEAD"]] {
        let f = one(&scan(&s, args), &back);
        assert_eq!((&f["occurrences"], &f["in_head"]), (&1.into(), &true.into()), "{args:?}");
    }
}

#[test]
fn contents_without_a_commit_are_counted_too() {
    let s = Sandbox::repository();
    s.write("x", "x\n");
    s.commit("base");
    let k = key(60);
    for more in ["", "# more\n"] {
        s.write("a.py", line(&k) + more);
        s.git(["add", "a.py"]);
    }
    s.git(["rm", "-q", "--cached", "a.py"]);
    let r = expect(&s, &["--unreachable"], 1, &[&k]);
    let f = one(&r, &k);
    assert_eq!((f["commit"].is_null(), &f["occurrences"]), (true, &2.into()), "{r:?}");
}
