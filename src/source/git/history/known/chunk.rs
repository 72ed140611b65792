//! What a survey learned of some objects, as bytes: what each is and how large, what it links to, and which are worth a
//! further look. No content, no name.
//!
//! The objects are those of a list in the order of their ids, which is kept elsewhere (a pack's index has it), so that
//! an object costs two or three bytes and a link one to four.

use super::super::parse::Links;
use super::super::survey::{Survey, key};
use crate::source::git::objects::{ObjectError, Unread};
use gix_hash::{Kind, ObjectId};
use gix_object::Kind as ObjectKind;

/// The objects that a chunk is about, in the order of their ids.
pub(super) trait Ids {
    fn len(&self) -> usize;
    fn id(&self, at: usize) -> Option<ObjectId>;
    fn find(&self, id: &ObjectId) -> Option<usize>;
}

impl Ids for [ObjectId] {
    fn len(&self) -> usize {
        <[ObjectId]>::len(self)
    }

    fn id(&self, at: usize) -> Option<ObjectId> {
        self.get(at).copied()
    }

    fn find(&self, id: &ObjectId) -> Option<usize> {
        self.binary_search(id).ok()
    }
}

/// What is known of one object: flags, its kind among them, and its size above.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fact(u64);

impl Fact {
    /// The survey read it here, not in another pack.
    pub(super) const MINE: u64 = 1 << 2;
    /// Some object points at it.
    const WANTED: u64 = 1 << 3;
    /// It is worth a further look; a tree: for a name in it.
    const WORTH: u64 = 1 << 4;
    pub(super) const BINARY: u64 = 1 << 5;
    /// A pointer of git-lfs.
    pub(super) const POINTER: u64 = 1 << 6;
    /// Over the limit, and not read.
    pub(super) const LARGE: u64 = 1 << 7;

    pub(super) fn new(kind: ObjectKind, size: u64, flags: u64) -> Fact {
        let kind = match kind {
            ObjectKind::Commit => 0,
            ObjectKind::Tree => 1,
            ObjectKind::Blob => 2,
            ObjectKind::Tag => 3,
        };
        Fact(size << 8 | flags | Self::MINE | kind)
    }

    pub(super) fn has(self, flag: u64) -> bool {
        self.0 & flag != 0
    }

    pub(super) fn size(self) -> u64 {
        self.0 >> 8
    }

    pub(super) fn kind(self) -> ObjectKind {
        match self.0 & 3 {
            0 => ObjectKind::Commit,
            1 => ObjectKind::Tree,
            2 => ObjectKind::Blob,
            _ => ObjectKind::Tag,
        }
    }
}

/// What is known of some objects.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// One for each object, in order.
    pub(super) facts: Vec<Fact>,
    /// As the survey had it, but for names and contents.
    pub(super) survey: Survey,
    /// Pointers of git-lfs.
    pub(super) pointers: Vec<ObjectId>,
}

/// Writes down what a survey learned of `ids`; `facts` are by [`key`], sorted. None where that can't be told apart.
pub(super) fn encode<I: Ids + ?Sized>(ids: &I, survey: &Survey, facts: &[(u64, Fact)]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(ids.len() * 4 + 64);
    number(&mut out, ids.len() as u64);
    out.push(u8::from(survey.submodules));
    let mut worthy: Vec<ObjectId> =
        [&survey.blobs, &survey.messages, &survey.tag_messages, &survey.named].into_iter().flatten().copied().collect();
    worthy.sort_unstable();
    let (mut worthy, mut wanted) = (worthy.into_iter().peekable(), survey.wanted.iter().copied().peekable());
    let (mut commits, mut tags) = (survey.commits.iter(), survey.tags.iter());
    let (mut facts, mut rest, mut last) = (facts.iter().peekable(), Vec::new(), None);
    for at in 0..ids.len() {
        let id = ids.id(at)?;
        let own = key(&id);
        if last.replace(own) == Some(own) {
            return None;
        }
        while let Some(key) = wanted.next_if(|key| *key < own) {
            rest.push(key);
        }
        let is_wanted = wanted.next_if(|key| *key == own).is_some();
        let Some((_, fact)) = facts.next_if(|(key, _)| *key == own) else {
            out.push(if is_wanted { Fact::WANTED as u8 } else { 0 });
            continue;
        };
        let mut code = fact.0;
        if is_wanted {
            code |= Fact::WANTED;
        }
        if worthy.next_if(|worthy| *worthy == id).is_some() {
            code |= Fact::WORTH;
        }
        out.push(code as u8);
        number(&mut out, fact.size());
        match fact.kind() {
            ObjectKind::Commit => {
                let (_, links) = commits.next().filter(|(commit, _)| *commit == id)?;
                link(&mut out, ids, &links.tree);
                number(&mut out, links.parents.len() as u64);
                links.parents.iter().for_each(|parent| link(&mut out, ids, parent));
                number(&mut out, (links.time << 1 ^ links.time >> 63) as u64);
            }
            ObjectKind::Tag => {
                let (_, target) = tags.next().filter(|(tag, _)| *tag == id)?;
                link(&mut out, ids, target);
            }
            ObjectKind::Tree | ObjectKind::Blob => {}
        }
    }
    rest.extend(wanted);
    number(&mut out, rest.len() as u64);
    rest.iter().for_each(|key| out.extend_from_slice(&key.to_le_bytes()));
    let all = facts.next().is_none() && worthy.next().is_none() && commits.next().is_none() && tags.next().is_none();
    all.then_some(out)
}

/// Reads what [`encode`] wrote for the same objects; None where it is anything else.
pub(super) fn decode<I: Ids + ?Sized>(ids: &I, hash: Kind, bytes: &[u8]) -> Option<Chunk> {
    let mut reader = Reader { rest: bytes, hash };
    let count = reader.number()?;
    if count != ids.len() as u64 {
        return None;
    }
    let mut chunk = Chunk { facts: Vec::with_capacity(ids.len()), ..Chunk::default() };
    chunk.survey.submodules = reader.byte()? != 0;
    chunk.survey.present.reserve_exact(ids.len());
    for at in 0..ids.len() {
        let id = ids.id(at)?;
        let code = u64::from(reader.byte()?);
        let mut fact = Fact(code);
        chunk.survey.present.push(key(&id));
        if fact.has(Fact::WANTED) {
            chunk.survey.wanted.push(key(&id));
        }
        if fact.has(Fact::MINE) {
            fact = Fact(reader.number()?.checked_shl(8)? | code);
            chunk.object(id, fact, &mut reader, ids)?;
        }
        chunk.facts.push(fact);
    }
    let rest = reader.number()?;
    for _ in 0..rest {
        let (key, after) = reader.rest.split_first_chunk()?;
        chunk.survey.wanted.push(u64::from_le_bytes(*key));
        reader.rest = after;
    }
    chunk.survey.wanted.sort_unstable();
    reader.rest.is_empty().then_some(chunk)
}

impl Chunk {
    fn object<I: Ids + ?Sized>(&mut self, id: ObjectId, fact: Fact, reader: &mut Reader<'_>, ids: &I) -> Option<()> {
        let survey = &mut self.survey;
        let worth = fact.has(Fact::WORTH).then_some(id);
        match fact.kind() {
            ObjectKind::Commit => {
                let tree = reader.link(ids)?;
                let parents = (0..reader.number()?).map(|_| reader.link(ids)).collect::<Option<Vec<_>>>()?;
                let time = reader.number()?;
                let time = (time >> 1) as i64 ^ -((time & 1) as i64);
                survey.commits.push((id, Links { tree, parents, time }));
                survey.messages.extend(worth);
            }
            ObjectKind::Tag => {
                survey.tags.push((id, reader.link(ids)?));
                survey.tag_messages.extend(worth);
            }
            ObjectKind::Tree => {
                survey.trees.push(id);
                survey.named.extend(worth);
            }
            ObjectKind::Blob if fact.has(Fact::LARGE) => {
                let error = ObjectError::TooLarge(fact.size());
                survey.unread.push(Unread { id: Some(id), kind: Some(ObjectKind::Blob), error });
            }
            ObjectKind::Blob => {
                survey.blobs.extend(worth);
                self.pointers.extend(fact.has(Fact::POINTER).then_some(id));
            }
        }
        Some(())
    }
}

/// Seven bits a byte, the lowest first.
fn number(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// An object: its place among `ids` from 1, or 0 and its id.
fn link<I: Ids + ?Sized>(out: &mut Vec<u8>, ids: &I, id: &ObjectId) {
    match ids.find(id) {
        Some(at) => number(out, at as u64 + 1),
        None => {
            out.push(0);
            out.extend_from_slice(id.as_slice());
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    hash: Kind,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<u64> {
        let (mut n, mut shift) = (0u64, 0u32);
        loop {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return Some(n);
            }
            shift += 7;
        }
    }

    fn link<I: Ids + ?Sized>(&mut self, ids: &I) -> Option<ObjectId> {
        match self.number()? {
            0 => {
                let (id, rest) = self.rest.split_at_checked(self.hash.len_in_bytes())?;
                self.rest = rest;
                ObjectId::try_from(id).ok()
            }
            at => ids.id(usize::try_from(at - 1).ok()?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(n: u64) -> ObjectId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&n.to_be_bytes());
        ObjectId::Sha1(bytes)
    }

    fn sample() -> (Vec<ObjectId>, Survey, Vec<(u64, Fact)>) {
        let ids: Vec<_> = (1..=7).map(id).collect();
        let survey = Survey {
            commits: vec![(id(1), Links { tree: id(2), parents: vec![id(9), id(1)], time: -5 })],
            tags: vec![(id(4), id(1))],
            trees: vec![id(2)],
            named: vec![id(2)],
            blobs: vec![id(3)],
            messages: vec![id(1)],
            submodules: true,
            wanted: vec![0, 1, 2, 9, 77],
            ..Survey::default()
        };
        let fact = |n, kind, size, flags| (n, Fact::new(kind, size, flags));
        let facts = vec![
            fact(1, ObjectKind::Commit, 300, 0),
            fact(2, ObjectKind::Tree, 0, 0),
            fact(3, ObjectKind::Blob, 1 << 40, 0),
            fact(4, ObjectKind::Tag, 5, 0),
            fact(5, ObjectKind::Blob, 9, Fact::LARGE),
            fact(7, ObjectKind::Blob, 130, Fact::POINTER),
        ];
        (ids, survey, facts)
    }

    #[test]
    fn what_is_written_is_read() {
        let (ids, survey, facts) = sample();
        let bytes = encode(&ids[..], &survey, &facts).unwrap();
        let chunk = decode(&ids[..], Kind::Sha1, &bytes).unwrap();
        let read = &chunk.survey;
        assert_eq!((&read.commits, &read.tags, &read.trees), (&survey.commits, &survey.tags, &survey.trees));
        assert_eq!((&read.blobs, &read.messages, &read.named), (&survey.blobs, &survey.messages, &survey.named));
        assert_eq!((&read.wanted, read.submodules), (&survey.wanted, true));
        assert_eq!(read.present, [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(read.unread.iter().map(|u| u.id).collect::<Vec<_>>(), [Some(id(5))]);
        assert_eq!(chunk.pointers, [id(7)]);
        let mine: Vec<u64> = chunk.facts.iter().filter(|f| f.has(Fact::MINE)).map(|f| f.size()).collect();
        assert_eq!(mine, [300, 0, 1 << 40, 5, 9, 130]);
    }

    #[test]
    fn what_can_not_be_told_apart_is_not_written() {
        let (ids, survey, facts) = sample();
        assert!(encode(&ids[1..], &survey, &facts).is_none(), "a fact without its object");
        assert!(encode(&ids[..], &survey, &facts[1..]).is_none(), "a commit without its fact");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(cut in 0..60usize, at in 0..60usize, byte in any::<u8>()) {
            let (ids, survey, facts) = sample();
            let mut bytes = encode(&ids[..], &survey, &facts).unwrap();
            let len = bytes.len();
            bytes[at % len] = byte;
            bytes.truncate(len - cut % len);
            let _ = decode(&ids[..], Kind::Sha1, &bytes);
        }
    }
}
