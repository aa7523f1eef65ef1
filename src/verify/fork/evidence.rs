//! The bytes of fork evidence, as `FORMAT.md` specifies them: one value, one
//! encoding. Nothing is believed here.

use crate::digest::{LeafHash, TreeHash};
use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, FieldProblem, Fields};

use super::ForkError;

/// The version of the format that is written and read.
const VERSION: u64 = 1;
/// What the file says it is.
const KIND: &str = "fork";

/// Two heads of one ledger, and what shows that they contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Fork {
    /// Entry 0.
    pub(in crate::verify) opening: Vec<u8>,
    /// The head of fewer entries; of as many, the one of the lower root.
    pub(in crate::verify) first: Side,
    /// The other head.
    pub(in crate::verify) second: Side,
    pub(in crate::verify) conflict: Conflict,
}

/// One of the two histories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Side {
    /// The signed note of its head.
    pub(in crate::verify) checkpoint: Vec<u8>,
    /// What shows the key in force; absent where only the checkpoint is known.
    pub(in crate::verify) governance: Option<Chain>,
}

/// All governance entries of a history, proven under its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Chain {
    /// The inclusion proof of entry 0.
    pub(in crate::verify) opening: Vec<TreeHash>,
    /// Those after entry 0, in log order.
    pub(in crate::verify) decisions: Vec<Decided>,
    /// The last entry, if it is neither entry 0 nor a decision.
    pub(in crate::verify) newest: Option<Newest>,
}

/// A governance entry after entry 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Decided {
    pub(in crate::verify) index: u64,
    pub(in crate::verify) entry: Vec<u8>,
    pub(in crate::verify) inclusion: Vec<TreeHash>,
    /// The root that the history had at the size the entry says it was signed
    /// on; absent if it had no such size before the entry.
    pub(in crate::verify) on: Option<Older>,
}

/// The root of a history's first entries, and the consistency proof from there
/// to its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Older {
    pub(in crate::verify) root: TreeHash,
    pub(in crate::verify) growth: Vec<TreeHash>,
}

/// The last entry of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Newest {
    pub(in crate::verify) entry: Vec<u8>,
    pub(in crate::verify) inclusion: Vec<TreeHash>,
}

/// Where the two histories contradict each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) enum Conflict {
    /// The second history had another root at the size of the first's head.
    Roots(Older),
    /// They have two entries in one place.
    Leaves {
        index: u64,
        first: Leaf,
        second: Leaf,
    },
}

/// A leaf hash and its inclusion proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::verify) struct Leaf {
    pub(in crate::verify) leaf: LeafHash,
    pub(in crate::verify) inclusion: Vec<TreeHash>,
}

impl Fork {
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, ForkError> {
        let mut fields = Fields::new("", cbor::decode(bytes)?)?;
        let version = fields.uint("v")?;
        if fields.required("v", version)? != VERSION {
            let problem = "is another version than 1".to_owned();
            return Err(fields.error("v", FieldProblem::Invalid(problem)).into());
        }
        if fields.text("kind")?.as_deref() != Some(KIND) {
            let problem = "is not \"fork\"".to_owned();
            return Err(fields.error("kind", FieldProblem::Invalid(problem)).into());
        }
        let opening = bytes_of(&mut fields, "opening")?;
        let first = map_of(&mut fields, "first", Side::read)?;
        let second = map_of(&mut fields, "second", Side::read)?;
        let conflict = map_of(&mut fields, "conflict", Conflict::read)?;
        let (rest, unread) = fields.rest();
        let rest = rest.keys().map(cbor::diagnostic);
        if let Some(unknown) = rest.chain(unread).next() {
            return Err(ForkError::Unknown(unknown));
        }
        Ok(Self {
            opening,
            first,
            second,
            conflict,
        })
    }

    pub(in crate::verify) fn encode(&self) -> Vec<u8> {
        cbor::encode_map(&map([
            ("v", Some(cbor::int(VERSION))),
            ("kind", Some(cbor::text(KIND))),
            ("opening", Some(cbor::bytes(self.opening.clone()))),
            ("first", Some(self.first.to_value())),
            ("second", Some(self.second.to_value())),
            ("conflict", Some(self.conflict.to_value())),
        ]))
    }
}

impl Side {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            checkpoint: bytes_of(fields, "checkpoint")?,
            governance: fields.map("governance", Chain::read)?,
        })
    }

    fn to_value(&self) -> Value {
        let governance = self.governance.as_ref().map(Chain::to_value);
        Value::Map(map([
            ("checkpoint", Some(cbor::bytes(self.checkpoint.clone()))),
            ("governance", governance),
        ]))
    }
}

impl Chain {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            opening: hashes(fields, "opening")?,
            decisions: fields.maps("decisions", Decided::read)?,
            newest: fields.map("newest", Newest::read)?,
        })
    }

    fn to_value(&self) -> Value {
        let decisions: Vec<_> = self.decisions.iter().map(Decided::to_value).collect();
        Value::Map(map([
            ("opening", list(&self.opening)),
            (
                "decisions",
                (!decisions.is_empty()).then_some(Value::Array(decisions)),
            ),
            ("newest", self.newest.as_ref().map(Newest::to_value)),
        ]))
    }
}

impl Decided {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let index = fields.uint("index")?;
        Ok(Self {
            index: fields.required("index", index)?,
            entry: bytes_of(fields, "entry")?,
            inclusion: hashes(fields, "inclusion")?,
            on: fields.map("on", Older::read)?,
        })
    }

    fn to_value(&self) -> Value {
        Value::Map(map([
            ("index", Some(cbor::int(self.index))),
            ("entry", Some(cbor::bytes(self.entry.clone()))),
            ("inclusion", list(&self.inclusion)),
            ("on", self.on.as_ref().map(|on| Value::Map(on.to_map()))),
        ]))
    }
}

impl Older {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let root = fields.digest("root")?;
        Ok(Self {
            root: TreeHash::from_bytes(fields.required("root", root)?),
            growth: hashes(fields, "growth")?,
        })
    }

    fn to_map(&self) -> Map {
        map([
            ("root", Some(cbor::bytes(*self.root.as_bytes()))),
            ("growth", list(&self.growth)),
        ])
    }
}

impl Newest {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        Ok(Self {
            entry: bytes_of(fields, "entry")?,
            inclusion: hashes(fields, "inclusion")?,
        })
    }

    fn to_value(&self) -> Value {
        Value::Map(map([
            ("entry", Some(cbor::bytes(self.entry.clone()))),
            ("inclusion", list(&self.inclusion)),
        ]))
    }
}

impl Conflict {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        match fields.text("kind")?.as_deref() {
            Some("roots") => Ok(Self::Roots(Older::read(fields)?)),
            Some("leaves") => {
                let index = fields.uint("index")?;
                Ok(Self::Leaves {
                    index: fields.required("index", index)?,
                    first: map_of(fields, "first", Leaf::read)?,
                    second: map_of(fields, "second", Leaf::read)?,
                })
            }
            _ => {
                let problem = "is neither \"roots\" nor \"leaves\"".to_owned();
                Err(fields.error("kind", FieldProblem::Invalid(problem)))
            }
        }
    }

    fn to_value(&self) -> Value {
        let mut fields = Map::new();
        let kind = match self {
            Self::Roots(older) => {
                fields = older.to_map();
                "roots"
            }
            Self::Leaves {
                index,
                first,
                second,
            } => {
                fields.extend(map([
                    ("index", Some(cbor::int(*index))),
                    ("first", Some(first.to_value())),
                    ("second", Some(second.to_value())),
                ]));
                "leaves"
            }
        };
        fields.insert(cbor::text("kind"), cbor::text(kind));
        Value::Map(fields)
    }
}

impl Leaf {
    fn read(fields: &mut Fields) -> Result<Self, FieldError> {
        let leaf = fields.digest("leaf")?;
        Ok(Self {
            leaf: LeafHash::from_bytes(fields.required("leaf", leaf)?),
            inclusion: hashes(fields, "inclusion")?,
        })
    }

    fn to_value(&self) -> Value {
        Value::Map(map([
            ("leaf", Some(cbor::bytes(*self.leaf.as_bytes()))),
            ("inclusion", list(&self.inclusion)),
        ]))
    }
}

fn bytes_of(fields: &mut Fields, name: &str) -> Result<Vec<u8>, FieldError> {
    let bytes = fields.bytes(name)?;
    fields.required(name, bytes)
}

fn map_of<T>(
    fields: &mut Fields,
    name: &str,
    read: impl FnOnce(&mut Fields) -> Result<T, FieldError>,
) -> Result<T, FieldError> {
    let item = fields.map(name, read)?;
    fields.required(name, item)
}

fn hashes(fields: &mut Fields, name: &str) -> Result<Vec<TreeHash>, FieldError> {
    let hashes = fields.digests(name)?.into_iter();
    Ok(hashes.map(TreeHash::from_bytes).collect())
}

/// Hashes as an array; nothing is written for none.
fn list(hashes: &[TreeHash]) -> Option<Value> {
    let items = hashes.iter().map(|hash| cbor::bytes(*hash.as_bytes()));
    (!hashes.is_empty()).then(|| Value::Array(items.collect()))
}

fn map<const N: usize>(fields: [(&str, Option<Value>); N]) -> Map {
    let present = fields
        .into_iter()
        .filter_map(|(name, value)| Some((cbor::text(name), value?)));
    present.collect()
}
