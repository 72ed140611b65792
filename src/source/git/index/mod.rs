//! The index: entries of every kind (versions 2 to 4, split, sparse, SHA-1 and SHA-256) and the cache tree.
//!
//! Read by code of our own: a wrong word of an index must not hide a staged file. So the file is checksummed (while it
//! is read and parsed, at no cost in time), its order is checked, and a split index finds its shared half in the git
//! folder though GIT_INDEX_FILE stands elsewhere. Paths stay where they are in the file; 200,000 entries take some
//! milliseconds. Nothing that an index names is opened here.

mod cache_tree;
mod parse;
mod split;

pub use cache_tree::{CacheTree, Node};

use super::open::Repository;
use crate::blob::{Skip, SkipReason};
use bstr::BString;
use gix_hash::{Kind, oid};
use parse::Parsed;
use std::cmp::Ordering;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// An index, read. A file that is not there is an empty one.
#[derive(Debug, Default)]
pub struct Index {
    /// What the records point into: the file (and the cache tree with them), its paths where they had to be put
    /// together, then the same of a shared index.
    buffers: Vec<Vec<u8>>,
    records: Vec<Record>,
    hash_len: usize,
    tree: Option<CacheTree>,
}

/// Where an entry's parts stand; the buffers are below 4 GiB.
#[derive(Clone, Copy, Debug)]
struct Record {
    mode: u32,
    flags: u16,
    id_in: u8,
    path_in: u8,
    id_at: u32,
    path_at: u32,
    path_len: u32,
}

/// Above this many bytes the checksum is computed while the file is read and parsed.
const BESIDE: u64 = 1 << 18;
const SKIP_WORKTREE: u16 = 0x4000;
const STAGE: u16 = 0x3000;
const STAGE_SHIFT: u32 = 12;
/// Bits of both flag words do not collide once those of the first word but the stage are gone; the second's
/// intent-to-add bit does, so it is kept in bit 0.
const KEPT_INTENT: u16 = 1;

/// An entry of an index.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Its path in the repository, raw. A sparse directory's ends in `/`.
    pub path: &'a [u8],
    /// Its mode as in a tree: see [`Entry::kind`].
    pub mode: u32,
    /// 0, or 1 to 3 while it is unmerged.
    pub stage: u8,
    /// The object.
    pub id: &'a oid,
    /// `git add -N`: it has no content yet.
    pub intent_to_add: bool,
    /// The work tree does not hold it (sparse checkout).
    pub skip_worktree: bool,
}

/// What an entry of an index or a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file; anything unknown counts as one, so that it is read.
    File,
    /// A symbolic link; the content is its target.
    Link,
    /// A folder: of a tree, or one that a sparse index holds as a whole.
    Folder,
    /// A submodule's commit.
    Submodule,
}

/// What a mode means.
pub fn kind_of(mode: u32) -> EntryKind {
    match mode & 0o170000 {
        0o120000 => EntryKind::Link,
        0o040000 => EntryKind::Folder,
        0o160000 => EntryKind::Submodule,
        _ => EntryKind::File,
    }
}

impl Entry<'_> {
    /// What it is.
    pub fn kind(&self) -> EntryKind {
        kind_of(self.mode)
    }
}

/// Why an index can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexError {
    /// [`SkipReason::Unreadable`] or [`SkipReason::Corrupt`].
    pub reason: SkipReason,
    /// What is wrong, without any path.
    pub why: String,
}

impl IndexError {
    fn corrupt(why: impl fmt::Display) -> Self {
        IndexError { reason: SkipReason::Corrupt, why: format!("the index is damaged: {why}") }
    }

    fn io(error: &io::Error) -> Self {
        IndexError { reason: SkipReason::Unreadable, why: format!("the index can't be read: {error}") }
    }

    /// The skip that names the index `place`.
    pub fn skip(&self, place: impl Into<BString>) -> Skip {
        Skip::new(self.reason, place, self.why.clone())
    }
}

impl Index {
    /// Reads the repository's index; empty where there is none.
    ///
    /// # Errors
    /// Where the file can't be read or understood to the last byte.
    pub fn read(repository: &Repository) -> Result<Index, IndexError> {
        let hash_len = repository.hash.len_in_bytes();
        let Some(parsed) = load(&repository.index_file, repository.hash)? else { return Ok(Index::default()) };
        match parsed.shared {
            Some(ref link) => split::merge(parsed.file, link, repository),
            None => {
                let file = parsed.file;
                Ok(Index { buffers: file.buffers, records: file.records, hash_len, tree: file.tree })
            }
        }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// All entries, in the index's order: by path, then by stage.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        (0..self.len()).map(|i| self.entry(i))
    }

    /// The entry at a place below [`Index::len`].
    pub fn entry(&self, at: usize) -> Entry<'_> {
        let record = &self.records[at];
        Entry {
            path: self.path(record),
            mode: record.mode,
            stage: record.stage(),
            id: self.id(record),
            intent_to_add: record.flags & KEPT_INTENT != 0,
            skip_worktree: record.flags & SKIP_WORKTREE != 0,
        }
    }

    /// The entries of `path` itself: one, or its unmerged stages.
    pub fn range_of(&self, path: &[u8]) -> Range<usize> {
        let start = self.records.partition_point(|r| self.path(r) < path);
        let end = start + self.records[start..].partition_point(|r| self.path(r) == path);
        start..end
    }

    /// The entries below the folder `path` (without a `/` at its end; empty: all).
    pub fn range_below(&self, path: &[u8]) -> Range<usize> {
        if path.is_empty() {
            return 0..self.len();
        }
        let start = self.records.partition_point(|r| below(self.path(r), path) == Ordering::Less);
        let end = start + self.records[start..].partition_point(|r| below(self.path(r), path) == Ordering::Equal);
        start..end
    }

    /// Whether `path` is a file that git tracks (in any stage, also with intent to add).
    pub fn is_tracked(&self, path: &[u8]) -> bool {
        !self.range_of(path).is_empty()
    }

    /// The cache tree, where the index holds one.
    pub fn cache_tree(&self) -> Option<&CacheTree> {
        self.tree.as_ref()
    }

    /// The name of a cache tree's node: one part of a path; empty for the root.
    pub fn node_name(&self, node: &Node) -> &[u8] {
        let (start, end) = (node.name.start as usize, node.name.end as usize);
        &self.buffers[0][start..end]
    }

    /// The tree that a cache tree's node stands for; None where it is out of date.
    pub fn node_id(&self, node: &Node) -> Option<&oid> {
        let at = node.id_at? as usize;
        Some(oid::from_bytes_unchecked(&self.buffers[0][at..at + self.hash_len]))
    }

    fn path(&self, record: &Record) -> &[u8] {
        let at = record.path_at as usize;
        &self.buffers[record.path_in as usize][at..at + record.path_len as usize]
    }

    fn id(&self, record: &Record) -> &oid {
        let at = record.id_at as usize;
        oid::from_bytes_unchecked(&self.buffers[record.id_in as usize][at..at + self.hash_len])
    }
}

impl Record {
    fn stage(&self) -> u8 {
        ((self.flags & STAGE) >> STAGE_SHIFT) as u8
    }
}

/// How `path` stands to what lies below `folder`: before, in, or behind it.
fn below(path: &[u8], folder: &[u8]) -> Ordering {
    let head = &path[..path.len().min(folder.len())];
    head.cmp(folder).then_with(|| path.get(folder.len()).map_or(Ordering::Less, |next| next.cmp(&b'/')))
}

/// Reads an index file; None where there is none. Something else than a file is not opened: a FIFO would block.
fn load(path: &Path, hash: Kind) -> Result<Option<Parsed>, IndexError> {
    let read = || match std::fs::read(path) {
        Ok(data) => Ok(Some(data)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(IndexError::io(&e)),
    };
    let len = match std::fs::metadata(path) {
        Ok(meta) if meta.is_file() => meta.len(),
        Ok(_) => return Err(IndexError::io(&io::Error::other("it is no file"))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(IndexError::io(&e)),
    };
    if len <= BESIDE {
        return read()?.map(|data| parse::parse(data, hash, || None)).transpose();
    }
    let body = len.saturating_sub(hash.len_in_bytes() as u64);
    // Should git replace the file meanwhile, this sum is another one's, and the right one is computed from the bytes.
    let sum = || parse::digest(&mut File::open(path).ok()?.take(body), hash);
    std::thread::scope(|scope| {
        let sum = scope.spawn(sum);
        read()?.map(|data| parse::parse(data, hash, || sum.join().ok().flatten())).transpose()
    })
}

#[cfg(test)]
mod tests;
