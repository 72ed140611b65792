//! The environment and the clock, read in one place and handed down as values.

use leakbreak::source::git::excludes::UserGit;
use leakbreak::source::git::open::GitEnv;
use std::env::{var_os, vars_os};
use std::ffi::OsString;
use std::path::PathBuf;

/// What git tells its hooks about the repository.
pub(crate) fn git() -> GitEnv {
    GitEnv {
        git_dir: path("GIT_DIR"),
        work_tree: path("GIT_WORK_TREE"),
        index_file: path("GIT_INDEX_FILE"),
        common_dir: path("GIT_COMMON_DIR"),
        ..git_objects()
    }
}

/// The part of it that belongs to no repository: where objects are found besides, and what is being merged.
pub(crate) fn git_objects() -> GitEnv {
    GitEnv {
        object_directory: path("GIT_OBJECT_DIRECTORY"),
        alternates: filled("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        githeads: githeads(),
        ..GitEnv::default()
    }
}

fn githeads() -> Vec<String> {
    let mut ids: Vec<String> =
        vars_os().filter_map(|(name, _)| name.to_str()?.strip_prefix("GITHEAD_").map(str::to_owned)).collect();
    ids.sort();
    ids
}

/// The user's own folder of settings: $XDG_CONFIG_HOME/leakbreak, or ~/.config/leakbreak.
pub(crate) fn settings() -> Option<PathBuf> {
    // A relative $XDG_CONFIG_HOME is invalid and to be ignored (XDG base directory specification).
    let base = path("XDG_CONFIG_HOME").filter(|p| p.is_absolute()).or_else(|| Some(home()?.join(".config")))?;
    Some(base.join("leakbreak"))
}

/// The user's own folder for what can be made again: $XDG_CACHE_HOME/leakbreak, or ~/.cache/leakbreak.
pub(crate) fn cache() -> Option<PathBuf> {
    // A relative one is invalid here too.
    let absolute = |path: &PathBuf| path.is_absolute();
    let base = path("XDG_CACHE_HOME").filter(absolute);
    Some(base.or_else(|| Some(home().filter(absolute)?.join(".cache")))?.join("leakbreak"))
}

/// Where git keeps what is the user's own.
pub(crate) fn user_git() -> UserGit {
    UserGit { home: home(), config_home: path("XDG_CONFIG_HOME") }
}

/// The user's home.
pub(crate) fn home() -> Option<PathBuf> {
    path("HOME").or_else(|| path("USERPROFILE"))
}

/// Whether the user wants no colours at all.
pub(crate) fn no_color() -> bool {
    filled("NO_COLOR").is_some() || var_os("TERM").is_some_and(|term| term == "dumb")
}

/// What the pre-commit framework says about a push.
#[derive(Clone, Debug, Default)]
pub(crate) struct Framework {
    /// The commit that the remote has.
    pub from: Option<String>,
    /// The commit that is pushed.
    pub to: Option<String>,
    /// The remote.
    pub remote: Option<String>,
    /// The branch that is pushed.
    pub branch: Option<String>,
}

/// Reads it.
pub(crate) fn framework() -> Framework {
    let text = |name| filled(name).and_then(|value| value.into_string().ok());
    Framework {
        from: text("PRE_COMMIT_FROM_REF"),
        to: text("PRE_COMMIT_TO_REF"),
        remote: text("PRE_COMMIT_REMOTE_NAME"),
        branch: text("PRE_COMMIT_LOCAL_BRANCH"),
    }
}

/// Today, as YYYY-MM-DD in UTC: the same for everybody who shares a baseline.
pub(crate) fn today() -> String {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

/// Now, in seconds since 1970.
pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// This program, for hooks to call.
pub(crate) fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

fn path(name: &str) -> Option<PathBuf> {
    filled(name).map(PathBuf::from)
}

/// A variable that is set and not empty.
fn filled(name: &str) -> Option<OsString> {
    var_os(name).filter(|value| !value.is_empty())
}

/// Variables that tie git to a repository (`git rev-parse --local-env-vars`), or name what is being merged.
pub(crate) fn git_locals() -> Vec<OsString> {
    const LOCAL: [&str; 16] = [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_CONFIG_COUNT",
        "GIT_OBJECT_DIRECTORY",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_GRAFT_FILE",
        "GIT_INDEX_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_REPLACE_REF_BASE",
        "GIT_PREFIX",
        "GIT_SHALLOW_FILE",
        "GIT_COMMON_DIR",
        "GIT_NAMESPACE",
    ];
    let merged = vars_os().map(|(name, _)| name).filter(|name| name.to_string_lossy().starts_with("GITHEAD_"));
    LOCAL.iter().map(OsString::from).chain(merged).collect()
}

/// The files that `git config --global` may write.
pub(crate) fn git_configs() -> Vec<PathBuf> {
    let own = path("XDG_CONFIG_HOME").or_else(|| Some(home()?.join(".config"))).map(|base| base.join("git/config"));
    path("GIT_CONFIG_GLOBAL").into_iter().chain(home().map(|home| home.join(".gitconfig"))).chain(own).collect()
}
