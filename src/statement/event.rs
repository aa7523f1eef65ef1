//! Records of events: something said about an earlier entry. Nothing is ever
//! edited in place; an event is how a record is corrected.

use crate::digest::LeafHash;
use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, FieldProblem, Fields};

use super::claims::{Context, Room, put, put_list, put_some, put_text, put_texts};
use super::{Change, DocumentRecord, FORMAT_VERSION, Language, MetadataField, NotAmendable};

/// One field of a record, as it stood and as it shall stand.
///
/// ```cddl
/// { field: tstr, ? old: any, ? new: any }   ; absent is blank; as in a document-record
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Which.
    pub field: MetadataField,
    /// Its encoded value before; `None` if it was blank.
    pub old: Option<Value>,
    /// Its encoded value from here on; `None` if it is blanked.
    pub new: Option<Value>,
}

/// What an event says of the entry it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Corrects fields of the entry's record.
    Amend(Vec<FieldChange>),
    /// Gives the document another symbol, or its first.
    AssignSymbol {
        /// Canonical symbols; several if a joint one is given.
        identifier: Vec<String>,
        /// As printed, where that differs.
        printed: Option<String>,
    },
    /// Changes the distribution of the entry's file.
    Distribution {
        /// What it was.
        old: Option<String>,
        /// What it is from here on.
        new: Option<String>,
    },
    /// Withdraws the document, in all its languages and versions.
    Withdraw,
    /// Vouches for the entry, which may be an event: a second officer's word,
    /// or one for an entry that a compromised key made void.
    Endorse,
    /// A kind that this version does not weigh (`hold`, `release`, `dispose`, or
    /// a later one); what it says is kept with the unknown keys.
    Other(String),
}

impl Event {
    /// The word records use.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Amend(_) => "amend",
            Self::AssignSymbol { .. } => "assign-symbol",
            Self::Distribution { .. } => "distribution",
            Self::Withdraw => "withdraw",
            Self::Endorse => "endorse",
            Self::Other(kind) => kind,
        }
    }

    /// The fields of the entry's record that it changes.
    #[must_use]
    pub fn changes(&self) -> Vec<FieldChange> {
        match self {
            Self::Amend(changes) => changes.clone(),
            Self::Distribution { old, new } => vec![FieldChange {
                field: MetadataField::AccessRights,
                old: old.clone().map(Value::Text),
                new: new.clone().map(Value::Text),
            }],
            Self::AssignSymbol { .. } | Self::Withdraw | Self::Endorse | Self::Other(_) => {
                Vec::new()
            }
        }
    }

    fn read(kind: String, fields: &mut Fields, context: Context) -> Result<Self, FieldError> {
        Ok(match kind.as_str() {
            "amend" => Self::Amend(read_changes(fields, context)?),
            "assign-symbol" => {
                let identifier = fields.texts("identifier")?;
                let some = (!identifier.is_empty()).then_some(identifier);
                Self::AssignSymbol {
                    identifier: fields.required("identifier", some)?,
                    printed: fields.text("identifierPrinted")?,
                }
            }
            "distribution" => {
                let (old, new) = (fields.text("old")?, fields.text("new")?);
                check_differs(fields, old == new)?;
                Self::Distribution { old, new }
            }
            "withdraw" => Self::Withdraw,
            "endorse" => Self::Endorse,
            _ => Self::Other(kind),
        })
    }

    fn write(&self, map: &mut Map) {
        match self {
            Self::Amend(changes) => {
                put_list(map, "changes", changes.iter().map(FieldChange::to_value));
            }
            Self::AssignSymbol {
                identifier,
                printed,
            } => {
                put_texts(map, "identifier", identifier);
                put_text(map, "identifierPrinted", printed.as_ref());
            }
            Self::Distribution { old, new } => {
                put_text(map, "old", old.as_ref());
                put_text(map, "new", new.as_ref());
            }
            Self::Withdraw | Self::Endorse | Self::Other(_) => {}
        }
    }
}

/// The record of an event statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Ledger and place.
    pub context: Context,
    /// What it says.
    pub event: Event,
    /// The entry it is about.
    pub target: LeafHash,
    /// Why, in words.
    pub reason: String,
    /// Unknown keys a reader must understand.
    pub must: Vec<String>,
    /// Keys this program doesn't know, kept.
    pub unknown: Map,
    /// Paths of keys it doesn't know inside those it does.
    pub unread: Vec<String>,
}

impl EventRecord {
    /// A record with nothing unknown in it.
    #[must_use]
    pub fn new(context: Context, event: Event, target: LeafHash, reason: String) -> Self {
        Self {
            context,
            event,
            target,
            reason,
            must: Vec::new(),
            unknown: Map::new(),
            unread: Vec::new(),
        }
    }

    pub(super) fn read(value: Value) -> Result<Self, FieldError> {
        let later = amends_later_field(&value);
        let mut fields = Fields::new("", value)?;
        let kind = fields.text("kind")?;
        let kind = fields.required("kind", kind)?;
        let context = Context::read(&mut fields)?;
        let target = fields.digest("target")?;
        let target = LeafHash::from_bytes(fields.required("target", target)?);
        let reason = fields.text("reason")?;
        let reason = fields.required("reason", reason)?;
        let event = if later {
            Event::Other(kind)
        } else {
            Event::read(kind, &mut fields, context)?
        };
        let mut record = Self::new(context, event, target, reason);
        record.must = Room::read(&mut fields)?.must;
        (record.unknown, record.unread) = fields.rest();
        Ok(record)
    }

    /// The CBOR map of the record.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut map = self.unknown.clone();
        put(&mut map, "v", cbor::int(FORMAT_VERSION));
        put(&mut map, "kind", cbor::text(self.event.kind()));
        self.context.write(&mut map);
        put(&mut map, "target", cbor::bytes(*self.target.as_bytes()));
        put(&mut map, "reason", cbor::text(&self.reason));
        self.event.write(&mut map);
        put_texts(&mut map, "must", &self.must);
        Value::Map(map)
    }
}

impl FieldChange {
    fn read(fields: &mut Fields, context: Context) -> Result<Self, FieldError> {
        let name = fields.text("field")?;
        let name = fields.required("field", name)?;
        let field = MetadataField::amendable(&name)
            .map_err(|error| fields.error("field", FieldProblem::Invalid(error.to_string())))?;
        let (old, new) = (
            read_value(field, fields, "old", context)?,
            read_value(field, fields, "new", context)?,
        );
        check_differs(fields, old == new)?;
        Ok(Self { field, old, new })
    }

    fn to_value(&self) -> Value {
        let mut map = Map::new();
        put(&mut map, "field", cbor::text(self.field.as_str()));
        put_some(&mut map, "old", self.old.clone());
        put_some(&mut map, "new", self.new.clone());
        Value::Map(map)
    }
}

/// Reads a value by way of a record that is otherwise blank, so that it is held
/// to what documents' records are.
fn read_value(
    field: MetadataField,
    fields: &mut Fields,
    name: &str,
    context: Context,
) -> Result<Option<Value>, FieldError> {
    let language = Language::undetermined();
    let mut blank = DocumentRecord::new(context, Change::First, 1, language, 0);
    field.read(fields, name, &mut blank)?;
    Ok(field.value(&blank))
}

fn read_changes(fields: &mut Fields, context: Context) -> Result<Vec<FieldChange>, FieldError> {
    let changes = fields.maps("changes", |change| FieldChange::read(change, context))?;
    let some = (!changes.is_empty()).then_some(changes);
    let changes = fields.required("changes", some)?;
    for (place, change) in changes.iter().enumerate() {
        if changes[..place]
            .iter()
            .any(|other| other.field == change.field)
        {
            let twice = format!("names {} twice", change.field.as_str());
            return Err(fields.error("changes", FieldProblem::Invalid(twice)));
        }
    }
    Ok(changes)
}

fn check_differs(fields: &Fields, same: bool) -> Result<(), FieldError> {
    if same {
        return Err(fields.error("new", FieldProblem::Invalid("is the same as old".into())));
    }
    Ok(())
}

/// Whether an amendment names a field that no record of this version has. It
/// is kept whole, like a kind that is not known.
fn amends_later_field(record: &Value) -> bool {
    let Value::Map(record) = record else {
        return false;
    };
    let (kind, changes) = (
        record.get(&cbor::text("kind")),
        record.get(&cbor::text("changes")),
    );
    let (Some(Value::Text(kind)), Some(Value::Array(changes))) = (kind, changes) else {
        return false;
    };
    let is_later = |change: &Value| {
        let Value::Map(change) = change else {
            return false;
        };
        let name = change.get(&cbor::text("field"));
        matches!(name, Some(Value::Text(name))
            if matches!(MetadataField::amendable(name), Err(NotAmendable::Unknown(_))))
    };
    kind == "amend" && changes.iter().any(is_later)
}
