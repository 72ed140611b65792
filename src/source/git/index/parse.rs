//! One index file: header, entries, extensions, checksum.

use super::cache_tree::{self, CacheTree};
use super::{IndexError, KEPT_INTENT, Record, SKIP_WORKTREE, STAGE};
use gix_hash::{Kind, ObjectId};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::io::Read;

const HEADER: usize = 12;
/// Times, device, inode, mode, owner, size: what stands before the id.
const STAT: usize = 40;
const MODE: usize = 24;
const EXTENDED: u16 = 0x4000;
const EXTENDED_INTENT: u16 = 0x2000;
const NAME_LEN: u16 = 0x0fff;

/// A file's entries, in its order.
#[derive(Debug)]
pub(super) struct IndexFile {
    pub(super) buffers: Vec<Vec<u8>>,
    pub(super) records: Vec<Record>,
    pub(super) tree: Option<CacheTree>,
    /// The checksum it ends with; null where none was written.
    pub(super) checksum: ObjectId,
}

/// An index file and the half it leaves to another one.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) file: IndexFile,
    pub(super) shared: Option<Link>,
}

/// The `link` extension: which shared index this one changes, and how.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) base: ObjectId,
    /// The bitmaps of deleted and replaced entries, undecoded.
    pub(super) bitmaps: Vec<u8>,
}

/// Reads a file from its bytes. `known` may have its checksum ready; asked when everything else is done.
pub(super) fn parse(data: Vec<u8>, hash: Kind, known: impl FnOnce() -> Option<ObjectId>) -> Result<Parsed, IndexError> {
    if data.len() < HEADER + hash.len_in_bytes() || u32::try_from(data.len()).is_err() {
        return Err(IndexError::corrupt(format_args!("{} bytes are no index", data.len())));
    }
    let body = data.len() - hash.len_in_bytes();
    let checksum = ObjectId::from_bytes_or_panic(&data[body..]);
    let parts = parts(&data, body, hash.len_in_bytes());
    // index.skipHash leaves it null.
    let is_right = |sum: Option<ObjectId>| sum == Some(checksum);
    if !checksum.is_null() && !is_right(known()) && !is_right(digest(&mut &data[..body], hash)) {
        return Err(IndexError::corrupt("its checksum does not match"));
    }
    let parts = parts.map_err(IndexError::corrupt)?;
    let shared = parts.link.map(|range| link(&data[range], hash)).transpose().map_err(IndexError::corrupt)?.flatten();
    // Entries without a name replace some of a shared index; here there is none.
    if shared.is_none() && parts.records.first().is_some_and(|r| r.path_len == 0) {
        return Err(IndexError::corrupt("an entry has no name"));
    }
    // The paths of version 4 may all be empty; their buffer is there all the same.
    let compressed = parts.records.first().is_some_and(|r| r.path_in == 1);
    let buffers = if compressed { vec![data, parts.paths] } else { vec![data] };
    Ok(Parsed { file: IndexFile { buffers, records: parts.records, tree: parts.tree, checksum }, shared })
}

/// The checksum of all that `reader` gives. It tells damage, and forgers don't come into it (whoever writes an index may
/// write any checksum): so plain SHA-1, by the machine's own instructions, not the one that looks for collisions.
pub(super) fn digest(reader: &mut dyn Read, hash: Kind) -> Option<ObjectId> {
    match hash {
        Kind::Sha256 => sum::<Sha256>(reader),
        _ => sum::<Sha1>(reader),
    }
}

fn sum<H: Digest>(reader: &mut dyn Read) -> Option<ObjectId> {
    let mut hasher = H::new();
    let mut buffer = [0; 64 << 10];
    loop {
        match reader.read(&mut buffer).ok()? {
            0 => return ObjectId::try_from(hasher.finalize().as_slice()).ok(),
            n => hasher.update(&buffer[..n]),
        }
    }
}

struct Parts {
    records: Vec<Record>,
    /// Paths that version 4 compresses.
    paths: Vec<u8>,
    tree: Option<CacheTree>,
    link: Option<std::ops::Range<usize>>,
}

fn parts(data: &[u8], body: usize, hash_len: usize) -> Result<Parts, String> {
    if &data[..4] != b"DIRC" {
        return Err("it does not begin with DIRC".into());
    }
    let version = be32(data, 4).unwrap_or(0);
    if !(2..=4).contains(&version) {
        return Err(format!("version {version} is unknown"));
    }
    let count = be32(data, 8).unwrap_or(0) as usize;
    if count > body / (STAT + hash_len + 2) {
        return Err(format!("{count} entries do not fit into it"));
    }
    let mut entries = Entries { data, body, hash_len, at: HEADER, paths: Vec::new(), last: (0, 0) };
    let mut records = Vec::with_capacity(count);
    for n in 0..count {
        let record = if version == 4 { entries.next_compressed() } else { entries.next_padded() };
        records.push(record.ok_or_else(|| format!("entry {n} of {count} can't be read"))?);
    }
    let (paths, at) = (entries.paths, entries.at);
    let path = |r: &Record| {
        let buffer: &[u8] = if r.path_in == 0 { data } else { &paths };
        &buffer[r.path_at as usize..(r.path_at + r.path_len) as usize]
    };
    // A split index names what it replaces by nothing at all.
    let named = records.partition_point(|r| r.path_len == 0);
    if !records[named..].windows(2).all(|w| (path(&w[0]), w[0].stage()) < (path(&w[1]), w[1].stage())) {
        return Err("its entries are not in order".into());
    }
    let mut parts = Parts { records, paths, tree: None, link: None };
    extensions(data, at, body, hash_len, &mut parts)?;
    if named > 0 && parts.link.is_none() {
        return Err("an entry has no name".into());
    }
    Ok(parts)
}

fn extensions(data: &[u8], mut at: usize, body: usize, hash_len: usize, parts: &mut Parts) -> Result<(), String> {
    while at < body {
        let head = data.get(at..at + 8).filter(|_| at + 8 <= body).ok_or("it is cut off in an extension")?;
        let len = be32(head, 4).unwrap_or(0) as usize;
        let range = at + 8..at + 8 + len;
        if range.end > body {
            return Err("it is cut off in an extension".into());
        }
        at = range.end;
        match &head[..4] {
            b"TREE" => parts.tree = cache_tree::parse(data, range, hash_len),
            b"link" => parts.link = Some(range),
            b"sdir" => {}
            [first, ..] if first.is_ascii_uppercase() => {}
            name => return Err(format!("the extension `{}` is unknown", name.escape_ascii())),
        }
    }
    Ok(())
}

fn link(data: &[u8], hash: Kind) -> Result<Option<Link>, String> {
    let (id, bitmaps) = data.split_at_checked(hash.len_in_bytes()).ok_or("its link extension is cut off")?;
    let base = ObjectId::from_bytes_or_panic(id);
    Ok((!base.is_null()).then(|| Link { base, bitmaps: bitmaps.to_vec() }))
}

/// Steps through the entries.
struct Entries<'a> {
    data: &'a [u8],
    body: usize,
    hash_len: usize,
    at: usize,
    paths: Vec<u8>,
    /// Start and length of the last path in `paths`.
    last: (usize, usize),
}

impl Entries<'_> {
    /// Mode, flags and the place of the id; `at` then stands behind the flags. The first flag word goes along, for
    /// the name's length.
    fn fixed(&mut self) -> Option<(Record, u16)> {
        let start = self.at;
        let id_at = start + STAT;
        let flags_at = id_at + self.hash_len;
        let word = be16(self.data, flags_at)?;
        let mut flags = word & STAGE;
        self.at = flags_at + 2;
        if word & EXTENDED != 0 {
            let more = be16(self.data, self.at)?;
            self.at += 2;
            // git refuses what it does not know, too: it may change what an entry is.
            if more & !(EXTENDED_INTENT | SKIP_WORKTREE) != 0 {
                return None;
            }
            flags |= more & SKIP_WORKTREE;
            flags |= if more & EXTENDED_INTENT != 0 { KEPT_INTENT } else { 0 };
        }
        let mode = be32(self.data, start + MODE)?;
        let id_at = u32::try_from(id_at).ok()?;
        Some((Record { mode, flags, id_in: 0, path_in: 0, id_at, path_at: 0, path_len: 0 }, word))
    }

    /// An entry of version 2 or 3: padded with NUL to a multiple of eight bytes, at least one.
    fn next_padded(&mut self) -> Option<Record> {
        let start = self.at;
        let (mut record, word) = self.fixed()?;
        let len = memchr::memchr(0, self.data.get(self.at..self.body)?)?;
        // The length is exact below 4095, which stands for all the longer ones.
        if len.min(NAME_LEN as usize) != (word & NAME_LEN) as usize {
            return None;
        }
        record.path_at = u32::try_from(self.at).ok()?;
        record.path_len = u32::try_from(len).ok()?;
        self.at = start + ((self.at - start + len + 8) & !7);
        (self.at <= self.body).then_some(record)
    }

    /// An entry of version 4: so many bytes less of the path before it, then its own end.
    fn next_compressed(&mut self) -> Option<Record> {
        let (mut record, _) = self.fixed()?;
        let strip = self.varint()?;
        let keep = self.last.1.checked_sub(strip)?;
        let len = memchr::memchr(0, self.data.get(self.at..self.body)?)?;
        let start = self.paths.len();
        self.paths.extend_from_within(self.last.0..self.last.0 + keep);
        self.paths.extend_from_slice(&self.data[self.at..self.at + len]);
        self.last = (start, keep + len);
        self.at += len + 1;
        record.path_in = 1;
        record.path_at = u32::try_from(start).ok()?;
        record.path_len = u32::try_from(keep + len).ok()?;
        u32::try_from(self.paths.len()).ok()?;
        Some(record)
    }

    fn varint(&mut self) -> Option<usize> {
        let mut value = 0usize;
        loop {
            let byte = *self.data.get(self.at)?;
            self.at += 1;
            value = value.checked_mul(128)?.checked_add(usize::from(byte & 127))?;
            if byte & 128 == 0 {
                return Some(value);
            }
            value = value.checked_add(1)?;
        }
    }
}

fn be32(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn be16(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}
