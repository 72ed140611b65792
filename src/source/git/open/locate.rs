//! Where the repository is: upwards from a folder, by `.git` folder or file, or as a bare folder.

use super::{GitEnv, file};
use crate::{Error, Result};
use bstr::ByteSlice;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A git folder that was found.
#[derive(Debug)]
pub(super) struct Place {
    /// The git folder itself.
    pub(super) git_dir: PathBuf,
    /// The folder that holds its `.git`, folder or file: the work tree, unless the repository is bare.
    pub(super) holder: Option<PathBuf>,
}

/// `path`, absolute. A link to a file stays what it is: the file belongs to the tree that holds the link.
pub(super) fn real(path: &Path) -> Result<PathBuf> {
    let fail = |e: std::io::Error| Error::path(path, why(&e));
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let is_folder = match std::fs::metadata(path) {
        Ok(meta) => meta.is_dir(),
        // A link to nowhere is there all the same.
        Err(e) => std::fs::symlink_metadata(path).map(|_| false).map_err(|_| fail(e))?,
    };
    match (is_folder, path.parent(), path.file_name()) {
        (false, Some(parent), Some(name)) => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            Ok(parent.canonicalize().map_err(fail)?.join(name))
        }
        _ => path.canonicalize().map_err(fail),
    }
}

/// The repository that GIT_DIR names.
pub(super) fn named(dir: &Path, env: &GitEnv) -> Result<Place> {
    let dir = real(dir)?;
    if dir.is_file() {
        return linked(&dir, env);
    }
    if !is_git_dir(&dir, env)? {
        return Err(Error::repository(&dir, "GIT_DIR names a folder that is no git repository"));
    }
    Ok(at_git_dir(dir))
}

/// The repository that `start` is or lies in.
pub(super) fn from(start: &Path, env: &GitEnv) -> Result<Option<Place>> {
    if start.file_name().is_some_and(|name| name == ".git") && start.is_file() {
        return linked(start, env).map(Some);
    }
    for dir in start.ancestors() {
        if let Some(place) = dot_git(dir, env)? {
            return Ok(Some(place));
        }
        if is_git_dir(dir, env)? {
            return Ok(Some(at_git_dir(dir.to_owned())));
        }
    }
    Ok(damaged(start))
}

/// The repository whose work tree holds `start`; one that only is or holds it as a part of its git folder is none.
pub(super) fn work_tree_of(start: &Path) -> Result<Option<Place>> {
    let env = GitEnv::default();
    for dir in start.ancestors().skip(usize::from(closed(start))) {
        if let Some(place) = dot_git(dir, &env)? {
            return Ok(Some(place));
        }
        if is_git_dir(dir, &env)? {
            return Ok(None);
        }
    }
    Ok(None)
}

/// Whether nothing in a folder can be asked about: what holds it is then the folder above, and the walk says that it
/// could not be read.
fn closed(folder: &Path) -> bool {
    std::fs::symlink_metadata(folder.join(".git")).is_err_and(|e| e.kind() == ErrorKind::PermissionDenied)
}

/// Where HEAD alone is damaged, git sees no repository at all; whoever names it gets what can still be read.
fn damaged(start: &Path) -> Option<Place> {
    let looks = |dir: &Path| dir.join("objects").is_dir() && dir.join("refs").is_dir() && dir.join("config").is_file();
    [start.join(".git"), start.to_owned()].into_iter().find(|dir| looks(dir)).map(at_git_dir)
}

/// What `dir/.git` leads to, where it is there and valid.
fn dot_git(dir: &Path, env: &GitEnv) -> Result<Option<Place>> {
    let git = dir.join(".git");
    match std::fs::metadata(&git) {
        Ok(meta) if meta.is_file() => linked(&git, env).map(Some),
        Ok(meta) if meta.is_dir() && is_git_dir(&git, env)? => {
            Ok(Some(Place { git_dir: git, holder: Some(dir.to_owned()) }))
        }
        Ok(_) => Ok(None),
        Err(e) if absent(&e) => Ok(None),
        Err(e) => Err(Error::repository(git, why(&e))),
    }
}

/// What a `.git` file leads to.
fn linked(file: &Path, env: &GitEnv) -> Result<Place> {
    let bytes = file::read(file, file::LINK).map_err(|e| Error::repository(file, why(&e)))?;
    let Some(target) = bytes.strip_prefix(b"gitdir:") else {
        return Err(Error::repository(file, "not a link to a git folder (it does not begin with `gitdir:`)"));
    };
    let target = file::path_from_bytes(trim_line(target.trim_start()));
    let holder = file.parent().unwrap_or(Path::new("/")).to_owned();
    let lost =
        "it links to a folder that is no git repository; `git worktree repair` or `git submodule update` mends it";
    let git_dir = holder.join(target).canonicalize().map_err(|_| Error::repository(file, lost))?;
    if !is_git_dir(&git_dir, env)? {
        return Err(Error::repository(file, lost));
    }
    Ok(Place { git_dir, holder: Some(holder) })
}

/// A git folder that was named itself. Its work tree holds it as `.git`, or links back to it.
fn at_git_dir(git_dir: PathBuf) -> Place {
    let holder = if git_dir.file_name().is_some_and(|name| name == ".git") {
        git_dir.parent().map(Path::to_owned)
    } else {
        linked_work_tree(&git_dir)
    };
    Place { git_dir, holder }
}

/// The work tree of a linked worktree's git folder, if it is there and links back.
fn linked_work_tree(git_dir: &Path) -> Option<PathBuf> {
    let bytes = file::read(&git_dir.join("gitdir"), file::LINK).ok()?;
    let link = git_dir.join(file::path_from_bytes(trim_line(&bytes)));
    let back = linked(&link, &GitEnv::default()).ok()?;
    (back.git_dir == git_dir.canonicalize().ok()?).then_some(back.holder?.canonicalize().ok()?)
}

/// The folder with objects and references, that a linked worktree shares with its repository.
pub(super) fn common_dir(git_dir: &Path, env: &GitEnv) -> Result<PathBuf> {
    if let Some(dir) = &env.common_dir {
        return real(dir);
    }
    let file = git_dir.join("commondir");
    match file::read(&file, file::LINK) {
        Ok(bytes) => {
            let dir = git_dir.join(file::path_from_bytes(trim_line(&bytes)));
            dir.canonicalize().map_err(|e| Error::repository(file, format!("the folder it names: {}", why(&e))))
        }
        Err(e) if absent(&e) => Ok(git_dir.to_owned()),
        Err(e) => Err(Error::repository(file, why(&e))),
    }
}

/// Whether git would take `dir` for a git folder: HEAD makes sense, objects and references have their folders.
fn is_git_dir(dir: &Path, env: &GitEnv) -> Result<bool> {
    let head = dir.join("HEAD");
    match std::fs::symlink_metadata(&head) {
        Ok(_) => {}
        Err(e) if absent(&e) => return Ok(false),
        Err(e) => return Err(Error::repository(dir, why(&e))),
    }
    let Ok(common) = common_dir(dir, env) else { return Ok(false) };
    let objects = env.object_directory.clone().unwrap_or_else(|| common.join("objects"));
    Ok(objects.is_dir() && common.join("refs").is_dir() && valid_head(&head)?)
}

fn valid_head(head: &Path) -> Result<bool> {
    if let Ok(target) = std::fs::read_link(head) {
        return Ok(target.starts_with("refs"));
    }
    let bytes = match file::read(head, file::LINK) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::PermissionDenied => return Err(Error::repository(head, why(&e))),
        Err(_) => return Ok(false),
    };
    if let Some(name) = bytes.strip_prefix(b"ref:") {
        return Ok(name.trim_start().starts_with(b"refs/"));
    }
    let hex = |n: usize| bytes.get(..n).is_some_and(|id| id.iter().all(u8::is_ascii_hexdigit));
    Ok(hex(40))
}

/// git takes the line ends off, and nothing else: a folder's name may end in a space.
fn trim_line(bytes: &[u8]) -> &[u8] {
    bytes.trim_end_with(|c| c == '\n' || c == '\r')
}

fn absent(e: &std::io::Error) -> bool {
    matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

/// What happened, in plain words.
fn why(e: &std::io::Error) -> String {
    match e.kind() {
        ErrorKind::NotFound => "no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => e.to_string(),
    }
}
