//! Staged: what the next commit adds, from the index, with the real git.

mod indexes;
mod states;

use crate::support::{Run, Sandbox, filler, key, line, run};
use std::fs;
use std::os::unix::fs::symlink;

const RULE: &str = "mistral-api-key";

fn staged(sandbox: &Sandbox) -> Run {
    sandbox.leakbreak(["scan", "--staged", "--format", "jsonl"])
}

/// Adds everything and says what is found, after checking that the status fits.
fn places(sandbox: &Sandbox) -> Vec<String> {
    sandbox.git(["add", "-A"]);
    let done = staged(sandbox);
    let places = done.places();
    assert_eq!(done.status, i32::from(!places.is_empty()), "{done:?}");
    places
}

/// A repository whose first commit holds `content` in `a.py`.
fn begun(content: &str) -> Sandbox {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", content);
    sandbox.commit("Start");
    sandbox
}

#[test]
fn the_index_speaks_and_not_the_working_file() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")]);
    sandbox.write("a.py", "");
    assert_eq!(staged(&sandbox).places(), [format!("a.py:1 {RULE}")]);
    sandbox.git(["add", "-A"]);
    sandbox.write("a.py", line(&key(1)));
    assert_eq!(staged(&sandbox).status, 0);
}

#[test]
fn an_old_key_is_silent_until_a_new_line_hands_it_over() {
    let old = format!("token = \"{}\"\nx = 1\n", key(1));
    let sandbox = begun(&old);
    assert_eq!(staged(&sandbox).status, 0, "nothing is staged");
    sandbox.write("a.py", format!("{old}y = 2\n"));
    assert!(places(&sandbox).is_empty());
    sandbox.write("a.py", format!("{old}from mistralai import Mistral\nclient = Mistral(api_key=token)\n"));
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")]);
}

#[test]
fn renames_modes_and_deletions_add_nothing() {
    let sandbox = begun(&(line(&key(1)) + &filler(20)));
    sandbox.git(["mv", "a.py", "b.py"]);
    sandbox.write("b.py", line(&key(1)) + &filler(12) + &"other = 1\n".repeat(7));
    assert!(places(&sandbox).is_empty(), "sixty parts in a hundred are alike");
    sandbox.write("b.py", line(&key(1)) + &filler(4) + &"entirely something else\n".repeat(20));
    assert_eq!(places(&sandbox), [format!("b.py:1 {RULE}")]);
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.git(["update-index", "--chmod=+x", "a.py"]);
    assert_eq!(staged(&sandbox).status, 0);
    sandbox.git(["rm", "-qf", "a.py"]);
    assert_eq!(staged(&sandbox).status, 0);
}

#[test]
fn type_changes_are_new_and_an_intent_is_nothing_yet() {
    let sandbox = Sandbox::repository();
    symlink("target", sandbox.path().join("a.py")).unwrap();
    sandbox.commit("A link");
    fs::remove_file(sandbox.path().join("a.py")).unwrap();
    sandbox.write("a.py", line(&key(1)));
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")]);
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.write("b.py", line(&key(2)));
    sandbox.git(["add", "-N", "b.py"]);
    assert_eq!(staged(&sandbox).status, 0);
}

/// Two branches from one commit, each with a file of its own; on `main`.
fn diverged() -> Sandbox {
    let sandbox = begun(&filler(3));
    sandbox.git(["checkout", "-qb", "other"]);
    sandbox.write("theirs.py", line(&key(1)));
    sandbox.commit("Theirs");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("ours.py", filler(2));
    sandbox.commit("Ours");
    sandbox
}

#[test]
fn a_merge_adds_what_no_parent_has() {
    let sandbox = diverged();
    sandbox.git(["merge", "-q", "--no-commit", "other"]);
    assert!(places(&sandbox).is_empty());
    sandbox.write("ours.py", line(&key(2)));
    assert_eq!(places(&sandbox), [format!("ours.py:1 {RULE}")]);
    sandbox.git(["reset", "-q", "--hard"]);
    sandbox.git(["merge", "-q", "--squash", "other"]);
    assert_eq!(places(&sandbox), [format!("theirs.py:1 {RULE}")], "a squash has one parent");
}

#[test]
fn unmerged_is_3_and_its_resolution_counts() {
    let sandbox = begun(&filler(3));
    sandbox.git(["checkout", "-qb", "other"]);
    sandbox.write("a.py", line(&key(1)));
    sandbox.commit("Theirs");
    sandbox.git(["checkout", "-q", "main"]);
    sandbox.write("a.py", line(&key(2)));
    sandbox.commit("Ours");
    assert_ne!(sandbox.try_git(["merge", "-q", "other"]).status, 0);
    let done = staged(&sandbox);
    assert_eq!((done.status, done.findings().len()), (3, 0), "{done:?}");
    assert_eq!(done.receipt()["skipped"][0]["reason"], "unmerged", "{done:?}");
    sandbox.write("a.py", line(&key(1)) + &line(&key(2)));
    assert!(places(&sandbox).is_empty(), "each line has a parent");
    sandbox.write("a.py", line(&key(3)));
    assert_eq!(places(&sandbox), [format!("a.py:1 {RULE}")]);
}

#[test]
fn the_environment_names_index_and_repository() {
    let sandbox = begun(&filler(3));
    let index = sandbox.root().join("index");
    fs::copy(sandbox.path().join(".git/index"), &index).unwrap();
    sandbox.write("a.py", line(&key(1)));
    let added = run(sandbox.command("git").env("GIT_INDEX_FILE", &index).args(["add", "a.py"]), b"");
    assert_eq!(added.status, 0, "{added:?}");
    assert_eq!(staged(&sandbox).status, 0);
    for dir in [sandbox.path(), sandbox.root().join("home")] {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_leakbreak"));
        command.args(["scan", "--staged", "--format", "jsonl"]).current_dir(dir).env("GIT_INDEX_FILE", &index);
        command.env("GIT_DIR", sandbox.path().join(".git")).env("GIT_WORK_TREE", sandbox.path());
        assert_eq!(run(&mut command, b"").places(), [format!("a.py:1 {RULE}")]);
    }
}

#[test]
fn worktrees_folders_and_sha256() {
    let sandbox = begun(&filler(3));
    sandbox.git(["worktree", "add", "-q", "linked"]);
    sandbox.write("linked/b.py", line(&key(1)));
    sandbox.git(["-C", "linked", "add", "b.py"]);
    assert_eq!(staged(&sandbox).status, 0);
    let done = sandbox.leakbreak(["scan", "--staged", "--format", "jsonl", "linked"]);
    assert_eq!(done.places(), [format!("b.py:1 {RULE}")]);

    let sandbox = Sandbox::new();
    sandbox.git(["init", "-q", "--object-format=sha256"]);
    sandbox.write("deep/er/a.py", line(&key(1)));
    assert_eq!(places(&sandbox), [format!("deep/er/a.py:1 {RULE}")]);
    let done = sandbox.leakbreak(["scan", "--staged", "--format", "jsonl", "deep/er"]);
    assert_eq!(done.places(), [format!("deep/er/a.py:1 {RULE}")]);
}

#[test]
fn attributes_and_encodings_hide_nothing() {
    let sandbox = Sandbox::repository();
    sandbox.write(".gitattributes", "* -diff\n*.bin binary\n");
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    sandbox.write("a.txt", line(&key(1)));
    sandbox.write("b.bin", line(&key(2)));
    sandbox.write("c.txt", wide(&(line(&key(3)) + &filler(9))));
    assert_eq!(places(&sandbox), ["a.txt", "b.bin", "c.txt"].map(|name| format!("{name}:1 {RULE}")));
    sandbox.commit("All");
    sandbox.write("c.txt", wide(&(line(&key(3)) + &filler(10))));
    assert!(places(&sandbox).is_empty(), "UTF-16 has lines too");
}

#[test]
fn a_damaged_index_or_object_is_never_clean() {
    let sandbox = Sandbox::repository();
    sandbox.write("a.py", line(&key(1)));
    sandbox.git(["add", "-A"]);
    let index = sandbox.path().join(".git/index");
    let whole = fs::read(&index).unwrap();
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x5a;
        if at % 7 == 0 {
            fs::write(&index, &broken).unwrap();
            assert_ne!(staged(&sandbox).status, 0, "byte {at}");
        }
    }
    for cut in [0, 1, 12, 40, whole.len() - 1] {
        fs::write(&index, &whole[..cut]).unwrap();
        assert_eq!(staged(&sandbox).status, 3, "cut at {cut}");
    }
    fs::write(&index, &whole).unwrap();
    let id = sandbox.git(["rev-parse", ":a.py"]);
    fs::remove_file(sandbox.path().join(".git/objects").join(&id[..2]).join(&id[2..])).unwrap();
    let done = staged(&sandbox);
    assert_eq!(done.status, 3);
    assert!(done.stdout.contains(&id), "{done:?}");
}

#[test]
fn a_secret_in_a_name_is_found_and_hidden() {
    let sandbox = Sandbox::repository();
    sandbox.write(format!("mistral_api_key={}", key(1)), "");
    sandbox.git(["add", "-A"]);
    let done = staged(&sandbox);
    let finding = &done.findings()[0];
    assert_eq!((&finding["line"], &finding["column"], &finding["end_column"]), (&1.into(), &1.into(), &1.into()));
    assert!(finding["path_base64"].is_null() && !format!("{done:?}").contains(&key(1)), "{done:?}");
}

#[test]
fn what_the_repository_lacks_is_told() {
    // An alternate that is gone, a damaged list of shallow commits: as for the history.
    let sandbox = begun("x = 1\n");
    sandbox.write("b.py", "y = 1\n");
    sandbox.git(["add", "-A"]);
    assert_eq!(staged(&sandbox).status, 0);
    for (file, content, reason) in
        [("objects/info/alternates", "/no/such/objects\n", "unreadable"), ("shallow", "nonsense\n", "corrupt")]
    {
        let file = sandbox.write(format!(".git/{file}"), content);
        for source in ["--staged", "--history"] {
            let done = sandbox.leakbreak(["scan", source, "--format", "jsonl"]);
            assert_eq!((done.status, &done.receipt()["complete"]), (3, &false.into()), "{source}: {done:?}");
            assert!(done.receipt()["skipped"].to_string().contains(reason), "{source}: {done:?}");
        }
        fs::remove_file(file).unwrap();
    }
    assert_eq!(staged(&sandbox).status, 0);
}
