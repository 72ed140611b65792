//! What is worth knowing again at the next scan, in a folder of the user's own. Knows bytes under keys, and nothing of
//! what they mean.
//!
//! An entry is a file, written under another name and then renamed, so that several processes may read and write at
//! once and none ever waits: a run that is killed leaves an old entry or a new one. Nothing here is believed for being
//! here: a file counts only if it is the user's own, plain, and sealed ([`seal`]) under the very key that is asked for.
//! Nothing here ever fails: what can't be read is not known, and what can't be written is not kept.
//!
//! (An embedded database was weighed. SQLite is C, a megabyte of it, and waits for its writers; redb locks its file, so
//! that a second process at the same time would be without a cache, and reads a damaged file with asserts. What is kept
//! here is a few large values under full keys, which a file system holds as well.)

mod folder;
mod prune;
mod seal;
#[cfg(test)]
mod tests;

pub use folder::FolderError;
pub use prune::Pruned;

use seal::Seal;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// All entries together take no more than this, unless the user says otherwise.
pub const ROOM: u64 = 1 << 30;
/// This program: entries of another one, older or newer, are as if they were not there.
pub const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), "+", env!("LEAKBREAK_BUILD"));
/// How an entry's file name ends.
const ENDING: &str = ".entry";
/// An entry's use is noted at most this often.
const USED: Duration = Duration::from_secs(600);

/// What an entry stands for: a hash of all that it depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key for these parts, in this order.
    pub fn of(parts: &[&[u8]]) -> Key {
        let mut hasher = Sha256::new();
        for part in [BUILD.as_bytes()].iter().chain(parts) {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Key(hasher.finalize().into())
    }

    /// The key as bytes, to be part of another.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    fn file_name(&self) -> String {
        let hex: String = self.0[..20].iter().map(|byte| format!("{byte:02x}")).collect();
        hex + ENDING
    }
}

/// The cache.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    seal: Seal,
    room: u64,
}

impl Cache {
    /// Opens the cache in `folder`, which is made where it is not there. `apart` names folders that it must not be in:
    /// what is scanned may come from a stranger.
    ///
    /// # Errors
    /// Why it can't be used.
    pub fn open(folder: &Path, apart: &[&Path]) -> Result<Cache, FolderError> {
        let folder = folder::open(folder, apart)?;
        let seal = Seal::of(&folder).map_err(FolderError::Unusable)?;
        Ok(Cache { folder, seal, room: ROOM })
    }

    /// As [`Cache::open`], with another bound for all entries together.
    pub fn with_room(self, room: u64) -> Cache {
        Cache { room, ..self }
    }

    /// What is kept under a key.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let path = self.folder.join(key.file_name());
        let mut file = folder::own_file(&path, self.room)?;
        let bytes = seal::read(&mut file)?;
        let content = self.seal.broken(&key.0, bytes)?;
        let old = file.metadata().and_then(|meta| meta.modified()).ok().and_then(|time| time.elapsed().ok());
        if old.is_some_and(|old| old > USED) {
            // Only to know what was used last.
            let _ = std::fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        }
        Some(content)
    }

    /// Keeps something under a key, if that can be done.
    pub fn put(&self, key: &Key, content: &[u8]) {
        if content.len() as u64 > self.room / 4 || self.write(key, content).is_err() {
            return;
        }
        if prune::size(&self.folder) > self.room {
            prune::to(&self.folder, self.room / 4 * 3);
        }
    }

    fn write(&self, key: &Key, content: &[u8]) -> std::io::Result<()> {
        let mut file = tempfile::Builder::new().prefix(prune::UNFINISHED).tempfile_in(&self.folder)?;
        file.write_all(&self.seal.head(&key.0, content))?;
        file.write_all(content)?;
        file.flush()?;
        file.persist(self.folder.join(key.file_name())).map_err(|e| e.error)?;
        Ok(())
    }

    /// Removes what no run of this program can use, and then what was not used for the longest time, until all that is
    /// left takes no more than `room` bytes (None: the bound that holds anyway).
    pub fn prune(&self, room: Option<u64>) -> Pruned {
        let mut pruned = prune::foreign(&self.folder);
        pruned.add(prune::to(&self.folder, room.unwrap_or(self.room)));
        pruned
    }

    /// Removes everything.
    pub fn clear(&self) -> Pruned {
        prune::all(&self.folder)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
