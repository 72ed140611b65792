//! A survey that can be written down: beside it, what each object is and how large.

use super::super::survey::{Survey, Surveyor, key};
use super::chunk::{Fact, Ids, encode};
use crate::blob::{Content, Text};
use crate::source::Memo;
use crate::source::git::objects::{Object, ObjectError, Unread, Visitor};
use crate::source::worktree::is_pointer;
use gix_object::Kind as ObjectKind;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What git and we look at to tell binary content.
const BINARY_WINDOW: usize = 8000;

/// Takes objects for a survey.
pub(super) struct Recorder<'a> {
    surveyor: Surveyor<'a>,
    /// By thread.
    facts: Vec<Mutex<Vec<(u64, Fact)>>>,
    /// Whether there is something that a chunk can't say.
    odd: AtomicBool,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(surveyor: Surveyor<'a>) -> Self {
        let threads = rayon::current_num_threads().max(1);
        Recorder { surveyor, facts: (0..threads).map(|_| Mutex::default()).collect(), odd: AtomicBool::new(false) }
    }

    /// What was learned, and the facts, if the survey left nothing open.
    pub(super) fn finish(self) -> (Survey, Option<Vec<(u64, Fact)>>) {
        let Recorder { surveyor, facts, odd } = self;
        let is_cancelled = surveyor.cancelled();
        let survey = surveyor.finish();
        let is_large = |unread: &Unread| unread.id.is_some() && matches!(unread.error, ObjectError::TooLarge(_));
        let clean = !odd.into_inner() && !is_cancelled && survey.unread.iter().all(is_large);
        let facts = clean.then(|| {
            let by_thread = facts.into_iter().map(|facts| facts.into_inner().unwrap_or_else(PoisonError::into_inner));
            let mut all: Vec<(u64, Fact)> = by_thread.flatten().collect();
            all.sort_unstable();
            all
        });
        (survey, facts)
    }

    fn fact(&self, fact: (u64, Fact)) {
        let at = rayon::current_thread_index().unwrap_or(0) % self.facts.len();
        self.facts[at].lock().unwrap_or_else(PoisonError::into_inner).push(fact);
    }
}

impl Visitor for Recorder<'_> {
    fn object(&self, object: Object<'_>) -> Option<Memo> {
        let Object { id, kind, data, .. } = object;
        let flags = match kind {
            ObjectKind::Blob if is_pointer(data) => Fact::POINTER,
            ObjectKind::Blob if is_binary(data) => Fact::BINARY,
            _ => 0,
        };
        // Where words are told from binary content more than once, the count is not one for each object.
        if matches!(kind, ObjectKind::Commit | ObjectKind::Tag) && memchr::memchr(0, data).is_some() {
            self.odd.store(true, Ordering::Relaxed);
        }
        self.fact((key(&id), Fact::new(kind, data.len() as u64, flags)));
        self.surveyor.object(object)
    }

    fn unread(&self, unread: Unread) {
        match (&unread.id, &unread.error) {
            (Some(id), ObjectError::TooLarge(size)) => {
                self.fact((key(id), Fact::new(ObjectKind::Blob, *size, Fact::LARGE)));
            }
            _ => self.odd.store(true, Ordering::Relaxed),
        }
        self.surveyor.unread(unread);
    }

    fn cancelled(&self) -> bool {
        self.surveyor.cancelled()
    }
}

fn is_binary(data: &[u8]) -> bool {
    let head = &data[..data.len().min(BINARY_WINDOW)];
    memchr::memchr(0, head).is_some() && matches!(Text::decode(data), Content::Binary)
}

/// A survey as a chunk, if it is one that can be written down.
pub(super) fn written<I: Ids + ?Sized>(ids: &I, survey: &Survey, facts: Option<&[(u64, Fact)]>) -> Option<Vec<u8>> {
    encode(ids, survey, facts?)
}
