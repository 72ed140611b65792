//! Reads a stream into a sink: whole where it is small enough to hold, else in windows that overlap.

use super::Sink;
use crate::blob::{Blob, Content, Encoding, LineIndex, Origin, Position, Scope, Text, Window};
use bstr::ByteSlice;
use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};

/// How much is held at once.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// Up to so many bytes are one blob.
    whole: usize,
    /// Beyond that, so many are.
    window: usize,
    /// What a window repeats of the one before it: more than any token with its evidence.
    overlap: usize,
}

const SIZES: Sizes = Sizes { whole: 64 << 20, window: 16 << 20, overlap: 64 << 10 };

/// A buffer of more bytes is not kept for the next stream.
const KEPT: usize = 4 << 20;

/// How much of a content decides what it is; a little more than [`Text`] looks at.
const HEAD: usize = 8192;

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// All of its bytes were read.
    Read(u64),
    /// There are more than the limit allows.
    Over,
    /// The sink wanted no more.
    Cancelled,
}

/// Reads `reader` to its end; not more than `limit` bytes, if that is not 0. `expected` bytes, if they are known.
pub(super) fn read(
    reader: &mut dyn Read,
    expected: u64,
    limit: u64,
    origin: Origin,
    sink: &dyn Sink,
) -> io::Result<End> {
    with_buffer(|buffer| read_sized(reader, expected, limit, origin, sink, SIZES, buffer))
}

/// Lends the thread's buffer, empty. A sink may start other work on this thread, which then gets a new one.
pub(super) fn with_buffer<T>(work: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    thread_local!(static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) });
    let mut buffer = BUFFER.take();
    buffer.clear();
    let result = work(&mut buffer);
    if buffer.capacity() <= KEPT {
        BUFFER.set(buffer);
    }
    result
}

fn read_sized(
    reader: &mut dyn Read,
    expected: u64,
    limit: u64,
    origin: Origin,
    sink: &dyn Sink,
    sizes: Sizes,
    buffer: &mut Vec<u8>,
) -> io::Result<End> {
    let most = if limit == 0 { sizes.whole as u64 } else { limit.min(sizes.whole as u64) };
    // One byte more than there should be: so the end is found by the same call.
    buffer.reserve(expected.min(most) as usize + 1);
    let trouble = reader.take(most + 1).read_to_end(buffer).err();
    let len = buffer.len() as u64;
    if len <= most || trouble.is_some() {
        // What came before the trouble is scanned all the same.
        sink.blob(Blob::whole(origin, &buffer[..]));
        return trouble.map_or(Ok(End::Read(len)), Err);
    }
    if most == limit {
        return Ok(End::Over);
    }
    let head = std::mem::take(buffer);
    windows(&head, reader, limit, &origin, sink, sizes)
}

/// Reads `head` and then `rest`, window by window.
fn windows(
    head: &[u8],
    rest: &mut dyn Read,
    limit: u64,
    origin: &Origin,
    sink: &dyn Sink,
    sizes: Sizes,
) -> io::Result<End> {
    let (encoding, mark) = match Text::decode(&head[..head.len().min(HEAD)]) {
        // The sink says so itself.
        Content::Binary => {
            sink.blob(Blob::whole(origin.clone(), &head[..head.len().min(HEAD)]));
            return Ok(End::Read(head.len() as u64));
        }
        Content::Text(text) => (text.encoding, if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }),
    };
    let mut counted = Counted { reader: (&head[mark..]).chain(rest), read: mark as u64, limit };
    let end = match encoding {
        Encoding::Utf8 => each_window(&mut counted, origin, sink, sizes),
        Encoding::Utf16Le => {
            each_window(&mut Transcoded::new(&mut counted, encoding_rs::UTF_16LE), origin, sink, sizes)
        }
        Encoding::Utf16Be => {
            each_window(&mut Transcoded::new(&mut counted, encoding_rs::UTF_16BE), origin, sink, sizes)
        }
    }?;
    Ok(match end {
        Some(end) => end,
        None if counted.is_over() => End::Over,
        None => End::Read(counted.read),
    })
}

/// Pushes the windows of a UTF-8 text; None at its end.
fn each_window(text: &mut dyn Read, origin: &Origin, sink: &dyn Sink, sizes: Sizes) -> io::Result<Option<End>> {
    let mut buffer = Vec::with_capacity(sizes.window);
    let mut start = Position { line: 1, column: 1 };
    let mut keep_from = 0;
    loop {
        if sink.cancelled() {
            return Ok(Some(End::Cancelled));
        }
        let wanted = sizes.window - buffer.len();
        let trouble = text.take(wanted as u64).read_to_end(&mut buffer).err();
        let last = buffer.len() < sizes.window || trouble.is_some();
        let keep_to = if last { buffer.len() } else { buffer.len() - sizes.overlap / 2 };
        // What the content is was decided at its beginning; a NUL further on does not make it binary.
        let head = buffer.len().min(HEAD);
        buffer[..head].iter_mut().filter(|b| **b == 0).for_each(|b| *b = 1);
        sink.blob(Blob {
            origin: origin.clone(),
            bytes: Cow::Borrowed(&buffer),
            scope: Scope::Whole,
            window: Some(Window { first_line: start.line, first_column: start.column, keep: keep_from..keep_to }),
        });
        if last {
            return trouble.map_or(Ok(None), Err);
        }
        let next = character_start(&buffer, buffer.len() - sizes.overlap);
        start = moved(start, &buffer, next);
        keep_from = keep_to - next;
        buffer.drain(..next);
    }
}

/// The start of the character that holds the byte at `at`.
fn character_start(text: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&i| text[i] & 0xc0 != 0x80).unwrap_or(at)
}

/// The place of the byte at `to`, where `start` is that of the first one.
fn moved(start: Position, text: &[u8], to: usize) -> Position {
    let place = LineIndex::new(text).position(to, text);
    let column = if place.line == 1 { start.column + place.column - 1 } else { place.column };
    Position { line: start.line + place.line - 1, column }
}

/// Counts what is read, and ends at the limit.
struct Counted<R> {
    reader: R,
    read: u64,
    limit: u64,
}

impl<R> Counted<R> {
    fn is_over(&self) -> bool {
        self.limit != 0 && self.read > self.limit
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over() {
            return Ok(0);
        }
        let n = self.reader.read(buffer)?;
        self.read += n as u64;
        Ok(n)
    }
}

/// UTF-16 as UTF-8, without its mark.
struct Transcoded<'a> {
    reader: &'a mut dyn Read,
    decoder: encoding_rs::Decoder,
    decoded: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<'a> Transcoded<'a> {
    fn new(reader: &'a mut dyn Read, encoding: &'static encoding_rs::Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Transcoded { reader, decoder, decoded: Vec::new(), given: 0, ended: false }
    }

    fn fill(&mut self) -> io::Result<()> {
        let mut raw = [0; 32 << 10];
        let n = self.reader.read(&mut raw)?;
        self.ended = n == 0;
        let most = self.decoder.max_utf8_buffer_length(n).unwrap_or(4 * n + 16);
        self.decoded.resize(most, 0);
        let (_, _, len, _) = self.decoder.decode_to_utf8(&raw[..n], &mut self.decoded, self.ended);
        self.decoded.truncate(len);
        self.given = 0;
        Ok(())
    }
}

impl Read for Transcoded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.given == self.decoded.len() && !self.ended {
            self.fill()?;
        }
        let ready = &self.decoded[self.given..];
        let n = ready.len().min(buffer.len());
        buffer[..n].copy_from_slice(&ready[..n]);
        self.given += n;
        Ok(n)
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
    use crate::blob::Kind;
    use crate::source::testing::Recorder;

    const SMALL: Sizes = Sizes { whole: 64, window: 40, overlap: 16 };

    fn read_small(raw: &[u8], limit: u64) -> (End, Recorder) {
        let sink = Recorder::default();
        let origin = Origin::file(Kind::Stdin, "f");
        let mut buffer = Vec::new();
        let end = read_sized(&mut &raw[..], 0, limit, origin, &sink, SMALL, &mut buffer).unwrap();
        (end, sink)
    }

    /// Puts what the windows keep together again, and checks each window's place.
    fn joined(sink: &Recorder, text: &str) -> Vec<u8> {
        let index = LineIndex::new(text.as_bytes());
        let mut all = Vec::new();
        for Blob { bytes, window, .. } in sink.blobs() {
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
