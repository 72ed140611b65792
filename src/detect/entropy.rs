//! Shannon entropy of a value's own characters.

/// Bits a character; 0 for an empty value.
pub fn shannon(value: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in value {
        counts[usize::from(*byte)] += 1;
    }
    let n = value.len() as f64;
    let bits = |count: &u32| {
        let share = f64::from(*count) / n;
        -share * share.log2()
    };
    counts.iter().filter(|c| **c > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_bits() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert_eq!(shannon(b"abcd"), 2.0);
    }
}
