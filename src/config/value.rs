//! Single values of a configuration file: each is checked here, with its line, and no error shows a byte of it.

use super::parse_size;
use super::place::lies_below;
use super::text::file_error;
use crate::glob::Globs;
use crate::{Error, Result};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::DeValue;

/// More threads than anybody has cores.
const MAX_THREADS: usize = 1024;
/// A compiled expression may take this much memory: a scanned repository's own file may ask for more.
pub(crate) const REGEX_BYTES: usize = 256 << 10;

/// Where a file stands.
pub(super) struct Home<'a> {
    pub(super) path: &'a Path,
    /// Below it everything that the file names must lie; None: anywhere.
    root: Option<&'a Path>,
    /// Whether it is the user's own for all repositories, which no scanned tree can bring along.
    own: bool,
}

impl<'a> Home<'a> {
    /// A file that the user named.
    pub(super) fn named(path: &'a Path) -> Self {
        Home { path, root: None, own: false }
    }

    /// The user's own file.
    pub(super) fn own(path: &'a Path) -> Self {
        Home { path, root: None, own: true }
    }

    /// A file of a scanned tree.
    pub(super) fn below(path: &'a Path, root: &'a Path) -> Self {
        Home { path, root: Some(root), own: false }
    }

    /// The file's name for reports, which never hold an absolute path.
    pub(super) fn shown(&self) -> String {
        let below = self.root.and_then(|root| self.path.strip_prefix(root).ok());
        let shown = match below {
            Some(path) => path.to_owned(),
            None if self.path.is_absolute() => {
                let last_two = self.path.components().count().saturating_sub(2).max(1);
                self.path.components().skip(last_two).collect()
            }
            None => self.path.to_owned(),
        };
        shown.to_string_lossy().into_owned()
    }
}

/// Where values stand.
pub(super) struct Place<'a> {
    pub(super) home: &'a Home<'a>,
    /// Where each line of the text ends.
    ends: Vec<usize>,
}

impl<'a> Place<'a> {
    pub(super) fn new(home: &'a Home<'a>, text: &str) -> Self {
        Place { home, ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        1 + self.ends.partition_point(|end| *end < span.start)
    }

    pub(super) fn error(&self, span: &Range<usize>, why: impl Into<String>) -> Error {
        file_error(self.home.path, Some(self.line(span)), why)
    }
}

/// The value of a key.
pub(super) struct Value<'a> {
    pub(super) key: &'static str,
    pub(super) value: &'a Spanned<DeValue<'a>>,
    pub(super) place: &'a Place<'a>,
}

impl<'a> Value<'a> {
    pub(super) fn error(&self, why: impl std::fmt::Display) -> Error {
        self.place.error(&self.value.span(), format!("`{}` {why}", self.key))
    }

    pub(super) fn wrong_type(&self, wanted: &str) -> Error {
        self.error(format_args!("must be {wanted}, not {}", type_name(self.value.get_ref())))
    }

    pub(super) fn text(&self) -> Result<String> {
        let text = self.value.get_ref().as_str().ok_or_else(|| self.wrong_type("a string"))?;
        if text.trim().is_empty() {
            return Err(self.error("is empty"));
        }
        Ok(text.to_owned())
    }

    pub(super) fn items<T>(&self, read: fn(&Value<'a>) -> Result<T>) -> Result<Vec<T>> {
        let array = self.value.get_ref().as_array().ok_or_else(|| self.wrong_type("an array, as in [\"...\"]"))?;
        array.iter().map(|value| read(&Value { key: self.key, value, place: self.place })).collect()
    }

    pub(super) fn one_of(&self, words: &[&str]) -> Result<String> {
        let text = self.text()?;
        if !words.contains(&text.as_str()) {
            return Err(self.error(format_args!("must be one of {}", words.join(", "))));
        }
        Ok(text)
    }

    fn integer(&self) -> Option<u64> {
        let integer = self.value.get_ref().as_integer()?;
        u64::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    pub(super) fn size(&self) -> Result<u64> {
        let wanted = "bytes, or a string with K, M or G (\"64M\"), at least 0";
        match self.value.get_ref() {
            DeValue::Integer(_) => self.integer().ok_or_else(|| self.error(format_args!("must be {wanted}"))),
            DeValue::String(text) => parse_size(text).ok_or_else(|| self.error(format_args!("must be {wanted}"))),
            _ => Err(self.wrong_type(wanted)),
        }
    }

    pub(super) fn threads(&self) -> Result<usize> {
        if !self.value.get_ref().is_integer() {
            return Err(self.wrong_type("a number"));
        }
        let fits = self.integer().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= MAX_THREADS);
        fits.ok_or_else(|| self.error(format_args!("must be from 0 (as many as there are cores) to {MAX_THREADS}")))
    }

    /// A path relative to the file's folder.
    pub(super) fn path(&self) -> Result<PathBuf> {
        let home = self.place.home;
        let path = home.path.parent().unwrap_or(Path::new("")).join(self.text()?);
        match home.root {
            Some(root) if !lies_below(&path, root) => Err(self.error(
                "leads out of the scanned tree; a file elsewhere is named on the command line or in your own configuration",
            )),
            _ => Ok(path),
        }
    }

    /// Whether what stands here may say where keys are sent: a file that came with a repository may not, nor may one
    /// that --config names, since that can be the same file.
    pub(super) fn only_own(&self) -> Result<()> {
        if self.place.home.own {
            return Ok(());
        }
        Err(self.error(
            "says where keys are sent, which no repository may: it belongs to your own configuration \
             (leakbreak/config.toml below $XDG_CONFIG_HOME or ~/.config), or use --verify-endpoint and --verify-proxy",
        ))
    }

    pub(super) fn glob(&self) -> Result<String> {
        let text = self.text()?;
        Globs::check(&text).map_err(|why| self.error(format_args!("can't be used: {why}")))?;
        Ok(text)
    }

    pub(super) fn regex(&self) -> Result<String> {
        let text = self.text()?;
        value_regex(&text).map_err(|why| self.error(why))?;
        Ok(text)
    }

    pub(super) fn fingerprint(&self) -> Result<String> {
        let text = self.text()?;
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(self.error("must be a fingerprint as reports show it, 32 hexadecimal digits"));
        }
        Ok(text)
    }
}

/// Compiles the `value` of an `[[allow]]`: it looks at bytes, and classes such as `\w` are ASCII.
pub(crate) fn value_regex(text: &str) -> std::result::Result<regex::bytes::Regex, &'static str> {
    let built = regex::bytes::RegexBuilder::new(text)
        .unicode(false)
        .size_limit(REGEX_BYTES)
        .dfa_size_limit(REGEX_BYTES)
        .nest_limit(100)
        .build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => "is too large a regular expression",
        _ => "is not a regular expression that can be used (there are no look-around and no back-references)",
    })
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
