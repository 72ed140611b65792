//! One layer of settings: a file, or the command line.

use super::text::{file_error, read_text};
use super::value::Home;
use super::{Config, file, nearest};
use crate::{Error, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// No configuration is as large; a scanned repository's own one may try.
const MAX_BYTES: u64 = 1 << 20;

/// An `[[allow]]` as written; all that are given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowSpec {
    /// A glob on the repository-relative path.
    pub path: Option<String>,
    /// A regular expression that must match somewhere in the secret's value.
    pub value: Option<String>,
    /// A fingerprint.
    pub fingerprint: Option<String>,
    /// A rule's id, in any case.
    pub rule: Option<String>,
    /// Why; mandatory.
    pub reason: String,
    /// Where it is written, for reports: "FILE:LINE", never absolute.
    pub place: String,
    /// The file, for errors.
    pub file: PathBuf,
    /// Its first line, for errors.
    pub line: usize,
    /// Whether it must match something.
    pub reach: AllowReach,
}

/// What an `[[allow]]` is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AllowReach {
    /// This repository: if it matches nothing, it is stale.
    #[default]
    Here,
    /// Every repository of the user: it need not match in this one.
    Everywhere,
}

/// One layer; None: says nothing. Lists of a later layer: select replaces, the others add.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    /// See [`Config::max_size`].
    pub max_size: Option<u64>,
    /// See [`Config::include`].
    pub include: Vec<String>,
    /// See [`Config::exclude`].
    pub exclude: Vec<String>,
    /// See [`Config::min_confidence`].
    pub min_confidence: Option<String>,
    /// See [`Config::fail_on`].
    pub fail_on: Option<String>,
    /// See [`Config::threads`]; 0: as many as there are cores.
    pub threads: Option<usize>,
    /// See [`Config::rule_dirs`]; relative ones are made relative to the layer's file.
    pub rule_dirs: Vec<PathBuf>,
    /// See [`Config::select`].
    pub select: Option<Vec<String>>,
    /// See [`Config::ignore`].
    pub ignore: Vec<String>,
    /// See [`Config::allow`].
    pub allow: Vec<AllowSpec>,
    /// See [`Config::baseline`]; relative to the layer's file.
    pub baseline: Option<PathBuf>,
    /// See [`Config::verify_endpoints`]; those of a later layer replace.
    pub verify_endpoints: Vec<String>,
    /// See [`Config::verify_proxy`].
    pub verify_proxy: Option<String>,
    /// Where the names of `select` and `ignore` are written; see [`Config::check_rules`].
    pub rule_names: Vec<RuleName>,
}

/// A name in `select` or `ignore`, and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleName {
    /// A rule's id, a tag or a provider, in any case.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl Layer {
    /// Reads a configuration file that the user named or owns: it may name files anywhere.
    ///
    /// # Errors
    /// [`crate::Error::File`] with the line; an unknown key names the nearest known one; never the line's text.
    pub fn read(path: &Path) -> Result<Layer> {
        Layer::parse(&read_text(path, MAX_BYTES)?, path)
    }

    /// Reads the user's own configuration, which alone may say who --verify asks. Its entries are meant for every
    /// repository: those that match nothing in one are not stale.
    ///
    /// # Errors
    /// As [`Layer::read`].
    pub fn read_own(path: &Path) -> Result<Layer> {
        Ok(file::parse(&read_text(path, MAX_BYTES)?, &Home::own(path))?.for_every_repository())
    }

    /// Reads a configuration file of a scanned tree. It is not trusted: what it names must lie below `root`, also
    /// when symbolic links are followed.
    ///
    /// # Errors
    /// As [`Layer::read`], and for what leads out of `root`.
    pub fn read_below(path: &Path, root: &Path) -> Result<Layer> {
        file::parse(&read_text(path, MAX_BYTES)?, &Home::below(path, root))
    }

    /// Reads the text of a configuration file; `path` is where it stands.
    ///
    /// # Errors
    /// As [`Layer::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Layer> {
        file::parse(text, &Home::named(path))
    }

    /// The same settings, meant for every repository of the user: entries that match nothing in one are not stale.
    #[must_use]
    pub fn for_every_repository(mut self) -> Layer {
        for entry in &mut self.allow {
            entry.reach = AllowReach::Everywhere;
        }
        self
    }
}

impl Config {
    /// Folds a layer over this: a scalar and `select` replace what was there, the other lists add to it.
    #[must_use]
    pub fn with(mut self, layer: Layer) -> Config {
        if let Some(max_size) = layer.max_size {
            self.max_size = max_size;
        }
        if let Some(min_confidence) = layer.min_confidence {
            self.min_confidence = min_confidence;
        }
        if let Some(threads) = layer.threads {
            self.threads = (threads > 0).then_some(threads);
        }
        if let Some(select) = layer.select {
            self.select = select;
        }
        self.fail_on = layer.fail_on.or(self.fail_on);
        self.baseline = layer.baseline.or(self.baseline);
        self.verify_proxy = layer.verify_proxy.or(self.verify_proxy);
        if !layer.verify_endpoints.is_empty() {
            self.verify_endpoints = layer.verify_endpoints;
        }
        self.include.extend(layer.include);
        self.exclude.extend(layer.exclude);
        self.rule_dirs.extend(layer.rule_dirs);
        self.ignore.extend(layer.ignore);
        self.allow.extend(layer.allow);
        self.rule_names.extend(layer.rule_names);
        self
    }

    /// Whether every name that any layer selects or ignores is one of `known`: ids, tags and providers, in any case.
    ///
    /// # Errors
    /// The first unknown one with the nearest known one: [`Error::File`] without the name where it stands in a file,
    /// [`Error::Usage`] where it comes from the command line.
    pub fn check_rules(&self, known: &[&str]) -> Result<()> {
        let lower: HashSet<String> = known.iter().map(|name| name.to_lowercase()).collect();
        let unknown = |name: &String| !lower.contains(&name.to_lowercase());
        let near = |name: &str| match nearest(name, known.iter().copied()) {
            Some(near) => format!("the nearest known one is `{near}` (`leakbreak rules list` shows all)"),
            None => "there are none".into(),
        };
        if let Some(RuleName { name, file, line }) = self.rule_names.iter().find(|written| unknown(&written.name)) {
            let why = format!("unknown rule, tag or provider; {}", near(name));
            return Err(file_error(file, Some(*line), why));
        }
        match self.select.iter().chain(&self.ignore).find(|name| unknown(name)) {
            Some(name) => Err(Error::Usage(format!("unknown rule, tag or provider '{name}'; {}", near(name)))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(text: &str) -> Layer {
        Layer::parse(text, Path::new("a/.leakbreak.toml")).unwrap()
    }

    #[test]
    fn scalars_and_select_replace_and_lists_add() {
        let first = layer(
            "baseline = 'one'\n[scan]\nmax-size = 1\nthreads = 3\nexclude = ['x']\nfail-on = 'low'\n\
             [rules]\nselect = ['a']\nignore = ['b']\ndirs = ['r']\n[[allow]]\npath = 'p'\nreason = 'r'\n",
        );
        let second = layer(
            "[scan]\nmax-size = '2K'\nthreads = 0\nexclude = ['y']\nmin-confidence = 'low'\n\
             [rules]\nselect = ['c']\nignore = ['d']\n[[allow]]\npath = 'q'\nreason = 'r'\n",
        );
        let config = Config::default().with(first.clone()).with(second);
        assert_eq!((config.max_size, config.threads, config.min_confidence.as_str()), (2048, None, "low"));
        assert_eq!((config.exclude, config.select, config.ignore), (v("x y"), v("c"), v("b d")));
        assert_eq!((config.baseline, config.fail_on.as_deref()), (Some("a/one".into()), Some("low")));
        assert_eq!((config.rule_dirs, config.allow.len()), (vec![PathBuf::from("a/r")], 2));
        // A layer that says nothing changes nothing, and one that selects nothing takes everything.
        let folded = Config::default().with(first);
        assert_eq!(folded.clone().with(Layer::default()), folded);
        assert!(folded.with(layer("[rules]\nselect = []")).select.is_empty());
    }

    fn v(words: &str) -> Vec<String> {
        words.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn unknown_rule_names_are_told_with_the_nearest() {
        let known = ["generic-password", "ai", "Mistral AI"];
        let of = |layers: &[Layer]| {
            let folded = layers.iter().cloned().fold(Config::default(), Config::with);
            folded.check_rules(&known).map_err(|e| e.to_string())
        };
        let good = layer("[rules]\nselect = ['AI', 'mistral ai']\nignore = ['Generic-Password']\n");
        assert_eq!(of(std::slice::from_ref(&good)), Ok(()));
        let bad = layer("[rules]\nignore = [\n 'ai',\n 'generic-pasword',\n]\n");
        let error = of(&[good.clone(), bad, good.clone()]).unwrap_err();
        assert!(
            error.starts_with("a/.leakbreak.toml:4: unknown rule") && error.contains("`generic-password`"),
            "{error}"
        );
        assert!(!error.contains("pasword"), "a file's own words are not shown");
        let typed = Layer { select: Some(vec!["mistral".into()]), ..Layer::default() };
        assert!(of(&[good, typed]).unwrap_err().starts_with("unknown rule, tag or provider 'mistral'; the nearest"));
    }

    #[test]
    fn a_users_own_entries_need_not_match_here() {
        let layer = layer("[[allow]]\npath = 'p'\nreason = 'r'\n");
        assert_eq!(layer.allow[0].reach, AllowReach::Here);
        assert_eq!(layer.for_every_repository().allow[0].reach, AllowReach::Everywhere);
    }
}
