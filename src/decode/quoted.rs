//! Quoted-printable: mails and vCards, where `=` is `=3D` and a long line is broken by `=` at its end.

use super::Encoding;
use super::edits::Edits;
use super::map::Piece;
use super::sign::hex2;
use memchr::memmem;

const PIECE: Piece = Piece::Whole(Encoding::QuotedPrintable);

/// Decodes a text that is quoted-printable: it says so, or breaks lines as only such a text does.
pub(super) fn find(text: &[u8], edits: &mut Edits) {
    if !is_quoted_printable(text) {
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

pub(super) fn is_quoted_printable(text: &[u8]) -> bool {
    let declared = memmem::find(text, b"uoted-printable").or_else(|| memmem::find(text, b"UOTED-PRINTABLE")).is_some();
    let Some(first) = memmem::find(text, b"=3D") else { return declared };
    // Without its header (a cut-off mail) a soft break near an encoded `=` gives it away.
    let near = &text[first.saturating_sub(4096)..(first + 4096).min(text.len())];
    declared || memmem::find(near, b"=\n").is_some() || memmem::find(near, b"=\r\n").is_some()
}
