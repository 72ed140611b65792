//! Loose objects: a file each, a zlib stream of header and content.

use super::ObjectError;
use flate2::{Decompress, FlushDecompress, Status};
use gix_hash::ObjectId;
use gix_object::Kind;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The longest header: a kind, a blank, twenty digits, a NUL.
const HEADER: usize = 32;
/// How much is inflated at a time.
const STEP: usize = 64 << 10;

/// A loose object that is being read.
struct Stream {
    file: File,
    zlib: Decompress,
    input: Vec<u8>,
    used: usize,
    filled: usize,
    done: bool,
}

/// Where the object's file is, in an object folder.
pub(super) fn path(dir: &Path, id: &ObjectId) -> PathBuf {
    let hex = id.to_string();
    let (folder, file) = hex.split_at(2);
    dir.join(folder).join(file)
}

/// Reads the object into `out` (cleared first), if its content is no larger than `limit`; `Missing` where there is
/// no such file.
pub(super) fn read(dir: &Path, id: &ObjectId, limit: u64, out: &mut Vec<u8>) -> Result<Kind, ObjectError> {
    out.clear();
    let mut stream = Stream::open(&path(dir, id))?;
    let mut head = Vec::with_capacity(STEP);
    stream.read(&mut head)?;
    let (kind, size, from) = header(&head).ok_or_else(|| corrupt("its header is damaged"))?;
    let mut hasher = gix_hash::hasher(id.kind());
    hasher.update(&head);
    if size > limit {
        // A size that is only declared is no reason to leave an object out.
        let (mut piece, mut seen) = (Vec::with_capacity(STEP), (head.len() - from) as u64);
        while !stream.done && seen <= size {
            piece.clear();
            stream.read(&mut piece)?;
            hasher.update(&piece);
            seen += piece.len() as u64;
        }
        return Err(match hasher.try_finalize() {
            Ok(made) if made == *id => ObjectError::TooLarge(size),
            _ => corrupt("its content is not that of its id"),
        });
    }
    head.drain(..from);
    *out = head;
    // What is declared is believed only as far as it comes.
    while !stream.done && out.len() as u64 <= size {
        let before = out.len();
        out.try_reserve(STEP.max(before.min(size as usize)))
            .map_err(|_| corrupt("there is not enough memory for it"))?;
        stream.read(out)?;
        hasher.update(out.get(before..).unwrap_or_default());
    }
    if out.len() as u64 != size {
        return Err(corrupt("its size is not the declared one"));
    }
    match hasher.try_finalize() {
        Ok(made) if made == *id => Ok(kind),
        _ => Err(corrupt("its content is not that of its id")),
    }
}

/// Kind and size, from the header alone.
pub(super) fn read_header(dir: &Path, id: &ObjectId) -> Result<(Kind, u64), ObjectError> {
    let mut stream = Stream::open(&path(dir, id))?;
    let mut head = Vec::with_capacity(HEADER);
    stream.read(&mut head)?;
    header(&head).map(|(kind, size, _)| (kind, size)).ok_or_else(|| corrupt("its header is damaged"))
}

/// Kind, size, and where the content begins.
fn header(bytes: &[u8]) -> Option<(Kind, u64, usize)> {
    let nul = bytes.iter().take(HEADER).position(|&b| b == 0)?;
    let blank = bytes.iter().take(nul).position(|&b| b == b' ')?;
    let kind = Kind::from_bytes(bytes.get(..blank)?).ok()?;
    let digits = bytes.get(blank + 1..nul).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    Some((kind, std::str::from_utf8(digits).ok()?.parse().ok()?, nul + 1))
}

/// The ids of the loose objects in one of the 256 folders of an object folder.
///
/// # Errors
/// Where the folder can't be read; that it is not there is none.
pub(super) fn list(dir: &Path, first: u8, hash: gix_hash::Kind, ids: &mut Vec<ObjectId>) -> std::io::Result<()> {
    let folder = format!("{first:02x}");
    let entries = match std::fs::read_dir(dir.join(&folder)) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
        Err(e) => return Err(e),
    };
    for entry in entries {
        let name = entry?.file_name();
        // Others are temporary files.
        let hex = name.to_str().filter(|name| name.len() + 2 == hash.len_in_hex());
        if let Some(hex) = hex
            && let Ok(id) = ObjectId::from_hex(format!("{folder}{hex}").as_bytes())
        {
            ids.push(id);
        }
    }
    Ok(())
}

impl Stream {
    fn open(path: &Path) -> Result<Stream, ObjectError> {
        let fail = |e: std::io::Error| match e.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ObjectError::Missing,
            ErrorKind::PermissionDenied => corrupt("its file can't be read: permission denied"),
            _ => corrupt(&format!("its file can't be read: {e}")),
        };
        if !std::fs::metadata(path).map_err(fail)?.is_file() {
            return Err(corrupt("it is no regular file"));
        }
        let file = File::open(path).map_err(fail)?;
        let input = vec![0; STEP / 4];
        Ok(Stream { file, zlib: Decompress::new(true), input, used: 0, filled: 0, done: false })
    }

    /// Inflates until `out` is as full as it can be without growing, or the stream ends.
    fn read(&mut self, out: &mut Vec<u8>) -> Result<(), ObjectError> {
        while !self.done && out.len() < out.capacity() {
            if self.used == self.filled {
                self.used = 0;
                self.filled =
                    self.file.read(&mut self.input).map_err(|e| corrupt(&format!("its file can't be read: {e}")))?;
                if self.filled == 0 {
                    return Err(corrupt("its compressed data is cut off"));
                }
            }
            let before = self.zlib.total_in();
            let input = self.input.get(self.used..self.filled).unwrap_or_default();
            let status = self
                .zlib
                .decompress_vec(input, out, FlushDecompress::None)
                .map_err(|_| corrupt("its compressed data is damaged"))?;
            self.used += (self.zlib.total_in() - before) as usize;
            self.done = status == Status::StreamEnd;
        }
        Ok(())
    }
}

fn corrupt(why: &str) -> ObjectError {
    ObjectError::Corrupt(why.to_owned())
}
