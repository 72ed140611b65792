//! Loose objects that are known: one record for the object folders of a repository, with the state of each file.

use super::chunk::{Chunk, Fact, decode};
use super::print::{IDENTITY, Identity};
use super::recorder::{Recorder, written};
use super::{Memory, Part, Surveyor, key};
use crate::cache::Key;
use crate::source::git::objects::{Listing, Objects};
use gix_hash::{Kind, ObjectId};
use rayon::prelude::*;

/// The state of a file; zeros where it has none that could be told from another.
type State = [u8; IDENTITY];

/// What is known of some loose objects.
struct Record {
    ids: Vec<ObjectId>,
    states: Vec<State>,
    chunk: Chunk,
}

/// What is needed to read them.
pub(super) struct Loose<'a> {
    pub(super) memory: &'a Memory,
    pub(super) listing: &'a Listing<'a>,
    pub(super) objects: &'a Objects,
    pub(super) hash: Kind,
    pub(super) limit: u64,
}

impl Loose<'_> {
    /// What is to be learned of all of them: from the record where they are in it, else by reading.
    pub(super) fn survey<'s>(&self, surveyor: impl Fn() -> Surveyor<'s>) -> Vec<Part> {
        let ids = self.listing.loose();
        if ids.is_empty() {
            return Vec::new();
        }
        let states: Vec<State> = ids.par_iter().with_min_len(64).map(|id| self.state(id)).collect();
        let record = self.memory.cache.get(&self.key()).and_then(|bytes| self.decode(&bytes));
        let record = record.filter(|record| self.holds(record, &ids, &states));
        let known: &[ObjectId] = record.as_ref().map_or(&[], |record| &record.ids);
        let fresh: Vec<ObjectId> = ids.iter().filter(|id| known.binary_search(id).is_err()).copied().collect();
        let is_same = record.as_ref().is_some_and(|record| fresh.is_empty() && record.states == states);

        let recorder = Recorder::new(surveyor());
        self.listing.read_loose(&fresh, self.limit, &recorder);
        let (survey, facts) = recorder.finish();
        let old = record.map(|record| (record.ids, record.chunk));
        let mut all = facts.filter(|_| !is_same);
        if let (Some(all), Some((ids, chunk))) = (&mut all, &old) {
            all.extend(ids.iter().zip(&chunk.facts).map(|(id, fact)| (key(id), *fact)));
            all.sort_unstable();
        }
        let old = old.map(|(_, chunk)| Part::known(chunk, |_| false));
        let parts: Vec<Part> = old.into_iter().chain([Part::read(survey)]).collect();
        if let Some(facts) = all {
            let whole = super::joined(&parts);
            if let Some(chunk) = written(&ids[..], &whole, Some(&facts)) {
                self.memory.cache.put(&self.key(), &encode(&ids, &states, &chunk));
            }
        }
        parts
    }

    fn key(&self) -> Key {
        let folders = self.listing.folders().map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
        let names: Vec<Vec<u8>> = folders.map(|folder| folder.as_os_str().as_encoded_bytes().to_vec()).collect();
        self.memory.key("loose", Key::of(&names.iter().map(Vec::as_slice).collect::<Vec<_>>()).as_bytes())
    }

    fn state(&self, id: &ObjectId) -> State {
        let identity = self.listing.loose_file(id).and_then(|file| Identity::of(&file));
        identity.map_or([0; IDENTITY], Identity::to_bytes)
    }

    /// Whether all that the record is about is still here, and as it was.
    fn holds(&self, record: &Record, ids: &[ObjectId], states: &[State]) -> bool {
        record.ids.par_iter().zip(&record.states).with_min_len(64).all(|(id, state)| {
            let Ok(at) = ids.binary_search(id) else { return false };
            let is_same = states.get(at) == Some(state) && *state != [0; IDENTITY];
            // Git touches a file that it would have written again.
            is_same || self.objects.get(id, self.limit, &mut Vec::new()).is_ok()
        })
    }

    fn decode(&self, bytes: &[u8]) -> Option<Record> {
        let (count, rest) = bytes.split_first_chunk()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let width = self.hash.len_in_bytes();
        let (ids, rest) = rest.split_at_checked(count.checked_mul(width)?)?;
        let (states, chunk) = rest.split_at_checked(count.checked_mul(IDENTITY)?)?;
        let ids = ids.chunks_exact(width).map(|id| ObjectId::try_from(id).ok()).collect::<Option<Vec<_>>>()?;
        let chunk = decode(&ids[..], self.hash, chunk)?;
        let is_whole = ids.is_sorted_by(|a, b| a < b) && chunk.facts.iter().all(|fact| fact.has(Fact::MINE));
        let states = states.as_chunks().0.to_vec();
        is_whole.then_some(Record { ids, states, chunk })
    }
}

fn encode(ids: &[ObjectId], states: &[State], chunk: &[u8]) -> Vec<u8> {
    let mut out = (ids.len() as u64).to_le_bytes().to_vec();
    ids.iter().for_each(|id| out.extend_from_slice(id.as_slice()));
    out.extend_from_slice(states.as_flattened());
    out.extend_from_slice(chunk);
    out
}
