//! What was not read. Nothing is silent: every skip is counted and shown.

use bstr::BString;

/// Why something was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// Binary content (policy).
    Binary,
    /// Larger than --max-size (policy).
    TooLarge,
    /// A symbolic link, not followed (policy).
    Symlink,
    /// A FIFO, socket or device, not opened (policy).
    Special,
    /// A submodule (policy).
    Submodule,
    /// A repository inside the scanned one (policy).
    NestedRepository,
    /// A git LFS pointer: the content is elsewhere (policy).
    LfsPointer,
    /// Excluded by --exclude, --include or the configuration (policy).
    Excluded,
    /// The old side of a comparison is not here (partial clone): all lines counted as added (policy).
    MissingBase,
    /// A file that vanished before it was opened (policy, only counted).
    Vanished,
    /// Permission or other I/O trouble (failure).
    Unreadable,
    /// An object that can't be decoded (failure).
    Corrupt,
    /// An object that is not there (failure).
    Missing,
    /// A decoding limit was reached (failure).
    DecodeLimit,
    /// The history ends at a shallow boundary (failure unless allowed).
    Shallow,
    /// An unmerged index entry (failure).
    Unmerged,
    /// A reference that can't be read (failure).
    BrokenReference,
}

impl SkipReason {
    /// Whether it makes a run incomplete; otherwise it is policy and leaves the status alone.
    pub fn is_failure(self) -> bool {
        use SkipReason::*;
        matches!(self, Unreadable | Corrupt | Missing | DecodeLimit | Shallow | Unmerged | BrokenReference)
    }

    /// The name in machine formats.
    pub fn name(self) -> &'static str {
        use SkipReason::*;
        match self {
            Binary => "binary",
            TooLarge => "too-large",
            Symlink => "symlink",
            Special => "special-file",
            Submodule => "submodule",
            NestedRepository => "nested-repository",
            LfsPointer => "lfs-pointer",
            Excluded => "excluded",
            MissingBase => "missing-base",
            Vanished => "vanished",
            Unreadable => "unreadable",
            Corrupt => "corrupt",
            Missing => "missing",
            DecodeLimit => "decode-limit",
            Shallow => "shallow",
            Unmerged => "unmerged",
            BrokenReference => "broken-reference",
        }
    }
}

/// One thing that was not read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skip {
    /// Why.
    pub reason: SkipReason,
    /// What: a path as shown in findings, an object id in hexadecimal, a reference's name.
    pub place: BString,
    /// More about it, for people: an I/O error's text, a size, the way out. Never file contents.
    pub detail: String,
}

impl Skip {
    /// A skip.
    pub fn new(reason: SkipReason, place: impl Into<BString>, detail: impl Into<String>) -> Self {
        Skip { reason, place: place.into(), detail: detail.into() }
    }
}
