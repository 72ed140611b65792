//! Where trees may lead, gathered in one walk over all of them along their deltas: each is decoded once, and of one that
//! differs little from the last one only the difference is looked at.
//!
//! Kept are entries that are looked for, and folders: an entry once for all the versions in a row that hold it (some 80
//! bytes with its name), and four bytes for each of them in each tree. Which of the folders lead anywhere is found out
//! afterwards, from the roots down.

use super::parse::{Entry, EntryKind};
use super::survey::key;
use super::trees::{MAX_DEPTH, Step};
use super::versions::Versions;
use crate::source::Memo;
use crate::source::git::objects::{Object, Objects, Unread, Visitor};
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// No tree, no entry.
const NONE: u32 = u32::MAX;
/// More trees are not gathered, nor more of what they hold: they are read when they are asked for.
const MOST: usize = 1 << 26;

/// Ids in their order. They are hashes, so that about where one stands can be told from its first bytes.
struct Sorted<'a> {
    ids: &'a [ObjectId],
    /// Their first bytes.
    keys: Vec<u64>,
}

impl Sorted<'_> {
    fn find(&self, id: &ObjectId) -> Option<usize> {
        let (key, len) = (key(id), self.keys.len());
        let guess = ((u128::from(key) * len as u128) >> 64) as usize;
        let (mut low, mut high, mut step) = (guess, guess, 4);
        while low > 0 && self.keys[low.min(len - 1)] >= key {
            low = low.saturating_sub(step);
            step *= 2;
        }
        step = 4;
        while high < len && self.keys[high] <= key {
            high = (high + step).min(len);
            step *= 2;
        }
        let from = low + self.keys.get(low..high)?.partition_point(|other| *other < key);
        let same = self.keys[from..].iter().take_while(|other| **other == key).count();
        self.ids[from..from + same].iter().position(|other| other == id).map(|at| from + at)
    }
}

/// An entry, and where its folder is among the trees.
#[derive(Debug)]
struct Kept {
    step: Step,
    child: u32,
    /// Whether the entry itself is looked for.
    is_sought: bool,
}

/// What an entry is to the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// Neither looked for nor leading to such.
    None,
    /// A folder that may lead to it.
    Folder,
    /// Looked for.
    Sought,
}

/// What one thread gathered.
#[derive(Debug, Default)]
struct Log {
    kept: Vec<Kept>,
    /// The entries of one tree after the other, as numbers in `kept`.
    lists: Vec<u32>,
    /// Each tree and where its list begins.
    trees: Vec<(u32, u32)>,
    versions: Versions<u32>,
}

/// Gathers.
struct Gatherer<'a> {
    trees: &'a Sorted<'a>,
    hash: Kind,
    interest: &'a (dyn Fn(&Entry<'_>) -> Interest + Sync),
    cancelled: &'a (dyn Fn() -> bool + Sync),
    logs: Vec<Mutex<Log>>,
}

/// Where trees lead.
pub(super) struct Gathered<'a> {
    trees: Sorted<'a>,
    logs: Vec<Log>,
    /// For each tree its log and its place there.
    places: Vec<(u32, u32)>,
    leads: Mutex<Vec<Leads>>,
}

/// Whether a tree leads to something that is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Leads {
    #[default]
    Unknown,
    Nowhere,
    Somewhere,
}

/// An entry of a tree, told apart from all others: it has the same number in each version that holds it.
pub(super) type Number = u64;

impl<'a> Gathered<'a> {
    /// Goes through `trees` (sorted).
    pub(super) fn of(
        objects: &Objects,
        trees: &'a [ObjectId],
        hash: Kind,
        interest: &(dyn Fn(&Entry<'_>) -> Interest + Sync),
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Gathered<'a> {
        let trees = if trees.len() < MOST { trees } else { &[] };
        let sorted = Sorted { ids: trees, keys: trees.iter().map(key).collect() };
        let logs = (0..rayon::current_num_threads().max(1)).map(|_| Mutex::default()).collect();
        let gatherer = Gatherer { trees: &sorted, hash, interest, cancelled, logs };
        if !trees.is_empty() {
            objects.for_some(trees, 0, &gatherer);
        }
        let logs: Vec<Log> =
            gatherer.logs.into_iter().map(|log| log.into_inner().unwrap_or_else(PoisonError::into_inner)).collect();
        let mut places = vec![(NONE, NONE); trees.len()];
        for (number, log) in logs.iter().enumerate() {
            for (at, (tree, _)) in log.trees.iter().enumerate() {
                places[*tree as usize] = (number as u32, at as u32);
            }
        }
        let leads = Mutex::new(vec![Leads::Unknown; trees.len()]);
        Gathered { trees: sorted, logs, places, leads }
    }

    /// The tree's number, if it was gathered.
    pub(super) fn find(&self, id: &ObjectId) -> Option<u32> {
        let at = self.trees.find(id)?;
        self.places.get(at).filter(|(log, _)| *log != NONE).map(|_| at as u32)
    }

    /// The entries of a tree that are sought, or lead to such. `deep` is told folders that lie too deep to be entered.
    pub(super) fn steps(&self, tree: u32, deep: &mut dyn FnMut(ObjectId)) -> Vec<(Number, &Step)> {
        let leads = {
            let mut leads = lock(&self.leads);
            self.descend(tree, &mut leads, deep);
            leads
        };
        let (number, list) = self.list(tree);
        let log = &self.logs[number as usize];
        let is_step = |kept: &Kept| kept.is_sought || leads.get(kept.child as usize) != Some(&Leads::Nowhere);
        let kept = list.iter().map(|at| (*at, &log.kept[*at as usize])).filter(|(_, kept)| is_step(kept));
        kept.map(|(at, kept)| (u64::from(number) << 32 | u64::from(at), &kept.step)).collect()
    }

    /// The log of a tree, and its list there.
    fn list(&self, tree: u32) -> (u32, &[u32]) {
        let (number, at) = self.places[tree as usize];
        let log = &self.logs[number as usize];
        let start = log.trees[at as usize].1 as usize;
        let end = log.trees.get(at as usize + 1).map_or(log.lists.len(), |(_, start)| *start as usize);
        (number, &log.lists[start..end])
    }

    /// Finds out where a tree and all below it lead.
    fn descend(&self, root: u32, leads: &mut MutexGuard<'_, Vec<Leads>>, deep: &mut dyn FnMut(ObjectId)) {
        let mut open: Vec<(u32, usize, Leads)> = Vec::new();
        if leads[root as usize] == Leads::Unknown {
            open.push((root, 0, Leads::Nowhere));
        }
        while let Some((tree, at, so_far)) = open.last_mut() {
            let (number, list) = self.list(*tree);
            let Some(entry) = list.get(*at) else {
                leads[*tree as usize] = *so_far;
                let so_far = *so_far;
                open.pop();
                if let Some((.., above)) = open.last_mut().filter(|_| so_far == Leads::Somewhere) {
                    *above = Leads::Somewhere;
                }
                continue;
            };
            *at += 1;
            let Kept { step, child, is_sought } = &self.logs[number as usize].kept[*entry as usize];
            // What was not gathered is read when it is asked for.
            let is_known = self.places.get(*child as usize).is_some_and(|(log, _)| *log != NONE);
            if *is_sought || !is_known {
                *so_far = Leads::Somewhere;
                continue;
            }
            match leads[*child as usize] {
                Leads::Somewhere => *so_far = Leads::Somewhere,
                Leads::Nowhere => {}
                Leads::Unknown if open.len() < MAX_DEPTH => open.push((*child, 0, Leads::Nowhere)),
                Leads::Unknown => {
                    leads[*child as usize] = Leads::Nowhere;
                    deep(step.id);
                }
            }
        }
    }
}

impl Gatherer<'_> {
    fn keep(&self, kept: &mut Vec<Kept>, entry: &Entry<'_>) -> u32 {
        let is_sought = match (self.interest)(entry) {
            Interest::None => return NONE,
            Interest::Folder => false,
            Interest::Sought => true,
        };
        let child = match entry.kind {
            EntryKind::Tree => self.trees.find(&entry.id).map_or(NONE, |at| at as u32),
            _ => NONE,
        };
        kept.push(Kept { step: Step::of(entry), child, is_sought });
        kept.len() as u32 - 1
    }
}

impl Visitor for Gatherer<'_> {
    fn object(&self, object: Object<'_>) -> Option<Memo> {
        let Object { id, kind, data, .. } = object;
        let tree = self.trees.find(&id).filter(|_| kind == ObjectKind::Tree)?;
        let at = rayon::current_thread_index().unwrap_or(0) % self.logs.len();
        let mut log = lock(&self.logs[at]);
        let Log { kept, lists, trees, versions } = &mut *log;
        if lists.len() < NONE as usize / 2
            && kept.len() < MOST
            && versions.read(data, self.hash, |entry| self.keep(kept, entry))
        {
            trees.push((tree as u32, lists.len() as u32));
            lists.extend(versions.made().filter(|at| *at != NONE));
        }
        None
    }

    // Told before.
    fn unread(&self, _: Unread) {}

    fn cancelled(&self) -> bool {
        (self.cancelled)()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_are_found_wherever_they_stand(
            numbers in proptest::collection::btree_set(any::<(u8, u8)>(), 0..200), asked in any::<(u8, u8)>(), spread in any::<bool>()
        ) {
            let id = |(a, b): (u8, u8)| {
                let mut bytes = [0; 20];
                // Some have the same first bytes.
                (bytes[if spread { 0 } else { 7 }], bytes[8]) = (a, b);
                ObjectId::Sha1(bytes)
            };
            let ids: Vec<ObjectId> = numbers.iter().map(|n| id(*n)).collect();
            let sorted = Sorted { ids: &ids, keys: ids.iter().map(key).collect() };
            for number in numbers.iter().copied().chain([asked, (0, 0), (255, 255)]) {
                prop_assert_eq!(sorted.find(&id(number)), ids.binary_search(&id(number)).ok());
            }
        }
    }
}
