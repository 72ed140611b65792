//! Deltas: how one object is made from another.

use crate::blob::Copied;

/// The most bytes that are made without counting first what the instructions really make.
const UNCOUNTED: u64 = 16 << 20;

/// A delta, opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delta<'d> {
    /// The size that its base must have.
    pub(super) base_size: u64,
    /// The size that it makes.
    pub(super) size: u64,
    instructions: &'d [u8],
}

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'d> {
    /// Bytes of the base: from where, how many.
    Copy(usize, usize),
    /// New bytes.
    Insert(&'d [u8]),
}

impl<'d> Delta<'d> {
    /// Opens a delta; None where not even its sizes can be read.
    pub(super) fn open(bytes: &'d [u8]) -> Option<Self> {
        let (base_size, rest) = size(bytes)?;
        let (size, instructions) = size(rest)?;
        Some(Delta { base_size, size, instructions })
    }

    /// Makes the object from `base` into `out` (cleared first). None where the delta does not fit it.
    pub(super) fn apply(&self, base: &[u8], out: &mut Vec<u8>) -> Option<()> {
        out.clear();
        if base.len() as u64 != self.base_size || (self.size > UNCOUNTED && self.made()? != self.size) {
            return None;
        }
        let size = usize::try_from(self.size).ok()?;
        out.try_reserve(size).ok()?;
        for piece in self.pieces() {
            let bytes = match piece? {
                Piece::Copy(from, len) => base.get(from..from.checked_add(len)?)?,
                Piece::Insert(bytes) => bytes,
            };
            if bytes.len() > size - out.len() {
                return None;
            }
            out.extend_from_slice(bytes);
        }
        (out.len() == size).then_some(())
    }

    /// What it copies.
    pub(super) fn copied(&self, all: &mut Vec<Copied>) {
        all.clear();
        let mut to = 0;
        for piece in self.pieces().map_while(|piece| piece) {
            match piece {
                Piece::Copy(from, len) => {
                    Copied::push(all, Copied { from, to, len });
                    to += len;
                }
                Piece::Insert(bytes) => to += bytes.len(),
            }
        }
    }

    /// Its instructions; a None among them is one that is damaged, and the last.
    pub(super) fn pieces(&self) -> Pieces<'d> {
        Pieces { rest: self.instructions }
    }

    fn made(&self) -> Option<u64> {
        self.pieces().try_fold(0u64, |sum, piece| {
            sum.checked_add(match piece? {
                Piece::Copy(_, len) => len as u64,
                Piece::Insert(bytes) => bytes.len() as u64,
            })
        })
    }
}

/// The instructions of a delta.
#[derive(Clone, Debug)]
pub(super) struct Pieces<'d> {
    rest: &'d [u8],
}

impl<'d> Iterator for Pieces<'d> {
    type Item = Option<Piece<'d>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&op, rest) = self.rest.split_first()?;
        let piece = if op & 0x80 != 0 { copy(op, rest) } else { insert(op, rest) };
        self.rest = piece.map_or(&[], |(_, rest)| rest);
        Some(piece.map(|(piece, _)| piece))
    }
}

fn insert(op: u8, rest: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    // An insertion of nothing is reserved.
    let (bytes, rest) = rest.split_at_checked(op as usize).filter(|_| op != 0)?;
    Some((Piece::Insert(bytes), rest))
}

fn copy(op: u8, mut rest: &[u8]) -> Option<(Piece<'_>, &[u8])> {
    let (mut from, mut len) = (0usize, 0usize);
    for bit in 0..7 {
        if op & (1 << bit) != 0 {
            let (&byte, after) = rest.split_first()?;
            rest = after;
            match bit {
                0..4 => from |= (byte as usize) << (8 * bit),
                _ => len |= (byte as usize) << (8 * (bit - 4)),
            }
        }
    }
    Some((Piece::Copy(from, if len == 0 { 0x10000 } else { len }), rest))
}

/// A size in seven bits a byte, the lowest first.
fn size(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut size = 0u64;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        let bits = u64::from(byte & 0x7f);
        size |= bits.checked_shl(7 * at as u32).filter(|shifted| shifted >> (7 * at) == bits)?;
        if byte & 0x80 == 0 {
            return Some((size, bytes.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pieces_are_put_together() {
        let delta = [10, 9, 0x91, 2, 3, 3, b'x', b'y', b'z', 0x90, 3];
        let delta = Delta::open(&delta).unwrap();
        let mut out = Vec::new();
        assert_eq!(delta.apply(b"0123456789", &mut out), Some(()));
        assert_eq!(out, b"234xyz012");
        assert_eq!(delta.apply(b"012345678", &mut out), None);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let mut out = Vec::new();
        for bad in [
            &[10, 3, 0x91, 9, 3][..], // past the base's end
            &[10, 9, 3, b'a', b'b'],  // an insertion that is cut off
            &[10, 9, 0],              // reserved
            &[10, 9, 0x91],           // a copy that is cut off
            &[10, 2, 3, 1, 2, 3],     // more than declared
            &[10, 4, 3, 1, 2, 3],     // less than declared
            &[10, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x80],
        ] {
            assert_eq!(Delta::open(bad).and_then(|d| d.apply(b"0123456789", &mut out)), None, "{bad:?}");
            assert!(out.capacity() < 1 << 20);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(base in proptest::collection::vec(any::<u8>(), 0..64), delta in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut out = Vec::new();
            if let Some(delta) = Delta::open(&delta) && delta.apply(&base, &mut out).is_some() {
                prop_assert_eq!(out.len() as u64, delta.size);
            }
        }
    }
}
