//! Opens a ledger: makes entry 0 and the first checkpoint.

use crate::digest::LedgerId;
use crate::encoding::cbor::Map;
use crate::encoding::note::{NoteError, check_key_name};
use crate::key::{PublicKey, SecretKey, SignError};
use crate::log::{
    AppendError, Checkpoint, Evidence as _, EvidenceError, Found, Growth, Item, MAX_ORIGIN,
};
use crate::merkle::leaf_hash;
use crate::statement::{Content, Draft, DraftError, Governance, Holder, Opening, Policy};
use crate::store::{AppendFiles, FORMAT, LedgerWriter, StoreError};

/// Why a ledger could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenLedgerError {
    /// A ledger is there already.
    #[error("a ledger is here already")]
    Exists,
    /// There is no checkpoint, but something that a ledger is made of.
    #[error("{0} is here without a checkpoint: this was a ledger, and nothing is written over it")]
    Remains(String),
    /// The folder could not be looked through.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// A checkpoint can't name it.
    #[error("the origin can't be used: {0}")]
    Origin(#[from] NoteError),
    /// A checkpoint's first line is bounded.
    #[error("the origin is longer than {MAX_ORIGIN} bytes")]
    OriginTooLong,
    /// Names are text that can be shown.
    #[error("{0:?} can't be a name: it is empty or holds a control character")]
    Name(String),
    /// Entry 0 could not be made.
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

/// The secret keys a new ledger needs: one for each purpose, and never shared.
pub struct FoundingKeys {
    /// Signs governance statements.
    pub registrar: SecretKey,
    /// Signs documents' statements.
    pub officer: SecretKey,
    /// Signs checkpoints.
    pub checkpoint: SecretKey,
    /// Signs receipts.
    pub receipt: SecretKey,
    /// Replaces a compromised registrar; only its public half is needed here.
    pub recovery: Option<PublicKey>,
}

/// What a new ledger says of itself.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The log's name.
    pub origin: String,
    /// The office.
    pub issuer: String,
    /// Name of the registrar.
    pub registrar: Option<String>,
    /// Name of the first officer.
    pub officer: Option<String>,
    /// The clock's seconds since 1970-01-01T00:00:00Z.
    pub now: u64,
}

impl Founding {
    /// Whether a ledger can have these names, asked before anything is written.
    ///
    /// # Errors
    /// If the origin can't name a checkpoint's key, or the issuer is empty.
    pub fn check(&self) -> Result<(), OpenLedgerError> {
        check_key_name(&self.origin)?;
        if self.origin.len() > MAX_ORIGIN {
            return Err(OpenLedgerError::OriginTooLong);
        }
        let names = [
            Some(&self.issuer),
            self.registrar.as_ref(),
            self.officer.as_ref(),
        ];
        let bad = |name: &&String| name.is_empty() || name.chars().any(char::is_control);
        match names.into_iter().flatten().find(bad) {
            Some(name) => Err(OpenLedgerError::Name(name.clone())),
            None => Ok(()),
        }
    }
}

/// Opens a ledger: writes entry 0, its files and the first checkpoint.
///
/// # Errors
/// If one is there already, a name can't be used, or a file can't be written;
/// nothing is left then.
pub fn open_ledger(
    writer: &LedgerWriter<'_>,
    founding: &Founding,
    keys: &FoundingKeys,
) -> Result<LedgerId, OpenLedgerError> {
    founding.check()?;
    let mut remains = Vec::new();
    if writer.dir().exists()? {
        return Err(OpenLedgerError::Exists);
    }
    writer.clear_debris(0, |_| false)?;
    writer
        .dir()
        .everything(&mut |found| remains.extend(remains_of_ledger(found)))?;
    if let Some(path) = remains.pop() {
        return Err(OpenLedgerError::Remains(path));
    }
    let entry = draft(founding, keys).sign(&keys.registrar)?.bytes;
    let leaf = leaf_hash(&entry);
    let mut growth = Growth::default();
    let log = growth.append(vec![entry])?;
    let checkpoint = Checkpoint {
        origin: founding.origin.clone(),
        size: log.new_size,
        root: log.new_root,
    };
    let checkpoint = checkpoint.sign(&keys.checkpoint)?;
    writer.write_format(FORMAT)?;
    writer.append(&AppendFiles {
        log: &log,
        documents: Vec::new(),
        checkpoint,
    })?;
    Ok(leaf.into())
}

fn remains_of_ledger(found: Found) -> Option<String> {
    match found {
        Found::Item(Item::Public(_)) | Found::Stray(_) => None,
        Found::Item(item) => Some(item.to_string()),
        Found::Link(path) => Some(path),
    }
}

fn draft(founding: &Founding, keys: &FoundingKeys) -> Draft {
    let named = |key: &SecretKey, name: &Option<String>| {
        vec![Holder {
            name: name.clone(),
            ..Holder::of(key.public())
        }]
    };
    let opening = Opening {
        origin: founding.origin.clone(),
        issuer: founding.issuer.clone(),
        checkpoint_key: keys.checkpoint.public(),
        receipt_key: keys.receipt.public(),
        registrars: named(&keys.registrar, &founding.registrar),
        threshold: 1,
        officers: named(&keys.officer, &founding.officer),
        recovery: keys.recovery.map(Holder::of),
        policy: Policy::default(),
        must: Vec::new(),
        unknown: Map::new(),
        unread: Vec::new(),
    };
    Draft {
        issuer: founding.issuer.clone(),
        subject: founding.origin.clone(),
        issued_at: founding.now,
        content: Content::Governance(Governance::Opening(Box::new(opening))),
    }
}
