//! A finding's name: hash(rule, secret, repository-relative path). It survives moved lines and changes with the
//! secret. Password-like values are stretched first by a memory-hard hash, so that a published baseline can't be
//! read with a dictionary.

use super::{Finding, Secret};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values with at least this many characters of a token alphabet can't be guessed; others are stretched.
const TOKEN_LENGTH: usize = 20;
/// Argon2id memory in KiB, and passes: about 10 ms a value. (RFC 9106 recommends 64 MiB; a scan may meet hundreds.)
const MEMORY_KIB: u32 = 8 * 1024;
const PASSES: u32 = 2;

/// 128 bits as 32 hexadecimal digits.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of `secret` found by `rule` in the file `path` (repository-relative; empty where there is none).
    pub fn of(rule: &str, secret: &Secret, path: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"leakbreak fingerprint 1\0");
        for part in [rule.as_bytes(), &stretched(secret.reveal()), path] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Fingerprint(hash.finalize()[..16].iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Gives all findings theirs.
    pub(crate) fn all(findings: &mut [Finding]) {
        stretch_all(findings.iter().map(|f| &f.secret));
        for f in findings {
            let path = f.origin.repo_path.as_ref().map_or(&b""[..], |p| p.as_slice());
            f.fingerprint = Self::of(&f.rule.id, &f.secret, path);
        }
    }

    /// The fingerprint of a finding that has none yet.
    pub(crate) fn none() -> Self {
        Fingerprint(String::new())
    }

    /// Reads one as it is written: 32 hexadecimal digits, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit()))
            .then(|| Fingerprint(text.to_ascii_lowercase()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a dictionary could hold the value: short, or made of few kinds of characters.
fn is_guessable(value: &[u8]) -> bool {
    let classes = [u8::is_ascii_lowercase as fn(&u8) -> bool, u8::is_ascii_uppercase, u8::is_ascii_digit]
        .iter()
        .filter(|class| value.iter().any(class))
        .count();
    value.len() < TOKEN_LENGTH || classes < 2 || value.iter().any(|b| b.is_ascii_whitespace())
}

fn needs_stretching(value: &[u8]) -> bool {
    value.len() <= 256 && is_guessable(value)
}

/// What values were stretched to, by their own hashes: one stretch a distinct value and run.
static KNOWN: Mutex<BTreeMap<[u8; 32], [u8; 32]>> = Mutex::new(BTreeMap::new());

fn known() -> MutexGuard<'static, BTreeMap<[u8; 32], [u8; 32]>> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is hashed for a value: the value itself, or what it is stretched to.
fn stretched(value: &[u8]) -> Cow<'_, [u8]> {
    if !needs_stretching(value) {
        return Cow::Borrowed(value);
    }
    let key = Sha256::digest(value).into();
    let found = known().get(&key).copied();
    let hash = found.unwrap_or_else(|| {
        let hash = stretch(value, &mut Vec::new());
        known().insert(key, hash);
        hash
    });
    Cow::Owned(hash.to_vec())
}

/// Stretches each distinct value that has to be, on all cores, in memory that is used again.
fn stretch_all<'a>(secrets: impl Iterator<Item = &'a Secret>) {
    let values: BTreeSet<&[u8]> = secrets.map(|secret| secret.reveal()).filter(|v| needs_stretching(v)).collect();
    // A single one is not worth the threads.
    if values.len() > 1 {
        let values: Vec<&[u8]> = values.into_iter().collect();
        let hash = |memory: &mut Vec<Block>, value: &&[u8]| (Sha256::digest(value).into(), stretch(value, memory));
        let hashes: Vec<_> = values.par_iter().map_init(Vec::new, hash).collect();
        known().extend(hashes);
    }
}

fn stretch(value: &[u8], memory: &mut Vec<Block>) -> [u8; 32] {
    let mut out = [0; 32];
    let done = Params::new(MEMORY_KIB, PASSES, 1, Some(out.len())).and_then(|params| {
        memory.resize(params.block_count(), Block::default());
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon.hash_password_into_with_memory(value, b"leakbreak fingerprint 1", &mut out, memory)
    });
    // The parameters are constants in range and the value is short, so this does not fail; if it ever did, the
    // fingerprint must still tell values apart.
    if done.is_err() { Sha256::digest(value).into() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depends_on_rule_secret_and_path_alone() {
        let of = |r: &str, s: &str, p: &str| Fingerprint::of(r, &Secret::new(s), p.as_bytes());
        let one = of("generic-password", "hunter2", "a.py");
        assert_eq!(one, of("generic-password", "hunter2", "a.py"));
        for other in [
            of("x", "hunter2", "a.py"),
            of("generic-password", "hunter3", "a.py"),
            of("generic-password", "hunter2", "b.py"),
        ] {
            assert_ne!(one, other);
        }
        // As it was told long ago: baselines hold it.
        let told = of("generic-password", "Tr0ub4dor&3x", "a.py");
        assert_eq!(told.as_str(), "2f7ae2fb181d83e372457cfad80c2682");
        assert_eq!(Fingerprint::parse(&one.as_str().to_uppercase()), Some(one));
    }
}
