use super::*;
use crate::finding::testing::{at_line, finding};
use std::fs;

const TODAY: &str = "2026-06-15";
const SECRET: &str = "q8Kd02hfJ3nMs7Lp1Xz4";

fn terms(expires: Option<&str>) -> Terms {
    Terms::new("made up", Some("Ann"), expires).unwrap()
}

fn known(findings: &[Finding]) -> Baseline {
    Baseline::default().on(TODAY).create(findings, &terms(None))
}

fn token(path: &str) -> Finding {
    finding("generic-token", SECRET, path.as_bytes())
}

/// What is silenced, and the notes, when these files are there.
fn mark(baseline: &Baseline, mut findings: Vec<Finding>, there: &[&str], whole: bool) -> (Vec<bool>, Vec<String>) {
    let still_there = |path: &[u8]| there.iter().any(|p| p.as_bytes() == path);
    let notes = baseline.mark(&mut findings, &still_there, whole);
    for finding in &findings {
        assert!(finding.suppressed.as_ref().is_none_or(|s| s.by == SuppressedBy::Baseline && s.reason == "made up"));
    }
    (findings.iter().map(|f| f.suppressed.is_some()).collect(), notes.into_iter().map(|n| n.why).collect())
}

#[test]
fn what_is_known_is_marked_and_nothing_else() {
    let baseline = known(&[token("a.py")]);
    let others =
        [token("b.py"), finding("generic-token", "another8Kd02hfJ3nMs7Lp", b"a.py"), finding("jwt", SECRET, b"a.py")];
    let all: Vec<_> = [at_line(token("a.py"), 99)].into_iter().chain(others).collect();
    assert_eq!(mark(&baseline, all, &["a.py", "b.py"], true), (vec![true, false, false, false], vec![]));
}

#[test]
fn a_file_that_moved_stays_covered_at_one_path_and_is_named() {
    let baseline = known(&[token("old/a.py")]);
    let (marked, notes) = mark(&baseline, vec![token("new/a.py")], &["new/a.py"], false);
    assert_eq!((marked, notes), (vec![true], vec!["moved to new/a.py".to_owned()]));
    // A copy is none: the old file is still there.
    let (marked, notes) = mark(&baseline, vec![token("new/a.py")], &["new/a.py", "old/a.py"], true);
    assert_eq!((marked, notes), (vec![false], vec!["matches nothing any more".to_owned()]));
    // Two copies: the one of the same name, whatever comes first.
    let (marked, notes) = mark(&baseline, vec![token("b.py"), token("z/a.py")], &["b.py", "z/a.py"], true);
    assert_eq!((marked, notes), (vec![false, true], vec!["moved to z/a.py".to_owned()]));
    // Twice in the new file is the same secret in the same file.
    let twice = vec![token("n.py"), at_line(token("n.py"), 7)];
    assert_eq!(mark(&baseline, twice, &["n.py"], true).0, [true, true]);
    // Another secret there is new.
    let other = finding("generic-token", "another8Kd02hfJ3nMs7Lp", b"new/a.py");
    assert_eq!(mark(&baseline, vec![other], &["new/a.py"], true).0, [false]);
}

#[test]
fn two_moved_files_cover_two_and_not_three() {
    let baseline = known(&[token("a/x"), token("b/y")]);
    let found = vec![token("c/y"), token("d/x"), token("e/z")];
    let (marked, notes) = mark(&baseline, found, &["c/y", "d/x", "e/z"], true);
    assert_eq!(marked, [true, true, false]);
    assert_eq!(notes.len(), 2);
}

#[test]
fn in_a_history_old_and_new_path_are_covered() {
    let baseline = known(&[token("old.py")]);
    // The old path is found in old commits; HEAD has the new one alone.
    let (marked, notes) =
        mark(&baseline, vec![token("between.py"), token("new.py"), token("old.py")], &["new.py"], true);
    assert_eq!((marked, notes), (vec![false, true, true], vec!["moved to new.py".to_owned()]));
}

#[test]
fn more_moves_than_are_compared_are_said_aloud_and_kept_names_still_found() {
    let of = |folder: &str| -> Vec<Finding> {
        (0..30).map(|i| finding("generic-token", &format!("{SECRET}{i}"), format!("{folder}/{i}").as_bytes())).collect()
    };
    let baseline = known(&of("old"));
    let mut found = of("new");
    let notes = baseline.mark(&mut found, &|path| path.starts_with(b"new"), true);
    assert!(found.iter().all(|finding| finding.suppressed.is_some()));
    assert_eq!(notes.iter().filter(|note| note.why.starts_with("moved to new/")).count(), 30);
    assert!(notes.iter().any(|note| note.why.contains("too many entries")));
}

#[test]
fn guessable_values_move_too() {
    let baseline = known(&[finding("generic-password", "hunter2", b"a")]);
    let (marked, _) = mark(&baseline, vec![finding("generic-password", "hunter2", b"b")], &["b"], true);
    assert_eq!(marked, [true]);
}

#[test]
fn an_expired_entry_does_not_count_and_is_named() {
    let of = |day| Baseline::default().on(TODAY).create(&[token("a.py")], &terms(Some(day)));
    assert_eq!(mark(&of("2026-06-15"), vec![token("a.py")], &["a.py"], true), (vec![true], vec![]));
    let over = (vec![false], vec!["expired on 2026-06-14".to_owned()]);
    assert_eq!(mark(&of("2026-06-14"), vec![token("a.py")], &["a.py"], false), over);
    assert_eq!(mark(&of("2026-06-14"), vec![token("b.py")], &["b.py"], false), over);
}

#[test]
fn an_entry_that_matches_nothing_is_named_after_a_whole_scan_alone() {
    let baseline = known(&[token("a.py")]);
    assert_eq!(mark(&baseline, vec![], &["a.py"], false).1, [] as [&str; 0]);
    assert_eq!(mark(&baseline, vec![], &["a.py"], true).1, ["matches nothing any more"]);
    let notes = baseline.mark(&mut [], &|_| true, true);
    assert!(notes[0].what.ends_with("(generic-token in a.py)") && !notes[0].what.contains(SECRET));
}

#[test]
fn what_something_else_silences_stays_as_it_is_but_is_matched() {
    let baseline = known(&[token("a.py")]);
    let mut found = token("a.py");
    found.suppressed = Some(Suppression { by: SuppressedBy::Inline, reason: "x".into() });
    let mut all = [found];
    assert_eq!(baseline.mark(&mut all, &|_| true, true), []);
    assert_eq!(all[0].suppressed.as_ref().unwrap().by, SuppressedBy::Inline);
    assert!(known(&all).entries().is_empty(), "and is not put into a baseline");
}

#[test]
fn findings_without_a_path_are_known_too() {
    let mut message = token("");
    message.origin.repo_path = None;
    let baseline = known(&[message.clone()]);
    assert_eq!(mark(&baseline, vec![message, token("new.py")], &["new.py"], true), (vec![true, false], vec![]));
}

#[test]
fn a_file_comes_back_and_is_the_same_twice() {
    let odd = finding("generic-token", SECRET, b"d \xff\n\"x\\\"/\t=.py");
    let all = [odd, token("b.py"), token("a.py"), at_line(token("a.py"), 5)];
    let baseline = known(&all);
    let text = baseline.to_text();
    assert_eq!(baseline.entries().len(), 3);
    assert_eq!(Baseline::parse(&text, Path::new("x")).unwrap().on(TODAY), baseline);
    assert_eq!(Baseline::parse(&text.replace('\n', "\r\n"), Path::new("x")).unwrap().on(TODAY), baseline);
    // Again, in another order, with other terms, over what is there: byte for byte the same.
    let again = Baseline::parse(&text, Path::new("x")).unwrap().on(TODAY);
    let reversed: Vec<_> = all.iter().rev().cloned().collect();
    assert_eq!(again.create(&reversed, &Terms::new("other", None, None).unwrap()).to_text(), text);
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(lines.is_sorted() && lines.len() == 3);
    assert!(!text.contains(SECRET));
}

#[test]
fn an_expired_entry_gets_new_terms_when_it_is_created_again() {
    let over = Baseline::default().on(TODAY).create(&[token("a.py"), token("b.py")], &terms(Some("2026-01-01")));
    let again = over.create(&[token("a.py")], &terms(None));
    let expires: Vec<_> = again.entries().iter().map(|e| (e.path.to_string(), e.terms.expires.is_some())).collect();
    assert!(expires.contains(&("a.py".into(), false)) && expires.contains(&("b.py".into(), true)));
}

#[test]
fn prune_leaves_what_counts_and_lets_entries_follow_their_files() {
    let baseline = known(&[token("a.py"), token("gone.py"), finding("jwt", SECRET, b"old/c.py")]);
    let over = Baseline::default().create(&[token("late.py")], &terms(Some("2026-01-01")));
    let baseline = baseline.with(over);
    let found = [token("a.py"), finding("jwt", SECRET, b"new/c.py"), token("late.py")];
    let there = |path: &[u8]| [&b"a.py"[..], b"new/c.py", b"late.py", b"gone.py"].contains(&path);
    let (pruned, notes) = baseline.prune(&found, &there);
    let paths: Vec<_> = pruned.entries().iter().map(|e| (e.rule.as_str(), e.path.to_string())).collect();
    assert_eq!(paths.len(), 2);
    assert!(paths.contains(&("generic-token", "a.py".into())) && paths.contains(&("jwt", "new/c.py".into())));
    let why: std::collections::BTreeSet<_> = notes.iter().map(|n| n.why.as_str()).collect();
    assert_eq!(
        why.into_iter().collect::<Vec<_>>(),
        ["expired on 2026-01-01", "matches nothing any more", "moved to new/c.py"]
    );
    assert_eq!(pruned.prune(&found, &there), (pruned.clone(), vec![]));
    assert_eq!(mark(&pruned, found[..2].to_vec(), &["a.py", "new/c.py"], true), (vec![true, true], vec![]));
}

#[test]
fn of_two_entries_for_one_finding_the_longer_counts() {
    let [short, long, ever] = [Some("2026-01-01"), Some("2027-01-01"), None].map(|day| {
        let text = Baseline::default().create(&[token("a.py")], &terms(day)).to_text();
        text.lines().find(|line| !line.starts_with('#')).unwrap().to_owned()
    });
    for (lines, expected) in
        [([&short, &long], &long), ([&long, &short], &long), ([&ever, &long], &ever), ([&short, &ever], &ever)]
    {
        let text = format!("{}\n{}\n", lines[0], lines[1]);
        let entries = Baseline::parse(&text, Path::new("x")).unwrap().entries;
        assert_eq!(entries.iter().map(Entry::line).collect::<Vec<_>>(), [expected.as_str()]);
    }
}

#[test]
fn errors_name_file_and_line_and_show_nothing() {
    let text = known(&[token("a.py")]).to_text();
    let line = text.lines().count() + 1;
    for (planted, words) in [
        ("Tr0ub4dor", "the entry does not begin with a fingerprint"),
        ("<<<<<<< Tr0ub4dor", "merge conflict: keep the entries of both sides"),
        ("=======", "merge conflict"),
        (">>>>>>> Tr0ub4dor", "merge conflict"),
    ] {
        let error = Baseline::parse(&format!("{text}{planted}\n"), Path::new("b")).unwrap_err().to_string();
        assert!(error.starts_with(&format!("b:{line}: ")), "{error}");
        assert!(error.contains(words) && !error.contains("Tr0"), "{error}");
    }
}

#[test]
fn the_file_is_written_at_once_and_left_alone_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("known");
    let baseline = known(&[token("a.py")]);
    baseline.write(&path).unwrap();
    baseline.write(&path).unwrap();
    assert_eq!(Baseline::read(&path, TODAY).unwrap(), baseline);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777 | 0o022, 0o644 | 0o022);
    }
    let error = baseline.write(&folder.path().join("no/such/folder")).unwrap_err().to_string();
    assert!(error.contains("cannot be written"), "{error}");
    fs::write(&path, b"# \xff\n").unwrap();
    assert!(Baseline::read(&path, TODAY).unwrap_err().to_string().contains("known:1: is not UTF-8"));
    assert!(Baseline::read(folder.path(), TODAY).unwrap_err().to_string().contains("no regular file"));
    assert!(Baseline::read(&folder.path().join("gone"), TODAY).is_err());
}

/// What two branches add merges with git, into a baseline with both.
#[test]
fn additions_of_two_branches_merge() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // Fingerprints that begin alike share a section; these do not.
    let apart = |a: &Finding, b: &Finding| {
        let section = |f: &Finding| u8::from_str_radix(&f.fingerprint.as_str()[..2], 16).unwrap() / 4;
        section(a) != section(b)
    };
    let (base, ours) = (known(&[]), token("ours.py"));
    let theirs = (0..).map(|i| token(&format!("theirs{i}.py"))).find(|f| apart(f, &ours)).unwrap();
    base.write(&path("base")).unwrap();
    base.clone().create(std::slice::from_ref(&ours), &terms(None)).write(&path("ours")).unwrap();
    base.create(std::slice::from_ref(&theirs), &terms(None)).write(&path("theirs")).unwrap();
    let status = std::process::Command::new("git")
        .current_dir(folder.path())
        .args(["merge-file", "ours", "base", "theirs"])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(Baseline::read(&path("ours"), TODAY).unwrap(), known(&[ours, theirs]));
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "([0-9a-f]{32} |reason=|author=|expires=|2026-01-01|[\"\\\\#<>= \n]|\\PC){0,30}") {
        if let Ok(baseline) = Baseline::parse(&text, Path::new("x")) {
            proptest::prop_assert_eq!(Baseline::parse(&baseline.to_text(), Path::new("x")).unwrap(), baseline);
        }
    }

    #[test]
    fn any_entry_comes_back(paths in proptest::collection::vec(proptest::collection::vec(proptest::prelude::any::<u8>(), 0..12), 0..20), reason in "\\PC*[a-z]") {
        let found: Vec<_> = paths.iter().map(|path| finding("generic-token", SECRET, path)).collect();
        let baseline = Baseline::default().create(&found, &Terms::new(&reason, None, None).unwrap());
        proptest::prop_assert_eq!(Baseline::parse(&baseline.to_text(), Path::new("x")).unwrap(), baseline);
    }
}
