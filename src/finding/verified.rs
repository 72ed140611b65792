//! What a provider said when it was asked whether a key is live.

use crate::rule::Life;

/// The answer to --verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the answer means.
    pub status: Life,
    /// The host that gave it: the last one that was asked.
    pub host: String,
    /// Why, in words of our own: nothing of the key, and nothing of what the host wrote.
    pub detail: String,
}

impl Verified {
    /// A sentence for people: "live at api.mistral.ai: it sees 12 models".
    pub fn sentence(&self) -> String {
        let Verified { host, detail, .. } = self;
        match self.status {
            Life::Live => format!("live at {host}: {detail}"),
            Life::NotAccepted => format!("not accepted by {host}: {detail}"),
            Life::Unknown => format!("unknown, {host} was asked: {detail}"),
        }
    }
}
