//! Reads a text into a [`Tree`] in one pass: brackets, strings, comments, indentation, dashes, sections, markup, rows.
//! It bears anything: what does not close is closed where it must end, what does not open is a sign. Depth is bounded.

use super::dialect::{self, Dialect, Family};
use super::lex;
use super::tree::{Id, Kind, Node, Tree};
use std::borrow::Cow;

/// How many nodes may hold one another.
const DEPTH: usize = 200;
/// How many strings may hold one another.
const STRINGS: usize = 6;
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
    marker: &'static [u8],
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
    heredoc: Option<(usize, usize)>,
    /// What separates the cells of a table.
    cell: u8,
}

impl<'t> Tree<'t> {
    /// Reads `text`, taken to be of `dialect`. Linear in the text; texts of 4 GiB or more are cut.
    pub fn read(text: impl Into<Cow<'t, [u8]>>, dialect: Dialect) -> Tree<'t> {
        let text: Cow<'t, [u8]> = text.into();
        let nodes = Read::nodes(&text[..text.len().min(u32::MAX as usize - 1)], dialect);
        Tree { text, nodes, dialect }
    }
}

impl<'t> Read<'t> {
    fn nodes(text: &'t [u8], dialect: Dialect) -> Vec<Node> {
        let mut read = Read {
            text,
            nodes: Vec::with_capacity(text.len() / 8 + 8),
            stack: Vec::new(),
            pos: 0,
            overflow: 0,
            heredoc: None,
            cell: cell_separator(text),
        };
        read.push(Kind::File, 0, Close::Limit, text.len(), text.len(), Some(0), dialect);
        read.run();
        read.nodes
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

    fn top_mut(&mut self) -> &mut Frame {
        let last = self.stack.len() - 1;
        &mut self.stack[last]
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
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
            b'(' | b'[' | b'{' => self.bracket(b),
            b')' | b']' | b'}' => self.unbracket(b),
            b',' => self.one(Kind::Comma),
            b';' => self.one(Kind::Semi),
            _ => self.word_or_sign(b),
        }
    }

    fn one(&mut self, kind: Kind) {
        self.leaf(kind, self.pos, self.pos + 1);
        self.pos += 1;
    }

    fn in_string(&self) -> bool {
        self.stack.iter().rev().take(4).any(|f| f.kind == Kind::Str)
    }

    /// A backslash, caret or backtick that joins this line and the next.
    fn is_continuation(&self) -> bool {
        let joins = match self.text[self.pos] {
            b'\\' => true,
            b'^' => self.top().dialect.comments == dialect::BASIC,
            _ => self.text.get(self.pos.wrapping_sub(1)) == Some(&b' '),
        };
        joins && matches!(self.text.get(self.pos + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..] | [b' ', b'\n', ..]))
    }

    /// An escape within a string: `\n` ends a line, `\"` opens a string of its own, the rest is white space.
    fn escape(&mut self) {
        match self.text.get(self.pos + 1) {
            Some(b'n') => {
                self.leaf(Kind::Line, self.pos, self.pos + 2);
                self.pos += 2;
            }
            Some(quote @ (b'"' | b'\'')) => self.escaped_quote(*quote),
            Some(b'r' | b't' | b'\\' | b'/') => self.pos += 2,
            _ => self.pos += 1,
        }
    }

    fn escaped_quote(&mut self, quote: u8) {
        let body = self.pos + 2;
        let limit = self.top().limit;
        let line = &self.text[body.min(limit)..limit];
        match memchr::memmem::find(line, &[b'\\', quote]) {
            Some(n) if self.may_nest() => self.open_string(self.pos, 2, body + n + 2),
            _ => self.pos += 2,
        }
    }

    fn may_nest(&self) -> bool {
        self.stack.len() < DEPTH && self.stack.iter().filter(|f| f.kind == Kind::Str).count() < STRINGS
    }

    fn quote(&mut self) {
        let limit = self.top().limit;
        match lex::string(self.text, self.pos, limit, self.top().dialect) {
            Some((quote, end)) if self.may_nest() => self.open_string(self.pos, quote, end),
            Some((quote, end)) => {
                self.leaf(Kind::Op, self.pos, end);
                let _ = quote;
                self.pos = end;
            }
            None => {
                self.leaf(Kind::Op, self.pos, self.pos + 1);
                self.pos += 1;
            }
        }
    }

    fn open_string(&mut self, start: usize, quote: usize, end: usize) {
        let mut dialect = self.top().dialect;
        dialect.comments &= !(dialect::SLASH | dialect::DASH | dialect::SEMICOLON | dialect::PERCENT | dialect::BASIC);
        let id = self.push(Kind::Str, start, Close::Limit, end - quote, end, Some(0), dialect);
        self.nodes[id as usize].quote = quote as u8;
        self.pos = start + quote;
        if self.pos >= end - quote {
            self.pop(end);
            self.pos = end;
        }
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
                if end == start {
                    (Kind::Op, lex::sign(self.text, start, limit))
                } else if self.text[end..limit].starts_with(b"://") {
                    (Kind::Url, lex::url(self.text, end, limit))
                } else {
                    (Kind::Word, end)
                }
            }
        };
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
    fn newline(&mut self) {
        let frame = *self.top();
        if let Some((start, end)) = self.heredoc.take()
            && self.open_heredoc(start, end)
        {
            return;
        }
        if frame.attributes
            || frame.indent.is_none()
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
    fn column(&self, at: usize) -> usize {
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
                Close::Indent => deeper,
                Close::Dashes => deeper || frame.indent == Some(column) && !dash,
                _ => false,
            };
            if !closes {
                break;
            }
            self.pop(end);
        }
        let frame = *self.top();
        let separator = if gap { Kind::Gap } else { Kind::Line };
        match frame.indent {
            Some(usize::MAX) => {
                let opened_last = self.nodes.len() == frame.id as usize + 1;
                self.top_mut().indent = opened_last.then_some(column);
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
    fn line_start(&mut self) {
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
        if self.header() || self.fence() {
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

    /// `[section]`, or a heading of Markdown.
    fn header(&mut self) -> bool {
        let frame = *self.top();
        if !matches!(frame.kind, Kind::File | Kind::Section | Kind::Fence) {
            return false;
        }
        let line = line_of(self.text, self.pos, frame.limit);
        let level = match frame.dialect.family {
            Family::Markdown => {
                let level = line.iter().take_while(|b| **b == b'#').count();
                if (1..=6).contains(&level) && line.get(level) == Some(&b' ') { level } else { 0 }
            }
            Family::Json | Family::Yaml | Family::Sql | Family::Lisp | Family::Markup | Family::Table => 0,
            _ => usize::from(is_bracketed(line)),
        };
        if level == 0 {
            return false;
        }
        while matches!(self.top().close, Close::Section(n) if n >= level) {
            self.pop(self.pos);
        }
        self.open(Kind::Section, self.pos, Close::Section(level), Some(0));
        if frame.dialect.family == Family::Markdown {
            self.pos += level;
        }
        true
    }

    fn fence(&mut self) -> bool {
        let frame = *self.top();
        let line = line_of(self.text, self.pos, frame.limit);
        let tick = [b"```".as_slice(), b"~~~"].into_iter().find(|t| line.starts_with(t));
        let Some(tick) = tick.filter(|_| matches!(frame.dialect.family, Family::Markdown | Family::Prose)) else {
            return false;
        };
        let body = (self.pos + line.len() + 1).min(frame.limit);
        let rest = &self.text[body..frame.limit];
        let mut closing = memchr::memmem::find_iter(rest, tick);
        let close =
            closing.find(|&n| rest[..n].iter().rev().take_while(|b| **b != b'\n').all(|b| matches!(b, b' ' | b'>')));
        let limit = close.map_or(frame.limit, |n| body + n);
        let resume = close.map_or(frame.limit, |n| body + n + line_of(rest, n, rest.len()).len());
        let language =
            line[3..].split(|b| !(b.is_ascii_alphanumeric() || b"+#-".contains(b))).next().unwrap_or_default();
        let dialect = Dialect::named(language).unwrap_or_else(|| Dialect::of(None, &self.text[body..limit]));
        self.push(Kind::Fence, self.pos, Close::Limit, limit, resume, Some(0), dialect);
        self.pos = body;
        let column = self.text[body..limit].iter().take_while(|b| **b == b' ').count();
        self.top_mut().indent = Some(column);
        self.line_start();
        true
    }

    fn open_heredoc(&mut self, start: usize, end: usize) -> bool {
        let limit = self.top().limit;
        let tag = self.text[start..end].to_vec();
        let mut at = self.pos + 1;
        while at < limit {
            let line = line_of(self.text, at, limit);
            let bare = line.trim_ascii();
            if bare.strip_prefix(tag.as_slice()).is_some_and(|rest| rest.iter().all(|b| b";),. ".contains(b))) {
                let dialect = Dialect::of(None, &self.text[self.pos + 1..at]);
                self.push(Kind::Fence, self.pos, Close::Limit, at, at + line.len(), Some(0), dialect);
                self.pos += 1;
                self.line_start();
                return true;
            }
            at += line.len() + 1;
        }
        false
    }
}

/// Markers of comments that a line begins with.
const MARKERS: [&[u8]; 9] = [b"#", b"//", b"--", b";", b"%", b"'", b"!", b"\"", b"REM "];

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

/// `[name]`, `[[name]]`, with a comment behind it or not.
fn is_bracketed(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    let open = line.iter().take_while(|b| **b == b'[').count();
    let Some(close) = line.iter().position(|b| *b == b']') else { return false };
    let rest = line[close..].iter().skip_while(|b| **b == b']').copied().collect::<Vec<_>>();
    (1..=2).contains(&open)
        && close > open
        && close < 160
        && !line[open..close].contains(&b',')
        && !line[open..close].starts_with(b"^")
        && (rest.is_empty() || matches!(rest.trim_ascii_start().first(), Some(b'#' | b';')))
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
