//! Packs, their indices, deltas and loose objects, of any bytes: nothing panics, and where no index says which id an
//! object has, what comes has the id that it comes under.
//!
//! The first byte says how the rest is read: as entries to be written into a well-formed pack (its headers, sizes,
//! bases and deltas being as odd as the input has them), or as the raw bytes of the files.

#![no_main]

use flate2::write::ZlibEncoder;
use gix_hash::{Kind, ObjectId};
use leakbreak::source::Memo;
use leakbreak::source::git::objects::{Object, Objects, Unread, Visitor};
use leakbreak::source::git::open::Repository;
use libfuzzer_sys::fuzz_target;
use std::io::Write;
use std::path::Path;

fuzz_target!(|data: &[u8]| {
    let Some((&mode, rest)) = data.split_first() else { return };
    let hash = if mode & 1 == 0 { Kind::Sha1 } else { Kind::Sha256 };
    let dir = tempfile::tempdir().expect("a scratch folder");
    let packs = dir.path().join("pack");
    std::fs::create_dir(&packs).expect("a scratch folder");
    let with_index = mode & 2 != 0;
    let (pack, idx) = if mode & 4 == 0 { written(rest, hash, with_index) } else { raw(rest, hash) };
    std::fs::write(packs.join("x.pack"), pack).expect("a scratch file");
    if with_index {
        std::fs::write(packs.join("x.idx"), idx).expect("a scratch file");
    }
    if mode & 8 != 0 {
        loose(dir.path(), rest, hash);
    }
    let objects = Objects::open(&repository(dir.path(), hash));
    let check = Check { objects: &objects, hash, with_index };
    objects.for_each(if mode & 16 == 0 { 0 } else { 100 }, &check);
});

struct Check<'a> {
    objects: &'a Objects,
    hash: Kind,
    with_index: bool,
}

impl Visitor for Check<'_> {
    fn object(&self, object: Object<'_>) -> Option<Memo> {
        if !self.with_index {
            let made = gix_object::compute_hash(self.hash, object.kind, object.data).expect("no collision");
            assert_eq!(made, object.id);
        }
        let mut out = Vec::new();
        assert_eq!(self.objects.get(&object.id, 0, &mut out), Ok(object.kind));
        assert_eq!(out, object.data);
        assert_eq!(self.objects.header(&object.id), Ok((object.kind, out.len() as u64)));
        None
    }

    fn unread(&self, unread: Unread) {
        if let Some(id) = unread.id {
            let _ = self.objects.get(&id, 0, &mut Vec::new());
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

fn repository(dir: &Path, hash: Kind) -> Repository {
    Repository {
        git_dir: dir.to_owned(),
        common_dir: dir.to_owned(),
        work_tree: None,
        index_file: dir.join("index"),
        object_dirs: vec![dir.to_owned()],
        hash,
        shallow: Vec::new(),
        partial: false,
        githeads: Vec::new(),
        notes: Vec::new(),
        skips: Vec::new(),
    }
}

fn sum(hash: Kind, bytes: &[u8]) -> ObjectId {
    let mut hasher = gix_hash::hasher(hash);
    hasher.update(bytes);
    hasher.try_finalize().expect("no collision")
}

/// The two files as they come, the index with a checksum that fits.
fn raw(data: &[u8], hash: Kind) -> (Vec<u8>, Vec<u8>) {
    let (len, rest) = data.split_at_checked(2).unwrap_or((&[0, 0], &[]));
    let len = usize::from(u16::from_be_bytes([len[0], len[1]])).min(rest.len());
    let (idx, pack) = rest.split_at(len);
    (pack.to_vec(), [idx, sum(hash, idx).as_bytes()].concat())
}

/// A well-formed pack of ill-formed entries: kind, base, size and data are the input's.
fn written(mut data: &[u8], hash: Kind, with_index: bool) -> (Vec<u8>, Vec<u8>) {
    let mut take = |n: usize| {
        let (piece, rest) = data.split_at(n.min(data.len()));
        data = rest;
        piece
    };
    let (mut body, mut entries) = (Vec::new(), Vec::<(ObjectId, u32, u32)>::new());
    // With an index the ids are what it says; without one they are those of the contents.
    let mut names: Vec<ObjectId> = Vec::new();
    while let [kind, base, lie, len] = *take(4)
        && entries.len() < 250
    {
        let content = take(len.into());
        let start = 12 + body.len();
        let id = sum(hash, &[entries.len() as u8]);
        let size = content.len() as u64 + if lie > 250 { u64::from(lie) << (lie & 31) } else { 0 };
        let mut byte = ((kind & 7) << 4) | (size & 15) as u8;
        let mut rest = size >> 4;
        while rest > 0 {
            body.push(byte | 0x80);
            byte = (rest & 0x7f) as u8;
            rest >>= 7;
        }
        body.push(byte);
        match kind & 7 {
            6 => {
                let at = entries.get(usize::from(base)).map_or(u32::from(base), |&(_, at, _)| at);
                let distance = (start as u32).saturating_sub(at).min(0x3fff);
                match distance.checked_sub(128) {
                    Some(far) => body.extend([0x80 | (far >> 7) as u8, (far & 0x7f) as u8]),
                    None => body.push(distance as u8),
                }
            }
            7 => match names.get(usize::from(base)) {
                Some(name) if !with_index => body.extend(name.as_bytes()),
                _ => body.extend(sum(hash, &[base]).as_bytes()),
            },
            _ => {}
        }
        let name = gix_object::compute_hash(hash, gix_object::Kind::Blob, content);
        names.push(name.expect("no collision"));
        let mut z = ZlibEncoder::new(&mut body, flate2::Compression::fast());
        z.write_all(content).and_then(|()| z.finish().map(drop)).expect("memory");
        entries.push((id, start as u32, crc32fast::hash(&body[start - 12..])));
    }
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend((entries.len() as u32).to_be_bytes());
    pack.extend(body);
    let trailer = sum(hash, &pack);
    pack.extend(trailer.as_bytes());
    entries.sort();
    let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255 {
        idx.extend((entries.iter().filter(|(id, ..)| id.first_byte() <= first).count() as u32).to_be_bytes());
    }
    entries.iter().for_each(|(id, ..)| idx.extend(id.as_bytes()));
    entries.iter().for_each(|(.., crc)| idx.extend(crc.to_be_bytes()));
    entries.iter().for_each(|(_, at, _)| idx.extend(at.to_be_bytes()));
    idx.extend(trailer.as_bytes());
    let checksum = sum(hash, &idx);
    idx.extend(checksum.as_bytes());
    (pack, idx)
}

/// A loose object of any bytes.
fn loose(dir: &Path, data: &[u8], hash: Kind) {
    let id = sum(hash, data).to_string();
    let folder = dir.join(&id[..2]);
    std::fs::create_dir_all(&folder).expect("a scratch folder");
    std::fs::write(folder.join(&id[2..]), data).expect("a scratch file");
}
