use super::testing::*;
use super::*;

#[test]
fn packed_and_loose_objects_are_read_as_git_reads_them() {
    for format in ["sha1", "sha256"] {
        let s = Scratch::new();
        s.history("a", format, 1, 60);
        same_as_git(&s, "a");
        s.git("a", &["repack", "-qadf", "--depth=50"]);
        same_as_git(&s, "a");
        s.git(".", &["init", "-q", "--bare", &format!("--object-format={format}"), "b"]);
        let pack = std::fs::read(&s.packs("a", ".pack")[0]).unwrap();
        s.feed("b", &["unpack-objects", "-q"], &pack);
        same_as_git(&s, "b");
    }
}

#[test]
fn what_is_not_there_is_missing() {
    let s = Scratch::new();
    s.history("a", "sha1", 1, 5);
    let objects = s.open("a");
    let id = ObjectId::from_hex("1".repeat(40).as_bytes()).unwrap();
    assert_eq!(objects.get(&id, 0, &mut Vec::new()), Err(ObjectError::Missing));
    assert_eq!(objects.header(&id), Err(ObjectError::Missing));
    assert!(!objects.contains(&id));
    let id = ObjectId::from_hex("1".repeat(64).as_bytes()).unwrap();
    assert_eq!(objects.get(&id, 0, &mut Vec::new()), Err(ObjectError::Missing));
}
