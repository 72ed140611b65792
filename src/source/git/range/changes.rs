//! Hands over what one commit adds: its words, new names, and the lines of its files that no parent has.

use super::diff::{Change, Trees};
use crate::blob::{Blob, Content, Kind, LineSet, Origin, Scope, Skip, SkipReason, Text};
use crate::source::git::history::parse::{self, EntryKind};
use crate::source::git::history::people::{self, People};
use crate::source::git::history::{Options, lookup, texts};
use crate::source::git::lines;
use crate::source::git::objects::{ObjectError, Objects};
use crate::source::git::renames;
use crate::source::{Sink, Unit};
use bstr::{BString, ByteSlice};
use gix_hash::ObjectId;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A commit of the range.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) id: ObjectId,
    pub(super) rank: u64,
    pub(super) tree: ObjectId,
    /// The trees of its parents, as far as they are here; None for the whole where its parents were cut off.
    pub(super) parents: Option<Vec<ObjectId>>,
    /// The notes reference that it belongs to.
    pub(super) notes: Option<BString>,
}

/// What all commits share.
pub(super) struct Reader<'a> {
    pub(super) sink: &'a dyn Sink,
    pub(super) objects: &'a Objects,
    pub(super) trees: Trees<'a>,
    pub(super) options: &'a Options,
    /// Whether what is missing was never here.
    pub(super) partial: bool,
    /// The tree of HEAD.
    pub(super) head: Option<ObjectId>,
    /// Commits that notes are about.
    pub(super) people: People<'a>,
}

/// Reads a tree that no commit names and hands over what is in it.
pub(super) fn tree(reader: &Reader<'_>, tree: &ObjectId) {
    let job = Job { id: *tree, rank: 0, tree: *tree, parents: Some(Vec::new()), notes: None };
    let mut work = Work::new(reader, &job, Origin::nowhere(Kind::History));
    reader.trees.changes(tree, &[], |change| work.change(&change));
}

/// Reads a blob that nothing names but a reference, and hands it over.
pub(super) fn blob(reader: &Reader<'_>, id: &ObjectId) {
    let mut content = Vec::new();
    match reader.objects.get(id, reader.options.max_size, &mut content) {
        Ok(_) => {
            reader.sink.count(Unit::Blob, 1);
            reader.sink.count(Unit::Byte, content.len() as u64);
            if reader.sink.worth(&content) {
                reader.sink.blob(Blob::whole(Origin::nowhere(Kind::History), content));
            }
        }
        Err(error) => reader.sink.skip(error.skip(id)),
    }
}

/// A commit being read.
struct Work<'r, 'a> {
    reader: &'r Reader<'a>,
    job: &'r Job,
    origin: Origin,
    /// Per parent: files that were renamed, and the content that they had.
    renamed: Vec<Option<BTreeMap<BString, ObjectId>>>,
    /// Contents that are not worth it.
    dull: HashSet<ObjectId>,
    worthy: HashMap<ObjectId, Arc<Vec<u8>>>,
}

/// Reads a commit and hands over what it adds.
pub(super) fn commit(reader: &Reader<'_>, job: &Job) {
    let mut data = Vec::new();
    if let Err(error) = reader.objects.get(&job.id, 0, &mut data) {
        return reader.sink.skip(error.skip(&job.id));
    }
    reader.sink.count(Unit::Commit, 1);
    reader.sink.count(Unit::Entry, 1);
    let shown = Arc::new(people::commit(&job.id, &data, job.rank));
    let words = Origin { commit: Some(shown.clone()), ..Origin::nowhere(Kind::Message) };
    texts::send(reader.sink, &words, &data, &[]);
    let Some(parents) = &job.parents else { return };
    let mut work = Work::new(reader, job, Origin { commit: Some(shown), ..Origin::nowhere(Kind::History) });
    let olds: Vec<Option<ObjectId>> = parents.iter().copied().map(Some).collect();
    reader.trees.changes(&job.tree, &olds, |change| work.change(&change));
}

impl<'r, 'a> Work<'r, 'a> {
    fn new(reader: &'r Reader<'a>, job: &'r Job, origin: Origin) -> Self {
        let renamed = vec![None; job.parents.as_ref().map_or(0, Vec::len)];
        Work { reader, job, origin, renamed, dull: HashSet::new(), worthy: HashMap::new() }
    }

    fn change(&mut self, change: &Change) {
        let sink = self.reader.sink;
        if change.kind == EntryKind::Submodule {
            let why = "a submodule's content is in another repository";
            return sink.skip(Skip::new(SkipReason::Submodule, change.path.clone(), why));
        }
        if self.reader.options.paths.as_ref().is_some_and(|wanted| !wanted(change.path.as_bstr())) {
            return sink.skip(Skip::new(SkipReason::Excluded, change.path.clone(), ""));
        }
        let is_name = || change.path.split_str("/").any(|name| sink.worth(name));
        if change.is_new_name && self.job.notes.is_none() && is_name() {
            sink.name(self.origin(change));
        }
        let Some(content) = self.worthy(change) else { return };
        let scope = match self.added(change, &content) {
            Some(lines) if lines.is_empty() => return,
            Some(lines) => Scope::Lines(lines),
            None => Scope::Whole,
        };
        let origin = self.origin(change);
        sink.blob(Blob { origin, bytes: content.as_slice().into(), scope, window: None });
    }

    /// The content of a change, if it is worth it.
    fn worthy(&mut self, change: &Change) -> Option<Arc<Vec<u8>>> {
        let Reader { sink, objects, options, .. } = self.reader;
        if self.dull.contains(&change.id) {
            return None;
        }
        if let Some(known) = self.worthy.get(&change.id) {
            return Some(known.clone());
        }
        let mut content = Vec::new();
        match objects.get(&change.id, options.max_size, &mut content) {
            Ok(_) => {}
            Err(_) if change.id.is_empty_blob() => {}
            Err(ObjectError::TooLarge(bytes)) => {
                sink.skip(Skip::new(SkipReason::TooLarge, change.path.clone(), format!("{bytes} bytes")));
                return None;
            }
            Err(error) => {
                sink.skip(error.skip(&change.id));
                return None;
            }
        }
        sink.count(Unit::Blob, 1);
        sink.count(Unit::Byte, content.len() as u64);
        // Told by its path here; the sink, if asked, would count it without one.
        let is_binary = matches!(Text::decode(&content), Content::Binary);
        if is_binary {
            sink.skip(Skip::new(SkipReason::Binary, change.path.clone(), ""));
        }
        if is_binary || !sink.worth(&content) {
            self.dull.insert(change.id);
            return None;
        }
        let content = Arc::new(content);
        self.worthy.insert(change.id, content.clone());
        Some(content)
    }

    /// The lines that no parent has; None: all.
    fn added(&mut self, change: &Change, new: &[u8]) -> Option<LineSet> {
        let mut added: Option<LineSet> = None;
        for parent in 0..change.old.len() {
            let Some(old) = change.old[parent].or_else(|| self.renamed_from(parent, change)) else { continue };
            let Some(old) = self.base(&old, change) else { continue };
            let lines = lines::added(&old, new);
            added = Some(added.map_or_else(|| lines.clone(), |before| before.intersection(&lines)));
        }
        added
    }

    /// What a file was called in a parent that has none of its name.
    fn renamed_from(&mut self, parent: usize, change: &Change) -> Option<ObjectId> {
        if change.kind != EntryKind::File {
            return None;
        }
        let old = *self.job.parents.as_ref()?.get(parent)?;
        let Reader { objects, options, trees, .. } = self.reader;
        let renamed = self.renamed[parent].get_or_insert_with(|| {
            let (new, gone) = trees.sides(&self.job.tree, &old);
            let mut read = |id: &ObjectId| {
                let mut content = Vec::new();
                objects.get(id, options.max_size, &mut content).ok().map(|_| content)
            };
            let pairs = renames::pairs(&new, &gone, &mut read);
            pairs.into_iter().map(|(at, from)| (new[at].path.clone(), gone[from].id)).collect()
        });
        renamed.get(&change.path).copied()
    }

    /// A parent's content; where it can't be had, everything counts as added.
    fn base(&self, id: &ObjectId, change: &Change) -> Option<Vec<u8>> {
        let Reader { sink, objects, options, partial, .. } = self.reader;
        let mut content = Vec::new();
        let base = |why: &str| sink.skip(Skip::new(SkipReason::MissingBase, change.path.clone(), why));
        match objects.get(id, options.max_size, &mut content) {
            Ok(_) => return Some(content),
            Err(_) if id.is_empty_blob() => return Some(Vec::new()),
            Err(ObjectError::Missing) if *partial => base("its old version is not here: all its lines count as added"),
            Err(ObjectError::TooLarge(_)) => base("its old version is too large: all its lines count as added"),
            Err(error) => sink.skip(error.skip(id)),
        }
        None
    }

    fn origin(&self, change: &Change) -> Origin {
        let Reader { head, trees, people, objects, .. } = self.reader;
        if let Some(reference) = &self.job.notes {
            let about = parse::hex(&change.path.replace("/", ""), trees.hash);
            let commit = about.and_then(|id| people.commit(&id, self.job.rank));
            return Origin { reference: Some(reference.clone()), commit, ..Origin::nowhere(Kind::Note) };
        }
        let in_head =
            || head.is_some_and(|tree| lookup::file(*objects, trees.hash, &tree, &change.path) == Some(change.id));
        Origin {
            path: Some(change.path.clone()),
            repo_path: Some(change.path.clone()),
            in_head: in_head(),
            ..self.origin.clone()
        }
    }
}
