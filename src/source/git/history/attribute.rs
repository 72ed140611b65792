//! From contents and names to the first commit that holds them, and their paths. Commits are asked in order, parents
//! first; a folder that was seen at a path before is not entered again.

use super::gather::Number;
use super::graph::{Graph, Index};
use super::parse::EntryKind;
use super::paths::{PathId, Paths};
use super::trees::{Found, Step, Trees};
use crate::blob::Reach;
use gix_hash::ObjectId;
use std::collections::{HashMap, HashSet};

/// At most so many paths are kept; a repository made to hold one folder at countless paths ends here, visibly.
const MAX_PATHS: usize = if cfg!(test) { 1 << 14 } else { 1 << 20 };

/// At most so many places are kept: each may become a finding.
const MAX_PLACES: usize = if cfg!(test) { 1 << 14 } else { 1 << 17 };

/// At most so many places of one content are kept.
pub(in crate::source::git) const MAX_SAME: u32 = if cfg!(test) { 1 << 12 } else { 1 << 14 };

/// The first holder of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// The commit; None where no commit holds it.
    pub(super) commit: Option<Index>,
    pub(super) reach: Reach,
}

/// Where what was looked for stands.
#[derive(Default)]
pub(super) struct Places {
    pub(super) paths: Paths,
    /// Each blob at each path, with its first holder, in the order they were met.
    pub(super) blobs: Vec<(ObjectId, PathId, Holder)>,
    /// Each path with a name that is looked for.
    pub(super) names: Vec<(PathId, Holder)>,
    /// Each submodule.
    pub(super) submodules: Vec<PathId>,
    /// What HEAD holds.
    pub(super) head: Marks,
    /// What commits at a shallow boundary hold: who brought it is not known.
    pub(super) boundary: Marks,
    /// Whether there were more places than are kept, so that some contents are without any.
    pub(super) overflow: bool,
    /// Whether contents have more places than are kept.
    pub(super) is_crowded: bool,
}

/// A set of places.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub(super) blobs: HashSet<(ObjectId, PathId)>,
    pub(super) names: HashSet<PathId>,
}

/// Something at a path.
struct Hit<'a> {
    step: &'a Step,
    path: PathId,
    /// Its own name or that of a folder above it is looked for.
    named: bool,
}

/// Folders entered, each with its path and whether a name above it is looked for: by their tree, and by their entry's
/// number.
#[derive(Default)]
struct Seen {
    trees: HashSet<(ObjectId, PathId, bool)>,
    entries: HashSet<(Number, PathId, bool)>,
}

/// Finds places.
pub(super) struct Attribution<'a> {
    trees: &'a Trees<'a>,
    graph: &'a Graph,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    places: Places,
    seen: Seen,
    known_blobs: HashSet<(ObjectId, PathId)>,
    /// How many places each content has.
    counts: HashMap<ObjectId, u32>,
    known_names: HashSet<PathId>,
}

impl<'a> Attribution<'a> {
    pub(super) fn new(trees: &'a Trees<'a>, graph: &'a Graph, cancelled: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Attribution {
            trees,
            graph,
            cancelled,
            places: Places::default(),
            seen: Seen::default(),
            known_blobs: HashSet::new(),
            counts: HashMap::new(),
            known_names: HashSet::new(),
        }
    }

    /// A root for paths.
    pub(super) fn root(&mut self) -> PathId {
        self.places.paths.root()
    }

    /// Marks what a commit of HEAD, or one at a boundary, holds.
    pub(super) fn mark(&mut self, root: PathId, trees: &[ObjectId], which: fn(&mut Places) -> &mut Marks) {
        let mut marks = Marks::default();
        let mut seen = Seen::default();
        for tree in trees {
            self.walk(tree, root, &mut seen, |hit, _| {
                if hit.named {
                    marks.names.insert(hit.path);
                }
                if hit.step.kind != EntryKind::Submodule {
                    marks.blobs.insert((hit.step.id, hit.path));
                }
                marks.blobs.len() + marks.names.len() < MAX_PATHS
            });
        }
        *which(&mut self.places) = marks;
    }

    /// Asks these commits, in this order.
    pub(super) fn commits(&mut self, root: PathId, commits: impl Iterator<Item = Index>, reach: Reach) {
        for at in commits {
            let tree = *self.graph.tree(at);
            self.tree(root, &tree, Holder { commit: Some(at), reach });
        }
    }

    /// Asks a tree.
    pub(super) fn tree(&mut self, root: PathId, tree: &ObjectId, holder: Holder) {
        let mut seen = std::mem::take(&mut self.seen);
        self.walk(tree, root, &mut seen, |hit, this| {
            this.take(&hit, holder);
            this.places.blobs.len() + this.places.names.len() < MAX_PLACES
        });
        self.seen = seen;
    }

    fn take(&mut self, hit: &Hit<'_>, holder: Holder) {
        if hit.named && self.known_names.insert(hit.path) {
            self.places.names.push((hit.path, holder));
        }
        match hit.step.kind {
            EntryKind::Submodule => self.places.submodules.push(hit.path),
            _ if self.trees.targets().blobs.contains(&hit.step.id)
                && self.known_blobs.insert((hit.step.id, hit.path)) =>
            {
                let count = self.counts.entry(hit.step.id).or_default();
                *count += 1;
                if *count <= MAX_SAME {
                    self.places.blobs.push((hit.step.id, hit.path, holder));
                } else {
                    self.places.is_crowded = true;
                }
            }
            _ => {}
        }
    }

    /// Goes through what a tree leads to, in its order, and ends when `take` says so.
    fn walk(
        &mut self,
        tree: &ObjectId,
        root: PathId,
        seen: &mut Seen,
        mut take: impl FnMut(Hit<'_>, &mut Self) -> bool,
    ) {
        let mut open = vec![(*tree, root, false)];
        while let Some((tree, folder, named)) = open.pop() {
            if (self.cancelled)() || self.places.overflow {
                return;
            }
            if !seen.trees.insert((tree, folder, named)) {
                continue;
            }
            let trees = self.trees;
            let steps = if named { Found::All(trees.all(&tree)) } else { trees.look(&tree) };
            for (number, step) in steps.iter() {
                if number.is_some_and(|number| !seen.entries.insert((number, folder, named))) {
                    continue;
                }
                let path = self.places.paths.join(folder, &step.name);
                let named = named || self.trees.targets().is_name(&step.name);
                if step.kind == EntryKind::Tree {
                    open.push((step.id, path, named));
                } else if !take(Hit { step, path, named }, self) {
                    self.places.overflow = true;
                    return;
                }
            }
            self.places.overflow |= self.places.paths.len() > MAX_PATHS;
        }
    }

    /// What was found.
    pub(super) fn finish(mut self) -> Places {
        self.places.submodules.sort_unstable();
        self.places.submodules.dedup();
        self.places
    }
}
