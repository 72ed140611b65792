//! What the next commit adds: the index against HEAD, line by line.
//!
//! [`changes`] tells which paths differ without looking at what the cache tree knows to be equal, [`renames`] which
//! new ones are old, [`parents`] what a merge in progress brings along, [`content`] reads and compares. The content
//! is the index's, never the working file's; attributes have no say.

mod beside;
mod changes;
mod content;
mod parents;
mod trees;

use super::index::{EntryKind, Index};
use super::objects::Objects;
use super::open::Repository;
use super::provenance;
use super::refs;
use super::renames::{self, File};
use crate::Result;
use crate::blob::{Neighbour, Origin, Provenance, Skip, SkipReason};
use crate::glob::PathFilter;
use crate::source::{Sink, Source, Unit};
use bstr::BString;
use changes::{Change, Changes};
use content::Contents;
use gix_hash::ObjectId;
use rayon::prelude::*;
use std::path::Path;
use std::sync::OnceLock;
use trees::Trees;

/// What is read of the index.
#[derive(Clone, Debug)]
pub struct Options {
    /// Larger files are skipped; 0: none.
    pub max_size: u64,
    /// --include and --exclude.
    pub filter: PathFilter,
}

impl Default for Options {
    fn default() -> Self {
        Options { max_size: 64 << 20, filter: PathFilter::default() }
    }
}

/// Where a merged parent has more files that the index has not, renames are told by content alone: all those would have
/// to be read, though they have nothing to do with what is staged.
const MAX_GONE: usize = 2_000;

/// The staged changes of a repository.
#[derive(Debug)]
pub struct Staged {
    repository: Repository,
    asked: String,
    options: Options,
    index: OnceLock<Index>,
}

/// A change with the versions that its content is compared with: HEAD's, and those of merged parents.
struct Compared {
    change: Change,
    versions: Vec<ObjectId>,
}

impl Staged {
    /// The index of `repository`; `asked` is what the user called it.
    pub fn new(repository: Repository, asked: String, options: Options) -> Self {
        Staged { repository, asked, options, index: OnceLock::new() }
    }

    /// What the index adds to HEAD, merged parents and renames seen to. What stands in the way is in `Err`.
    fn compare(&self, index: &Index, objects: &Objects, sink: &dyn Sink) -> std::result::Result<Vec<Compared>, Skip> {
        let trees = Trees::new(objects, self.repository.hash);
        let head = refs::head(&self.repository)?.map(|commit| trees.of_commit(&commit)).transpose()?;
        let mut changes = changes::compare(index, head, &trees);
        self.tell(&mut changes, sink);
        let changed = self.wanted(std::mem::take(&mut changes.changed), sink);
        let mut compared: Vec<_> =
            changed.into_iter().map(|change| Compared { versions: Vec::from_iter(change.old), change }).collect();
        let new: Vec<_> = (0..compared.len()).filter(|&at| compared[at].change.is_new).collect();
        if !new.is_empty() {
            changes::files_gone(&mut changes, &trees);
            self.renamed(&mut compared, new, &changes, objects, usize::MAX);
        }
        let (merged, skips) = parents::trees(&self.repository, &trees);
        skips.into_iter().for_each(|skip| sink.skip(skip));
        for tree in merged {
            // What can't be told of a parent's lines: they count.
            self.merged(&mut compared, index, &tree, &trees, objects).unwrap_or_else(|skip| sink.skip(skip));
        }
        Ok(compared)
    }

    /// Adds the versions of a merged parent: those at the same paths, and those that were renamed.
    fn merged(
        &self,
        compared: &mut [Compared],
        index: &Index,
        tree: &ObjectId,
        trees: &Trees<'_>,
        objects: &Objects,
    ) -> std::result::Result<(), Skip> {
        let mut missing = Vec::new();
        for (at, Compared { change, versions }) in compared.iter_mut().enumerate() {
            let found = trees.find(tree, &change.path)?;
            versions.extend(found.filter(|(kind, _)| *kind == change.kind).map(|(_, id)| id));
            match found {
                Some(_) => change.is_new = false,
                None => missing.push(at),
            }
        }
        if !missing.is_empty() {
            let mut changes = changes::compare(index, Some(*tree), trees);
            if let Some(skip) = changes.skips.pop() {
                return Err(skip);
            }
            changes::files_gone(&mut changes, trees);
            self.renamed(compared, missing, &changes, objects, MAX_GONE);
        }
        Ok(())
    }

    /// Adds the versions that `new` ones were renamed from, among those that are gone. Of more than `most` of these no
    /// content is compared.
    fn renamed(&self, compared: &mut [Compared], new: Vec<usize>, changes: &Changes, objects: &Objects, most: usize) {
        // A link is renamed only as it is.
        for kind in [EntryKind::File, EntryKind::Link] {
            let new: Vec<_> = new.iter().copied().filter(|&at| compared[at].change.kind == kind).collect();
            let fresh: Vec<_> = new.iter().map(|&at| &compared[at].change).map(|c| file(&c.path, c.id)).collect();
            let gone = changes.gone.iter().filter(|gone| gone.1 == kind);
            let gone: Vec<_> = gone.map(|(path, _, id)| file(path, *id)).collect();
            let mut read = |id: &ObjectId| {
                let mut content = Vec::new();
                let limit = self.options.max_size;
                let compared = kind == EntryKind::File && gone.len() <= most;
                (compared && objects.get(id, limit, &mut content).is_ok()).then_some(content)
            };
            for (new_at, gone_at) in renames::pairs(&fresh, &gone, &mut read) {
                compared[new[new_at]].versions.push(gone[gone_at].id);
            }
        }
    }

    /// Tells what is not compared.
    fn tell(&self, changes: &mut Changes, sink: &dyn Sink) {
        if changes.is_empty() {
            sink.note("nothing is staged".into());
        }
        changes.skips.drain(..).for_each(|skip| sink.skip(skip));
        for path in changes.unmerged.drain(..) {
            sink.count(Unit::Entry, 1);
            sink.skip(Skip::new(SkipReason::Unmerged, path, "unmerged: resolve it and `git add` it"));
        }
    }

    /// What is not excluded, by path.
    fn wanted(&self, mut changed: Vec<Change>, sink: &dyn Sink) -> Vec<Change> {
        changed.sort_by(|a, b| a.path.cmp(&b.path));
        changed.retain(|change| {
            sink.count(Unit::Entry, 1);
            if !self.options.filter.keeps(&change.path) {
                sink.skip(Skip::new(SkipReason::Excluded, change.path.clone(), ""));
                return false;
            }
            true
        });
        changed
    }

    /// What a report calls the index: relative to the work tree, or its name alone.
    fn index_name(&self) -> BString {
        let file = &self.repository.index_file;
        let root = self.repository.work_tree.as_deref().unwrap_or(Path::new(""));
        let shown = file.strip_prefix(root).ok().filter(|rest| rest.is_relative());
        let shown = shown.or_else(|| file.file_name().map(Path::new)).unwrap_or(Path::new("index"));
        shown.to_string_lossy().into_owned().into()
    }
}

impl Source for Staged {
    fn name(&self) -> &'static str {
        "staged"
    }

    fn asked(&self) -> Vec<String> {
        vec![self.asked.clone()]
    }

    fn expects_entries(&self) -> bool {
        false
    }

    fn holds_path(&self, repo_path: &[u8]) -> bool {
        // Without an index nothing was read, and nothing can be said to be gone.
        self.index.get().is_none_or(|index| index.is_tracked(repo_path))
    }

    fn beside(&self, settings: &Origin) -> Vec<Neighbour> {
        let of = |index| beside::of(index, &Objects::open(&self.repository), settings);
        self.index.get().map(of).unwrap_or_default()
    }

    fn provenance(&self) -> Option<Provenance> {
        provenance::of(&self.repository)
    }

    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let Repository { notes, skips, .. } = &self.repository;
        notes.iter().for_each(|note| sink.note(note.clone()));
        skips.iter().for_each(|skip| sink.skip(skip.clone()));
        let index = match Index::read(&self.repository) {
            Ok(index) => self.index.get_or_init(|| index),
            Err(error) => {
                sink.skip(error.skip(self.index_name()));
                return Ok(());
            }
        };
        let objects = Objects::open(&self.repository);
        let compared = match self.compare(index, &objects, sink) {
            Ok(compared) => compared,
            Err(skip) => {
                sink.skip(skip);
                return Ok(());
            }
        };
        let (max_size, partial) = (self.options.max_size, self.repository.partial);
        let contents = Contents { objects: &objects, max_size, partial, sink };
        let scan = |Compared { change, versions }: &Compared| {
            if !sink.cancelled() {
                contents.scan(change, versions);
            }
        };
        // To start the threads takes longer than to read a file.
        match &compared[..] {
            [] => {}
            [one] => scan(one),
            many => many.par_iter().for_each(scan),
        }
        Ok(())
    }
}

fn file(path: &BString, id: ObjectId) -> File {
    File { path: path.clone(), id }
}

#[cfg(test)]
mod tests;
