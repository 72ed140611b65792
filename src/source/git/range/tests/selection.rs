//! Which commits a range names.

use super::*;
use crate::Error;
use crate::source::{Source, Unit};

/// The commits of a range, by the numbers in their files' names, as git and we tell them.
fn commits(s: &Sandbox, range: &str) -> Vec<String> {
    let r = super::range(s, range);
    let mut ids: Vec<_> = r.of(Kind::Message).into_iter().map(|r| r.commit.unwrap()).collect();
    ids.sort();
    ids.dedup();
    ids
}

fn by_git(s: &Sandbox, range: &str) -> Vec<String> {
    let mut args = vec!["rev-list"];
    args.extend(range.split(' '));
    let mut ids: Vec<String> = s.git(&args).lines().map(str::to_owned).collect();
    ids.sort();
    ids
}

/// A history with two branches, merges, tags; every message is a SECRET.
fn sandbox() -> Sandbox {
    let s = Sandbox::new();
    let mut time = 1_600_000_000;
    let mut commit = |name: &str| {
        time += 60;
        s.write(name, name);
        s.commit_at(&format!("SECRET {name}"), time);
    };
    (0..3).for_each(|n| commit(&format!("m{n}")));
    s.git(&["tag", "light"]);
    s.git(&["tag", "-m", "annotated", "v1.0"]);
    s.git(&["checkout", "-q", "-b", "topic/x", "main~1"]);
    (0..3).for_each(|n| commit(&format!("t{n}")));
    s.git(&["checkout", "-q", "main"]);
    (3..5).for_each(|n| commit(&format!("m{n}")));
    s.git(&["merge", "-q", "--no-ff", "-m", "SECRET merge", "topic/x"]);
    (5..7).for_each(|n| commit(&format!("m{n}")));
    s.git(&["checkout", "-q", "topic/x"]);
    commit("t3");
    s.git(&["update-ref", "refs/remotes/origin/main", "main~1"]);
    s.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    s
}

#[test]
fn as_git_log_takes_them() {
    let s = sandbox();
    let full = s.id("main~4").to_string();
    let described = s.git(&["describe", "--long", "main"]);
    for range in [
        "main~2..main",
        "topic/x..main",
        "main..topic/x",
        "main...topic/x",
        "topic/x~2...main~4",
        "v1.0..",
        "..main",
        "light..refs/heads/main",
        "^main topic/x",
        "main topic/x ^v1.0",
        "origin/main..main",
        "origin..main",
        "remotes/origin/main..heads/main",
        "main~2^2~1..main~2^2",
        "main~2^2..main~2",
        "@~1..@",
        "HEAD^..HEAD",
        "v1.0^{commit}~1..v1.0^{}",
        "main~2^!",
        "main@{1}..main",
        "main",
        "main..main",
        &format!("{full}..main"),
        &format!("{}..main", &full[..7]),
        &format!("{}..main", full[..9].to_uppercase()),
        &format!("main~2..{described}"),
    ] {
        assert_eq!(commits(&s, range), by_git(&s, range), "{range}");
    }
    s.git(&["gc", "-q"]);
    let packed = format!("{}..main", &full[..7]);
    assert_eq!(commits(&s, &packed), by_git(&s, &packed));
    assert_eq!(commits(&s, "main..main"), [""; 0]);
    assert!(!source(s.open(), "main..main").expects_entries());
}

#[test]
fn wrong_clocks_bring_nothing_old_back() {
    let s = Sandbox::new();
    for (n, time) in [1_600_000_000, 1_900_000_000, 1_000_000_000, 1_600_000_100, 1_000_000_001].iter().enumerate() {
        s.write("a", n.to_string());
        s.commit_at(&format!("SECRET {n}"), *time);
    }
    for range in ["HEAD~3..HEAD", "HEAD~1..", "HEAD~2..HEAD~1", "HEAD..HEAD~3", "HEAD~4..HEAD~2"] {
        assert_eq!(commits(&s, range), by_git(&s, range), "{range}");
    }
}

fn error(s: &Sandbox, range: &str) -> String {
    match source(s.open(), range).scan(&Recorder::default()) {
        Err(error @ Error::Usage(_)) => error.to_string(),
        other => panic!("{range}: {other:?}"),
    }
}

#[test]
fn an_unknown_start_names_the_way_out() {
    let s = sandbox();
    for start in ["nowhere", &"7".repeat(40), "deadbeef", "main~99", "main@{99}"] {
        let why = error(&s, &format!("{start}..main"));
        let is_told = why.contains("fetch-depth: 0") && why.contains("git fetch --unshallow");
        assert!(is_told || start == "main~99" && why.contains("parents"), "{why}");
    }
    let url = format!("file://{}", s.root.display());
    s.outside(&["clone", "-q", "--depth=1", &url, "shallow"]);
    let shallow = source(s.open_at("shallow"), "HEAD~1..HEAD").scan(&Recorder::default());
    assert!(shallow.unwrap_err().to_string().contains("fetch-depth: 0"));
}

#[test]
fn what_is_no_range_says_so() {
    let s = sandbox();
    assert!(error(&s, "main..nowhere").contains("`nowhere` is no commit"));
    assert!(error(&s, "").contains("--range is empty"));
    assert!(error(&s, "--all").contains("not options"));
    assert!(error(&s, "main@{yesterday}..").contains("@{NUMBER}"));
    assert!(error(&s, "main^{tree}..").contains("^{commit}"));
    assert!(error(&s, "main:a..").contains("no name of a commit"));
    assert!(error(&s, "main^9..").contains("1 parents"));
    s.git(&["tag", "tree", "HEAD^{tree}"]);
    assert!(error(&s, "tree..").contains("it is a tree"));
    assert!(error(&s, "main..../../x").contains("no commit"));
}

fn since(s: &Sandbox, range: Option<&str>, since: i64) -> Recorder {
    let selection = Selection { range: range.map(Into::into), since: Some(since) };
    Recorder::run(&Range::new(s.open(), vec![], selection, options()))
}

#[test]
fn since_goes_by_each_commits_own_date() {
    let s = Sandbox::new();
    for (path, time) in [("old", 1_600_000_000), ("new", 1_700_000_000), ("wrong-clock", 1_500_000_000)] {
        s.write(path, "SECRET");
        s.commit_at(path, time);
    }
    s.git(&["checkout", "-q", "--detach", "HEAD~1"]);
    s.write("lost", "SECRET");
    s.commit_at("only the reflog knows", 1_700_000_001);
    s.git(&["checkout", "-q", "main"]);
    s.git(&["notes", "add", "-m", "SECRET-note"]);
    let r = since(&s, None, 1_650_000_000);
    let mut paths: Vec<_> = added(&r).into_iter().map(|(path, _)| path).collect();
    paths.sort();
    assert_eq!(paths, ["lost", "new"]);
    assert_eq!(since(&s, None, 1_800_000_000).count(Unit::Commit), 0);
    let paths: Vec<_> = added(&since(&s, Some("HEAD~2..HEAD"), 1_650_000_000));
    assert_eq!(paths, [("new".into(), None)]);
    let note = since(&s, None, 1_600_000_000).one("SECRET-note");
    assert_eq!((note.kind, note.reference.as_deref()), (Kind::Note, Some("refs/notes/commits")));
    assert_eq!((note.path, note.commit), (None, Some(s.id("HEAD").to_string())));
}

#[test]
fn since_finds_stashes() {
    let s = Sandbox::new();
    s.commit("a", "1\n");
    s.write("a", "SECRET-index\n");
    s.git(&["add", "a"]);
    s.write("a", "SECRET-tree\n");
    s.write("b", "SECRET-untracked\n");
    s.git(&["stash", "-q", "--include-untracked"]);
    let r = since(&s, None, 0);
    for text in ["SECRET-index", "SECRET-tree", "SECRET-untracked"] {
        r.one(text);
    }
}
