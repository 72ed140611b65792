//! Quoted-printable: mails and vCards, where `=` is `=3D` and a long line is broken by `=` at its end.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::hex2;
use super::signs::Signs;
use memchr::memmem;

const PIECE: Piece = Piece::Whole(Encoding::QuotedPrintable);

/// Decodes a text that is quoted-printable: it says so, or breaks lines as only such a text does.
pub(super) fn find(text: &[u8], signs: &Signs, edits: &mut Edits) {
    if !signs.is_mail && signs.soft.is_none_or(|first| !has_soft_ends(text, first)) {
        return;
    }
    let mut done = 0;
    for at in memchr::memchr_iter(b'=', text) {
        if at < done {
            continue;
        }
        match &text[at + 1..] {
            [b'\n', ..] => edits.push(at..at + 2, b"", PIECE),
            [b'\r', b'\n', ..] => edits.push(at..at + 3, b"", PIECE),
            rest => {
                let Some(code) = hex2(rest).filter(|c| !c.is_ascii_control() || *c == b'\t') else { continue };
                edits.push(at..at + 3, &[code], PIECE);
            }
        }
        done = at + 3;
    }
}

/// Whether a soft line end stands near the first encoded `=`: without its header (a cut-off mail) it gives it away.
pub(super) fn has_soft_ends(text: &[u8], first: usize) -> bool {
    let near = &text[first.saturating_sub(4096)..(first + 4096).min(text.len())];
    memmem::find(near, b"=\n").is_some() || memmem::find(near, b"=\r\n").is_some()
}
