//! Where each word of a text stands: the uses of a name.

use super::tree::{Id, Kind, Tree};
use foldhash::HashMap;

/// The words of a text, the parts of dotted ones each on its own, without sigils.
#[derive(Debug)]
pub struct Words {
    places: HashMap<Box<[u8]>, Vec<Id>>,
}

impl Words {
    pub(super) fn new(tree: &Tree<'_>) -> Self {
        let mut places: HashMap<Box<[u8]>, Vec<Id>> = HashMap::default();
        for (id, node) in tree.nodes.iter().enumerate() {
            if matches!(node.kind, Kind::Word | Kind::Flag) {
                for part in parts(tree.slice(id as Id)) {
                    match places.get_mut(part) {
                        Some(all) => all.push(id as Id),
                        None => drop(places.insert(part.into(), vec![id as Id])),
                    }
                }
            }
        }
        Words { places }
    }

    /// The nodes that hold this word, in order.
    pub fn of(&self, word: &[u8]) -> &[Id] {
        self.places.get(word).map_or(&[], Vec::as_slice)
    }
}

/// The parts of a dotted name without sigils: `self.cred`, `Creds::B`, `$keys`.
pub fn parts(word: &[u8]) -> impl Iterator<Item = &[u8]> {
    word.split(|b| matches!(b, b'.' | b':' | b'?' | b'$' | b'@' | b'!')).filter(|p| !p.is_empty())
}
