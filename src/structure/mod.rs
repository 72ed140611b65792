//! Who holds a token: name, entry, call, object, block, section, uses. Knows no provider and no rule.
//!
//! One tolerant reader for every text: brackets, strings, comments, indentation, dashes, sections, markup, rows of
//! cells. It makes a [`Tree`] of nodes in the order of the text in one pass; items, names and calls are told from it
//! when somebody asks. It is opened only for texts that hold a candidate, and must bear broken, minified, cut-off and
//! quoted text: a wrong guess costs structure, never an error.

mod dialect;
mod index;
mod items;
mod lex;
mod lines;
mod markup;
mod names;
mod read;
mod regions;
mod strings;
#[cfg(test)]
mod tests;
mod tree;

pub use dialect::{Dialect, Family};
pub use index::{Words, parts};
pub use items::{Holding, Item, Structure};
pub use names::{Bond, Name, is_scheme};
pub use read::PART;
pub use tree::{Id, Kind, Node, Tree};
