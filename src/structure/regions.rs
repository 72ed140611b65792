//! Lines that open a region of their own: headers of sections, fences, documents, here-documents, copied rows.

use super::dialect::{Dialect, Family};
use super::lines::line_of;
use super::read::{Close, Read};
use super::tree::Kind;

impl Read<'_> {
    /// `---` between the documents of a YAML stream.
    pub(super) fn document(&mut self) -> bool {
        let frame = *self.top();
        let line = line_of(self.text, self.pos, frame.limit);
        let column = self.column(self.pos);
        if frame.dialect.family != Family::Yaml || column > 0 || line.trim_ascii_end() != b"---" {
            return false;
        }
        while self.stack.len() > 1 && self.top().close != Close::Limit {
            self.pop(self.pos);
        }
        self.open(Kind::Section, self.pos, Close::Section(1), Some(0))
    }

    /// `[section]`, or a heading of Markdown.
    pub(super) fn header(&mut self) -> bool {
        let frame = *self.top();
        // A block scalar can hold a file with sections.
        let scalar = frame.dialect.family == Family::Yaml
            && (frame.kind == Kind::Block || frame.kind == Kind::Section)
            && frame.indent > Some(0);
        // A string over several lines can hold a file of its own.
        let embedded = frame.dialect.family == Family::Code
            && (frame.kind == Kind::Str
                || frame.kind == Kind::Section && self.stack.iter().any(|f| f.kind == Kind::Str));
        if !matches!(frame.kind, Kind::File | Kind::Section | Kind::Fence) && !scalar && !embedded {
            return false;
        }
        let line = line_of(self.text, self.pos, frame.limit);
        let level = match frame.dialect.family {
            Family::Markdown => {
                let level = line.iter().take_while(|b| **b == b'#').count();
                if (1..=6).contains(&level) && line.get(level) == Some(&b' ') { level } else { 0 }
            }
            Family::Yaml if scalar => usize::from(is_bracketed(line)),
            Family::Json | Family::Yaml | Family::Sql | Family::Lisp | Family::Markup | Family::Table => 0,
            _ => usize::from(is_bracketed(line)),
        };
        if level == 0 {
            return false;
        }
        while matches!(self.top().close, Close::Section(n) if n >= level) {
            self.pop(self.pos);
        }
        let column = if scalar { self.column(self.pos) } else { 0 };
        self.open(Kind::Section, self.pos, Close::Section(level), Some(column));
        if frame.dialect.family == Family::Markdown {
            self.pos += level;
        }
        true
    }

    pub(super) fn fence(&mut self) -> bool {
        let frame = *self.top();
        let line = line_of(self.text, self.pos, frame.limit);
        let tick = [b"```".as_slice(), b"~~~"].into_iter().find(|t| line.starts_with(t));
        let Some(tick) =
            tick.filter(|_| matches!(frame.dialect.family, Family::Markdown | Family::Prose | Family::Json))
        else {
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

    /// `COPY table (columns) FROM stdin;`: rows of cells up to `\.`.
    pub(super) fn copied_rows(&mut self) -> bool {
        let frame = *self.top();
        if frame.dialect.family != Family::Sql || !self.text[..self.pos].trim_ascii_end().ends_with(b"FROM stdin;") {
            return false;
        }
        let body = self.pos + 1;
        let rest = self.text.get(body..frame.limit).unwrap_or_default();
        let Some(end) = memchr::memmem::find(rest, b"\n\\.") else { return false };
        let mut dialect = frame.dialect;
        dialect.family = Family::Table;
        self.cell = b'\t';
        self.push(Kind::Fence, self.pos, Close::Limit, body + end, body + end + 3, Some(0), dialect);
        self.pos = body;
        self.line_start();
        true
    }

    pub(super) fn open_heredoc(&mut self, start: usize, end: usize) -> bool {
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
