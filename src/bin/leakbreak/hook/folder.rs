//! A folder of hooks: what stands in it, and how a hook is put in and taken out without losing what was there.

use super::HookName;
use super::script::{Kind, Mark, kept_name, scanning};
use crate::output::{self, Mode};
use leakbreak::{Error, Result};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder of hooks.
#[derive(Debug)]
pub(super) struct Folder {
    /// Where it is.
    pub path: PathBuf,
}

/// What stands where a hook belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nothing.
    Absent,
    /// A hook of ours.
    Ours(Mark),
    /// Somebody else's.
    Foreign,
}

/// What became of a hook that was put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It was there as it is now.
    Already,
    /// It was there and is written anew.
    Renewed,
    /// It is new.
    New,
    /// It is new, and somebody else's is kept beside it.
    Chained,
}

/// What became of a hook that was taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// There was none of ours.
    None,
    /// It is gone.
    Gone,
    /// It is gone, and what was there before is back.
    Restored,
}

impl Folder {
    /// The path of a hook.
    pub(super) fn hook(&self, name: HookName) -> PathBuf {
        self.path.join(name.as_str())
    }

    /// The path of the hook that was there before.
    pub(super) fn kept(&self, name: HookName) -> PathBuf {
        self.path.join(kept_name(name))
    }

    /// Whether the pre-commit framework came later, and calls our hook as the one that was there before.
    pub(super) fn is_kept_by_framework(&self, name: HookName) -> bool {
        let legacy = self.path.join(format!("{}.legacy", name.as_str()));
        fs::read(legacy).is_ok_and(|text| Mark::of(&text).is_some())
    }

    /// What stands there.
    ///
    /// # Errors
    /// It can't be read, or is no file.
    pub(super) fn state(&self, name: HookName) -> Result<State> {
        let path = self.hook(name);
        match fs::symlink_metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(State::Absent),
            Err(e) => Err(Error::path(&path, e)),
            Ok(meta) if meta.is_dir() => Err(Error::path(&path, "a folder is where a hook belongs; move it away")),
            // A link, even one that leads nowhere, is somebody's.
            Ok(meta) if meta.is_symlink() => Ok(State::Foreign),
            Ok(_) => {
                let text = fs::read(&path).map_err(|e| Error::path(&path, e))?;
                Ok(Mark::of(&text).map_or(State::Foreign, State::Ours))
            }
        }
    }

    /// Makes the folder if need be; true: it was not there.
    ///
    /// # Errors
    /// It can't be made, or is no folder (/dev/null turns hooks off).
    pub(super) fn make(&self) -> Result<bool> {
        match fs::metadata(&self.path) {
            Ok(meta) if meta.is_dir() => Ok(false),
            Ok(_) => Err(Error::path(
                &self.path,
                "git looks for hooks here, and it is no folder, so that git runs none at all; move it away, or, if \
                 core.hooksPath names it, name a folder there (`git config --unset core.hooksPath` unsets it)",
            )),
            Err(_) => fs::create_dir_all(&self.path).map(|()| true).map_err(|e| Error::path(&self.path, e)),
        }
    }

    /// Puts a hook in; somebody else's is kept beside it, as it is.
    ///
    /// # Errors
    /// Something can't be read or written; two hooks of others are in the way.
    pub(super) fn put(&self, name: HookName, mark: Mark, program: &Path) -> Result<Put> {
        let (path, kept) = (self.hook(name), self.kept(name));
        let text = |mark| scanning(name, mark, program);
        match self.state(name)? {
            State::Ours(old) => {
                let text = text(Mark { made_folder: old.made_folder, ..mark });
                if fs::read(&path).is_ok_and(|now| now == text) && is_executable(&path) {
                    return Ok(Put::Already);
                }
                write_hook(&path, &text)?;
                Ok(Put::Renewed)
            }
            State::Absent => {
                write_hook(&path, &text(mark))?;
                // What an earlier installation kept is still run by this one.
                Ok(if kept.exists() { Put::Chained } else { Put::New })
            }
            State::Foreign if self.is_kept_by_framework(name) => Ok(Put::Already),
            State::Foreign if fs::symlink_metadata(&kept).is_ok() => Err(Error::path(
                &path,
                format!(
                    "another program's hook took the place of leakbreak's, and {} still holds the one from before; \
                     move one of the two away",
                    kept.display()
                ),
            )),
            State::Foreign => {
                fs::rename(&path, &kept).map_err(|e| Error::path(&path, e))?;
                if let Err(error) = write_hook(&path, &text(mark)) {
                    // Nothing is lost: it goes back to where it was.
                    let _ = fs::rename(&kept, &path);
                    return Err(error);
                }
                Ok(Put::Chained)
            }
        }
    }

    /// Takes a hook of ours out and puts back what was there before.
    ///
    /// # Errors
    /// Something can't be read or removed.
    pub(super) fn take(&self, name: HookName) -> Result<(Taken, Option<Mark>)> {
        let (path, kept) = (self.hook(name), self.kept(name));
        let State::Ours(mark) = self.state(name)? else { return Ok((Taken::None, None)) };
        if fs::symlink_metadata(&kept).is_ok() {
            fs::rename(&kept, &path).map_err(|e| Error::path(&kept, e))?;
            return Ok((Taken::Restored, Some(mark)));
        }
        fs::remove_file(&path).map_err(|e| Error::path(&path, e))?;
        Ok((Taken::Gone, Some(mark)))
    }

    /// The mark for a hook of this folder.
    pub(super) fn mark(made_folder: bool) -> Mark {
        Mark { kind: Kind::Local, made_folder }
    }
}

/// Writes a hook as a whole, executable.
///
/// # Errors
/// It can't be written.
pub(super) fn write_hook(path: &Path, text: &[u8]) -> Result<()> {
    output::replace_file(path, text, Mode::Executable)
        .map_err(|e| Error::path(path, format!("the hook can't be written: {e}")))
}

/// Whether git would run it.
#[cfg(unix)]
pub(super) fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Whether git would run it.
#[cfg(not(unix))]
pub(super) fn is_executable(path: &Path) -> bool {
    path.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, Folder) {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder { path: temp.path().join("hooks") };
        assert!(folder.make().unwrap() && !folder.make().unwrap());
        (temp, folder)
    }

    fn put(folder: &Folder) -> Result<Put> {
        folder.put(HookName::Commit, Folder::mark(false), Path::new("/bin/leakbreak"))
    }

    #[test]
    fn in_and_out_again() {
        let (_temp, folder) = folder();
        assert_eq!(put(&folder).unwrap(), Put::New);
        assert_eq!(put(&folder).unwrap(), Put::Already);
        assert!(is_executable(&folder.hook(HookName::Commit)));
        assert_eq!(folder.take(HookName::Commit).unwrap().0, Taken::Gone);
        assert_eq!(folder.take(HookName::Commit).unwrap().0, Taken::None);
        assert_eq!(fs::read_dir(&folder.path).unwrap().count(), 0);
    }

    #[test]
    fn somebody_elses_hook_comes_back_as_it_was() {
        let (_temp, folder) = folder();
        let path = folder.hook(HookName::Commit);
        fs::write(&path, "exit 7\n").unwrap();
        let before = fs::metadata(&path).unwrap();
        assert_eq!(put(&folder).unwrap(), Put::Chained);
        assert_eq!(put(&folder).unwrap(), Put::Already);
        assert_eq!(folder.take(HookName::Commit).unwrap().0, Taken::Restored);
        let after = fs::metadata(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"exit 7\n");
        assert_eq!(
            (before.permissions(), before.modified().unwrap()),
            (after.permissions(), after.modified().unwrap())
        );
    }

    #[test]
    fn two_hooks_of_others_are_not_overwritten() {
        let (_temp, folder) = folder();
        fs::write(folder.kept(HookName::Commit), "first").unwrap();
        fs::write(folder.hook(HookName::Commit), "second").unwrap();
        assert!(put(&folder).is_err());
        assert_eq!(fs::read(folder.hook(HookName::Commit)).unwrap(), b"second");
    }
}
