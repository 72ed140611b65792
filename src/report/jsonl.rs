//! jsonl: a line a finding, the receipt as the last line.

use super::Options;
use super::json::{FindingObject, ReceiptObject, write_value};
use crate::finding::Outcome;
use std::io::{self, Write};

/// Writes the lines.
pub(crate) fn write(outcome: &Outcome, options: Options, out: &mut dyn Write) -> io::Result<()> {
    for finding in super::shown(outcome, options) {
        write_value(&FindingObject::new(finding, options), out)?;
    }
    write_value(&ReceiptObject::new(outcome, &outcome.receipt), out)
}
