//! What stops a run. What only makes it incomplete is a [`crate::blob::Skip`].

use std::fmt;
use std::path::PathBuf;

/// The result of what can stop a run.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that stops a run (exit status 2). Its text never holds file contents: a configuration, baseline or
/// rule file can hold a secret on the very line that does not parse.
#[derive(Debug)]
pub enum Error {
    /// A path that was named does not exist or can't be looked at.
    Path {
        /// The path as the user gave it.
        path: PathBuf,
        /// What is wrong with it and what to do.
        why: String,
    },
    /// Something is wrong in a file of settings: configuration, rules, baseline.
    File {
        /// The file.
        path: PathBuf,
        /// Line from 1, where known.
        line: Option<usize>,
        /// What is wrong, without the text of the line, and the way out.
        why: String,
    },
    /// A repository can't be opened or read as asked.
    Repository {
        /// The repository's folder.
        path: PathBuf,
        /// What is wrong and the way out.
        why: String,
    },
    /// A setting makes no sense (`--range`, `--since`, an unknown rule, ...).
    Usage(String),
    /// Output could not be written.
    Output(std::io::Error),
}

impl Error {
    /// A [`Error::Path`].
    pub fn path(path: impl Into<PathBuf>, why: impl fmt::Display) -> Self {
        Error::Path { path: path.into(), why: why.to_string() }
    }

    /// A [`Error::Repository`].
    pub fn repository(path: impl Into<PathBuf>, why: impl fmt::Display) -> Self {
        Error::Repository { path: path.into(), why: why.to_string() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Path { path, why } | Error::Repository { path, why } => write!(f, "{}: {why}", path.display()),
            Error::File { path, line: Some(line), why } => write!(f, "{}:{line}: {why}", path.display()),
            Error::File { path, line: None, why } => write!(f, "{}: {why}", path.display()),
            Error::Usage(why) => f.write_str(why),
            Error::Output(e) => write!(f, "cannot write the report: {e}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Output(e) => Some(e),
            _ => None,
        }
    }
}
