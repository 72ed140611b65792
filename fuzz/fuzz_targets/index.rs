//! Any bytes as an index file: an error, or entries that can all be asked for; nothing panics.

#![no_main]

use leakbreak::source::git::index::Index;
use leakbreak::source::git::open::{GitEnv, Repository};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let dir = tempfile::tempdir().expect("a scratch folder");
    let git = dir.path().join(".git");
    for folder in ["objects", "refs"] {
        std::fs::create_dir_all(git.join(folder)).expect("a scratch folder");
    }
    std::fs::write(git.join("HEAD"), "ref: refs/heads/main\n").expect("a scratch file");
    std::fs::write(git.join("index"), data).expect("a scratch file");
    let repository = Repository::open(dir.path(), &GitEnv::default()).expect("a repository");
    let Ok(index) = Index::read(&repository) else { return };
    let entries: Vec<_> = index.entries().collect();
    assert_eq!(entries.len(), index.len());
    for entry in entries {
        index.is_tracked(entry.path);
        index.range_below(entry.path);
    }
    if let Some(tree) = index.cache_tree() {
        tree.children(0).count();
    }
});
