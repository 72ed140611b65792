//! Elements of XML and HTML, as far as the reader needs them: a tag holds its attributes, a sign where its head ends,
//! and then what the element holds.

use super::dialect::{Dialect, Family};
use super::lex;
use super::read::{Close, Read};
use super::tree::Kind;

/// Elements without content.
const VOID: [&[u8]; 8] = [b"br", b"img", b"input", b"meta", b"link", b"hr", b"col", b"source"];

impl Read<'_> {
    /// A tag at the current `<`; whether there was one.
    pub(super) fn markup(&mut self) -> bool {
        let limit = self.top().limit;
        let rest = &self.text[self.pos..limit];
        match rest.get(1) {
            Some(b'/') => self.closing_tag(),
            Some(b'!' | b'?') => self.declaration(),
            Some(b) if b.is_ascii_alphabetic() => {
                let start = self.pos;
                if !self.open(Kind::Tag, start, Close::Tag, None) {
                    return false;
                }
                let end = lex::word(self.text, start + 1, limit);
                let end = qualified(self.text, end, limit);
                self.leaf(Kind::Word, start + 1, end);
                self.pos = end;
                let last = self.stack.len() - 1;
                self.stack[last].attributes = true;
                true
            }
            _ => false,
        }
    }

    /// `<!DOCTYPE ...>`, `<?xml ...?>`, `<![CDATA[`: only what the last holds is read.
    fn declaration(&mut self) -> bool {
        let limit = self.top().limit;
        let rest = &self.text[self.pos..limit];
        self.pos += if rest.starts_with(b"<![CDATA[") {
            9
        } else if rest.starts_with(b"<?php") || rest.starts_with(b"<?=") {
            2
        } else {
            memchr::memchr(b'>', rest).map_or(rest.len(), |n| n + 1)
        };
        true
    }

    fn closing_tag(&mut self) -> bool {
        let limit = self.top().limit;
        let name = self.pos + 2;
        let end = qualified(self.text, lex::word(self.text, name.min(limit), limit), limit);
        let close = memchr::memchr(b'>', &self.text[self.pos..limit]).map_or(limit, |n| self.pos + n + 1);
        let wanted = &self.text[name.min(end)..end];
        let depth = self
            .stack
            .iter()
            .rev()
            .take(32)
            .take_while(|f| f.close != Close::Limit)
            .position(|f| f.kind == Kind::Tag && self.tag_name(f.id as usize).eq_ignore_ascii_case(wanted));
        if let Some(depth) = depth {
            for _ in 0..depth {
                self.pop(self.pos);
            }
            self.pop(close);
        }
        self.pos = close;
        true
    }

    fn tag_name(&self, id: usize) -> &[u8] {
        self.nodes.get(id + 1).map_or(b"", |n| &self.text[n.start as usize..n.end as usize])
    }

    /// The end of a tag's head at the current `>` or `/>`; whether it is one.
    pub(super) fn tag_opened(&mut self) -> bool {
        let limit = self.top().limit;
        let empty = self.text[self.pos] == b'/';
        if empty && self.text.get(self.pos + 1) != Some(&b'>') {
            return false;
        }
        let end = self.pos + 1 + usize::from(empty);
        self.leaf(Kind::Op, self.pos, end);
        self.pos = end;
        let last = self.stack.len() - 1;
        let frame = self.stack[last];
        let name = self.tag_name(frame.id as usize).to_ascii_lowercase();
        if empty || VOID.contains(&name.as_slice()) {
            self.pop(end);
            return true;
        }
        self.stack[last].attributes = false;
        self.stack[last].indent = Some(usize::MAX);
        if matches!(name.as_slice(), b"script" | b"style") {
            let closing = [b"</", name.as_slice()].concat();
            let found = memchr::memmem::find(&self.text[end..limit], &closing).map_or(limit, |n| end + n);
            let dialect = Dialect::named(b"js").unwrap_or(Dialect::UNKNOWN);
            if found > end {
                self.push(Kind::Fence, end, Close::Limit, found, found, Some(0), dialect);
            }
        } else if frame.dialect.family == Family::Markup {
            self.stack[last].dialect = frame.dialect;
        }
        true
    }
}

/// The end of a name that goes on with `:local`.
fn qualified(text: &[u8], end: usize, limit: usize) -> usize {
    if end < limit && text[end] == b':' {
        let local = lex::word(text, end + 1, limit);
        if local > end + 1 {
            return local;
        }
    }
    end
}
