//! What registrars decide after the opening: keys, log keys, policy.

use crate::digest::{LeafHash, Thumbprint};
use crate::encoding::cbor::{self, Map};
use crate::encoding::fields::{FieldError, FieldProblem, Fields};
use crate::key::PublicKey;

use super::claims::{put, put_some, put_text, word, word_of};
use super::governance::{Holder, Policy, read_key};

/// A role that registrars give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantedRole {
    /// Decides about keys and policy.
    Registrar,
    /// Registers documents.
    Officer,
}

impl GrantedRole {
    /// All, with the words records use.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Registrar, "registrar"), (Self::Officer, "officer")];

    /// The word records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// A key of the log's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKey {
    /// Signs checkpoints.
    Checkpoint,
    /// Signs COSE receipts.
    Receipt,
}

impl LogKey {
    /// All, with the words records use.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::Checkpoint, "checkpoint"), (Self::Receipt, "receipt")];

    /// The word records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        word_of(&Self::ALL, self)
    }
}

/// A declaration that a key was in the wrong hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compromise {
    /// The key.
    pub kid: Thumbprint,
    /// The first entry that its signature makes void.
    pub from: u64,
    /// Why, in words.
    pub reason: String,
    /// The key that takes a registrar's place.
    pub replacement: Option<PublicKey>,
}

/// What a governance statement after the opening decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Gives a key a role, or an officer's key another scope.
    Grant {
        /// Which role.
        role: GrantedRole,
        /// The key, who holds it, and an officer's scope.
        holder: Holder,
    },
    /// Ends a key's role from here on.
    Retire {
        /// The key.
        kid: Thumbprint,
        /// Why, in words.
        reason: Option<String>,
    },
    /// Declares a key compromised from a position on.
    Compromise(Compromise),
    /// Replaces a key of the log's own.
    Rotate {
        /// Which.
        log: LogKey,
        /// The new key.
        key: PublicKey,
    },
    /// Replaces the policy, and the threshold if one is given.
    Policy {
        /// The new policy.
        policy: Box<Policy>,
        /// How many registrars a decision needs from here on.
        threshold: Option<u64>,
    },
    /// Agrees to an earlier governance entry.
    Endorse {
        /// Its leaf hash.
        target: LeafHash,
    },
    /// A kind this version does not weigh; what it says is kept with the
    /// unknown keys.
    Other(String),
}

impl Decision {
    /// The word records use.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Grant { .. } => "grant",
            Self::Retire { .. } => "retire",
            Self::Compromise(_) => "compromise",
            Self::Rotate { .. } => "rotate",
            Self::Policy { .. } => "policy",
            Self::Endorse { .. } => "endorse",
            Self::Other(kind) => kind,
        }
    }

    pub(super) fn read(kind: String, fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(match kind.as_str() {
            "grant" => Self::Grant {
                role: word(fields, "role", &GrantedRole::ALL)?,
                holder: Holder::read(fields)?,
            },
            "retire" => Self::Retire {
                kid: read_kid(fields)?,
                reason: fields.text("reason")?,
            },
            "compromise" => {
                let (from, reason) = (fields.uint("from")?, fields.text("reason")?);
                Self::Compromise(Compromise {
                    kid: read_kid(fields)?,
                    from: fields.required("from", from)?,
                    reason: fields.required("reason", reason)?,
                    replacement: read_key(fields, "replacement")?,
                })
            }
            "rotate" => {
                let key = read_key(fields, "key")?;
                Self::Rotate {
                    log: word(fields, "log", &LogKey::ALL)?,
                    key: fields.required("key", key)?,
                }
            }
            "policy" => {
                let policy = fields.map("policy", Policy::read)?;
                let threshold = fields.uint("threshold")?;
                if threshold == Some(0) {
                    let problem = FieldProblem::Invalid("is 0; a decision needs somebody".into());
                    return Err(fields.error("threshold", problem));
                }
                Self::Policy {
                    policy: Box::new(fields.required("policy", policy)?),
                    threshold,
                }
            }
            "endorse" => {
                let target = fields.digest("target")?;
                Self::Endorse {
                    target: LeafHash::from_bytes(fields.required("target", target)?),
                }
            }
            _ => Self::Other(kind),
        })
    }

    pub(super) fn write(&self, map: &mut Map) {
        match self {
            Self::Grant { role, holder } => {
                put(map, "role", cbor::text(role.as_str()));
                holder.write(map);
            }
            Self::Retire { kid, reason } => {
                put(map, "kid", cbor::bytes(*kid.as_bytes()));
                put_text(map, "reason", reason.as_ref());
            }
            Self::Compromise(Compromise {
                kid,
                from,
                reason,
                replacement,
            }) => {
                put(map, "kid", cbor::bytes(*kid.as_bytes()));
                put(map, "from", cbor::int(*from));
                put_text(map, "reason", Some(reason));
                put_some(
                    map,
                    "replacement",
                    replacement.as_ref().map(PublicKey::to_cose_key),
                );
            }
            Self::Rotate { log, key } => {
                put(map, "log", cbor::text(log.as_str()));
                put(map, "key", key.to_cose_key());
            }
            Self::Policy { policy, threshold } => {
                put(map, "policy", policy.to_value());
                put_some(map, "threshold", threshold.map(cbor::int));
            }
            Self::Endorse { target } => put(map, "target", cbor::bytes(*target.as_bytes())),
            Self::Other(_) => {}
        }
    }
}

fn read_kid(fields: &mut Fields) -> Result<Thumbprint, FieldError> {
    let kid = fields.digest("kid")?;
    Ok(Thumbprint::from_bytes(fields.required("kid", kid)?))
}
