//! What stands between the brackets of a glob, as git reads it (wildmatch.c): no class fits a `/`, whatever it holds or
//! leaves out, and classes have names. The matcher would let `[!a]` step from one folder into another.

use std::iter::Peekable;
use std::str::Chars;

/// What stands between brackets.
#[derive(Debug, Default)]
pub(crate) struct Class {
    negated: bool,
    ascii: Vec<u8>,
    other: Vec<(char, char)>,
}

impl Class {
    /// Reads on behind the bracket; None where it is never closed, or a name is unknown.
    pub(crate) fn read(chars: &mut Peekable<Chars<'_>>) -> Option<Class> {
        let mut class = Class { negated: chars.next_if(|c| matches!(c, '!' | '^')).is_some(), ..Class::default() };
        let mut first = true;
        loop {
            let c = match chars.next()? {
                ']' if !first => return Some(class),
                '[' if chars.next_if_eq(&':').is_some() => {
                    class.named(chars)?;
                    first = false;
                    continue;
                }
                '\\' => chars.next()?,
                c => c,
            };
            first = false;
            class.add(c, c);
            if let Some(end) = Self::range_end(chars)? {
                class.add(c, end);
            }
        }
    }

    /// The last character of a range, if one follows: a hyphen that is not the last in the class.
    fn range_end(chars: &mut Peekable<Chars<'_>>) -> Option<Option<char>> {
        let mut ahead = chars.clone();
        if ahead.next() != Some('-') || ahead.peek() == Some(&']') {
            return Some(None);
        }
        *chars = ahead;
        match chars.next()? {
            '\\' => chars.next().map(Some),
            c => Some(Some(c)),
        }
    }

    /// A class within the class, up to its `:]`.
    fn named(&mut self, chars: &mut Peekable<Chars<'_>>) -> Option<()> {
        let mut name = String::new();
        loop {
            match chars.next()? {
                ':' if chars.next_if_eq(&']').is_some() => break,
                c if c.is_ascii_lowercase() => name.push(c),
                _ => return None,
            }
        }
        let fits: fn(&u8) -> bool = match name.as_str() {
            "alnum" => u8::is_ascii_alphanumeric,
            "alpha" => u8::is_ascii_alphabetic,
            "blank" => |b| matches!(b, b' ' | b'\t'),
            "cntrl" => u8::is_ascii_control,
            "digit" => u8::is_ascii_digit,
            "graph" => u8::is_ascii_graphic,
            "lower" => u8::is_ascii_lowercase,
            "print" => |b| matches!(b, b' '..=b'~'),
            "punct" => u8::is_ascii_punctuation,
            "space" => |b| b.is_ascii_whitespace() || *b == 0x0b,
            "upper" => u8::is_ascii_uppercase,
            "xdigit" => u8::is_ascii_hexdigit,
            _ => return None,
        };
        self.ascii.extend((0..128).filter(fits));
        Some(())
    }

    fn add(&mut self, from: char, to: char) {
        self.ascii.extend((0..128).filter(|&b| (from..=to).contains(&char::from(b))));
        if !to.is_ascii() && from <= to {
            self.other.push((from.max('\u{80}'), to));
        }
    }

    /// The class as the matcher reads it: `]` first, `-` last, every other character by itself; None if it is empty.
    pub(crate) fn as_glob(&self) -> Option<String> {
        let mut ascii = self.ascii.clone();
        // No class fits the end of a part, not even one of everything else.
        ascii.retain(|&b| b != b'/');
        if self.negated {
            ascii.push(b'/');
        }
        ascii.sort_by_key(|&b| (b == b'-', b != b']', matches!(b, b'!' | b'^'), b));
        ascii.dedup();
        match (self.negated, &ascii[..], &self.other[..]) {
            (false, [], []) => return None,
            (false, [one], []) => return Some(format!("\\{}", char::from(*one))),
            (false, [b'!', b'^'], []) => return Some("{\\!,\\^}".into()),
            _ => {}
        }
        let other: String = self.other.iter().map(|(from, to)| format!("{from}-{to}")).collect();
        let (ascii, hyphen) = match ascii.split_last() {
            Some((b'-', rest)) => (rest, "-"),
            _ => (&ascii[..], ""),
        };
        let (signs, letters): (Vec<u8>, Vec<u8>) = ascii.iter().partition(|b| matches!(b, b'!' | b'^'));
        let text = |bytes: &[u8]| bytes.iter().map(|&b| char::from(b)).collect::<String>();
        let negation = if self.negated { "!" } else { "" };
        Some(format!("[{negation}{}{other}{}{hyphen}]", text(&letters), text(&signs)))
    }
}
