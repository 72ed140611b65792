//! Damaged, partial and shallow repositories: everything is named, and the rest is read.

use super::*;
use std::fs;

#[test]
fn a_missing_blob_is_named() {
    let s = Sandbox::new();
    s.commit("a", "gone\n");
    let blob = s.id("HEAD:a");
    let two = s.commit("b", "SECRET\n");
    fs::remove_file(s.loose(&blob)).unwrap();
    let r = scan(&s);
    assert_eq!(r.skips(), [format!("missing {blob}")]);
    assert_file(&r.one("SECRET"), "b", &two);
    assert!(r.one("SECRET").in_head);
}

#[test]
fn a_missing_tree_is_named_and_what_it_held_counts_as_reachable() {
    let s = Sandbox::new();
    s.commit("dir/a", "SECRET-lost\n");
    let two = s.commit("b", "SECRET-kept\n");
    let tree = s.id("HEAD:dir");
    fs::remove_file(s.loose(&tree)).unwrap();
    let r = scan(&s);
    assert_eq!(r.skips(), [format!("missing {tree}")]);
    assert_file(&r.one("SECRET-kept"), "b", &two);
    let lost = r.one("SECRET-lost");
    assert_eq!((lost.path, lost.commit, lost.reach), (None, None, Reach::Reachable));
}

#[test]
fn a_missing_commit_is_named_and_its_content_counts_as_reachable() {
    let s = Sandbox::new();
    let one = s.commit("a", "SECRET-before\n");
    let two = s.commit("a", "SECRET-in\n");
    let three = s.commit("a", "SECRET-after\n");
    fs::remove_dir_all(s.root.join(".git/logs")).unwrap();
    fs::remove_file(s.loose(&two)).unwrap();
    let r = scan(&s);
    assert_eq!(r.skips(), [format!("missing {two}")]);
    assert_file(&r.one("SECRET-after"), "a", &three);
    assert_file(&r.one("SECRET-before"), "a", &one);
    assert_eq!((r.one("SECRET-in").path.as_deref(), r.one("SECRET-in").commit), (Some("a"), None));
    assert!(r.records().iter().all(|r| r.reach == Reach::Reachable));
}

#[test]
fn corrupt_loose_objects_are_named() {
    let s = Sandbox::new();
    s.commit("a", "1\n");
    let blob = s.id("HEAD:a");
    s.commit("dir/b", "SECRET-b\n");
    let tree = s.id("HEAD:dir");
    let commit = s.commit("c", "2\n");
    let last = s.commit("d", "SECRET-d\n");
    for id in [&blob, &tree, &commit] {
        let path = s.loose(id);
        fs::remove_file(&path).unwrap();
        fs::write(path, b"x\x9cnonsense").unwrap();
    }
    let r = scan(&s);
    let mut expected = [&blob, &tree, &commit].map(|id| format!("corrupt {id}"));
    expected.sort();
    assert_eq!(r.skips(), expected);
    assert_file(&r.one("SECRET-d"), "d", &last);
    assert_eq!(r.one("SECRET-b").reach, Reach::Reachable);
}

#[test]
fn what_only_the_lost_wants_is_no_failure() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.git(&["checkout", "-q", "--detach"]);
    s.commit("b", "2");
    let blob = s.id("HEAD:b");
    s.git(&["checkout", "-q", "main"]);
    s.git(&["reflog", "expire", "--expire=now", "--all"]);
    fs::remove_file(s.loose(&blob)).unwrap();
    assert_eq!(scan(&s).skips(), [""; 0]);
}

#[test]
fn forgotten_reflog_ids_are_only_noted() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.commit("a", "2");
    s.git(&["reset", "-q", "--hard", "HEAD~"]);
    let log = s.root.join(".git/logs/HEAD");
    let mut text = fs::read_to_string(&log).unwrap();
    text.push_str(&format!("{one} {} A <a@b> 1 +0000\tgone\n", "7".repeat(40)));
    fs::write(&log, text).unwrap();
    let r = scan(&s);
    assert_eq!(r.skips(), [""; 0]);
    assert_eq!(r.notes(), ["ids in reflogs that git has forgotten: 1"]);
}

#[test]
fn references_to_nothing_are_named() {
    let s = Sandbox::new();
    s.commit("a", "SECRET");
    fs::write(s.root.join(".git/refs/heads/gone"), "7".repeat(40)).unwrap();
    fs::write(s.root.join(".git/refs/heads/junk"), "junk").unwrap();
    fs::create_dir_all(s.root.join(".git/refs/remotes/o")).unwrap();
    fs::write(s.root.join(".git/refs/remotes/o/HEAD"), "ref: refs/remotes/o/main\n").unwrap();
    let r = scan(&s);
    assert_eq!(r.skips(), ["broken-reference refs/heads/gone", "broken-reference refs/heads/junk"]);
    assert_eq!(r.notes(), ["symbolic references that lead nowhere: 1"]);
    assert!(r.one("SECRET").in_head);
}

#[test]
fn a_shallow_boundary_is_no_first_commit() {
    let s = Sandbox::new();
    s.commit("a", "SECRET-old\n");
    let boundary = s.commit("b", "SECRET-boundary\n");
    s.write("c", "SECRET-new\n");
    let last = s.commit_at("SECRET-message", 1_600_000_000);
    s.outside(&["clone", "-q", "--depth", "2", &format!("file://{}", s.root.display()), "shallow"]);
    let r = scan_of(s.open_at("shallow"));
    assert_eq!(r.skips(), [format!("shallow {boundary}")]);
    assert!(r.details()[0].contains("git fetch --unshallow"));
    for text in ["SECRET-old", "SECRET-boundary"] {
        let found = r.one(text);
        assert_eq!((found.commit, found.reach, found.in_head), (None, Reach::Reachable, true), "{text}");
        assert!(found.path.is_some());
    }
    assert_file(&r.one("SECRET-new"), "c", &last);
    assert_eq!(r.one("SECRET-message").commit, Some(last.to_string()));

    let allowed = Options { shallow: ShallowHistory::Allowed, ..Options::default() };
    let r = scan_with(s.open_at("shallow"), allowed);
    assert_eq!(r.skips(), [""; 0]);
    assert_eq!(r.notes(), ["a shallow history: cut off at 1 commits"]);
    assert_eq!(r.one("SECRET-old").commit, None);
}

#[test]
fn a_partial_clone_names_what_it_lacks_and_fetches_nothing() {
    let s = Sandbox::new();
    s.git(&["config", "uploadpack.allowFilter", "true"]);
    s.commit("a", "SECRET-lazy\n");
    let blob = s.id("HEAD:a");
    let two = s.commit("a", "SECRET-here\n");
    s.outside(&["clone", "-q", "--filter=blob:none", &format!("file://{}", s.root.display()), "partial"]);
    let r = scan_of(s.open_at("partial"));
    assert_eq!(r.skips(), [format!("missing {blob}")]);
    assert!(r.details()[0].contains("partial clone"));
    assert_file(&r.one("SECRET-here"), "a", &two);
    assert_eq!(scan_of(s.open_at("partial")).skips(), [format!("missing {blob}")], "still not here");
}

#[test]
fn a_treeless_clone_names_its_trees() {
    let s = Sandbox::new();
    s.git(&["config", "uploadpack.allowFilter", "true"]);
    s.commit("a", "1\n");
    let tree = s.id("HEAD^{tree}");
    s.commit("a", "SECRET\n");
    s.outside(&["clone", "-q", "--filter=tree:0", &format!("file://{}", s.root.display()), "partial"]);
    let r = scan_of(s.open_at("partial"));
    assert_eq!(r.skips(), [format!("missing {tree}")]);
}

/// A packed repository with a SECRET in every commit's file, message and tag.
fn packed() -> Sandbox {
    let s = Sandbox::new();
    let mut text: String = (0..400).map(|n| format!("line {n} of a file that git packs as deltas\n")).collect();
    for n in 0..12 {
        text.insert_str(n * 20, &format!("SECRET-{n:02}-file\n"));
        s.write(&format!("d{}/f", n % 2), &text);
        s.commit_at(&format!("SECRET-{n:02}-message"), 1_600_000_000 + n as i64);
    }
    s.git(&["tag", "-m", "SECRET-tag", "v1"]);
    s.git(&["gc", "-q"]);
    s
}

/// Every content that holds a secret, whatever is said of it.
fn contents(r: &Recorder) -> std::collections::BTreeSet<String> {
    r.records().into_iter().filter_map(|r| r.text).collect()
}

#[test]
fn a_damaged_pack_is_never_silently_clean() {
    let s = packed();
    let whole = contents(&scan(&s));
    assert!(whole.len() > 24);
    let dir = s.root.join(".git/objects/pack");
    let file = |end: &str| {
        let all = fs::read_dir(&dir).unwrap().map(|e| e.unwrap().path());
        all.into_iter().find(|p| p.to_string_lossy().ends_with(end)).unwrap()
    };
    for end in [".pack", ".idx"] {
        let path = file(end);
        let good = fs::read(&path).unwrap();
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let step = good.len() / 23;
        for at in (0..good.len()).step_by(step.max(1)) {
            let mut bad = good.clone();
            bad[at..].iter_mut().take(8).for_each(|b| *b ^= 0x5a);
            fs::write(&path, &bad).unwrap();
            check(&scan(&s), &whole, &format!("{end} flipped at {at}"));
            fs::write(&path, &good[..at]).unwrap();
            check(&scan(&s), &whole, &format!("{end} cut at {at}"));
        }
        fs::write(&path, &good).unwrap();
    }
    assert_eq!(contents(&scan(&s)), whole);
}

/// All is found, or what is not is told; nothing that is found counts as unreachable.
fn check(r: &Recorder, whole: &std::collections::BTreeSet<String>, what: &str) {
    let found = contents(r);
    let failed = r.failures();
    assert!(found.is_superset(whole) || failed > 0, "{what}: {} of {} without a word", found.len(), whole.len());
    assert!(r.records().iter().all(|r| r.reach == Reach::Reachable), "{what}: {:#?}", r.skips());
}

#[test]
fn each_object_in_turn_is_missed() {
    let s = Sandbox::new();
    for n in 0..4 {
        s.write(&format!("d/f{n}"), format!("SECRET-{n}\n"));
        s.commit_at(&format!("SECRET-{n}"), 1_600_000_000);
    }
    fs::remove_dir_all(s.root.join(".git/logs")).unwrap();
    let whole = scan(&s).records().len();
    for line in s.git(&["rev-list", "--objects", "--all"]).lines() {
        let id = ObjectId::from_hex(line.split(' ').next().unwrap().as_bytes()).unwrap();
        let path = s.loose(&id);
        let content = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let r = scan(&s);
        // The last commit is missed by its reference.
        let named = r.skips().iter().any(|skip| skip == &format!("missing {id}") || skip.starts_with("broken-ref"));
        assert!(named, "{line}: {:?}", r.skips());
        assert!(r.records().iter().all(|r| r.reach == Reach::Reachable), "{line}");
        assert!(r.records().len() + 2 >= whole, "{line}: {} of {whole}", r.records().len());
        fs::write(&path, content).unwrap();
    }
}

#[test]
fn packs_that_are_replaced_meanwhile_hide_nothing() {
    let s = packed();
    let whole = scan(&s).records();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                s.git(&["repack", "-q", "-a", "-d", "-f", "--depth=3"]);
                s.git(&["repack", "-q", "-a", "-d", "-f", "--depth=50"]);
            }
        });
        let all: Vec<_> = (0..12).map(|_| scan(&s)).map(|r| (r.records(), r.skips())).collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        for (records, skips) in all {
            assert_eq!((records, skips), (whole.clone(), vec![]));
        }
    });
}
