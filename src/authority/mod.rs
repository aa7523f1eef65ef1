//! Who may sign what at which position: replays the governance entries of a
//! ledger from entry 0 on. Registration and verification both ask here.
//!
//! Not here: whether a signature verifies ([`crate::key`]), or whether a
//! statement fits its document's history ([`crate::revision`]).

mod decisions;
mod life;
mod published;
mod rules;

use crate::digest::{LeafHash, LedgerId, Thumbprint, TreeHash};
use crate::encoding::note::check_key_name;
use crate::key::PublicKey;
use crate::merkle::Roots;
use crate::statement::{
    Algorithm, Context, Decision, Document, Event, Governance, KeyId, Matter, Opening, Policy,
    Statement, TreeHead, Verified,
};

use decisions::{MAX_DECLARATIONS, Ruling, Rulings};

pub use decisions::{DecisionFault, Pending};
pub use life::{Compromised, KeyLife, Role};
pub use published::{LEDGER_ID_FILE, POLICY_FILE, PublicFile};
pub use rules::Refusal;

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

/// Whether a statement is tied to a ledger at a position: `ledger`, `on` (not ahead
/// of it, and with the root the tree had at that size), and `authority`, the newest
/// governance entry before it.
#[must_use]
pub fn check_context(
    context: &Context,
    (own, newest): (LedgerId, LeafHash),
    index: u64,
    had: Option<TreeHash>,
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let Context {
        ledger,
        on: TreeHead { size, root },
        authority,
    } = *context;
    if ledger != own {
        refusals.push(Refusal::OtherLedger(ledger));
    }
    if size > index || size == 0 {
        refusals.push(Refusal::OnAhead { size, index });
    } else if had != Some(root) {
        refusals.push(Refusal::OnRoot { size });
    }
    if authority != newest {
        refusals.push(Refusal::OtherAuthority {
            named: authority,
            newest,
        });
    }
    refusals
}

/// The authority in force at one position of a ledger.
#[derive(Debug, Clone)]
pub struct Authority {
    ledger: LedgerId,
    opening: Opening,
    newest: LeafHash,
    /// Governance entries that were not evaluated, and who signed them.
    unweighed: Vec<(u64, Thumbprint)>,
    rulings: Rulings,
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
        let authority = Self {
            ledger: leaf.into(),
            newest: leaf,
            unweighed: Vec::new(),
            rulings: Rulings::of(&opening).map_err(OpeningError::KeyTwice)?,
            opening,
        };
        let signer = match &envelope.key_id {
            KeyId::Thumbprint(id) => authority.key(id).filter(|key| key.role == Role::Registrar),
            KeyId::Other(_) => None,
        };
        let key = signer.ok_or(OpeningError::NotByRegistrar)?.key;
        let verified = statement
            .verify(&key)
            .map_err(|_| OpeningError::BadSignature)?;
        Ok((authority, verified))
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

    /// The policy in force for what comes next.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.policy_at(u64::MAX)
    }

    /// The policy in force for the entry at an index.
    #[must_use]
    pub fn policy_at(&self, index: u64) -> &Policy {
        let state = &self.rulings.state;
        state.policy_at(index).unwrap_or(&self.opening.policy)
    }

    /// Every policy that ever was in force, in log order.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.rulings.state.policies()
    }

    /// The entry that put the policy in force that is in force now.
    #[must_use]
    pub fn policy_since(&self) -> u64 {
        self.rulings.state.policy_since()
    }

    /// Whether an entry may count only with a second word: a policy asked for
    /// four eyes, or a key was declared compromised.
    #[must_use]
    pub fn may_suspend(&self) -> bool {
        self.rulings.state.had_four_eyes() || self.declarations() > 0
    }

    /// How many declarations of compromise are in effect.
    #[must_use]
    pub fn declarations(&self) -> usize {
        self.rulings.declarations()
    }

    /// How many registrars a decision needs.
    #[must_use]
    pub fn threshold(&self) -> u64 {
        self.rulings.state.threshold()
    }

    /// Decisions that wait for more registrars, in log order.
    #[must_use]
    pub fn pending(&self) -> &[Pending] {
        &self.rulings.state.pending
    }

    /// The key that must have signed a checkpoint of this size: the one in force
    /// after so many entries.
    #[must_use]
    pub fn checkpoint_key(&self, size: u64) -> &PublicKey {
        let life = self.rulings.state.log_key(Role::Checkpoint, size);
        life.map_or(&self.opening.checkpoint_key, |life| &life.key)
    }

    /// The key that must have signed a receipt under a root of so many entries.
    #[must_use]
    pub fn receipt_key(&self, size: u64) -> &PublicKey {
        let life = self.rulings.state.log_key(Role::Receipt, size);
        life.map_or(&self.opening.receipt_key, |life| &life.key)
    }

    /// Whether every governance entry so far was evaluated, or is void: else keys
    /// may have changed in a way that this version can't tell.
    #[must_use]
    pub fn is_weighed(&self) -> bool {
        let is_void = |(index, kid): &(u64, Thumbprint)| {
            let life = self.key(kid);
            life.is_some_and(|life| life.check_void(*index).is_err())
        };
        self.unweighed.iter().all(is_void)
    }

    /// Leaf hash of the newest governance entry.
    #[must_use]
    pub fn newest_governance(&self) -> LeafHash {
        self.newest
    }

    /// All keys the ledger ever gave a role, in the order it did.
    pub fn keys(&self) -> impl Iterator<Item = &KeyLife> {
        let state = &self.rulings.state;
        state.order.iter().filter_map(|id| state.keys.get(id))
    }

    /// The life of a key, if the ledger ever gave it a role.
    #[must_use]
    pub fn key(&self, id: &Thumbprint) -> Option<&KeyLife> {
        self.rulings.state.keys.get(id)
    }

    /// What makes the entry at an index void. A declaration that took effect
    /// never is.
    #[must_use]
    pub fn void(&self, statement: &Statement, index: u64) -> Option<Refusal> {
        let life = self.signer_of(statement).ok()?;
        let refusal = life.check_void(index).err()?;
        (!self.rulings.declared_by(index)).then_some(refusal)
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
            KeyId::Thumbprint(id) => self.key(id).ok_or_else(|| match self.is_weighed() {
                true => Refusal::KeyUnknown(*id),
                false => Refusal::KeyNotEvaluated(*id),
            }),
        }
    }

    /// Whether a key may register under these symbols (none: without a symbol)
    /// next.
    ///
    /// # Errors
    /// If one of them is outside its scope.
    pub fn check_scope<'a>(
        &self,
        signer: &KeyLife,
        symbols: impl IntoIterator<Item = &'a String>,
    ) -> Result<(), Refusal> {
        rules::check_scope(signer.scope(), symbols)
    }

    /// What the policy says against an event that would come next.
    #[must_use]
    pub fn check_event_policy(&self, event: &Event) -> Vec<Refusal> {
        rules::check_event_policy(self.policy(), event)
    }

    /// Whether a document that would come next holds what the policy asks for.
    #[must_use]
    pub fn check_policy(&self, document: &Document) -> Vec<Refusal> {
        rules::check_policy(self.policy(), &document.record)
    }

    /// What [`check_context`] says of a statement that would come next.
    #[must_use]
    pub fn check_context(
        &self,
        context: &Context,
        index: u64,
        had: Option<TreeHash>,
    ) -> Vec<Refusal> {
        check_context(context, (self.ledger, self.newest), index, had)
    }

    /// Everything this module says against a well-signed statement at `index`,
    /// of whose subject `bears` are the symbols as they stand.
    #[must_use]
    pub fn check(
        &self,
        verified: &Verified,
        index: u64,
        roots: &dyn Roots,
        bears: &[String],
    ) -> Vec<Refusal> {
        let statement = verified.statement();
        let mut refusals = Vec::new();
        if statement.envelope.issuer != self.opening.issuer {
            refusals.push(Refusal::OtherIssuer(statement.envelope.issuer.clone()));
        }
        if let Some(context) = statement.context() {
            let had = roots.root_at(context.on.size);
            refusals.extend(self.check_context(context, index, had));
        }
        match self.signer_of(statement) {
            Ok(signer) => refusals.extend(self.check_role(signer, statement, index, bears)),
            Err(refusal) => refusals.push(refusal),
        }
        refusals
    }

    fn check_role(
        &self,
        signer: &KeyLife,
        statement: &Statement,
        index: u64,
        bears: &[String],
    ) -> Vec<Refusal> {
        let mut refusals = Vec::from_iter(signer.check_at(index).err());
        let scope = signer.scope_at(index);
        let policy = self.policy_at(index);
        let needed = match &statement.matter {
            Matter::Document(document) => {
                let symbols = bears.iter().chain(&document.record.identifier);
                refusals.extend(rules::check_scope(scope, symbols).err());
                refusals.extend(rules::check_policy(policy, &document.record));
                Role::Officer
            }
            Matter::Event(event) => {
                refusals.extend(rules::check_scope(scope, bears).err());
                match &event.event {
                    Event::AssignSymbol { identifier, .. } => {
                        refusals.extend(rules::check_scope(scope, identifier).err());
                    }
                    Event::Other(kind) => refusals.push(Refusal::NotEvaluated(kind.clone())),
                    Event::Amend(_)
                    | Event::Distribution { .. }
                    | Event::Withdraw
                    | Event::Endorse => {}
                }
                refusals.extend(rules::check_event_policy(policy, &event.event));
                Role::Officer
            }
            Matter::Governance(governance) => {
                return self.check_governance(signer, statement, index, governance);
            }
            Matter::Unknown => return refusals,
        };
        refusals.extend(rules::check_role(signer.role, needed).err());
        refusals
    }

    fn check_governance(
        &self,
        signer: &KeyLife,
        statement: &Statement,
        index: u64,
        governance: &Governance,
    ) -> Vec<Refusal> {
        let mut refusals = Vec::from_iter(signer.check_at(index).err());
        if statement.envelope.subject != self.opening.origin {
            refusals.push(Refusal::GovernanceSubject);
        }
        let decision = match governance {
            Governance::Opening(_) => {
                refusals.push(Refusal::SecondOpening);
                return refusals;
            }
            Governance::Unread => None,
            Governance::Later { decision, .. } => Some(decision.as_ref()),
        };
        let may = signer.role == Role::Registrar || self.is_recovery(signer, decision);
        if !may {
            refusals.extend(rules::check_role(signer.role, Role::Registrar).err());
            return refusals;
        }
        match decision.filter(|decision| self.is_understood(statement, decision)) {
            Some(decision) => {
                let signer = signer.key.thumbprint();
                let faults = self.rulings.state.faults(index, signer, decision);
                refusals.extend(faults.into_iter().map(Refusal::Decision));
            }
            None => {
                let kind = decision.map_or("a later version", Decision::kind);
                refusals.push(Refusal::NotEvaluated(kind.to_owned()));
            }
        }
        refusals
    }

    /// What speaks against a decision that would come next, whoever makes it.
    #[must_use]
    pub fn check_decision(&self, index: u64, decision: &Decision) -> Vec<DecisionFault> {
        self.rulings.state.unfit(index, decision)
    }

    /// Whether the recovery key may sign it: a declaration against a registrar.
    fn is_recovery(&self, signer: &KeyLife, decision: Option<&Decision>) -> bool {
        let Some(Decision::Compromise(what)) = decision else {
            return false;
        };
        let accused = self.key(&what.kid);
        signer.role == Role::Recovery && accused.is_some_and(|life| life.role == Role::Registrar)
    }

    /// Whether a decision is weighed by this version.
    fn is_understood(&self, statement: &Statement, decision: &Decision) -> bool {
        let too_many = matches!(decision, Decision::Compromise(_))
            && self.rulings.accusations() >= MAX_DECLARATIONS;
        let unknown = matches!(decision, Decision::Other(_));
        !unknown && !too_many && statement.unmet().is_none()
    }

    /// What speaks against taking the statement at an index for the office's, of
    /// a document that bears these symbols, as far as is known by now: its key,
    /// the key's role and scope then, or the signature. Whether it stands where
    /// it may is for verification to say.
    #[must_use]
    pub fn doubt(&self, statement: &Statement, index: u64, bears: &[String]) -> Option<Refusal> {
        let unsigned = self.verify(statement.clone()).err();
        unsigned.or_else(|| self.doubt_role(statement, index, bears))
    }

    /// Checks a statement's signature under the key it names.
    ///
    /// # Errors
    /// If the ledger never gave that key a role, or it did not sign this.
    pub fn verify(&self, statement: Statement) -> Result<Verified, Refusal> {
        let key = self.signer_of(&statement)?.key;
        statement.verify(&key).map_err(|_| Refusal::Signature)
    }

    /// What the key's role and scope, and the policy, say against a statement,
    /// whether or not it is signed.
    #[must_use]
    pub fn doubt_role(
        &self,
        statement: &Statement,
        index: u64,
        bears: &[String],
    ) -> Option<Refusal> {
        let life = match self.signer_of(statement) {
            Ok(life) => life,
            Err(refusal) => return Some(refusal),
        };
        if let Matter::Governance(_) = statement.matter {
            // What it did was weighed where it stands.
            return life.check_at(index).err();
        }
        let mut refusals = self.check_role(life, statement, index, bears);
        refusals.retain(|refusal| !refusal.is_open());
        // What is void besides being wrong is wrong.
        refusals.sort_by_key(Refusal::is_void);
        refusals.into_iter().next()
    }

    /// Takes a well-signed statement into account for what comes after it; only
    /// governance has an effect. `had` is the root that the tree had at the size
    /// the statement names.
    pub fn apply(
        &mut self,
        index: u64,
        leaf: LeafHash,
        verified: &Verified,
        had: Option<TreeHash>,
    ) {
        let statement = verified.statement();
        let Matter::Governance(governance) = &statement.matter else {
            return;
        };
        let is_here = statement
            .context()
            .is_none_or(|context| self.check_context(context, index, had).is_empty())
            && statement.envelope.issuer == self.opening.issuer;
        self.newest = leaf;
        if !is_here {
            return;
        }
        let Ok(signer) = self.signer_of(statement) else {
            return;
        };
        let refusals = self.check_governance(signer, statement, index, governance);
        if refusals.iter().any(|refusal| !refusal.is_open()) {
            return;
        }
        let signer = signer.key.thumbprint();
        match governance {
            Governance::Later { decision, .. } if refusals.is_empty() => {
                let ruling = Ruling {
                    index,
                    leaf,
                    signer,
                    decision: decision.as_ref().clone(),
                };
                self.rulings.take(&self.opening, ruling);
            }
            _ => self.unweighed.push((index, signer)),
        }
    }
}
