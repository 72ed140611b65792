//! What the references keep alive: commits, and sometimes tags, trees or blobs themselves.

use super::graph::{Graph, Index};
use super::survey::Survey;
use crate::blob::{Skip, SkipReason};
use crate::source::git::refs::References;
use bstr::BString;
use gix_hash::ObjectId;
use std::collections::{BTreeMap, BTreeSet};

/// The roots, by what they are.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// Commits that references and reflogs of anything but notes lead to.
    pub(super) commits: Vec<Index>,
    /// Commits of notes references and their reflogs, by reference.
    pub(super) notes: BTreeMap<BString, Vec<Index>>,
    /// Annotated tags that are reachable.
    pub(super) tags: BTreeSet<ObjectId>,
    /// Trees and blobs that a reference or a tag names directly, each with the first such reference.
    pub(super) direct: BTreeMap<ObjectId, BString>,
    /// What is broken: references to objects that are not here, tags of such.
    pub(super) skips: Vec<Skip>,
    /// Whether a root may lead to something that can't be found.
    pub(super) broken: bool,
    /// How many ids of reflogs are no longer here: git forgets them in time.
    pub(super) forgotten: u64,
}

/// Whether a reference holds notes.
fn is_notes(name: &[u8]) -> bool {
    name.starts_with(b"refs/notes/")
}

/// What an id turned out to be.
enum Target {
    Commit(Index),
    /// Neither commit nor tag.
    Other(ObjectId),
    Absent(ObjectId),
    /// It is here and can't be read; told elsewhere.
    Unread,
}

impl Roots {
    pub(super) fn of(references: &References, graph: &Graph, survey: &Survey) -> Roots {
        let mut roots = Roots { broken: !references.skips.is_empty(), ..Roots::default() };
        for reference in &references.list {
            if let Some(id) = &reference.id {
                roots.reference(&reference.name, id, graph, survey);
            }
        }
        let mut forgotten = BTreeSet::new();
        for log in &references.logs {
            let ids: BTreeSet<&ObjectId> = log.lines.iter().flat_map(|l| [&l.old, &l.new]).flatten().collect();
            for id in ids {
                if survey.is_present(id) {
                    roots.reference(&log.name, id, graph, survey);
                } else {
                    forgotten.insert(*id);
                }
            }
        }
        roots.forgotten = forgotten.len() as u64;
        roots
    }

    fn reference(&mut self, name: &BString, id: &ObjectId, graph: &Graph, survey: &Survey) {
        if !survey.is_present(id) {
            let why = format!("it leads to {id}, which is not in this repository");
            self.skips.push(Skip::new(SkipReason::BrokenReference, name.clone(), why));
            self.broken = true;
            return;
        }
        match self.peel(id, graph, survey) {
            Target::Commit(at) if is_notes(name) => self.notes.entry(name.clone()).or_default().push(at),
            Target::Commit(at) => self.commits.push(at),
            Target::Other(id) => drop(self.direct.entry(id).or_insert_with(|| name.clone())),
            Target::Absent(id) => {
                let why = "a tag points at it, and it is not in this repository";
                self.skips.push(Skip::new(SkipReason::Missing, id.to_string(), why));
                self.broken = true;
            }
            Target::Unread => self.broken = true,
        }
    }

    /// Follows tags to what they tag; all of them are reachable then.
    fn peel(&mut self, id: &ObjectId, graph: &Graph, survey: &Survey) -> Target {
        let mut id = *id;
        // An id is a hash of what it points at, so a circle can't be; a forged one ends here.
        for _ in 0..=survey.tags.len() {
            if let Some(at) = graph.find(&id) {
                return Target::Commit(at);
            }
            if !survey.is_present(&id) {
                return Target::Absent(id);
            }
            match survey.tags.binary_search_by_key(&id, |(tag, _)| *tag) {
                Ok(at) => {
                    self.tags.insert(id);
                    id = survey.tags[at].1;
                }
                Err(_) if survey.is_unread(&id) => return Target::Unread,
                Err(_) => return Target::Other(id),
            }
        }
        Target::Unread
    }
}
