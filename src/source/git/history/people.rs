//! Commits as reports show them, each read once.

use super::parse::{self, Person};
use crate::blob::Commit;
use crate::source::git::objects::Objects;
use bstr::ByteSlice;
use gix_hash::ObjectId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Reads commits for reports.
pub(in crate::source::git) struct People<'a> {
    objects: &'a Objects,
    known: Mutex<HashMap<ObjectId, Option<Arc<Commit>>>>,
}

impl<'a> People<'a> {
    pub(in crate::source::git) fn new(objects: &'a Objects) -> Self {
        People { objects, known: Mutex::default() }
    }

    /// The commit with this id; None where it can't be read.
    pub(in crate::source::git) fn commit(&self, id: &ObjectId, rank: u64) -> Option<Arc<Commit>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry(*id).or_insert_with(|| self.read(id, rank)).clone()
    }

    fn read(&self, id: &ObjectId, rank: u64) -> Option<Arc<Commit>> {
        let mut data = Vec::new();
        self.objects.get(id, 0, &mut data).ok()?;
        Some(Arc::new(commit(id, &data, rank)))
    }
}

/// A commit from its object.
pub(in crate::source::git) fn commit(id: &ObjectId, data: &[u8], rank: u64) -> Commit {
    let text = |bytes: &[u8]| bytes.to_str_lossy().into_owned();
    let author = Person::parse(parse::header(data, "author").unwrap_or_default());
    let committer = Person::parse(parse::header(data, "committer").unwrap_or_default());
    let summary = parse::split(data).1.lines().map(|l| l.trim()).find(|l| !l.is_empty()).unwrap_or_default();
    Commit {
        id: id.to_string(),
        author: text(author.name),
        email: text(author.email),
        date: date(committer.time, committer.offset),
        summary: text(summary),
        rank,
    }
}

/// RFC 3339 with the offset; times that no calendar shows are the nearest that it does.
fn date(seconds: i64, offset: i32) -> String {
    // RFC 3339 has the years 0000 to 9999; a day's distance keeps every offset inside.
    const FIRST: i64 = -62_167_219_200 + 86_400;
    const LAST: i64 = 253_402_300_799 - 2 * 86_400;
    let time = jiff::Timestamp::from_second(seconds.clamp(FIRST, LAST)).unwrap_or_default();
    let zone = jiff::tz::Offset::from_seconds(offset).unwrap_or(jiff::tz::Offset::UTC);
    zone.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S").to_string() + &offset_text(offset)
}

fn offset_text(offset: i32) -> String {
    let sign = if offset < 0 { '-' } else { '+' };
    let minutes = offset.abs() / 60;
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_as_shown() {
        let data = b"tree x\nauthor A \xff <a@b> 1 +0000\ncommitter C <c@d> 1600000000 -0530\n\n\n  Say it\nmore\n";
        let shown = commit(&ObjectId::null(gix_hash::Kind::Sha1), data, 7);
        assert_eq!((shown.author.as_str(), shown.email.as_str()), ("A \u{fffd}", "a@b"));
        assert_eq!((shown.date.as_str(), shown.summary.as_str()), ("2020-09-13T06:56:40-05:30", "Say it"));
        assert_eq!(shown.rank, 7);
    }

    #[test]
    fn dates_of_broken_clocks_are_dates() {
        assert_eq!(date(0, 0), "1970-01-01T00:00:00+00:00");
        assert_eq!(date(i64::MAX, 86_340), "9999-12-30T23:58:59+23:59");
        assert_eq!(date(i64::MIN, -86_340), "0000-01-01T00:01:00-23:59");
    }
}
