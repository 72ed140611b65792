//! The commits that a merge in progress brings in: what they have is not added by the merge.

use super::trees::Trees;
use crate::blob::{Skip, SkipReason};
use crate::source::git::open::Repository;
use bstr::ByteSlice;
use gix_hash::ObjectId;
use std::fs::File;
use std::io::{self, Read};

/// Nobody merges more than this names.
const LIMIT: u64 = 1 << 20;

/// The trees of the commits being merged into HEAD. One that can't be read is a failure, and its lines count.
pub(super) fn trees(repository: &Repository, trees: &Trees<'_>) -> (Vec<ObjectId>, Vec<Skip>) {
    let mut skips = Vec::new();
    let commits = match merge_head(repository) {
        Ok(Some(commits)) => commits,
        // While pre-merge-commit runs, only the environment names them.
        Ok(None) => repository.githeads.clone(),
        Err(e) => {
            skips.push(Skip::new(SkipReason::BrokenReference, "MERGE_HEAD", e.to_string()));
            Vec::new()
        }
    };
    let mut found = Vec::new();
    for commit in commits {
        match trees.of_commit(&commit) {
            Ok(tree) => found.push(tree),
            Err(skip) => skips.push(skip),
        }
    }
    (found, skips)
}

/// The ids in MERGE_HEAD; None where there is no such file.
fn merge_head(repository: &Repository) -> io::Result<Option<Vec<ObjectId>>> {
    let path = repository.git_dir.join("MERGE_HEAD");
    match std::fs::metadata(&path) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(io::Error::other("it is no file")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    }
    let mut text = Vec::new();
    File::open(path)?.take(LIMIT).read_to_end(&mut text)?;
    let id = |line: &[u8]| ObjectId::from_hex(line.trim()).ok().filter(|id| id.kind() == repository.hash);
    let ids: Option<Vec<_>> = text.lines().filter(|line| !line.trim().is_empty()).map(id).collect();
    ids.map(Some).ok_or_else(|| io::Error::other("it names no commit"))
}
