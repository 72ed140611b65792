//! Where reports go: standard output, or a file that is there as a whole or not at all.

use crate::args::ColorArg;
use crate::interrupt::Temporary;
use leakbreak::{Error, Result};
use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// A place for a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Standard output.
    Standard,
    /// Standard error, where a hook speaks.
    Errors,
    /// A regular file, old or new: replaced as a whole.
    File(PathBuf),
    /// A device, a FIFO, a terminal: written as it comes.
    Stream(PathBuf),
}

impl Destination {
    /// Where --output points. Says now, before a long scan, that it can't be written.
    ///
    /// # Errors
    /// The folder is not there or not writable, or a folder is in the way.
    pub(crate) fn new(output: Option<&Path>) -> Result<Destination> {
        let Some(path) = output.filter(|path| *path != Path::new("-")) else { return Ok(Destination::Standard) };
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(unwritable(path, "it names a folder"));
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => Err(unwritable(path, "it is a folder; name a file in it")),
            // Behind /dev/stdout may be a pipe, which has no path.
            Ok(meta) if !meta.is_file() => Ok(Destination::Stream(path.to_owned())),
            _ => {
                let target = target(path).map_err(|e| unwritable(path, e))?;
                let probe = temporary(&target).map_err(|e| unwritable(path, e))?;
                probe.keep(drop);
                Ok(Destination::File(target))
            }
        }
    }

    /// Writes with `write`. A file that was there keeps its permissions; after an error nothing is left behind.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub(crate) fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        match self {
            Destination::Standard => buffered(io::stdout().lock(), write),
            Destination::Errors => buffered(io::stderr().lock(), write),
            Destination::Stream(path) => File::options().write(true).open(path).and_then(|file| buffered(file, write)),
            Destination::File(path) => replace(path, write),
        }
        .map_err(Error::Output)
    }
}

/// Writes to standard output.
///
/// # Errors
/// [`Error::Output`].
pub(crate) fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    Destination::Standard.write(write)
}

/// Replaces a file as a whole, or leaves it as it is. One that was there keeps its permissions.
///
/// # Errors
/// It can't be written.
pub(crate) fn replace_file(path: &Path, text: &[u8], mode: Mode) -> io::Result<()> {
    let mut file = temporary(path)?;
    file.held.write_all(text)?;
    settle(path, file, mode)
}

/// The permissions of a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Those of the file that was there, or of any new file.
    Plain,
    /// As of any new file, and to be run.
    Executable,
}

/// Where a path leads. A link stays a link: what it leads to is replaced, or made where it leads nowhere yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    let mut target = path.to_owned();
    for _ in 0..40 {
        if let Ok(real) = fs::canonicalize(&target) {
            return Ok(real);
        }
        match fs::read_link(&target) {
            Ok(next) => target = target.parent().unwrap_or(Path::new("")).join(next),
            Err(_) => return Ok(target),
        }
    }
    Err(io::Error::other("its links lead round and round"))
}

fn unwritable(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::path(path, format!("the report can't be written there: {why}"))
}

fn buffered(to: impl Write, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(64 << 10, to);
    write(&mut out)?;
    out.flush()
}

fn replace(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = temporary(path)?;
    buffered(file.held.as_file_mut(), write)?;
    settle(path, file, Mode::Plain)
}

/// Gives a finished temporary file its permissions and its name.
fn settle(path: &Path, file: Temporary<tempfile::NamedTempFile>, mode: Mode) -> io::Result<()> {
    match (mode, fs::metadata(path)) {
        (Mode::Plain, Ok(old)) => fs::set_permissions(file.held.path(), old.permissions())?,
        (Mode::Plain, Err(_)) => {}
        (Mode::Executable, _) => make_executable(file.held.path())?,
    }
    file.keep(|file| file.persist(path)).map_err(|e| e.error)?;
    Ok(())
}

/// Whoever may read it may run it.
#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    fs::set_permissions(path, Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A file beside `path`, so that it can take its place in one step.
fn temporary(path: &Path) -> io::Result<Temporary<tempfile::NamedTempFile>> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // The name that was tried says nothing to anybody.
    let make = || builder().tempfile_in(folder).map_err(|e| io::Error::from(e.kind()));
    Temporary::make(make, |file| file.path())
}

fn builder() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".leakbreak-");
    // What the user's umask leaves of it, as for any new file.
    #[cfg(unix)]
    builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder
}

/// Whether a human report on this destination has colours.
pub(crate) fn has_color(wish: ColorArg, destination: &Destination) -> bool {
    match wish {
        ColorArg::Always => true,
        ColorArg::Never => false,
        ColorArg::Auto => is_terminal(destination) && !crate::env::no_color(),
    }
}

fn is_terminal(destination: &Destination) -> bool {
    match destination {
        Destination::Standard => io::stdout().is_terminal(),
        Destination::Errors => io::stderr().is_terminal(),
        Destination::File(_) | Destination::Stream(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_or_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        fs::write(&path, "old").unwrap();
        let to = Destination::new(Some(&path)).unwrap();
        to.write(|out| out.write_all(b"half").and(Err(io::Error::other("full")))).unwrap_err();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        to.write(|out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_written_is_told_before_the_scan() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Destination::new(Some(folder.path())).is_err());
        assert!(Destination::new(Some(&folder.path().join("no/such/file"))).is_err());
        assert!(Destination::new(Some(&folder.path().join("folder/"))).is_err());
        assert_eq!(Destination::new(Some(Path::new("-"))).unwrap(), Destination::Standard);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_nowhere_yet_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let link = |name: &str, to: &str| {
            let path = folder.path().join(name);
            std::os::unix::fs::symlink(to, &path).unwrap();
            path
        };
        let (first, _) = (link("first", "second"), link("second", "report"));
        Destination::new(Some(&first)).unwrap().write(|out| out.write_all(b"new")).unwrap();
        assert!(first.is_symlink() && fs::read(folder.path().join("report")).unwrap() == b"new");
        assert!(Destination::new(Some(&link("gone", "no/folder"))).is_err());
        assert!(Destination::new(Some(&link("round", "round"))).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_has_the_mode_of_any_new_file_and_an_old_one_keeps_its_own() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let (plain, new) = (folder.path().join("plain"), folder.path().join("new"));
        fs::write(&plain, "").unwrap();
        Destination::new(Some(&new)).unwrap().write(|_| Ok(())).unwrap();
        assert_eq!(mode(&new), mode(&plain));
        fs::set_permissions(&new, Permissions::from_mode(0o600)).unwrap();
        Destination::new(Some(&new)).unwrap().write(|_| Ok(())).unwrap();
        assert_eq!(mode(&new), 0o600);
    }
}
