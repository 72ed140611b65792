//! Tells files apart: by what is in them, and, without reading them again, by what the file system says.

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// So much is hashed at a time.
const PIECE: usize = 1 << 20;
/// A file that changed this shortly ago may change again without a new time.
const TICK: Duration = Duration::from_millis(100);
/// The same where times are in whole seconds, or in two.
const COARSE: Duration = Duration::from_secs(3);

/// A hash of a pack and its index, made on all cores. (Not the pack's own checksum: nobody can say which bytes end with
/// that without reading them all, and a stranger can write any.)
pub(super) fn print(pack: &[u8], index: &[u8]) -> [u8; 32] {
    let pieces: Vec<[u8; 32]> =
        [pack, index].into_par_iter().flat_map(|bytes| bytes.par_chunks(PIECE).map(|piece| hash(&[piece]))).collect();
    hash(&[&(pack.len() as u64).to_le_bytes(), pieces.as_flattened()])
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// Which file this is, and in which state: device, inode, size, times. A file that was written to has other times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity([u64; 5]);

/// How many bytes it has.
pub(super) const IDENTITY: usize = 40;

impl Identity {
    /// That of a file; None where it can't be told, or where a change right now could not be seen later.
    pub(super) fn of(path: &Path) -> Option<Identity> {
        let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let modified = meta.modified().ok()?;
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok();
        #[cfg(unix)]
        let (changed, device, inode) = {
            use std::os::unix::fs::MetadataExt;
            let changed = Duration::new(u64::try_from(meta.ctime()).ok()?, u32::try_from(meta.ctime_nsec()).ok()?);
            (changed, meta.dev(), meta.ino())
        };
        #[cfg(not(unix))]
        let (changed, device, inode) = (since(modified)?, 0, 0);
        let wait = if changed.subsec_nanos() == 0 { COARSE } else { TICK };
        let settled = since(SystemTime::now())?.checked_sub(changed).is_some_and(|age| age > wait);
        let nanos = |time: Duration| time.as_nanos() as u64;
        settled.then(|| Identity([device, inode, meta.len(), nanos(changed), since(modified).map_or(0, nanos)]))
    }

    pub(super) fn to_bytes(self) -> [u8; IDENTITY] {
        let mut out = [0; IDENTITY];
        out.chunks_exact_mut(8).zip(self.0).for_each(|(to, n)| to.copy_from_slice(&n.to_le_bytes()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_counts_and_where_it_stands() {
        let pack = vec![7; PIECE + 10];
        let one = print(&pack, b"index");
        assert_eq!(one, print(&pack, b"index"));
        for at in [0, PIECE - 1, PIECE, PIECE + 9] {
            let mut other = pack.clone();
            other[at] ^= 1;
            assert_ne!(one, print(&other, b"index"));
        }
        assert_ne!(one, print(&pack, b"indes"));
        assert_ne!(print(b"ab", b"c"), print(b"a", b"bc"));
    }

    #[test]
    fn a_file_that_was_just_written_has_no_identity_yet() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        std::fs::write(&path, "a").unwrap();
        let early = Identity::of(&path);
        std::thread::sleep(TICK * 2);
        let later = Identity::of(&path);
        assert!(early.is_none() || later == early);
        std::fs::write(&path, "b").unwrap();
        std::thread::sleep(TICK * 2);
        assert!(later.is_none() || later != Identity::of(&path), "the same size, other times");
    }
}
