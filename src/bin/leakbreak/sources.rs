//! From what is asked for to what reads it.

use crate::args::SourceArgs;
use crate::ground::Target;
use leakbreak::config::Config;
use leakbreak::source::Source;
use leakbreak::{Error, Result};

/// Makes the source.
///
/// # Errors
/// What the source says of its arguments.
pub(crate) fn open(target: Target, args: &SourceArgs, config: &Config) -> Result<Box<dyn Source>> {
    let _ = (target, args, config);
    Err(Error::Usage("this source is not built yet".into()))
}
