//! A ledger as it stands: every entry read, proven under the checkpoint, and
//! the checkpoint under the log's key.
//!
//! Statements' signatures are not checked here, nor documents' bytes: that is
//! verification.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::authority::{Authority, OpeningError, Refusal, check_context};
use crate::digest::{LeafHash, Thumbprint};
use crate::log::{Checkpoint, CheckpointError, Evidence, LoadError, read_log};
use crate::merkle::tile::TILE_WIDTH;
use crate::merkle::{Tree, leaf_hash};
use crate::replay::{Replay, Statements, Suspension};
use crate::revision::{ChainFault, EventFault, History};
use crate::statement::{Document, EventRecord, Matter, Statement, StatementError};

/// One entry of a ledger.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its index.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: LeafHash,
    /// What it says.
    pub statement: Statement,
}

impl Entry {
    /// The document it is about, if it is a document statement.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match &self.statement.matter {
            Matter::Document(document) => Some(document),
            _ => None,
        }
    }
}

/// Why a ledger can't be worked with.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Its files.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// An entry is none.
    #[error("entry {index}: {error}")]
    Entry {
        /// Which.
        index: u64,
        /// Why.
        error: StatementError,
    },
    /// The checkpoint covers no entry.
    #[error("the checkpoint covers no entry")]
    Empty,
    /// Entry 0.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The checkpoint's signature.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint is another log's.
    #[error("the checkpoint names the origin {0:?}, entry 0 another")]
    Origin(String),
}

/// The statements of a register: whether they are signed is asked when one is
/// shown, or built upon.
struct Entries<'a>(&'a [Entry]);

impl Statements for Entries<'_> {
    fn statement(&self, index: u64) -> Option<(LeafHash, Cow<'_, Statement>)> {
        let entry = self.0.get(usize::try_from(index).ok()?)?;
        Some((entry.leaf, Cow::Borrowed(&entry.statement)))
    }
}

/// A ledger as it stands.
#[derive(Debug)]
pub struct Register {
    /// What the log's key signed.
    pub checkpoint: Checkpoint,
    /// Who may do what now.
    pub authority: Authority,
    /// What all entries come to.
    pub replay: Replay,
    /// All hashes.
    pub tree: Tree,
    /// All entries.
    pub entries: Vec<Entry>,
    /// The entries of the last, partial bundle, as they are.
    pub tail: Vec<Vec<u8>>,
    /// What was wrong with entries when they came, but for their signatures.
    wrong: HashMap<u64, Wrong>,
}

/// What is wrong with an entry where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Its signer might not say it.
    #[error(transparent)]
    Authority(Refusal),
    /// It does not follow from what was before it.
    #[error(transparent)]
    History(ChainFault),
    /// As an event it does not fit what stood.
    #[error(transparent)]
    Event(EventFault),
}

impl Register {
    /// Reads a ledger.
    ///
    /// # Errors
    /// If anything the checkpoint covers is missing or damaged, or the
    /// checkpoint is not signed by the ledger's own key.
    pub fn read(evidence: &(impl Evidence + ?Sized)) -> Result<Self, RegisterError> {
        let mut parsed = Vec::new();
        let mut tail: Vec<Vec<u8>> = Vec::new();
        let (signed, tree) = read_log(evidence, |index, bytes| {
            if index % TILE_WIDTH == 0 {
                tail.clear();
            }
            tail.push(bytes.to_vec());
            parsed.push((leaf_hash(bytes), Statement::parse(bytes)));
        })?;
        if tail.len() as u64 == TILE_WIDTH {
            tail.clear();
        }
        let mut entries = Vec::with_capacity(parsed.len());
        for (index, (leaf, statement)) in (0..).zip(parsed) {
            let statement = statement.map_err(|error| RegisterError::Entry { index, error })?;
            entries.push(Entry {
                index,
                leaf,
                statement,
            });
        }
        let first = entries.first().ok_or(RegisterError::Empty)?;
        let (authority, _) = Authority::open(first.leaf, first.statement.clone())?;
        let mut register = Self {
            checkpoint: signed.unverified().clone(),
            authority,
            replay: Replay::default(),
            tree,
            entries: Vec::with_capacity(entries.len()),
            tail,
            wrong: HashMap::new(),
        };
        for entry in entries {
            register.take(entry.leaf, entry.statement);
        }
        let size = register.checkpoint.size;
        signed.verify(register.authority.checkpoint_key(size))?;
        if register.checkpoint.origin != register.authority.origin() {
            return Err(RegisterError::Origin(register.checkpoint.origin));
        }
        Ok(register)
    }

    /// All documents and events, as far as they count.
    #[must_use]
    pub fn history(&self) -> &History {
        self.replay.history()
    }

    /// Takes one more entry into account, without a look at the log's files.
    /// Returns its index.
    pub(super) fn take(&mut self, leaf: LeafHash, statement: Statement) -> u64 {
        let index = self.entries.len() as u64;
        if index > 0 {
            self.take_governance(index, leaf, &statement);
        }
        let wrong = self.judge(index, &statement);
        self.wrong.extend(wrong.map(|wrong| (index, wrong)));
        let is_event = matches!(statement.matter, Matter::Event(_));
        let allowed = is_event && self.is_allowed(index, &statement);
        let log = Entries(&self.entries);
        let faults = self
            .replay
            .take(&self.authority, (index, leaf), &statement, allowed, &log);
        for fault in faults.into_iter().take(1) {
            let known = self.wrong.entry(index);
            known.or_insert(Wrong::Event(fault));
        }
        self.entries.push(Entry {
            index,
            leaf,
            statement,
        });
        index
    }

    /// A decision counts if the key it names signed it. A declaration of
    /// compromise has everything before it looked at again.
    fn take_governance(&mut self, index: u64, leaf: LeafHash, statement: &Statement) {
        let Matter::Governance(governance) = &statement.matter else {
            return;
        };
        let Ok(verified) = self.authority.verify(statement.clone()) else {
            return;
        };
        let had = governance
            .context()
            .and_then(|context| self.tree.root_at(context.on.size));
        let before = self.authority.declarations();
        self.authority.apply(index, leaf, &verified, had);
        if self.authority.declarations() > before {
            let log = Entries(&self.entries);
            self.replay = self.replay.again(&self.authority, 0..index, &log);
        }
    }

    /// Whether the signer of a statement signed it and may say it: events take
    /// effect in what is shown, so they are checked here as verification does.
    fn is_allowed(&self, index: u64, statement: &Statement) -> bool {
        let Ok(verified) = self.authority.verify(statement.clone()) else {
            return false;
        };
        let bears = self.history().symbols_of(&statement.envelope.subject);
        let refusals = self.authority.check(&verified, index, &self.tree, bears);
        let is_told = |refusal: &Refusal| !refusal.is_open() && !refusal.is_void();
        !refusals.iter().any(is_told) && statement.unmet().is_none()
    }

    /// Everything the history says against an event that would come next, by a
    /// signer if one is known.
    #[must_use]
    pub fn check_event(
        &self,
        subject: &str,
        event: &EventRecord,
        signer: Option<Thumbprint>,
    ) -> Vec<EventFault> {
        let log = Entries(&self.entries);
        self.replay.check_event(subject, event, signer, &log)
    }

    /// Why an entry does not count, if it does not.
    #[must_use]
    pub fn suspension(&self, index: u64) -> Option<&Suspension> {
        self.replay.suspended().get(&index)
    }

    /// What is wrong with a statement that comes next, but for its signature:
    /// what a declaration accounts for is asked apart.
    fn judge(&self, index: u64, statement: &Statement) -> Option<Wrong> {
        let subject = &statement.envelope.subject;
        if let Matter::Governance(_) = statement.matter {
            return None;
        }
        let bears = self.history().symbols_of(subject);
        let doubt = self.authority.doubt_role(statement, index, bears);
        if let Some(refusal) = doubt.filter(|doubt| !doubt.is_void()) {
            return Some(Wrong::Authority(refusal));
        }
        let Matter::Document(document) = &statement.matter else {
            return None;
        };
        let history = self.history();
        let faults = history.check(subject, &document.digest, &document.record);
        faults.into_iter().next().map(Wrong::History)
    }

    /// What speaks against an entry as far as it can be told from its own
    /// signature, its signer's role and scope when it came, and declarations of
    /// compromise since. Entry 0 speaks for itself.
    #[must_use]
    pub fn doubt(&self, index: u64) -> Option<Refusal> {
        let entry = self.entry(index).filter(|entry| entry.index > 0)?;
        if let Err(refusal) = self.authority.verify(entry.statement.clone()) {
            return Some(refusal);
        }
        if let Matter::Governance(_) = entry.statement.matter {
            let doubt = self.authority.doubt_role(&entry.statement, index, &[]);
            let void = self.authority.void(&entry.statement, index);
            return doubt.filter(|doubt| !doubt.is_void()).or(void);
        }
        match (self.wrong.get(&index), self.suspension(index)) {
            (Some(Wrong::Authority(refusal)), _) => Some(refusal.clone()),
            (_, Some(Suspension::Void(refusal))) => Some(refusal.clone()),
            _ => None,
        }
    }

    /// What would be wrong with an entry if it were not void: an officer who
    /// endorses it takes that on.
    #[must_use]
    pub fn wrong(&self, index: u64) -> Option<Wrong> {
        let misplaced = || self.misplaced(index).map(Wrong::Authority);
        self.wrong.get(&index).cloned().or_else(misplaced)
    }

    /// Whether an entry was signed for another place or ledger than it stands in.
    fn misplaced(&self, index: u64) -> Option<Refusal> {
        let context = self.entry(index)?.statement.context()?;
        let before = self.entries.iter().take(usize::try_from(index).ok()?);
        let mut governance = before
            .rev()
            .filter(|it| matches!(it.statement.matter, Matter::Governance(_)));
        let newest = governance.next()?.leaf;
        let had = self.tree.root_at(context.on.size);
        let ledger = self.authority.ledger_id();
        check_context(context, (ledger, newest), index, had)
            .into_iter()
            .next()
    }

    /// An entry by its index.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&Entry> {
        self.entries.get(usize::try_from(index).ok()?)
    }

    /// An entry that is a document statement, with its document.
    #[must_use]
    pub fn document(&self, index: u64) -> Option<(&Entry, &Document)> {
        let entry = self.entry(index)?;
        Some((entry, entry.document()?))
    }

    /// The document of an entry with its record as it stands: with what events
    /// amended and assigned.
    #[must_use]
    pub fn effective(&self, index: u64) -> Option<Document> {
        let (_, document) = self.document(index)?;
        Some(Document {
            record: self.history().effective(index, &document.record),
            ..document.clone()
        })
    }

    /// An entry that is an event, with its record.
    #[must_use]
    pub fn event(&self, index: u64) -> Option<(&Entry, &EventRecord)> {
        let entry = self.entry(index)?;
        match &entry.statement.matter {
            Matter::Event(event) => Some((entry, event)),
            _ => None,
        }
    }
}
