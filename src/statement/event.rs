//! Records of events: something said about an earlier entry. Nothing is ever
//! edited in place; an event is how a record is corrected.

use crate::digest::LeafHash;
use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, Fields};

use super::FORMAT_VERSION;
use super::claims::{Context, Room, put, put_texts};

/// What kind of event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// Corrects a field: old and new value.
    Amend,
    /// Gives a symbol to a document registered without one.
    AssignSymbol,
    /// Changes the distribution.
    Distribution,
    /// Withdraws the document.
    Withdraw,
    /// Vouches for an entry.
    Endorse,
    /// Forbids disposal.
    Hold,
    /// Ends a hold.
    Release,
    /// Removes the content under a mandate; the record stays.
    Dispose,
    /// One this program doesn't know.
    Other(String),
}

impl EventKind {
    const NAMES: [(Self, &'static str); 8] = [
        (Self::Amend, "amend"),
        (Self::AssignSymbol, "assign-symbol"),
        (Self::Distribution, "distribution"),
        (Self::Withdraw, "withdraw"),
        (Self::Endorse, "endorse"),
        (Self::Hold, "hold"),
        (Self::Release, "release"),
        (Self::Dispose, "dispose"),
    ];

    /// The word records use.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Other(kind) => kind,
            known => Self::NAMES
                .iter()
                .find(|(kind, _)| kind == known)
                .map_or("", |(_, name)| name),
        }
    }

    fn of(name: String) -> Self {
        let known = Self::NAMES.into_iter().find(|(_, known)| *known == name);
        known.map_or(Self::Other(name), |(kind, _)| kind)
    }
}

/// The record of an event statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Ledger and place.
    pub context: Context,
    /// What kind.
    pub kind: EventKind,
    /// The entry it is about.
    pub target: LeafHash,
    /// Why, in words.
    pub reason: String,
    /// Keys a reader must understand.
    pub must: Vec<String>,
    /// Everything else, by kind.
    pub rest: Map,
}

impl EventRecord {
    pub(super) fn read(value: Value) -> Result<Self, FieldError> {
        let mut fields = Fields::new("", value)?;
        let kind = fields.text("kind")?;
        let kind = EventKind::of(fields.required("kind", kind)?);
        let context = Context::read(&mut fields)?;
        let target = fields.digest("target")?;
        let reason = fields.text("reason")?;
        Ok(Self {
            context,
            kind,
            target: LeafHash::from_bytes(fields.required("target", target)?),
            reason: fields.required("reason", reason)?,
            must: Room::read(&mut fields)?.must,
            rest: fields.rest().0,
        })
    }

    /// The CBOR map of the record.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = self.rest.clone();
        put(&mut map, "v", cbor::int(FORMAT_VERSION));
        put(&mut map, "kind", cbor::text(self.kind.as_str()));
        self.context.write(&mut map);
        put(&mut map, "target", cbor::bytes(*self.target.as_bytes()));
        put(&mut map, "reason", cbor::text(&self.reason));
        put_texts(&mut map, "must", &self.must);
        Value::Map(map)
    }
}
