//! A ledger in memory, and edits of it.

use std::collections::BTreeMap;

use docledger::digest::ContentDigest;
use docledger::log::{Evidence, EvidenceError, EvidenceProblem, Found, Item};
use docledger::store::layout;

/// Every file of a ledger. Two are equal when each has the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Memory {
    files: BTreeMap<Item, Vec<u8>>,
}

impl Memory {
    pub(super) fn of(files: BTreeMap<Item, Vec<u8>>) -> Self {
        Self { files }
    }

    /// Puts a file in place of what stood there.
    pub(super) fn put(&mut self, item: Item, bytes: Vec<u8>) {
        self.files.insert(item, bytes);
    }

    /// Whether everything that `other` has is there unchanged.
    pub(super) fn holds(&self, other: &Self) -> bool {
        let mut files = other.files.iter();
        files.all(|(item, bytes)| self.files.get(item) == Some(bytes))
    }
}

impl Evidence for Memory {
    fn read(&self, item: &Item, limit: u64) -> Result<Option<Vec<u8>>, EvidenceError> {
        match self.files.get(item) {
            Some(bytes) if bytes.len() as u64 > limit => Err(EvidenceError {
                path: self.place(item),
                problem: EvidenceProblem::TooLong(limit),
            }),
            found => Ok(found.cloned()),
        }
    }

    fn hash(&self, digest: &ContentDigest) -> Result<Option<(ContentDigest, u64)>, EvidenceError> {
        let found = self.files.get(&Item::Content(*digest));
        Ok(found.map(|bytes| (ContentDigest::of(bytes), bytes.len() as u64)))
    }

    fn everything(&self, show: &mut dyn FnMut(Found)) -> Result<(), EvidenceError> {
        for item in self.files.keys() {
            show(Found::Item(item.clone()));
        }
        Ok(())
    }

    fn place(&self, item: &Item) -> String {
        match item {
            Item::Public(name) => format!("keys/{name}"),
            _ => layout::path_of(item).unwrap_or_default(),
        }
    }
}

/// Bytes of an edit: what to do, which file, where, and two more.
const EDIT: usize = 6;

/// Carries out edits: flips, sets, cuts, inserts, removes, swaps and copies.
pub(super) fn apply(memory: &mut Memory, edits: &[u8]) {
    for edit in edits.as_chunks::<EDIT>().0.iter().take(64) {
        let items: Vec<_> = memory.files.keys().cloned().collect();
        let [deed, file, high, low, value, other] = *edit;
        let (Some(item), Some(second)) = (pick(&items, file), pick(&items, other)) else {
            return;
        };
        let place = usize::from(u16::from_be_bytes([high, low]));
        let bytes = memory.files.entry(item.clone()).or_default();
        let place = place.checked_rem(bytes.len()).unwrap_or_default();
        match deed % 8 {
            0 => bytes.truncate(place),
            1 => bytes.insert(place, value),
            2 => drop(memory.files.remove(item)),
            3 => {
                let bytes = std::mem::take(bytes);
                let others = memory.files.insert(second.clone(), bytes);
                memory
                    .files
                    .insert(item.clone(), others.unwrap_or_default());
            }
            4 => {
                let bytes = bytes.clone();
                memory.files.insert(second.clone(), bytes);
            }
            5 => {
                let end = (place + usize::from(value)).min(bytes.len());
                bytes.drain(place..end);
            }
            6 => bytes
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|byte| *byte = value),
            _ => bytes
                .iter_mut()
                .skip(place)
                .take(1)
                .for_each(|byte| *byte ^= value),
        }
    }
}

fn pick(items: &[Item], number: u8) -> Option<&Item> {
    items.get(usize::from(number).checked_rem(items.len())?)
}
