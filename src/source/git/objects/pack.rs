//! A pack: its bytes, mapped, and the headers of its entries. What an id stands for is [`super::index`]'s.

use super::index::{Idx, Prepared};
use gix_hash::ObjectId;
use gix_object::Kind;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU32;

/// The header of a pack: signature, version, number of objects.
pub(super) const HEADER: u64 = 12;
/// A pack whose header is damaged can't be mapped, and is held up to this size.
const HELD: u64 = 1 << 30;

/// A pack.
pub(super) struct Pack {
    /// The file; the index has the same name but for its end.
    pub(super) path: PathBuf,
    /// What people are told: its place, relative to the repository.
    pub(super) shown: String,
    /// SHA-1 or SHA-256.
    pub(super) hash: gix_hash::Kind,
    /// Tells it from other packs, in caches.
    pub(super) number: u32,
    /// How many objects its header says it has.
    pub(super) count: Option<u32>,
    /// Whether there was an index file, sound or not.
    pub(super) had_index: bool,
    /// Its index file as it stands, where its structure is sound.
    pub(super) idx: Option<Idx>,
    /// The index, examined or rebuilt.
    pub(super) prepared: OnceLock<Prepared>,
    /// How often it was asked before it was examined.
    pub(super) asked: AtomicU32,
    bytes: Bytes,
}

enum Bytes {
    Mapped(gix_pack::data::File),
    Held(Vec<u8>),
}

/// The header of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What its data is.
    pub(super) header: Header,
    /// How many bytes its data has, inflated: the object, or the delta.
    pub(super) size: u64,
    /// Where its compressed data begins.
    pub(super) data: u64,
}

/// What an entry holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Header {
    /// A whole object.
    Whole(Kind),
    /// A delta against the entry at this offset.
    Offset(u64),
    /// A delta against the object of this id.
    Ref(ObjectId),
}

impl Pack {
    /// Opens the pack and what it has of an index.
    ///
    /// # Errors
    /// Where the pack itself can't be read.
    pub(super) fn open(path: &Path, shown: String, hash: gix_hash::Kind, number: u32) -> std::io::Result<Pack> {
        if !std::fs::metadata(path)?.is_file() {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "it is no regular file"));
        }
        let bytes = match gix_pack::data::File::at(path, hash) {
            Ok(file) => Bytes::Mapped(file),
            Err(_) => Bytes::Held(hold(path)?),
        };
        let count = match &bytes {
            Bytes::Mapped(file) => Some(file.num_objects()),
            Bytes::Held(_) => None,
        };
        let index = path.with_extension("idx");
        let (had_index, idx) = (index.exists(), Idx::open(&index, hash, count));
        let (prepared, asked) = (OnceLock::new(), AtomicU32::new(0));
        Ok(Pack { path: path.to_owned(), shown, hash, number, count, had_index, idx, prepared, asked, bytes })
    }

    /// All of its bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.bytes {
            Bytes::Mapped(file) => file.entry_slice(0..file.data_len() as u64).unwrap_or_default(),
            Bytes::Held(bytes) => bytes,
        }
    }

    /// Its bytes from `offset` on.
    pub(super) fn from(&self, offset: u64) -> &[u8] {
        usize::try_from(offset).ok().and_then(|at| self.bytes().get(at..)).unwrap_or_default()
    }

    /// The header of the entry at `offset`, if there can be one.
    pub(super) fn entry(&self, offset: u64) -> Option<Entry> {
        entry(self.from(offset), offset, self.hash).filter(|_| offset >= HEADER)
    }
}

fn hold(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(HELD + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > HELD {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, "its header is damaged"));
    }
    Ok(bytes)
}

/// Reads the header that `bytes` begins with; they stand at `offset`.
pub(super) fn entry(bytes: &[u8], offset: u64, hash: gix_hash::Kind) -> Option<Entry> {
    let (&first, mut rest) = bytes.split_first()?;
    let mut size = u64::from(first & 0x0f);
    let (mut byte, mut shift) = (first, 4u32);
    while byte & 0x80 != 0 {
        (byte, rest) = split(rest)?;
        let bits = u64::from(byte & 0x7f);
        size |= bits.checked_shl(shift).filter(|shifted| shifted >> shift == bits)?;
        shift += 7;
    }
    let header = match (first >> 4) & 7 {
        1 => Header::Whole(Kind::Commit),
        2 => Header::Whole(Kind::Tree),
        3 => Header::Whole(Kind::Blob),
        4 => Header::Whole(Kind::Tag),
        6 => {
            let (distance, after) = distance(rest)?;
            rest = after;
            Header::Offset(offset.checked_sub(distance).filter(|&base| base >= HEADER && base < offset)?)
        }
        7 => {
            let (id, after) = rest.split_at_checked(hash.len_in_bytes())?;
            rest = after;
            Header::Ref(ObjectId::try_from(id).ok()?)
        }
        _ => return None,
    };
    Some(Entry { header, size, data: offset.checked_add((bytes.len() - rest.len()) as u64)? })
}

/// How far back the base stands: seven bits a byte, the highest first, each further byte counting one more.
fn distance(mut rest: &[u8]) -> Option<(u64, &[u8])> {
    let mut byte;
    (byte, rest) = split(rest)?;
    let mut distance = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        (byte, rest) = split(rest)?;
        distance = distance.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    Some((distance, rest))
}

fn split(bytes: &[u8]) -> Option<(u8, &[u8])> {
    bytes.split_first().map(|(&byte, rest)| (byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headers_are_read() {
        let read = |bytes: &[u8]| entry(bytes, 1000, gix_hash::Kind::Sha1);
        let whole = Entry { header: Header::Whole(Kind::Blob), size: 0x125, data: 1002 };
        assert_eq!(read(&[0xb5, 0x12, 9]), Some(whole));
        let delta = Entry { header: Header::Offset(1000 - 128 - 5), size: 3, data: 1003 };
        assert_eq!(read(&[0x63, 0x80, 0x05]), Some(delta));
        assert_eq!(read(&[0x63, 0x00]), None, "a delta against itself");
        assert_eq!(read(&[0x63, 0x87, 0x7f]), None, "a base before the pack");
        assert_eq!(read(&[0x53, 0x00]), None, "no such type");
        assert_eq!(read(&[0x73, 0x00]), None, "an id that is cut off");
        assert_eq!(read(&[0xb0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40), at in any::<u64>()) {
            if let Some(Entry { header: Header::Offset(base), .. }) = entry(&bytes, at, gix_hash::Kind::Sha256) {
                prop_assert!(base < at);
            }
        }
    }
}
