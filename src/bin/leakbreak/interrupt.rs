//! Ctrl-C and its kin: the run ends at once with status 130, whatever it waits for, and leaves no temporary file.

use crate::faults::say;
use crate::status::Status;
use leakbreak::scan::Watch;
use leakbreak::source::Unit;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a last word may take: standard error can be a pipe that nobody reads.
const LAST_WORD: Duration = Duration::from_millis(100);

/// Files and folders to remove when the run is cut off.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The scan that runs now.
static WATCHED: Mutex<Option<Arc<Watch>>> = Mutex::new(None);

/// From now on the first SIGINT or SIGTERM ends the run. (SIGHUP stays as it is: `nohup` asks for that.)
pub(crate) fn start() {
    // Without the handler a signal ends the run as well; only the message and the status are lost.
    let _ = listen(end);
    keep_on();
}

/// Names the scan that would be cut off.
pub(crate) fn watch(watch: &Arc<Watch>) {
    *WATCHED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(watch));
}

/// A file that may not grow any more is a failed write, and no reason to die.
#[cfg(unix)]
fn keep_on() {
    let unread = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, unread);
}

#[cfg(not(unix))]
fn keep_on() {}

#[cfg(unix)]
fn listen(act: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        if signals.forever().next().is_some() {
            act();
        }
    })?;
    Ok(())
}

#[cfg(not(unix))]
fn listen(act: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let mut act = Some(act);
    ctrlc::set_handler(move || {
        if let Some(act) = act.take() {
            act();
        }
    })
    .map_err(std::io::Error::other)
}

/// Ends the process from its own thread, while the others go on: they may wait for something that never comes. The
/// scan is not asked to stop, since what it had found by then would depend on the moment.
fn end() {
    let watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let (said, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        crate::progress::clear();
        say(&last_word(watched.as_deref()));
        let _ = said.send(());
    });
    let _ = heard.recv_timeout(LAST_WORD);
    for path in TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
    std::process::exit(Status::Interrupted as i32);
}

fn last_word(watched: Option<&Watch>) -> String {
    let Some(watch) = watched else { return "interrupted".into() };
    let read = watch.read(Unit::File) + watch.read(Unit::Commit) + watch.read(Unit::Blob);
    format!("interrupted: the scan was cut off after {read} files or objects; there is no report")
}

/// A temporary file or folder that a signal removes too.
#[derive(Debug)]
pub(crate) struct Temporary<T> {
    /// The thing itself; it removes itself when dropped.
    pub held: T,
    path: PathBuf,
}

impl<T> Temporary<T> {
    /// Makes one; a signal that comes meanwhile waits until its path is known.
    pub(crate) fn make(
        make: impl FnOnce() -> std::io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> std::io::Result<Self> {
        let mut list = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
        let held = make()?;
        let path = path(&held).to_owned();
        list.push(path.clone());
        Ok(Temporary { held, path })
    }

    /// Makes something lasting of it; until that is done a signal removes it.
    pub(crate) fn keep<R>(self, keep: impl FnOnce(T) -> R) -> R {
        let done = keep(self.held);
        TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner).retain(|p| *p != self.path);
        done
    }
}
