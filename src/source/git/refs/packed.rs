//! The `packed-refs` file: a line a reference.

use crate::blob::{Skip, SkipReason};
use crate::source::git::open::file;
use bstr::{BString, ByteSlice};
use gix_hash::{Kind, ObjectId};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads packed references. What an annotated tag peels to (`^` lines) is read from the tag itself instead.
pub(super) fn read(common_dir: &Path, hash: Kind, skips: &mut Vec<Skip>) -> BTreeMap<BString, ObjectId> {
    let mut refs = BTreeMap::new();
    let text = match file::read(&common_dir.join("packed-refs"), file::PACKED) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return refs,
        Err(e) => {
            skips.push(Skip::new(SkipReason::Unreadable, "packed-refs", e.to_string()));
            return refs;
        }
    };
    for (number, line) in text.lines().enumerate() {
        if line.is_empty() || line.starts_with(b"#") || line.starts_with(b"^") {
            continue;
        }
        match parse(line, hash) {
            Some((name, id)) => drop(refs.insert(name, id)),
            None => skips.push(Skip::new(
                SkipReason::BrokenReference,
                "packed-refs",
                format!("line {} is no id and name", number + 1),
            )),
        }
    }
    refs
}

fn parse(line: &[u8], hash: Kind) -> Option<(BString, ObjectId)> {
    let (id, name) = line.split_once_str(" ")?;
    let id = ObjectId::from_hex(id).ok().filter(|id| id.kind() == hash && !id.is_null())?;
    (!name.is_empty()).then(|| (name.into(), id))
}
