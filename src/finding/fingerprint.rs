//! A finding's name: hash(rule, secret, repository-relative path). It survives moved lines and changes with the
//! secret. Password-like values are stretched first by a memory-hard hash, so that a published baseline can't be
//! read with a dictionary.

use super::Secret;
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;

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
        for part in [rule.as_bytes(), &stretched(secret), path] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Fingerprint(hash.finalize()[..16].iter().map(|b| format!("{b:02x}")).collect())
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

fn stretched(secret: &Secret) -> Vec<u8> {
    let value = secret.reveal();
    if !is_guessable(value) || value.len() > 256 {
        return value.to_vec();
    }
    // One stretch a distinct value and run; the memory holds hashes of values only.
    static KNOWN: Mutex<Option<HashMap<[u8; 32], Vec<u8>>>> = Mutex::new(None);
    let key: [u8; 32] = Sha256::digest(value).into();
    if let Ok(mut known) = KNOWN.lock()
        && let Some(found) = known.get_or_insert_default().get(&key)
    {
        return found.clone();
    }
    let hash = stretch(value);
    if let Ok(mut known) = KNOWN.lock() {
        known.get_or_insert_default().insert(key, hash.clone());
    }
    hash
}

fn stretch(value: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 32];
    let done = Params::new(MEMORY_KIB, PASSES, 1, Some(out.len()))
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .and_then(|argon| argon.hash_password_into(value, b"leakbreak fingerprint 1", &mut out));
    // The parameters are constants in range and the value is short, so this does not fail; if it ever did, the
    // fingerprint must still tell values apart.
    if done.is_err() { Sha256::digest(value).to_vec() } else { out }
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
        assert_eq!(Fingerprint::parse(&one.as_str().to_uppercase()), Some(one));
    }
}
