//! What one place says about a token, and the slot that the token stands in.

use super::terms::{Fit, Sense};
use crate::rule::Confidence;
use std::ops::Range;

/// What is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ruling {
    /// It is the rule's.
    Ours(Confidence),
    /// It is somebody else's.
    Other(String),
    /// It is no credential.
    Not,
    /// Several owners are named.
    Torn,
}

/// A claim with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) ruling: Ruling,
    /// A short phrase.
    pub(super) reason: String,
    /// The text that says so.
    pub(super) span: Range<usize>,
    /// Whether an address says it: nothing nearer than that overrules it.
    pub(super) by_host: bool,
    /// Whether the file as a whole can lift it from low to medium.
    pub(super) may_rise: bool,
    /// Whether the token's own name says it.
    pub(super) own: bool,
    /// Whether a field that tells the provider says it.
    pub(super) firm: bool,
    /// Whether an address among settings of the same beginning says it: what that beginning names is no owner.
    pub(super) scoped: bool,
    /// Whether it was asked of all elements of a list at once: a pool of keys is no series of ids.
    pub(super) shared: bool,
    /// Whether it rests on prose.
    pub(super) prose: bool,
    /// Further texts that take part, from the deciding one towards the token.
    pub(super) trail: Vec<Range<usize>>,
    /// What else speaks for it, though it decides nothing.
    pub(super) also: Vec<String>,
}

impl Claim {
    pub(super) fn new(ruling: Ruling, reason: impl Into<String>, span: Range<usize>) -> Claim {
        Claim {
            ruling,
            reason: reason.into(),
            span,
            by_host: false,
            may_rise: false,
            own: false,
            firm: false,
            scoped: false,
            shared: false,
            prose: false,
            trail: Vec::new(),
            also: Vec::new(),
        }
    }

    pub(super) fn is_ours(&self) -> bool {
        matches!(self.ruling, Ruling::Ours(_))
    }

    /// The confidence, if it is the rule's.
    pub(super) fn confidence(&self) -> Option<Confidence> {
        match self.ruling {
            Ruling::Ours(confidence) => Some(confidence),
            _ => None,
        }
    }

    /// The same with at most this confidence.
    pub(super) fn at_most(mut self, most: Confidence) -> Claim {
        if let Ruling::Ours(confidence) = &mut self.ruling {
            *confidence = (*confidence).min(most);
        }
        self
    }
}

/// Of the claims of a row's cells the one of the highest rank stays; of two that differ neither says anything.
pub(super) fn keep_best(best: &mut Option<(u8, Claim)>, rank: u8, claim: Claim) {
    match best {
        Some((known, torn)) if *known == rank && torn.ruling != claim.ruling => torn.ruling = Ruling::Torn,
        Some((known, _)) if *known >= rank => {}
        _ => *best = Some((rank, claim)),
    }
}

/// The slot that holds a token: what its names say.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    /// The nearest name that means something.
    pub(super) sense: Option<Sense>,
    /// That name.
    pub(super) name: Vec<u8>,
    /// The name of the pair whose value it is, by which templates may call it.
    pub(super) alias: Vec<u8>,
    /// Names from the token outwards, as a program would reach it: fields, then the variable.
    pub(super) path: Vec<Step>,
    /// Whether something that is no provider's holds the slot: a station, a ship.
    pub(super) strange: bool,
    /// Whether something with a name of its own lies between the slot and the file.
    pub(super) nested: bool,
}

/// A step from a structure to what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// A field, a key, a variable.
    Name(Vec<u8>),
    /// An element, and how many there are (none: that is not known).
    Index(usize, usize),
}

impl Slot {
    /// How well the slot fits a credential.
    pub(super) fn fit(&self) -> Fit {
        self.sense.as_ref().map_or(Fit::Neutral, Sense::fit)
    }

    /// Whether it is the password of an account rather than a key.
    pub(super) fn is_password(&self) -> bool {
        is_password(&self.name)
    }

    /// The words that tell it from its like.
    pub(super) fn stem(&self) -> &[String] {
        self.sense.as_ref().map_or(&[], |s| &s.stem)
    }
}

/// Whether a name is a password's.
pub(super) fn is_password(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_lowercase();
    [
        "password",
        "passwd",
        "passwort",
        "pwd",
        "kennwort",
        "contraseña",
        "senha",
        "heslo",
        "hasło",
        "wachtwoord",
        "lösenord",
        "parola",
        "пароль",
        "密码",
    ]
    .iter()
    .any(|w| name.contains(w))
}
