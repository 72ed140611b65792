//! Packs that no git wrote.

use super::*;
use std::time::{Duration, Instant};

/// A pack under construction, with an index that says what the test wants it to say.
struct Maker {
    bytes: Vec<u8>,
    /// Id, offset, and where the entry ends.
    entries: Vec<(ObjectId, u64, u64)>,
    order: Order,
}

/// How an index has its ids.
enum Order {
    Sorted,
    Reversed,
}

impl Maker {
    fn new() -> Self {
        Maker { bytes: Vec::new(), entries: Vec::new(), order: Order::Sorted }
    }

    /// Adds an entry; its offset.
    fn entry(&mut self, id: ObjectId, kind: u8, size: u64, base: &[u8], data: &[u8]) -> u64 {
        let start = 12 + self.bytes.len() as u64;
        let mut byte = (kind << 4) | (size & 15) as u8;
        let mut rest = size >> 4;
        while rest > 0 {
            self.bytes.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        self.bytes.push(byte);
        self.bytes.extend(base);
        let mut z = flate2::write::ZlibEncoder::new(&mut self.bytes, flate2::Compression::new(6));
        std::io::Write::write_all(&mut z, data).unwrap();
        z.finish().unwrap();
        self.entries.push((id, start, 12 + self.bytes.len() as u64));
        start
    }

    fn blob(&mut self, data: &[u8]) -> u64 {
        self.entry(blob_id(data), 3, data.len() as u64, &[], data)
    }

    fn by_offset(&mut self, id: ObjectId, base: u64, delta: &[u8]) -> u64 {
        let mut distance = 12 + self.bytes.len() as u64 - base;
        let mut coded = vec![(distance & 0x7f) as u8];
        distance >>= 7;
        while distance > 0 {
            distance -= 1;
            coded.insert(0, 0x80 | (distance & 0x7f) as u8);
            distance >>= 7;
        }
        self.entry(id, 6, delta.len() as u64, &coded, delta)
    }

    fn by_id(&mut self, id: ObjectId, base: ObjectId, delta: &[u8]) -> u64 {
        self.entry(id, 7, delta.len() as u64, base.as_bytes(), delta)
    }

    /// Writes the pack and its index into a new repository.
    fn write(&self, s: &Scratch, name: &str) {
        s.git(".", &["init", "-q", "--bare", name]);
        let mut pack = b"PACK\0\0\0\x02".to_vec();
        pack.extend((self.entries.len() as u32).to_be_bytes());
        pack.extend(&self.bytes);
        let trailer = hash(&pack);
        let entry = |start: u64, end: u64| pack.get(start as usize..end as usize).unwrap_or_default();
        let mut sorted = self.entries.clone();
        match self.order {
            Order::Sorted => sorted.sort(),
            Order::Reversed => sorted.sort_by(|a, b| b.cmp(a)),
        }
        let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
        for first in 0..=255 {
            idx.extend((sorted.iter().filter(|(id, ..)| id.first_byte() <= first).count() as u32).to_be_bytes());
        }
        sorted.iter().for_each(|(id, ..)| idx.extend(id.as_bytes()));
        sorted.iter().for_each(|&(_, start, end)| idx.extend(crc32fast::hash(entry(start, end)).to_be_bytes()));
        sorted.iter().for_each(|&(_, start, _)| idx.extend((start as u32).to_be_bytes()));
        idx.extend(&trailer);
        let sum = hash(&idx);
        idx.extend(sum);
        pack.extend(trailer);
        std::fs::write(s.path(name).join("objects/pack/pack-x.pack"), pack).unwrap();
        std::fs::write(s.path(name).join("objects/pack/pack-x.idx"), idx).unwrap();
    }
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(bytes);
    hasher.try_finalize().unwrap().as_bytes().to_vec()
}

fn blob_id(data: &[u8]) -> ObjectId {
    gix_object::compute_hash(gix_hash::Kind::Sha1, Kind::Blob, data).unwrap()
}

fn number(mut n: u64) -> Vec<u8> {
    let mut coded = Vec::new();
    loop {
        coded.push((n & 0x7f) as u8 | if n > 0x7f { 0x80 } else { 0 });
        n >>= 7;
        if n == 0 {
            return coded;
        }
    }
}

/// A delta that copies the first `keep` bytes (below 256) of a base and inserts `new` after them.
fn delta(base: usize, keep: u8, new: &[u8]) -> Vec<u8> {
    let mut delta = number(base as u64);
    delta.extend(number(u64::from(keep) + new.len() as u64));
    if keep > 0 {
        delta.extend([0x90, keep]);
    }
    for piece in new.chunks(127) {
        delta.push(piece.len() as u8);
        delta.extend(piece);
    }
    delta
}

fn corrupt_ids(unread: &[Unread]) -> Vec<ObjectId> {
    let mut ids: Vec<ObjectId> = unread.iter().filter_map(|unread| unread.id).collect();
    let is_failure = |unread: &Unread| matches!(unread.error, ObjectError::Corrupt(_) | ObjectError::TooMuch(_));
    assert!(unread.iter().all(is_failure), "{unread:?}");
    ids.sort();
    ids
}

#[test]
fn deltas_that_go_round_in_a_circle_end() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let [a, b, c, d] = [b"a", b"b", b"c", b"d"].map(|name| blob_id(name));
    maker.blob(b"intact");
    maker.by_id(a, b, &delta(5, 5, b"x"));
    let at = maker.by_id(b, a, &delta(5, 5, b"y"));
    maker.by_offset(c, at, &delta(5, 5, b"z"));
    maker.by_id(d, d, &delta(5, 5, b"z"));
    maker.write(&s, "a");
    let mut circle = vec![a, b, c, d];
    circle.sort();
    let objects = s.open("a");
    let (all, unread) = walk(&objects, 0);
    assert_eq!(all.keys().collect::<Vec<_>>(), [&blob_id(b"intact")]);
    assert_eq!(corrupt_ids(&unread), circle);
    for id in &circle {
        assert!(matches!(objects.get(id, 0, &mut Vec::new()), Err(ObjectError::Corrupt(_))));
        assert!(objects.header(id).is_err());
    }
    std::fs::remove_file(s.path("a/objects/pack/pack-x.idx")).unwrap();
    let (all, unread) = walk(&s.open("a"), 0);
    assert_eq!((all.len(), unread.len()), (1, 1), "{unread:?}");
}

#[test]
fn deltas_against_nothing_cost_only_themselves() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let base = maker.blob(b"the base of it all");
    let [a, b, c, d] = [b"a", b"b", b"c", b"d"].map(|name| blob_id(name));
    maker.by_offset(a, base + 3, &delta(18, 5, b"x"));
    maker.by_id(b, blob_id(b"nowhere"), &delta(18, 5, b"y"));
    maker.by_offset(c, base, &delta(17, 5, b"z"));
    maker.by_offset(d, base, &delta(18, 19, b"z"));
    maker.by_offset(blob_id(b"the other"), base, &delta(18, 4, b"other"));
    maker.write(&s, "a");
    let (all, unread) = walk(&s.open("a"), 0);
    assert_eq!(all.len(), 2);
    let mut lost = vec![a, b, c, d];
    lost.sort();
    assert_eq!(corrupt_ids(&unread), lost);
}

#[test]
fn declared_sizes_are_not_believed() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let text = b"some text that is not very long";
    let mut lost = Vec::new();
    for (n, size) in
        [0, text.len() as u64 - 1, text.len() as u64 + 1, 1 << 20, 1 << 40, u64::MAX >> 4].iter().enumerate()
    {
        let id = blob_id(&[n as u8]);
        maker.entry(id, 3, *size, &[], text);
        lost.push(id);
    }
    let base = maker.blob(text);
    let mut bomb = number(text.len() as u64);
    bomb.extend(number(1 << 40));
    bomb.extend([0x90, 5]);
    let id = blob_id(b"bomb");
    maker.by_offset(id, base, &bomb);
    lost.push(id);
    maker.write(&s, "a");
    lost.sort();
    let (all, unread) = walk(&s.open("a"), 0);
    assert_eq!((all.len(), corrupt_ids(&unread)), (1, lost));
}

#[test]
fn a_large_blob_in_a_small_pack_is_not_built() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let zeros = vec![0; 64 << 20];
    let base = maker.blob(&zeros);
    let small = maker.by_offset(blob_id(b"\0\0\0\0small"), base, &delta(zeros.len(), 4, b"small"));
    maker.by_offset(blob_id(b"\0\0\0\0smaller"), small, &delta(9, 9, b"er"));
    let mut large = number(zeros.len() as u64);
    large.extend(number(zeros.len() as u64 - 1));
    large.extend([0xb0, 0xff, 0xff].repeat(4 << 8)); // 65,535 bytes at a time
    large.extend([0xb0, 0xff, 0x03]);
    let id = blob_id(&zeros[1..]);
    maker.by_offset(id, base, &large);
    maker.write(&s, "a");
    let objects = s.open("a");
    for _ in 0..2 {
        let (all, mut unread) = walk(&objects, 1 << 20);
        assert_eq!(all.len(), 2, "{unread:?}");
        assert_eq!(all[&blob_id(b"\0\0\0\0smaller")].1, b"\0\0\0\0smaller");
        unread.sort_by_key(|unread| unread.id);
        let mut told = vec![(blob_id(&zeros), zeros.len() as u64), (id, zeros.len() as u64 - 1)];
        told.sort();
        for (unread, (id, size)) in unread.iter().zip(told) {
            assert_eq!((unread.id, unread.error.clone()), (Some(id), ObjectError::TooLarge(size)));
            let mut out = Vec::new();
            assert_eq!(objects.get(&id, 1 << 20, &mut out), Err(ObjectError::TooLarge(size)));
            assert!(out.capacity() < 1 << 20);
        }
        assert_eq!(unread.len(), 2);
        // Without the index, everything is built to make it anew, and the same is told.
        std::fs::remove_file(s.path("a/objects/pack/pack-x.idx")).ok();
    }
}

#[test]
fn a_deep_chain_and_a_broad_one_are_walked() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let mut text = vec![b'.'; 60];
    let root = maker.blob(&text);
    let mut at = root;
    for n in 0u32..20_000 {
        text = [&text[..50], format!("{n:010}").as_bytes()].concat();
        at = maker.by_offset(blob_id(&text), at, &delta(60, 50, &text[50..]));
    }
    let deepest = blob_id(&text);
    for n in 0u32..20_000 {
        text = [&text[..50], format!("{n:011}").as_bytes()].concat();
        maker.by_offset(blob_id(&text), root, &delta(60, 50, &text[50..]));
    }
    maker.write(&s, "a");
    let began = Instant::now();
    let objects = s.open("a");
    let (all, unread) = walk(&objects, 0);
    assert_eq!((all.len(), unread.len()), (40_001, 0));
    assert!(all.iter().all(|(id, (_, data))| blob_id(data) == *id));
    assert_eq!(objects.get(&deepest, 0, &mut Vec::new()), Ok(Kind::Blob));
    assert_eq!(objects.header(&deepest), Ok((Kind::Blob, 60)));
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[test]
fn an_object_that_is_twice_in_a_pack_comes_once() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    let base = maker.blob(b"one");
    maker.blob(b"one");
    maker.blob(b"one");
    maker.by_offset(blob_id(b"onetwo"), base, &delta(3, 3, b"two"));
    maker.write(&s, "a");
    let (all, unread) = walk(&s.open("a"), 0);
    assert_eq!((all.len(), unread.len()), (2, 0), "{unread:?}");
}

#[test]
fn an_index_that_lies_gives_nothing_false() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    for text in ["one", "two", "three", "four"] {
        maker.blob(text.as_bytes());
    }
    // Two ids at one place: the pack is indexed anew.
    let honest = maker.entries.clone();
    maker.entries[0] = (maker.entries[0].0, maker.entries[1].1, maker.entries[1].2);
    maker.write(&s, "a");
    let (all, unread) = walk(&s.open("a"), 0);
    assert_eq!((all.len(), unread.len()), (4, 0), "{unread:?}");
    // Places beyond the pack, and before its first entry.
    for place in [0, 5, 1 << 30] {
        maker.entries = honest.clone();
        maker.entries[0].1 = place;
        maker.write(&s, &format!("b{place}"));
        let (all, unread) = walk(&s.open(&format!("b{place}")), 0);
        assert_eq!((all.len(), corrupt_ids(&unread)), (3, vec![honest[0].0]));
    }
}

#[test]
fn an_index_in_which_nothing_is_found_is_made_anew() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    for n in 0u8..100 {
        maker.blob(&[n]);
    }
    maker.order = Order::Reversed;
    maker.write(&s, "a");
    let objects = s.open("a");
    let (all, unread) = walk(&objects, 0);
    assert_eq!((all.len(), unread.len()), (100, 0), "{unread:?}");
    assert!(all.keys().all(|id| s.open("a").get(id, 0, &mut Vec::new()).is_ok()));
}

#[test]
fn lost_entries_are_not_searched_for_beyond_the_pack_or_without_end() {
    let s = Scratch::new();
    let mut maker = Maker::new();
    // Streams in streams: each place in the first entry could be one, and all of them are cut off in the end.
    let mut nested = Vec::new();
    for _ in 0..400 {
        let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
        std::io::Write::write_all(&mut z, &nested).unwrap();
        nested = [&[0xbf, 0xff, 0x01][..], &z.finish().unwrap()].concat();
    }
    maker.entry(blob_id(b"cut"), 3, 1, &[], &nested);
    let intact = maker.blob(b"intact");
    maker.entries[0].1 = 0x7fff_0000;
    maker.write(&s, "a");
    let idx = s.packs("a", ".idx").remove(0);
    let mut bytes = std::fs::read(&idx).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&idx, bytes).unwrap();
    let began = Instant::now();
    let (all, unread) = walk(&s.open("a"), 0);
    assert!(all.contains_key(&blob_id(b"intact")), "{intact}: {unread:?}");
    assert!(!unread.is_empty());
    assert!(began.elapsed() < Duration::from_secs(20));
}
