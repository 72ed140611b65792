//! The arguments of `cache`.

use super::size;
use clap::Subcommand;

/// `cache`.
#[derive(Debug, Subcommand)]
pub(crate) enum Cache {
    /// Print the folder it is in
    Path,
    /// Remove what is of no use any more, and then what was not used for the longest time
    Prune {
        /// How much may be left: bytes, or with K, M or G [default: 1G]
        #[arg(long, value_name = "SIZE", value_parser = size, allow_negative_numbers = true)]
        max_size: Option<u64>,
    },
    /// Remove everything in it
    Clear,
}
