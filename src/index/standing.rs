//! A ledger under its checkpoint, of which single entries are read.

use rayon::prelude::*;

use crate::authority::Authority;
use crate::digest::{LeafHash, LedgerId};
use crate::log::{Checkpoint, Evidence, LoadError, ProvenLog, SignedCheckpoint, read_checkpoint};
use crate::merkle::tile::TILE_WIDTH;
use crate::registry::{Entry, RegisterError};
use crate::statement::{Matter, Statement};

/// A ledger's newest head, with what it takes to read entries under it.
pub(super) struct Standing<'a> {
    signed: SignedCheckpoint,
    log: ProvenLog<'a>,
    /// What the governance entries known so far come to: those of entry 0, until
    /// [`Self::settle`].
    authority: Authority,
}

impl<'a> Standing<'a> {
    /// Reads the checkpoint, the edge of the tree, and entry 0.
    pub(super) fn read(evidence: &'a dyn Evidence) -> Result<Self, RegisterError> {
        let signed = read_checkpoint(evidence)?;
        if signed.unverified().size == 0 {
            return Err(RegisterError::Empty);
        }
        let mut log = ProvenLog::open(evidence, signed.unverified())?;
        let (leaf, bytes) = log.entry(0)?;
        let first = parse(0, leaf, &bytes)?;
        let (authority, _) = Authority::open(first.leaf, first.statement)?;
        Ok(Self {
            signed,
            log,
            authority,
        })
    }

    /// What the checkpoint says. Until [`Self::check_signature`] its signature has
    /// not been checked.
    pub(super) fn head(&self) -> &Checkpoint {
        self.signed.unverified()
    }

    /// The ledger's id by its entry 0.
    pub(super) fn ledger_id(&self) -> LedgerId {
        self.authority.ledger_id()
    }

    /// Who may do what, as far as it was settled.
    pub(super) fn authority(&self) -> &Authority {
        &self.authority
    }

    /// An entry, proven under the checkpoint.
    pub(super) fn entry(&mut self, index: u64) -> Result<Entry, RegisterError> {
        let (leaf, bytes) = self.log.entry(index)?;
        parse(index, leaf, &bytes)
    }

    /// Whether the tree once had this size and root.
    pub(super) fn extends(&mut self, (size, root): (u64, [u8; 32])) -> Result<bool, LoadError> {
        let older = size <= self.log.size();
        Ok(older && *self.log.root_at(size)?.as_bytes() == root)
    }

    /// Shows all entries from one on, each proven.
    pub(super) fn each_from<E: From<RegisterError>>(
        &mut self,
        start: u64,
        mut show: impl FnMut(Entry) -> Result<(), E>,
    ) -> Result<(), E> {
        for number in start / TILE_WIDTH..self.log.size().div_ceil(TILE_WIDTH) {
            let bundle = self.log.bundle(number).map_err(RegisterError::from)?;
            let entries: Vec<_> = (number * TILE_WIDTH..)
                .zip(bundle)
                .filter(|(index, _)| *index >= start)
                .collect();
            let entries: Vec<_> = entries
                .into_par_iter()
                .map(|(index, (leaf, bytes))| parse(index, leaf, &bytes))
                .collect();
            entries.into_iter().try_for_each(|entry| show(entry?))?;
        }
        Ok(())
    }

    /// Replays the governance entries at these places, and tells whether they
    /// are all there are: the newest entry names the newest of them, and each
    /// the one before.
    pub(super) fn settle(&mut self, governance: &[u64]) -> Result<bool, RegisterError> {
        let first = self.entry(0)?;
        let (mut authority, _) = Authority::open(first.leaf, first.statement)?;
        let mut complete = true;
        for index in governance.iter().copied().filter(|index| *index > 0) {
            let entry = self.entry(index)?;
            let context = entry.statement.context().copied();
            complete &= context.is_none_or(|it| it.authority == authority.newest_governance());
            let Ok(verified) = authority.verify(entry.statement) else {
                continue;
            };
            let had = context.map(|context| self.log.root_at(context.on.size).ok());
            authority.apply(index, entry.leaf, &verified, had.flatten());
        }
        let last = self.entry(self.log.size().saturating_sub(1))?;
        let named = match last.statement.context() {
            _ if is_governance(&last) => Some(last.leaf),
            Some(context) => Some(context.authority),
            None => None,
        };
        complete &= named.is_none_or(|named| named == authority.newest_governance());
        self.authority = authority;
        Ok(complete)
    }

    /// The places of the governance entries from one on.
    pub(super) fn governance_from(&mut self, start: u64) -> Result<Vec<u64>, RegisterError> {
        let mut found = Vec::new();
        self.each_from(start, |entry| {
            found.extend(is_governance(&entry).then_some(entry.index));
            Ok::<_, RegisterError>(())
        })?;
        Ok(found)
    }

    /// Checks the checkpoint's signature under the key in force.
    pub(super) fn check_signature(&self) -> Result<(), RegisterError> {
        let size = self.signed.unverified().size;
        let checkpoint = self.signed.verify(self.authority.checkpoint_key(size))?;
        if checkpoint.origin != self.authority.origin() {
            return Err(RegisterError::Origin(checkpoint.origin.clone()));
        }
        Ok(())
    }
}

/// Whether an entry takes part in who may do what.
pub(super) fn is_governance(entry: &Entry) -> bool {
    matches!(entry.statement.matter, Matter::Governance(_))
}

/// Whether an entry is about an earlier one.
pub(super) fn is_event(entry: &Entry) -> bool {
    matches!(entry.statement.matter, Matter::Event(_))
}

/// Reads an entry's bytes.
pub(super) fn parse(index: u64, leaf: LeafHash, bytes: &[u8]) -> Result<Entry, RegisterError> {
    let statement =
        Statement::parse(bytes).map_err(|error| RegisterError::Entry { index, error })?;
    Ok(Entry {
        index,
        leaf,
        statement,
    })
}
