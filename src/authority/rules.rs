//! What authority can say against a statement.

use crate::digest::{LeafHash, LedgerId, Thumbprint};
use crate::encoding::cbor::{self, Value};
use crate::statement::{DocumentRecord, Event, Policy};
use crate::symbol::{Scope, SymbolKey};

use super::{DecisionFault, Role};

/// The scope word for documents without a symbol.
const NO_SYMBOL: &str = "ni:";

/// Why a statement has no authority, or why that can't be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The ledger gave this key no role.
    #[error("the ledger gives no role to the key {0}")]
    KeyUnknown(Thumbprint),
    /// A `kid` that is no thumbprint.
    #[error("the key is named in a form this program does not know")]
    UnknownKeyForm,
    /// A signature algorithm that can't be checked here.
    #[error("signature algorithm {0} is not known")]
    UnknownAlgorithm(i128),
    /// The signature does not verify.
    #[error("the signature does not verify under the key it names")]
    Signature,
    /// None of the keys that are known, while changes of keys were not weighed.
    #[error(
        "the key {0} is none that is known, and changes of keys before it are not evaluated by this version"
    )]
    KeyNotEvaluated(Thumbprint),
    /// The key has another role.
    #[error("signed by a {} key; this needs a {} key", has.as_str(), needed.as_str())]
    Role {
        /// The role the key has.
        has: Role,
        /// The role it needs.
        needed: Role,
    },
    /// A symbol outside the key's scope.
    #[error("{0} is outside the scope of the officer's key")]
    Scope(String),
    /// `iss` is the same for the whole ledger.
    #[error("the issuer is {0:?}, not this ledger's")]
    OtherIssuer(String),
    /// The statement was made for another ledger.
    #[error("made for another ledger, {0}")]
    OtherLedger(LedgerId),
    /// Signed on a tree that can't have existed yet.
    #[error("says it was signed on {size} entries, but stands at {index}")]
    OnAhead {
        /// `on` size.
        size: u64,
        /// Its own index.
        index: u64,
    },
    /// The entries before it are not those it was signed on.
    #[error(
        "was signed on other entries than the {size} before it: they were altered, removed or reordered"
    )]
    OnRoot {
        /// `on` size.
        size: u64,
    },
    /// The governance entries before it are not those it was signed under.
    #[error("was signed under the governance entry {named}, but the newest before it is {newest}")]
    OtherAuthority {
        /// What it names.
        named: LeafHash,
        /// What there is.
        newest: LeafHash,
    },
    /// Only entry 0 opens a ledger.
    #[error("opens the ledger a second time")]
    SecondOpening,
    /// Governance is about the log.
    #[error("a governance statement whose subject is not the origin")]
    GovernanceSubject,
    /// A field the policy requires is absent.
    #[error("the policy requires the field {0:?}")]
    FieldRequired(String),
    /// A distribution the policy does not list.
    #[error("the policy does not allow the distribution {0:?}")]
    Distribution(String),
    /// Its key was given its role later.
    #[error("its key has that role only after entry {since}")]
    NotYet {
        /// The entry that gave it.
        since: u64,
    },
    /// Its key was retired or replaced before.
    #[error("its key was retired or replaced by entry {by}")]
    Ended {
        /// Which entry ended it.
        by: u64,
    },
    /// Void by a declaration.
    #[error("void: its key is declared compromised from entry {from}, by entry {by}")]
    Compromised {
        /// The first void entry.
        from: u64,
        /// Which entry declared it.
        by: u64,
    },
    /// Void since its key was given its role by what a declaration made void.
    #[error("void: what gave its key a role is void by the declaration of entry {by}")]
    GrantVoid {
        /// Which entry declared it.
        by: u64,
    },
    /// A decision of registrars that can't take effect.
    #[error(transparent)]
    Decision(#[from] DecisionFault),
    /// A kind of statement this version can't weigh.
    #[error("statements of kind {0:?} are not evaluated by this version")]
    NotEvaluated(String),
}

impl Refusal {
    /// Whether a declaration of compromise accounts for the entry.
    #[must_use]
    pub fn is_void(&self) -> bool {
        matches!(self, Self::Compromised { .. } | Self::GrantVoid { .. })
    }

    /// Whether nothing is wrong, but this program can't tell that all is right.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(
            self,
            Self::UnknownKeyForm
                | Self::UnknownAlgorithm(_)
                | Self::KeyNotEvaluated(_)
                | Self::NotEvaluated(_)
        )
    }
}

pub(super) fn check_role(has: Role, needed: Role) -> Result<(), Refusal> {
    if has == needed {
        return Ok(());
    }
    Err(Refusal::Role { has, needed })
}

/// Every symbol must be in scope; a document without one needs `ni:`.
pub(super) fn check_scope<'a>(
    scope: &[String],
    symbols: impl IntoIterator<Item = &'a String>,
) -> Result<(), Refusal> {
    if scope.is_empty() {
        return Ok(());
    }
    let mut symbols = symbols.into_iter().peekable();
    if symbols.peek().is_none() {
        let allowed = scope.iter().any(|prefix| prefix == NO_SYMBOL);
        return if allowed {
            Ok(())
        } else {
            Err(Refusal::Scope("a document without a symbol".into()))
        };
    }
    let prefixes: Vec<_> = scope
        .iter()
        .filter_map(|prefix| Scope::parse(prefix).ok())
        .collect();
    let outside = symbols.find(|symbol| {
        let key = SymbolKey::of_canonical(symbol);
        !prefixes.iter().any(|prefix| prefix.covers(&key))
    });
    outside.map_or(Ok(()), |symbol| Err(Refusal::Scope(symbol.clone())))
}

pub(super) fn check_policy(policy: &Policy, record: &DocumentRecord) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    if !policy.required.is_empty() {
        let Value::Map(fields) = record.to_value() else {
            return refusals;
        };
        let missing = policy
            .required
            .iter()
            .filter(|name| !fields.contains_key(&cbor::text(*name)));
        refusals.extend(missing.cloned().map(Refusal::FieldRequired));
    }
    refusals.extend(check_distribution(policy, record.distribution.as_ref()));
    refusals
}

/// An event leaves no required field blank and gives no distribution that a
/// document could not have.
pub(super) fn check_event_policy(policy: &Policy, event: &Event) -> Vec<Refusal> {
    let blanked = event
        .changes()
        .into_iter()
        .filter(|change| change.new.is_none());
    let mut refusals: Vec<_> = blanked
        .map(|change| change.field.as_str().to_owned())
        .filter(|name| policy.required.contains(name))
        .map(Refusal::FieldRequired)
        .collect();
    if let Event::Distribution { new, .. } = event {
        refusals.extend(check_distribution(policy, new.as_ref()));
    }
    refusals
}

fn check_distribution(policy: &Policy, distribution: Option<&String>) -> Option<Refusal> {
    let allowed = &policy.distributions;
    let outside = distribution.filter(|it| !allowed.is_empty() && !allowed.contains(it));
    outside.cloned().map(Refusal::Distribution)
}
