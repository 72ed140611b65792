//! Which trees lead to something that is looked for. Each tree is decoded once, on all cores; of most of them nothing
//! remains but that they don't.

use super::parse::{Entries, Entry, EntryKind};
use crate::source::git::objects::{ObjectError, Objects};
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Folders nested deeper are not entered. No file system holds such a path, and git's own limit (core.maxTreeDepth)
/// is half of it.
const MAX_DEPTH: usize = 4096;

/// What is looked for.
#[derive(Debug, Default)]
pub(super) struct Targets {
    /// Blobs.
    pub(super) blobs: HashSet<ObjectId>,
    /// Names of files and folders.
    pub(super) names: HashSet<BString>,
    /// Whether submodules are.
    pub(super) submodules: bool,
}

impl Targets {
    pub(super) fn is_empty(&self) -> bool {
        self.blobs.is_empty() && self.names.is_empty() && !self.submodules
    }

    fn want(&self, entry: &Entry<'_>) -> bool {
        match entry.kind {
            EntryKind::Submodule => self.submodules,
            EntryKind::Tree => false,
            EntryKind::File | EntryKind::Link => self.blobs.contains(&entry.id),
        }
    }

    pub(super) fn is_name(&self, name: &[u8]) -> bool {
        !self.names.is_empty() && self.names.contains(bstr::BStr::new(name))
    }
}

/// An entry of a tree that is, or leads to, what is looked for.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) kind: EntryKind,
    pub(super) name: Box<[u8]>,
    pub(super) id: ObjectId,
}

impl Step {
    fn of(entry: &Entry<'_>) -> Step {
        Step { kind: entry.kind, name: entry.name.into(), id: entry.id }
    }
}

/// The steps of a tree; None: it leads nowhere.
type Steps = Option<Arc<[Step]>>;

/// Reads trees and remembers where they lead.
pub(super) struct Trees<'a> {
    objects: &'a Objects,
    hash: Kind,
    targets: &'a Targets,
    known: Vec<Mutex<HashMap<ObjectId, Steps>>>,
    failed: Mutex<BTreeMap<ObjectId, ObjectError>>,
}

/// A tree whose folders are being looked into.
struct Open {
    id: ObjectId,
    /// Where it leads, as far as is known; folders stand here only once they are known to lead somewhere.
    steps: Vec<Step>,
    /// Folders to look into yet.
    folders: Vec<Step>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(objects: &'a Objects, hash: Kind, targets: &'a Targets) -> Self {
        let known = (0..64).map(|_| Mutex::default()).collect();
        Trees { objects, hash, targets, known, failed: Mutex::default() }
    }

    pub(super) fn targets(&self) -> &Targets {
        self.targets
    }

    /// Looks into these trees and all below them, on all cores.
    pub(super) fn look_into(&self, roots: &[ObjectId], cancelled: &(dyn Fn() -> bool + Sync)) {
        roots.par_iter().for_each(|root| {
            if !cancelled() {
                self.steps(root);
            }
        });
    }

    /// Where a tree leads.
    pub(super) fn steps(&self, root: &ObjectId) -> Steps {
        if let Some(known) = self.shard(root).get(root) {
            return known.clone();
        }
        let mut last = None;
        let mut open = vec![self.open(root)];
        while !open.is_empty() {
            let depth = open.len();
            let top = &mut open[depth - 1];
            let Some(folder) = top.folders.last().map(|f| f.id) else {
                last = self.close(open.pop());
                continue;
            };
            let known = self.shard(&folder).get(&folder).map(Option::is_some);
            match known {
                Some(leads) => top.steps.extend(top.folders.pop().filter(|_| leads)),
                None if depth < MAX_DEPTH => open.push(self.open(&folder)),
                None => {
                    let why = format!("folders nested deeper than {MAX_DEPTH}");
                    lock(&self.failed).insert(folder, ObjectError::Corrupt(why));
                    top.folders.pop();
                }
            }
        }
        last
    }

    /// All entries of a tree, whatever they are.
    pub(super) fn all(&self, id: &ObjectId) -> Vec<Step> {
        let mut all = Vec::new();
        self.read(id, |entry| all.push(Step::of(entry)));
        all
    }

    /// What could not be read.
    pub(super) fn failed(&self) -> Vec<(ObjectId, ObjectError)> {
        lock(&self.failed).iter().map(|(id, error)| (*id, error.clone())).collect()
    }

    fn open(&self, id: &ObjectId) -> Open {
        let mut open = Open { id: *id, steps: Vec::new(), folders: Vec::new() };
        self.read(id, |entry| {
            let is_named = self.targets.is_name(entry.name);
            if entry.kind != EntryKind::Tree || is_named {
                open.steps.extend((is_named || self.targets.want(entry)).then(|| Step::of(entry)));
                return;
            }
            let known = self.shard(&entry.id).get(&entry.id).map(Option::is_some);
            match known {
                Some(true) => open.steps.push(Step::of(entry)),
                Some(false) => {}
                None => open.folders.push(Step::of(entry)),
            }
        });
        open
    }

    fn close(&self, open: Option<Open>) -> Steps {
        let Open { id, mut steps, .. } = open?;
        // The tree's own order, whichever way the steps became known.
        steps.sort_by(|a, b| a.name.cmp(&b.name));
        let steps: Steps = (!steps.is_empty()).then(|| steps.into());
        self.shard(&id).insert(id, steps.clone());
        steps
    }

    fn read(&self, id: &ObjectId, mut take: impl FnMut(&Entry<'_>)) {
        let mut data = Vec::new();
        let error = match self.objects.get(id, 0, &mut data) {
            Ok(ObjectKind::Tree) => None,
            Ok(kind) => Some(ObjectError::Corrupt(format!("a {kind} where a tree is expected"))),
            Err(_) if id.is_empty_tree() => None,
            Err(error) => Some(error),
        };
        match error {
            None => Entries::of(&data, self.hash).for_each(|entry| take(&entry)),
            Some(error) => drop(lock(&self.failed).insert(*id, error)),
        }
    }

    fn shard(&self, id: &ObjectId) -> MutexGuard<'_, HashMap<ObjectId, Steps>> {
        lock(&self.known[id.as_slice()[0] as usize % self.known.len()])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
