//! Checks that tokens carry in themselves.

use crate::rule::Checksum;

/// Whether the check of `kind` fits; `body` is what stands behind `prefix`.
pub(super) fn fits(kind: Checksum, prefix: &[u8], body: &[u8]) -> bool {
    match kind {
        Checksum::Crc32Base62 => crc32_base62(body),
        Checksum::GitlabRoutable => gitlab_routable(prefix, body),
    }
}

/// GitHub ("Behind GitHub's new authentication token formats", 2021) and npm (2021): the last six characters are the
/// CRC-32 of all that stands before them and behind the prefix, in base 62 with the digits 0-9A-Za-z, padded with 0.
fn crc32_base62(body: &[u8]) -> bool {
    let Some((random, check)) = body.split_last_chunk::<6>() else { return false };
    let digit = |b: &u8| match b {
        b'0'..=b'9' => Some(u64::from(b - b'0')),
        b'A'..=b'Z' => Some(u64::from(b - b'A') + 10),
        b'a'..=b'z' => Some(u64::from(b - b'a') + 36),
        _ => None,
    };
    let value = check.iter().try_fold(0u64, |sum, b| Some(sum * 62 + digit(b)?));
    value == Some(u64::from(crc32fast::hash(random)))
}

/// GitLab (lib/authn/token_field/generator/routable_token.rb): `payload.version.LLccccccc`, where LL is the payload's
/// length and ccccccc the CRC-32 of all that stands before it, prefix included, both in base 36.
fn gitlab_routable(prefix: &[u8], body: &[u8]) -> bool {
    let mut parts = body.split(|b| *b == b'.');
    let (Some(payload), Some(version), Some(tail), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let Some((length, check)) = tail.split_first_chunk::<2>() else { return false };
    let base36 = |digits: &[u8]| std::str::from_utf8(digits).ok().and_then(|d| u64::from_str_radix(d, 36).ok());
    let mut crc = crc32fast::Hasher::new();
    crc.update(prefix);
    crc.update(&body[..body.len().saturating_sub(check.len())]);
    version.len() == 2
        && check.len() == 7
        && base36(length) == Some(payload.len() as u64)
        && base36(check) == Some(u64::from(crc.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_in_base_62() {
        // The body of the npm announcement's own dummy token.
        assert!(crc32_base62(concat!("qkJaB6MffYVzZXWqmcoF49yr", "UxP3wf0LsakP").as_bytes()));
        assert!(!crc32_base62(concat!("qkJaB6MffYVzZXWqmcoF49yr", "UxP3wf0LsakQ").as_bytes()));
        assert!(!crc32_base62(b"short"));
    }

    #[test]
    fn gitlab_tokens_know_their_length_and_sum() {
        let payload = "q8Zk2vXb7Lw0Rn5Tc9Yd3Hs6JmA";
        let head = format!("{payload}.01.0r");
        let crc = u64::from(crc32fast::hash(format!("glpat-{head}").as_bytes()));
        let base36: String =
            (0..7u32).rev().map(|i| char::from_digit((crc / 36u64.pow(i) % 36) as u32, 36).unwrap()).collect();
        let body = format!("{head}{base36}");
        assert!(gitlab_routable(b"glpat-", body.as_bytes()));
        assert!(!gitlab_routable(b"gldt-", body.as_bytes()));
        assert!(!gitlab_routable(b"glpat-", body.replace(".01.0r", ".01.0s").as_bytes()));
    }
}
