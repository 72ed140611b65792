//! Ids cut short: which objects begin so. Reads the names in pack indexes and folders, never an object.

use crate::source::git::open::Repository;
use bstr::ByteSlice;
use gix_hash::ObjectId;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// The ids that begin with `hex` (at least four digits). What can't be read is passed over: reading the object tells.
pub(super) fn find(repository: &Repository, hex: &str) -> BTreeSet<ObjectId> {
    let hex = hex.to_ascii_lowercase();
    let mut out = BTreeSet::new();
    let Ok(first) = u8::from_str_radix(hex.get(..2).unwrap_or_default(), 16) else { return out };
    let mut take = |id: Option<ObjectId>| out.extend(id.filter(|id| id.to_string().starts_with(&hex)));
    for dir in &repository.object_dirs {
        for entry in dir.join(&hex[..2]).read_dir().into_iter().flatten().flatten() {
            let full = [&hex.as_bytes()[..2], <[u8]>::from_os_str(&entry.file_name()).unwrap_or_default()].concat();
            take(ObjectId::from_hex(&full).ok().filter(|id| id.kind() == repository.hash));
        }
        for entry in dir.join("pack").read_dir().into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|e| e == "idx") {
                let names = names(&entry.path(), first, repository.hash.len_in_bytes()).unwrap_or_default();
                names.into_iter().for_each(|name| take(ObjectId::try_from(&name[..]).ok()));
            }
        }
    }
    out
}

/// The names in a pack's index (version 1 or 2) that begin with this byte.
fn names(path: &Path, first: u8, hash_len: usize) -> std::io::Result<Vec<Vec<u8>>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = [0; 8 + 1024];
    file.read_exact(&mut head)?;
    let (fan, start, before) = match &head[..8] {
        [0xff, b't', b'O', b'c', 0, 0, 0, 2] => (&head[8..], 8 + 1024, 0),
        _ => (&head[..1024], 1024, 4),
    };
    let count = |at: usize| fan[at * 4..].first_chunk().map_or(0, |n| u64::from(u32::from_be_bytes(*n)));
    let (from, to) = (if first == 0 { 0 } else { count(first as usize - 1) }, count(first as usize));
    let size = (before + hash_len) as u64;
    let bytes = to.saturating_sub(from).saturating_mul(size);
    file.seek(SeekFrom::Start((start as u64).saturating_add(from.saturating_mul(size))))?;
    let mut all = Vec::new();
    file.take(bytes.min(length)).read_to_end(&mut all)?;
    Ok(all.chunks_exact(size as usize).map(|entry| entry[before..].to_vec()).collect())
}
