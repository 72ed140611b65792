//! A range's scan: which commits, then all of them on all cores.

use super::changes::{self, Job, Reader};
use super::diff::Trees;
use super::push::{self, Pushed};
use super::revision::{Ends, Names};
use super::walk::{self, Commit, Commits, Selected};
use super::{Range, Selection, Update, Wanted};
use crate::Result;
use crate::blob::{Blob, Kind, Origin, Skip, SkipReason};
use crate::source::git::history::people::People;
use crate::source::git::history::{ShallowHistory, parse, shallow_skip, texts};
use crate::source::git::objects::Objects;
use crate::source::git::refs::{self, References};
use crate::source::{Sink, Unit};
use bstr::BString;
use gix_hash::ObjectId;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// A range being scanned.
pub(super) struct Scan<'a> {
    pub(super) range: &'a Range,
    pub(super) sink: &'a dyn Sink,
    pub(super) objects: &'a Objects,
    pub(super) references: &'a References,
    pub(super) commits: &'a Commits<'a>,
}

/// What is to be read.
#[derive(Default)]
struct Plan {
    selected: Selected,
    /// Commits of notes, and the reference that each belongs to.
    notes: BTreeMap<ObjectId, BString>,
    /// Annotated tags, and the commit that each tags.
    tags: Vec<(ObjectId, Option<ObjectId>)>,
    /// Trees and blobs that are pushed without a commit.
    direct: Vec<(ObjectId, gix_object::Kind)>,
}

impl Scan<'_> {
    pub(super) fn run(&self) -> Result<()> {
        let repository = &self.range.repository;
        repository.notes.iter().for_each(|note| self.sink.note(note.clone()));
        repository.skips.iter().for_each(|skip| self.sink.skip(skip.clone()));
        let plan = match &self.range.wanted {
            Wanted::Selected(selection) => self.selection(selection)?,
            Wanted::Commits { tips, known } => self.pushed(push::tips(self.commits, tips, known)),
            Wanted::Pushed { updates, remote } => {
                let known = push::known(repository, self.references, updates, remote);
                let tips: Vec<ObjectId> = updates.iter().filter_map(|u| u.local).collect();
                self.names(updates);
                self.pushed(push::tips(self.commits, &tips, &known))
            }
        };
        plan.selected.skips.iter().for_each(|skip| self.sink.skip(skip.clone()));
        self.read(&plan);
        Ok(())
    }

    fn between(&self, tips: &[ObjectId], known: &[ObjectId]) -> Selected {
        walk::between(self.commits, tips, known, &|| self.sink.cancelled())
    }

    fn selection(&self, selection: &Selection) -> Result<Plan> {
        let mut plan = match &selection.range {
            Some(range) => {
                let names = Names { commits: self.commits, references: self.references };
                let Ends { tips, known } = names.ends(range, &|| self.sink.cancelled())?;
                Plan { selected: self.between(&tips, &known), ..Plan::default() }
            }
            None => self.everything(),
        };
        if let Some(since) = selection.since {
            // Each by its own date: a clock that was wrong hides none of the others.
            let is_new = |id: &ObjectId| self.commits.get(id).links().is_some_and(|l| l.time >= since);
            plan.selected.commits.retain(is_new);
        }
        Ok(plan)
    }

    /// All that any reference, worktree or reflog leads to.
    fn everything(&self) -> Plan {
        self.references.skips.iter().for_each(|skip| self.sink.skip(skip.clone()));
        let mut tips: BTreeMap<Option<&BString>, Vec<ObjectId>> = BTreeMap::new();
        let referenced = self.references.list.iter().flat_map(|r| r.id.map(|id| (&r.name, id, false)));
        let logged = self.references.logs.iter().flat_map(|log| {
            let ids: HashSet<ObjectId> = log.lines.iter().flat_map(|l| [l.old, l.new]).flatten().collect();
            ids.into_iter().map(|id| (&log.name, id, true))
        });
        for (name, id, is_logged) in referenced.chain(logged) {
            let notes = Some(name).filter(|name| name.starts_with(b"refs/notes/"));
            match self.commits.peel(&id) {
                Ok(found) if found.kind == gix_object::Kind::Commit => tips.entry(notes).or_default().push(found.id),
                Ok(_) => {}
                // Git forgets what only reflogs know.
                Err(_) if is_logged => {}
                Err(_) => {
                    let why = format!("it leads to {id}, which can't be read");
                    self.sink.skip(Skip::new(SkipReason::BrokenReference, name.clone(), why));
                }
            }
        }
        let files = tips.remove(&None).unwrap_or_default();
        let mut notes = BTreeMap::new();
        for (reference, tips) in &tips {
            for id in self.between(tips, &files).commits {
                notes.entry(id).or_insert_with(|| reference.cloned().unwrap_or_default());
            }
        }
        let all: Vec<ObjectId> = files.into_iter().chain(tips.into_values().flatten()).collect();
        Plan { selected: self.between(&all, &[]), notes, ..Plan::default() }
    }

    fn pushed(&self, pushed: Pushed) -> Plan {
        for (id, error) in &pushed.unread {
            self.sink.skip(error.skip(id));
        }
        let selected = self.between(&pushed.ends.tips, &pushed.ends.known);
        Plan { selected, tags: pushed.tags, direct: pushed.direct, ..Plan::default() }
    }

    /// Names that the push makes.
    fn names(&self, updates: &[Update]) {
        for update in updates.iter().filter(|u| u.local.is_some() && u.remote.is_none()) {
            if self.sink.worth(&update.name) {
                let origin = Origin { reference: Some(update.name.clone()), ..Origin::nowhere(Kind::Ref) };
                self.sink.blob(Blob::whole(origin, update.name.as_slice()));
            }
        }
    }

    fn read(&self, plan: &Plan) {
        let repository = &self.range.repository;
        let head = refs::head(repository).ok().flatten();
        let reader = Reader {
            sink: self.sink,
            objects: self.objects,
            trees: Trees { objects: self.objects, hash: repository.hash, sink: self.sink },
            options: &self.range.options,
            partial: repository.partial,
            head: head.and_then(|id| self.commits.get(&id).links().map(|l| l.tree)),
            people: People::new(self.objects),
        };
        let jobs: Vec<Job> = plan.selected.commits.iter().enumerate().filter_map(|at| self.job(at, plan)).collect();
        jobs.par_iter().for_each(|job| {
            if !reader.sink.cancelled() {
                changes::commit(&reader, job);
            }
        });
        self.tags(&reader, &plan.tags);
        for (id, kind) in &plan.direct {
            match kind {
                gix_object::Kind::Tree => changes::tree(&reader, id),
                _ => changes::blob(&reader, id),
            }
        }
    }

    fn job(&self, (rank, id): (usize, &ObjectId), plan: &Plan) -> Option<Job> {
        let commit = self.commits.get(id);
        let parents = match &*commit {
            Commit::Here(links) => Some(links.parents.iter().filter_map(|parent| self.tree(parent)).collect()),
            Commit::Boundary(_) => {
                self.cut_off(id);
                None
            }
            Commit::Unread(_) => return None,
        };
        let notes = plan.notes.get(id).cloned();
        Some(Job { id: *id, rank: rank as u64, tree: commit.links()?.tree, parents, notes })
    }

    /// The tree of a parent; one that can't be read is told.
    fn tree(&self, parent: &ObjectId) -> Option<ObjectId> {
        match &*self.commits.get(parent) {
            Commit::Unread(error) => {
                self.sink.skip(error.skip(parent));
                None
            }
            commit => commit.links().map(|l| l.tree),
        }
    }

    /// What a commit at a shallow boundary adds is not known.
    fn cut_off(&self, id: &ObjectId) {
        match self.range.options.shallow {
            ShallowHistory::Fails => self.sink.skip(shallow_skip(id)),
            ShallowHistory::Allowed => {
                self.sink.note(format!("a shallow history: what commit {id} adds is not known"));
            }
        }
    }

    fn tags(&self, reader: &Reader<'_>, tags: &[(ObjectId, Option<ObjectId>)]) {
        let mut data = Vec::new();
        for (tag, commit) in tags {
            if let Err(error) = self.objects.get(tag, 0, &mut data) {
                self.sink.skip(error.skip(tag));
                continue;
            }
            self.sink.count(Unit::Entry, 1);
            let origin = Origin {
                reference: Some(parse::header(&data, "tag").unwrap_or_default().into()),
                commit: commit.and_then(|id| reader.people.commit(&id, 0)),
                ..Origin::nowhere(Kind::Tag)
            };
            texts::send(self.sink, &origin, &data, &[]);
        }
    }
}
