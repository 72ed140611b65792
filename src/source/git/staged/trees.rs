//! Commits and trees to compare with, each read once.

use crate::blob::{Skip, SkipReason};
use crate::source::git::history::parse::{self, Entries};
use crate::source::git::index::EntryKind;
use crate::source::git::objects::{ObjectError, Objects};
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A tree of more bytes is damage.
const MAX_TREE: u64 = 256 << 20;

/// An entry of a tree.
#[derive(Clone, Debug)]
pub(super) struct TreeEntry {
    pub(super) name: BString,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
}

/// Reads trees.
pub(super) struct Trees<'a> {
    objects: &'a Objects,
    hash: Kind,
    known: RefCell<HashMap<ObjectId, Rc<[TreeEntry]>>>,
}

impl<'a> Trees<'a> {
    pub(super) fn new(objects: &'a Objects, hash: Kind) -> Self {
        Trees { objects, hash, known: RefCell::default() }
    }

    /// The tree of a commit.
    pub(super) fn of_commit(&self, commit: &ObjectId) -> Result<ObjectId, Skip> {
        let mut data = Vec::new();
        self.objects.get(commit, MAX_TREE, &mut data).map_err(|e| failure(&e, commit))?;
        let links = parse::links(&data, self.hash);
        links.map(|links| links.tree).ok_or_else(|| failure(&ObjectError::Corrupt("it is no commit".into()), commit))
    }

    /// The entries of a tree.
    pub(super) fn read(&self, id: &ObjectId) -> Result<Rc<[TreeEntry]>, Skip> {
        if let Some(known) = self.known.borrow().get(id) {
            return Ok(known.clone());
        }
        let mut data = Vec::new();
        let kind = self.objects.get(id, MAX_TREE, &mut data).map_err(|e| failure(&e, id))?;
        let mut entries = Entries::of(&data, self.hash);
        let own = |e: parse::Entry<'_>| TreeEntry { name: e.name.into(), kind: kind_of(e.kind), id: e.id };
        let list: Rc<[TreeEntry]> = entries.by_ref().map(own).collect();
        if kind != ObjectKind::Tree || entries.is_damaged() {
            return Err(failure(&ObjectError::Corrupt("it is no tree, or a damaged one".into()), id));
        }
        self.known.borrow_mut().insert(*id, list.clone());
        Ok(list)
    }

    /// What stands at `path` below the tree `root`.
    pub(super) fn find(&self, root: &ObjectId, path: &[u8]) -> Result<Option<(EntryKind, ObjectId)>, Skip> {
        let mut tree = *root;
        let mut parts = path.split(|&b| b == b'/').peekable();
        while let Some(part) = parts.next() {
            let entries = self.read(&tree)?;
            let Some(entry) = entries.iter().find(|e| e.name == part) else { return Ok(None) };
            match (parts.peek().is_some(), entry.kind) {
                (false, EntryKind::Folder) => return Ok(None),
                (false, kind) => return Ok(Some((kind, entry.id))),
                (true, EntryKind::Folder) => tree = entry.id,
                (true, _) => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Not to have a tree or commit is always a failure, however large it is.
fn failure(error: &ObjectError, id: &ObjectId) -> Skip {
    match error {
        ObjectError::TooLarge(n) => Skip::new(SkipReason::Corrupt, id.to_string(), format!("{n} bytes are no tree")),
        error => error.skip(id),
    }
}

fn kind_of(kind: parse::EntryKind) -> EntryKind {
    match kind {
        parse::EntryKind::File => EntryKind::File,
        parse::EntryKind::Link => EntryKind::Link,
        parse::EntryKind::Tree => EntryKind::Folder,
        parse::EntryKind::Submodule => EntryKind::Submodule,
    }
}
