//! Reads a text into a [`Tree`] in one pass: brackets, strings, comments, indentation, dashes, sections, markup, rows.
//! It bears anything: what does not close is closed where it must end, what does not open is a sign. Depth is bounded.

use super::dialect::{Dialect, Family};
use super::lex;
use super::tree::{Id, Kind, Node, Tree};
use std::borrow::Cow;

/// A byte (group separator) at the beginning of a line: what follows, up to the next one, is a part of its own.
pub const PART: u8 = 0x1d;
/// How many nodes may hold one another.
pub(super) const DEPTH: usize = 200;
/// How far a closing bracket looks for the one that it closes.
const LOOK_BACK: usize = 48;

/// What ends a frame besides its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// Only the limit.
    Limit,
    /// This bracket.
    Bracket(u8),
    /// A line that stands less deep.
    Indent,
    /// A line that stands as deep and does not begin with a dash, or less deep.
    Dashes,
    /// The next header of this level or a higher one.
    Section(usize),
    /// The end of the line.
    Line,
    /// The element's end.
    Tag,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) id: Id,
    pub(super) kind: Kind,
    pub(super) close: Close,
    /// Where it ends at the latest.
    pub(super) limit: usize,
    /// Where reading goes on behind it, if the limit closes it.
    pub(super) resume: usize,
    /// The column of its lines; None: lines mean nothing here.
    pub(super) indent: Option<usize>,
    pub(super) dialect: Dialect,
    /// The comment marker that its lines begin with.
    pub(super) marker: &'static [u8],
    /// A tag whose attributes are being read.
    pub(super) attributes: bool,
}

/// The reader.
pub(super) struct Read<'t> {
    pub(super) text: &'t [u8],
    pub(super) nodes: Vec<Node>,
    pub(super) stack: Vec<Frame>,
    pub(super) pos: usize,
    overflow: usize,
    pub(super) heredoc: Option<(usize, usize)>,
    /// What separates the cells of a table.
    pub(super) cell: u8,
    fences: Vec<(Id, Family)>,
}

impl<'t> Tree<'t> {
    /// Reads `text`, taken to be of `dialect`. Linear in the text; texts of 4 GiB or more are cut.
    pub fn read(text: impl Into<Cow<'t, [u8]>>, dialect: Dialect) -> Tree<'t> {
        let text: Cow<'t, [u8]> = text.into();
        let (nodes, fences) = Read::nodes(&text[..text.len().min(u32::MAX as usize - 1)], dialect);
        Tree { text, nodes, dialect, fences }
    }
}

impl<'t> Read<'t> {
    fn nodes(text: &'t [u8], dialect: Dialect) -> (Vec<Node>, Vec<(Id, Family)>) {
        let mut read = Read {
            text,
            nodes: Vec::with_capacity(text.len() / 8 + 8),
            stack: Vec::new(),
            pos: 0,
            overflow: 0,
            heredoc: None,
            cell: cell_separator(text),
            fences: Vec::new(),
        };
        read.push(Kind::File, 0, Close::Limit, text.len(), text.len(), Some(0), dialect);
        read.run();
        (read.nodes, read.fences)
    }
}

/// What separates the cells of a table: the most frequent candidate of its first line.
fn cell_separator(text: &[u8]) -> u8 {
    let line = text.split(|b| *b == b'\n').find(|l| !l.trim_ascii().is_empty()).unwrap_or_default();
    let count = |b: &u8| memchr::memchr_iter(*b, line).count();
    [b'\t', b';', b'|', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

impl<'t> Read<'t> {
    pub(super) fn top(&self) -> &Frame {
        &self.stack[self.stack.len() - 1]
    }

    pub(super) fn top_mut(&mut self) -> &mut Frame {
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn push(
        &mut self,
        kind: Kind,
        start: usize,
        close: Close,
        limit: usize,
        resume: usize,
        indent: Option<usize>,
        dialect: Dialect,
    ) -> Id {
        let id = self.nodes.len() as Id;
        let parent = self.stack.last().map_or(0, |f| f.id);
        self.nodes.push(Node { kind, quote: 0, start: start as u32, end: start as u32, parent, after: id + 1 });
        if kind == Kind::Fence {
            self.fences.push((id, dialect.family));
        }
        self.stack.push(Frame { id, kind, close, limit, resume, indent, dialect, marker: b"", attributes: false });
        id
    }

    /// Opens a frame of the current dialect and limit.
    pub(super) fn open(&mut self, kind: Kind, start: usize, close: Close, indent: Option<usize>) -> bool {
        if self.stack.len() >= DEPTH {
            self.overflow += 1;
            return false;
        }
        let (limit, resume, dialect) = (self.top().limit, self.top().resume, self.top().dialect);
        self.push(kind, start, close, limit, resume, indent, dialect);
        true
    }

    pub(super) fn leaf(&mut self, kind: Kind, start: usize, end: usize) {
        let id = self.nodes.len() as Id;
        let parent = self.top().id;
        self.nodes.push(Node { kind, quote: 0, start: start as u32, end: end as u32, parent, after: id + 1 });
    }

    /// Closes the innermost frame at `end`.
    pub(super) fn pop(&mut self, end: usize) {
        if let Some(frame) = self.stack.pop() {
            let after = self.nodes.len() as Id;
            let node = &mut self.nodes[frame.id as usize];
            node.after = after;
            node.end = end as u32;
        }
    }

    fn run(&mut self) {
        let blank = self.text.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.pos = blank.min(self.text.len());
        let column = self.column(self.pos);
        self.top_mut().indent = Some(column);
        self.line_start();
        loop {
            while self.stack.len() > 1 && self.pos >= self.top().limit && self.top().limit < self.text.len() {
                self.close_limited();
            }
            if self.pos >= self.text.len() {
                break;
            }
            self.step();
        }
        while !self.stack.is_empty() {
            self.pop(self.text.len());
        }
    }

    /// The innermost limited frame ends here, with all that it holds.
    fn close_limited(&mut self) {
        let limit = self.top().limit;
        self.overflow = 0;
        while self.stack.len() > 1 {
            let frame = *self.top();
            if frame.close == Close::Limit && frame.limit == limit {
                self.pop(frame.resume);
                self.pos = self.pos.max(frame.resume);
                return;
            }
            self.pop(limit);
        }
    }

    fn step(&mut self) {
        let (b, frame) = (self.text[self.pos], *self.top());
        match b {
            b'\n' => self.newline(),
            PART => self.part(),
            0x1b | b'[' if lex::color(self.text, self.pos) > 0 => self.pos += lex::color(self.text, self.pos),
            // A NUL as `cat -v` writes it.
            b'^' if self.text.get(self.pos + 1) == Some(&b'@') => {
                self.leaf(Kind::Line, self.pos, self.pos + 2);
                self.pos += 2;
            }
            b'\t' if frame.kind == Kind::Row && self.cell == b'\t' => self.one(Kind::Comma),
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0 => self.pos += 1,
            b'\\' | b'^' | b'`' if self.is_continuation() => {
                self.pos = self.text[self.pos..]
                    .iter()
                    .position(|b| *b == b'\n')
                    .map_or(self.text.len(), |n| self.pos + n + 1);
            }
            b'\\' if frame.kind == Kind::Str || self.in_string() => self.escape(),
            _ if frame.kind != Kind::Row && self.comment(false) => {}
            b'<' if frame.dialect.family == Family::Markup && self.markup() => {}
            b'>' | b'/' if frame.attributes && self.tag_opened() => {}
            b'"' | b'\'' | b'`' => self.quote(),
            _ if frame.kind == Kind::Row && b == self.cell => self.one(Kind::Comma),
            // Where something else parts the cells, commas are text.
            b',' if frame.kind == Kind::Row && matches!(self.cell, b';' | b'\t') => self.pos += 1,
            b'(' | b'[' | b'{' => self.bracket(b),
            b')' | b']' | b'}' => self.unbracket(b),
            b',' => self.one(Kind::Comma),
            b';' => {
                while frame.dialect.family == Family::Sql && self.top().close == Close::Indent {
                    self.pop(self.pos);
                }
                self.one(Kind::Semi);
            }
            _ => self.word_or_sign(b),
        }
    }

    /// A part that has nothing to do with what stands before it.
    fn part(&mut self) {
        let limit = self.top().limit;
        let rest = &self.text[self.pos + 1..limit];
        let end = memchr::memchr(PART, rest).map_or(limit, |n| self.pos + 1 + n);
        let body = memchr::memchr(b'\n', rest).map_or(limit, |n| self.pos + 2 + n).min(end);
        while self.stack.len() > 1 && self.top().close != Close::Limit {
            self.pop(self.pos);
        }
        let dialect = self.top().dialect;
        self.push(Kind::Fence, self.pos, Close::Limit, end, end, Some(0), dialect);
        let blank = self.text[body..end].iter().take_while(|b| b.is_ascii_whitespace()).count();
        self.pos = body + blank;
        let column = self.column(self.pos);
        self.top_mut().indent = Some(column);
        self.line_start();
    }

    fn one(&mut self, kind: Kind) {
        self.leaf(kind, self.pos, self.pos + 1);
        self.pos += 1;
    }

    fn bracket(&mut self, b: u8) {
        let kind = match b {
            b'(' => Kind::Round,
            b'[' => Kind::Square,
            _ => Kind::Curly,
        };
        let literal = self.top().kind == Kind::Row;
        // Lines mean something between braces whose content begins on a line of its own.
        let indent = (b == b'{').then_some(usize::MAX);
        if literal || !self.open(kind, self.pos, Close::Bracket(lex::mate(b)), indent) {
            self.leaf(Kind::Op, self.pos, self.pos + 1);
        }
        self.pos += 1;
    }

    fn unbracket(&mut self, b: u8) {
        let end = self.pos + 1;
        self.pos = end;
        if self.overflow > 0 {
            self.overflow -= 1;
            return self.leaf(Kind::Op, end - 1, end);
        }
        let found =
            self.stack.iter().rev().take(LOOK_BACK).take_while(|f| f.close != Close::Limit && f.close != Close::Line);
        match found.enumerate().find(|(_, f)| f.close == Close::Bracket(b)).map(|(n, _)| n) {
            Some(n) => {
                for _ in 0..n {
                    self.pop(end - 1);
                }
                self.pop(end);
            }
            None => self.leaf(Kind::Op, end - 1, end),
        }
    }

    fn word_or_sign(&mut self, b: u8) {
        let (start, limit) = (self.pos, self.top().limit);
        let (kind, end) = match b {
            b'-' => match lex::flag(self.text, start, limit) {
                Some(end) => (Kind::Flag, end),
                None => (Kind::Op, lex::sign(self.text, start, limit)),
            },
            b':' => match lex::symbol(self.text, start, limit) {
                Some(end) => (Kind::Word, end),
                None => (Kind::Op, lex::sign(self.text, start, limit)),
            },
            _ => {
                let end = lex::word(self.text, start, limit);
                let tail = lex::escape_tail(self.text, start, end);
                if tail > 0 {
                    (Kind::Op, start + tail)
                } else if end == start {
                    (Kind::Op, lex::sign(self.text, start, limit))
                } else if self.text[end..limit].starts_with(b"://") {
                    (Kind::Url, lex::url(self.text, end, limit, (self.top().kind == Kind::Row).then_some(self.cell)))
                } else {
                    (Kind::Word, end)
                }
            }
        };
        // `b'...'`, `f"..."`: the letter belongs to the string.
        if kind == Kind::Word && end < limit && matches!(self.text[end], b'"' | b'\'') && lex::is_prefix(self.text, end)
        {
            self.pos = end;
            return;
        }
        // A character beyond ASCII that is no letter: its bytes stay together.
        let end = if kind == Kind::Op && b >= 0x80 {
            start + bstr::decode_utf8(&self.text[start..limit]).1.max(1)
        } else {
            end
        };
        if kind == Kind::Op && &self.text[start..end] == b"<<" {
            self.heredoc = heredoc_tag(self.text, end, limit).or(self.heredoc);
        }
        if !(kind == Kind::Op && b >= 0x80) {
            self.leaf(kind, start, end);
        }
        self.pos = end;
    }
}

/// The tag of a here-document behind `<<`.
fn heredoc_tag(text: &[u8], at: usize, limit: usize) -> Option<(usize, usize)> {
    let mut start = at;
    while start < limit && matches!(text[start], b'-' | b'~' | b'\'' | b'"' | b'\\' | b' ') && start < at + 3 {
        start += 1;
    }
    let n = text[start..limit].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    (n >= 2 && text[start].is_ascii_uppercase()).then_some((start, start + n))
}
