//! Jupyter notebooks: the text of the cells and of their outputs, without the JSON around it.
//!
//! A cell's `source` is a list of lines (or one string); joined and unescaped they are the program that ran. Outputs
//! follow their cell. Images and widget state are left out: the file itself is read too.

use super::Encoding;
use super::escape::Unescaped;
use super::map::{Builder, Map, Piece};
use memchr::memmem;
use std::ops::Range;

const PIECE: Piece = Piece::Whole(Encoding::Notebook);
/// Where a notebook says that it is one: cells stand at its beginning, metadata may as well.
const HEAD: usize = 1 << 20;

/// Fields that hold text.
const FIELDS: [&[u8]; 8] =
    [b"source", b"input", b"text", b"text/plain", b"text/html", b"text/markdown", b"traceback", b"evalue"];

/// The cells of a notebook; None if `text` is none.
pub(super) fn cells(text: &[u8], path: Option<&[u8]>) -> Option<(Vec<u8>, Map)> {
    if !is_notebook(text, path) {
        return None;
    }
    let mut builder = Builder::default();
    let mut at = 0;
    while let Some(string) = next_string(text, at) {
        at = string.end + 1;
        let Some(value) = value_of(text, &string) else { continue };
        at = value_text(text, value, &mut builder);
    }
    Some(builder.finish(text.len()))
}

fn is_notebook(text: &[u8], path: Option<&[u8]>) -> bool {
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    let named = path.is_some_and(|p| p.ends_with(b".ipynb"));
    first == Some(&b'{') && (named || memmem::find(&text[..text.len().min(HEAD)], b"\"cell_type\"").is_some())
}

/// The inside of the next string literal at or after `at`.
fn next_string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let open = at + memchr::memchr(b'"', text.get(at..)?)?;
    let mut end = open + 1;
    loop {
        end += memchr::memchr2(b'"', b'\\', text.get(end..)?)?;
        if text[end] == b'"' {
            return Some(open + 1..end);
        }
        end += 2;
    }
}

/// Where the value of the field named by `string` begins, if that field holds text.
fn value_of(text: &[u8], string: &Range<usize>) -> Option<usize> {
    if !FIELDS.contains(&&text[string.clone()]) {
        return None;
    }
    let colon = solid(text, string.end + 1);
    (text.get(colon) == Some(&b':')).then(|| solid(text, colon + 1))
}

fn solid(text: &[u8], from: usize) -> usize {
    let space = text.get(from..).unwrap_or_default().iter().take_while(|b| b.is_ascii_whitespace()).count();
    from + space
}

/// Reads a string or a list of strings; gives where to go on.
fn value_text(text: &[u8], value: usize, builder: &mut Builder) -> usize {
    let is_list = text.get(value) == Some(&b'[');
    let mut at = if is_list { solid(text, value + 1) } else { value };
    while text.get(at) == Some(&b'"') {
        let Some(string) = next_string(text, at) else { return text.len() };
        at = string.end + 1;
        unescape(text, string, builder);
        let comma = solid(text, at);
        if !is_list || text.get(comma) != Some(&b',') {
            break;
        }
        at = solid(text, comma + 1);
    }
    if at > value && at <= text.len() {
        // The next cell or output begins on a line of its own.
        builder.replace(b"\n", at - 1..at, PIECE);
    }
    at
}

fn unescape(text: &[u8], string: Range<usize>, builder: &mut Builder) {
    let mut done = string.start;
    for at in memchr::memchr_iter(b'\\', &text[string.clone()]).map(|i| string.start + i) {
        if at < done {
            continue;
        }
        let Some(one) = Unescaped::read(&text[at..string.end]) else { continue };
        builder.copy(text, done..at);
        builder.replace(one.bytes(), at..at + one.source, PIECE);
        done = at + one.source;
    }
    builder.copy(text, done..string.end);
}
