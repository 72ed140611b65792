//! What a value is made of, and whether it was drawn at random or written by somebody.
//!
//! Two ways to write a value down are compared: as text (what a letter costs after another in names and prose, counted
//! by tools/make-bigrams; a change of case, a digit or a separator begins a new word) and as characters drawn at random
//! from the smallest usual alphabet that holds all of them. The difference in bits is the evidence that it is random:
//! it grows with the length, so that one threshold serves short and long values, and it is comparable between hexadecimal
//! digits, base 32 and base 64, as an entropy is not. Where this ends: it knows nothing of names, files or meaning, and
//! whether a value is a placeholder is asked elsewhere.

mod bigrams;

use bigrams::COST;

const DIGIT: usize = 26;
const SEAM: usize = 27;
const EDGE: usize = 28;
/// Which digit: log2(10) bits. Which of the few usual separators. Both in eighths of a bit.
const DIGIT_COST: i32 = 27;
const SEPARATOR_COST: i32 = 16;
/// A character that neither words nor usual separators hold: one of some thirty.
const SYMBOL_COST: i32 = 40;

/// What a value is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Makeup {
    /// Characters.
    pub len: usize,
    /// Lower-case letters.
    pub lower: usize,
    /// Upper-case letters.
    pub upper: usize,
    /// Digits.
    pub digits: usize,
    /// Characters of neither kind, all ASCII.
    pub symbols: usize,
    /// Characters beyond ASCII.
    pub foreign: usize,
    /// Different bytes.
    pub distinct: usize,
    /// All digits are hexadecimal, in one case.
    pub hex: bool,
    /// Bits of evidence that it was drawn at random; negative: it was written.
    pub random: f32,
}

impl Makeup {
    /// Of this value.
    pub fn of(value: &[u8]) -> Self {
        let count = |test: fn(&u8) -> bool| value.iter().filter(|b| test(b)).count();
        let (lower, upper, digits) =
            (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
        let foreign_bytes = count(|b| !b.is_ascii());
        let foreign = count(|b| *b >= 0xc0);
        let mut seen = [false; 256];
        value.iter().for_each(|&b| seen[usize::from(b)] = true);
        Makeup {
            len: value.len() - foreign_bytes + foreign,
            lower,
            upper,
            digits,
            symbols: value.len() - lower - upper - digits - foreign_bytes,
            foreign,
            distinct: seen.iter().filter(|s| **s).count(),
            hex: value.iter().all(u8::is_ascii_hexdigit) && (lower == 0 || upper == 0),
            random: randomness(value),
        }
    }

    /// Kinds of characters: lower, upper, digits, symbols.
    pub fn classes(&self) -> usize {
        [self.lower, self.upper, self.digits, self.symbols + self.foreign].iter().filter(|n| **n > 0).count()
    }

    /// Letters of either case.
    pub fn letters(&self) -> usize {
        self.lower + self.upper
    }
}

/// Bits by which a value is dearer as text than as random characters.
pub fn randomness(value: &[u8]) -> f32 {
    if value.is_empty() {
        return 0.0;
    }
    text_cost(value) as f32 / 8.0 - value.len() as f32 * alphabet_bits(value)
}

/// What the value costs as text, in eighths of a bit.
fn text_cost(value: &[u8]) -> i32 {
    let (mut cost, mut last, mut before) = (0, EDGE, 0u8);
    for &b in value {
        let (class, own) = match b {
            b'a'..=b'z' => (usize::from(b - b'a'), 0),
            b'A'..=b'Z' => (usize::from(b - b'A'), 0),
            b'0'..=b'9' => (DIGIT, DIGIT_COST),
            b' ' | b'_' | b'-' | b'.' | b'/' => (EDGE, SEPARATOR_COST),
            _ => (EDGE, SYMBOL_COST),
        };
        // A word ends where digits begin or end, and where a capital follows a small letter.
        let capital = b.is_ascii_uppercase() && before.is_ascii_lowercase();
        let mixed = (class == DIGIT) != (last == DIGIT) && class < SEAM && last < SEAM;
        if capital || mixed {
            cost += i32::from(COST[last][SEAM]);
            last = SEAM;
        }
        // Two separators in a row have no word between them; two different symbols are seldom written.
        let pair = if b == before || own != SYMBOL_COST { 0 } else { SEPARATOR_COST };
        cost += own + if last == EDGE && class == EDGE { pair } else { i32::from(COST[last][class]) };
        (last, before) = (class, b);
    }
    cost
}

/// Bits a character of the smallest usual alphabet that holds the value.
fn alphabet_bits(value: &[u8]) -> f32 {
    let (mut lower, mut upper, mut digit, mut url, mut symbol, mut beyond_f) =
        (false, false, false, false, false, false);
    for &b in value {
        match b {
            b'a'..=b'z' => (lower, beyond_f) = (true, beyond_f | (b > b'f')),
            b'A'..=b'Z' => (upper, beyond_f) = (true, beyond_f | (b > b'F')),
            b'0'..=b'9' => digit = true,
            b'+' | b'/' | b'-' | b'_' | b'=' | b'.' => url = true,
            _ => symbol = true,
        }
    }
    let letters = f32::from(u8::from(lower) + u8::from(upper)) * 26.0 + f32::from(u8::from(digit)) * 10.0;
    match () {
        () if symbol => 94f32.log2(),
        () if url || beyond_f || (lower && upper) => (letters + if url { 2.0 } else { 0.0 }).log2(),
        () if lower || upper => 4.0,
        () => 10f32.log2(),
    }
}

/// Shannon entropy in bits a character.
pub fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let n = value.len().max(1) as f32;
    counts.iter().filter(|c| **c > 0).map(|&c| -(c as f32 / n) * (c as f32 / n).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that the figures are the same everywhere.
    fn draw(alphabet: &[u8], len: usize, seed: &mut u64) -> Vec<u8> {
        let mut next = || {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            alphabet[(*seed % alphabet.len() as u64) as usize]
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn random_values_are_told_from_names() {
        const B62: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut seed = 7;
        for (alphabet, len, floor) in [
            (B62, 16, 15.0),
            (B62, 20, 20.0),
            (B62, 32, 45.0),
            (b"0123456789abcdef", 32, 40.0),
            (b"0123456789abcdef", 40, 55.0),
            (b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 20, 15.0),
            (&B62[..26], 32, 35.0),
        ] {
            let n = 5000;
            let mut all: Vec<f32> = (0..n).map(|_| randomness(&draw(alphabet, len, &mut seed))).collect();
            all.sort_by(f32::total_cmp);
            assert!(all[n / 100] >= floor, "{len} of {}: {}", alphabet.len(), all[n / 100]);
        }
        for name in [
            "getUserNameFromDatabase",
            "application_default_credentials",
            "PasswordAuthenticationToken",
            "MAX_CONNECTIONS_PER_HOST_V2",
            "org.springframework.security.oauth2",
            "content-security-policy-report-only",
            "kSecAttrAccessibleWhenUnlocked",
            "utf8mb4_unicode_520_ci",
        ] {
            assert!(randomness(name.as_bytes()) < 0.0, "{name} {}", randomness(name.as_bytes()));
        }
    }
}
