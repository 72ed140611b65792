//! Seals entries: a hash with the folder's own secret, over the key and the content. It tells a torn, changed, exchanged
//! or foreign file from one that this program wrote here.

use super::{BUILD, folder};
use sha2::{Digest, Sha256};
use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::path::Path;

/// The file with the secret.
pub(super) const SECRET: &str = "seal";
/// What each entry begins with, before the build's name and a line's end.
const MAGIC: &str = "leakbreak cache ";

/// The folder's own secret.
pub(super) struct Seal([u8; 32]);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// The secret of a folder, made where there is none. Of two processes that make one at once the first one's stays.
    pub(super) fn of(folder: &Path) -> std::io::Result<Seal> {
        let path = folder.join(SECRET);
        for _ in 0..3 {
            if let Some(secret) = read_secret(&path) {
                return Ok(Seal(secret));
            }
            if std::fs::symlink_metadata(&path).is_ok() {
                // Damaged, or not ours: with another secret every old entry is void, as it should be.
                std::fs::remove_file(&path)?;
            }
            let mut file = tempfile::Builder::new().prefix(super::prune::UNFINISHED).tempfile_in(folder)?;
            file.write_all(&random())?;
            match file.persist_noclobber(&path) {
                Err(e) if e.error.kind() != std::io::ErrorKind::AlreadyExists => return Err(e.error),
                _ => {}
            }
        }
        Err(std::io::Error::other("its seal can't be read"))
    }

    fn make(&self, key: &[u8; 32], content: &[u8]) -> [u8; 32] {
        // The parts before the content have fixed lengths, so nothing can be moved from one to the next; the secret at
        // the end as well keeps a longer content from being sealed with a known seal.
        let mut hasher = Sha256::new();
        for part in [&self.0[..], key, content, &self.0] {
            hasher.update(part);
        }
        hasher.finalize().into()
    }

    /// What stands before the content.
    pub(super) fn head(&self, key: &[u8; 32], content: &[u8]) -> Vec<u8> {
        [start().as_bytes(), &self.make(key, content)].concat()
    }

    /// The content of an entry, if it is as it was written, by this program, for this key.
    pub(super) fn broken(&self, key: &[u8; 32], mut entry: Vec<u8>) -> Option<Vec<u8>> {
        let start = start();
        let from = start.len() + 32;
        let sealed = entry.strip_prefix(start.as_bytes())?.first_chunk::<32>()?;
        if *sealed != self.make(key, entry.get(from..)?) {
            return None;
        }
        entry.drain(..from);
        Some(entry)
    }
}

/// How the entries of this program begin.
pub(super) fn start() -> String {
    format!("{MAGIC}{BUILD}\n")
}

/// All of a file.
pub(super) fn read(file: &mut std::fs::File) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(file.metadata().ok()?.len()).ok()?);
    file.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

fn read_secret(path: &Path) -> Option<[u8; 32]> {
    read(&mut folder::own_file(path, 32)?)?.try_into().ok()
}

/// What nobody can guess: the hashers' keys come from the system's own source of such.
fn random() -> [u8; 32] {
    let mut out = [0; 32];
    for (at, chunk) in out.chunks_mut(8).enumerate() {
        chunk.copy_from_slice(&RandomState::new().hash_one(at).to_le_bytes());
    }
    out
}
