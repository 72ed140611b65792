//! A working tree, or any folder or file: what git tracks and what it would add.
//!
//! [`roots`] looks at the arguments, [`walk`] goes through the folders, [`rules`] knows what is ignored, [`context`]
//! whose a folder is, [`file`] reads, [`beside`] knows the project of a file. Links are not followed and nothing but regular files is opened, unless the user
//! named it. History and index are other sources.

mod beside;
mod context;
mod file;
mod pattern;
mod roots;
mod rules;
mod walk;

pub(in crate::source) use file::is_pointer;

use super::git::excludes::UserGit;
use super::git::provenance;
use super::{Sink, Source};
use crate::Result;
use crate::blob::{Neighbour, Origin, Provenance};
use crate::glob::PathFilter;
use bstr::ByteSlice;
use roots::{Root, RootKind};
use std::path::{Component, Path, PathBuf};
use walk::Walk;

/// What of a tree is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What becomes of files that git ignores and does not track.
    pub ignored: Ignored,
    /// What becomes of submodules and nested repositories.
    pub nested: Nested,
    /// Larger files are skipped; 0: none.
    pub max_size: u64,
    /// --include and --exclude, on repository-relative paths.
    pub filter: PathFilter,
    /// Where the user's own patterns of ignored files are.
    pub user: UserGit,
    /// What another scan reads, without any link; it is left alone.
    pub elsewhere: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            ignored: Ignored::Passed,
            nested: Nested::Named,
            max_size: 64 << 20,
            filter: PathFilter::default(),
            user: UserGit::default(),
            elsewhere: Vec::new(),
        }
    }
}

/// What becomes of files that git ignores and does not track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ignored {
    /// They are passed over.
    Passed,
    /// They are scanned (--no-ignore).
    Scanned,
}

/// What becomes of submodules and nested repositories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nested {
    /// They are named in the receipt.
    Named,
    /// They are scanned, each by its own rules (--recurse-submodules).
    Scanned,
}

/// Files and folders.
#[derive(Debug)]
pub struct Worktree {
    paths: Vec<PathBuf>,
    roots: Vec<Root>,
    options: Options,
}

impl Worktree {
    /// Looks at the arguments; nothing is read yet.
    ///
    /// # Errors
    /// [`crate::Error::Path`] where one is not there, [`crate::Error::Repository`] or [`crate::Error::File`] where
    /// one lies in a repository that can't be read.
    pub fn new(paths: Vec<PathBuf>, options: Options) -> Result<Worktree> {
        let roots = roots::of(&paths)?;
        Ok(Worktree { paths, roots, options })
    }
}

impl Source for Worktree {
    fn name(&self) -> &'static str {
        "worktree"
    }

    fn asked(&self) -> Vec<String> {
        self.paths.iter().map(|path| path.to_string_lossy().into_owned()).collect()
    }

    fn expects_entries(&self) -> bool {
        true
    }

    /// A repository from its root, or a folder that is in none.
    fn is_whole(&self) -> bool {
        self.options.filter.is_everything()
            && self.options.elsewhere.is_empty()
            && self.roots.iter().any(|root| root.kind == RootKind::Folder && root.repo_path.is_empty())
    }

    fn holds_path(&self, repo_path: &[u8]) -> bool {
        self.roots.iter().any(|root| match (root.context.work_tree(), root.kind) {
            (Some(tree), _) => holds(tree, repo_path),
            (None, RootKind::Folder) => holds(&root.real, repo_path),
            (None, _) => root.repo_path == repo_path,
        })
    }

    fn beside(&self, settings: &Origin) -> Vec<Neighbour> {
        beside::of(self, settings)
    }

    /// That of the one repository that everything is in.
    fn provenance(&self) -> Option<Provenance> {
        let first = self.roots.first()?.context.repository()?;
        let same = |root: &Root| root.context.repository().is_some_and(|other| other.git_dir == first.git_dir);
        self.roots.iter().all(same).then(|| provenance::of(first)).flatten()
    }

    fn scan(&self, sink: &dyn Sink) -> Result<()> {
        let walk = Walk::new(&self.roots, &self.options, sink);
        rayon::scope(|scope| self.roots.iter().for_each(|root| walk.root(root, scope)));
        Ok(())
    }
}

/// Whether a file stands at `path` below `root`, without leaving it: not through `..` nor through a link.
pub fn holds(root: &Path, path: &[u8]) -> bool {
    let path = path.to_path_lossy();
    let mut parts = path.components().peekable();
    let mut at = root.to_owned();
    while let Some(part) = parts.next() {
        let Component::Normal(name) = part else { return false };
        at.push(name);
        match std::fs::symlink_metadata(&at) {
            Ok(meta) if parts.peek().is_none() => return !meta.is_dir(),
            Ok(meta) if meta.is_dir() => {}
            _ => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests;
