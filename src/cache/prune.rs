//! Keeps the cache small.

use super::{ENDING, folder, seal};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How the name of a file begins that is being written.
pub(super) const UNFINISHED: &str = "new-";
/// After this time nobody writes it any more.
const GIVEN_UP: Duration = Duration::from_secs(3600);

/// What was removed, and what is left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Files removed.
    pub removed: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Entries left.
    pub left: u64,
    /// Their bytes.
    pub left_bytes: u64,
}

impl Pruned {
    pub(super) fn add(&mut self, later: Pruned) {
        *self = Pruned { removed: self.removed + later.removed, bytes: self.bytes + later.bytes, ..later };
    }
}

/// A file of ours.
struct Entry {
    path: PathBuf,
    bytes: u64,
    used: SystemTime,
}

impl Entry {
    fn is_unfinished(&self) -> bool {
        self.path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED))
    }
}

/// The files of ours in a folder, seals left out: whatever else somebody put there is theirs.
fn entries(folder: &Path) -> Vec<Entry> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = files.filter(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.ends_with(ENDING) || name.starts_with(UNFINISHED)
    });
    let entry = |file: std::fs::DirEntry| {
        let meta = file.metadata().ok()?;
        Some(Entry { path: file.path(), bytes: meta.len(), used: meta.modified().unwrap_or(SystemTime::UNIX_EPOCH) })
    };
    ours.filter_map(entry).collect()
}

/// How many bytes all entries take.
pub(super) fn size(folder: &Path) -> u64 {
    entries(folder).iter().map(|entry| entry.bytes).sum()
}

/// Removes what was not used for the longest time until `room` is enough for the rest.
pub(super) fn to(folder: &Path, room: u64) -> Pruned {
    let mut all = entries(folder);
    all.sort_by(|a, b| (a.used, &a.path).cmp(&(b.used, &b.path)));
    let mut size: u64 = all.iter().map(|entry| entry.bytes).sum();
    remove(all, |entry| {
        let goes = size > room;
        size -= if goes { entry.bytes } else { 0 };
        goes
    })
}

/// Removes what was begun and not finished, and entries of other builds.
pub(super) fn foreign(folder: &Path) -> Pruned {
    let start = seal::start();
    remove(entries(folder), |entry| match entry.is_unfinished() {
        true => entry.used.elapsed().is_ok_and(|age| age > GIVEN_UP),
        false => {
            let mut head = vec![0; start.len()];
            let file = folder::own_file(&entry.path, u64::MAX);
            file.and_then(|mut file| file.read_exact(&mut head).ok()).is_none_or(|()| head != start.as_bytes())
        }
    })
}

/// Removes all.
pub(super) fn all(folder: &Path) -> Pruned {
    let _ = std::fs::remove_file(folder.join(seal::SECRET));
    remove(entries(folder), |_| true)
}

fn remove(entries: Vec<Entry>, mut goes: impl FnMut(&Entry) -> bool) -> Pruned {
    let mut pruned = Pruned::default();
    for entry in entries {
        if goes(&entry) && std::fs::remove_file(&entry.path).is_ok() {
            pruned.removed += 1;
            pruned.bytes += entry.bytes;
        } else {
            pruned.left += 1;
            pruned.left_bytes += entry.bytes;
        }
    }
    pruned
}
