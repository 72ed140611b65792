//! Windows over a text that is too large to hold: some are looked at side by side while the next ones are read. Each
//! repeats the end of the one before it, knows its place, and says which of its matches are its own.

use super::{End, Sizes};
use crate::blob::{Blob, Content, Encoding, Origin, Position, Scope, Text, Window, characters};
use crate::source::Sink;
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Mutex;

/// How much of a content decides what it is; a little more than [`Text`] looks at.
const HEAD: usize = 8192;

/// Held by the one stream whose windows are looked at side by side. A thread that waits for its windows may begin with
/// another large file, and in that one with a third: those are taken window by window, so that memory stays bounded.
static BESIDE: Mutex<()> = Mutex::new(());

/// Reads `head` and then `rest`.
pub(super) fn read(
    head: Vec<u8>,
    rest: &mut (dyn Read + Send),
    limit: u64,
    origin: &Origin,
    sink: &dyn Sink,
    sizes: Sizes,
) -> io::Result<End> {
    let start = &head[..head.len().min(HEAD)];
    let (encoding, mark) = match Text::decode(start) {
        // The sink says so itself.
        Content::Binary => {
            sink.blob(Blob::whole(origin.clone(), start));
            return Ok(End::Read(head.len() as u64));
        }
        Content::Text(text) => (text.encoding, if head.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }),
    };
    let mut counted = Counted { reader: Head { bytes: head, at: mark }.chain(rest), read: mark as u64, limit };
    let end = match encoding {
        Encoding::Utf8 => each(&mut counted, origin, sink, sizes),
        Encoding::Utf16Le => each(&mut Transcoded::new(&mut counted, encoding_rs::UTF_16LE), origin, sink, sizes),
        Encoding::Utf16Be => each(&mut Transcoded::new(&mut counted, encoding_rs::UTF_16BE), origin, sink, sizes),
    }?;
    Ok(match end {
        Some(end) => end,
        None if counted.is_over() => End::Over,
        None => End::Read(counted.read),
    })
}

/// Pushes the windows of a UTF-8 text; None at its end.
fn each(text: &mut (dyn Read + Send), origin: &Origin, sink: &dyn Sink, sizes: Sizes) -> io::Result<Option<End>> {
    let alone = BESIDE.try_lock();
    let beside = if alone.is_ok() { sizes.beside.min(rayon::current_num_threads()) } else { 1 };
    let look = |ready: &Ready| sink.blob(ready.blob(origin));
    let mut cutter = Cutter::new(text, sizes);
    let mut ready = cutter.cut(beside, Vec::new());
    let mut spare = Vec::new();
    while !ready.is_empty() {
        if sink.cancelled() {
            return Ok(Some(End::Cancelled));
        }
        let next = if beside == 1 {
            ready.iter().for_each(look);
            cutter.cut(beside, std::mem::take(&mut ready))
        } else {
            rayon::join(|| ready.par_iter().for_each(look), || cutter.cut(beside, std::mem::take(&mut spare))).1
        };
        spare = std::mem::replace(&mut ready, next);
    }
    cutter.trouble.map_or(Ok(None), Err)
}

/// A window to look at.
#[derive(Debug, Default)]
struct Ready {
    bytes: Vec<u8>,
    window: Option<Window>,
}

impl Ready {
    fn blob(&self, origin: &Origin) -> Blob<'_> {
        let bytes = Cow::Borrowed(&self.bytes[..]);
        Blob { origin: origin.clone(), bytes, scope: Scope::Whole, window: self.window.clone() }
    }
}

/// Cuts a text into windows.
struct Cutter<'a> {
    text: &'a mut (dyn Read + Send),
    sizes: Sizes,
    /// What the next window repeats, where that begins, and where its own part does.
    tail: Vec<u8>,
    start: Position,
    keep_from: usize,
    ended: bool,
    /// What the text ended with.
    trouble: Option<io::Error>,
}

impl<'a> Cutter<'a> {
    fn new(text: &'a mut (dyn Read + Send), sizes: Sizes) -> Self {
        let start = Position { line: 1, column: 1 };
        Cutter { text, sizes, tail: Vec::new(), start, keep_from: 0, ended: false, trouble: None }
    }

    /// The next `count` windows, or those that are left, in the memory of old ones.
    fn cut(&mut self, count: usize, old: Vec<Ready>) -> Vec<Ready> {
        let mut old = old.into_iter();
        (0..count).map_while(|_| self.next(old.next().unwrap_or_default().bytes)).collect()
    }

    fn next(&mut self, mut bytes: Vec<u8>) -> Option<Ready> {
        if self.ended {
            return None;
        }
        bytes.clear();
        bytes.reserve_exact(self.sizes.window);
        bytes.append(&mut self.tail);
        let left = (self.sizes.window - bytes.len()) as u64;
        self.trouble = (&mut *self.text).take(left).read_to_end(&mut bytes).err();
        self.ended = bytes.len() < self.sizes.window || self.trouble.is_some();
        // What the content is was decided at its beginning; a NUL further on does not make it binary.
        let head = bytes.len().min(HEAD);
        bytes[..head].iter_mut().filter(|b| **b == 0).for_each(|b| *b = 1);
        let keep_to = if self.ended { bytes.len() } else { bytes.len() - self.sizes.overlap / 2 };
        let window =
            Window { first_line: self.start.line, first_column: self.start.column, keep: self.keep_from..keep_to };
        if !self.ended {
            let next = character_start(&bytes, bytes.len() - self.sizes.overlap);
            self.start = moved(self.start, &bytes, next);
            self.keep_from = keep_to - next;
            self.tail.extend_from_slice(&bytes[next..]);
        }
        Some(Ready { bytes, window: Some(window) })
    }
}

/// The start of the character that holds the byte at `at`.
fn character_start(text: &[u8], at: usize) -> usize {
    (at.saturating_sub(3)..=at).rev().find(|&i| text[i] & 0xc0 != 0x80).unwrap_or(at)
}

/// The place of the byte at `to`, where `start` is that of the first one.
fn moved(start: Position, text: &[u8], to: usize) -> Position {
    let place = place(text, to);
    let column = if place.line == 1 { start.column + place.column - 1 } else { place.column };
    Position { line: start.line + place.line - 1, column }
}

/// As [`crate::blob::LineIndex`] has it, without an index of all lines.
fn place(text: &[u8], to: usize) -> Position {
    let end = if memchr::memchr(b'\n', text).is_some() { b'\n' } else { b'\r' };
    let before = &text[..to];
    let line = 1 + memchr::memchr_iter(end, before).count() as u64;
    let start = memchr::memrchr(end, before).map_or(0, |at| at + 1);
    Position { line, column: 1 + characters(&before[start..]) }
}

/// What was read already; its memory is given back when it is through.
struct Head {
    bytes: Vec<u8>,
    at: usize,
}

impl Read for Head {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = &self.bytes[self.at..];
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.at += n;
        if self.at == self.bytes.len() {
            (self.bytes, self.at) = (Vec::new(), 0);
        }
        Ok(n)
    }
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
    reader: &'a mut (dyn Read + Send),
    decoder: encoding_rs::Decoder,
    decoded: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<'a> Transcoded<'a> {
    fn new(reader: &'a mut (dyn Read + Send), encoding: &'static encoding_rs::Encoding) -> Self {
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
