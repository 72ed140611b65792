//! In which files a rule looks.

use super::Path;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::sync::OnceLock;

/// Globs of files, compiled when a candidate asks. One without `/` fits a file's name, one with it the whole path.
#[derive(Debug, Default)]
pub(super) struct Files {
    globs: Vec<String>,
    set: OnceLock<GlobSet>,
}

impl Files {
    pub(super) fn new(globs: &[String]) -> Self {
        Files { globs: globs.to_vec(), set: OnceLock::new() }
    }

    /// Whether the rule looks in a text at this path. A path that is not known yet could be any.
    pub(super) fn hold(&self, path: Path<'_>) -> bool {
        match path {
            _ if self.globs.is_empty() => true,
            Path::Unknown => true,
            Path::None => false,
            Path::Known(path) => {
                let path = path.to_string();
                self.set.get_or_init(|| compile(&self.globs)).is_match(&path)
            }
        }
    }
}

fn compile(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let anywhere = if glob.contains('/') { glob.clone() } else { format!("**/{glob}") };
        if let Ok(glob) = GlobBuilder::new(&anywhere).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bstr::BStr;

    #[test]
    fn names_and_paths() {
        let files = Files::new(&["*.npmrc".into(), "ci/*.yml".into()]);
        let hold = |path: &str| files.hold(Path::Known(BStr::new(path)));
        assert!(hold(".npmrc") && hold("a/b/.npmrc") && hold("ci/x.yml"));
        assert!(!hold("x.yml") && !hold("a.npmrc.md") && !files.hold(Path::None) && files.hold(Path::Unknown));
    }
}
