//! Hands over what one commit adds: its words, new names, and the lines of its files that no parent has.

use super::diff::{Change, Trees};
use crate::blob::{Blob, Content, Kind, LineSet, Origin, Scope, Skip, SkipReason, Text};
use crate::source::git::history::attribute::MAX_SAME;
use crate::source::git::history::parse::{self, EntryKind};
use crate::source::git::history::people::{self, People};
use crate::source::git::history::{Options, lookup, texts};
use crate::source::git::lines;
use crate::source::git::objects::{ObjectError, Objects};
use crate::source::git::renames;
use crate::source::worktree::is_pointer;
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
    /// Names that are not.
    dull_names: HashSet<BString>,
    worthy: HashMap<ObjectId, Arc<Vec<u8>>>,
    /// How often each content was handed over.
    counts: HashMap<ObjectId, u32>,
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
        Work {
            reader,
            job,
            origin,
            renamed,
            dull: HashSet::new(),
            dull_names: HashSet::new(),
            worthy: HashMap::new(),
            counts: HashMap::new(),
        }
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
        if change.is_new_name && self.job.notes.is_none() && self.has_worthy_name(&change.path) {
            sink.name(Origin { in_head: self.in_head(change).is_some(), ..self.origin(change) });
        }
        let Some(content) = self.worthy(change) else { return };
        let scope = match self.added(change, &content) {
            Some(lines) if lines.is_empty() => return,
            Some(lines) => Scope::Lines(lines),
            None => Scope::Whole,
        };
        let count = self.counts.entry(change.id).or_default();
        *count += 1;
        match *count {
            count if count <= MAX_SAME => self.hand_over(change, &content, &scope),
            count if count == MAX_SAME + 1 => {
                let why = "a commit with one content at too many paths to name them all";
                sink.skip(Skip::new(SkipReason::DecodeLimit, self.job.id.to_string(), why));
            }
            _ => {}
        }
    }

    /// Whether a part of the path is worth it; each name is asked about once.
    fn has_worthy_name(&mut self, path: &BString) -> bool {
        path.split_str("/").any(|name| {
            if self.dull_names.contains(name.as_bstr()) {
                return false;
            }
            let is_worthy = self.reader.sink.worth(name);
            if !is_worthy {
                self.dull_names.insert(name.into());
            }
            is_worthy
        })
    }

    /// Hands a content over: the lines that HEAD has too by themselves.
    fn hand_over(&self, change: &Change, content: &[u8], scope: &Scope) {
        let origin = self.origin(change);
        let tell = |in_head, scope| {
            let origin = Origin { in_head, ..origin.clone() };
            self.reader.sink.blob(Blob { origin, bytes: content.into(), scope, window: None });
        };
        let head = self.in_head(change).filter(|_| self.job.notes.is_none());
        match head {
            None => tell(false, scope.clone()),
            Some(id) if id == change.id => tell(true, scope.clone()),
            Some(id) => {
                let mut head = Vec::new();
                let is_read = self.reader.objects.get(&id, self.reader.options.max_size, &mut head).is_ok();
                let all = lines::added(b"", content);
                let gone = if is_read { lines::added(&head, content) } else { all.clone() };
                let kept = all.without(&gone);
                for (in_head, part) in [(true, kept), (false, gone)] {
                    let part = match scope {
                        Scope::Whole => part,
                        Scope::Lines(lines) => lines.intersection(&part),
                    };
                    if !part.is_empty() {
                        tell(in_head, Scope::Lines(part));
                    }
                }
            }
        }
    }

    /// The file that HEAD has at the path.
    fn in_head(&self, change: &Change) -> Option<ObjectId> {
        let Reader { head, trees, objects, .. } = self.reader;
        lookup::file(objects, trees.hash, head.as_ref()?, &change.path)
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
        if is_pointer(&content) {
            sink.skip(Skip::new(SkipReason::LfsPointer, change.path.clone(), "the content is elsewhere"));
            self.dull.insert(change.id);
            return None;
        }
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
            Err(ObjectError::TooLarge(_) | ObjectError::TooMuch(_)) => {
                base("its old version is too large: all its lines count as added")
            }
            Err(error) => sink.skip(error.skip(id)),
        }
        None
    }

    fn origin(&self, change: &Change) -> Origin {
        let Reader { trees, people, .. } = self.reader;
        let object = BString::from(change.id.as_slice());
        if let Some(reference) = &self.job.notes {
            let about = parse::hex(&change.path.replace("/", ""), trees.hash);
            let commit = about.and_then(|id| people.commit(&id, self.job.rank));
            return Origin { reference: Some(reference.clone()), commit, object, ..Origin::nowhere(Kind::Note) };
        }
        let path = Some(change.path.clone());
        Origin { path: path.clone(), repo_path: path, object, ..self.origin.clone() }
    }
}
