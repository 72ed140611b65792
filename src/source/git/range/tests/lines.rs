//! Which lines a commit adds.

use super::*;
use crate::source::Unit;

#[test]
fn only_added_lines_count_and_removed_keys_do() {
    let s = Sandbox::new();
    s.commit("a", "SECRET-old\none\n");
    s.git(&["tag", "base"]);
    s.commit("a", "SECRET-old\none\ntwo\n");
    let third = s.commit("a", "SECRET-old\none\nSECRET-new\ntwo\n");
    s.commit("a", "SECRET-old\none\ntwo\n");
    let r = range(&s, "base..");
    assert_eq!(added(&r), [("a".into(), Some(vec![(3, 3)])), ("a".into(), Some(vec![(3, 3)]))]);
    let records = r.of(Kind::History);
    let new = records.iter().find(|r| r.text.as_ref().unwrap().contains("SECRET-new")).unwrap();
    assert_eq!((new.commit.as_deref(), new.in_head), (Some(third.to_string().as_str()), false));
    assert_eq!(r.count(Unit::Commit), 3);
}

#[test]
fn a_new_file_counts_as_a_whole_and_a_mode_not_at_all() {
    let s = Sandbox::new();
    s.commit("old", "SECRET\n");
    s.git(&["tag", "base"]);
    s.commit("dir/new", "SECRET\n");
    s.git(&["update-index", "--chmod=+x", "old"]);
    s.git(&["commit", "-qm", "Make it executable"]);
    assert_eq!(added(&range(&s, "base..HEAD")), [("dir/new".into(), None)]);
}

#[test]
fn the_first_commit_of_all_adds_everything() {
    let s = Sandbox::new();
    s.commit("a", "SECRET\n");
    s.commit("b", "1");
    assert_eq!(added(&range(&s, "HEAD")), [("a".into(), None)]);
}

#[test]
fn a_renamed_file_brings_no_old_lines() {
    let s = Sandbox::new();
    let text: String = (0..40).map(|n| format!("line {n}\n")).collect();
    s.commit("a.py", &format!("SECRET-old\n{text}"));
    s.git(&["tag", "base"]);
    s.git(&["mv", "a.py", "b.txt"]);
    s.write("b.txt", format!("SECRET-old\n{text}SECRET-new\n"));
    s.commit_at("Move and change", 1_600_000_000);
    s.git(&["mv", "b.txt", "c.txt"]);
    s.commit_at("Move alone", 1_600_000_000);
    assert_eq!(added(&range(&s, "base..")), [("b.txt".into(), Some(vec![(42, 42)]))]);
}

#[test]
fn half_of_it_changed_is_a_new_file() {
    let s = Sandbox::new();
    let text: String = (0..40).map(|n| format!("line {n}\n")).collect();
    s.commit("a.py", &format!("SECRET-old\n{text}"));
    s.git(&["tag", "base"]);
    s.git(&["rm", "-q", "a.py"]);
    let other: String = (0..90).map(|n| format!("another {n}\n")).collect();
    s.write("b.txt", format!("SECRET-old\n{other}"));
    s.commit_at("Replace", 1_600_000_000);
    assert_eq!(added(&range(&s, "base..")), [("b.txt".into(), None)]);
}

#[test]
fn a_merge_brings_only_what_no_parent_has() {
    let s = Sandbox::new();
    s.commit("a", "1\n2\n3\n");
    s.commit("both", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    s.git(&["tag", "base"]);
    s.git(&["checkout", "-q", "-b", "side"]);
    s.commit("side", "SECRET-side\n");
    s.commit("both", "SECRET-top\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    s.git(&["checkout", "-q", "main"]);
    s.commit("both", "1\n2\n3\n4\n5\n6\n7\n8\n9\nSECRET-bottom\n");
    s.git(&["merge", "-q", "--no-commit", "--no-ff", "side"]);
    s.write("a", "1\nSECRET-evil\n2\n3\n");
    let merge = s.commit_at("Merge", 1_600_000_000);
    let r = range(&s, "HEAD^..HEAD ^side");
    assert_eq!(added(&r), [("a".into(), Some(vec![(2, 2)]))], "neither parent's lines are the merge's");
    assert_eq!(r.of(Kind::History)[0].commit, Some(merge.to_string()));
    let r = range(&s, "base..HEAD");
    assert_eq!(r.of(Kind::History).len(), 4, "{:?}", added(&r));
}

#[test]
fn names_messages_links_and_submodules() {
    let s = Sandbox::new();
    let base = s.commit("SECRET-dir/old", "1");
    s.git(&["tag", "base"]);
    s.write("dir/SECRET-name", "1");
    std::os::unix::fs::symlink("SECRET-target", s.root.join("link")).unwrap();
    s.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{base},sub")]);
    s.git(&["add", "-A", "dir", "link"]);
    s.git(&["commit", "-qm", "SECRET-message"]);
    let r = range(&s, "base..");
    let names: Vec<_> = r.of(Kind::History).into_iter().map(|r| (r.path.unwrap(), r.text)).collect();
    assert_eq!(names, [("dir/SECRET-name".into(), None), ("link".into(), Some("SECRET-target".into()))]);
    let message = r.one("SECRET-message");
    assert_eq!((message.kind, message.commit), (Kind::Message, Some(s.id("HEAD").to_string())));
    assert_eq!(r.skips(), ["submodule sub"]);
}

#[test]
fn large_binary_and_excluded_files_are_told() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.git(&["tag", "base"]);
    s.write("big", "SECRET".repeat(1000));
    s.write("bin", b"SECRE\0T");
    s.write("out/x", "SECRET");
    s.commit_at("All", 1_600_000_000);
    let paths: crate::source::git::history::PathFilter = std::sync::Arc::new(|path| !path.starts_with(b"out/"));
    let selection = Selection { range: Some("base..".into()), since: None };
    let options = Options { max_size: 4000, paths: Some(paths), ..Options::default() };
    let r = Recorder::run(&Range::new(s.open(), vec![], selection, options));
    assert_eq!(r.skips(), ["binary bin", "excluded out/x", "too-large big"]);
    assert_eq!(added(&r), []);
}

#[test]
fn a_partial_clone_lacks_old_versions_visibly() {
    let s = Sandbox::new();
    s.git(&["config", "uploadpack.allowFilter", "true"]);
    s.commit("a", "SECRET-old\n");
    s.commit("a", "SECRET-old\nmore\n");
    s.outside(&["clone", "-q", "--filter=blob:none", &format!("file://{}", s.root.display()), "partial"]);
    let r = range_of(s.open_at("partial"), "HEAD~..");
    assert_eq!((added(&r), r.skips()), (vec![("a".into(), None)], vec!["missing-base a".into()]));
}

#[test]
fn a_boundary_inside_the_range_is_a_failure() {
    let s = Sandbox::new();
    s.commit("a", "SECRET-old\n");
    s.git(&["branch", "other"]);
    s.commit("b", "1\n");
    let cut = s.commit("c", "SECRET-boundary\n");
    s.commit("d", "SECRET-new\n");
    let url = format!("file://{}", s.root.display());
    s.outside(&["clone", "-q", "--depth=2", "--no-single-branch", &url, "shallow"]);
    let r = range_of(s.open_at("shallow"), "origin/other..HEAD");
    assert_eq!(r.skips(), [format!("shallow {cut}")]);
    assert_eq!(added(&r), [("d".into(), None)], "what the boundary adds is not known");
}

#[test]
fn missing_objects_are_named() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.git(&["tag", "base"]);
    s.commit("a", "SECRET");
    let blob = s.id("HEAD:a");
    s.commit("b", "SECRET too");
    std::fs::remove_file(s.loose(&blob)).unwrap();
    let r = range(&s, "base..");
    assert_eq!(r.skips(), [format!("missing {blob}")]);
    assert_eq!(added(&r), [("b".into(), None)]);
}

#[test]
fn a_folder_at_countless_paths_ends() {
    let s = Sandbox::new();
    s.commit("a", "1");
    let mut tree = s.id("HEAD^{tree}").to_string();
    for _ in 0..12 {
        let list: String = (0..10).map(|n| format!("040000 tree {tree}\td{n}\n")).collect();
        tree = s.git_with(&["mktree"], list.as_bytes());
    }
    let commit = s.git(&["commit-tree", "-m", "bomb", "-p", "HEAD", &tree]);
    s.git(&["update-ref", "refs/heads/bomb", &commit]);
    assert_eq!(range(&s, "main..bomb").skips(), [format!("decode-limit {tree}")]);
}

#[test]
fn threads_change_nothing() {
    let s = Sandbox::new();
    for n in 0..20 {
        s.write(&format!("f{}", n % 4), format!("SECRET {n}\nline\n"));
        s.commit_at(&format!("SECRET {n}"), 1_600_000_000);
    }
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| range(&s, "HEAD~15..")).records()
    };
    assert_eq!(with(1), with(3));
    assert_eq!(with(1).len(), 30);
}

/// The lines that git's combined diff says no parent has, by commit.
fn added_by_git(s: &Sandbox, range: &str) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut out = std::collections::BTreeMap::new();
    for id in s.git(&["rev-list", range]).lines() {
        let parents = s.git(&["rev-list", "--parents", "-1", id]).split(' ').count() - 1;
        let text = s.git(&["diff-tree", "-p", "-c", "-M", "-U0", "--root", "--no-commit-id", id]);
        let plus = "+".repeat(parents.max(1));
        let is_added = |line: &&str| line.starts_with(&plus) && !line.starts_with("+++ ");
        let mut lines: Vec<String> = text.lines().filter(is_added).map(|l| l[plus.len()..].to_owned()).collect();
        lines.sort();
        if !lines.is_empty() {
            out.insert(id.to_owned(), lines);
        }
    }
    out
}

fn added_by_us(r: &Recorder) -> std::collections::BTreeMap<String, Vec<String>> {
    let mut out: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for record in r.of(Kind::History) {
        let text = record.text.unwrap();
        let numbered = (1u64..).zip(text.lines());
        let is_added = |n: u64| record.lines.as_ref().is_none_or(|all| all.iter().any(|(a, b)| (*a..=*b).contains(&n)));
        let lines = numbered.filter(|(n, _)| is_added(*n)).map(|(_, line)| line.to_owned());
        out.entry(record.commit.unwrap()).or_default().extend(lines);
    }
    out.values_mut().for_each(|lines| lines.sort());
    out
}

#[test]
fn the_lines_are_those_of_gits_combined_diff() {
    let s = Sandbox::new();
    let mut random = 42u64;
    let mut next = move |n: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % n
    };
    let mut count = 0;
    let mut edit = |lines: &mut Vec<String>, next: &mut dyn FnMut(usize) -> usize| {
        for _ in 0..1 + next(3) {
            count += 1;
            let at = next(lines.len() + 1);
            lines.insert(at, format!("SECRET line {count}"));
            if lines.len() > 8 && next(2) == 0 {
                lines.remove(next(lines.len()));
            }
        }
    };
    let read = |path: &str| -> Vec<String> {
        let text = std::fs::read_to_string(s.root.join(path)).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    };
    let save = |path: &str, lines: &[String]| s.write(path, lines.join("\n") + "\n");
    let paths = ["a", "dir/b", "dir/c"];
    for path in paths {
        save(path, &(0..20).map(|n| format!("{path} {n}")).collect::<Vec<_>>());
    }
    s.commit_at("base", 1_600_000_000);
    s.git(&["tag", "base"]);
    for round in 0..6 {
        s.git(&["checkout", "-q", "-b", &format!("side{round}")]);
        for branch in [format!("side{round}"), "main".into()] {
            s.git(&["checkout", "-q", &branch]);
            for _ in 0..2 {
                let path = paths[next(3)];
                let mut lines = read(path);
                edit(&mut lines, &mut next);
                save(path, &lines);
                s.commit_at("edit", 1_600_000_000);
            }
        }
        s.git(&["merge", "-q", "--no-commit", "--no-ff", "-s", "ours", &format!("side{round}")]);
        for path in paths {
            // A resolution that takes lines of both sides, in some order, and adds some.
            let theirs = s.git(&["show", &format!("side{round}:{path}")]);
            let mut lines = if next(2) == 0 { read(path) } else { theirs.lines().map(str::to_owned).collect() };
            edit(&mut lines, &mut next);
            save(path, &lines);
        }
        s.commit_at("merge", 1_600_000_000);
    }
    let (git, ours) = (added_by_git(&s, "base..main"), added_by_us(&range(&s, "base..main")));
    assert!(git.len() >= 30);
    assert_eq!(ours, git);
}
