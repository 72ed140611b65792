//! Strings: quotes, escapes within them, lines that go on.

use super::dialect;
use super::lex;
use super::read::{Close, DEPTH, Read};
use super::tree::Kind;

/// How many strings may hold one another.
const STRINGS: usize = 6;

impl Read<'_> {
    pub(super) fn in_string(&self) -> bool {
        self.stack.iter().rev().take(4).any(|f| f.kind == Kind::Str)
    }

    /// A backslash, caret or backtick that joins this line and the next.
    pub(super) fn is_continuation(&self) -> bool {
        let joins = match self.text[self.pos] {
            b'\\' => true,
            b'^' => self.top().dialect.comments == dialect::BASIC,
            _ => self.text.get(self.pos.wrapping_sub(1)) == Some(&b' '),
        };
        joins && matches!(self.text.get(self.pos + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..] | [b' ', b'\n', ..]))
    }

    /// An escape within a string: `\n` ends a line, `\"` opens a string of its own, the rest is white space.
    pub(super) fn escape(&mut self) {
        match self.text.get(self.pos + 1) {
            Some(b'n') => {
                self.leaf(Kind::Line, self.pos, self.pos + 2);
                self.pos += 2;
            }
            Some(quote @ (b'"' | b'\'')) => self.escaped_quote(*quote),
            Some(b'x') => self.pos += 4,
            Some(b'u') => self.pos += 6,
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

    pub(super) fn quote(&mut self) {
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
}
