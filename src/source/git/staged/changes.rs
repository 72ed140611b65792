//! What differs between the index and a tree. Folders that the cache tree knows to be equal are not looked into.

use super::trees::{TreeEntry, Trees};
use crate::blob::Skip;
use crate::source::git::index::{EntryKind, Index};
use bstr::BString;
use gix_hash::ObjectId;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

/// So many files of deleted folders are looked at to tell renames; more are a bomb, or no rename.
const MAX_GONE: usize = 200_000;

/// A file, link or submodule that the index has and the tree has not, or not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: BString,
    pub(super) kind: EntryKind,
    pub(super) id: ObjectId,
    /// What it was, if it was of the same kind.
    pub(super) old: Option<ObjectId>,
    /// Whether there was nothing at this path, in no parent.
    pub(super) is_new: bool,
}

/// All that differs.
#[derive(Debug, Default)]
pub(super) struct Changes {
    pub(super) changed: Vec<Change>,
    /// What only the tree has: path, kind, content.
    pub(super) gone: Vec<(BString, EntryKind, ObjectId)>,
    /// Unmerged paths.
    pub(super) unmerged: Vec<BString>,
    /// Trees that could not be read: all of the index at their place counts as new.
    pub(super) skips: Vec<Skip>,
}

impl Changes {
    /// Whether index and tree are the same, but for modes.
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.gone.is_empty() && self.unmerged.is_empty()
    }
}

/// Compares the index with the tree; without one everything is new.
pub(super) fn compare(index: &Index, tree: Option<ObjectId>, trees: &Trees<'_>) -> Changes {
    let mut comparer = Comparer { index, trees, out: Changes::default(), folders: Vec::new(), subtrees: Vec::new() };
    let root = index.cache_tree().map(|_| 0);
    comparer.enter(Group { name: b"", range: 0..index.len(), node: root, is_folder: true }, 0, tree);
    while let Some(folder) = comparer.folders.pop() {
        comparer.folder(folder);
    }
    while let Some((path, new, old)) = comparer.subtrees.pop() {
        comparer.sparse(&path, &new, old.as_ref());
    }
    comparer.out
}

/// The files below folders that are gone.
pub(super) fn files_gone(changes: &mut Changes, trees: &Trees<'_>) {
    let (mut folders, mut files): (Vec<_>, Vec<_>) =
        std::mem::take(&mut changes.gone).into_iter().partition(|(_, kind, _)| *kind == EntryKind::Folder);
    while let Some((path, _, id)) = folders.pop().filter(|_| files.len() < MAX_GONE) {
        // One that can't be read only makes a rename an addition.
        for entry in trees.read(&id).iter().flat_map(|entries| entries.iter()) {
            let below = (child(&path, &entry.name), entry.kind, entry.id);
            if entry.kind == EntryKind::Folder { folders.push(below) } else { files.push(below) }
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    changes.gone = files;
}

struct Comparer<'a> {
    index: &'a Index,
    trees: &'a Trees<'a>,
    out: Changes,
    /// Folders still to compare.
    folders: Vec<Folder>,
    /// Folders that a sparse index holds as a whole, and what the tree has there.
    subtrees: Vec<(BString, ObjectId, Option<ObjectId>)>,
}

/// A folder that differs, or may.
struct Folder {
    range: Range<usize>,
    /// How much of its entries' paths is its own, with the `/`.
    prefix: usize,
    tree: Option<ObjectId>,
    node: Option<usize>,
}

/// Entries of a folder that belong together: one file (in all its stages), or all of a folder below.
struct Group<'a> {
    name: &'a [u8],
    range: Range<usize>,
    node: Option<usize>,
    is_folder: bool,
}

impl<'a> Comparer<'a> {
    /// Puts a folder on the list, unless the cache tree says that nothing in it differs.
    fn enter(&mut self, group: Group<'a>, prefix: usize, tree: Option<ObjectId>) {
        let known = group.node.and_then(|at| {
            let node = self.index.cache_tree()?.nodes.get(at)?;
            self.index.node_id(node).filter(|_| node.entries == group.range.len())
        });
        if known.is_none() || known != tree.as_deref() {
            self.folders.push(Folder { range: group.range, prefix, tree, node: group.node });
        }
    }

    fn folder(&mut self, folder: Folder) {
        let old = match folder.tree.map(|id| self.trees.read(&id)) {
            Some(Ok(entries)) => entries,
            Some(Err(skip)) => {
                self.out.skips.push(skip);
                Rc::default()
            }
            None => Rc::default(),
        };
        let index = self.index;
        let base = match folder.range.is_empty() {
            true => BString::default(),
            false => BString::from(&index.entry(folder.range.start).path[..folder.prefix]),
        };
        let nodes = self.nodes(folder.node);
        let mut old = old.iter().peekable();
        let mut at = folder.range.start;
        while at < folder.range.end {
            let group = self.group(at..folder.range.end, folder.prefix, &nodes);
            at = group.range.end;
            while let Some(gone) = old.next_if(|o| order(o, &group) == Ordering::Less) {
                self.out.gone.push((child(&base, &gone.name), gone.kind, gone.id));
            }
            let same = old.next_if(|o| order(o, &group) == Ordering::Equal);
            if group.is_folder { self.subfolder(group, folder.prefix, same) } else { self.file(&group, same) }
        }
        self.out.gone.extend(old.map(|gone| (child(&base, &gone.name), gone.kind, gone.id)));
    }

    /// The folders right below a node of the cache tree, by name.
    fn nodes(&self, node: Option<usize>) -> HashMap<&'a [u8], usize> {
        let Some((tree, node)) = self.index.cache_tree().zip(node) else { return HashMap::new() };
        tree.children(node).map(|at| (self.index.node_name(&tree.nodes[at]), at)).collect()
    }

    /// The group that begins at the start of `range`.
    fn group(&self, range: Range<usize>, prefix: usize, nodes: &HashMap<&[u8], usize>) -> Group<'a> {
        let start = range.start;
        let entry = self.index.entry(start);
        let rest = &entry.path[prefix.min(entry.path.len())..];
        let Some(slash) = memchr::memchr(b'/', rest) else {
            let end = (start + 1..range.end).find(|&i| self.index.entry(i).path != entry.path).unwrap_or(range.end);
            return Group { name: rest, range: start..end, node: None, is_folder: false };
        };
        let name = &rest[..slash];
        if entry.kind() == EntryKind::Folder && slash + 1 == rest.len() {
            return Group { name, range: start..start + 1, node: None, is_folder: true };
        }
        let below = &entry.path[..prefix + slash + 1];
        let node = nodes.get(name).copied();
        let inside = |at: usize| self.index.entry(at).path.starts_with(below);
        // The cache tree says where the folder ends; a look at both sides of it shows whether that is true.
        let said = node.and_then(|at| Some(start + self.index.cache_tree()?.nodes.get(at)?.entries));
        let fits =
            |end: &usize| *end > start && *end <= range.end && inside(end - 1) && (*end == range.end || !inside(*end));
        let end = said.filter(fits).unwrap_or_else(|| {
            let (mut low, mut high) = (start + 1, range.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if inside(middle) { low = middle + 1 } else { high = middle }
            }
            low
        });
        Group { name, range: start..end, node, is_folder: true }
    }

    fn subfolder(&mut self, group: Group<'a>, prefix: usize, same: Option<&TreeEntry>) {
        let entry = self.index.entry(group.range.start);
        let tree = same.map(|same| same.id);
        let prefix = prefix + group.name.len() + 1;
        if entry.kind() == EntryKind::Folder && entry.path.len() == prefix {
            if tree.as_deref() != Some(entry.id) {
                self.subtrees.push((entry.path[..prefix - 1].into(), entry.id.to_owned(), tree));
            }
            return;
        }
        self.enter(group, prefix, tree);
    }

    fn file(&mut self, group: &Group<'_>, same: Option<&TreeEntry>) {
        let entry = self.index.entry(group.range.start);
        if entry.stage != 0 {
            return self.out.unmerged.push(entry.path.into());
        }
        if entry.intent_to_add {
            return;
        }
        self.changed(entry.path.into(), entry.kind(), entry.id.to_owned(), same);
    }

    fn changed(&mut self, path: BString, kind: EntryKind, id: ObjectId, same: Option<&TreeEntry>) {
        let old = same.filter(|same| same.kind == kind).map(|same| same.id);
        if old != Some(id) {
            self.out.changed.push(Change { path, kind, id, old, is_new: same.is_none() });
        }
    }

    /// A folder of a sparse index, which differs from what the tree has there.
    fn sparse(&mut self, path: &BString, new: &ObjectId, old: Option<&ObjectId>) {
        let read = |id: &ObjectId, skips: &mut Vec<Skip>| {
            self.trees.read(id).map_err(|skip| skips.push(skip)).unwrap_or_default()
        };
        let old = old.map(|id| read(id, &mut self.out.skips)).unwrap_or_default();
        let new = read(new, &mut self.out.skips);
        let by_name: HashMap<(&BString, bool), &TreeEntry> =
            old.iter().map(|e| ((&e.name, e.kind == EntryKind::Folder), e)).collect();
        for entry in new.iter() {
            let is_folder = entry.kind == EntryKind::Folder;
            let same = by_name.get(&(&entry.name, is_folder)).copied();
            let path = child(path, &entry.name);
            if !is_folder {
                self.changed(path, entry.kind, entry.id, same);
            } else if same.map(|same| same.id) != Some(entry.id) {
                self.subtrees.push((path, entry.id, same.map(|same| same.id)));
            }
        }
    }
}

/// How an entry of a tree stands to a group of the index; both are sorted as if a folder's name ended in `/`.
fn order(entry: &TreeEntry, group: &Group<'_>) -> Ordering {
    let end = |is_folder: bool| is_folder.then_some(&b'/');
    let left = entry.name.iter().chain(end(entry.kind == EntryKind::Folder));
    left.cmp(group.name.iter().chain(end(group.is_folder)))
}

fn child(folder: &[u8], name: &[u8]) -> BString {
    let mut path = folder.to_vec();
    if !folder.is_empty() && !folder.ends_with(b"/") {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path.into()
}
