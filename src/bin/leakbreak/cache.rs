//! `cache`, and the cache of a scan: in the user's own folder, never in what is scanned.

use crate::args::Cache as Command;
use crate::env;
use crate::faults::shown;
use crate::output::print;
use crate::status::Status;
use leakbreak::cache::{Cache, FolderError, Pruned};
use leakbreak::report::printable;
use leakbreak::scan::Scan;
use leakbreak::source::git::history::Memory;
use leakbreak::source::git::open::Repository;
use leakbreak::{Error, Result};
use std::path::Path;
use std::sync::Arc;

/// Runs the command.
pub(crate) fn run(command: Command) -> Result<Status> {
    let folder =
        env::cache().ok_or_else(|| Error::Usage("there is no cache: neither XDG_CACHE_HOME nor HOME is set".into()))?;
    let told = match command {
        Command::Path => shown(&folder),
        // Nothing is made only to find nothing in it.
        Command::Prune { .. } | Command::Clear if std::fs::symlink_metadata(&folder).is_err() => {
            words(Pruned::default())
        }
        Command::Prune { max_size } => words(open(&folder)?.prune(max_size)),
        Command::Clear => words(open(&folder)?.clear()),
    };
    print(|out| writeln!(out, "{told}"))?;
    Ok(Status::Clean)
}

fn open(folder: &Path) -> Result<Cache> {
    Cache::open(folder, &[]).map_err(|error| Error::path(folder, printable(&error.to_string())))
}

fn words(pruned: Pruned) -> String {
    let Pruned { removed, bytes, left, left_bytes } = pruned;
    format!("removed {removed} entries of {bytes} bytes; left are {left} of {left_bytes} bytes")
}

/// The memory of earlier scans of a repository, if there can be one, or why there is none where a user would wonder.
pub(crate) fn memory(repository: &Repository, scan: &Scan) -> std::result::Result<Option<Memory>, String> {
    let Some(folder) = env::cache() else { return Ok(None) };
    let own = [&repository.git_dir, &repository.common_dir].into_iter().chain(&repository.work_tree);
    let apart: Vec<&Path> = own.chain(&repository.object_dirs).map(|folder| folder.as_path()).collect();
    match Cache::open(&folder, &apart) {
        Ok(cache) => Ok(Some(Memory::new(Arc::new(cache), scan.worth_depends_on()))),
        // A home that can't be written is no surprise to whoever has it.
        Err(FolderError::Unusable(_)) => Ok(None),
        Err(error) => Err(format!("the cache is not used: {error}")),
    }
}
