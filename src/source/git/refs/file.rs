//! Reference files: one id or one name each. Bounded and tolerant; FIFOs and the like are never opened.

use crate::blob::{Skip, SkipReason};
use bstr::{BString, ByteSlice};
use gix_hash::{Kind, ObjectId};
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// More than any name of a reference that a file system can hold.
const MAX_BYTES: u64 = 16 * 1024;

/// What a reference's file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// An object's id.
    Id(ObjectId),
    /// The full name of another reference.
    Symbolic(BString),
    /// Neither; why.
    Broken(String),
    /// There is no such file.
    Absent,
}

/// A relative path of a repository's folder, from the bytes that git writes.
pub(super) fn to_path(name: &[u8]) -> PathBuf {
    name.to_path_lossy().into_owned()
}

/// Reads one reference file.
pub(super) fn read(path: &Path, hash: Kind) -> Raw {
    let failed = |e: std::io::Error| match e.kind() {
        // A file where a name wants a folder: no such reference.
        ErrorKind::NotFound | ErrorKind::NotADirectory => Raw::Absent,
        _ => Raw::Broken(format!("cannot be read: {e}")),
    };
    let kind = match fs::symlink_metadata(path) {
        Ok(meta) => meta.file_type(),
        Err(e) => return failed(e),
    };
    if kind.is_symlink() {
        // The old way to write a symbolic reference.
        let target = fs::read_link(path).ok();
        if let Some(name) = target.as_deref().and_then(|t| <[u8]>::from_path(t)).filter(|t| t.starts_with(b"refs/")) {
            return Raw::Symbolic(name.into());
        }
    }
    match fs::metadata(path) {
        Ok(meta) if meta.is_file() => {}
        // `refs/heads/topic` asked for while `refs/heads/topic/x` exists.
        Ok(meta) if meta.is_dir() => return Raw::Absent,
        Ok(_) => return Raw::Broken("neither a file nor a folder".into()),
        Err(e) if kind.is_symlink() => return Raw::Broken(format!("cannot be read: {e}")),
        Err(e) => return failed(e),
    }
    let mut text = Vec::new();
    match fs::File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_end(&mut text)) {
        Ok(_) => parse(&text, hash),
        Err(e) => failed(e),
    }
}

/// As git's parse_loose_ref_contents: what follows the id after white space does not count.
fn parse(text: &[u8], hash: Kind) -> Raw {
    if let Some(name) = text.strip_prefix(b"ref:") {
        let name = name.trim();
        return match name.find_byteset(b"\n\0") {
            None if !name.is_empty() && !leaves(name) => Raw::Symbolic(name.into()),
            _ => Raw::Broken("not a name of a reference".into()),
        };
    }
    let end = text.iter().position(|b| b.is_ascii_whitespace() || *b == 0).unwrap_or(text.len());
    match ObjectId::from_hex(&text[..end]) {
        Ok(id) if id.kind() == hash && !id.is_null() => Raw::Id(id),
        Ok(id) if id.kind() == hash => Raw::Broken("the null id".into()),
        _ if text.trim().is_empty() => Raw::Broken("an empty file".into()),
        _ => Raw::Broken(format!("no {hash} id")),
    }
}

/// Whether a name would lead out of the repository's folder.
fn leaves(name: &[u8]) -> bool {
    name.starts_with(b"/") || name.split_str("/").any(|part| part == b"..")
}

/// All reference files below `dir`/`top`, by full name. Links to folders are not followed: they could lead anywhere.
pub(super) fn read_tree(dir: &Path, top: &[u8], hash: Kind, skips: &mut Vec<Skip>) -> Vec<(BString, Raw)> {
    let mut out = Vec::new();
    for name in files(dir, top, skips) {
        match read(&dir.join(to_path(&name)), hash) {
            Raw::Absent => {}
            raw => out.push((name, raw)),
        }
    }
    out
}

/// The names of all files below `dir`/`top`, without git's locks and without dot files, which git takes for none.
pub(super) fn files(dir: &Path, top: &[u8], skips: &mut Vec<Skip>) -> Vec<BString> {
    let mut out = Vec::new();
    let mut open = vec![BString::from(top)];
    while let Some(folder) = open.pop() {
        for (name, kind) in entries(&dir.join(to_path(&folder)), &folder, skips) {
            let full: BString = [folder.as_slice(), b"/", &name].concat().into();
            if name.starts_with(b".") || name.ends_with(b".lock") {
                continue;
            } else if kind.is_dir() {
                open.push(full);
            } else if kind.is_symlink() && dir.join(to_path(&full)).is_dir() {
                let why = "a symbolic link to a folder: not followed";
                skips.push(Skip::new(SkipReason::BrokenReference, full, why));
            } else {
                out.push(full);
            }
        }
    }
    out.sort();
    out
}

/// The names of the folders in `dir`, sorted.
pub(super) fn folders(dir: &Path, shown: &[u8], skips: &mut Vec<Skip>) -> Vec<BString> {
    let all = entries(dir, shown, skips).into_iter();
    let mut out: Vec<_> = all.filter(|(_, kind)| kind.is_dir()).map(|(name, _)| name).collect();
    out.sort();
    out
}

fn entries(dir: &Path, shown: &[u8], skips: &mut Vec<Skip>) -> Vec<(BString, fs::FileType)> {
    let mut failed = |e: std::io::Error| {
        if !matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) {
            skips.push(Skip::new(SkipReason::Unreadable, shown, e.to_string()));
        }
    };
    let list = match fs::read_dir(dir) {
        Ok(list) => list,
        Err(e) => {
            failed(e);
            return Vec::new();
        }
    };
    let mut out = Vec::new();
    for entry in list {
        match entry.and_then(|e| Ok((e.file_name(), e.file_type()?))) {
            Ok((name, kind)) => out.push((<[u8]>::from_os_str(&name).unwrap_or_default().into(), kind)),
            Err(e) => failed(e),
        }
    }
    out
}
