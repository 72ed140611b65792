//! The repository's own configuration, as far as it says how to read the rest: version, extensions, bare, partial.
//!
//! Includes are not followed (git takes no extension from them either), and nothing that names a program is looked at.

use super::file;
use crate::{Error, Result};
use bstr::{BStr, BString, ByteSlice};
use gix_config::File;
use gix_hash::Kind;
use std::path::{Path, PathBuf};

/// What the configuration says.
#[derive(Debug)]
pub(super) struct Settings {
    /// The object format.
    pub(super) hash: Kind,
    /// Whether a remote promises what is missing.
    pub(super) partial: bool,
    /// core.bare.
    pub(super) bare: bool,
    /// core.worktree, which is not followed.
    pub(super) work_tree: Option<PathBuf>,
}

/// Reads `config`, and the worktree's own one where the repository has such.
pub(super) fn read(git_dir: &Path, common_dir: &Path) -> Result<Settings> {
    let path = common_dir.join("config");
    let file = parse(&path)?;
    let mut format = Format { version: version(&path, &file)?, hash: Kind::Sha1, partial: false, own_config: false };
    for section in file.sections_by_name("extensions").into_iter().flatten() {
        let sub = section.header().subsection_name();
        for name in section.value_names() {
            let value = section.value_implicit(&name).flatten().unwrap_or_default();
            format.extension(common_dir, sub, &name.to_ascii_lowercase(), value.as_bstr())?;
        }
    }
    let own = match format.own_config {
        true => {
            Some(git_dir.join("config.worktree")).filter(|path| path.exists()).map(|path| parse(&path)).transpose()?
        }
        false => None,
    };
    let layers = || own.iter().chain([&file]);
    Ok(Settings {
        hash: format.hash,
        partial: format.partial || promised(&file),
        bare: layers().find_map(|file| file.boolean("core.bare").ok().flatten()).unwrap_or(false),
        work_tree: layers().find_map(|file| file.string("core.worktree")).map(|path| file::path_from_bytes(&path)),
    })
}

/// The file, parsed; without one, an empty one. An error names file and line, never the text: it may hold a secret.
fn parse(path: &Path) -> Result<File> {
    let bytes = match file::read(path, file::LIST) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(e) => {
            return Err(Error::File {
                path: path.to_owned(),
                line: None,
                why: format!("the repository's configuration can't be read: {e}"),
            });
        }
    };
    let events = gix_config::parse::Events::from_bytes(&bytes, None).map_err(|e| Error::File {
        path: path.to_owned(),
        line: Some(e.line_number()),
        why: "the repository's configuration does not parse here; `git config --local --list` fails on it too".into(),
    })?;
    Ok(File::from_parse_events_no_includes(events, gix_config::file::Metadata::api()))
}

fn version(path: &Path, file: &File) -> Result<i64> {
    let version = file.integer("core.repositoryformatversion").map_err(|_| Error::File {
        path: path.to_owned(),
        line: None,
        why: "core.repositoryformatversion is no number".into(),
    })?;
    match version.unwrap_or(0) {
        version @ 0..=1 => Ok(version),
        version => Err(Error::repository(
            path,
            format!("the repository has format version {version}; versions 0 and 1 are understood"),
        )),
    }
}

/// A partial clone fetches from a remote what it lacks; we don't.
fn promised(file: &File) -> bool {
    file.sections_by_name("remote").into_iter().flatten().any(|section| {
        let promisor = match section.value_implicit("promisor") {
            Some(Some(value)) => gix_config::Boolean::try_from(value).is_ok_and(|b| b.0),
            Some(None) => true,
            None => false,
        };
        promisor || section.value("partialclonefilter").is_some()
    })
}

/// The format, extension by extension.
struct Format {
    version: i64,
    hash: Kind,
    partial: bool,
    own_config: bool,
}

impl Format {
    /// Takes in `extensions.<name>`. What is not understood is refused: a guess could read the half of it as clean.
    fn extension(&mut self, dir: &Path, sub: Option<&BStr>, name: &str, value: &BStr) -> Result<()> {
        let refuse = |why: String| Err(Error::repository(dir, why));
        match (sub, name) {
            (None, "noop" | "preciousobjects") => Ok(()),
            (None, "partialclone") => {
                self.partial = true;
                Ok(())
            }
            (None, "worktreeconfig") => {
                self.own_config = gix_config::Boolean::try_from(BString::from(value)).map_or(true, |b| b.0);
                Ok(())
            }
            (None, "objectformat") => {
                self.hash = match value.to_ascii_lowercase().as_slice() {
                    b"sha1" => Kind::Sha1,
                    // git refuses this, and so do we: whichever format the objects have, one of the two is a lie.
                    b"sha256" if self.version == 0 => {
                        return refuse(
                            "extensions.objectformat is sha256 in a repository of format version 0; \
                             `git config core.repositoryformatversion 1` mends it"
                                .into(),
                        );
                    }
                    b"sha256" => Kind::Sha256,
                    _ => return refuse("extensions.objectformat names a format other than sha1 and sha256".into()),
                };
                Ok(())
            }
            (None, "refstorage") if value.eq_ignore_ascii_case(b"files") => Ok(()),
            (None, "refstorage") => refuse(
                "its references are not kept as files (extensions.refstorage), and that format is not read yet; \
                 `git refs migrate --ref-format=files` converts them, or scan a clone"
                    .into(),
            ),
            (None, "noop-v1" | "compatobjectformat" | "relativeworktrees") => Ok(()),
            _ if self.version == 0 => Ok(()),
            (_, name) => refuse(format!(
                "the extension `extensions.{name}` is not understood, so that the repository can't be read safely; \
                 scan a clone, or a newer version may know it"
            )),
        }
    }
}
