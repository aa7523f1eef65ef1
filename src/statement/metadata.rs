//! The fields of a document's record that describe it: read, written and
//! corrected one by one, by the same rule each time.

use crate::encoding::cbor::{self, Map, Value};
use crate::encoding::fields::{FieldError, Fields};

use super::DocumentRecord;
use super::claims::{
    Body, Relation, Signatory, Source, language_tags, languages, list_value, parsed,
};

/// A field that describes a document. What makes the version chain (language,
/// version, change, previous), names the document (identifier) or fixes the
/// file is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetadataField {
    /// Languages it was drafted in.
    OriginalLanguage,
    /// Title.
    Title,
    /// Kind of document.
    Type,
    /// Masthead date.
    Issued,
    /// Date of the letter.
    Created,
    /// Date of adoption.
    DateAccepted,
    /// Date the office received it.
    Received,
    /// Date of the reissue.
    Reissued,
    /// Distribution.
    AccessRights,
    /// Job number.
    JobNumber,
    /// Organs.
    Bodies,
    /// Who signed the paper.
    Signatories,
    /// Other documents.
    Relations,
    /// Where the file came from.
    Source,
}

/// Why a field of a record can't be amended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAmendable {
    /// `accessRights`.
    #[error("the distribution is changed by an event of its own (distribution)")]
    Distribution,
    /// `identifier`, `identifierPrinted`.
    #[error("a symbol is added by an event of its own (assign-symbol), and none is taken away")]
    Symbol,
    /// What makes the chain, or fixes the file.
    #[error("{0:?} never moves: register the file again as what it is")]
    Chain(String),
    /// No field that describes a document.
    #[error(
        "{0:?} is no field that can be amended; those are {all}",
        all = amendable_names()
    )]
    Unknown(String),
}

fn amendable_names() -> String {
    let amendable = MetadataField::ALL
        .iter()
        .filter(|(field, _)| *field != MetadataField::AccessRights);
    let names: Vec<_> = amendable.map(|(_, name)| *name).collect();
    names.join(", ")
}

impl MetadataField {
    /// All, with the names records use.
    pub const ALL: [(Self, &'static str); 14] = [
        (Self::OriginalLanguage, "originalLanguage"),
        (Self::Title, "title"),
        (Self::Type, "type"),
        (Self::Issued, "issued"),
        (Self::Created, "created"),
        (Self::DateAccepted, "dateAccepted"),
        (Self::Received, "received"),
        (Self::Reissued, "reissued"),
        (Self::AccessRights, "accessRights"),
        (Self::JobNumber, "jobNumber"),
        (Self::Bodies, "bodies"),
        (Self::Signatories, "signatories"),
        (Self::Relations, "relations"),
        (Self::Source, "source"),
    ];

    /// The name records use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        super::claims::word_of(&Self::ALL, self)
    }

    /// The field of this name, if an amendment may change it.
    ///
    /// # Errors
    /// If it may not, with what to do instead.
    pub fn amendable(name: &str) -> Result<Self, NotAmendable> {
        let found = Self::ALL.iter().find(|(_, known)| *known == name);
        match (found, name) {
            (Some((Self::AccessRights, _)), _) => Err(NotAmendable::Distribution),
            (Some((field, _)), _) => Ok(*field),
            (None, "identifier" | "identifierPrinted") => Err(NotAmendable::Symbol),
            (None, "language" | "version" | "change" | "previous" | "file") => {
                Err(NotAmendable::Chain(name.to_owned()))
            }
            (None, _) => Err(NotAmendable::Unknown(name.to_owned())),
        }
    }

    /// The field's value in a record, as it is encoded; `None` if it is blank.
    #[must_use]
    pub fn value(self, record: &DocumentRecord) -> Option<Value> {
        let text = |text: &Option<String>| text.clone().map(Value::Text);
        let date = |date: Option<super::PartialDate>| date.map(|date| cbor::text(date.to_string()));
        match self {
            Self::OriginalLanguage => {
                let tags = language_tags(&record.original_language);
                list_value(tags.into_iter().map(cbor::text))
            }
            Self::Title => text(&record.title),
            Self::Type => text(&record.document_type),
            Self::Issued => date(record.issued),
            Self::Created => date(record.created),
            Self::DateAccepted => date(record.adopted),
            Self::Received => date(record.received),
            Self::Reissued => date(record.reissued),
            Self::AccessRights => text(&record.distribution),
            Self::JobNumber => text(&record.job_number),
            Self::Bodies => list_value(record.bodies.iter().map(Body::to_value)),
            Self::Signatories => list_value(record.signatories.iter().map(Signatory::to_value)),
            Self::Relations => list_value(record.relations.iter().map(Relation::to_value)),
            Self::Source => record.source.as_ref().and_then(Source::to_value),
        }
    }

    /// Gives the field of a record another value, or blanks it.
    ///
    /// # Errors
    /// If the value is not of the field's type; the record is as it was then.
    pub fn set(self, record: &mut DocumentRecord, value: Option<Value>) -> Result<(), FieldError> {
        let name = self.as_str();
        let map: Map = value
            .map(|value| (cbor::text(name), value))
            .into_iter()
            .collect();
        self.read(&mut Fields::new("", Value::Map(map))?, name, record)
    }

    /// Takes the field's value from the key `name` of a map into a record.
    pub(super) fn read(
        self,
        fields: &mut Fields,
        name: &str,
        record: &mut DocumentRecord,
    ) -> Result<(), FieldError> {
        match self {
            Self::OriginalLanguage => record.original_language = languages(fields, name)?,
            Self::Title => record.title = fields.text(name)?,
            Self::Type => record.document_type = fields.text(name)?,
            Self::Issued => record.issued = parsed(fields, name)?,
            Self::Created => record.created = parsed(fields, name)?,
            Self::DateAccepted => record.adopted = parsed(fields, name)?,
            Self::Received => record.received = parsed(fields, name)?,
            Self::Reissued => record.reissued = parsed(fields, name)?,
            Self::AccessRights => record.distribution = fields.text(name)?,
            Self::JobNumber => record.job_number = fields.text(name)?,
            Self::Bodies => record.bodies = fields.maps(name, Body::read)?,
            Self::Signatories => record.signatories = fields.maps(name, Signatory::read)?,
            Self::Relations => record.relations = fields.maps(name, Relation::read)?,
            Self::Source => record.source = fields.map(name, Source::read)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::{LeafHash, LedgerId, TreeHash};
    use crate::statement::{Change, Context, Language, TreeHead};

    fn blank() -> DocumentRecord {
        let context = Context {
            ledger: LedgerId::from_bytes([1; 32]),
            on: TreeHead {
                size: 1,
                root: TreeHash::from_bytes([2; 32]),
            },
            authority: LeafHash::from_bytes([3; 32]),
        };
        DocumentRecord::new(context, Change::First, 1, Language::undetermined(), 0)
    }

    fn map(pairs: &[(&str, Value)]) -> Value {
        Value::Map(
            pairs
                .iter()
                .map(|(key, value)| (cbor::text(*key), value.clone()))
                .collect(),
        )
    }

    /// A value of each field's type.
    fn sample(field: MetadataField) -> Value {
        let list = |item| Value::Array(vec![item]);
        match field {
            MetadataField::OriginalLanguage => cbor::texts(&["fr", "zh-Hans"]),
            MetadataField::Issued
            | MetadataField::Created
            | MetadataField::DateAccepted
            | MetadataField::Received
            | MetadataField::Reissued => cbor::text("1947-05"),
            MetadataField::Title
            | MetadataField::Type
            | MetadataField::AccessRights
            | MetadataField::JobNumber => cbor::text("a text"),
            MetadataField::Bodies => list(map(&[
                ("name", cbor::text("an organ")),
                ("agenda", cbor::texts(&["72 (a)"])),
            ])),
            MetadataField::Signatories => list(map(&[("name", cbor::text("a name"))])),
            MetadataField::Relations => list(map(&[
                ("kind", cbor::text("corrects")),
                ("target", cbor::text("A/78/1")),
                ("languages", cbor::texts(&["en"])),
            ])),
            MetadataField::Source => map(&[("from", cbor::text("somebody"))]),
        }
    }

    #[test]
    fn every_field_is_set_read_and_blanked_alone() {
        for (field, name) in MetadataField::ALL {
            let mut record = blank();
            field
                .set(&mut record, Some(sample(field)))
                .expect("of its type");
            assert_eq!(field.value(&record), Some(sample(field)), "{name}");
            let Value::Map(encoded) = record.to_value() else {
                panic!("a map")
            };
            assert_eq!(encoded.get(&cbor::text(name)), Some(&sample(field)));
            field.set(&mut record, None).expect("blank");
            assert_eq!(record, blank(), "{name}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_refused_and_leaves_the_record() {
        for (field, name) in MetadataField::ALL {
            let mut record = blank();
            field
                .set(&mut record, Some(sample(field)))
                .expect("of its type");
            let before = record.clone();
            for wrong in [cbor::int(1), cbor::text(""), Value::Array(Vec::new())] {
                assert!(field.set(&mut record, Some(wrong)).is_err(), "{name}");
            }
            assert_eq!(record, before, "{name}");
        }
        let day = Some(cbor::text("2024-2-30"));
        assert!(MetadataField::Issued.set(&mut blank(), day).is_err());
    }

    #[test]
    fn what_makes_the_chain_or_names_the_document_is_not_amended() {
        for (field, name) in MetadataField::ALL {
            let found = MetadataField::amendable(name);
            match field {
                MetadataField::AccessRights => assert_eq!(found, Err(NotAmendable::Distribution)),
                _ => assert_eq!(found, Ok(field)),
            }
        }
        for name in ["language", "version", "change", "previous", "file"] {
            let refused = Err(NotAmendable::Chain(name.to_owned()));
            assert_eq!(MetadataField::amendable(name), refused);
        }
        for name in ["identifier", "identifierPrinted"] {
            assert_eq!(MetadataField::amendable(name), Err(NotAmendable::Symbol));
        }
        let refused = MetadataField::amendable("futureField").expect_err("unknown");
        assert!(
            refused.to_string().contains("title, type, issued"),
            "{refused}"
        );
    }
}
