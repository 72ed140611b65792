//! A split index: a shared one, and what the index at hand deletes from it, replaces in it and adds to it.

use super::parse::{IndexFile, Link};
use super::{Index, IndexError, Record, load};
use crate::source::git::open::Repository;

/// The index that `own` makes of its shared half, which lies in the git folder, or else beside the index.
pub(super) fn merge(own: IndexFile, link: &Link, repository: &Repository) -> Result<Index, IndexError> {
    let name = format!("sharedindex.{}", link.base);
    let beside = repository.index_file.parent().map(|folder| folder.join(&name));
    let places = [Some(repository.git_dir.join(&name)), beside];
    let mut shared = None;
    for place in places.into_iter().flatten() {
        shared = shared.or(load(&place, repository.hash)?);
    }
    let shared = shared.ok_or_else(|| IndexError::corrupt(format_args!("its shared half, {name}, is missing")))?;
    if shared.file.checksum != link.base || shared.shared.is_some() {
        return Err(IndexError::corrupt(format_args!("its shared half, {name}, is another one")));
    }
    let (deleted, replaced) = bitmaps(&link.bitmaps, shared.file.records.len())
        .ok_or_else(|| IndexError::corrupt("its link extension makes no sense"))?;
    combine(own, shared.file, &deleted, &replaced, repository.hash.len_in_bytes()).map_err(IndexError::corrupt)
}

fn combine(
    own: IndexFile,
    shared: IndexFile,
    deleted: &[usize],
    replaced: &[usize],
    hash_len: usize,
) -> Result<Index, &'static str> {
    let unnamed = own.records.partition_point(|r| r.path_len == 0);
    if unnamed != replaced.len() {
        return Err("it replaces more or fewer entries than it says");
    }
    let offset = own.buffers.len() as u8;
    let mut base = shared.records;
    for record in &mut base {
        record.id_in += offset;
        record.path_in += offset;
    }
    for (&at, new) in replaced.iter().zip(&own.records) {
        let old = base[at];
        base[at] = Record { path_in: old.path_in, path_at: old.path_at, path_len: old.path_len, ..*new };
    }
    let mut gone = deleted.iter().copied().peekable();
    let mut at = 0..;
    base.retain(|_| gone.next_if_eq(&at.next().unwrap_or(usize::MAX)).is_none());
    let mut buffers = own.buffers;
    buffers.extend(shared.buffers);
    let mut index = Index { buffers, records: Vec::new(), hash_len, tree: own.tree };
    let added = &own.records[unnamed..];
    let mut records = Vec::with_capacity(base.len() + added.len());
    let key = |r: &Record| (index.path(r).to_vec(), r.stage());
    let mut base = base.into_iter().peekable();
    for new in added {
        let this = key(new);
        while let Some(old) = base.next_if(|old| (index.path(old), old.stage()) < (&this.0[..], this.1)) {
            records.push(old);
        }
        base.next_if(|old| (index.path(old), old.stage()) == (&this.0[..], this.1));
        records.push(*new);
    }
    records.extend(base);
    index.records = records;
    Ok(index)
}

/// Which entries of the shared index are deleted and replaced; none where there are no bitmaps.
fn bitmaps(data: &[u8], len: usize) -> Option<(Vec<usize>, Vec<usize>)> {
    if data.is_empty() {
        return Some((Vec::new(), Vec::new()));
    }
    let (deleted, rest) = ewah(data, len)?;
    let (replaced, rest) = ewah(rest, len)?;
    rest.is_empty().then_some((deleted, replaced))
}

/// The set bits of a compressed bitmap, all below `len`, and what follows it. (Documentation/technical/bitmap-format.)
fn ewah(data: &[u8], len: usize) -> Option<(Vec<usize>, &[u8])> {
    let (head, rest) = data.split_at_checked(8)?;
    let words = u32::from_be_bytes(head[4..].try_into().ok()?) as usize;
    let (body, rest) = rest.split_at_checked(words.checked_mul(8)?)?;
    let rest = rest.get(4..)?;
    let mut words = body.chunks_exact(8).map(|w| w.iter().fold(0u64, |all, &b| all << 8 | u64::from(b)));
    let mut set = Vec::new();
    let mut at = 0usize;
    while let Some(marker) = words.next() {
        let run = usize::try_from((marker >> 1) & 0xffff_ffff).ok()?.checked_mul(64)?;
        let end = at.checked_add(run)?;
        if marker & 1 != 0 {
            if end > len.next_multiple_of(64) {
                return None;
            }
            set.extend(at..end);
        }
        at = end;
        for _ in 0..marker >> 33 {
            let word = words.next()?;
            set.extend((0..64).filter(|bit| word >> bit & 1 != 0).map(|bit| at.saturating_add(bit)));
            at = at.checked_add(64)?;
        }
    }
    set.last().is_none_or(|&last| last < len).then_some((set, rest))
}
