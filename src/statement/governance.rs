//! Records of governance: keys and policy. Entry 0 opens the ledger.

use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, FieldProblem, Fields};
use crate::key::PublicKey;

use super::claims::{Context, Room, put, put_list, put_some, put_text, put_texts};
use super::{Decision, FORMAT_VERSION};

/// A key and who holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The public key.
    pub key: PublicKey,
    /// Name of the person or office.
    pub name: Option<String>,
    /// Symbol prefixes an officer may register under; empty for all.
    pub scope: Vec<String>,
}

impl Holder {
    /// A key without name or scope.
    #[must_use]
    pub fn of(key: PublicKey) -> Self {
        Self {
            key,
            name: None,
            scope: Vec::new(),
        }
    }

    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let key = read_key(fields, "key")?;
        Ok(Self {
            key: fields.required("key", key)?,
            name: fields.text("name")?,
            scope: fields.texts("scope")?,
        })
    }

    pub(super) fn write(&self, map: &mut Map) {
        put(map, "key", self.key.to_cose_key());
        put_text(map, "name", self.name.as_ref());
        put_texts(map, "scope", &self.scope);
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        self.write(&mut map);
        Value::Map(map)
    }
}

/// A witness of checkpoints, as a C2SP tlog-policy line holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Its name within the policy.
    pub name: String,
    /// Its C2SP verifier key.
    pub vkey: String,
    /// Where it is reached.
    pub url: Option<String>,
}

/// How many members of a group must have cosigned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Threshold {
    /// One.
    Any,
    /// Every one.
    All,
    /// A number.
    Count(u64),
}

/// A group of witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name within the policy.
    pub name: String,
    /// How many members are needed.
    pub threshold: Threshold,
    /// Names of witnesses and groups defined before.
    pub members: Vec<String>,
}

/// What the office demands of entries and checkpoints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Record fields that every document must hold.
    pub required: Vec<String>,
    /// The distributions allowed; empty for any.
    pub distributions: Vec<String>,
    /// Whether a second officer must endorse each document.
    pub four_eyes: bool,
    /// Witnesses.
    pub witnesses: Vec<Witness>,
    /// Groups of witnesses.
    pub groups: Vec<Group>,
    /// The witness or group that makes the quorum; none if absent.
    pub quorum: Option<String>,
}

impl Policy {
    pub(super) fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            required: fields.texts("required")?,
            distributions: fields.texts("distributions")?,
            four_eyes: fields.flag("fourEyes")?.unwrap_or(false),
            witnesses: fields.maps("witnesses", Witness::read)?,
            groups: fields.maps("groups", Group::read)?,
            quorum: fields.text("quorum")?,
        })
    }

    pub(super) fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_texts(&mut map, "required", &self.required);
        put_texts(&mut map, "distributions", &self.distributions);
        put_some(
            &mut map,
            "fourEyes",
            self.four_eyes.then_some(Value::Bool(true)),
        );
        put_list(
            &mut map,
            "witnesses",
            self.witnesses.iter().map(Witness::to_value),
        );
        put_list(&mut map, "groups", self.groups.iter().map(Group::to_value));
        put_text(&mut map, "quorum", self.quorum.as_ref());
        Value::Map(map)
    }
}

impl Witness {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let (name, vkey) = (fields.text("name")?, fields.text("vkey")?);
        Ok(Self {
            name: fields.required("name", name)?,
            vkey: fields.required("vkey", vkey)?,
            url: fields.text("url")?,
        })
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_text(&mut map, "name", Some(&self.name));
        put_text(&mut map, "vkey", Some(&self.vkey));
        put_text(&mut map, "url", self.url.as_ref());
        Value::Map(map)
    }
}

impl Group {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let name = fields.text("name")?;
        let threshold = match fields.value("threshold") {
            Some(Value::Text(word)) if word == "any" => Threshold::Any,
            Some(Value::Text(word)) if word == "all" => Threshold::All,
            Some(Value::Integer(count)) if count > 0 => u64::try_from(count)
                .map(Threshold::Count)
                .map_err(|_| fields.error("threshold", FieldProblem::NotUint))?,
            None => return Err(fields.error("threshold", FieldProblem::Missing)),
            Some(_) => {
                let problem = FieldProblem::Invalid("is neither any, all nor a count".into());
                return Err(fields.error("threshold", problem));
            }
        };
        let members = fields.texts("members")?;
        if members.is_empty() {
            return Err(fields.error("members", FieldProblem::Missing));
        }
        Ok(Self {
            name: fields.required("name", name)?,
            threshold,
            members,
        })
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        put_text(&mut map, "name", Some(&self.name));
        let threshold = match self.threshold {
            Threshold::Any => cbor::text("any"),
            Threshold::All => cbor::text("all"),
            Threshold::Count(count) => cbor::int(count),
        };
        put(&mut map, "threshold", threshold);
        put_texts(&mut map, "members", &self.members);
        Value::Map(map)
    }
}

/// The record of entry 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The log's origin: first line of its checkpoints, name of its key.
    pub origin: String,
    /// The office: `iss` of every entry.
    pub issuer: String,
    /// Signs checkpoints.
    pub checkpoint_key: PublicKey,
    /// Signs COSE receipts.
    pub receipt_key: PublicKey,
    /// Those who decide about keys and policy.
    pub registrars: Vec<Holder>,
    /// How many of them a decision needs.
    pub threshold: u64,
    /// The first officers.
    pub officers: Vec<Holder>,
    /// Can only replace a compromised registrar.
    pub recovery: Option<Holder>,
    /// The first policy.
    pub policy: Policy,
    /// Keys a reader must understand.
    pub must: Vec<String>,
    /// Keys this program doesn't know, kept.
    pub unknown: Map,
    /// Paths of keys it doesn't know inside those it does.
    pub unread: Vec<String>,
}

impl Opening {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let (origin, issuer) = (fields.text("origin")?, fields.text("issuer")?);
        let checkpoint_key = read_key(fields, "checkpointKey")?;
        let receipt_key = read_key(fields, "receiptKey")?;
        let registrars = fields.maps("registrars", Holder::read)?;
        let threshold = fields.uint("threshold")?;
        let threshold = fields.required("threshold", threshold)?;
        let policy = fields.map("policy", Policy::read)?;
        if !(1..=registrars.len() as u64).contains(&threshold) {
            let problem =
                FieldProblem::Invalid("is not between 1 and the number of registrars".into());
            return Err(fields.error("threshold", problem));
        }
        Ok(Self {
            origin: fields.required("origin", origin)?,
            issuer: fields.required("issuer", issuer)?,
            checkpoint_key: fields.required("checkpointKey", checkpoint_key)?,
            receipt_key: fields.required("receiptKey", receipt_key)?,
            registrars,
            threshold,
            officers: fields.maps("officers", Holder::read)?,
            recovery: fields.map("recovery", Holder::read)?,
            policy: fields.required("policy", policy)?,
            must: Room::read(fields)?.must,
            unknown: Map::new(),
            unread: Vec::new(),
        })
    }

    fn write(&self, map: &mut Map) {
        map.extend(self.unknown.clone());
        put_text(map, "origin", Some(&self.origin));
        put_text(map, "issuer", Some(&self.issuer));
        put(map, "checkpointKey", self.checkpoint_key.to_cose_key());
        put(map, "receiptKey", self.receipt_key.to_cose_key());
        put_list(
            map,
            "registrars",
            self.registrars.iter().map(Holder::to_value),
        );
        put(map, "threshold", cbor::int(self.threshold));
        put_list(map, "officers", self.officers.iter().map(Holder::to_value));
        put_some(
            map,
            "recovery",
            self.recovery.as_ref().map(Holder::to_value),
        );
        put(map, "policy", self.policy.to_value());
        put_texts(map, "must", &self.must);
    }
}

/// The record of a governance statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Governance {
    /// Entry 0.
    Opening(Box<Opening>),
    /// Any later one.
    Later {
        /// Ledger and place.
        context: Context,
        /// What it decides.
        decision: Box<Decision>,
        /// Unknown keys a reader must understand.
        must: Vec<String>,
        /// Keys this program doesn't know, kept.
        unknown: Map,
        /// Paths of keys it doesn't know inside those it does.
        unread: Vec<String>,
    },
    /// One of a later version of the format: that it stands here is all that
    /// is known of it.
    Unread,
}

/// `kind` of entry 0.
const OPEN: &str = "open";

impl Governance {
    /// A decision with nothing unknown in it.
    #[must_use]
    pub fn decision(context: Context, decision: Decision) -> Self {
        Self::Later {
            context,
            decision: Box::new(decision),
            must: Vec::new(),
            unknown: Map::new(),
            unread: Vec::new(),
        }
    }

    pub(super) fn read(value: Value) -> Result<Self, FieldError> {
        let mut fields = Fields::new("", value)?;
        let kind = fields.text("kind")?;
        let kind = fields.required("kind", kind)?;
        if kind == OPEN {
            let mut opening = Opening::read(&mut fields)?;
            (opening.unknown, opening.unread) = fields.rest();
            return Ok(Self::Opening(Box::new(opening)));
        }
        let context = Context::read(&mut fields)?;
        let decision = Box::new(Decision::read(kind, &mut fields)?);
        let must = Room::read(&mut fields)?.must;
        let (unknown, unread) = fields.rest();
        Ok(Self::Later {
            context,
            decision,
            must,
            unknown,
            unread,
        })
    }

    /// The CBOR map of the record.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = Map::new();
        match self {
            Self::Opening(opening) => {
                opening.write(&mut map);
                put(&mut map, "kind", cbor::text(OPEN));
            }
            Self::Later {
                context,
                decision,
                must,
                unknown,
                ..
            } => {
                map.extend(unknown.clone());
                context.write(&mut map);
                put(&mut map, "kind", cbor::text(decision.kind()));
                decision.write(&mut map);
                put_texts(&mut map, "must", must);
            }
            Self::Unread => return Value::Map(map),
        }
        put(&mut map, "v", cbor::int(FORMAT_VERSION));
        Value::Map(map)
    }

    /// What ties it to its ledger; entry 0 has nothing before it.
    #[must_use]
    pub fn context(&self) -> Option<&Context> {
        match self {
            Self::Opening(_) | Self::Unread => None,
            Self::Later { context, .. } => Some(context),
        }
    }
}

pub(super) fn read_key(fields: &mut Fields, name: &str) -> Result<Option<PublicKey>, FieldError> {
    let key = fields
        .value(name)
        .map(|value| PublicKey::from_cose_key(&value))
        .transpose();
    key.map_err(|error| fields.error(name, FieldProblem::Invalid(error.to_string())))
}
