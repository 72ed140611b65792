//! One layer of settings: a file, or the command line.

use super::Config;
use crate::Result;
use std::path::{Path, PathBuf};

/// An `[[allow]]` as written; all that are given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowSpec {
    /// A glob on the repository-relative path.
    pub path: Option<String>,
    /// A regular expression that the secret's value must match.
    pub value: Option<String>,
    /// A fingerprint.
    pub fingerprint: Option<String>,
    /// A rule's id.
    pub rule: Option<String>,
    /// Why; mandatory.
    pub reason: String,
    /// Where it is written, for messages: "FILE:LINE".
    pub place: String,
}

/// One layer; None: says nothing. Lists of a later layer: select replaces, the others add.
#[derive(Clone, Debug, Default)]
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
    /// See [`Config::threads`].
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
}

impl Layer {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// [`crate::Error::File`] with the line; an unknown key names the nearest known one; never the line's text.
    pub fn read(path: &Path) -> Result<Layer> {
        let _ = path;
        Ok(Layer::default())
    }
}

impl Config {
    /// Folds a layer over this.
    pub fn with(self, layer: Layer) -> Config {
        let _ = layer;
        self
    }
}

/// Reads a size: bytes or K, M, G (powers of 1024).
pub fn parse_size(text: &str) -> Option<u64> {
    text.parse().ok()
}
