//! Staged changes that the real git made, and what git itself says of them.

use super::*;
use crate::blob::SkipReason;
use crate::glob::Globs;
use crate::source::git::open::GitEnv;
use crate::source::git::testing::Git;
use crate::source::testing::Recorder;
use std::fs;
use std::os::unix::fs::symlink;

fn scan_with(git: &Git, env: &GitEnv, options: Options) -> Recorder {
    let repository = Repository::open(git.root(), env).unwrap();
    let sink = Recorder::default();
    Staged::new(repository, ".".into(), options).scan(&sink).unwrap();
    sink
}

fn scan(git: &Git) -> Recorder {
    scan_with(git, &GitEnv::default(), Options::default())
}

/// A file of `n` numbered lines.
fn lines(n: usize) -> String {
    (1..=n).map(|i| format!("line number {i} of this file\n")).collect()
}

/// A repository with a commit.
fn begun(files: &[(&str, &str)]) -> Git {
    let git = Git::new();
    for (path, content) in files {
        git.write(path, content.as_bytes());
    }
    git.commit_all("begin");
    git
}

fn skip(reason: SkipReason, place: &str) -> (SkipReason, String) {
    (reason, place.to_owned())
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let git = Git::new();
    git.write("a", b"1\n2\n");
    git.write("sub/b", b"3\n");
    git.write("untracked", b"4\n");
    git.run(&["add", "a", "sub"]);
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["a: all", "sub/b: all"]);
    assert_eq!(sink.names(), ["a", "sub/b"]);
    assert_eq!((sink.counted(Unit::File), sink.counted(Unit::Byte)), (2, 6));
    assert!(sink.notes().is_empty());
}

#[test]
fn only_added_lines_count_and_only_those_of_the_index() {
    let git = begun(&[("a", &lines(10)), ("same", "x\n"), ("deep/er/file", &lines(4))]);
    git.write("a", lines(10).replace("line number 3 ", "changed ").as_bytes());
    git.write("deep/er/file", format!("{}new\n", lines(4)).as_bytes());
    git.write("deep/new", b"whole\n");
    git.run(&["add", "."]);
    git.write("a", b"not staged\n");
    git.write("same", b"not staged\n");
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["a: 3-3", "deep/er/file: 5-5", "deep/new: all"]);
    assert_eq!(sink.names(), ["deep/new"]);
    assert!(sink.contents()[0].1.contains("line number 4"));
    assert_eq!(sink.counted(Unit::Entry), 3);
}

#[test]
fn nothing_staged_is_said() {
    let git = begun(&[("a", "x\n")]);
    assert_eq!(scan(&git).notes(), ["nothing is staged"]);
    assert_eq!(scan(&Git::new()).notes(), ["nothing is staged"]);
    git.write("a", b"y\n");
    assert_eq!(scan(&git).notes(), ["nothing is staged"]);
}

#[test]
fn deletions_and_modes_add_nothing() {
    let git = begun(&[("a", "x\n"), ("b", "y\n"), ("folder/c", "z\n")]);
    git.run(&["rm", "-q", "-r", "a", "folder"]);
    git.run(&["update-index", "--chmod=+x", "b"]);
    let sink = scan(&git);
    assert_eq!((sink.lines().len(), sink.names().len(), sink.notes().len(), sink.skips().len()), (0, 0, 0, 0));
}

#[test]
fn a_renamed_file_adds_what_changed() {
    let git = begun(&[("old.py", &lines(20)), ("moved/same.py", &lines(8)), ("lost.py", &lines(6))]);
    git.run(&["mv", "old.py", "new.py"]);
    git.run(&["mv", "moved", "elsewhere"]);
    git.run(&["rm", "-q", "lost.py"]);
    git.write("new.py", lines(20).replace("line number 7 ", "changed ").as_bytes());
    git.write("unlike.py", lines(2).repeat(9).replace("line", "other").as_bytes());
    git.run(&["add", "."]);
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["new.py: 7-7", "unlike.py: all"]);
    assert_eq!(sink.names(), ["elsewhere/same.py", "new.py", "unlike.py"]);
}

#[test]
fn a_type_change_is_new() {
    let git = begun(&[("file", "text\n"), ("becomes/folder", "x\n")]);
    symlink("nowhere", git.root().join("link")).unwrap();
    git.commit_all("link");
    fs::remove_file(git.root().join("file")).unwrap();
    symlink("target", git.root().join("file")).unwrap();
    fs::remove_file(git.root().join("link")).unwrap();
    git.write("link", b"nowhere");
    fs::remove_dir_all(git.root().join("becomes")).unwrap();
    git.write("becomes", b"a file\n");
    git.run(&["add", "-A"]);
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["becomes: all", "file: all", "link: all"]);
    assert_eq!(sink.contents()[1].1, "target");
}

#[test]
fn a_link_that_leads_elsewhere_is_a_changed_line() {
    let git = Git::new();
    symlink("here", git.root().join("link")).unwrap();
    git.commit_all("link");
    fs::remove_file(git.root().join("link")).unwrap();
    symlink("there", git.root().join("link")).unwrap();
    git.run(&["add", "-A"]);
    assert_eq!(scan(&git).lines(), ["link: 1-1"]);
}

#[test]
fn what_is_only_intended_is_not_read() {
    let git = begun(&[("a", "x\n")]);
    git.write("later", b"secret\n");
    git.run(&["add", "-N", "later"]);
    let sink = scan(&git);
    assert!(sink.lines().is_empty() && sink.skips().is_empty());
}

#[test]
fn split_and_sparse_indexes() {
    let git = begun(&[("a/1", &lines(5)), ("b/2", &lines(5)), ("b/c/3", &lines(5)), ("d", "x\n")]);
    git.run(&["update-index", "--split-index"]);
    git.write("a/1", format!("{}new\n", lines(5)).as_bytes());
    git.run(&["add", "."]);
    assert_eq!(scan(&git).lines(), ["a/1: 6-6"]);
    git.run(&["update-index", "--no-split-index"]);
    git.run(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    assert!(git.run(&["ls-files", "--sparse"]).contains("b/\n"));
    assert_eq!(scan(&git).lines(), ["a/1: 6-6"]);

    // Folders that the sparse index holds as a whole and that HEAD has otherwise.
    git.run(&["commit", "-qm", "more"]);
    git.run(&["sparse-checkout", "disable"]);
    git.write("b/c/3", lines(5).replace("number 2", "changed").as_bytes());
    git.write("b/c/new/4", b"new\n");
    git.run(&["rm", "-q", "b/2"]);
    git.commit_all("ahead");
    git.run(&["sparse-checkout", "set", "--cone", "--sparse-index", "a"]);
    git.run(&["update-ref", "HEAD", "HEAD~"]);
    assert!(git.run(&["ls-files", "--sparse"]).contains("b/\n"));
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["b/c/3: 2-2", "b/c/new/4: all"]);
}

#[test]
fn an_index_without_a_cache_tree_is_compared_whole() {
    let git = begun(&[("a/1", &lines(5)), ("a.x", "x\n"), ("a0", "x\n"), ("b/2", "y\n")]);
    git.write("a/1", format!("{}new\n", lines(5)).as_bytes());
    git.write("a-b/3", b"new\n");
    git.run(&["rm", "-q", "b/2"]);
    git.run(&["add", "."]);
    let bare = git.outside().join("bare-index");
    let listed = git.run(&["ls-files", "--stage"]);
    let mut command = git.command(&["update-index", "--index-info"]);
    let mut child = command.env("GIT_INDEX_FILE", &bare).stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), listed.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    let env = GitEnv { index_file: Some(bare), ..GitEnv::default() };
    let sink = scan_with(&git, &env, Options::default());
    assert_eq!(sink.lines(), ["a-b/3: all", "a/1: 6-6"]);
    assert_eq!(scan(&git).lines(), sink.lines());
}

/// A branch `side` that changes line 2 of `f` and adds `theirs`, and a main that changes line 9 and adds `ours`.
fn diverged() -> Git {
    let git = begun(&[("f", &lines(10))]);
    git.run(&["checkout", "-qb", "side"]);
    git.write("f", lines(10).replace("number 2 ", "theirs ").as_bytes());
    git.write("theirs", b"their line\n");
    git.commit_all("theirs");
    git.run(&["checkout", "-q", "main"]);
    git.write("f", lines(10).replace("number 9 ", "ours ").as_bytes());
    git.write("ours", b"our line\n");
    git.commit_all("ours");
    git
}

#[test]
fn a_merge_adds_only_what_its_resolution_does() {
    let git = diverged();
    git.run(&["merge", "-q", "--no-commit", "side"]);
    assert!(scan(&git).lines().is_empty(), "{:?}", scan(&git).lines());
    git.write("f", format!("{}by the merge\n", fs::read_to_string(git.root().join("f")).unwrap()).as_bytes());
    git.write("theirs", b"their line\nby the merge\n");
    git.write("new", b"by the merge\n");
    git.run(&["add", "."]);
    assert_eq!(scan(&git).lines(), ["f: 11-11", "new: all", "theirs: 2-2"]);

    // The same while pre-merge-commit runs: the environment alone names the parent.
    let side = git.run(&["rev-parse", "side"]).trim().to_owned();
    fs::remove_file(git.root().join(".git/MERGE_HEAD")).unwrap();
    let env = GitEnv { githeads: vec![side], ..GitEnv::default() };
    assert_eq!(scan_with(&git, &env, Options::default()).lines(), ["f: 11-11", "new: all", "theirs: 2-2"]);
    assert_eq!(scan(&git).lines(), ["f: 2-2 11-11", "new: all", "theirs: all"]);
}

#[test]
fn a_merge_knows_what_it_renames() {
    let git = diverged();
    git.run(&["mv", "f", "renamed"]);
    git.run(&["commit", "-qm", "renamed"]);
    git.run(&["merge", "-q", "--no-commit", "side"]);
    let sink = scan(&git);
    assert!(sink.lines().is_empty(), "{:?}", sink.lines());
    assert!(sink.names().is_empty(), "{:?}", sink.names());
    git.run(&["mv", "theirs", "moved"]);
    let text = fs::read_to_string(git.root().join("renamed")).unwrap();
    git.write("renamed", format!("{text}by the merge\n").as_bytes());
    git.run(&["add", "."]);
    let sink = scan(&git);
    assert_eq!(sink.lines(), ["renamed: 11-11"]);
    assert_eq!(sink.names(), ["moved"]);
}

#[test]
fn an_octopus_has_several_parents() {
    let git = begun(&[("f", "x\n")]);
    for name in ["one", "two"] {
        git.run(&["checkout", "-qb", name, "main"]);
        git.write(name, name.as_bytes());
        git.commit_all(name);
    }
    git.run(&["checkout", "-q", "main"]);
    git.write("three", b"three");
    git.commit_all("three");
    git.run(&["merge", "-q", "--no-commit", "one", "two"]);
    assert_eq!(fs::read_to_string(git.root().join(".git/MERGE_HEAD")).unwrap().lines().count(), 2);
    assert!(scan(&git).lines().is_empty());
}

#[test]
fn unmerged_entries_are_failures_and_the_rest_is_read() {
    let git = diverged();
    git.write("f", lines(10).replace("number 2 ", "conflict ").as_bytes());
    git.commit_all("conflict");
    git.fails(&["merge", "-q", "side"]);
    git.write("also", b"new\n");
    git.run(&["add", "also"]);
    let sink = scan(&git);
    assert_eq!(sink.skips(), [skip(SkipReason::Unmerged, "f")]);
    assert_eq!(sink.lines(), ["also: all"]);
}

#[test]
fn a_cherry_pick_has_no_second_parent() {
    let git = diverged();
    git.run(&["cherry-pick", "--no-commit", "side"]);
    assert_eq!(scan(&git).lines(), ["f: 2-2", "theirs: all"]);
}

#[test]
fn attributes_and_encodings_have_no_say() {
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let git = Git::new();
    git.write(".gitattributes", b"* -diff\n*.bin binary\n*.crlf text eol=crlf\n");
    git.write("a", lines(5).as_bytes());
    git.write("b.bin", lines(5).as_bytes());
    git.write("c.crlf", lines(5).replace('\n', "\r\n").as_bytes());
    git.write("d", &utf16(&lines(5)));
    git.commit_all("all");
    let changed = lines(5).replace("number 4", "changed");
    git.write("a", changed.as_bytes());
    git.write("b.bin", changed.as_bytes());
    git.write("c.crlf", changed.replace('\n', "\r\n").as_bytes());
    git.write("d", &utf16(&changed));
    git.run(&["add", "."]);
    assert_eq!(scan(&git).lines(), ["a: 4-4", "b.bin: 4-4", "c.crlf: 4-4", "d: 4-4"]);
}

#[test]
fn sha256_repositories() {
    let git = Git::with(&["--object-format=sha256"]);
    git.write("sub/a", lines(5).as_bytes());
    git.commit_all("all");
    git.write("sub/a", format!("first\n{}", lines(5)).as_bytes());
    git.run(&["add", "."]);
    assert_eq!(scan(&git).lines(), ["sub/a: 1-1"]);
}

#[test]
fn linked_worktrees_and_the_environment() {
    let git = begun(&[("a", &lines(3))]);
    let linked = git.outside().join("linked");
    git.run(&["worktree", "add", "-q", "-b", "side", linked.to_str().unwrap()]);
    fs::write(linked.join("b"), "new\n").unwrap();
    git.run(&["-C", linked.to_str().unwrap(), "add", "."]);
    assert!(scan(&git).lines().is_empty());
    let sink = Recorder::default();
    let repository = Repository::open(&linked, &GitEnv::default()).unwrap();
    Staged::new(repository, ".".into(), Options::default()).scan(&sink).unwrap();
    assert_eq!(sink.lines(), ["b: all"]);

    let env =
        GitEnv { git_dir: Some(git.root().join(".git")), work_tree: Some(git.root().to_owned()), ..GitEnv::default() };
    git.write("c", b"new\n");
    git.run(&["add", "c"]);
    let repository = Repository::open(&git.outside(), &env).unwrap();
    let sink = Recorder::default();
    Staged::new(repository, ".".into(), Options::default()).scan(&sink).unwrap();
    assert_eq!(sink.lines(), ["c: all"]);
}

fn object_file(git: &Git, id: &str) -> std::path::PathBuf {
    git.root().join(".git/objects").join(&id[..2]).join(&id[2..])
}

fn damage(git: &Git, name: &str) -> String {
    let id = git.run(&["rev-parse", name]).trim().to_owned();
    let file = object_file(git, &id);
    fs::remove_file(&file).unwrap();
    fs::write(&file, b"no object at all").unwrap();
    id
}

fn lose(git: &Git, name: &str) -> String {
    let id = git.run(&["rev-parse", name]).trim().to_owned();
    fs::remove_file(object_file(git, &id)).unwrap();
    id
}

#[test]
fn staged_objects_that_are_damaged_or_gone_are_failures() {
    let git = begun(&[("a", "x\n")]);
    for name in ["lost", "torn", "whole"] {
        git.write(name, format!("content of {name}\n").as_bytes());
    }
    git.run(&["add", "."]);
    lose(&git, ":lost");
    damage(&git, ":torn");
    let sink = scan(&git);
    assert_eq!(sink.skips(), [skip(SkipReason::Corrupt, "torn"), skip(SkipReason::Missing, "lost")]);
    assert_eq!(sink.lines(), ["whole: all"]);
}

#[test]
fn without_the_old_version_the_whole_file_counts() {
    let git = begun(&[("a", &lines(5))]);
    git.write("a", format!("{}new\n", lines(5)).as_bytes());
    git.run(&["add", "a"]);
    lose(&git, "HEAD:a");
    let sink = scan(&git);
    assert_eq!((sink.lines(), sink.skips()), (vec!["a: all".to_owned()], vec![skip(SkipReason::Missing, "a")]));
    git.run(&["config", "remote.origin.promisor", "true"]);
    git.run(&["config", "remote.origin.url", "file:///nowhere"]);
    let sink = scan(&git);
    assert_eq!((sink.lines(), sink.skips()), (vec!["a: all".to_owned()], vec![skip(SkipReason::MissingBase, "a")]));
}

#[test]
fn what_says_what_head_is_must_be_readable() {
    let new = || {
        let git = begun(&[("a", "x\n"), ("sub/b", "y\n")]);
        git.write("sub/c", b"new\n");
        git.run(&["add", "."]);
        git
    };
    let git = new();
    fs::write(git.root().join(".git/refs/heads/main"), "no id\n").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::BrokenReference, "HEAD")]);
    let git = new();
    let commit = damage(&git, "HEAD");
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Corrupt, &commit)]);
    let git = new();
    let commit = lose(&git, "HEAD");
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Missing, &commit)]);
    let git = new();
    let tree = lose(&git, "HEAD:sub");
    let sink = scan(&git);
    assert_eq!(
        (sink.skips(), sink.lines()),
        (vec![skip(SkipReason::Missing, &tree)], vec!["sub/b: all".to_owned(), "sub/c: all".to_owned()])
    );
    let git = new();
    fs::write(git.root().join(".git/index"), "DIRC and so on").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::Corrupt, ".git/index")]);
    let git = new();
    fs::write(git.root().join(".git/MERGE_HEAD"), format!("{}\n", "1".repeat(40))).unwrap();
    let sink = scan(&git);
    assert_eq!(
        (sink.skips(), sink.lines()),
        (vec![skip(SkipReason::Missing, &"1".repeat(40))], vec!["sub/c: all".to_owned()])
    );
    let git = new();
    fs::write(git.root().join(".git/MERGE_HEAD"), "no id\n").unwrap();
    assert_eq!(scan(&git).skips(), [skip(SkipReason::BrokenReference, "MERGE_HEAD")]);
}

#[test]
fn submodules_sizes_and_filters() {
    let other = begun(&[("s", "x\n")]);
    let git = begun(&[("a", "x\n")]);
    git.run(&["submodule", "add", "-q", other.root().to_str().unwrap(), "module"]);
    git.write("large", &[b'x'; 101]);
    git.write("vendor/b", b"x\n");
    let pointer = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 123\n", "ab".repeat(32));
    git.write("pointer", pointer.as_bytes());
    git.run(&["add", "."]);
    let exclude = Globs::new(&["vendor"]).unwrap();
    let options = Options { max_size: 0, filter: PathFilter::new(Globs::default(), exclude) };
    let sink = scan_with(&git, &GitEnv::default(), Options { max_size: 100, ..options.clone() });
    assert!(sink.skips().contains(&skip(SkipReason::TooLarge, "large")));
    let sink = scan_with(&git, &GitEnv::default(), options);
    assert_eq!(
        sink.skips(),
        [
            skip(SkipReason::Submodule, "module"),
            skip(SkipReason::LfsPointer, "pointer"),
            skip(SkipReason::Excluded, "vendor/b")
        ]
    );
    assert_eq!(sink.paths(), [".gitmodules", "large"]);
    assert_eq!(sink.names(), [".gitmodules", "large", "module", "pointer"]);
    git.run(&["commit", "-qm", "all"]);
    assert_eq!(scan(&git).notes(), ["nothing is staged"]);
}

/// Random edits, moves and deletions: the lines that count are those that `git diff --cached` adds.
#[test]
fn git_says_the_same() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |n: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % n
    };
    let (mut renames, mut lines) = (0, 0);
    for _ in 0..15 {
        let git = Git::new();
        for n in 0..12 {
            let text: String = (0..4 + next(30)).map(|_| format!("w{}\n", next(12 + 40 * (n % 3)))).collect();
            git.write(&format!("d{}/f{n}", n % 4), text.as_bytes());
        }
        git.commit_all("begin");
        for n in 0..12 {
            let path = format!("d{}/f{n}", n % 4);
            let text = fs::read_to_string(git.root().join(&path)).unwrap();
            let mut edited: Vec<&str> = text.split_inclusive('\n').collect();
            for _ in 0..next(9) {
                let at = next(edited.len() as u64) as usize;
                match next(3) {
                    0 if edited.len() > 1 => drop(edited.remove(at)),
                    1 => edited.insert(at, "inserted\n"),
                    _ => edited[at] = "changed",
                }
            }
            let edited = edited.concat();
            match next(4) {
                0 => fs::remove_file(git.root().join(&path)).unwrap(),
                1 => {
                    fs::remove_file(git.root().join(&path)).unwrap();
                    git.write(&format!("moved/{}/g{n}", next(2)), edited.as_bytes());
                }
                _ => git.write(&path, edited.as_bytes()),
            }
        }
        git.run(&["add", "-A"]);
        let diff = git.run(&["diff", "--cached", "-U0", "--no-color", "-M", "--no-prefix", "--diff-algorithm=myers"]);
        assert_eq!(added_lines(&scan(&git)), added_by(&diff), "{diff}");
        renames += diff.matches("\nrename from").count();
        lines += added_by(&diff).len();
    }
    assert!(renames > 10 && lines > 100, "{renames} renames and {lines} lines are too few to tell");
}

/// `path:text` of each line that counts, sorted; where a line stands does not matter if another like it is beside it.
fn added_lines(sink: &Recorder) -> Vec<String> {
    let mut all = Vec::new();
    for blob in sink.blobs() {
        let path = blob.origin.path.unwrap();
        let text = String::from_utf8(blob.bytes.into_owned()).unwrap();
        for (at, line) in text.split_terminator('\n').enumerate() {
            let n = at as u64 + 1;
            if !matches!(&blob.scope, crate::blob::Scope::Lines(set) if !set.touches(n, n)) {
                all.push(format!("{path}:{line}"));
            }
        }
    }
    all.sort();
    all
}

fn added_by(diff: &str) -> Vec<String> {
    let (mut path, mut all) = ("", Vec::new());
    for line in diff.lines() {
        if let Some(name) = line.strip_prefix("+++ ") {
            path = name;
        } else if let Some(text) = line.strip_prefix('+') {
            all.push(format!("{path}:{text}"));
        }
    }
    all.sort();
    all
}
