//! Signs statements and appends them, under the lock: one checkpoint for all
//! of them.

use std::collections::HashSet;

use crate::authority::{DecisionFault, Refusal};
use crate::digest::ContentDigest;
use crate::key::{SignError, Signer};
use crate::log::{AppendError, Checkpoint, Growth};
use crate::merkle::leaf_hash;
use crate::replay::Suspension;
use crate::statement::{Content, Draft, DraftError};
use crate::store::{AppendFiles, Contents, LedgerWriter, NewDocument, StoreError};

use super::event::{EventProposal, EventRefusal, EventRequest, Wanted, propose_event};
use super::proposal::{Proposal, ProposalError, propose};
use super::register::{Register, RegisterError, Wrong};
use super::request::Request;

/// Who signs an append.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// The officer's key.
    pub officer: &'a dyn Signer,
    /// The log's checkpoint key.
    pub checkpoint: &'a dyn Signer,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendRefusal {
    /// The ledger can't be worked with.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// A file is refused.
    #[error(transparent)]
    Proposal(#[from] ProposalError),
    /// An event is refused.
    #[error(transparent)]
    Event(#[from] EventRefusal),
    /// It would follow an entry that is not the office's.
    #[error("it would stand on entry {index}, which is not the office's: {refusal}")]
    Unproven {
        /// Which.
        index: u64,
        /// Why.
        refusal: Refusal,
    },
    /// An endorsement takes on whatever is wrong with what it endorses.
    #[error("entry {index} can't be endorsed: {wrong}")]
    NotEndorsable {
        /// Which.
        index: u64,
        /// What is wrong with it.
        wrong: Wrong,
    },
    /// What was confirmed is no longer what would be registered.
    #[error("the register changed while this was being confirmed")]
    Moved,
    /// The officer's key may not.
    #[error("the key may not sign this: {0}")]
    Key(Refusal),
    /// A decision that can't take effect.
    #[error("the decision can't take effect: {0}")]
    Decision(DecisionFault),
    /// The key that would sign the checkpoint is not the log's.
    #[error("the checkpoint key in use is not the one the ledger names")]
    CheckpointKey,
    /// A statement could not be made.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The checkpoint could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The log's files could not be planned.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A file could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file that an append registers.
#[derive(Debug)]
pub struct Registered {
    /// What is signed.
    pub proposal: Proposal,
    /// Its entry.
    pub index: u64,
}

impl Registered {
    /// The register number of its document.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.proposal.number.unwrap_or(self.index)
    }
}

/// What an append did.
#[derive(Debug)]
pub struct Committed {
    /// The new head.
    pub head: Checkpoint,
    /// What an interrupted append had left and was cleared.
    pub cleared: Vec<std::path::PathBuf>,
    /// What could not be tidied up after the commit; the next writer will.
    pub untidied: Vec<StoreError>,
}

/// An append in the making: statements are added one by one, each judged and
/// signed with those before it in view, and committed together.
///
/// Dropped uncommitted, it leaves the ledger as it was.
pub struct Appending<'a> {
    writer: &'a LedgerWriter<'a>,
    register: Register,
    entries: Vec<Vec<u8>>,
    documents: Vec<NewDocument<'a>>,
    stored: HashSet<ContentDigest>,
    cleared: Vec<std::path::PathBuf>,
}

impl<'a> Appending<'a> {
    /// Reads the ledger, now that nobody else can write, and clears what an
    /// interrupted append had left.
    ///
    /// # Errors
    /// If the ledger can't be worked with.
    pub fn begin(writer: &'a LedgerWriter<'a>) -> Result<Self, AppendRefusal> {
        let register = Register::read(writer.dir())?;
        let is_named = |digest: &_| !register.history().by_digest(digest).is_empty();
        let cleared = writer.clear_debris(register.checkpoint.size, is_named)?;
        Ok(Self {
            writer,
            register,
            entries: Vec::new(),
            documents: Vec::new(),
            stored: HashSet::new(),
            cleared,
        })
    }

    /// The ledger as it will stand with what was added.
    #[must_use]
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// Adds a file: works its record out, compares it with what was confirmed,
    /// and signs it.
    ///
    /// # Errors
    /// If history or authority refuse it, or it is no longer what was
    /// confirmed; it is not added then, and others can be.
    pub fn add_file(
        &mut self,
        request: &Request,
        contents: &'a dyn Contents,
        confirmed: Option<&Proposal>,
        officer: &dyn Signer,
        now: u64,
    ) -> Result<Registered, AppendRefusal> {
        let proposal = propose(&self.register, request)?;
        if confirmed.is_some_and(|confirmed| !confirmed.says_the_same(&proposal)) {
            return Err(AppendRefusal::Moved);
        }
        self.check_ground([proposal.before, proposal.number])?;
        let index = self.add(&proposal.draft(&self.register, now), officer)?;
        if self.stored.insert(request.digest) {
            self.documents.push(NewDocument {
                digest: request.digest,
                contents,
            });
        }
        Ok(Registered { proposal, index })
    }

    /// Adds an event: works its record out, compares it with what was
    /// confirmed, and signs it. Returns it with its index.
    ///
    /// # Errors
    /// As [`Appending::add_file`].
    pub fn add_event(
        &mut self,
        request: &EventRequest,
        confirmed: Option<&EventProposal>,
        officer: &dyn Signer,
        now: u64,
    ) -> Result<(EventProposal, u64), AppendRefusal> {
        let proposal = propose_event(&self.register, request)?;
        if confirmed.is_some_and(|confirmed| !confirmed.says_the_same(&proposal)) {
            return Err(AppendRefusal::Moved);
        }
        let index = request.target;
        self.check_ground([Some(index)])?;
        if let (Wanted::Endorse, Some(wrong)) = (&request.wanted, self.register.wrong(index)) {
            return Err(AppendRefusal::NotEndorsable { index, wrong });
        }
        let index = self.add(&proposal.draft(&self.register, now), officer)?;
        Ok((proposal, index))
    }

    /// Nothing honest is built on a forged entry: it would fail with it. One that
    /// is void stays in its chain, whatever else is wrong with it.
    fn check_ground(
        &self,
        entries: impl IntoIterator<Item = Option<u64>>,
    ) -> Result<(), AppendRefusal> {
        for index in entries.into_iter().flatten() {
            let is_void = matches!(self.register.suspension(index), Some(Suspension::Void(_)));
            let doubt = self.register.doubt(index);
            if let Some(refusal) = doubt.filter(|doubt| !is_void && !doubt.is_void()) {
                return Err(AppendRefusal::Unproven { index, refusal });
            }
        }
        Ok(())
    }

    /// Adds a statement, once authority allows its signer to make it and, of an
    /// event, history lets it stand. Returns its index.
    ///
    /// # Errors
    /// If authority or history refuse or signing fails; it is not added then.
    pub fn add(&mut self, draft: &Draft, signer: &dyn Signer) -> Result<u64, AppendRefusal> {
        if let Content::Event(event) = &draft.content {
            let kid = signer.public().thumbprint();
            let faults = self.register.check_event(&draft.subject, event, Some(kid));
            if !faults.is_empty() {
                return Err(EventRefusal::History(faults).into());
            }
        }
        let signed = draft.sign(signer)?;
        let index = self.register.entries.len() as u64;
        let Register {
            authority, tree, ..
        } = &self.register;
        let bears = self.register.history().symbols_of(&draft.subject);
        let refusals = authority.check(&signed.verified, index, tree, bears);
        if let Some(refusal) = refusals.into_iter().find(|refusal| !refusal.is_open()) {
            return Err(match refusal {
                Refusal::Decision(fault) => AppendRefusal::Decision(fault),
                refusal => AppendRefusal::Key(refusal),
            });
        }
        let leaf = leaf_hash(&signed.bytes);
        self.entries.push(signed.bytes);
        Ok(self.register.take(leaf, signed.verified.into_statement()))
    }

    /// Writes everything that was added: all of it, or nothing.
    ///
    /// # Errors
    /// If the checkpoint's key is not the log's, or a file can't be written;
    /// nothing has changed then, unless the error is
    /// [`crate::store::StoreProblem::Unconfirmed`].
    pub fn commit(self, checkpoint: &dyn Signer) -> Result<Committed, AppendRefusal> {
        let size = self.register.entries.len() as u64;
        if checkpoint.public() != *self.register.authority.checkpoint_key(size) {
            return Err(AppendRefusal::CheckpointKey);
        }
        let mut growth = Growth::new(self.register.tree, self.register.tail)?;
        let log = growth.append(self.entries)?;
        let head = Checkpoint {
            origin: self.register.checkpoint.origin,
            size: log.new_size,
            root: log.new_root,
        };
        let untidied = self.writer.append(&AppendFiles {
            log: &log,
            documents: self.documents,
            checkpoint: head.sign(checkpoint)?,
        })?;
        Ok(Committed {
            head,
            cleared: self.cleared,
            untidied,
        })
    }
}

/// Registers one file.
///
/// # Errors
/// As [`Appending`]'s steps.
pub fn append(
    writer: &LedgerWriter<'_>,
    (request, contents): (&Request, &dyn Contents),
    signers: Signers<'_>,
    now: u64,
) -> Result<(Registered, Committed), AppendRefusal> {
    let mut appending = Appending::begin(writer)?;
    let registered = appending.add_file(request, contents, None, signers.officer, now)?;
    Ok((registered, appending.commit(signers.checkpoint)?))
}
