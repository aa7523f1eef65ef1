//! Who may sign what at which position: replays the governance entries of a
//! ledger from entry 0 on. Registration and verification both ask here.
//!
//! Not here: whether a signature verifies ([`crate::key`]), or whether a
//! statement fits its document's history ([`crate::revision`]).

mod published;
mod rules;

use std::collections::HashMap;

use crate::digest::{LeafHash, LedgerId, Thumbprint};
use crate::encoding::note::check_key_name;
use crate::key::PublicKey;
use crate::merkle::Tree;
use crate::statement::{
    Algorithm, Context, Document, Event, Governance, Holder, KeyId, Matter, Opening, Policy,
    Statement, TreeHead, Verified,
};

pub use published::{LEDGER_ID_FILE, POLICY_FILE, PublicFile};
pub use rules::Refusal;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Decides about keys and policy.
    Registrar,
    /// Registers documents.
    Officer,
    /// Replaces a compromised registrar.
    Recovery,
    /// Signs checkpoints.
    Checkpoint,
    /// Signs receipts.
    Receipt,
}

impl Role {
    /// The role in one word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registrar => "registrar",
            Self::Officer => "officer",
            Self::Recovery => "recovery",
            Self::Checkpoint => "checkpoint",
            Self::Receipt => "receipt",
        }
    }
}

/// A key with the role the ledger gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLife {
    /// The key.
    pub key: PublicKey,
    /// What it may do.
    pub role: Role,
    /// Who holds it.
    pub name: Option<String>,
    /// Symbol prefixes it is bound to; empty for none.
    pub scope: Vec<String>,
    /// The entry that gave it its role.
    pub since: u64,
}

/// Why entry 0 does not open a ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// It is something else.
    #[error("entry 0 is not an opening statement")]
    NotAnOpening,
    /// Its key is none of the registrars it names.
    #[error("entry 0 is not signed by a registrar that it names")]
    NotByRegistrar,
    /// Its signature.
    #[error("the signature of entry 0 does not verify")]
    BadSignature,
    /// A statement's `iss` and `sub` and the record's `issuer` and `origin` say the same.
    #[error("entry 0 names one issuer or origin in its claims and another in its record")]
    NamesDiffer,
    /// RFC 9943 §9.4: no key serves two purposes.
    #[error("entry 0 gives two roles to the key {0}")]
    KeyTwice(Thumbprint),
    /// A checkpoint's key name is the origin.
    #[error("the origin can't name a checkpoint's key: {0}")]
    Origin(String),
}

/// The authority in force at one position of a ledger.
#[derive(Debug, Clone)]
pub struct Authority {
    ledger: LedgerId,
    opening: Opening,
    newest: LeafHash,
    /// Whether every governance entry so far was evaluated.
    is_weighed: bool,
    keys: HashMap<Thumbprint, KeyLife>,
    order: Vec<Thumbprint>,
}

impl Authority {
    /// Begins with entry 0, checking its signature under a registrar it names.
    ///
    /// # Errors
    /// If it does not open a ledger.
    pub fn open(leaf: LeafHash, statement: Statement) -> Result<(Self, Verified), OpeningError> {
        let Matter::Governance(Governance::Opening(opening)) = &statement.matter else {
            return Err(OpeningError::NotAnOpening);
        };
        let opening = opening.as_ref().clone();
        let envelope = &statement.envelope;
        if envelope.issuer != opening.issuer || envelope.subject != opening.origin {
            return Err(OpeningError::NamesDiffer);
        }
        check_key_name(&opening.origin).map_err(|error| OpeningError::Origin(error.to_string()))?;
        let mut authority = Self {
            ledger: leaf.into(),
            newest: leaf,
            is_weighed: true,
            keys: HashMap::new(),
            order: Vec::new(),
            opening: opening.clone(),
        };
        authority.add_all(&opening)?;
        let signer = match &envelope.key_id {
            KeyId::Thumbprint(id) => authority
                .keys
                .get(id)
                .filter(|key| key.role == Role::Registrar),
            KeyId::Other(_) => None,
        };
        let key = signer.ok_or(OpeningError::NotByRegistrar)?.key;
        let verified = statement
            .verify(&key)
            .map_err(|_| OpeningError::BadSignature)?;
        Ok((authority, verified))
    }

    fn add_all(&mut self, opening: &Opening) -> Result<(), OpeningError> {
        let holders = opening
            .registrars
            .iter()
            .map(|holder| (holder, Role::Registrar));
        let holders = holders
            .chain(
                opening
                    .officers
                    .iter()
                    .map(|holder| (holder, Role::Officer)),
            )
            .chain(
                opening
                    .recovery
                    .iter()
                    .map(|holder| (holder, Role::Recovery)),
            );
        for (holder, role) in holders {
            self.add(holder, role)?;
        }
        self.add(&Holder::of(opening.checkpoint_key), Role::Checkpoint)?;
        self.add(&Holder::of(opening.receipt_key), Role::Receipt)
    }

    fn add(&mut self, holder: &Holder, role: Role) -> Result<(), OpeningError> {
        let id = holder.key.thumbprint();
        let life = KeyLife {
            key: holder.key,
            role,
            name: holder.name.clone(),
            scope: holder.scope.clone(),
            since: 0,
        };
        if self.keys.insert(id, life).is_some() {
            return Err(OpeningError::KeyTwice(id));
        }
        self.order.push(id);
        Ok(())
    }

    /// The ledger id: the leaf hash of entry 0.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger
    }

    /// `iss` of every entry.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.opening.issuer
    }

    /// The origin of every checkpoint.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.opening.origin
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.opening.policy
    }

    /// The key that must have signed a checkpoint here.
    #[must_use]
    pub fn checkpoint_key(&self) -> &PublicKey {
        &self.opening.checkpoint_key
    }

    /// Whether every governance entry so far was evaluated: else keys may have
    /// changed in a way that this version can't tell.
    #[must_use]
    pub fn is_weighed(&self) -> bool {
        self.is_weighed
    }

    /// Leaf hash of the newest governance entry.
    #[must_use]
    pub fn newest_governance(&self) -> LeafHash {
        self.newest
    }

    /// All keys the ledger ever gave a role, in the order it did.
    pub fn keys(&self) -> impl Iterator<Item = &KeyLife> {
        self.order.iter().filter_map(|id| self.keys.get(id))
    }

    /// The key a statement names.
    ///
    /// # Errors
    /// If the ledger never gave it a role, or can't tell.
    pub fn signer_of(&self, statement: &Statement) -> Result<&KeyLife, Refusal> {
        if let Algorithm::Other(algorithm) = statement.envelope.algorithm {
            return Err(Refusal::UnknownAlgorithm(algorithm));
        }
        match &statement.envelope.key_id {
            KeyId::Other(_) => Err(Refusal::UnknownKeyForm),
            KeyId::Thumbprint(id) => self.keys.get(id).ok_or(match self.is_weighed {
                true => Refusal::KeyUnknown(*id),
                false => Refusal::KeyNotEvaluated(*id),
            }),
        }
    }

    /// Whether a key may register under these symbols (none: without a symbol).
    ///
    /// # Errors
    /// If one of them is outside its scope.
    pub fn check_scope<'a>(
        &self,
        signer: &KeyLife,
        symbols: impl IntoIterator<Item = &'a String>,
    ) -> Result<(), Refusal> {
        rules::check_scope(&signer.scope, symbols)
    }

    /// What the policy says against an event.
    #[must_use]
    pub fn check_event_policy(&self, event: &Event) -> Vec<Refusal> {
        rules::check_event_policy(self.policy(), event)
    }

    /// Whether a document holds what the policy asks for.
    #[must_use]
    pub fn check_policy(&self, document: &Document) -> Vec<Refusal> {
        rules::check_policy(self.policy(), &document.record)
    }

    /// Whether a statement is tied to this ledger at this position: `ledger`,
    /// `on` (not ahead of it, and with the root the tree had) and `authority`.
    #[must_use]
    pub fn check_context(&self, context: &Context, index: u64, tree: &Tree) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let Context {
            ledger,
            on: TreeHead { size, root },
            authority,
        } = *context;
        if ledger != self.ledger {
            refusals.push(Refusal::OtherLedger(ledger));
        }
        if size > index || size == 0 {
            refusals.push(Refusal::OnAhead { size, index });
        } else if tree.root_at(size) != Some(root) {
            refusals.push(Refusal::OnRoot { size });
        }
        if authority != self.newest {
            refusals.push(Refusal::OtherAuthority {
                named: authority,
                newest: self.newest,
            });
        }
        refusals
    }

    /// Everything this module says against a well-signed statement at `index`,
    /// of whose subject `bears` are the symbols as they stand.
    #[must_use]
    pub fn check(
        &self,
        verified: &Verified,
        index: u64,
        tree: &Tree,
        bears: &[String],
    ) -> Vec<Refusal> {
        let statement = verified.statement();
        let mut refusals = Vec::new();
        if statement.envelope.issuer != self.opening.issuer {
            refusals.push(Refusal::OtherIssuer(statement.envelope.issuer.clone()));
        }
        if let Some(context) = statement.context() {
            refusals.extend(self.check_context(context, index, tree));
        }
        match self.signer_of(statement) {
            Ok(signer) => refusals.extend(self.check_role(signer, statement, bears)),
            Err(refusal) => refusals.push(refusal),
        }
        refusals
    }

    fn check_role(
        &self,
        signer: &KeyLife,
        statement: &Statement,
        bears: &[String],
    ) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let needed = match &statement.matter {
            Matter::Document(document) => {
                let symbols = bears.iter().chain(&document.record.identifier);
                refusals.extend(self.check_scope(signer, symbols).err());
                refusals.extend(self.check_policy(document));
                Role::Officer
            }
            Matter::Event(event) => {
                refusals.extend(self.check_scope(signer, bears).err());
                match &event.event {
                    Event::AssignSymbol { identifier, .. } => {
                        refusals.extend(self.check_scope(signer, identifier).err());
                    }
                    Event::Other(kind) => refusals.push(Refusal::NotEvaluated(kind.clone())),
                    Event::Amend(_) | Event::Distribution { .. } | Event::Withdraw => {}
                }
                refusals.extend(self.check_event_policy(&event.event));
                Role::Officer
            }
            Matter::Governance(Governance::Opening(_)) => {
                refusals.push(Refusal::SecondOpening);
                Role::Registrar
            }
            Matter::Governance(Governance::Later { kind, .. }) => {
                if statement.envelope.subject != self.opening.origin {
                    refusals.push(Refusal::GovernanceSubject);
                }
                refusals.push(Refusal::NotEvaluated(kind.as_str().to_owned()));
                Role::Registrar
            }
            Matter::Unknown => return refusals,
        };
        if signer.role != needed {
            refusals.push(Refusal::Role {
                has: signer.role,
                needed,
            });
        }
        refusals
    }

    /// What speaks against taking a statement for the office's, of a document
    /// that bears these symbols: its key, the key's role and scope, or the
    /// signature. Whether it stands where it may is for verification to say.
    #[must_use]
    pub fn doubt(&self, statement: &Statement, bears: &[String]) -> Option<Refusal> {
        let life = match self.signer_of(statement) {
            Ok(life) => life,
            Err(refusal) => return Some(refusal),
        };
        if statement.clone().verify(&life.key).is_err() {
            return Some(Refusal::Signature);
        }
        let refusals = self.check_role(life, statement, bears);
        refusals.into_iter().find(|refusal| !refusal.is_open())
    }

    /// Takes a well-signed statement into account for what comes after it.
    pub fn apply(&mut self, leaf: LeafHash, matter: &Matter) {
        if matches!(matter, Matter::Governance(_)) {
            self.newest = leaf;
            self.is_weighed = false;
        }
    }
}
