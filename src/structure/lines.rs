//! Lines, as far as the reader needs them: indentation, dashes, comments. What opens a region stands in `regions`.

use super::dialect::Family;
use super::lex;
use super::read::{Close, DEPTH, Frame, Read};
use super::tree::{Id, Kind};

impl Read<'_> {
    /// A comment that begins here; whether there was one.
    pub(super) fn comment(&mut self, line_start: bool) -> bool {
        let frame = *self.top();
        if matches!(frame.kind, Kind::Str) && !line_start || frame.kind == Kind::Comment {
            return false;
        }
        let Some((marker, closing)) = lex::comment(self.text, self.pos, frame.dialect, line_start) else {
            return false;
        };
        if self.stack.len() >= DEPTH {
            return false;
        }
        let (start, body) = (self.pos, self.pos + marker);
        let line_end =
            |from: usize| memchr::memchr(b'\n', &self.text[from..frame.limit]).map_or(frame.limit, |n| from + n);
        let (limit, resume) = match closing {
            Some(closing) => match memchr::memmem::find(&self.text[body.min(frame.limit)..frame.limit], closing) {
                Some(n) => (body + n, body + n + closing.len()),
                None => (frame.limit, frame.limit),
            },
            None => {
                let mut end = line_end(body.min(frame.limit));
                while line_start
                    && let Some(next) = commented_line(self.text, end, frame.limit, &self.text[start..body])
                {
                    end = line_end(next);
                }
                (end, end)
            }
        };
        let mut dialect = frame.dialect;
        dialect.comments = 0;
        dialect.long_strings = false;
        self.push(Kind::Comment, start, Close::Limit, limit, resume, None, dialect);
        self.top_mut().marker = match closing {
            Some(_) => b"*",
            None => MARKERS.iter().find(|m| **m == &self.text[start..body]).copied().unwrap_or(b"*"),
        };
        self.pos = body;
        let spaces = self.text[body..limit.max(body)].iter().take_while(|b| **b == b' ').count();
        self.top_mut().indent = Some(spaces);
        if body >= limit {
            self.pop(resume);
            self.pos = resume;
        }
        true
    }

    /// The end of a line: what ends with it, and what the next one opens.
    pub(super) fn newline(&mut self) {
        let frame = *self.top();
        if self.copied_rows() {
            return;
        }
        if let Some((start, end)) = self.heredoc.take()
            && self.open_heredoc(start, end)
        {
            return;
        }
        if frame.attributes
            || frame.close != Close::Line
                && frame.indent.is_none()
                && !matches!(frame.dialect.family, Family::Prose | Family::Markdown | Family::Lines)
        {
            self.leaf(Kind::Line, self.pos, self.pos + 1);
            self.pos += 1;
            return;
        }
        self.close_line_frames();
        let start = self.pos;
        let (first, gap) = self.next_line();
        self.pos = first;
        if first >= self.top().limit || first >= self.text.len() {
            return;
        }
        let line = &self.text[first..self.top().limit];
        if lex::continues(line, self.top().dialect) {
            return;
        }
        self.indent(start, gap);
        self.line_start();
    }

    /// Rows, and in prose whatever a line has opened, end with it.
    fn close_line_frames(&mut self) {
        loop {
            let frame = *self.top();
            let prose = matches!(frame.dialect.family, Family::Prose | Family::Markdown | Family::Lines);
            let filled = self.nodes.len() > frame.id as usize + 1;
            let closes = match frame.close {
                Close::Line => true,
                Close::Bracket(_) => {
                    prose && filled && frame.indent.is_none_or(|i| i == usize::MAX) && !self.opened_last(frame)
                }
                _ => false,
            };
            if !closes {
                return;
            }
            self.pop(self.pos);
        }
    }

    /// Whether the frame's bracket is the last thing on its line, or it already went over a line.
    fn opened_last(&self, frame: Frame) -> bool {
        let start = self.nodes[frame.id as usize].start as usize;
        memchr::memchr(b'\n', &self.text[start..self.pos]).is_some()
            || self.text[start + 1..self.pos].trim_ascii().is_empty()
    }

    /// The first byte of the next line that is not empty, and whether empty ones stand between.
    fn next_line(&self) -> (usize, bool) {
        let (limit, marker) = (self.top().limit, self.top().marker);
        let (mut at, mut lines, mut first) = (self.pos, 0, self.pos);
        while at < limit {
            match self.text[at] {
                b'\n' => {
                    lines += 1;
                    at += 1;
                    if !marker.is_empty() {
                        at = skip_marker(self.text, at, limit, marker);
                    }
                    first = at;
                }
                b' ' | b'\t' | b'\r' => at += 1,
                _ => break,
            }
        }
        let _ = first;
        (at.min(limit), lines > 1)
    }

    /// The column of the byte at `at`, a tab being four wide, comment markers not counted.
    pub(super) fn column(&self, at: usize) -> usize {
        let line = memchr::memrchr(b'\n', &self.text[..at]).map_or(0, |n| n + 1);
        let marker = self.top().marker;
        let from = if marker.is_empty() { line } else { skip_marker(self.text, line, at, marker).min(at) };
        self.text[from..at].iter().map(|b| if *b == b'\t' { 4 } else { 1 }).sum()
    }

    /// Closes and opens blocks for a line that begins at the current position; the line before ended at `end`.
    fn indent(&mut self, end: usize, gap: bool) {
        let column = self.column(self.pos);
        let dash = self.is_dash();
        loop {
            let frame = *self.top();
            let deeper = frame.indent.is_some_and(|i| column < i);
            let closes = match frame.close {
                Close::Indent | Close::Section(_) => deeper,
                Close::Dashes => deeper || frame.indent == Some(column) && !dash,
                _ => false,
            };
            if !closes {
                break;
            }
            self.pop(end);
        }
        // A text can begin deeper than it goes on.
        if self.top().indent.is_some_and(|i| i != usize::MAX && column < i) {
            self.top_mut().indent = Some(column);
        }
        let frame = *self.top();
        let separator = if gap { Kind::Gap } else { Kind::Line };
        match frame.indent {
            Some(usize::MAX) => {
                let opened_last = self.nodes.len() == frame.id as usize + 1;
                self.top_mut().indent = opened_last.then_some(column);
                self.leaf(separator, end, end + 1);
            }
            Some(i) if column > i && frame.dialect.family == Family::Prose && self.is_vertical(end) => {
                self.leaf(separator, end, end + 1);
            }
            Some(i) if column > i && self.may_go_deeper(frame) => {
                if !self.open(Kind::Block, self.pos, Close::Indent, Some(column)) {
                    self.leaf(separator, end, end + 1);
                }
            }
            Some(i) if column == i && dash && frame.close != Close::Dashes && self.ends_with_colon() => {
                self.open(Kind::Block, self.pos, Close::Dashes, Some(column));
            }
            _ => self.leaf(separator, end, end + 1),
        }
    }

    fn may_go_deeper(&self, frame: Frame) -> bool {
        let last = self.nodes.len() - 1;
        last as Id > frame.id && self.nodes[last].kind != Kind::Comma && frame.dialect.family != Family::Table
    }

    /// Whether this line and the one that ended at `end` are a name and a value each: clients of databases align them
    /// to the right.
    fn is_vertical(&self, end: usize) -> bool {
        let before = memchr::memrchr(b'\n', &self.text[..end]).map_or(0, |n| n + 1);
        is_pair(&self.text[before..end]) && is_pair(line_of(self.text, self.pos, self.text.len()))
    }

    fn ends_with_colon(&self) -> bool {
        let last = self.nodes[self.nodes.len() - 1];
        last.kind == Kind::Op && self.text.get(last.start as usize) == Some(&b':')
    }

    fn is_dash(&self) -> bool {
        let family = self.top().dialect.family;
        !matches!(family, Family::Sql | Family::Table | Family::Lisp)
            && matches!(self.text.get(self.pos..), Some([b'-', b' ' | b'\n' | b'\r', ..]))
    }

    /// What may only stand at the beginning of a line: headers, fences, rows, dashes, comments.
    pub(super) fn line_start(&mut self) {
        while self.pos < self.top().limit && matches!(self.text[self.pos], b' ' | b'\t' | b'\r') {
            self.pos += 1;
        }
        if self.pos >= self.top().limit || self.stack.len() >= DEPTH {
            return;
        }
        let family = self.top().dialect.family;
        if family == Family::Table || self.text[self.pos] == b'|' && matches!(family, Family::Markdown | Family::Prose)
        {
            if self.text[self.pos] == b'|' && family != Family::Table {
                self.cell = b'|';
            }
            self.open(Kind::Row, self.pos, Close::Line, None);
            return;
        }
        if self.document() || self.header() || self.fence() {
            return;
        }
        if self.is_dash() {
            let content = self.text[self.pos + 1..].iter().take_while(|b| **b == b' ').count();
            let column = self.column(self.pos);
            let at = self.pos;
            if self.open(Kind::Element, at, Close::Indent, Some(column + 1 + content.clamp(1, 8))) {
                self.pos = (at + 1 + content).min(self.top().limit);
                return self.line_start();
            }
        }
        self.comment(true);
    }
}

/// Markers of comments that a line begins with.
const MARKERS: [&[u8]; 9] = [b"#", b"//", b"--", b";", b"%", b"'", b"!", b"\"", b"REM "];

/// `name: value`, `name = value`
fn is_pair(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let name = line.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let rest = line[name..].trim_ascii_start();
    name > 0 && name <= 40 && matches!(rest, [b':' | b'=', b' ', _, ..])
}

/// The line at `at`, without its end.
pub(super) fn line_of(text: &[u8], at: usize, limit: usize) -> &[u8] {
    let rest = &text[at.min(limit)..limit];
    &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
}

/// The beginning of the line behind `end`, if it is a comment with this marker.
fn commented_line(text: &[u8], end: usize, limit: usize, marker: &[u8]) -> Option<usize> {
    let next = end + 1;
    let line = line_of(text, next.min(limit), limit);
    (next < limit && line.trim_ascii_start().starts_with(marker)).then_some(next)
}

/// Behind the white space and the comment marker of a line.
fn skip_marker(text: &[u8], at: usize, limit: usize, marker: &[u8]) -> usize {
    let rest = &text[at.min(limit)..limit];
    let blank = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    if rest[blank..].starts_with(marker) { at + blank + marker.len() } else { at }
}
