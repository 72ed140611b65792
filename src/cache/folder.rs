//! The folder: the user's own, for nobody else to write in, and apart from what is scanned.

use std::fmt;
use std::fs::{DirBuilder, File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Why a folder is not used.
#[derive(Debug)]
pub enum FolderError {
    /// It is in what is scanned.
    Inside(PathBuf),
    /// It is a link, a file, somebody else's, or for others to write in.
    NotOwn(PathBuf, &'static str),
    /// It can't be made, read or written.
    Unusable(io::Error),
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FolderError::Inside(path) => write!(f, "{} is in the repository that is scanned", path.display()),
            FolderError::NotOwn(path, why) => write!(f, "{} {why}", path.display()),
            FolderError::Unusable(error) => write!(f, "{error}"),
        }
    }
}

/// Makes the folder where it is not there, and looks whether it may be used; where it really is.
pub(super) fn open(folder: &Path, apart: &[&Path]) -> Result<PathBuf, FolderError> {
    if let Some(place) = inside(folder, apart) {
        return Err(FolderError::Inside(place));
    }
    if std::fs::symlink_metadata(folder).is_err() {
        make(folder).map_err(FolderError::Unusable)?;
    }
    let meta = std::fs::symlink_metadata(folder).map_err(FolderError::Unusable)?;
    let no = |why| Err(FolderError::NotOwn(folder.to_owned(), why));
    if meta.is_symlink() {
        return no("is a link");
    }
    if !meta.is_dir() {
        return no("is no folder");
    }
    if !is_own(&meta) {
        return no("belongs to somebody else");
    }
    if is_open(&meta) {
        return no("can be written by others");
    }
    close(folder, &meta);
    let real = folder.canonicalize().map_err(FolderError::Unusable)?;
    match inside(&real, apart) {
        Some(place) => Err(FolderError::Inside(place)),
        None => Ok(real),
    }
}

/// The folder as it would really be, if that is in one of `apart`.
fn inside(folder: &Path, apart: &[&Path]) -> Option<PathBuf> {
    // What is not there yet lies where its nearest ancestor that is there really is.
    let mut there = folder;
    let mut rest = Vec::new();
    let real = loop {
        match there.canonicalize() {
            Ok(real) => break real,
            Err(_) => {
                rest.push(there.file_name()?);
                there = there.parent()?;
            }
        }
    };
    let real: PathBuf = std::iter::once(real.as_os_str()).chain(rest.into_iter().rev()).collect();
    let holds = |place: &&Path| place.canonicalize().is_ok_and(|place| real.starts_with(place));
    apart.iter().any(holds).then_some(real)
}

/// A plain file of the user's own with no more than `limit` bytes, opened.
pub(super) fn own_file(path: &Path, limit: u64) -> Option<File> {
    let fits = |meta: &Metadata| meta.is_file() && is_own(meta) && !is_open(meta) && meta.len() <= limit;
    // Asked before it is opened too: a FIFO would hold us up.
    std::fs::symlink_metadata(path).ok().filter(fits)?;
    let file = File::open(path).ok()?;
    file.metadata().ok().filter(fits)?;
    Some(file)
}

fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn is_own(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(meta) == rustix::process::geteuid().as_raw()
}

/// Whether others may write.
#[cfg(unix)]
fn is_open(meta: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(meta) & 0o022 != 0
}

/// Others have nothing to read here either.
#[cfg(unix)]
fn close(folder: &Path, meta: &Metadata) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    if meta.mode() & 0o077 != 0 {
        let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700));
    }
}

// Where there are no such owners and modes, the user's profile is closed by the system.
#[cfg(not(unix))]
fn is_own(_: &Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn is_open(_: &Metadata) -> bool {
    false
}

#[cfg(not(unix))]
fn close(_: &Path, _: &Metadata) {}
