//! Where contents stand, from one scan of a repository to the next. Commits only ever come to stand upon those that were
//! there, so an earlier scan's places still hold: only new commits are asked, and those of contents that are new.
//!
//! A path can be a secret as well as any other name. So nothing is kept where a name is worth a further look.

use super::super::attribute::{Holder, Places};
use super::super::graph::{Graph, Index};
use super::Memory;
use crate::blob::Reach;
use crate::cache::Key;
use bstr::BString;
use gix_hash::{Kind, ObjectId};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// What was known of a commit: whether roots lead to it.
type Class = bool;

/// A content at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Stand {
    pub(in super::super) blob: ObjectId,
    pub(in super::super) path: BString,
    /// The first commit that holds it; None: a tree that is in none.
    pub(in super::super) commit: Option<ObjectId>,
    pub(in super::super) reach: Reach,
    /// Nothing came of it.
    pub(in super::super) quiet: bool,
}

/// What an earlier scan knew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Record {
    /// A hash of all else that it depends on.
    pub(in super::super) rest: [u8; 32],
    /// All commits, sorted.
    pub(in super::super) commits: Vec<(ObjectId, Class)>,
    /// What was looked for, sorted.
    pub(in super::super) targets: Vec<ObjectId>,
    pub(in super::super) stands: Vec<Stand>,
    pub(in super::super) submodules: BTreeSet<BString>,
}

/// So many new commits are asked one by one.
const NEW_COMMITS: usize = 64;

impl Record {
    /// Which commits are new, if all that was known still holds.
    pub(in super::super) fn new_commits(&self, rest: [u8; 32], graph: &Graph, reached: &[bool]) -> Option<Vec<Index>> {
        if self.rest != rest || self.commits.len() > graph.len() || graph.len() > self.commits.len() + NEW_COMMITS {
            return None;
        }
        let (mut old, mut new) = (self.commits.iter().peekable(), Vec::new());
        let mut is_new = vec![false; graph.len()];
        for at in 0..graph.len() as Index {
            match old.next_if(|(id, _)| id == graph.id(at)) {
                Some((_, class)) if *class == reached[at as usize] => {}
                Some(_) => return None,
                None => {
                    is_new[at as usize] = true;
                    new.push(at);
                }
            }
        }
        // A parent that was missing is here now: the order of the old ones is not what it was.
        let is_under =
            |at: Index| !is_new[at as usize] && graph.parents(at).iter().any(|parent| is_new[*parent as usize]);
        let is_same = old.next().is_none() && !(0..graph.len() as Index).any(is_under);
        is_same.then_some(new)
    }

    /// The old places, those that new commits hold, and those of new contents, as one. `ranks` is the order of commits.
    pub(in super::super) fn joined(self, news: [Places; 2], graph: &Graph, reached: &[bool], ranks: &[u64]) -> Places {
        let mut all = Places::default();
        let root = all.paths.root();
        let mut at: HashMap<(ObjectId, u32), usize> = HashMap::new();
        let before = |holder: &Holder| match holder.commit {
            Some(commit) => (if reached[commit as usize] { 0 } else { 2 }, ranks[commit as usize]),
            None => (if holder.reach == Reach::Reachable { 1 } else { 3 }, 0),
        };
        let mut place = |all: &mut Places, blob: ObjectId, path: &[u8], holder: Holder| {
            let path = path.split(|byte| *byte == b'/').fold(root, |folder, name| all.paths.join(folder, name));
            match at.get(&(blob, path)) {
                Some(known) if before(&holder) < before(&all.blobs[*known].2) => all.blobs[*known].2 = holder,
                Some(_) => {}
                None => {
                    at.insert((blob, path), all.blobs.len());
                    all.blobs.push((blob, path, holder));
                }
            }
            path
        };
        for stand in &self.stands {
            let commit = stand.commit.and_then(|id| graph.find(&id));
            place(&mut all, stand.blob, &stand.path, Holder { commit, reach: stand.reach });
        }
        for new in &news {
            for (blob, path, holder) in &new.blobs {
                place(&mut all, *blob, &new.paths.full(*path), *holder);
            }
        }
        let mut marks = HashSet::new();
        for new in &news {
            for (blob, path) in &new.head.blobs {
                // What is in HEAD and was not looked for stands nowhere else.
                let path = new.paths.full(*path);
                let path = path.split(|byte| *byte == b'/').fold(root, |folder, name| all.paths.join(folder, name));
                marks.insert((*blob, path));
            }
        }
        all.head.blobs = marks;
        let submodules = news.iter().flat_map(|new| new.submodules.iter().map(|path| new.paths.full(*path)));
        let submodules: BTreeSet<BString> = self.submodules.into_iter().chain(submodules).collect();
        for path in &submodules {
            let path = path.split(|byte| *byte == b'/').fold(root, |folder, name| all.paths.join(folder, name));
            all.submodules.push(path);
        }
        all.is_crowded = news.iter().any(|new| new.is_crowded);
        all.overflow = news.iter().any(|new| new.overflow);
        all
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = self.rest.to_vec();
        let number = |out: &mut Vec<u8>, n: usize| out.extend_from_slice(&(n as u64).to_le_bytes());
        let text = |out: &mut Vec<u8>, text: &[u8]| {
            number(out, text.len());
            out.extend_from_slice(text);
        };
        number(&mut out, self.commits.len());
        self.commits.iter().for_each(|(id, _)| out.extend_from_slice(id.as_slice()));
        out.extend(self.commits.iter().map(|(_, class)| u8::from(*class)));
        number(&mut out, self.targets.len());
        self.targets.iter().for_each(|id| out.extend_from_slice(id.as_slice()));
        number(&mut out, self.stands.len());
        for stand in &self.stands {
            out.extend_from_slice(stand.blob.as_slice());
            out.push(
                u8::from(stand.quiet)
                    | u8::from(stand.reach == Reach::Reachable) << 1
                    | u8::from(stand.commit.is_some()) << 2,
            );
            stand.commit.iter().for_each(|id| out.extend_from_slice(id.as_slice()));
            text(&mut out, &stand.path);
        }
        number(&mut out, self.submodules.len());
        self.submodules.iter().for_each(|path| text(&mut out, path));
        out
    }

    fn decode(bytes: &[u8], hash: Kind) -> Option<Record> {
        let mut reader = Reader { rest: bytes, hash };
        let rest = reader.take(32)?.try_into().ok()?;
        let commits = reader.ids()?;
        let classes = reader.take(commits.len())?;
        let commits = commits.into_iter().zip(classes.iter().map(|class| *class != 0)).collect();
        let targets = reader.ids()?;
        let mut stands = Vec::new();
        for _ in 0..reader.number()? {
            let blob = reader.id()?;
            let flags = *reader.take(1)?.first()?;
            let commit = if flags & 4 != 0 { Some(reader.id()?) } else { None };
            let reach = if flags & 2 != 0 { Reach::Reachable } else { Reach::Unreachable };
            stands.push(Stand { blob, path: reader.text()?, commit, reach, quiet: flags & 1 != 0 });
        }
        let mut submodules = BTreeSet::new();
        for _ in 0..reader.number()? {
            submodules.insert(reader.text()?);
        }
        reader.rest.is_empty().then_some(Record { rest, commits, targets, stands, submodules })
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    hash: Kind,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.take(8)?.try_into().ok()?)).ok()
    }

    fn id(&mut self) -> Option<ObjectId> {
        ObjectId::try_from(self.take(self.hash.len_in_bytes())?).ok()
    }

    fn ids(&mut self) -> Option<Vec<ObjectId>> {
        let count = self.number()?;
        let width = self.hash.len_in_bytes();
        let ids = self.take(count.checked_mul(width)?)?;
        ids.chunks_exact(width).map(|id| ObjectId::try_from(id).ok()).collect()
    }

    fn text(&mut self) -> Option<BString> {
        let len = self.number()?;
        Some(self.take(len)?.into())
    }
}

impl Memory {
    fn places_key(&self, repository: &Path) -> Key {
        let folder = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
        self.key("places", folder.as_os_str().as_encoded_bytes())
    }

    /// What the last scan of the repository knew of places.
    pub(in super::super) fn places(&self, repository: &Path, hash: Kind) -> Option<Record> {
        Record::decode(&self.cache.get(&self.places_key(repository))?, hash)
    }

    /// Keeps it for the next.
    pub(in super::super) fn keep_places(&self, repository: &Path, record: &Record) {
        self.cache.put(&self.places_key(repository), &record.encode());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let id = |n: u8| ObjectId::Sha1([n; 20]);
        let stand = |n, commit, reach| Stand { blob: id(n), path: "a/b".into(), commit, reach, quiet: n == 1 };
        let record = Record {
            rest: [7; 32],
            commits: vec![(id(1), true), (id(2), false)],
            targets: vec![id(3)],
            stands: vec![stand(1, Some(id(1)), Reach::Reachable), stand(2, None, Reach::Unreachable)],
            submodules: ["sub".into(), "a/sub".into()].into(),
        };
        let bytes = record.encode();
        assert_eq!(Record::decode(&bytes, Kind::Sha1).as_ref(), Some(&record));
        for cut in 0..bytes.len() {
            assert_eq!(Record::decode(&bytes[..cut], Kind::Sha1), None);
        }
    }
}
