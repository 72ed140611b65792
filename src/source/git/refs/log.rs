//! Reflogs: where a reference pointed before.

use super::file;
use crate::blob::{Skip, SkipReason};
use bstr::{BString, ByteSlice};
use gix_hash::{Kind, ObjectId};
use std::path::Path;

/// The log of one reference, oldest line first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The reference's full name, as in [`super::Reference::name`].
    pub name: BString,
    /// Its lines.
    pub lines: Vec<LogLine>,
}

/// A line of a reflog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// What the reference pointed at before; None where it was born.
    pub old: Option<ObjectId>,
    /// What it points at from then on; None where it was deleted.
    pub new: Option<ObjectId>,
    /// Who, when and why: what follows the ids.
    pub text: BString,
}

/// Reads every log below `dir`, also those of references that are gone.
pub(super) fn read_all(dir: &Path, prefix: &BString, hash: Kind, logs: &mut Vec<Log>, skips: &mut Vec<Skip>) {
    if dir.join("logs").is_symlink() {
        // Any file below would be told as a log.
        let name: BString = [prefix.as_slice(), b"logs"].concat().into();
        return skips.push(Skip::new(SkipReason::BrokenReference, name, "a symbolic link to a folder: not followed"));
    }
    for file in file::files(dir, b"logs", skips) {
        let path = dir.join(file::to_path(&file));
        let name: BString = [prefix.as_slice(), file.strip_prefix(b"logs/").unwrap_or(&file)].concat().into();
        if path.is_symlink() || !path.is_file() {
            skips.push(Skip::new(SkipReason::BrokenReference, name, "its log is no file"));
            continue;
        }
        match std::fs::read(&path) {
            Ok(text) => logs.push(read(name, &text, hash, skips)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => skips.push(Skip::new(SkipReason::Unreadable, name, format!("its log: {e}"))),
        }
    }
}

fn read(name: BString, text: &[u8], hash: Kind, skips: &mut Vec<Skip>) -> Log {
    let mut log = Log { name, lines: Vec::new() };
    let mut bad = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let parsed = parse(line, hash);
        if parsed.is_none() && !line.is_empty() {
            bad.push(number + 1);
        }
        // The words of a line are content, whatever became of its ids.
        let (old, new, text) = parsed.unwrap_or((None, None, line));
        log.lines.push(LogLine { old, new, text: text.into() });
    }
    if let Some(first) = bad.first() {
        let more = if bad.len() > 1 { format!(" and {} more", bad.len() - 1) } else { String::new() };
        let why = format!("its log: line {first}{more} can't be parsed");
        skips.push(Skip::new(SkipReason::BrokenReference, log.name.clone(), why));
    }
    log
}

type Ids<'a> = (Option<ObjectId>, Option<ObjectId>, &'a [u8]);

fn parse(line: &[u8], hash: Kind) -> Option<Ids<'_>> {
    let (old, rest) = line.split_once_str(" ")?;
    let (new, text) = rest.split_once_str(" ").unwrap_or((rest, b""));
    let id = |hex: &[u8]| ObjectId::from_hex(hex).ok().filter(|id| id.kind() == hash);
    let some = |id: ObjectId| (!id.is_null()).then_some(id);
    Some((some(id(old)?), some(id(new)?), text))
}
