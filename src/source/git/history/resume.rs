//! Where everything stands, from where the last scan left off; and what the next one may leave off from.

use super::attribute::{Attribution, Holder, Places};
use super::emit::Teller;
use super::known::{Memory, Record, Stand};
use super::paths::PathId;
use super::trees::{Targets, Trees};
use super::{Scan, graph};
use crate::blob::Reach;
use crate::source::git::objects::ObjectError;
use gix_hash::ObjectId;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

impl Scan<'_> {
    /// Where everything stands; with a memory, from where the last scan left off.
    pub(super) fn places(
        &self,
        targets: &Targets,
        order: &[graph::Index],
        lost: Reach,
        teller: &mut Teller<'_>,
    ) -> Places {
        let Some((memory, rest)) = self.memory(targets, lost) else {
            return self.attribute(targets, order, lost, &mut teller.notes);
        };
        let repository = &self.history.repository;
        let record = memory.places(&repository.common_dir, repository.hash);
        let places = match record.and_then(|record| self.on_from(record, rest, targets, order, teller)) {
            Some(places) => places,
            None => self.attribute(targets, order, lost, &mut teller.notes),
        };
        teller.is_remembered = !places.overflow && !places.is_crowded;
        places
    }

    /// The memory of places, and a hash of what they depend on besides commits and targets; None where they are not to be
    /// kept or not that simple.
    fn memory(&self, targets: &Targets, lost: Reach) -> Option<(&Memory, [u8; 32])> {
        let memory = self.history.options.memory.as_ref()?;
        let is_whole = self.survey.unread.iter().all(|u| matches!(u.error, ObjectError::TooLarge(_)));
        let is_simple =
            self.roots.notes.is_empty() && self.graph.absent_parents(&vec![true; self.graph.len()]).next().is_none();
        let is_cut = (0..self.graph.len() as graph::Index).any(|at| self.graph.is_boundary(at));
        if lost != Reach::Unreachable || !is_whole || !is_simple || is_cut || !targets.names.is_empty() {
            return None;
        }
        let loose = self.survey.trees.iter().filter(|id| !self.survey.is_wanted(id));
        let direct = self.roots.direct.keys();
        let mut hasher = Sha256::new();
        hasher.update([u8::from(targets.submodules)]);
        loose
            .chain([&ObjectId::null(self.history.repository.hash)])
            .chain(direct)
            .for_each(|id| hasher.update(id.as_slice()));
        Some((memory, hasher.finalize().into()))
    }

    /// From what the last scan knew; None where that does not hold any more.
    fn on_from(
        &self,
        mut record: Record,
        rest: [u8; 32],
        targets: &Targets,
        order: &[graph::Index],
        teller: &mut Teller<'_>,
    ) -> Option<Places> {
        let new: HashSet<graph::Index> = record.new_commits(rest, &self.graph, &self.reached)?.into_iter().collect();
        let is_old = |id: &ObjectId| record.targets.binary_search(id).is_ok();
        let (old, fresh): (HashSet<ObjectId>, HashSet<ObjectId>) = targets.blobs.iter().copied().partition(is_old);
        // Without knowing which trees can hold them, new contents are looked for everywhere.
        if !fresh.is_empty() && self.survey.places.is_empty() {
            return None;
        }
        record.stands.retain(|stand| old.contains(&stand.blob));
        teller.quiet = record.stands.iter().filter(|s| s.quiet).map(|s| (s.blob, s.path.clone())).collect();
        let with = |blobs| Targets { blobs, names: HashSet::new(), submodules: targets.submodules };

        let old = with(old);
        let cancelled = || self.sink.cancelled();
        let trees = Trees::new(self.objects, self.history.repository.hash, &old, Vec::new());
        let mut all = Attribution::new(&trees, &self.graph, &cancelled);
        let files = all.root();
        all.mark(files, &self.head(), |places| &mut places.head);
        for (is_reached, reach) in [(true, Reach::Reachable), (false, Reach::Unreachable)] {
            let asked = |at: &graph::Index| new.contains(at) && self.reached[*at as usize] == is_reached;
            all.commits(files, order.iter().copied().filter(asked), reach);
        }
        let of_old = all.finish();
        let of_fresh = match fresh.is_empty() {
            true => Places::default(),
            false => {
                let fresh = Targets { submodules: false, ..with(fresh) };
                self.attribute(&fresh, order, Reach::Unreachable, &mut teller.notes)
            }
        };
        Some(record.joined([of_old, of_fresh], &self.graph, &self.reached, &teller.ranks))
    }

    /// Remembers places, and which of them had nothing to tell.
    pub(super) fn remember(&self, targets: &Targets, lost: Reach, places: &Places, teller: &Teller<'_>) {
        let is_done = teller.is_remembered && !self.sink.cancelled();
        let Some((memory, rest)) = self.memory(targets, lost).filter(|_| is_done) else { return };
        let found = teller.found_quiet();
        let stand = |(blob, path, holder): &(ObjectId, PathId, Holder)| {
            let path = places.paths.full(*path);
            let place = (*blob, path);
            let quiet = teller.quiet.contains(&place) || found.contains(&place);
            let commit = holder.commit.map(|at| *self.graph.id(at));
            Stand { blob: *blob, path: place.1, commit, reach: holder.reach, quiet }
        };
        let mut targets: Vec<ObjectId> = targets.blobs.iter().copied().collect();
        targets.sort_unstable();
        let mut stands: Vec<Stand> = places.blobs.iter().map(stand).collect();
        stands.sort_by(|a, b| (a.blob, &a.path).cmp(&(b.blob, &b.path)));
        let record = Record {
            rest,
            commits: (0..self.graph.len()).map(|at| (*self.graph.id(at as graph::Index), self.reached[at])).collect(),
            targets,
            stands,
            submodules: places.submodules.iter().map(|path| places.paths.full(*path)).collect(),
        };
        let repository = &self.history.repository;
        if memory.places(&repository.common_dir, repository.hash).as_ref() != Some(&record) {
            memory.keep_places(&repository.common_dir, &record);
        }
    }
}
