//! From what is asked for to what reads it.

use crate::args::SourceArgs;
use crate::cache;
use crate::env;
use crate::ground::{Asked, Target};
use crate::hook::Pushed;
use bstr::{BStr, BString};
use leakbreak::config::Config;
use leakbreak::glob::{Globs, PathFilter};
use leakbreak::scan::Scan;
use leakbreak::source::Source;
use leakbreak::source::git::history::{History, Options, PathFilter as Keep, ShallowHistory};
use leakbreak::source::git::open::Repository;
use leakbreak::source::git::range::{self, Range, Selection, Update};
use leakbreak::source::git::refs::References;
use leakbreak::source::git::staged::{self, Staged};
use leakbreak::source::stdin::Stdin;
use leakbreak::source::worktree::{self, Ignored, Nested, Worktree};
use leakbreak::{Error, Result};
use std::sync::Arc;

/// A source, and what to say about how it reads.
pub(crate) struct Opened {
    pub source: Box<dyn Source>,
    pub remark: Option<String>,
}

/// Makes the source.
///
/// # Errors
/// What the source says of its arguments.
pub(crate) fn open(target: Target, args: &SourceArgs, config: &Config, scan: &Scan) -> Result<Opened> {
    let mut remark = None;
    let source = source(target, args, config, scan, &mut remark)?;
    Ok(Opened { source, remark })
}

fn source(
    target: Target,
    args: &SourceArgs,
    config: &Config,
    scan: &Scan,
    remark: &mut Option<String>,
) -> Result<Box<dyn Source>> {
    let filter = filter(config)?;
    match target {
        Target::History(asked) => {
            let (repository, said) = asked.split();
            let mut options = history_options(args, config, filter);
            if !args.no_cache {
                options.memory = cache::memory(&repository, scan).unwrap_or_else(|why| {
                    *remark = Some(why);
                    None
                });
            }
            Ok(Box::new(History::new(repository, vec![said], options)))
        }
        Target::Range(asked) => {
            let since = args.since.as_deref().map(|text| range::since(text, env::now())).transpose()?;
            let (repository, said) = asked.split();
            let words = [Some(said), args.range.clone(), args.since.as_ref().map(|since| format!("--since {since}"))];
            let selection = Selection { range: args.range.clone(), since };
            let options = history_options(args, config, filter);
            Ok(Box::new(Range::new(repository, words.into_iter().flatten().collect(), selection, options)))
        }
        Target::Push(asked, pushed) => Ok(push(asked, pushed, history_options(args, config, filter))),
        Target::Tree(paths) => Ok(Box::new(Worktree::new(paths, tree_options(args, config, filter))?)),
        Target::Stdin(name) => {
            let name = name.map(|name| BString::from(name.as_os_str().as_encoded_bytes()));
            Ok(Box::new(Stdin::new(std::io::stdin(), name)))
        }
        Target::Staged(asked) => {
            let (repository, said) = asked.split();
            Ok(Box::new(Staged::new(repository, said, staged::Options { max_size: config.max_size, filter })))
        }
    }
}

fn tree_options(args: &SourceArgs, config: &Config, filter: PathFilter) -> worktree::Options {
    worktree::Options {
        ignored: if args.no_ignore { Ignored::Scanned } else { Ignored::Passed },
        nested: if args.recurse_submodules { Nested::Scanned } else { Nested::Named },
        max_size: config.max_size,
        filter,
        user: env::user_git(),
        elsewhere: args.elsewhere.iter().filter_map(|path| path.canonicalize().ok()).collect(),
    }
}

fn push(asked: Asked, pushed: Pushed, options: Options) -> Box<dyn Source> {
    let (repository, said) = asked.split();
    match named(&repository, pushed) {
        Pushed::Updates(updates, remote) => {
            Box::new(Range::pushed(repository, vec![said, remote.clone()], (updates, remote), options))
        }
        Pushed::Branch(range, _) | Pushed::Range(range) => {
            let selection = Selection { range: Some(range.clone()), since: None };
            Box::new(Range::new(repository, vec![said, range], selection, options))
        }
    }
}

/// A branch that is a reference here is an update like others; what is none stays a name, which the range looks up.
fn named(repository: &Repository, pushed: Pushed) -> Pushed {
    let Pushed::Branch(branch, remote) = pushed else { return pushed };
    let references = References::read(repository);
    let local = references.find(branch.as_bytes()).and_then(|reference| reference.id);
    match local {
        Some(_) => Pushed::Updates(vec![Update { name: branch.into(), local, remote: None }], remote),
        None => Pushed::Branch(branch, remote),
    }
}

fn history_options(args: &SourceArgs, config: &Config, filter: PathFilter) -> Options {
    let shallow = if args.allow_shallow { ShallowHistory::Allowed } else { ShallowHistory::Fails };
    let keep = |filter: PathFilter| -> Keep { Arc::new(move |path: &BStr| filter.keeps(path)) };
    let paths = (!filter.is_everything()).then(|| keep(filter));
    Options { max_size: config.max_size, shallow, paths, ..Options::default() }
}

/// --include and --exclude.
fn filter(config: &Config) -> Result<PathFilter> {
    let globs =
        |option: &str, patterns: &[String]| Globs::new(patterns).map_err(|e| Error::Usage(format!("{option}: {e}")));
    Ok(PathFilter::new(globs("--include", &config.include)?, globs("--exclude", &config.exclude)?))
}
