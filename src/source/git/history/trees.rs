//! Which trees lead to something that is looked for. Each tree is decoded once, on all cores; of most of them nothing
//! remains but that they don't.

use super::gather::{Gathered, Interest, Number};
use super::parse::{Entries, Entry, EntryKind};
use super::survey::{Place, key};
use crate::source::git::objects::{ObjectError, Objects};
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Folders nested deeper are not entered. No file system holds such a path, and git's own limit (core.maxTreeDepth)
/// is half of it.
pub(super) const MAX_DEPTH: usize = 4096;

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
    pub(super) fn of(entry: &Entry<'_>) -> Step {
        Step { kind: entry.kind, name: entry.name.into(), id: entry.id }
    }
}

/// The steps of a tree; None: it leads nowhere.
pub(super) type Steps = Option<Arc<[Step]>>;

/// The steps of a tree, from wherever they are known.
pub(super) enum Found<'t> {
    Read(Steps),
    /// With the number of each entry.
    Gathered(Vec<(Number, &'t Step)>),
    All(Vec<Step>),
}

impl Found<'_> {
    /// The steps in the tree's order, each with its number, if it has one.
    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = (Option<Number>, &Step)> + '_> {
        match self {
            Found::Read(steps) => Box::new(steps.iter().flat_map(|steps| steps.iter()).map(|step| (None, step))),
            Found::Gathered(steps) => Box::new(steps.iter().map(|(number, step)| (Some(*number), *step))),
            Found::All(steps) => Box::new(steps.iter().map(|step| (None, step))),
        }
    }
}

/// Reads trees and remembers where they lead.
pub(super) struct Trees<'a> {
    objects: &'a Objects,
    hash: Kind,
    targets: &'a Targets,
    /// Trees of these lead nowhere.
    barren: Vec<&'a Place>,
    gathered: Option<Gathered<'a>>,
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
    pub(super) fn new(objects: &'a Objects, hash: Kind, targets: &'a Targets, barren: Vec<&'a Place>) -> Self {
        let known = (0..64).map(|_| Mutex::default()).collect();
        Trees { objects, hash, targets, barren, gathered: None, known, failed: Mutex::default() }
    }

    /// Whether it is known without reading that the tree leads nowhere.
    pub(super) fn is_barren(&self, id: &ObjectId) -> bool {
        let key = key(id);
        self.barren.iter().any(|place| place.trees.binary_search(&key).is_ok())
    }

    pub(super) fn targets(&self) -> &Targets {
        self.targets
    }

    /// Goes through all of these trees (sorted), where a few questions would cost more than to ask each of them.
    pub(super) fn gather(&mut self, trees: &'a [ObjectId], cancelled: &(dyn Fn() -> bool + Sync)) {
        let interest = |entry: &Entry<'_>| match entry.kind {
            _ if self.targets.is_name(entry.name) || self.targets.want(entry) => Interest::Sought,
            EntryKind::Tree if !self.is_barren(&entry.id) => Interest::Folder,
            _ => Interest::None,
        };
        self.gathered = Some(Gathered::of(self.objects, trees, self.hash, &interest, cancelled));
    }

    /// Where a tree leads, as it is known best.
    pub(super) fn look(&self, id: &ObjectId) -> Found<'_> {
        let gathered = self.gathered.as_ref().and_then(|gathered| Some((gathered, gathered.find(id)?)));
        match gathered {
            Some((gathered, tree)) => Found::Gathered(gathered.steps(tree, &mut |folder| self.too_deep(folder))),
            None => Found::Read(self.steps(id)),
        }
    }

    fn too_deep(&self, folder: ObjectId) {
        let why = format!("folders nested deeper than {MAX_DEPTH}");
        lock(&self.failed).insert(folder, ObjectError::Corrupt(why));
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
        if self.is_barren(root) {
            return None;
        }
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
                    self.too_deep(folder);
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
            match known.or_else(|| self.is_barren(&entry.id).then_some(false)) {
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

/// The places of which no tree leads to what is looked for: nothing in them points at it, nor at a tree of a place that
/// does. (Names and submodules can be anywhere.)
pub(super) fn barren<'a>(places: &'a [Place], targets: &Targets) -> Vec<&'a Place> {
    if !targets.names.is_empty() || targets.submodules {
        return Vec::new();
    }
    let mut left: Vec<&Place> = places.iter().collect();
    let mut sought: Vec<u64> = targets.blobs.iter().map(key).collect();
    loop {
        let leads = |place: &&Place| sought.iter().any(|key| place.wanted.binary_search(key).is_ok());
        let (leading, others): (Vec<_>, Vec<_>) = left.into_iter().partition(leads);
        if leading.is_empty() {
            return others;
        }
        sought = leading.iter().flat_map(|place| place.trees.iter().copied()).collect();
        left = others;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
