//! Reads small files of a repository that may be hostile: only regular files, and only so much of them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Enough for `HEAD`, `commondir` and a `.git` file.
pub(super) const LINK: u64 = 64 << 10;
/// Enough for the references of the largest repositories.
pub(in crate::source::git) const PACKED: u64 = 256 << 20;
/// Enough for a configuration, a list of alternates or of shallow commits.
pub(in crate::source::git) const LIST: u64 = 64 << 20;

/// The content of the regular file at `path`; a FIFO or a device would hold the scan up for ever.
///
/// # Errors
/// As reading does; `InvalidData` where it is no regular file or larger than `limit`.
pub(in crate::source::git) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is larger than {limit} bytes")));
    }
    Ok(bytes)
}

/// A path as git writes it into its own files: bytes.
#[cfg(unix)]
pub(super) fn path_from_bytes(bytes: &[u8]) -> std::path::PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// A path as git writes it into its own files: UTF-8.
#[cfg(not(unix))]
pub(super) fn path_from_bytes(bytes: &[u8]) -> std::path::PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
