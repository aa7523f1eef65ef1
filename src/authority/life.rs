//! The life of one key: what it may do, from which entry to which.

use crate::key::PublicKey;

use super::Refusal;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Decides about keys and policy.
    Registrar,
    /// Registers documents.
    Officer,
    /// Declares a registrar's key compromised and names its replacement.
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

/// A declaration of compromise that is in effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compromised {
    /// The first entry that is void.
    pub from: u64,
    /// The entry by which the declaration took effect.
    pub by: u64,
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
    /// The entry that gave it its role: it is good for the entries after.
    pub since: u64,
    /// The entry that ended it by retiring or replacing it: it is good for the
    /// entries up to there.
    pub ended: Option<u64>,
    /// What was declared about it.
    pub compromised: Option<Compromised>,
    /// The declaration that made void what gave it its role.
    pub void: Option<u64>,
    /// Symbol prefixes it is bound to, each list from the entries after one on.
    scopes: Vec<(u64, Vec<String>)>,
}

impl KeyLife {
    pub(super) fn new(
        key: PublicKey,
        role: Role,
        name: Option<String>,
        since: u64,
        scope: Vec<String>,
    ) -> Self {
        Self {
            key,
            role,
            name,
            since,
            ended: None,
            compromised: None,
            void: None,
            scopes: vec![(since, scope)],
        }
    }

    /// Symbol prefixes it is bound to now; empty for none.
    #[must_use]
    pub fn scope(&self) -> &[String] {
        self.scopes.last().map_or(&[], |(_, scope)| scope)
    }

    /// Symbol prefixes an entry signed by it is bound to; empty for none.
    #[must_use]
    pub fn scope_at(&self, index: u64) -> &[String] {
        let known = self.scopes.iter().rev();
        let mut before = known.skip_while(|(since, _)| *since >= index);
        before.next().map_or(&[], |(_, scope)| scope)
    }

    pub(super) fn rescope(&mut self, since: u64, scope: Vec<String>) {
        self.scopes.push((since, scope));
    }

    /// Whether it is good for what would come next.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.ended.is_none() && self.compromised.is_none() && self.void.is_none()
    }

    /// What makes an entry that it signed void: it was registered in good order
    /// then, and a declaration accounts for it now.
    ///
    /// # Errors
    /// [`Refusal::Compromised`] or [`Refusal::GrantVoid`].
    pub fn check_void(&self, index: u64) -> Result<(), Refusal> {
        if let Some(Compromised { from, by }) = self.compromised
            && from <= index
        {
            return Err(Refusal::Compromised { from, by });
        }
        self.void
            .map_or(Ok(()), |by| Err(Refusal::GrantVoid { by }))
    }

    /// Whether it was good for the entry at an index, or the checkpoint of a
    /// size.
    ///
    /// # Errors
    /// Why it was not.
    pub fn check_at(&self, index: u64) -> Result<(), Refusal> {
        self.check_void(index)?;
        if index <= self.since {
            return Err(Refusal::NotYet { since: self.since });
        }
        match self.ended {
            Some(by) if by < index => Err(Refusal::Ended { by }),
            _ => Ok(()),
        }
    }
}
