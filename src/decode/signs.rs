//! What in a text says that something may be encoded, found in one pass: the decoders that need such a sign are asked
//! only where it stands.

use super::{base64, lists, quoted};
use crate::spotter::Spotter;
use std::sync::OnceLock;

const SIGNS: [&str; 16] = [
    "=3D",
    "uoted-printable",
    "UOTED-PRINTABLE",
    "\"cell_type\"",
    "Secret",
    "asic ",
    "oin(",
    "implode(",
    "joinToString(",
    ".concat(",
    "=\"base64\">",
    "assword:: ",
    "concat!(",
    "paste0(",
    "ing.Concat(",
    "CONCAT(",
];

/// How far away what is said of a text's encoding may stand, but for lists of pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Close by.
    #[default]
    Near,
    /// A soft line end within 4,096 bytes of this place would make a mail of it.
    Mail(usize),
    /// Anywhere: what begins like a notebook, a mail, a manifest of short base64 values.
    Far,
}

/// The signs of a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Signs {
    /// Where the first `=3D` stands.
    pub(super) soft: Option<usize>,
    /// It says that it is quoted-printable.
    pub(super) is_mail: bool,
    /// Short values are expected to be base64.
    pub(super) is_manifest: bool,
    /// Where base64 begins that may be short: behind `Basic `, `encoding="base64">`, `userPassword:: `.
    pub(super) basic: Vec<usize>,
    /// Where names begin that may join a list, and their arguments.
    pub(super) joins: Vec<(usize, usize)>,
    /// Cells, or a manifest.
    is_far: bool,
    any_secret: bool,
}

impl Signs {
    /// Reads a text.
    pub(super) fn of(text: &[u8]) -> Signs {
        static SPOTTER: OnceLock<Option<Spotter>> = OnceLock::new();
        let spotter = SPOTTER.get_or_init(|| Spotter::new(SIGNS.iter().map(|sign| sign.as_bytes())));
        let (mut signs, mut from) = (Signs::default(), 0);
        let Some(spotter) = spotter else { return signs };
        while let Some(at) = spotter.next(text, from..text.len()) {
            if let Some((sign, len)) = spotter.at(text, at).next() {
                signs.add(text, sign, at..at + len);
            }
            from = at + 1;
        }
        signs
    }

    fn add(&mut self, text: &[u8], sign: usize, at: std::ops::Range<usize>) {
        match sign {
            0 => self.soft = self.soft.or(Some(at.start)),
            1 | 2 => self.is_mail = true,
            3 => self.is_far = true,
            4 => {
                let begins = base64::begins_manifest(text, at.start);
                self.is_manifest |= begins && !self.any_secret || text[..at.start].ends_with(b"kind: ");
                self.is_far |= begins;
                self.any_secret = true;
            }
            5 | 10 | 11 => self.basic.push(at.end),
            6 => self.joins.extend(lists::name(text, at.start).map(|name| (name, at.end))),
            _ => self.joins.push((at.start, at.end)),
        }
    }

    /// How far away what else is said may stand.
    pub(super) fn reach(&self, text: &[u8]) -> Reach {
        match self.soft {
            _ if self.is_far || self.is_mail => Reach::Far,
            Some(first) if quoted::has_soft_ends(text, first) => Reach::Far,
            Some(first) => Reach::Mail(first),
            None => Reach::Near,
        }
    }
}
