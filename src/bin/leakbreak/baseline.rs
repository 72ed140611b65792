//! `baseline`.

use crate::args;
use crate::status::Status;
use leakbreak::{Error, Result};

/// Runs it.
pub(crate) fn run(args: args::Baseline) -> Result<Status> {
    let _ = args;
    Err(Error::Usage("this command is not built yet".into()))
}
