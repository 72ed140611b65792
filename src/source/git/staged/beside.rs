//! The project that a staged file belongs to, as the index has it.

use crate::blob::{Neighbour, Origin};
use crate::source::beside::{ABOVE, MANIFESTS, NAMES, SIZE, is_own, is_wanted, join, read};
use crate::source::git::index::{EntryKind, Index};
use crate::source::git::objects::Objects;
use bstr::{BString, ByteSlice};

/// Programs and manifests near a file.
pub(super) fn of(index: &Index, objects: &Objects, settings: &Origin) -> Vec<Neighbour> {
    let Some(path) = &settings.path else { return Vec::new() };
    let base = project(index, path);
    let below = |path: &[u8]| {
        let rest = path.strip_prefix(base).unwrap_or(path);
        let folders = rest.rfind_byte(b'/').map_or(&b""[..], |end| &rest[..end]);
        is_wanted(&rest[rest.rfind_byte(b'/').map_or(0, |end| end + 1)..])
            && folders.split(|b| *b == b'/').filter(|part| !part.is_empty()).all(is_own)
    };
    let entries = index.range_below(base).take(NAMES).map(|at| index.entry(at));
    let files: Vec<BString> =
        entries.filter(|e| e.kind() == EntryKind::File && below(e.path)).map(|e| e.path.into()).collect();
    read(files, |path| {
        let at = index.range_of(path).next()?;
        let mut bytes = Vec::new();
        objects.get(&index.entry(at).id.to_owned(), SIZE, &mut bytes).ok()?;
        Some(bytes)
    })
}

/// The nearest folder with a manifest; else that of the file itself.
fn project<'p>(index: &Index, path: &'p [u8]) -> &'p [u8] {
    let folder = |path: &'p [u8]| path.rfind_byte(b'/').map_or(&path[..0], |end| &path[..end]);
    let has = |folder: &[u8]| MANIFESTS.iter().any(|name| index.is_tracked(&join(folder, name)));
    let mut at = folder(path);
    for _ in 0..=ABOVE {
        if has(at) {
            return at;
        }
        at = folder(at);
    }
    folder(path)
}
