//! Inflates zlib streams of a declared size, and never more than that.

use flate2::{Decompress, FlushDecompress, Status};

/// A byte of deflate makes at most this many bytes; a declared size beyond it is a lie.
pub(super) const MOST_PER_BYTE: u64 = 1032;

/// A decoder that is used again and again.
pub(super) struct Inflater {
    zlib: Decompress,
}

/// Why a stream can't be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    /// It is no zlib stream, or its checksum is wrong.
    Stream,
    /// It ends before its end.
    Cut,
    /// It has more or fewer bytes than declared.
    Size,
    /// There is no memory for it.
    Memory,
}

impl Broken {
    /// For people.
    pub(super) fn why(self) -> &'static str {
        match self {
            Broken::Stream => "its compressed data is damaged",
            Broken::Cut => "its compressed data is cut off",
            Broken::Size => "its size is not the declared one",
            Broken::Memory => "there is not enough memory for it",
        }
    }
}

impl Inflater {
    pub(super) fn new() -> Self {
        Inflater { zlib: Decompress::new(true) }
    }

    /// How many bytes went in and came out the last time.
    pub(super) fn work(&self) -> u64 {
        self.zlib.total_in() + self.zlib.total_out() + 1
    }

    /// Inflates the stream that `input` begins with into `out` (cleared first): exactly `size` bytes. Returns how
    /// many bytes of `input` the stream has.
    ///
    /// # Errors
    /// As [`Broken`] says.
    pub(super) fn exact(&mut self, input: &[u8], size: u64, out: &mut Vec<u8>) -> Result<usize, Broken> {
        out.clear();
        if size / MOST_PER_BYTE > input.len() as u64 {
            return Err(if input.len() < 64 { Broken::Cut } else { Broken::Size });
        }
        // One byte of room more than declared shows a stream that is longer than declared.
        let room = usize::try_from(size).map_err(|_| Broken::Memory)?.saturating_add(1);
        out.try_reserve(room).map_err(|_| Broken::Memory)?;
        self.zlib.reset(true);
        loop {
            let (used, made) = (self.zlib.total_in(), self.zlib.total_out());
            let rest = input.get(used as usize..).unwrap_or_default();
            let status = self.zlib.decompress_vec(rest, out, FlushDecompress::Finish).map_err(|_| Broken::Stream)?;
            if self.zlib.total_out() > size {
                return Err(Broken::Size);
            }
            match status {
                Status::StreamEnd if self.zlib.total_out() == size => return Ok(self.zlib.total_in() as usize),
                Status::StreamEnd => return Err(Broken::Size),
                _ if (used, made) == (self.zlib.total_in(), self.zlib.total_out()) => return Err(Broken::Cut),
                _ => {}
            }
        }
    }

    /// Inflates the stream that `input` begins with and keeps nothing of it: exactly `size` bytes, given to `each` piece
    /// by piece. Returns how many bytes of `input` the stream has.
    ///
    /// # Errors
    /// As [`Broken`] says.
    pub(super) fn measure(&mut self, input: &[u8], size: u64, mut each: impl FnMut(&[u8])) -> Result<usize, Broken> {
        if size / MOST_PER_BYTE > input.len() as u64 {
            return Err(Broken::Size);
        }
        let mut piece = vec![0; 64 << 10];
        self.zlib.reset(true);
        loop {
            let (used, made) = (self.zlib.total_in(), self.zlib.total_out());
            let rest = input.get(used as usize..).unwrap_or_default();
            let status = self.zlib.decompress(rest, &mut piece, FlushDecompress::None).map_err(|_| Broken::Stream)?;
            each(piece.get(..(self.zlib.total_out() - made) as usize).unwrap_or_default());
            if self.zlib.total_out() > size {
                return Err(Broken::Size);
            }
            match status {
                Status::StreamEnd if self.zlib.total_out() == size => return Ok(self.zlib.total_in() as usize),
                Status::StreamEnd => return Err(Broken::Size),
                _ if (used, made) == (self.zlib.total_in(), self.zlib.total_out()) => return Err(Broken::Cut),
                _ => {}
            }
        }
    }

    /// Inflates no more than the first bytes of the stream, as many as `out` has room for at most; returns them.
    ///
    /// # Errors
    /// As [`Broken`] says.
    pub(super) fn head<'o>(&mut self, input: &[u8], out: &'o mut [u8]) -> Result<&'o [u8], Broken> {
        self.zlib.reset(true);
        self.zlib.decompress(input, out, FlushDecompress::None).map_err(|_| Broken::Stream)?;
        out.get(..self.zlib.total_out() as usize).ok_or(Broken::Stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut z = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        z.write_all(bytes).unwrap();
        z.finish().unwrap()
    }

    #[test]
    fn only_the_declared_size_is_taken() {
        let (mut z, mut out) = (Inflater::new(), Vec::new());
        for text in [&b""[..], b"x", &[7; 100_000]] {
            let mut stream = deflated(text);
            let len = stream.len();
            stream.extend(b"the next entry");
            assert_eq!(z.exact(&stream, text.len() as u64, &mut out), Ok(len));
            assert_eq!(out, text);
            let mut pieces: Vec<u8> = Vec::new();
            assert_eq!(z.measure(&stream, text.len() as u64, |piece| pieces.extend(piece)), Ok(len));
            assert_eq!(pieces, text);
            assert_eq!(z.measure(&stream, text.len() as u64 + 1, |_| ()), Err(Broken::Size));
            assert_eq!(z.exact(&stream, text.len() as u64 + 1, &mut out), Err(Broken::Size));
            if !text.is_empty() {
                assert_eq!(z.exact(&stream, text.len() as u64 - 1, &mut out), Err(Broken::Size));
            }
            assert!(z.exact(&stream[..len - 1], text.len() as u64, &mut out).is_err());
        }
        assert!(z.exact(&deflated(b"x"), u64::MAX, &mut out).is_err());
        assert!(out.capacity() < 1 << 20);
        let mut head = [0; 4];
        assert_eq!(z.head(&deflated(&[7; 100_000]), &mut head), Ok(&[7; 4][..]));
    }
}
