//! What a commit changes against every parent: files whose content no parent has at that path.

use crate::blob::{Skip, SkipReason};
use crate::source::Sink;
use crate::source::git::history::parse::{Entries, EntryKind};
use crate::source::git::objects::{ObjectError, Objects};
use crate::source::git::renames::File;
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use std::collections::HashMap;

/// At most so many files of a commit are looked at; a tree made to hold a folder at countless paths ends here, visibly.
const MAX_FILES: usize = if cfg!(test) { 1 << 14 } else { 1 << 20 };

/// A file, link or submodule that differs from every parent's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: BString,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
    /// What each parent has at the path, if it is of the same kind.
    pub(super) old: Vec<Option<ObjectId>>,
    /// Whether no parent has anything at the path.
    pub(super) is_new_name: bool,
}

/// Compares trees.
#[derive(Clone, Copy)]
pub(super) struct Trees<'a> {
    pub(super) objects: &'a Objects,
    pub(super) hash: Kind,
    pub(super) sink: &'a dyn Sink,
}

/// An entry that owns its name.
struct Entry {
    kind: EntryKind,
    name: BString,
    id: ObjectId,
}

/// Entries by name.
type ByName = HashMap<BString, (EntryKind, ObjectId)>;

impl Trees<'_> {
    /// Calls `each` for every change between the trees of the parents and the commit's.
    pub(super) fn changes(&self, new: &ObjectId, olds: &[Option<ObjectId>], mut each: impl FnMut(Change)) {
        let mut left = MAX_FILES;
        let mut open = vec![(BString::default(), *new, olds.to_vec())];
        while let Some((folder, tree, olds)) = open.pop() {
            if self.sink.cancelled() {
                return;
            }
            let before: Vec<ByName> = olds.iter().map(|old| self.by_name(old)).collect();
            for entry in self.entries(&tree) {
                let old: Vec<Option<(EntryKind, ObjectId)>> =
                    before.iter().map(|names| names.get(&entry.name).copied()).collect();
                if old.iter().flatten().any(|(kind, id)| *kind == entry.kind && *id == entry.id) {
                    continue;
                }
                let is_new_name = old.iter().all(Option::is_none);
                let same =
                    |old: &Option<(EntryKind, ObjectId)>| old.filter(|(kind, _)| *kind == entry.kind).map(|(_, id)| id);
                let old: Vec<Option<ObjectId>> = old.iter().map(same).collect();
                let path = join(&folder, &entry.name);
                left -= 1;
                if left == 0 {
                    let why = "a commit with more files than are looked at";
                    return self.sink.skip(Skip::new(SkipReason::DecodeLimit, new.to_string(), why));
                }
                match entry.kind {
                    EntryKind::Tree => open.push((path, entry.id, old)),
                    EntryKind::Submodule if old.iter().any(Option::is_some) => {}
                    kind => each(Change { path, kind, id: entry.id, old, is_new_name }),
                }
            }
        }
    }

    /// The files that are new in `new`, and those that only `old` has.
    pub(super) fn sides(&self, new: &ObjectId, old: &ObjectId) -> (Vec<File>, Vec<File>) {
        (self.only(new, old), self.only(old, new))
    }

    /// Files at paths of `one` at which `other` has none.
    fn only(&self, one: &ObjectId, other: &ObjectId) -> Vec<File> {
        let mut out = Vec::new();
        let mut open = vec![(BString::default(), *one, Some(*other))];
        while let Some((folder, tree, other)) = open.pop() {
            if self.sink.cancelled() || out.len() > MAX_FILES {
                break;
            }
            let there = self.by_name(&other);
            for entry in self.entries(&tree) {
                let same = there.get(&entry.name).filter(|(kind, _)| *kind == entry.kind);
                let path = join(&folder, &entry.name);
                match (entry.kind, same) {
                    (EntryKind::Tree, Some((_, id))) if *id == entry.id => {}
                    (EntryKind::Tree, same) => open.push((path, entry.id, same.map(|(_, id)| *id))),
                    (EntryKind::File, None) => out.push(File { path, id: entry.id }),
                    _ => {}
                }
            }
        }
        out.sort_by(|a, b| a.path.cmp(&b.path));
        out
    }

    fn by_name(&self, tree: &Option<ObjectId>) -> ByName {
        let entries = tree.map(|tree| self.entries(&tree)).unwrap_or_default();
        entries.into_iter().map(|e| (e.name, (e.kind, e.id))).collect()
    }

    /// A tree's entries; what can't be read is told and has none.
    fn entries(&self, tree: &ObjectId) -> Vec<Entry> {
        let mut data = Vec::new();
        let error = match self.objects.get(tree, 0, &mut data) {
            Ok(ObjectKind::Tree) => None,
            Ok(kind) => Some(ObjectError::Corrupt(format!("a {kind} where a tree is expected"))),
            Err(_) if tree.is_empty_tree() => None,
            Err(error) => Some(error),
        };
        if let Some(error) = error {
            self.sink.skip(error.skip(tree));
            return Vec::new();
        }
        let mut entries = Entries::of(&data, self.hash);
        let all = entries.by_ref().map(|e| Entry { kind: e.kind, name: e.name.into(), id: e.id }).collect();
        if entries.is_damaged() {
            self.sink.skip(ObjectError::Corrupt("no tree as git writes it".into()).skip(tree));
        }
        all
    }
}

fn join(folder: &BString, name: &[u8]) -> BString {
    match folder.is_empty() {
        true => name.into(),
        false => [folder.as_slice(), b"/", name].concat().into(),
    }
}
