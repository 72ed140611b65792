//! Labelled cases are templates: `⟨+1⟩` stands for a value drawn at random, `⟪b64|...⟫` for an encoding of what it
//! holds. fixtures/mistral/README.md lists them.

use std::collections::BTreeMap;

/// One file of a batch.
pub struct Case {
    /// The batch and the case's number in it.
    pub name: String,
    /// The path that the scanner is told.
    pub path: String,
    pub content: Vec<u8>,
    pub values: Vec<Value>,
}

/// A value of a case, and the lines where it stands (where an encoding holds it: the encoding's lines).
pub struct Value {
    pub label: Label,
    pub text: String,
    pub lines: Vec<(usize, usize)>,
}

/// What must be said of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// A finding of a rule with this beginning.
    Rule(&'static str),
    /// No finding of Mistral's.
    Nobody,
    /// Nothing: a careful reader could not say.
    Undecided,
}

/// How marks are written and what they stand for.
pub trait Syntax {
    const OPEN: char;
    const CLOSE: char;

    /// What must be said of a mark's value, and the value; `said` holds what the case's earlier marks left.
    fn value(case: &str, mark: &str, said: &mut BTreeMap<String, String>) -> (Label, String);
}

/// All cases of a batch.
pub fn cases<S: Syntax>(batch: &str, text: &str) -> Vec<Case> {
    let text = text.strip_prefix("=== ").unwrap_or_else(|| panic!("{batch}: does not begin with a case"));
    let number = |(n, case)| Case::read::<S>(format!("{batch}/{:03}", n + 1), case);
    text.split("\n=== ").enumerate().map(number).collect()
}

impl Case {
    fn read<S: Syntax>(name: String, case: &str) -> Case {
        let (head, body) = case.split_once('\n').unwrap_or((case, ""));
        let path = head.split(" | ").next().unwrap_or(head).trim().to_owned();
        let body = format!("{}\n", body.trim_end_matches('\n'));
        let mut values = Vec::new();
        let mut reader = Reader { name: &name, rest: &body, said: BTreeMap::new() };
        let piece = reader.until_end::<S>(0);
        assert!(reader.rest.is_empty(), "{name}: an encoding ends that never began");
        let content = piece.bytes;
        let line_of = |at: usize| content[..at].iter().filter(|b| **b == b'\n').count() + 1;
        for ((label, text), from, to) in piece.marks {
            let lines = (line_of(from), line_of(to));
            match values.iter_mut().find(|v: &&mut Value| v.text == text) {
                Some(known) => known.lines.push(lines),
                None => values.push(Value { label, text, lines: vec![lines] }),
            }
        }
        Case { name, path, content, values }
    }
}

/// A piece of a text, and where in it each mark's value stands.
#[derive(Default)]
struct Piece {
    bytes: Vec<u8>,
    marks: Vec<((Label, String), usize, usize)>,
}

struct Reader<'a> {
    name: &'a str,
    rest: &'a str,
    said: BTreeMap<String, String>,
}

impl Reader<'_> {
    /// Reads up to the end of the encoding that is `depth` deep, or of the text.
    fn until_end<S: Syntax>(&mut self, depth: usize) -> Piece {
        let mut piece = Piece::default();
        loop {
            let next = self.rest.find([S::OPEN, '⟪', '⟫']).unwrap_or(self.rest.len());
            piece.bytes.extend_from_slice(&self.rest.as_bytes()[..next]);
            self.rest = &self.rest[next..];
            match self.rest.chars().next() {
                Some(c) if c == S::OPEN => self.mark::<S>(&mut piece),
                Some('⟪') => self.encoding::<S>(&mut piece, depth),
                Some(_) if depth > 0 => return piece,
                Some(_) => return piece,
                None => {
                    assert_eq!(depth, 0, "{}: an encoding does not end", self.name);
                    return piece;
                }
            }
        }
    }

    fn mark<S: Syntax>(&mut self, piece: &mut Piece) {
        let end = self.rest.find(S::CLOSE).unwrap_or_else(|| panic!("{}: a mark does not end", self.name));
        let inner = &self.rest[S::OPEN.len_utf8()..end];
        let slice =
            inner.rsplit_once(':').filter(|(_, s)| s.contains('-') && s.bytes().all(|b| b"0123456789-".contains(&b)));
        let (mark, slice) = slice.map_or((inner, None), |(mark, slice)| (mark, Some(slice)));
        let (label, whole) = S::value(self.name, mark, &mut self.said);
        let part = slice.map_or(whole.as_str(), |s| {
            let (from, to) = s.split_once('-').unwrap_or_else(|| panic!("{}: {s}?", self.name));
            let parse = |n: &str, or: usize| if n.is_empty() { or } else { n.parse().unwrap() };
            &whole[parse(from, 0)..parse(to, whole.len())]
        });
        let from = piece.bytes.len();
        piece.bytes.extend_from_slice(part.as_bytes());
        piece.marks.push(((label, whole.clone()), from, piece.bytes.len()));
        self.rest = &self.rest[end + S::CLOSE.len_utf8()..];
    }

    fn encoding<S: Syntax>(&mut self, piece: &mut Piece, depth: usize) {
        let bar = self.rest.find('|').unwrap_or_else(|| panic!("{}: which encoding?", self.name));
        let encoding = self.rest['⟪'.len_utf8()..bar].to_owned();
        self.rest = &self.rest[bar + 1..];
        let inner = self.until_end::<S>(depth + 1);
        self.rest = self.rest.strip_prefix('⟫').unwrap();
        let encoded = encode(self.name, &encoding, &inner.bytes);
        let from = piece.bytes.len();
        // Line for line where the encoding keeps lines; its whole range otherwise.
        let keeps_lines = matches!(encoding.as_str(), "html" | "crlf");
        let line_at = |at: usize| inner.bytes[..at].iter().filter(|b| **b == b'\n').count();
        let line_start = |n: usize| match n {
            0 => 0,
            n => encoded
                .iter()
                .enumerate()
                .filter(|(_, b)| **b == b'\n')
                .nth(n - 1)
                .map_or(encoded.len(), |(i, _)| i + 1),
        };
        for (mark, start, end) in inner.marks {
            let (start, end) = match keeps_lines {
                true => (line_start(line_at(start)), line_start(line_at(end))),
                false => (0, encoded.len().saturating_sub(1)),
            };
            piece.marks.push((mark, from + start, from + end));
        }
        piece.bytes.extend_from_slice(&encoded);
    }
}

/// The marks of Mistral's cases.
pub struct Mistral;

impl Syntax for Mistral {
    const OPEN: char = '⟨';
    const CLOSE: char = '⟩';

    fn value(case: &str, mark: &str, _: &mut BTreeMap<String, String>) -> (Label, String) {
        (label(mark).unwrap_or_else(|| panic!("{case}: what is {mark}?")), value(case, mark))
    }
}

fn label(mark: &str) -> Option<Label> {
    Some(match mark.chars().next()? {
        '+' => Label::Rule("mistral-"),
        'c' => Label::Rule("mistral-codestral-api-key"),
        'a' => Label::Rule("mistral-admin-api-key"),
        '-' | 'h' | 'H' | 'u' | 'b' | 's' | 'w' | 'p' | 'd' => Label::Nobody,
        '?' => Label::Undecided,
        _ => return None,
    })
}

pub const ALNUM: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
pub const HEX: &[u8] = b"0123456789abcdef";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
pub const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PASSWORD: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!#%*-+";

/// The value of a mark: always the same in the same case.
fn value(case: &str, mark: &str) -> String {
    let mut draw = Draw::of(&format!("{case} {mark}"));
    match mark.chars().next() {
        Some('h') => draw.from(HEX, 32),
        Some('H') => draw.from(HEX, 64),
        Some('u') => [8, 4, 4, 4, 12].map(|n| draw.from(HEX, n)).join("-"),
        // The last of 43 characters holds four bits.
        Some('b') => draw.from(BASE64, 42) + &draw.from(b"AEIMQUYcgkosw048", 1) + "=",
        Some('s') => draw.from(ALNUM, 40),
        Some('w') => draw.from(LOWER, 32),
        Some('p') => draw.from(PASSWORD, 14),
        Some('d') => draw.from(b"0123456789", 10),
        _ => draw.from(ALNUM, 32),
    }
}

/// splitmix64, seeded by a name.
pub struct Draw(u64);

impl Draw {
    pub fn of(name: &str) -> Draw {
        Draw(name.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn from(&mut self, alphabet: &[u8], count: usize) -> String {
        (0..count).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }
}

fn encode(case: &str, encoding: &str, bytes: &[u8]) -> Vec<u8> {
    let each = |f: &dyn Fn(u8) -> String| bytes.iter().map(|b| f(*b)).collect::<String>().into_bytes();
    let plain = |b: u8| char::from(b).to_string();
    match encoding {
        "b64" => base64(bytes),
        "pct" => each(&|b| match b {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => plain(b),
            b => format!("%{b:02X}"),
        }),
        "json" => {
            let text = serde_json::to_string(std::str::from_utf8(bytes).unwrap()).unwrap();
            text.as_bytes()[1..text.len() - 1].to_vec()
        }
        "html" => {
            let text = std::str::from_utf8(bytes).unwrap();
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
            text.replace('\'', "&#39;").into_bytes()
        }
        "qp" => quoted_printable(bytes),
        "crlf" => std::str::from_utf8(bytes).unwrap().replace('\n', "\r\n").into_bytes(),
        "utf16" => {
            let text = std::str::from_utf8(bytes).unwrap();
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        }
        _ => panic!("{case}: no encoding is called {encoding}"),
    }
}

pub fn base64(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0u32, |bits, (i, b)| bits | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= three.len() { digit } else { b'=' });
        }
    }
    out
}

fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut column = 0;
    for &b in bytes {
        let piece = match b {
            b'\n' => "\n".to_owned(),
            b'=' | 0..32 | 127.. => format!("={b:02X}"),
            b => char::from(b).to_string(),
        };
        if b != b'\n' && column + piece.len() > 75 {
            out.extend_from_slice(b"=\n");
            column = 0;
        }
        column = if b == b'\n' { 0 } else { column + piece.len() };
        out.extend_from_slice(piece.as_bytes());
    }
    out
}

#[test]
fn encodings_are_what_they_are_called() {
    let encoded = |text: &str| cases::<Mistral>("b", &format!("=== f | why\n{text}\n")).remove(0).content;
    assert_eq!(encoded("⟪b64|a⟫ ⟪b64|ab⟫ ⟪b64|abc⟫"), b"YQ== YWI= YWJj\n");
    assert_eq!(encoded("⟪pct|a=\"b c\"⟫ ⟪json|say \"⟪html|<&>⟫\"⟫"), b"a%3D%22b%20c%22 say \\\"&lt;&amp;&gt;\\\"\n");
    assert_eq!(encoded("⟪qp|a=b⟫"), b"a=3Db\n");
    let split = cases::<Mistral>("b", "=== f\n\n\"⟨+1:0-12⟩\" +\n\"⟨+1:12-⟩\"\n⟨+1⟩").remove(0);
    let text = String::from_utf8(split.content).unwrap().replace("\" +\n\"", "").replace(['"', '\n'], "");
    assert_eq!(text, split.values[0].text.repeat(2));
    assert_eq!(split.values[0].lines, [(2, 2), (3, 3), (4, 4)]);
}
