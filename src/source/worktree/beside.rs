//! The project that a file of a tree belongs to.

use super::Worktree;
use super::roots::{Root, RootKind};
use crate::blob::{Neighbour, Origin};
use crate::source::beside::{ABOVE, MANIFESTS, NAMES, SIZE, is_own, is_wanted, join, read};
use crate::source::stream;
use bstr::{BString, ByteSlice};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Programs and manifests near a file; links are not followed.
pub(super) fn of(tree: &Worktree, settings: &Origin) -> Vec<Neighbour> {
    let (Some(shown), Some(repo_path)) = (&settings.path, &settings.repo_path) else { return Vec::new() };
    let Some((path, root)) = tree.roots.iter().find_map(|root| Some((on_disk(root, shown)?, root))) else {
        return Vec::new();
    };
    // Not above the repository, and without one not above what was named.
    let above = repo_path.iter().filter(|b| **b == b'/').count().min(ABOVE);
    let above = if root.context.work_tree().is_none() && root.kind != RootKind::Folder { 0 } else { above };
    let Some(folder) = path.parent() else { return Vec::new() };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let (project, up) = project(folder, above);
    let mut base = repo_path.as_slice();
    for _ in 0..=up {
        base = base.rfind_byte(b'/').map_or(b"", |end| &base[..end]);
    }
    let mut files = Vec::new();
    list(&project, base, &mut NAMES.clone(), &mut files);
    let disk = |path: &[u8]| {
        let below = path.strip_prefix(base).unwrap_or(path);
        project.join(below.strip_prefix(b"/").unwrap_or(below).to_path_lossy())
    };
    read(files, |path| content(&disk(path)))
}

/// Where a file that a report calls `shown` is, if this root holds it.
fn on_disk(root: &Root, shown: &[u8]) -> Option<PathBuf> {
    if root.kind != RootKind::Folder {
        return (shown == root.shown.as_slice()).then(|| root.path.clone());
    }
    let below = shown.strip_prefix(root.shown.as_slice())?;
    let below = if root.shown.is_empty() || root.shown.ends_with(b"/") { below } else { below.strip_prefix(b"/")? };
    Some(root.path.join(below.to_path_lossy()))
}

/// The nearest folder with a manifest, at most `above` folders up, and how far up it is; else the folder itself.
fn project(folder: &Path, above: usize) -> (PathBuf, usize) {
    let has = |folder: &Path| MANIFESTS.iter().any(|name| folder.join(name.to_path_lossy()).is_file());
    let mut at = folder.to_owned();
    for up in 0..=above {
        if has(&at) {
            return (at, up);
        }
        // `..` and not the parent: the folder may be named by no path of its own.
        at = at.parent().filter(|p| !p.as_os_str().is_empty()).map_or_else(|| at.join(".."), Path::to_owned);
    }
    (folder.to_owned(), 0)
}

/// Wanted files of a folder and below, as far as `left` names reach; a folder's own files come before those below it.
fn list(folder: &Path, repo_path: &[u8], left: &mut usize, files: &mut Vec<BString>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut below = Vec::new();
    for entry in entries.flatten() {
        if *left == 0 {
            return;
        }
        *left -= 1;
        let name = entry.file_name();
        let bytes = stream::bytes(&name);
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && is_own(&bytes) => below.push(name.clone()),
            Ok(kind) if kind.is_file() && is_wanted(&bytes) => files.push(join(repo_path, &bytes)),
            _ => {}
        }
    }
    below.sort();
    for name in below {
        list(&folder.join(&name), &join(repo_path, &stream::bytes(&name)), left, files);
    }
}

fn content(path: &Path) -> Option<Vec<u8>> {
    let meta = fs::symlink_metadata(path).ok().filter(|meta| meta.is_file() && meta.len() <= SIZE)?;
    let mut bytes = Vec::with_capacity(meta.len() as usize);
    fs::File::open(path).ok()?.take(SIZE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
