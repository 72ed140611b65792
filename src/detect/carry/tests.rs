use super::*;

#[test]
fn changes_are_what_was_not_copied_and_the_seams() {
    let base = Carry::default();
    let of = |len: usize, size: usize, copied: &[(usize, usize, usize)]| {
        let copied: Vec<_> = copied.iter().map(|&(from, to, len)| Copied { from, to, len }).collect();
        changes(len, Made { base: &base, size, copied: &copied })
    };
    assert_eq!(of(10, 10, &[(0, 0, 10)]), []);
    assert_eq!(of(10, 12, &[(2, 0, 10)]), [0..0], "its beginning was taken away");
    assert_eq!(of(10, 12, &[(0, 0, 10)]), [10..10], "its end was taken away");
    assert_eq!(of(10, 12, &[(0, 0, 4), (6, 4, 6)]), [4..4]);
    assert_eq!(of(12, 10, &[(0, 2, 10)]), [0..2]);
    assert_eq!(of(12, 10, &[(0, 0, 5), (5, 7, 5)]), [5..7]);
    assert_eq!(of(12, 10, &[]), [0..12]);
}
