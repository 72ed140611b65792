//! Which content is read.

use super::*;
use crate::source::Unit;

#[test]
fn every_commit_of_every_reference() {
    let s = Sandbox::new();
    let one = s.commit("a.py", "SECRET-first\n");
    s.commit("a.py", "nothing\n");
    s.git(&["checkout", "-q", "-b", "topic"]);
    let two = s.commit("b/c.py", "SECRET-branch\n");
    s.git(&["checkout", "-q", "--detach", "main"]);
    let three = s.commit("d", "SECRET-tag\n");
    s.git(&["tag", "light"]);
    s.git(&["checkout", "-q", "main"]);
    s.git(&["checkout", "-q", "--detach"]);
    let four = s.commit("e", "SECRET-foreign\n");
    s.git(&["update-ref", "refs/pull/1/head", "HEAD"]);
    s.git(&["checkout", "-q", "main"]);
    let r = scan(&s);
    assert_file(&r.one("SECRET-first"), "a.py", &one);
    assert_file(&r.one("SECRET-branch"), "b/c.py", &two);
    assert_file(&r.one("SECRET-tag"), "d", &three);
    assert_file(&r.one("SECRET-foreign"), "e", &four);
    assert!(r.records().iter().all(|r| r.reach == Reach::Reachable && !r.in_head));
    assert_eq!(r.skips(), [""; 0]);
    assert_eq!((r.count(Unit::Commit), r.count(Unit::Blob)), (5, 5));
}

#[test]
fn deleted_files_and_packed_ones() {
    let s = Sandbox::new();
    let one = s.commit("gone.py", "SECRET\n");
    s.git(&["rm", "-q", "gone.py"]);
    s.commit_at("Remove it", 1_600_000_100);
    assert_file(&scan(&s).one("SECRET"), "gone.py", &one);
    let loose = scan(&s).records();
    s.git(&["gc", "-q"]);
    assert_eq!(scan(&s).records(), loose);
}

#[test]
fn what_only_a_merge_brings() {
    let s = Sandbox::new();
    s.commit("base", "1");
    for side in ["one", "two"] {
        s.git(&["checkout", "-q", "-b", side, "main"]);
        s.commit(side, "1");
    }
    s.git(&["checkout", "-q", "main"]);
    s.commit("main", "1");
    s.git(&["merge", "-q", "--no-commit", "one", "two"]);
    s.write("evil", "SECRET-octopus");
    let octopus = s.commit_at("Merge", 1_600_000_000);
    assert_eq!(s.git(&["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 4);
    s.git(&["checkout", "-q", "-b", "three", "HEAD~"]);
    s.commit("three", "1");
    s.git(&["checkout", "-q", "main"]);
    s.git(&["rm", "-q", "evil"]);
    s.commit_at("Remove it", 1_600_000_000);
    s.git(&["merge", "-q", "--no-commit", "--no-ff", "three"]);
    s.write("base", "SECRET-merge");
    let merge = s.commit_at("Merge", 1_600_000_000);
    s.commit("base", "2");
    let r = scan(&s);
    assert_file(&r.one("SECRET-octopus"), "evil", &octopus);
    assert_file(&r.one("SECRET-merge"), "base", &merge);
}

#[test]
fn the_whole_stash() {
    let s = Sandbox::new();
    s.commit("a", "1");
    s.write("a", "SECRET-older");
    s.git(&["stash", "-q"]);
    s.write("a", "SECRET-index");
    s.git(&["add", "a"]);
    s.write("a", "SECRET-tree");
    s.write("new", "SECRET-untracked");
    s.git(&["stash", "-q", "--include-untracked"]);
    let r = scan(&s);
    for (text, path, rev) in [
        ("SECRET-older", "a", "stash@{1}"),
        ("SECRET-index", "a", "stash^2"),
        ("SECRET-tree", "a", "stash"),
        ("SECRET-untracked", "new", "stash^3"),
    ] {
        let found = r.one(text);
        assert_eq!((found.path.as_deref(), found.reach), (Some(path), Reach::Reachable), "{text}");
        if text != "SECRET-older" {
            assert_file(&found, path, &s.id(rev));
        }
    }
}

#[test]
fn reflogs_and_worktrees_keep_commits_reachable() {
    let s = Sandbox::new();
    s.commit("a", "1");
    let lost = s.commit("b", "SECRET-amended");
    s.git(&["reset", "-q", "--hard", "HEAD~"]);
    s.git(&["worktree", "add", "-q", "--detach", "../other"]);
    std::fs::write(s.dir.path().join("other/c"), "SECRET-there").unwrap();
    s.git(&["-C", "../other", "add", "c"]);
    s.git(&["-C", "../other", "commit", "-qm", "there"]);
    std::fs::remove_file(s.root.join(".git/worktrees/other/logs/HEAD")).unwrap();
    let there = ObjectId::from_hex(s.git(&["-C", "../other", "rev-parse", "HEAD"]).as_bytes()).unwrap();
    for r in [scan(&s), scan_of(s.open_at("other"))] {
        assert_file(&r.one("SECRET-amended"), "b", &lost);
        assert_file(&r.one("SECRET-there"), "c", &there);
        assert!(r.records().iter().all(|r| r.reach == Reach::Reachable));
    }
    assert!(!scan(&s).one("SECRET-there").in_head);
    assert!(scan_of(s.open_at("other")).one("SECRET-there").in_head);
}

#[test]
fn messages_and_headers_without_signatures() {
    let s = Sandbox::new();
    s.write("a", "1");
    let one = s.commit_at("Subject\n\nline 3\nSECRET-message\n", 1_600_000_000);
    let signed = format!(
        "tree {}\nparent {one}\nauthor SECRET-author <a@b> 1 +0000\ncommitter C <c@d> 2 +0000\n\
         gpgsig -----BEGIN PGP SIGNATURE-----\n SECRET-signature\n -----END PGP SIGNATURE-----\n\
         mergetag object {one}\n type commit\n tag v0\n \n SECRET-mergetag\n\nplain\n",
        s.id("HEAD^{tree}")
    );
    let two = s.git_with(&["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], signed.as_bytes());
    s.git(&["update-ref", "refs/heads/signed", &two]);
    let r = scan(&s);
    let message = r.one("SECRET-message");
    assert_eq!((message.kind, message.path, message.commit), (Kind::Message, None, Some(one.to_string())));
    assert_eq!(message.text.unwrap(), "Subject\n\nline 3\nSECRET-message\n", "its lines are the message's");
    let header = r.one("SECRET-author");
    assert_eq!((header.kind, header.commit.as_deref()), (Kind::Message, Some(two.as_str())));
    assert!(header.text.unwrap().contains("SECRET-mergetag"));
    assert!(r.records().iter().all(|r| !r.text.as_ref().unwrap().contains("SECRET-signature")));
}

#[test]
fn a_message_with_nul_bytes_is_text() {
    let s = Sandbox::new();
    s.commit("a", "1");
    let text = format!("tree {}\nauthor A <a@b> 1 +0\ncommitter A <a@b> 1 +0\n\nx\0SECRET\0\n", s.id("HEAD^{tree}"));
    let id = s.git_with(&["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], text.as_bytes());
    s.git(&["update-ref", "refs/heads/odd", &id]);
    assert_eq!(scan(&s).one("SECRET").text.unwrap(), "x SECRET \n");
}

#[test]
fn annotated_tags_of_commits_and_of_tags() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.git(&["tag", "-a", "-m", "SECRET-tag", "v1"]);
    s.git(&["tag", "-a", "-m", "SECRET-outer", "v2", "v1"]);
    s.git(&["update-ref", "-d", "refs/tags/v1"]);
    let signed = format!(
        "object {one}\ntype commit\ntag v3\ntagger A <a@b> 1 +0000\n\nSubject\nSECRET-signed\n\
         -----BEGIN PGP SIGNATURE-----\nSECRET-not-this\n-----END PGP SIGNATURE-----\n"
    );
    let v3 = s.git_with(&["hash-object", "-t", "tag", "-w", "--stdin"], signed.as_bytes());
    s.git(&["update-ref", "refs/tags/v3", &v3]);
    let r = scan(&s);
    for (text, tag) in [("SECRET-tag", "v1"), ("SECRET-outer", "v2"), ("SECRET-signed", "v3")] {
        let found = r.one(text);
        assert_eq!((found.kind, found.path, found.reach), (Kind::Tag, None, Reach::Reachable));
        assert_eq!((found.reference.as_deref(), found.commit), (Some(tag), Some(one.to_string())));
        assert!(!found.text.unwrap().contains("SECRET-not-this"));
    }
}

#[test]
fn tags_of_trees_and_blobs() {
    let s = Sandbox::new();
    s.commit("a", "1");
    let blob = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET-blob");
    s.git(&["tag", "-a", "-m", "a blob", "blob", &blob]);
    let inner = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET-inner");
    let tree = s.git_with(&["mktree"], format!("100644 blob {inner}\tdir.py\n").as_bytes());
    s.git(&["update-ref", "refs/tags/tree", &tree]);
    let r = scan(&s);
    let found = r.one("SECRET-blob");
    assert_eq!((found.path, found.reference.as_deref(), found.reach), (None, Some("refs/tags/blob"), Reach::Reachable));
    let found = r.one("SECRET-inner");
    assert_eq!((found.path.as_deref(), found.commit, found.reach), (Some("dir.py"), None, Reach::Reachable));
}

#[test]
fn notes_of_every_notes_reference() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    let two = s.commit("a", "2");
    s.git(&["notes", "add", "-m", "SECRET-note", &one.to_string()]);
    s.git(&["notes", "--ref=review", "add", "-m", "SECRET-review", &two.to_string()]);
    s.git(&["notes", "--ref=review", "remove", &two.to_string()]);
    let r = scan(&s);
    for (text, reference, commit) in
        [("SECRET-note", "refs/notes/commits", one), ("SECRET-review", "refs/notes/review", two)]
    {
        let found = r.one(text);
        assert_eq!((found.kind, found.path, found.reach), (Kind::Note, None, Reach::Reachable));
        assert_eq!((found.reference.as_deref(), found.commit), (Some(reference), Some(commit.to_string())));
    }
}

#[test]
fn names_of_files_folders_branches_and_tags() {
    let s = Sandbox::new();
    s.commit("plain", "1");
    let one = s.commit("dir/SECRET-file.txt", "1");
    let two = s.commit("SECRET-folder/deep/x", "1");
    s.git(&["rm", "-q", "dir/SECRET-file.txt"]);
    s.commit_at("Remove it", 1_600_000_000);
    s.git(&["branch", "SECRET-branch"]);
    s.git(&["tag", "-a", "-m", "t", "SECRET-tag"]);
    let r = scan(&s);
    let names: Vec<_> = r.of(Kind::History);
    assert_eq!(places(&names), places(&[names[0].clone(), names[1].clone()]));
    assert!(names.iter().all(|n| n.text.is_none()));
    assert_file(&names[0], "SECRET-folder/deep/x", &two);
    assert_file(&names[1], "dir/SECRET-file.txt", &one);
    assert_eq!((names[0].in_head, names[1].in_head), (true, false));
    let refs = r.of(Kind::Ref);
    let head = s.id("HEAD").to_string();
    for name in ["refs/heads/SECRET-branch", "refs/tags/SECRET-tag"] {
        let found = refs.iter().find(|f| f.reference.as_deref() == Some(name)).unwrap();
        assert_eq!((found.text.as_deref(), found.commit.as_ref()), (Some(name), Some(&head)));
    }
    assert_eq!(r.of(Kind::Tag), [], "the name is told once, by its reference");
}

#[test]
fn symbolic_links_are_their_targets_text() {
    let s = Sandbox::new();
    std::os::unix::fs::symlink("/SECRET/target", s.root.join("link")).unwrap();
    let one = s.commit_at("Link", 1_600_000_000);
    assert_file(&scan(&s).one("/SECRET/target"), "link", &one);
}

#[test]
fn configuration_and_reflog_lines() {
    let s = Sandbox::new();
    let one = s.commit("a", "1");
    s.git(&["config", "remote.origin.url", "https://u:SECRET@example.org/"]);
    s.git(&["update-ref", "--create-reflog", "-m", "SECRET-log", "refs/heads/x", "HEAD"]);
    s.git(&["config", "extensions.worktreeConfig", "true"]);
    s.git(&["config", "--worktree", "user.email", "SECRET-worktree"]);
    let r = scan(&s);
    assert_eq!(r.of(Kind::Config).len(), 2);
    let config = r.one("u:SECRET@");
    assert_eq!((config.kind, config.path, config.reference), (Kind::Config, None, None));
    let log = r.one("SECRET-log");
    assert_eq!((log.kind, log.reference.as_deref()), (Kind::Ref, Some("refs/heads/x")));
    assert_eq!(log.commit, Some(one.to_string()));
    assert_ne!(log.text, log.reference, "no name");
}

#[test]
fn a_reflog_line_that_repeats_its_commits_message_is_not_told_again() {
    let s = Sandbox::new();
    s.write("a", "1");
    s.commit_at("Add SECRET-subject\nin two lines\n\nbody", 1_600_000_000);
    let other = s.id("HEAD");
    s.git(&["update-ref", "--create-reflog", "-m", "rewritten: SECRET-other", "refs/heads/x", &other.to_string()]);
    let r = scan(&s);
    assert_eq!(r.of(Kind::Message).len(), 1);
    let logs = r.of(Kind::Ref);
    assert_eq!(logs.len(), 1, "{logs:#?}");
    assert!(logs[0].text.as_ref().unwrap().contains("SECRET-other"));
}

#[test]
fn bare_and_sha256() {
    let s = Sandbox::sha256();
    let one = s.commit("a", "SECRET");
    assert_eq!(one.to_string().len(), 64);
    let work = scan(&s).records();
    assert_file(&work[0], "a", &one);
    s.outside(&["clone", "-q", "--bare", "work", "bare.git"]);
    let bare = scan_of(s.open_at("bare.git"));
    assert_eq!(bare.records(), work, "a clone is as good as the original");
}

#[test]
fn alternates_are_read() {
    let s = Sandbox::new();
    let one = s.commit("a", "SECRET");
    s.outside(&["clone", "-q", "--shared", "work", "shared"]);
    assert_file(&scan_of(s.open_at("shared")).one("SECRET"), "a", &one);
}

#[test]
fn attributes_replacements_and_grafts_hide_nothing() {
    let s = Sandbox::new();
    s.write(".gitattributes", "* -diff binary export-ignore diff=x filter=y\n");
    s.write(".git/info/attributes", "* -text -diff\n");
    let one = s.commit("a", "SECRET-replaced");
    let two = s.commit("a", "clean");
    let clean = s.git(&["rev-parse", "HEAD:a"]);
    s.git(&["replace", &s.git(&["rev-parse", "HEAD~:a"]), &clean]);
    s.git(&["replace", "--graft", &two.to_string()]);
    s.write(".git/info/grafts", format!("{two}\n"));
    let r = scan(&s);
    assert_file(&r.one("SECRET-replaced"), "a", &one);
}

#[test]
fn what_replaces_is_content_too() {
    let s = Sandbox::new();
    s.commit("a", "plain");
    let secret = s.git_with(&["hash-object", "-w", "--stdin"], b"SECRET");
    s.git(&["replace", &s.git(&["rev-parse", "HEAD:a"]), &secret]);
    let found = scan(&s).one("SECRET");
    assert_eq!((found.path, found.reach), (None, Reach::Reachable));
    assert!(found.reference.unwrap().starts_with("refs/replace/"));
}
