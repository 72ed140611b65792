//! A baseline as a file: a head, sections, a line an entry. The same entries are the same bytes.
//!
//! git takes lines that two branches add at the same spot for a conflict. So the file is divided by fixed lines into
//! sections for the beginnings of fingerprints: what two branches add mostly stands in different ones, and merges.

use super::{Baseline, Entry};
use crate::config::{file_error, read_text};
use crate::{Error, Result};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// Far above any baseline, and far below what memory holds.
const MAX_BYTES: u64 = 256 << 20;
/// Sections: one for each fourth value of a fingerprint's first byte.
const SECTION: usize = 4;
const HEAD: &str = "\
# leakbreak baseline 1: known findings, one a line. `leakbreak baseline create`, `prune` and `import` write it.
# FINGERPRINT RULE PATH reason=\"TEXT\" [author=\"NAME\"] [expires=YYYY-MM-DD]
# Lines may be edited and removed. The marks of two digits keep apart what two branches add, so that it merges.
";
/// How the lines begin that git leaves in a file that it could not merge.
const CONFLICT: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// Reads a baseline file.
pub(super) fn read(path: &Path) -> Result<Baseline> {
    // A FIFO or a device would never end, and a scanned tree's configuration can name one.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(file_error(path, None, "is no regular file, so it is no baseline"));
    }
    parse(&read_text(path, MAX_BYTES)?, path)
}

/// Reads the text of one: entries in any order, as a merge leaves them.
pub(super) fn parse(text: &str, path: &Path) -> Result<Baseline> {
    let mut entries: Vec<Entry> = Vec::new();
    for (i, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fail = |why: String| file_error(path, Some(i + 1), why);
        if CONFLICT.iter().any(|mark| line.starts_with(mark)) {
            return Err(fail("stands in a merge conflict: keep the entries of both sides and remove the marks".into()));
        }
        let entry = Entry::parse(line).map_err(|why| fail(format!("the entry {why}")))?;
        entries.push(entry);
    }
    // Of two for one finding the one that counts longest; without a last day it counts for ever.
    entries.sort_by(|a, b| {
        let day = |entry: &Entry| (entry.terms.expires.is_none(), entry.terms.expires.clone());
        (&a.fingerprint, day(b)).cmp(&(&b.fingerprint, day(a)))
    });
    Ok(Baseline::of(entries))
}

impl Baseline {
    /// The text of its file.
    pub fn to_text(&self) -> String {
        let mut text = HEAD.to_owned();
        let mut entries = self.entries.iter().peekable();
        for section in (0..256).step_by(SECTION) {
            let _ = writeln!(text, "# {section:02x}");
            let end = format!("{:02x}", section + SECTION);
            let is_last = section + SECTION == 256;
            while let Some(entry) = entries.next_if(|entry| is_last || entry.fingerprint.as_str() < end.as_str()) {
                let _ = writeln!(text, "{}", entry.line());
            }
        }
        text
    }

    /// Writes the file at once or not at all, and leaves nothing else behind.
    ///
    /// # Errors
    /// [`Error::Path`] with what the system says.
    pub fn write(&self, path: &Path) -> Result<()> {
        let fail = |e: std::io::Error| Error::path(path, format!("cannot be written: {e}"));
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".leakbreak-baseline-");
        // A temporary file is its owner's alone; this one stays, and is everybody's to read.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let mut file = builder.tempfile_in(folder).map_err(fail)?;
        file.write_all(self.to_text().as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(fail)?;
        file.persist(path).map_err(|e| fail(e.error))?;
        Ok(())
    }
}
