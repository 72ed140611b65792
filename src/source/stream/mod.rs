//! Reads a stream into a sink: whole where it is small enough to hold, else in [`windows`] that overlap.

mod windows;

use super::Sink;
use crate::blob::{Blob, Origin};
use bstr::ByteSlice;
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, ErrorKind, Read};

/// How much is held at once.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// Up to so many bytes are one blob.
    whole: usize,
    /// Beyond that, so many are.
    window: usize,
    /// What a window repeats of the one before it: more than any token with its evidence.
    overlap: usize,
    /// So many windows at most are looked at side by side, while as many are read.
    beside: usize,
}

const SIZES: Sizes = Sizes { whole: 64 << 20, window: 4 << 20, overlap: 64 << 10, beside: 4 };

/// A buffer begins with so many bytes, which holds nearly every file...
const LEAST: usize = 256 << 10;
/// ... and one of more than these is not kept for the next stream.
const KEPT: usize = 4 << 20;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of its bytes were read.
    Read(u64),
    /// There are more than the limit allows.
    Over,
    /// It has so many, which is more than that.
    TooLarge(u64),
    /// It is no file after all.
    Special,
    /// Its content is not wanted.
    Refused,
    /// The sink wanted no more.
    Cancelled,
}

/// What is wanted of a stream.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// Says how long it should be, where that can be told: asked only where there is more than a buffer holds.
    pub(super) size: &'a dyn Fn() -> io::Result<Size>,
    /// More bytes are not read; 0: any number is.
    pub(super) limit: u64,
    /// Says of a whole content that it is not wanted.
    pub(super) is_refused: fn(&[u8]) -> bool,
}

/// How long a stream should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    /// Nobody knows.
    Unknown,
    /// A file, of so many bytes.
    Bytes(u64),
    /// It is no file.
    Special,
}

impl Wanted<'_> {
    /// Whatever comes, up to a limit.
    pub(super) fn up_to(limit: u64) -> Self {
        Wanted { size: &|| Ok(Size::Unknown), limit, is_refused: |_| false }
    }
}

/// Reads `reader` to its end, or as far as it is wanted.
pub(super) fn read(
    reader: &mut (dyn Read + Send),
    wanted: Wanted<'_>,
    origin: Origin,
    sink: &dyn Sink,
) -> io::Result<End> {
    with_buffer(|buffer| read_sized(reader, wanted, origin, sink, SIZES, buffer))
}

/// Lends the thread's buffer, whose bytes mean nothing. A sink may start other work on this thread, which then gets a
/// new one.
fn with_buffer<T>(work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    thread_local!(static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });
    let mut buffer = BUFFER.take();
    let result = work(&mut buffer);
    if buffer.len() <= KEPT {
        BUFFER.set(buffer);
    }
    result
}

fn read_sized(
    reader: &mut (dyn Read + Send),
    wanted: Wanted<'_>,
    origin: Origin,
    sink: &dyn Sink,
    sizes: Sizes,
    buffer: &mut Vec<u8>,
) -> io::Result<End> {
    let whole = sizes.whole as u64;
    let most = if wanted.limit == 0 { whole } else { wanted.limit.min(whole) };
    let mut held = most as usize;
    let first = LEAST.min(held + 1);
    let (mut len, mut trouble) = fill(reader, buffer, 0, first);
    if len == first && trouble.is_none() {
        let expected = match (wanted.size)()? {
            Size::Unknown => 0,
            Size::Bytes(n) if wanted.limit != 0 && n > wanted.limit => return Ok(End::TooLarge(n)),
            Size::Bytes(n) => n,
            Size::Special => return Ok(End::Special),
        };
        // What is known to be larger is not held as a whole before that shows.
        held = if expected > whole { sizes.window.max(LEAST) } else { held };
        grow(buffer, len, expected.min(held as u64) as usize + 1);
        (len, trouble) = fill(reader, buffer, len, held + 1);
    }
    if len <= held || trouble.is_some() {
        let content = &buffer[..len];
        if trouble.is_none() && (wanted.is_refused)(content) {
            return Ok(End::Refused);
        }
        // What came before the trouble is scanned all the same.
        sink.blob(Blob::whole(origin, content));
        return trouble.map_or(Ok(End::Read(len as u64)), Err);
    }
    if held as u64 == wanted.limit {
        return Ok(End::Over);
    }
    let mut head = std::mem::take(buffer);
    head.truncate(len);
    windows::read(head, reader, wanted.limit, &origin, sink, sizes)
}

/// Reads into the buffer behind `len` bytes, until there are `most`, and makes it longer as need be: how many there are,
/// and what went wrong. The buffer's bytes are there already, so that nothing is cleared for the next file, and one call
/// reads most files, another one finds their end.
fn fill(reader: &mut dyn Read, buffer: &mut Vec<u8>, mut len: usize, most: usize) -> (usize, Option<io::Error>) {
    while len < most {
        if len == buffer.len() {
            grow(buffer, len, (2 * len).max(LEAST).min(most.max(LEAST)));
        }
        let end = buffer.len().min(most);
        match reader.read(&mut buffer[len..end]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return (len, Some(e)),
        }
    }
    (len, None)
}

/// Makes the buffer longer. New memory is clear already; only the first `len` bytes mean something.
fn grow(buffer: &mut Vec<u8>, len: usize, wished: usize) {
    if wished > buffer.len() {
        let mut longer = vec![0; wished];
        longer[..len].copy_from_slice(&buffer[..len]);
        *buffer = longer;
    }
}

/// What an I/O error means, in plain words and without a path.
pub(super) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::InvalidFilename => "the path is longer than the system allows".to_owned(),
        _ => error.to_string(),
    }
}

/// A name as bytes; what is no Unicode on a system whose names are, as U+FFFD.
pub(super) fn bytes(name: &std::ffi::OsStr) -> Cow<'_, [u8]> {
    match <[u8]>::from_os_str(name) {
        Some(bytes) => Cow::Borrowed(bytes),
        None => Cow::Owned(name.to_string_lossy().into_owned().into_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blob::{Kind, LineIndex};
    use crate::source::testing::Recorder;

    const SMALL: Sizes = Sizes { whole: 64, window: 40, overlap: 16, beside: 3 };

    fn read_small(raw: &[u8], limit: u64) -> (End, Recorder) {
        let sink = Recorder::default();
        let origin = Origin::file(Kind::Stdin, "f");
        let mut buffer = Vec::new();
        let end = read_sized(&mut &raw[..], Wanted::up_to(limit), origin, &sink, SMALL, &mut buffer).unwrap();
        (end, sink)
    }

    /// Puts what the windows keep together again, and checks each window's place. They are looked at side by side, so
    /// they come in any order.
    fn joined(sink: &Recorder, text: &str) -> Vec<u8> {
        let index = LineIndex::new(text.as_bytes());
        let mut all = Vec::new();
        let mut blobs = sink.blobs();
        blobs.sort_by_key(|blob| blob.window.as_ref().map(|window| (window.first_line, window.first_column)));
        for Blob { bytes, window, .. } in blobs {
            let window = window.unwrap();
            let at = all.len() - window.keep.start;
            let place = index.position(at, text.as_bytes());
            assert_eq!((place.line, place.column), (window.first_line, window.first_column), "window at {at}");
            assert_eq!(&text.as_bytes()[at..at + bytes.len()], &bytes[..]);
            all.extend_from_slice(&bytes[window.keep]);
        }
        all
    }

    fn text() -> String {
        (0..40).map(|n| format!("zeile {n} mit ümläuten und {}\n", "€".repeat(n % 13))).collect()
    }

    #[test]
    fn small_streams_are_one_blob() {
        for raw in [&b""[..], b"abc", &[b'x'; 64]] {
            let (end, sink) = read_small(raw, 0);
            assert_eq!(end, End::Read(raw.len() as u64));
            let blobs = sink.blobs();
            assert_eq!((blobs.len(), &blobs[0].bytes[..], &blobs[0].window), (1, raw, &None));
        }
    }

    #[test]
    fn windows_cover_everything_once_and_know_their_place() {
        let text = text();
        let (end, sink) = read_small(text.as_bytes(), 0);
        assert_eq!(end, End::Read(text.len() as u64));
        assert_eq!(joined(&sink, &text), text.as_bytes());
        let one_line = text.replace('\n', " ");
        assert_eq!(joined(&read_small(one_line.as_bytes(), 0).1, &one_line), one_line.as_bytes());
    }

    #[test]
    fn utf16_and_marks_are_decoded_before_they_are_cut() {
        let text = text();
        let little: Vec<u8> = "\u{feff}"
            .chars()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for raw in [little, big, marked] {
            let (end, sink) = read_small(&raw, 0);
            assert_eq!(end, End::Read(raw.len() as u64));
            assert_eq!(joined(&sink, &text), text.as_bytes());
        }
    }

    #[test]
    fn limits_end_it() {
        assert_eq!(read_small(&[b'x'; 21], 20).0, End::Over);
        assert_eq!(read_small(&[b'x'; 20], 20).0, End::Read(20));
        assert_eq!(read_small(&[b'x'; 101], 100).0, End::Over);
        assert_eq!(read_small(&[b'x'; 100], 100).0, End::Read(100));
        assert_eq!(read_small(&[b'x'; 21], 20).1.blobs().len(), 0);
    }

    #[test]
    fn what_begins_as_binary_is_read_no_further() {
        let (_, sink) = read_small(&[&b"\x7fELF\0\0"[..], &[b'x'; 100]].concat(), 0);
        assert_eq!(sink.blobs().len(), 1);
        let late = [&[b'x'; 9000][..], b"\0", &[b'y'; 100]].concat();
        let (_, sink) = read_small(&late, 0);
        assert!(sink.blobs().iter().all(|blob| !blob.bytes.contains(&0)));
        assert!(sink.blobs().len() > 100);
    }
}
