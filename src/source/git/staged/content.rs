//! The content of a staged file, and which of its lines the commit adds.

use super::changes::Change;
use crate::blob::{Blob, Kind, LineSet, Origin, Scope, Skip, SkipReason};
use crate::source::git::index::EntryKind;
use crate::source::git::lines;
use crate::source::git::objects::{ObjectError, Objects};
use crate::source::worktree::is_pointer;
use crate::source::{Sink, Unit};
use gix_hash::ObjectId;
use gix_object::Kind as ObjectKind;

/// Old versions of so many bytes are compared with even where --max-size is smaller.
const OLD: u64 = 64 << 20;

/// Reads what is staged and compares it.
pub(super) struct Contents<'a> {
    pub(super) objects: &'a Objects,
    /// --max-size; 0: none.
    pub(super) max_size: u64,
    /// Whether missing objects are to be expected: a partial clone.
    pub(super) partial: bool,
    pub(super) sink: &'a dyn Sink,
}

impl Contents<'_> {
    /// Gives the sink a staged file. A line that one of the `versions` has is not added.
    pub(super) fn scan(&self, change: &Change, versions: &[ObjectId]) {
        if change.is_new {
            self.sink.name(Origin::file(Kind::Staged, change.path.clone()));
        }
        if change.kind == EntryKind::Submodule {
            return self.unread(change, SkipReason::Submodule, "another commit of a submodule".into());
        }
        let mut new = Vec::new();
        match self.objects.get(&change.id, self.max_size, &mut new) {
            Ok(ObjectKind::Blob) => {}
            Ok(kind) => return self.unread(change, SkipReason::Corrupt, format!("{} is a {kind}", change.id)),
            Err(ObjectError::Missing) => {
                return self.unread(change, SkipReason::Missing, format!("object {} is not here", change.id));
            }
            Err(ObjectError::Corrupt(why)) => {
                return self.unread(change, SkipReason::Corrupt, format!("object {}: {why}", change.id));
            }
            Err(ObjectError::TooLarge(size)) => {
                return self.unread(change, SkipReason::TooLarge, format!("{size} bytes"));
            }
            Err(ObjectError::TooMuch(why)) => return self.unread(change, SkipReason::DecodeLimit, why),
        }
        if is_pointer(&new) {
            return self.unread(change, SkipReason::LfsPointer, "the content is elsewhere".into());
        }
        self.sink.count(Unit::File, 1);
        self.sink.count(Unit::Byte, new.len() as u64);
        let scope = self.scope(change, &new, versions);
        if !matches!(&scope, Scope::Lines(lines) if lines.is_empty()) {
            let origin = Origin::file(Kind::Staged, change.path.clone());
            self.sink.blob(Blob { scope, ..Blob::whole(origin, new) });
        }
    }

    /// The lines that none of the versions has.
    fn scope(&self, change: &Change, new: &[u8], versions: &[ObjectId]) -> Scope {
        let mut scope = Scope::Whole;
        for version in versions {
            let added = match version == &change.id {
                true => LineSet::default(),
                false => match self.version(change, version) {
                    Some(old) => lines::added(&old, new),
                    None => continue,
                },
            };
            scope = Scope::Lines(match scope {
                Scope::Whole => added,
                Scope::Lines(lines) => lines.intersection(&added),
            });
        }
        scope
    }

    /// An old version. Where it can't be had, nothing that is staged counts as old.
    fn version(&self, change: &Change, id: &ObjectId) -> Option<Vec<u8>> {
        let mut old = Vec::new();
        let limit = if self.max_size == 0 { 0 } else { self.max_size.max(OLD) };
        let (reason, why) = match self.objects.get(id, limit, &mut old) {
            Ok(ObjectKind::Blob) => return Some(old),
            Ok(kind) => (SkipReason::Corrupt, format!("{id} is a {kind}")),
            Err(ObjectError::Missing) if self.partial => (SkipReason::MissingBase, format!("{id} was not fetched")),
            Err(ObjectError::Missing) => (SkipReason::Missing, format!("object {id} is not here")),
            Err(ObjectError::Corrupt(why)) => (SkipReason::Corrupt, format!("object {id}: {why}")),
            Err(ObjectError::TooLarge(size)) => (SkipReason::MissingBase, format!("{id} has {size} bytes")),
            Err(ObjectError::TooMuch(why)) => (SkipReason::MissingBase, format!("{id}: {why}")),
        };
        let detail = format!("the version to compare with: {why}; all lines count as added");
        self.sink.skip(Skip::new(reason, change.path.clone(), detail));
        None
    }

    fn unread(&self, change: &Change, reason: SkipReason, detail: String) {
        self.sink.skip(Skip::new(reason, change.path.clone(), detail));
    }
}
