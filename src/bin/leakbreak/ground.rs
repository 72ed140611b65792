//! What is asked for and where it stands: which repository, which folder's configuration, whose baseline.

use crate::args::{PolicyArgs, SourceArgs};
use crate::env;
use crate::hook::Pushed;
use leakbreak::source::git::open::{GitEnv, Repository};
use leakbreak::{Error, Result, config};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is to be scanned.
#[derive(Debug)]
pub(crate) enum Target {
    /// Files and folders.
    Tree(Vec<PathBuf>),
    /// Standard input, and what reports call it.
    Stdin(Option<PathBuf>),
    /// What the next commit adds.
    Staged(Asked),
    /// A whole history.
    History(Asked),
    /// What the commits of a range add.
    Range(Asked),
    /// What a push brings.
    Push(Asked, Pushed),
}

/// A repository, and the argument that named it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The repository.
    pub repository: Repository,
    /// As the user gave it.
    pub argument: PathBuf,
}

/// Where the configuration and the baseline of a scan are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ground {
    /// The folder from which `.leakbreak.toml` is searched upwards; None: there is none.
    pub start: Option<PathBuf>,
    /// The repository's root, above which nothing is read; None outside a repository.
    pub root: Option<PathBuf>,
    /// Several grounds at once: no configuration holds for all of them.
    pub split: bool,
}

impl Target {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// Arguments that make no sense together; a repository that can't be opened.
    pub(crate) fn new(args: &SourceArgs) -> Result<Target> {
        let stdin = args.paths.iter().filter(|path| path.as_os_str() == "-").count();
        let in_git = args.staged || args.history || args.range.is_some() || args.since.is_some() || args.unreachable;
        if args.stdin_name.is_some() && stdin == 0 {
            return Err(Error::Usage(
                "--stdin-name names the standard input, which `-` asks for: scan --stdin-name NAME -".into(),
            ));
        }
        if stdin > 0 {
            return match args.paths.len() {
                1 if !in_git => Ok(Target::Stdin(args.stdin_name.clone())),
                1 => Err(Error::Usage("`-` is the standard input, which has no history; name a repository".into())),
                _ => Err(Error::Usage("`-` is the standard input and stands alone; a file of that name is ./-".into())),
            };
        }
        if !in_git {
            let here = || vec![PathBuf::from(".")];
            return Ok(Target::Tree(if args.paths.is_empty() { here() } else { args.paths.clone() }));
        }
        let asked = Asked::new(&args.paths)?;
        Ok(match (args.staged, args.range.is_some() || args.since.is_some()) {
            (true, _) => Target::Staged(asked),
            (false, true) => Target::Range(asked),
            (false, false) => Target::History(asked),
        })
    }

    /// Where it stands.
    ///
    /// # Errors
    /// A repository around a path that is there but can't be opened.
    pub(crate) fn ground(&self) -> Result<Ground> {
        match self {
            Target::Stdin(_) => Ok(Ground::default()),
            Target::Tree(paths) => Ground::of_paths(paths),
            Target::Staged(asked) | Target::History(asked) | Target::Range(asked) | Target::Push(asked, _) => {
                Ok(Ground::of_repository(asked))
            }
        }
    }
}

/// The arguments, apart by what holds for them: a tree's paths in different repositories, or below different
/// configurations, are scanned each by its own. What is named on the command line holds for all.
///
/// # Errors
/// As for [`Target::ground`].
pub(crate) fn apart(args: &SourceArgs, policy: &PolicyArgs) -> Result<Vec<SourceArgs>> {
    let one_config = policy.no_config || policy.config.is_some();
    let Target::Tree(paths) = Target::new(args)? else { return Ok(vec![args.clone()]) };
    if paths.len() < 2 || one_config && policy.baseline.is_some() {
        return Ok(vec![args.clone()]);
    }
    let mut groups: Vec<(_, Vec<PathBuf>)> = Vec::new();
    for path in paths {
        let ground = Ground::of_path(&path)?;
        let config = match &ground.start {
            Some(start) if !one_config => config::find(start, ground.root.as_deref())?,
            _ => None,
        };
        // Outside a repository what lies below an earlier folder is that one's, unless it has settings of its own.
        let is_held = |(folder, _): &(Option<PathBuf>, _)| {
            let holds =
                folder.as_ref().zip(ground.start.as_ref()).is_some_and(|(folder, start)| start.starts_with(folder));
            ground.root.is_none() && config.is_none() && holds
        };
        let key = (ground.baseline_folder().map(Path::to_owned), config.clone());
        match groups.iter_mut().find(|(other, _)| *other == key || is_held(other)) {
            Some((_, group)) => group.push(path),
            None => groups.push((key, vec![path])),
        }
    }
    let with = |(key, paths): &(_, Vec<PathBuf>)| SourceArgs {
        paths: paths.clone(),
        elsewhere: groups.iter().filter(|(other, _)| other != key).flat_map(|(_, paths)| paths.clone()).collect(),
        ..args.clone()
    };
    Ok(groups.iter().map(with).collect())
}

impl Asked {
    /// The repository that the arguments name. In the current folder the environment counts as it does for git, which
    /// sets it for hooks; a repository that is named is that one, whatever hook of another one this runs in.
    fn new(paths: &[PathBuf]) -> Result<Asked> {
        let argument = match paths {
            [] => PathBuf::from("."),
            [one] => one.clone(),
            [_, second, ..] => {
                let why = format!("one repository at a time is scanned, and {} is a second one", second.display());
                return Err(Error::Usage(why));
            }
        };
        let repository = if argument == Path::new(".") {
            Repository::open(&argument, &env::git())?
        } else {
            named(&argument, env::git())?
        };
        Ok(Asked { repository, argument })
    }

    /// The repository, and the argument as reports show it.
    pub(crate) fn split(self) -> (Repository, String) {
        (self.repository, self.argument.to_string_lossy().into_owned())
    }

    /// The repository of the current folder.
    pub(crate) fn here() -> Result<Asked> {
        Asked::new(&[])
    }
}

fn named(path: &Path, all: GitEnv) -> Result<Repository> {
    let Some(git_dir) = &all.git_dir else {
        // Without GIT_DIR the other variables were set by hand, for this repository.
        return Repository::open(path, &GitEnv { work_tree: None, ..all });
    };
    let repository = Repository::open(path, &env::git_objects())?;
    let real = |path: &Path| path.canonicalize().ok();
    if real(git_dir).is_some() && real(git_dir) == real(&repository.git_dir) {
        return Repository::open(path, &all);
    }
    Ok(repository)
}

impl Ground {
    /// A repository is scanned as a whole, wherever in it somebody stands: its root's configuration holds, as it does
    /// in a hook.
    fn of_repository(asked: &Asked) -> Ground {
        let root = asked.repository.work_tree.as_deref().and_then(|root| root.canonicalize().ok());
        Ground { start: root.clone(), root, split: false }
    }

    /// One ground for all paths: the nearest folder that holds them all, in one repository or none.
    fn of_paths(paths: &[PathBuf]) -> Result<Ground> {
        let mut grounds = paths.iter().map(|path| Ground::of_path(path)).collect::<Result<Vec<_>>>()?;
        let Some(mut all) = grounds.pop() else { return Ok(Ground::default()) };
        for ground in grounds {
            all = all.with(&ground);
        }
        Ok(all)
    }

    fn of_path(path: &Path) -> Result<Ground> {
        let Some(folder) = folder_of(path) else { return Ok(Ground::default()) };
        let root = Repository::discover(&folder)?.and_then(|repository| repository.work_tree);
        let root = root.and_then(|root| root.canonicalize().ok()).filter(|root| folder.starts_with(root));
        Ok(Ground { start: Some(folder), root, split: false })
    }

    fn with(self, other: &Ground) -> Ground {
        if self == *other {
            return self;
        }
        match (&self.root, &self.start, &other.start) {
            (Some(root), Some(a), Some(b)) if self.root == other.root => {
                let common = a.ancestors().find(|folder| b.starts_with(folder)).unwrap_or(root);
                Ground { start: Some(common.to_owned()), ..self }
            }
            _ => Ground { start: None, root: None, split: true },
        }
    }

    /// Where the baseline stands that is used without being named.
    pub(crate) fn baseline_folder(&self) -> Option<&Path> {
        self.root.as_deref().or(self.start.as_deref())
    }
}

/// The folder itself, or the one that holds the file. None where there is none, which the source will tell.
fn folder_of(path: &Path) -> Option<PathBuf> {
    if path.is_dir() {
        return path.canonicalize().ok();
    }
    let parent = match path.parent()? {
        empty if empty.as_os_str().is_empty() => Path::new("."),
        parent => parent,
    };
    path.file_name()?;
    match parent.canonicalize() {
        // The source tells that it may not be read; the configuration is that of the others.
        Err(e) if e.kind() == ErrorKind::PermissionDenied => {
            parent.ancestors().find_map(|folder| folder.canonicalize().ok())
        }
        folder => folder.ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground(start: &str, root: Option<&str>) -> Ground {
        Ground { start: Some(start.into()), root: root.map(PathBuf::from), split: false }
    }

    #[test]
    fn paths_of_one_repository_share_its_nearest_common_folder() {
        let both = ground("/r/a/b", Some("/r")).with(&ground("/r/a/c", Some("/r")));
        assert_eq!(both, ground("/r/a", Some("/r")));
    }

    #[test]
    fn no_configuration_holds_for_two_repositories() {
        let both = ground("/r", Some("/r")).with(&ground("/s", Some("/s")));
        assert!(both.split && both.start.is_none() && both.baseline_folder().is_none());
        assert!(ground("/x", None).with(&ground("/y", None)).split);
    }

    #[test]
    fn standard_input_stands_alone() {
        let args =
            |paths: &[&str]| SourceArgs { paths: paths.iter().map(PathBuf::from).collect(), ..SourceArgs::default() };
        assert!(matches!(Target::new(&args(&["-"])), Ok(Target::Stdin(None))));
        assert!(Target::new(&args(&["-", "a"])).is_err());
        assert!(Target::new(&SourceArgs { history: true, ..args(&["-"]) }).is_err());
        assert!(Target::new(&SourceArgs { stdin_name: Some("a".into()), ..args(&["."]) }).is_err());
    }
}
