//! Which files count: whatever a reference, a HEAD, the stash or a reflog leads to.

use super::{expect, git_on, git_with, one, overwrite, scan, skipped, token};
use crate::support::{Sandbox, key, line};

/// A file that holds a key, committed alone; the commit's id.
fn plant(sandbox: &Sandbox, path: &str, key: &str) -> String {
    sandbox.write(path, line(key));
    sandbox.commit(path)
}

#[test]
fn branches_tags_and_foreign_references() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (0..8).map(key).collect();
    plant(&s, "main.py", &keys[0]);
    for (at, name) in
        ["side", "light", "annotated", "nested", "refs/foo/x", "refs/remotes/origin/gone"].iter().enumerate()
    {
        s.git(["checkout", "-q", "-B", "work", "main"]);
        plant(&s, &format!("{at}.py"), &keys[at + 1]);
        match *name {
            "side" => s.git(["branch", "side"]),
            "light" => s.git(["tag", "light"]),
            "annotated" => s.git(["tag", "-a", "-m", "a", "annotated"]),
            "nested" => {
                s.git(["tag", "-a", "-m", "inner", "inner"]);
                s.git(["tag", "-a", "-m", "outer", "outer", "inner"]);
                s.git(["tag", "-a", "-m", "outermost", "outermost", "outer"]);
                s.git(["tag", "-d", "inner", "outer"])
            }
            reference => s.git(["update-ref", reference, "HEAD"]),
        };
    }
    s.git(["checkout", "-q", "main"]);
    s.git(["branch", "-q", "-D", "work"]);
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    let wanted: Vec<&String> = keys[..7].iter().collect();
    expect(&s, &[], 1, &wanted);
    s.git(["pack-refs", "--all"]);
    expect(&s, &[], 1, &wanted);
}

#[test]
fn deleted_and_overwritten_files() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (10..13).map(key).collect();
    let first = plant(&s, "src/deep/a.py", &keys[0]);
    plant(&s, "b.py", &keys[1]);
    plant(&s, "b.py", &keys[2]);
    s.git(["rm", "-q", "-r", "src"]);
    s.commit("gone");
    let run = expect(&s, &[], 1, &[&keys[0], &keys[1], &keys[2]]);
    let gone = one(&run, &keys[0]);
    assert_eq!((gone["path"].as_str(), gone["commit"]["id"].as_str()), (Some("src/deep/a.py"), Some(&*first)));
    assert_eq!((&gone["in_head"], &gone["origin"]), (&false.into(), &"history".into()));
    assert_eq!(one(&run, &keys[1])["in_head"], false);
    assert_eq!(one(&run, &keys[2])["in_head"], true);
}

#[test]
fn what_only_a_merge_brings() {
    let s = Sandbox::repository();
    let (two, many) = (key(20), key(21));
    s.write("base", "x\n");
    s.commit("base");
    for branch in ["a", "b", "c", "d"] {
        s.git(["checkout", "-q", "-b", branch, "main"]);
        s.write(branch, "x\n");
        s.commit(branch);
    }
    s.git(["checkout", "-q", "main"]);
    s.git(["merge", "-q", "--no-ff", "--no-commit", "a"]);
    s.write("base", line(&two));
    let merge = s.commit("merge");
    s.git(["merge", "-q", "--no-commit", "b", "c", "d"]);
    s.write("octopus.py", line(&many));
    let octopus = s.commit("octopus");
    assert_eq!(s.git(["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 5);
    s.git(["rm", "-q", "octopus.py"]);
    s.commit("gone");
    let run = expect(&s, &[], 1, &[&two, &many]);
    assert_eq!(one(&run, &two)["commit"]["id"], merge);
    assert_eq!(one(&run, &many)["commit"]["id"], octopus);
}

#[test]
fn the_stash_whole() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (30..36).map(key).collect();
    s.write("a.py", "x\n");
    s.write("b.py", "x\n");
    s.commit("base");
    s.write("old.py", line(&keys[0]));
    s.git(["stash", "push", "-q", "-u"]);
    s.write("a.py", line(&keys[1]));
    s.git(["add", "a.py"]);
    s.write("a.py", line(&keys[2]));
    s.write("new.py", line(&keys[3]));
    s.git(["stash", "push", "-q", "-u"]);
    s.write("b.py", line(&keys[4]));
    s.git(["stash", "push", "-q"]);
    expect(&s, &[], 1, &[&keys[0], &keys[1], &keys[2], &keys[3], &keys[4]]);
    s.git(["stash", "drop", "-q", "stash@{1}"]);
    let run = expect(&s, &[], 1, &[&keys[0], &keys[4]]);
    assert_eq!(run.receipt()["unreachable_findings"], 3);
    expect(&s, &["--unreachable"], 1, &[&keys[0], &keys[1], &keys[2], &keys[3], &keys[4]]);
}

#[test]
fn reflogs_keep_what_was_thrown_away() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (40..43).map(key).collect();
    s.write("x", "x\n");
    s.commit("base");
    let lost = plant(&s, "reset.py", &keys[0]);
    s.git(["reset", "-q", "--hard", "HEAD~1"]);
    s.git(["checkout", "-q", "-b", "branch"]);
    plant(&s, "amended.py", &keys[1]);
    s.git(["rm", "-q", "amended.py"]);
    s.git(["commit", "-q", "--amend", "--allow-empty", "-m", "amended"]);
    s.git(["checkout", "-q", "main"]);
    let run = expect(&s, &[], 1, &[&keys[0], &keys[1]]);
    assert_eq!(one(&run, &keys[0])["commit"]["id"], lost);
    assert_eq!(one(&run, &keys[0])["in_head"], false);
    s.git(["reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all"]);
    let run = expect(&s, &[], 0, &[]);
    assert_eq!(run.receipt()["unreachable_findings"], 2);
    assert!(run.stderr.contains("--unreachable"), "{run:?}");
    let run = expect(&s, &["--unreachable"], 1, &[&keys[0], &keys[1]]);
    assert_eq!(one(&run, &keys[0])["commit"]["id"], lost);
}

#[test]
fn a_detached_head_alone() {
    let s = Sandbox::repository();
    let k = key(50);
    s.write("x", "x\n");
    s.commit("base");
    s.git(["checkout", "-q", "--detach"]);
    plant(&s, "a.py", &k);
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    let run = expect(&s, &[], 1, &[&k]);
    assert_eq!(one(&run, &k)["in_head"], true);
}

#[test]
fn every_work_trees_head_and_its_reflog() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (60..64).map(key).collect();
    plant(&s, "main.py", &keys[0]);
    s.git(["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = s.root().join("linked");
    let in_linked = |args: &[&str]| s.git([&["-C", linked.to_str().unwrap()], args].concat());
    for (name, k) in [("thrown.py", &keys[1]), ("kept.py", &keys[2])] {
        std::fs::write(linked.join(name), line(k)).unwrap();
        in_linked(&["add", "-A"]);
        in_linked(&["commit", "-q", "-m", name]);
        if name == "thrown.py" {
            in_linked(&["reset", "-q", "--hard", "HEAD~1"]);
        }
    }
    let all = [&keys[0], &keys[1], &keys[2]];
    let run = expect(&s, &[], 1, &all);
    assert_eq!(one(&run, &keys[2])["in_head"], false);
    // From the linked one, its HEAD is the HEAD.
    let run = expect(&s, &["../linked"], 1, &all);
    assert_eq!(one(&run, &keys[2])["in_head"], true);
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    std::fs::remove_dir_all(s.path().join(".git/worktrees/linked/logs")).unwrap();
    expect(&s, &[], 1, &[&keys[0], &keys[2]]);
    expect(&s, &["../linked"], 1, &[&keys[0], &keys[2]]);
    // A reference of a work tree's own.
    in_linked(&["update-ref", "refs/worktree/mine", "HEAD"]);
    in_linked(&["reset", "-q", "--hard", "HEAD~1"]);
    let _ = std::fs::remove_dir_all(s.path().join(".git/worktrees/linked/logs"));
    expect(&s, &[], 1, &[&keys[0], &keys[2]]);
}

#[test]
fn tags_on_blobs_and_trees() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (70..74).map(key).collect();
    s.write("x", "x\n");
    s.commit("base");
    let blob = |k: &String| git_with(&s, ["hash-object", "-w", "--stdin"], line(k).as_bytes());
    let tree = |k: &String| {
        git_with(&s, ["mktree"], format!("100644 blob {}\tin/tree.py\n", blob(k)).replace("in/", "").as_bytes())
    };
    s.git(["tag", "light-blob", &blob(&keys[0])]);
    s.git(["tag", "-a", "-m", "m", "blob", &blob(&keys[1])]);
    s.git(["tag", "light-tree", &tree(&keys[2])]);
    s.git(["tag", "-a", "-m", "m", "tree", &tree(&keys[3])]);
    let run = expect(&s, &[], 1, &[&keys[0], &keys[1], &keys[2], &keys[3]]);
    assert!(one(&run, &keys[0])["commit"].is_null());
    assert_eq!(one(&run, &keys[2])["path"], "tree.py");
}

#[test]
fn what_no_reference_leads_to_is_counted() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (80..85).map(key).collect();
    s.write("x", "x\n");
    s.commit("base");
    s.write("unstaged.py", line(&keys[0]));
    s.git(["add", "unstaged.py"]);
    s.git(["rm", "-q", "--cached", "unstaged.py"]);
    let tree = s.git(["write-tree"]);
    let loose = s.git(["commit-tree", &tree, "-m", &format!("mistral_api_key={}", keys[1])]);
    git_with(
        &s,
        ["mktag"],
        format!("object {loose}\ntype commit\ntag t\ntagger D <d@e.org> 1 +0000\n\nmistral key: {}\n", token(81))
            .as_bytes(),
    );
    let run = expect(&s, &[], 0, &[]);
    assert_eq!(run.receipt()["unreachable_findings"], 3, "{run:?}");
    let t = token(81);
    let run = expect(&s, &["--unreachable"], 1, &[&keys[0], &keys[1], &t]);
    assert!(one(&run, &keys[0])["commit"].is_null());
    assert_eq!(one(&run, &keys[1])["commit"]["id"], loose);
    // What only an index holds hangs loose too.
    s.write("staged.py", line(&keys[2]));
    s.git(["add", "staged.py"]);
    expect(&s, &[], 0, &[]);
    expect(&s, &["--unreachable"], 1, &[&keys[0], &keys[1], &keys[2], &t]);
    // Kin of HEAD are no roots.
    s.git(["rm", "-q", "--cached", "staged.py"]);
    std::fs::write(s.path().join(".git/ORIG_HEAD"), format!("{loose}\n")).unwrap();
    std::fs::write(s.path().join(".git/FETCH_HEAD"), format!("{loose}\t\tbranch 'x' of y\n")).unwrap();
    expect(&s, &[], 0, &[]);
}

#[test]
fn deaf_to_attributes_and_diff_settings() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (90..97).map(key).collect();
    let attributes =
        "*.a -diff\n*.b binary\n*.c export-ignore\n*.d diff=x\n*.e filter=x -text\n*.f working-tree-encoding=UTF-16\n";
    let names = ["x.a", "x.b", "x.c", "x.d", "x.e", "x.info"];
    for (name, k) in names.iter().zip(&keys) {
        s.write(name, line(k));
    }
    s.write(".gitattributes", attributes.replace("*.f working-tree-encoding=UTF-16\n", ""));
    s.commit("all");
    s.write(".git/info/attributes", "* -diff binary\n");
    s.git(["config", "diff.x.textconv", "touch ran; true"]);
    s.git(["config", "color.ui", "always"]);
    s.git(["config", "diff.external", "false"]);
    s.git(["config", "log.showSignature", "true"]);
    s.git(["config", "core.quotePath", "false"]);
    s.git(["config", "diff.noprefix", "true"]);
    let wanted: Vec<&String> = keys[..6].iter().collect();
    expect(&s, &[], 1, &wanted);
}

#[test]
fn replacements_and_grafts_hide_nothing() {
    let s = Sandbox::repository();
    let (k, hidden, replacing) = (key(100), key(101), key(102));
    s.write("x", "x\n");
    let first = s.commit("base");
    let second = plant(&s, "a.py", &k);
    plant(&s, "b.py", &hidden);
    s.git(["rm", "-q", "a.py", "b.py"]);
    let last = s.commit("gone");
    let blob = s.git(["rev-parse", &format!("{second}:a.py")]);
    let clean = git_with(&s, ["hash-object", "-w", "--stdin"], line(&replacing).as_bytes());
    s.git(["replace", &blob, &clean]);
    s.git(["replace", "--graft", &last, &first]);
    s.write(".git/info/grafts", format!("{last} {first}\n"));
    std::fs::remove_dir_all(s.path().join(".git/logs")).unwrap();
    let run = expect(&s, &[], 1, &[&k, &hidden, &replacing]);
    assert_eq!(one(&run, &k)["commit"]["id"], second);
}

#[test]
fn symlink_targets_and_submodules() {
    let s = Sandbox::repository();
    let t = token(110);
    std::os::unix::fs::symlink(format!("/srv/{t}/file"), s.path().join("link")).unwrap();
    s.write("x", "x\n");
    let commit = s.commit("link");
    let entry = format!("160000,{commit},vendor/sub");
    s.git(["update-index", "--add", "--cacheinfo", &entry]);
    s.git(["commit", "-q", "-m", "submodule"]);
    let run = expect(&s, &[], 1, &[&t]);
    let link = one(&run, &t);
    assert_eq!((link["path"].as_str(), link["line"].as_u64()), (Some("link"), Some(1)));
    assert_eq!(skipped(&run, "submodule"), ["vendor/sub"]);
    assert_eq!(run.receipt()["complete"], true);
}

#[test]
fn encodings_binaries_and_sizes() {
    let s = Sandbox::repository();
    let keys: Vec<String> = (120..128).map(key).collect();
    let utf16 = |text: &str, little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(text.encode_utf16());
        units.flat_map(|u: u16| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
    };
    s.write("le.py", utf16(&line(&keys[0]), true, true));
    s.write("be.py", utf16(&line(&keys[1]), false, true));
    s.write("plain16.py", utf16(&line(&keys[2]), true, false));
    s.write("latin.py", [b"# caf\xe9\n".as_slice(), line(&keys[3]).as_bytes()].concat());
    s.write("crlf.py", line(&keys[4]).replace('\n', "\r\n"));
    s.write("mark.py", ["\u{feff}", &line(&keys[5])].concat());
    s.write("binary.bin", [b"\0\x01\x02\0\0\xff\xfe\0".repeat(40).as_slice(), line(&keys[6]).as_bytes()].concat());
    s.write("large.py", ["x = 1\n".repeat(2000), line(&keys[7])].concat());
    s.commit("all");
    let run = expect(&s, &["--max-size", "8K"], 1, &[&keys[0], &keys[1], &keys[2], &keys[3], &keys[4], &keys[5]]);
    let receipt = run.receipt();
    let binary = receipt["skipped"].as_array().unwrap().iter().find(|s| s["reason"] == "binary").unwrap();
    assert_eq!((&binary["count"], &binary["kind"]), (&1.into(), &"policy".into()));
    assert_eq!(skipped(&run, "too-large"), ["large.py"]);
    assert_eq!(run.receipt()["complete"], true);
    assert_eq!(one(&run, &keys[3])["line"], 2);
    let strict = scan(&s, ["--max-size", "8K", "--strict"]);
    assert_eq!((strict.status, &strict.receipt()["complete"]), (1, &false.into()));
    expect(&s, &["--max-size", "0"], 1, &[&keys[0], &keys[1], &keys[2], &keys[3], &keys[4], &keys[5], &keys[7]]);
}

#[test]
fn odd_trees_still_count() {
    // Trees that fsck calls wrong, but that hold content all the same.
    let s = Sandbox::repository();
    let keys: Vec<String> = (130..134).map(key).collect();
    let blob = |k: &String| git_with(&s, ["hash-object", "-w", "--stdin"], line(k).as_bytes());
    let raw = |mode: &str, name: &str, id: &str| -> Vec<u8> {
        let id = (0..20).map(|i| u8::from_str_radix(&id[2 * i..2 * i + 2], 16).unwrap());
        [mode.as_bytes(), b" ", name.as_bytes(), b"\0"].concat().into_iter().chain(id).collect()
    };
    let write = |bytes: &[u8]| git_with(&s, ["hash-object", "-t", "tree", "--literally", "-w", "--stdin"], bytes);
    let inner = write(&raw("100664", "group.py", &blob(&keys[0])));
    let entries = [
        raw("040000", "padded", &inner),
        raw("100644", "z.py", &blob(&keys[1])),
        raw("100644", "a.py", &blob(&keys[2])),
        raw("100644", ".git", &blob(&keys[3])),
    ];
    let tree = write(&entries.concat());
    let commit = s.git(["commit-tree", &tree, "-m", "odd"]);
    s.git(["update-ref", "refs/heads/main", &commit]);
    let run = expect(&s, &[], 1, &[&keys[0], &keys[1], &keys[2], &keys[3]]);
    assert_eq!(one(&run, &keys[0])["path"], "padded/group.py");
}

#[test]
fn an_empty_repository_is_no_clean_one() {
    let s = Sandbox::repository();
    let run = expect(&s, &[], 3, &[]);
    assert_eq!((&run.receipt()["empty"], &run.receipt()["complete"]), (&true.into(), &false.into()));
    expect(&s, &["--allow-empty"], 0, &[]);
    s.write("a.py", line(&key(140)));
    s.git(["add", "a.py"]);
    expect(&s, &[], 3, &[]);
    expect(&s, &["--unreachable"], 1, &[&key(140)]);
    s.git(["config", "remote.o.url", &format!("https://u:{}@h.example/x", token(141))]);
    assert_eq!(scan(&s, [""; 0]).status, 1);
}

#[test]
fn a_reflogs_own_reference_may_be_gone() {
    // git keeps no log of a deleted branch, but one of a broken name may lie about.
    let s = Sandbox::repository();
    let k = key(150);
    s.write("x", "x\n");
    s.commit("base");
    s.git(["checkout", "-q", "-b", "b"]);
    let lost = plant(&s, "a.py", &k);
    s.git(["checkout", "-q", "main"]);
    let log = std::fs::read(s.path().join(".git/logs/refs/heads/b")).unwrap();
    s.git(["branch", "-q", "-D", "b"]);
    std::fs::remove_file(s.path().join(".git/logs/HEAD")).unwrap();
    s.write(".git/logs/refs/heads/b", &log);
    assert!(String::from_utf8_lossy(&log).contains(&lost));
    expect(&s, &[], 1, &[&k]);
    let id = s.git(["rev-parse", "HEAD"]);
    git_on(&s, "2020-01-01T00:00:00Z", ["update-ref", "refs/heads/c", &id]);
    overwrite(&s.path().join(".git/logs/refs/heads/b"), b"no log at all\n");
    let run = scan(&s, ["--unreachable"]);
    assert_eq!(run.status, 1, "{run:?}");
}
