//! Settings as plain data: layers of `Option`, folded into one [`Config`]; the command line is one more layer.
//! Knows `error` and `glob` alone; only the binary knows it.
//!
//! Layers, each over the one before: the defaults, the user's own file ([`Layer::read_own`]), the scanned repository's `.leakbreak.toml` ([`discover`]) or the file that
//! --config names ([`Layer::read`]), the command line. What each key means is told in docs/configuration.md.

mod file;
mod find;
mod layer;
mod near;
mod place;
mod size;
mod text;
mod value;

pub use find::{BASELINE_NAME, CONFIG_NAME, discover, find, find_baseline};
pub use layer::{AllowReach, AllowSpec, Layer, RuleName};
pub use near::nearest;
pub use size::parse_size;
pub(crate) use text::{file_error, line_at, read_text};
pub(crate) use value::value_regex;

use std::path::PathBuf;

/// Every setting of a scan, folded. Defaults are in [`Default`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Files over this many bytes are skipped; 0: none.
    pub max_size: u64,
    /// Globs; if any, only what fits one of them is scanned.
    pub include: Vec<String>,
    /// Globs of what is not scanned.
    pub exclude: Vec<String>,
    /// Least confidence: "low", "medium", "high".
    pub min_confidence: String,
    /// Least severity that makes status 1; None: any.
    pub fail_on: Option<String>,
    /// Threads; None: as many as there are cores.
    pub threads: Option<usize>,
    /// Folders with rules.
    pub rule_dirs: Vec<PathBuf>,
    /// Rules, tags or providers to use; empty: all.
    pub select: Vec<String>,
    /// Rules, tags or providers not to use.
    pub ignore: Vec<String>,
    /// `[[allow]]` entries of all layers.
    pub allow: Vec<AllowSpec>,
    /// The baseline file, absolute or relative to the current directory.
    pub baseline: Option<PathBuf>,
    /// What --verify asks in place of the rules' own hosts: `URL`, or `HOST=URL`.
    pub verify_endpoints: Vec<String>,
    /// The proxy of --verify.
    pub verify_proxy: Option<String>,
    /// Where files select and ignore rules, for [`Config::check_rules`].
    pub rule_names: Vec<RuleName>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            max_size: 64 << 20,
            include: Vec::new(),
            exclude: Vec::new(),
            min_confidence: "medium".into(),
            fail_on: None,
            threads: None,
            rule_dirs: Vec::new(),
            select: Vec::new(),
            ignore: Vec::new(),
            allow: Vec::new(),
            baseline: None,
            verify_endpoints: Vec::new(),
            verify_proxy: None,
            rule_names: Vec::new(),
        }
    }
}
