//! A stream: standard input, or whatever else can be read once.

use super::stream::{self, End, Wanted};
use super::{Sink, Source, Unit};
use crate::Result;
use crate::blob::{Kind, Origin, Skip, SkipReason};
use bstr::BString;
use std::fmt;
use std::io::Read;
use std::sync::{Mutex, PoisonError};

/// What a stream without a name is called, as on the command line.
const NAMELESS: &str = "-";

/// A stream, scanned as one file. It is read once: a second scan finds nothing.
pub struct Stdin {
    reader: Mutex<Box<dyn Read + Send>>,
    name: BString,
}

impl Stdin {
    /// Reads from `reader`. `name` is what reports call it; its ending tells the file kind. Without one it is `-`.
    pub fn new(reader: impl Read + Send + 'static, name: Option<BString>) -> Self {
        let name = name.map(|name| BString::from(name.strip_prefix(b"./").unwrap_or(&name)));
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| NAMELESS.into());
        Stdin { reader: Mutex::new(Box::new(reader)), name }
    }
}

impl fmt::Debug for Stdin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stdin").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source for Stdin {
    fn name(&self) -> &'static str {
        "stdin"
    }

    fn asked(&self) -> Vec<String> {
        vec![NAMELESS.to_owned()]
    }

    fn expects_entries(&self) -> bool {
        false
    }

    /// However long the stream is: beyond 64 MiB it is read in windows.
    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let origin = Origin::file(Kind::Stdin, self.name.clone());
        sink.count(Unit::Entry, 1);
        match stream::read(&mut **reader, Wanted::up_to(0), origin, sink) {
            Ok(End::Read(bytes)) => {
                sink.count(Unit::File, 1);
                sink.count(Unit::Byte, bytes);
            }
            Ok(End::Over | End::TooLarge(_) | End::Special | End::Refused | End::Cancelled) => {}
            Err(e) => sink.skip(Skip::new(SkipReason::Unreadable, self.name.clone(), stream::why(&e))),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::testing::Recorder;

    fn scan(source: &Stdin) -> Recorder {
        let sink = Recorder::default();
        source.scan(&sink).unwrap();
        sink
    }

    #[test]
    fn a_stream_is_one_file_with_its_name() {
        let sink = scan(&Stdin::new(&b"key = 1\n"[..], None));
        assert_eq!(sink.contents(), [("-".to_owned(), "key = 1\n".to_owned())]);
        assert_eq!((sink.counted(Unit::File), sink.counted(Unit::Byte)), (1, 8));
        assert_eq!(scan(&Stdin::new(&b""[..], Some("./a/b.py".into()))).paths(), ["a/b.py"]);
    }

    #[test]
    fn a_stream_that_breaks_is_a_failure() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        let sink = scan(&Stdin::new((&b"begin"[..]).chain(Broken), None));
        assert_eq!(sink.skips(), [(SkipReason::Unreadable, "-".to_owned())]);
        assert_eq!(sink.details(), ["gone"]);
        assert_eq!(sink.contents(), [("-".to_owned(), "begin".to_owned())]);
    }
}
