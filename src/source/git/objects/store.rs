//! The object folders and their packs: listed, opened, and listed again when packs come and go under our feet.

use super::pack::Pack;
use super::{ObjectError, Unread};
use crate::source::git::open::Repository;
use gix_hash::Kind;
use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

/// How often a listing is tried again while packs vanish.
const TRIES: usize = 5;
/// A folder that changed this shortly before it was listed may have changed after, too.
const RACY: Duration = Duration::from_secs(2);
/// How long git may need to put a pack's files in their places.
const WAIT: Duration = Duration::from_millis(1);
/// How long a racy listing is good for.
const PAUSE: Duration = Duration::from_millis(200);

/// The object folders of a repository.
pub(super) struct Store {
    /// Where objects are, and what people are told of it.
    pub(super) dirs: Vec<Dir>,
    /// SHA-1 or SHA-256.
    pub(super) hash: Kind,
    /// Whether objects are missing by design.
    pub(super) partial: bool,
    packs: RwLock<Arc<Packs>>,
    listing: Mutex<Listed>,
    next: AtomicU32,
}

/// An object folder.
pub(super) struct Dir {
    pub(super) path: PathBuf,
    /// Relative to the repository; an alternate, which may be anywhere, by its number.
    pub(super) shown: String,
}

/// The packs, at one time.
#[derive(Default)]
pub(super) struct Packs {
    /// Those that could be opened, the one with the most objects first.
    pub(super) list: Vec<Arc<Pack>>,
    /// What could not be.
    pub(super) trouble: Vec<Unread>,
}

/// When the folders were listed, and how they stood.
#[derive(Default)]
struct Listed {
    at: Option<(Instant, SystemTime)>,
    changed: Vec<Option<SystemTime>>,
}

impl Store {
    pub(super) fn open(repository: &Repository) -> Store {
        let dirs = repository.object_dirs.iter().enumerate().map(|(at, path)| {
            let shown = if at == 0 { "objects".to_owned() } else { format!("alternate {at}") };
            Dir { path: path.clone(), shown }
        });
        let store = Store {
            dirs: dirs.collect(),
            hash: repository.hash,
            partial: repository.partial,
            packs: RwLock::default(),
            listing: Mutex::default(),
            next: AtomicU32::new(0),
        };
        store.list();
        store
    }

    /// The packs as last listed.
    pub(super) fn packs(&self) -> Arc<Packs> {
        self.packs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Lists the folders again if they changed since; returns whether there are other packs now.
    pub(super) fn refresh(&self) -> bool {
        {
            let listed = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
            let now = self.changed();
            let racy = listed.at.is_none_or(|(at, clock)| {
                let newest = now.iter().flatten().max();
                at.elapsed() > PAUSE && newest.is_some_and(|time| *time + RACY > clock)
            });
            if now == listed.changed && !racy {
                return false;
            }
        }
        self.list()
    }

    /// Lists the folders; returns whether there are other packs now.
    pub(super) fn list(&self) -> bool {
        let mut listed = self.listing.lock().unwrap_or_else(PoisonError::into_inner);
        let old = self.packs();
        let mut packs = Packs::default();
        for _ in 0..TRIES {
            listed.at = Some((Instant::now(), SystemTime::now()));
            listed.changed = self.changed();
            packs = self.collect(&old);
            // A pack that went away while it was opened: its objects are in a new one, or it is really damaged.
            if packs.trouble.is_empty() {
                break;
            }
            std::thread::sleep(WAIT);
        }
        packs.list.sort_by_key(|pack| (std::cmp::Reverse(pack.len()), pack.number));
        let names = |packs: &Packs| packs.list.iter().map(|pack| pack.number).collect::<Vec<_>>();
        let other = names(&old) != names(&packs);
        *self.packs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(packs);
        other
    }

    fn number(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn changed(&self) -> Vec<Option<SystemTime>> {
        let time = |dir: &Dir| std::fs::metadata(dir.path.join("pack")).and_then(|meta| meta.modified()).ok();
        self.dirs.iter().map(time).collect()
    }

    /// Opens what is there now; packs that are open already stay so.
    fn collect(&self, old: &Packs) -> Packs {
        let open: HashMap<&Path, &Arc<Pack>> = old.list.iter().map(|pack| (pack.path.as_path(), pack)).collect();
        let mut packs = Packs::default();
        for dir in &self.dirs {
            let folder = dir.path.join("pack");
            let mut trouble = |shown: String, error: ObjectError| {
                packs.trouble.push(Unread { id: None, kind: None, error: named(&shown, error) });
            };
            let names = match names(&folder) {
                Ok(names) => names,
                Err(e) if e.kind() == ErrorKind::NotFound && dir.path.is_dir() => continue,
                Err(e) => {
                    trouble(format!("{}/pack", dir.shown), failed(&e));
                    continue;
                }
            };
            for name in names {
                let (path, shown) = (folder.join(&name), format!("{}/pack/{name}", dir.shown));
                // What git has not finished begins with a dot, and its objects are elsewhere too.
                let unfinished = name.starts_with('.');
                if name.ends_with(".idx") {
                    if !unfinished && !path.with_extension("pack").exists() && path.exists() {
                        trouble(shown, ObjectError::Corrupt("the pack of this index is not there".to_owned()));
                    }
                    continue;
                }
                // One without an index may have been caught while git wrote it.
                let known = open.get(path.as_path());
                match known.filter(|pack| pack.had_index || !path.with_extension("idx").exists()) {
                    Some(pack) => packs.list.push(Arc::clone(pack)),
                    None => match Pack::open(&path, shown.clone(), self.hash, self.number()) {
                        Ok(pack) if unfinished && !pack.had_index => {}
                        Ok(pack) => packs.list.push(Arc::new(pack)),
                        Err(_) if unfinished => {}
                        Err(e) => trouble(shown, failed(&e)),
                    },
                }
            }
        }
        packs
    }
}

/// The packs and indices in a folder, in a fixed order.
fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        // A name that is no UTF-8 is none of git's.
        if let Ok(name) = entry?.file_name().into_string()
            && (name.ends_with(".pack") || name.ends_with(".idx"))
        {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// An error of a file, in words.
pub(super) fn failed(e: &std::io::Error) -> ObjectError {
    ObjectError::Corrupt(match e.kind() {
        ErrorKind::PermissionDenied => "it can't be read: permission denied".to_owned(),
        ErrorKind::NotFound => "it is not there".to_owned(),
        _ => format!("it can't be read: {e}"),
    })
}

/// An error with the file that it is about.
pub(super) fn named(shown: &str, error: ObjectError) -> ObjectError {
    match error {
        ObjectError::Corrupt(why) => ObjectError::Corrupt(format!("{shown}: {why}")),
        ObjectError::TooMuch(why) => ObjectError::TooMuch(format!("{shown}: {why}")),
        error => error,
    }
}
