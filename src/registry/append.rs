//! Signs proposals and appends them, under the lock.

use crate::authority::{Refusal, Role};
use crate::key::{PublicKey, SignError, Signer};
use crate::log::{AppendError, Checkpoint, Growth};
use crate::statement::{Content, Draft, DraftError};
use crate::store::{AppendFiles, Contents, LedgerWriter, NewDocument, StoreError};

use super::proposal::{Proposal, ProposalError, Request, propose};
use super::register::{Register, RegisterError};

/// Tells the time when asked, in seconds since 1970-01-01T00:00:00Z.
pub type Clock<'a> = &'a dyn Fn() -> u64;

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
    /// What was confirmed is no longer what would be registered.
    #[error("the register changed while this was being confirmed")]
    Moved,
    /// The officer's key may not.
    #[error("the key may not sign this: {0}")]
    Key(Refusal),
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

/// What an append did.
#[derive(Debug)]
pub struct Appended {
    /// What was registered.
    pub proposal: Proposal,
    /// Its entry.
    pub index: u64,
    /// The new head.
    pub head: Checkpoint,
    /// What an interrupted append had left and was cleared.
    pub cleared: Vec<std::path::PathBuf>,
    /// What could not be tidied up after the commit; the next writer will.
    pub untidied: Vec<StoreError>,
}

/// Registers one file: reads the ledger again, now that nobody else can write,
/// works the record out anew, signs and appends it.
///
/// # Errors
/// If anything refuses; nothing has changed then, unless the error is
/// [`crate::store::StoreProblem::Unconfirmed`].
pub fn append(
    writer: &LedgerWriter<'_>,
    (request, contents): (&Request, &dyn Contents),
    confirmed: Option<&Proposal>,
    signers: Signers<'_>,
    clock: Clock<'_>,
) -> Result<Appended, AppendRefusal> {
    let register = Register::read(writer.dir())?;
    let is_named = |digest: &_| !register.history.by_digest(digest).is_empty();
    let cleared = writer.clear_debris(register.checkpoint.size, is_named)?;
    let proposal = propose(&register, request)?;
    if confirmed.is_some_and(|confirmed| !is_same(confirmed, &proposal)) {
        return Err(AppendRefusal::Moved);
    }
    check_keys(&register, &proposal, signers)?;
    let entry = draft(&register, &proposal, clock()).sign(signers.officer)?;
    let index = register.checkpoint.size;
    let mut growth = Growth::new(register.tree, register.tail)?;
    let log = growth.append(vec![entry])?;
    let origin = register.checkpoint.origin;
    let head = Checkpoint {
        origin,
        size: log.new_size,
        root: log.new_root,
    };
    let checkpoint = head.sign(signers.checkpoint)?;
    let documents = vec![NewDocument {
        digest: request.digest,
        contents,
    }];
    let untidied = writer.append(&AppendFiles {
        log: &log,
        documents,
        checkpoint,
    })?;
    Ok(Appended {
        proposal,
        index,
        head,
        cleared,
        untidied,
    })
}

/// Whether what was confirmed is what would be registered, but for the place
/// in the log.
fn is_same(confirmed: &Proposal, now: &Proposal) -> bool {
    let mut confirmed = confirmed.clone();
    confirmed.document.record.context = now.document.record.context;
    confirmed == *now
}

fn check_keys(
    register: &Register,
    proposal: &Proposal,
    signers: Signers<'_>,
) -> Result<(), AppendRefusal> {
    let authority = &register.authority;
    let officer: PublicKey = signers.officer.public();
    let life = authority.keys().find(|life| life.key == officer);
    let life = life.ok_or(AppendRefusal::Key(Refusal::KeyUnknown(
        officer.thumbprint(),
    )))?;
    if life.role != Role::Officer {
        let refusal = Refusal::Role {
            has: life.role,
            needed: Role::Officer,
        };
        return Err(AppendRefusal::Key(refusal));
    }
    authority
        .check_scope(life, &proposal.document.record.identifier)
        .map_err(AppendRefusal::Key)?;
    if signers.checkpoint.public() != *authority.checkpoint_key() {
        return Err(AppendRefusal::CheckpointKey);
    }
    Ok(())
}

fn draft(register: &Register, proposal: &Proposal, now: u64) -> Draft {
    Draft {
        issuer: register.authority.issuer().to_owned(),
        subject: proposal.subject.clone(),
        issued_at: now,
        content: Content::Document {
            digest: proposal.document.digest,
            media_type: proposal.document.media_type.clone(),
            record: Box::new(proposal.document.record.clone()),
        },
    }
}
