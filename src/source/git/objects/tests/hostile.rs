//! Packs that no git wrote.

use super::*;
