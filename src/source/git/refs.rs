//! The roots of a history: every reference of every namespace, each worktree's HEAD and private references, and the
//! reflogs. Reads the files itself and tolerates damage: what can't be read is a [`Skip`], and the rest is read.
//!
//! It says what the files say. Whether the objects are here is for those who read objects.

mod file;
mod log;
mod packed;

pub use log::{Log, LogLine};

use super::open::Repository;
use crate::blob::{Skip, SkipReason};
use bstr::BString;
use file::Raw;
use gix_hash::ObjectId;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many symbolic references are followed; git's limit (SYMREF_MAXDEPTH).
const MAX_SYMBOLIC: usize = 5;

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The full name: `refs/heads/main`, `HEAD`, `worktrees/NAME/HEAD`.
    pub name: BString,
    /// The object it leads to, symbolic ones followed; None where it leads nowhere (unborn, dangling, broken).
    pub id: Option<ObjectId>,
}

/// Everything that keeps objects alive, by name.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// All references, sorted by name, each name once.
    pub list: Vec<Reference>,
    /// All reflogs, sorted by name.
    pub logs: Vec<Log>,
    /// What is broken or could not be read.
    pub skips: Vec<Skip>,
    /// How many symbolic references lead to a branch that is not there. Git only warns of those.
    pub dangling: u64,
}

/// A folder with references of its own: the repository's, or that of a linked worktree.
struct Store {
    dir: PathBuf,
    /// What its HEAD and private references are called: empty for the repository that was opened.
    prefix: BString,
    /// Its own ones; those of the repository are shared with all.
    refs: BTreeMap<BString, Raw>,
}

impl Store {
    fn empty(dir: &Path) -> Store {
        Store { dir: dir.into(), prefix: BString::default(), refs: BTreeMap::new() }
    }
}

impl References {
    /// Reads all references and reflogs.
    pub fn read(repository: &Repository) -> References {
        let mut out = References::default();
        let shared = shared_refs(repository, &mut out.skips);
        for store in stores(repository, &mut out.skips) {
            let head = file::read(&store.dir.join("HEAD"), repository.hash);
            out.add(&store, &shared, &"HEAD".into(), &head);
            for (name, raw) in &store.refs {
                out.add(&store, &shared, name, raw);
            }
            log::read_all(&store.dir, &store.prefix, repository.hash, &mut out.logs, &mut out.skips);
        }
        let common = Store::empty(&repository.common_dir);
        for (name, raw) in &shared {
            out.add(&common, &shared, name, raw);
        }
        out.list.sort_by(|a, b| a.name.cmp(&b.name));
        out.list.dedup_by(|a, b| a.name == b.name);
        out.logs.sort_by(|a, b| a.name.cmp(&b.name));
        out.logs.dedup_by(|a, b| a.name == b.name);
        out
    }

    /// The reference of this full name.
    pub fn find(&self, name: &[u8]) -> Option<&Reference> {
        self.list.binary_search_by(|r| r.name.as_slice().cmp(name)).ok().map(|at| &self.list[at])
    }

    /// The reflog of the reference of this full name.
    pub fn log(&self, name: &[u8]) -> Option<&Log> {
        self.logs.binary_search_by(|l| l.name.as_slice().cmp(name)).ok().map(|at| &self.logs[at])
    }

    fn add(&mut self, store: &Store, shared: &BTreeMap<BString, Raw>, name: &BString, raw: &Raw) {
        let full: BString = [store.prefix.as_slice(), name].concat().into();
        let id = match follow(raw.clone(), |target| lookup(target, store, shared)) {
            Ok(Some(id)) => Some(id),
            Ok(None) => {
                self.dangling += u64::from(name != "HEAD");
                None
            }
            Err(why) => {
                self.skips.push(Skip::new(SkipReason::BrokenReference, full.clone(), why));
                None
            }
        };
        self.list.push(Reference { name: full, id });
    }
}

/// What HEAD of the opened worktree leads to; None where its branch is yet to be born.
///
/// # Errors
/// HEAD can't be read or makes no sense.
pub fn head(repository: &Repository) -> Result<Option<ObjectId>, Skip> {
    let packed = packed::read(&repository.common_dir, repository.hash, &mut Vec::new());
    let lookup = |target: &BString| {
        let dir = if is_private(target) { &repository.git_dir } else { &repository.common_dir };
        match file::read(&dir.join(file::to_path(target)), repository.hash) {
            Raw::Absent => packed.get(target).map_or(Raw::Absent, |id| Raw::Id(*id)),
            found => found,
        }
    };
    follow(file::read(&repository.git_dir.join("HEAD"), repository.hash), lookup)
        .map_err(|why| Skip::new(SkipReason::BrokenReference, "HEAD", why))
}

/// The branch that HEAD stands for, whether it is born or not; None where HEAD is detached or unreadable.
pub fn branch(repository: &Repository) -> Option<BString> {
    match file::read(&repository.git_dir.join("HEAD"), repository.hash) {
        Raw::Symbolic(name) => name.strip_prefix(b"refs/heads/").map(Into::into),
        _ => None,
    }
}

/// The id that a reference leads to; None where the name that it leads to does not exist.
fn follow(mut raw: Raw, lookup: impl Fn(&BString) -> Raw) -> Result<Option<ObjectId>, String> {
    if raw == Raw::Absent {
        return Err("the file is not there".into());
    }
    for _ in 0..=MAX_SYMBOLIC {
        raw = match raw {
            Raw::Id(id) => return Ok(Some(id)),
            Raw::Broken(why) => return Err(why),
            Raw::Absent => return Ok(None),
            Raw::Symbolic(target) => lookup(&target),
        };
    }
    Err("a circle of symbolic references".into())
}

fn lookup(target: &BString, store: &Store, shared: &BTreeMap<BString, Raw>) -> Raw {
    match store.refs.get(target).or_else(|| shared.get(target)) {
        Some(found) => found.clone(),
        None => Raw::Absent,
    }
}

/// Whether each worktree has a reference of this name of its own (git's is_per_worktree_ref).
fn is_private(name: &[u8]) -> bool {
    !name.starts_with(b"refs/")
        || [&b"refs/bisect/"[..], b"refs/worktree/", b"refs/rewritten/"].iter().any(|p| name.starts_with(p))
}

/// Loose and packed references of the whole repository; a loose one hides the packed one of its name.
fn shared_refs(repository: &Repository, skips: &mut Vec<Skip>) -> BTreeMap<BString, Raw> {
    let mut refs: BTreeMap<BString, Raw> = packed::read(&repository.common_dir, repository.hash, skips)
        .into_iter()
        .map(|(name, id)| (name, Raw::Id(id)))
        .collect();
    let linked = repository.git_dir != repository.common_dir;
    for (name, raw) in file::read_tree(&repository.common_dir, b"refs", repository.hash, skips) {
        // What is private to the main worktree belongs to that one's store when a linked one was opened.
        if !(linked && is_private(&name)) {
            refs.insert(name, raw);
        }
    }
    refs
}

/// The folders with a HEAD: the opened one, the main one, every linked worktree's.
fn stores(repository: &Repository, skips: &mut Vec<Skip>) -> Vec<Store> {
    let mut dirs = vec![(repository.git_dir.clone(), BString::default())];
    if repository.git_dir != repository.common_dir {
        dirs.push((repository.common_dir.clone(), "main-worktree/".into()));
    }
    let worktrees = repository.common_dir.join("worktrees");
    for name in file::folders(&worktrees, b"worktrees", skips) {
        let dir = worktrees.join(file::to_path(&name));
        if !same(&dir, &repository.git_dir) {
            dirs.push((dir, [b"worktrees/", name.as_slice(), b"/"].concat().into()));
        }
    }
    dirs.into_iter().map(|(dir, prefix)| store(repository, dir, prefix, skips)).collect()
}

fn store(repository: &Repository, dir: PathBuf, prefix: BString, skips: &mut Vec<Skip>) -> Store {
    let mut refs = BTreeMap::new();
    let is_shared = dir == repository.common_dir && dir == repository.git_dir;
    if !is_shared {
        let all = file::read_tree(&dir, b"refs", repository.hash, skips);
        refs.extend(all.into_iter().filter(|(name, _)| is_private(name)));
    }
    Store { dir, prefix, refs }
}

fn same(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// What a file like FETCH_HEAD or ORIG_HEAD beside HEAD holds: no root, but a name that may be asked for.
pub(super) fn pseudo(repository: &Repository, name: &str) -> Option<ObjectId> {
    let is_pseudo = name.ends_with("_HEAD") && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let read = || file::read(&repository.git_dir.join(name), repository.hash);
    match is_pseudo.then(read) {
        Some(Raw::Id(id)) => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
