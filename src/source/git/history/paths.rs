//! Paths as a tree of names, so that a deep or repeated folder costs its name once.

use bstr::BString;
use std::collections::HashMap;

/// A path in [`Paths`].
pub(super) type PathId = u32;

/// Paths, each kept once.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Each path's folder and name; a root is its own folder.
    nodes: Vec<(PathId, Box<[u8]>)>,
    index: HashMap<PathId, HashMap<Box<[u8]>, PathId>>,
}

impl Paths {
    /// A new root: paths below different roots are different paths.
    pub(super) fn root(&mut self) -> PathId {
        let id = self.nodes.len() as PathId;
        self.nodes.push((id, Box::default()));
        id
    }

    /// The path of `name` in `folder`.
    pub(super) fn join(&mut self, folder: PathId, name: &[u8]) -> PathId {
        let names = self.index.entry(folder).or_default();
        if let Some(id) = names.get(name) {
            return *id;
        }
        let id = self.nodes.len() as PathId;
        self.nodes.push((folder, name.into()));
        names.insert(name.into(), id);
        id
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The root that it lies below.
    pub(super) fn root_of(&self, mut path: PathId) -> PathId {
        while self.nodes[path as usize].0 != path {
            path = self.nodes[path as usize].0;
        }
        path
    }

    /// The whole path, `/` between its parts.
    pub(super) fn full(&self, mut path: PathId) -> BString {
        let mut parts = Vec::new();
        while self.nodes[path as usize].0 != path {
            let (folder, name) = &self.nodes[path as usize];
            parts.push(&name[..]);
            path = *folder;
        }
        parts.reverse();
        bstr::join("/", parts).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_kept_once_a_root() {
        let mut paths = Paths::default();
        let (one, two) = (paths.root(), paths.root());
        let dir = paths.join(one, b"src");
        let file = paths.join(dir, b"a.py");
        assert_eq!((paths.full(file), paths.root_of(file)), ("src/a.py".into(), one));
        assert_eq!(paths.join(dir, b"a.py"), file);
        let other = paths.join(two, b"src");
        assert_ne!(other, dir);
        assert_eq!((paths.full(two), paths.root_of(other)), ("".into(), two));
    }
}
