use super::*;
use std::fs;

fn cache(dir: &Path) -> Cache {
    Cache::open(&dir.join("cache/leakbreak"), &[]).unwrap()
}

fn entries(cache: &Cache) -> Vec<PathBuf> {
    let all = fs::read_dir(cache.folder()).unwrap().map(|e| e.unwrap().path());
    all.filter(|path| path.to_string_lossy().ends_with(ENDING)).collect()
}

#[test]
fn what_was_put_is_got_under_its_key_alone() {
    let dir = tempfile::tempdir().unwrap();
    let one = cache(dir.path());
    let key = Key::of(&[b"a", b"b"]);
    assert_eq!(one.get(&key), None);
    one.put(&key, b"content");
    assert_eq!(cache(dir.path()).get(&key).as_deref(), Some(&b"content"[..]));
    assert_eq!(one.get(&Key::of(&[b"ab", b""])), None);
}

#[test]
fn what_is_torn_changed_exchanged_or_foreign_is_not_known() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache(dir.path());
    let (key, other) = (Key::of(&[b"key"]), Key::of(&[b"other"]));
    cache.put(&key, b"content");
    let path = entries(&cache).remove(0);
    let whole = fs::read(&path).unwrap();
    for cut in 0..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        assert_eq!(cache.get(&key), None, "cut off at {cut}");
        let mut changed = whole.clone();
        changed[cut] ^= 1;
        fs::write(&path, changed).unwrap();
        assert_eq!(cache.get(&key), None, "changed at {cut}");
    }
    fs::write(cache.folder().join(other.file_name()), &whole).unwrap();
    assert_eq!(cache.get(&other), None, "another's content");
    fs::write(&path, &whole).unwrap();
    assert!(cache.get(&key).is_some());
    fs::remove_file(cache.folder().join(seal::SECRET)).unwrap();
    let anew = Cache::open(cache.folder(), &[]).unwrap();
    assert_eq!(anew.get(&key), None, "sealed by somebody else");
}

#[cfg(unix)]
#[test]
fn only_an_own_and_closed_folder_is_used() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let used = cache(dir.path());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    used.put(&Key::of(&[]), b"");
    assert_eq!(mode(used.folder()), 0o700);
    assert!(entries(&used).iter().all(|path| mode(path) == 0o600));
    assert_eq!(mode(&used.folder().join(seal::SECRET)), 0o600);

    let folder = dir.path().join("cache/leakbreak");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(Cache::open(&folder, &[]).is_ok());
    assert_eq!(mode(&folder), 0o700, "closed again");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
    assert!(matches!(Cache::open(&folder, &[]), Err(FolderError::NotOwn(..))));
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    symlink(&folder, dir.path().join("link")).unwrap();
    assert!(matches!(Cache::open(&dir.path().join("link"), &[]), Err(FolderError::NotOwn(..))));
    assert!(matches!(Cache::open(&folder, &[dir.path()]), Err(FolderError::Inside(_))));
    let absent = dir.path().join("not/there/yet");
    assert!(matches!(Cache::open(&absent, &[dir.path()]), Err(FolderError::Inside(_))));
    assert!(!dir.path().join("not").exists());
}

#[test]
fn what_was_used_last_stays() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache(dir.path());
    let keys: Vec<Key> = (0..10u8).map(|n| Key::of(&[&[n]])).collect();
    for (age, key) in keys.iter().enumerate() {
        cache.put(key, &[0; 1000]);
        let file = fs::OpenOptions::new().write(true).open(cache.folder().join(key.file_name())).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(10_000 - age as u64)).unwrap();
    }
    assert!(cache.get(&keys[0]).is_some(), "used again");
    let pruned = cache.prune(Some(3500));
    assert_eq!((pruned.removed, pruned.left), (7, 3));
    let known: Vec<usize> = (0..10).filter(|at| cache.get(&keys[*at]).is_some()).collect();
    assert_eq!(known, [0, 8, 9]);
    assert_eq!(cache.clear().left, 0);
    assert!(entries(&cache).is_empty());
}

#[test]
fn the_room_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache(dir.path()).with_room(8000);
    for n in 0..50u8 {
        cache.put(&Key::of(&[&[n]]), &[0; 1000]);
        assert!(prune::size(cache.folder()) <= 8000);
    }
    cache.put(&Key::of(&[b"large"]), &[0; 4000]);
    assert_eq!(cache.get(&Key::of(&[b"large"])), None);
}

#[test]
fn entries_of_other_builds_go() {
    let dir = tempfile::tempdir().unwrap();
    let cache = cache(dir.path());
    cache.put(&Key::of(&[b"a"]), b"");
    fs::write(cache.folder().join(format!("0{ENDING}")), b"leakbreak cache 0.0.1+older\n").unwrap();
    fs::write(cache.folder().join("mine.txt"), b"").unwrap();
    assert_eq!(cache.prune(None), Pruned { removed: 1, bytes: 28, left: 1, left_bytes: cache.prune(None).left_bytes });
    assert!(cache.folder().join("mine.txt").exists());
}
