//! Reads one file.

use crate::blob::{Blob, Origin, Skip, SkipReason};
use crate::source::stream::{self, End, Size, Wanted};
use crate::source::{Sink, Unit};
use bstr::{BString, ByteSlice};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// git-lfs writes pointers of less than this.
const POINTER: usize = 1024;
const POINTER_START: &[u8] = b"version https://git-lfs.github.com/spec/v1\n";

/// Reads the file at `path` into the sink, or says why not. `limit`: --max-size, 0 for none.
pub(super) fn scan(path: &Path, origin: Origin, limit: u64, sink: &dyn Sink) {
    let place = place_of(&origin);
    match read(path, origin, limit, sink) {
        Ok(None) => {}
        Ok(Some((reason, detail))) => sink.skip(Skip::new(reason, place, detail)),
        Err(e) => sink.skip(trouble(place, &e)),
    }
}

/// The skip for a file or folder that can't be opened or read: gone, or a failure.
pub(super) fn trouble(place: BString, error: &io::Error) -> Skip {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            Skip::new(SkipReason::Vanished, place, "gone before it was read")
        }
        _ => Skip::new(SkipReason::Unreadable, place, stream::why(error)),
    }
}

/// Reads a FIFO or device that the user named, to its end.
pub(super) fn scan_stream(path: &Path, origin: Origin, limit: u64, sink: &dyn Sink) {
    let place = place_of(&origin);
    match File::open(path).and_then(|mut file| stream::read(&mut file, Wanted::up_to(limit), origin, sink)) {
        Ok(End::Read(bytes)) => count(sink, bytes),
        Ok(End::Over) => sink.skip(Skip::new(SkipReason::TooLarge, place, format!("more than {limit} bytes"))),
        Ok(End::TooLarge(_) | End::Special | End::Refused | End::Cancelled) => {}
        Err(e) => sink.skip(trouble(place, &e)),
    }
}

/// Scans where a symbolic link leads to, as text: that is what git keeps of it. The link is not followed.
pub(super) fn scan_link(path: &Path, origin: Origin, sink: &dyn Sink) {
    let place = place_of(&origin);
    match std::fs::read_link(path) {
        Ok(target) => {
            sink.skip(Skip::new(SkipReason::Symlink, place, "not followed"));
            sink.blob(Blob::whole(origin, stream::bytes(target.as_os_str()).into_owned()));
        }
        Err(e) => sink.skip(trouble(place, &e)),
    }
}

fn read(path: &Path, origin: Origin, limit: u64, sink: &dyn Sink) -> io::Result<Option<(SkipReason, String)>> {
    let file = File::open(path)?;
    // The folder said that it is a file; of a small one nothing else need be known.
    let size = || file.metadata().map(|meta| if meta.is_file() { Size::Bytes(meta.len()) } else { Size::Special });
    let wanted = Wanted { size: &size, limit, is_refused: is_pointer };
    match stream::read(&mut &file, wanted, origin, sink)? {
        End::Read(bytes) => count(sink, bytes),
        End::TooLarge(bytes) => return Ok(Some((SkipReason::TooLarge, format!("{bytes} bytes")))),
        End::Special => return Ok(Some((SkipReason::Special, String::new()))),
        End::Over => return Ok(Some((SkipReason::TooLarge, format!("more than {limit} bytes")))),
        End::Refused => return Ok(Some((SkipReason::LfsPointer, "the content is elsewhere".into()))),
        End::Cancelled => {}
    }
    Ok(None)
}

/// Whether it is a pointer of git-lfs and nothing else: a key below the first line would be read by nobody.
pub(in crate::source) fn is_pointer(content: &[u8]) -> bool {
    content.len() < POINTER
        && content.strip_prefix(POINTER_START).is_some_and(|rest| {
            rest.lines().all(|line| {
                let value = |key: &[u8]| line.strip_prefix(key);
                value(b"oid sha256:").is_some_and(|id| id.len() == 64 && id.iter().all(u8::is_ascii_hexdigit))
                    || value(b"size ").is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit))
            })
        })
}

fn count(sink: &dyn Sink, bytes: u64) {
    sink.count(Unit::File, 1);
    sink.count(Unit::Byte, bytes);
}

fn place_of(origin: &Origin) -> BString {
    origin.path.clone().unwrap_or_default()
}
