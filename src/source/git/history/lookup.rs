//! What stands at a path of a tree.

use super::parse::{self, Entries, EntryKind};
use crate::source::git::objects::Objects;
use crate::source::git::open::Repository;
use crate::source::git::refs;
use gix_hash::{Kind, ObjectId};
use std::sync::OnceLock;

/// The file or link at a path, if there is one.
pub(in crate::source::git) fn file(objects: &Objects, hash: Kind, tree: &ObjectId, path: &[u8]) -> Option<ObjectId> {
    let (mut id, mut kind) = (*tree, EntryKind::Tree);
    let mut data = Vec::new();
    for name in path.split(|b| *b == b'/') {
        let is_tree = kind == EntryKind::Tree && objects.get(&id, 0, &mut data) == Ok(gix_object::Kind::Tree);
        let entry = Entries::of(&data, hash).find(|e| is_tree && e.name == name)?;
        (kind, id) = (entry.kind, entry.id);
    }
    matches!(kind, EntryKind::File | EntryKind::Link).then_some(id)
}

/// HEAD's files, opened when first asked for.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Head(OnceLock<Opened>);

#[derive(Debug)]
struct Opened {
    objects: Objects,
    /// None where HEAD can't be read; an unborn one has no file.
    tree: Option<Option<ObjectId>>,
}

impl Head {
    /// Whether HEAD has a file at this path. Where HEAD can't be read, nothing can be said to be gone.
    pub(in crate::source::git) fn holds(&self, repository: &Repository, path: &[u8]) -> bool {
        let opened = self.0.get_or_init(|| open(repository));
        match opened.tree {
            None => true,
            Some(None) => false,
            Some(Some(tree)) => file(&opened.objects, repository.hash, &tree, path).is_some(),
        }
    }
}

fn open(repository: &Repository) -> Opened {
    let objects = Objects::open(repository);
    let mut data = Vec::new();
    let tree = match refs::head(repository) {
        Ok(None) => Some(None),
        Ok(Some(id)) => {
            let read = objects.get(&id, 0, &mut data).ok().and_then(|_| parse::links(&data, repository.hash));
            read.map(|links| Some(links.tree))
        }
        Err(_) => None,
    };
    Opened { objects, tree }
}
