//! Indexes that the real git wrote, and what damage makes of them.

use super::*;
use crate::source::git::open::GitEnv;
use crate::source::git::testing::Git;

/// What `git ls-files --stage` says, one entry a line.
fn listed(index: &Index) -> String {
    index.entries().map(|e| format!("{:06o} {} {}\t{}\n", e.mode, e.id, e.stage, e.path.escape_ascii())).collect()
}

fn read(git: &Git) -> Index {
    Index::read(&Repository::open(git.root(), &GitEnv::default()).unwrap()).unwrap()
}

#[track_caller]
fn assert_reads(git: &Git) -> Index {
    let index = read(git);
    assert_eq!(listed(&index), git.run(&["ls-files", "--stage", "--sparse"]));
    index
}

fn filled(git: &Git) {
    for n in 0..70 {
        git.write(&format!("folder {}/sub/file{n}.txt", n % 7), format!("content {n}").as_bytes());
    }
    git.write("folder 1.x", b"sorts before folder 1/");

    git.write(&format!("{}x", "l/".repeat(1000)), b"deep");
    git.run(&["add", "."]);
}

#[test]
fn no_index_is_an_empty_one() {
    let git = Git::new();
    assert!(read(&git).is_empty());
}

#[test]
fn every_version_reads_as_git_lists_it() {
    for options in [&[][..], &["--object-format=sha256"]] {
        let git = Git::with(options);
        filled(&git);
        for version in ["2", "3", "4"] {
            git.run(&["update-index", &format!("--index-version={version}")]);
            assert_reads(&git);
        }
        git.write("planned", b"later");
        git.run(&["add", "-N", "planned"]);
        git.run(&["update-index", "--skip-worktree", "folder 1.x"]);
        let index = assert_reads(&git);
        let flags = |path: &[u8]| {
            let e = index.entry(index.range_of(path).start);
            (e.intent_to_add, e.skip_worktree)
        };
        assert_eq!((flags(b"planned"), flags(b"folder 1.x")), ((true, false), (false, true)));
        assert_eq!(flags(b"folder 1/sub/file1.txt"), (false, false));
    }
}

#[test]
fn split_indexes_are_put_together() {
    let git = Git::new();
    filled(&git);
    git.run(&["update-index", "--split-index"]);
    assert_reads(&git);
    git.write("folder 1/sub/file1.txt", b"changed");
    git.write("aaa", b"new");
    git.write("zzz", b"new");
    git.run(&["add", "."]);
    git.run(&["rm", "-q", "--cached", "folder 2/sub/file2.txt", "folder 3/sub/file3.txt"]);
    assert_reads(&git);

    let elsewhere = git.root().join("copied-index");
    std::fs::copy(git.root().join(".git/index"), &elsewhere).unwrap();
    let env = GitEnv { index_file: Some(elsewhere), ..GitEnv::default() };
    let index = Index::read(&Repository::open(git.root(), &env).unwrap()).unwrap();
    assert_eq!(listed(&index), git.run(&["ls-files", "--stage"]));

    for entry in std::fs::read_dir(git.root().join(".git")).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("sharedindex.") {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
    let error = Index::read(&Repository::open(git.root(), &GitEnv::default()).unwrap()).unwrap_err();
    assert!(error.why.contains("sharedindex."), "{error:?}");
}

#[test]
fn a_sparse_index_holds_folders() {
    let git = Git::new();
    filled(&git);
    git.run(&["commit", "-qm", "all"]);
    git.run(&["sparse-checkout", "set", "--cone", "--sparse-index", "folder 1"]);
    let index = assert_reads(&git);
    assert!(index.entries().any(|e| e.kind() == EntryKind::Folder && e.skip_worktree));
}

#[test]
fn unmerged_entries_have_stages() {
    let git = Git::new();
    git.write("f", b"base\n");
    git.commit_all("base");
    git.run(&["checkout", "-qb", "other"]);
    git.write("f", b"theirs\n");
    git.commit_all("theirs");
    git.run(&["checkout", "-q", "-"]);
    git.write("f", b"ours\n");
    git.commit_all("ours");
    git.fails(&["merge", "other"]);
    let index = assert_reads(&git);
    assert_eq!(index.entries().map(|e| e.stage).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(index.is_tracked(b"f") && !index.is_tracked(b"g"));
}

#[test]
fn folders_are_found_as_ranges() {
    let git = Git::new();
    for name in ["a", "b-x", "b.x", "b/1", "b/2/3", "b0", "c"] {
        git.write(name, name.as_bytes());
    }
    git.run(&["add", "."]);
    let index = assert_reads(&git);
    let below = |folder: &str| -> Vec<String> {
        index.range_below(folder.as_bytes()).map(|i| index.entry(i).path.escape_ascii().to_string()).collect()
    };
    assert_eq!(below("b"), ["b/1", "b/2/3"]);
    assert_eq!(below("b/2"), ["b/2/3"]);
    assert_eq!(below("").len(), 7);
    assert!(below("a").is_empty() && below("zz").is_empty() && below("A").is_empty());
}

#[test]
fn the_cache_tree_names_the_trees() {
    let git = Git::new();
    filled(&git);
    git.run(&["commit", "-qm", "all"]);
    let index = assert_reads(&git);
    let tree = index.cache_tree().unwrap();
    assert_eq!(index.node_id(&tree.nodes[0]).unwrap().to_string(), git.run(&["rev-parse", "HEAD^{tree}"]).trim());
    assert_eq!(tree.nodes[0].entries, index.len());
    for child in tree.children(0) {
        let node = &tree.nodes[child];
        assert_eq!(node.entries, index.range_below(index.node_name(node)).len());
        let name = String::from_utf8(index.node_name(node).to_vec()).unwrap();
        assert_eq!(index.node_id(node).unwrap().to_string(), git.run(&["rev-parse", &format!("HEAD:{name}")]).trim());
    }
    git.write("folder 1/sub/file1.txt", b"changed");
    // This path alone: with "." git also adds again, and so makes stale, what is as young as the index itself.
    git.run(&["add", "folder 1/sub/file1.txt"]);
    let index = assert_reads(&git);
    let tree = index.cache_tree().unwrap();
    let stale: Vec<_> = tree.nodes.iter().filter(|n| index.node_id(n).is_none()).map(|n| index.node_name(n)).collect();
    assert_eq!(stale, [&b""[..], b"folder 1", b"sub"]);
}

#[test]
fn no_damage_passes() {
    let git = Git::new();
    git.write("a/b", b"x");
    git.write("c", b"y");
    git.commit_all("all");
    let file = git.root().join(".git/index");
    let whole = std::fs::read(&file).unwrap();
    let repository = Repository::open(git.root(), &GitEnv::default()).unwrap();
    let outcome = |bytes: &[u8]| {
        std::fs::write(&file, bytes).unwrap();
        Index::read(&repository)
    };
    assert!(outcome(&whole).is_ok());
    for at in 0..whole.len() {
        let mut broken = whole.clone();
        broken[at] ^= 0x10;
        assert!(outcome(&broken).is_err(), "byte {at}");
        assert!(outcome(&whole[..at]).is_err(), "cut at {at}");
    }
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    assert_eq!(Index::read(&repository).unwrap_err().reason, SkipReason::Unreadable);
}

/// Large enough for a checksum of its own thread.
#[test]
fn no_damage_passes_in_a_large_index() {
    let git = Git::new();
    let id = "a".repeat(40);
    let lines: String = (0..5000).map(|n| format!("100644 {id} 0\tfolder {}/file {n}\n", n % 9)).collect();
    let mut child = git.command(&["update-index", "--index-info"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(assert_reads(&git).len(), 5000);
    let file = git.root().join(".git/index");
    let whole = std::fs::read(&file).unwrap();
    assert!(whole.len() as u64 > BESIDE);
    let repository = Repository::open(git.root(), &GitEnv::default()).unwrap();
    for at in (0..whole.len()).step_by(9973).chain([whole.len() - 1]) {
        let mut broken = whole.clone();
        broken[at] ^= 1;
        std::fs::write(&file, &broken).unwrap();
        assert_eq!(Index::read(&repository).unwrap_err().reason, SkipReason::Corrupt, "byte {at}");
    }
}

#[test]
fn an_unknown_extension_that_matters_is_refused() {
    let git = Git::new();
    git.write("a", b"x");
    git.run(&["add", "."]);
    let whole = std::fs::read(git.root().join(".git/index")).unwrap();
    let with = |name: &[u8; 4]| {
        let mut bytes = whole[..whole.len() - 20].to_vec();
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&[0; 24]);
        parse::parse(bytes, gix_hash::Kind::Sha1, || None).map(|p| p.file.records.len())
    };
    assert_eq!(with(b"QQQQ"), Ok(1));
    assert!(with(b"qqqq").unwrap_err().why.contains("qqqq"));
}

/// A link to nothing, in version 4, whose only paths are empty.
#[test]
fn entries_without_names_need_a_shared_index() {
    let entry = [&[0u8; 62][..], &[0, 0]].concat();
    let link = [b"link\0\0\0\x14".as_slice(), &[0; 20]].concat();
    let bytes = [b"DIRC\0\0\0\x04\0\0\0\x02".as_slice(), &entry, &entry, &link, &[0; 20]].concat();
    let refused = parse::parse(bytes, gix_hash::Kind::Sha1, || None).unwrap_err();
    assert!(refused.why.contains("no name") || refused.why.contains("not in order"), "{}", refused.why);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]
    /// Whatever stands in a file without a checksum, reading it ends, and what it gives can be looked at.
    #[test]
    fn any_bytes_are_an_index_or_an_error(
        version in 2u8..5,
        count in 0u8..4,
        body in proptest::collection::vec(proptest::prop_oneof![
            proptest::prelude::Just(vec![0u8; 8]), proptest::prelude::Just(b"TREE\0\0\0\x08".to_vec()),
            proptest::prelude::Just(b"link\0\0\0\x28".to_vec()), proptest::collection::vec(0u8..=255, 1..9),
            proptest::prelude::Just([&[0u8; 61][..], b"\x01a\0\0\0\0\0\0\0\0\0"].concat()),
        ], 0..30),
    ) {
        let bytes = [b"DIRC\0\0\0", &[version][..], b"\0\0\0", &[count], &body.concat(), &[0; 20]].concat();
        if let Ok(parsed) = parse::parse(bytes, gix_hash::Kind::Sha1, || None) {
            let index = Index {
                buffers: parsed.file.buffers, records: parsed.file.records, hash_len: 20, tree: parsed.file.tree,
            };
            let _ = listed(&index);
            if let Some(tree) = index.cache_tree() {
                for (at, node) in tree.nodes.iter().enumerate() {
                    let _ = (index.node_name(node), index.node_id(node), tree.children(at).count());
                }
            }
        }
    }
}
