//! CBOR, statements and notes: one value, one encoding.

use docledger::encoding::cbor;
use docledger::encoding::cose::assemble;
use docledger::encoding::note::Note;
use docledger::statement::{DOCUMENT_RECORD, Governance, Matter, Statement, Typed};

/// What decodes is encoded to the same bytes.
pub(super) fn cbor(bytes: &[u8]) {
    if let Ok(value) = cbor::decode(bytes) {
        assert_eq!(cbor::encode(&value), bytes);
        assert!(!cbor::diagnostic(&value).is_empty());
    }
}

/// A statement is made of its parts alone, and one in which everything is known
/// says nothing that its record leaves out.
pub(super) fn statement(bytes: &[u8]) {
    let Ok(statement) = Statement::parse(bytes) else {
        return;
    };
    let message = &statement.envelope.message;
    let protected = cbor::encode_map(message.header());
    let again = assemble(
        &protected,
        statement.envelope.payload(),
        message.signature(),
    );
    assert_eq!(again, bytes);
    if !statement.unknown.is_empty() {
        return;
    }
    let (said, read) = match &statement.matter {
        Matter::Document(document) => {
            assert!(matches!(statement.envelope.typed, Typed::Hash(_)));
            let record = &statement.envelope.claims[&cbor::int(DOCUMENT_RECORD)];
            (cbor::encode(record), document.record.to_value())
        }
        Matter::Event(event) => (
            message.payload().unwrap_or_default().into(),
            event.to_value(),
        ),
        Matter::Governance(record @ Governance::Opening(_)) => (
            message.payload().unwrap_or_default().into(),
            record.to_value(),
        ),
        Matter::Governance(_) | Matter::Unknown => return,
    };
    assert_eq!(
        cbor::encode(&read),
        said,
        "the record says more than was read"
    );
}

/// What parses prints back.
pub(super) fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_text().as_bytes(), bytes);
    }
}
