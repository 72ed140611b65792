//! Reads a file of settings into text. What is wrong is said without a byte of the file.

use crate::{Error, Result};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The text of the file, without a byte order mark.
///
/// # Errors
/// [`Error::Path`] if it can't be read; [`Error::File`] if it is over `limit` bytes or no UTF-8.
pub(crate) fn read_text(path: &Path, limit: u64) -> Result<String> {
    let mut bytes = Vec::new();
    // Some systems open a folder and then fail to read it: the same error either way.
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
        .map_err(|e| Error::path(path, format!("cannot be read: {e}")))?;
    if bytes.len() as u64 > limit {
        return Err(file_error(path, None, format!("is over {limit} bytes, too large for such a file")));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = line_at(e.as_bytes(), e.utf8_error().valid_up_to());
        file_error(path, Some(line), "is not UTF-8 text: save it as UTF-8")
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// The line (from 1) of the byte at `offset`.
pub(crate) fn line_at(text: &[u8], offset: usize) -> usize {
    1 + memchr::memchr_iter(b'\n', &text[..offset.min(text.len())]).count()
}

/// An [`Error::File`].
pub(crate) fn file_error(path: &Path, line: Option<usize>, why: impl Into<String>) -> Error {
    Error::File { path: path.to_owned(), line, why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, bytes).unwrap();
        read_text(&path, 100)
    }

    #[test]
    fn a_byte_order_mark_is_left_out() {
        assert_eq!(read(b"\xef\xbb\xbfa = 1\n").unwrap(), "a = 1\n");
    }

    #[test]
    fn what_is_no_text_is_an_error_with_its_line_and_nothing_of_it() {
        let error = read(b"a = 1\nb = 'planted\xff'\n").unwrap_err().to_string();
        assert!(error.contains("x.toml:2: is not UTF-8"), "{error}");
        assert!(!error.contains("planted"));
        assert!(read(&[b'#'; 101]).unwrap_err().to_string().contains("over 100 bytes"));
        assert!(read_text(Path::new("/nowhere/at/all"), 9).unwrap_err().to_string().contains("/nowhere/at/all"));
    }
}
