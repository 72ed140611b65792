//! What should be here and is not, or can't be read: told by id where anything reachable wants it.

use super::graph::Graph;
use super::parse::{Entries, EntryKind};
use super::roots::Roots;
use super::survey::{self, Survey};
use crate::blob::{Skip, SkipReason};
use crate::source::Sink;
use crate::source::git::objects::{ObjectError, Objects};
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is missing or unreadable of what the roots lead to.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// Each object, and why it can't be had.
    pub(super) objects: BTreeMap<ObjectId, ObjectError>,
    /// Whether one of them could lead to more: then nothing can be shown to be unreachable.
    pub(super) hide_something: bool,
}

impl Holes {
    /// Looks for holes in what `reached` commits and the roots lead to. Folders are only read if any can be there.
    pub(super) fn find(
        (objects, hash): (&Objects, Kind),
        survey: &Survey,
        graph: &Graph,
        reached: &[bool],
        roots: &Roots,
        sink: &dyn Sink,
    ) -> Holes {
        let mut holes = Holes { hide_something: roots.broken, ..Holes::default() };
        for id in graph.absent_parents(reached) {
            holes.hide_something = true;
            if !survey.is_present(id) {
                holes.objects.insert(*id, ObjectError::Missing);
            } else if !survey.is_unread(id) {
                holes.objects.insert(*id, ObjectError::Corrupt("named as a parent, and no commit".into()));
            }
        }
        let absent = survey.absent();
        let is_blob = |kind: &Option<ObjectKind>| *kind == Some(ObjectKind::Blob);
        if absent.is_empty() && survey.unread.iter().all(|u| is_blob(&u.kind)) {
            return holes;
        }
        let trees = (0..graph.len() as u32).filter(|at| reached[*at as usize]).map(|at| *graph.tree(at));
        let direct = roots.direct.keys().filter(|id| survey.trees.binary_search(id).is_ok());
        let mut level: BTreeSet<ObjectId> = trees.chain(direct.copied()).collect();
        let mut known: HashSet<ObjectId> = HashSet::new();
        while !level.is_empty() && !sink.cancelled() {
            known.extend(&level);
            let looks = level.par_iter().map_with(Vec::new(), |data, tree| look(objects, hash, tree, &absent, data));
            let all = looks.reduce(Look::default, Look::and);
            for (id, error) in all.unread {
                holes.hide_something = true;
                if !survey.is_unread(&id) {
                    holes.objects.insert(id, error);
                }
            }
            holes.objects.extend(all.missing.into_iter().map(|id| (id, ObjectError::Missing)));
            level = all.folders.into_iter().filter(|id| !known.contains(id)).collect();
        }
        holes
    }

    /// They as skips.
    pub(super) fn skips(&self, partial: bool) -> impl Iterator<Item = Skip> {
        self.objects.iter().map(move |(id, error)| match error {
            ObjectError::Missing if partial => {
                let why = "not in this partial clone, and nothing is fetched; git fetch --refetch --no-filter gets all";
                Skip::new(SkipReason::Missing, id.to_string(), why)
            }
            error => error.skip(id),
        })
    }
}

/// What a look into some folders shows.
#[derive(Default)]
struct Look {
    folders: BTreeSet<ObjectId>,
    /// Files.
    missing: BTreeSet<ObjectId>,
    /// Folders.
    unread: BTreeMap<ObjectId, ObjectError>,
}

impl Look {
    fn and(mut self, other: Look) -> Look {
        self.folders.extend(other.folders);
        self.missing.extend(other.missing);
        self.unread.extend(other.unread);
        self
    }
}

fn look(objects: &Objects, hash: Kind, tree: &ObjectId, absent: &HashSet<u64>, data: &mut Vec<u8>) -> Look {
    let mut look = Look::default();
    match objects.get(tree, 0, data) {
        Ok(ObjectKind::Tree) => {}
        Ok(kind) => {
            let error = ObjectError::Corrupt(format!("a {kind} where a tree is expected"));
            look.unread.insert(*tree, error);
            return look;
        }
        Err(_) if tree.is_empty_tree() => return look,
        Err(error) => {
            look.unread.insert(*tree, error);
            return look;
        }
    }
    let mut entries = Entries::of(data, hash);
    for entry in entries.by_ref() {
        match entry.kind {
            EntryKind::Tree => drop(look.folders.insert(entry.id)),
            EntryKind::Submodule => {}
            _ if absent.contains(&survey::key(&entry.id)) => drop(look.missing.insert(entry.id)),
            _ => {}
        }
    }
    if entries.is_damaged() {
        look.unread.insert(*tree, ObjectError::Corrupt("no tree as git writes it".into()));
    }
    look
}
