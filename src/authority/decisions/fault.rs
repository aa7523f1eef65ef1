//! Why a decision can't take effect.

use crate::digest::{LeafHash, Thumbprint};

use super::super::life::Role;

/// Why a decision can't take effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionFault {
    /// No key serves two purposes, and none returns.
    #[error("the key {kid} has or had the role of {} already; a new key is needed", role.as_str())]
    KeyKnown {
        /// The key.
        kid: Thumbprint,
        /// Its role.
        role: Role,
    },
    /// It is about a key that the ledger does not know.
    #[error("the ledger gives no role to the key {0}")]
    KeyUnknown(Thumbprint),
    /// A log key is replaced, and the recovery key stays.
    #[error("a {} key can't be retired or declared compromised{}", role.as_str(), hint(*role))]
    NotRevocable {
        /// Its role.
        role: Role,
    },
    /// It is over already.
    #[error("the key {kid} ended already, by entry {by}")]
    Ended {
        /// The key.
        kid: Thumbprint,
        /// Which entry ended it.
        by: u64,
    },
    /// It was declared compromised from there or before, and a declaration is
    /// never taken back.
    #[error("the key {kid} is declared compromised from entry {from} already, by entry {by}")]
    DeclaredAlready {
        /// The key.
        kid: Thumbprint,
        /// The position declared.
        from: u64,
        /// Which entry declared it.
        by: u64,
    },
    /// A declaration is about what is there.
    #[error(
        "declares entries from {from} on void, but stands at {index}; it begins at 1 and at most at its own place"
    )]
    From {
        /// The position declared.
        from: u64,
        /// Its own index.
        index: u64,
    },
    /// Only a registrar's key is replaced in a declaration.
    #[error("names a replacement for a key that is no registrar's; grant an officer a new key")]
    Replacement,
    /// Registrars could decide nothing any more.
    #[error("would leave {left} registrars where a decision needs {threshold}")]
    TooFewRegistrars {
        /// How many would be left.
        left: u64,
        /// How many are needed.
        threshold: u64,
    },
    /// Nothing waits under that leaf hash.
    #[error("endorses {0}, which is no decision that waits for registrars")]
    NothingToEndorse(LeafHash),
    /// One registrar counts once.
    #[error("this registrar has agreed already")]
    AgreedAlready,
    /// The accused has no voice.
    #[error("the key that is declared compromised can't agree to it")]
    ByAccused,
    /// Only officers are bound to symbols.
    #[error("gives a registrar a scope; only officers have one")]
    RegistrarScope,
    /// What waited does not fit any more.
    #[error("what it would bring into force no longer fits: {0}")]
    NoLongerFits(Box<DecisionFault>),
}

fn hint(role: Role) -> &'static str {
    match role {
        Role::Checkpoint | Role::Receipt => "; it is replaced (rotate)",
        _ => "",
    }
}
