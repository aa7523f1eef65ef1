//! COSE_Sign1 (RFC 9052 §4.2): keeps the bytes received, and builds the bytes
//! to be signed. Knows no algorithm and no key.
//!
//! ```cddl
//! COSE_Sign1_Tagged = #6.18([
//!   protected: bstr .cbor header-map / bstr .size 0,
//!   unprotected: header-map,
//!   payload: bstr / nil,
//!   signature: bstr,
//! ])
//! ```

use super::cbor::{self, CborError, Map, Value};

/// The first byte of a tagged COSE_Sign1: tag 18 in its shortest form.
const TAG_18: u8 = 0xd2;

/// Why bytes are not a COSE_Sign1 in its one accepted form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoseError {
    /// RFC 9943: the tag is never left out.
    #[error("not tagged as COSE_Sign1 (tag 18)")]
    NotTagged,
    /// Another tag stands there.
    #[error("tagged otherwise than as COSE_Sign1 (tag 18)")]
    WrongTag,
    /// The message itself.
    #[error("the message is not deterministic CBOR: {0}")]
    Message(CborError),
    /// The protected header inside its byte string.
    #[error("the protected header is not deterministic CBOR: {0}")]
    Protected(CborError),
    /// Not the four parts of a COSE_Sign1, of their types.
    #[error("not an array of protected header, unprotected header, payload and signature")]
    Shape,
    /// RFC 9052 §3: labels occur once.
    #[error("a label stands in both headers")]
    LabelTwice,
    /// RFC 9052 §3.1: an extension that must be understood; none is.
    #[error("a critical header parameter this program does not know")]
    Critical,
}

/// The label of `crit` (RFC 9052 §3.1).
const CRIT: i128 = 2;

/// A COSE_Sign1 as received. Its signature has not been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sign1 {
    protected: Vec<u8>,
    header: Map,
    unprotected: Map,
    payload: Option<Vec<u8>>,
    signature: Vec<u8>,
}

impl Sign1 {
    /// Reads a tagged message, refusing every form but the deterministic one.
    ///
    /// # Errors
    /// The first rule broken.
    pub fn parse(bytes: &[u8]) -> Result<Self, CoseError> {
        let untagged = match bytes.first() {
            Some(&TAG_18) => &bytes[1..],
            Some(first) if first >> 5 == 6 => return Err(CoseError::WrongTag),
            _ => return Err(CoseError::NotTagged),
        };
        let value = cbor::decode(untagged).map_err(|error| {
            CoseError::Message(CborError {
                offset: error.offset + 1,
                ..error
            })
        })?;
        let Value::Array(parts) = value else {
            return Err(CoseError::Shape);
        };
        let parts: [Value; 4] = parts.try_into().map_err(|_| CoseError::Shape)?;
        let [
            Value::Bytes(protected),
            Value::Map(unprotected),
            payload,
            Value::Bytes(signature),
        ] = parts
        else {
            return Err(CoseError::Shape);
        };
        let payload = match payload {
            Value::Bytes(payload) => Some(payload),
            Value::Null => None,
            _ => return Err(CoseError::Shape),
        };
        let header = read_protected(&protected)?;
        check_labels(&header, &unprotected)?;
        Ok(Self {
            protected,
            header,
            unprotected,
            payload,
            signature,
        })
    }

    /// The protected header's bytes as received.
    #[must_use]
    pub fn protected(&self) -> &[u8] {
        &self.protected
    }

    /// The protected header, decoded.
    #[must_use]
    pub fn header(&self) -> &Map {
        &self.header
    }

    /// The unprotected header, decoded.
    #[must_use]
    pub fn unprotected(&self) -> &Map {
        &self.unprotected
    }

    /// The payload, unless it is detached.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// The signature, of whatever length was received.
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The bytes the signature covers, with `payload` in the place of a detached one.
    #[must_use]
    pub fn to_be_signed(&self, detached: &[u8]) -> Vec<u8> {
        sig_structure(&self.protected, self.payload.as_deref().unwrap_or(detached))
    }
}

/// The `Sig_structure` of RFC 9052 §4.4 with empty external data.
#[must_use]
pub fn sig_structure(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    cbor::encode(&Value::Array(vec![
        cbor::text("Signature1"),
        cbor::bytes(protected),
        cbor::bytes([]),
        cbor::bytes(payload),
    ]))
}

/// A tagged message with an empty unprotected header, as it enters a ledger.
#[must_use]
pub fn assemble(protected: &[u8], payload: &[u8], signature: &[u8]) -> Vec<u8> {
    assemble_with(protected, Map::new(), Some(payload), signature)
}

/// A tagged message with an unprotected header, whose payload may be detached.
#[must_use]
pub fn assemble_with(
    protected: &[u8],
    unprotected: Map,
    payload: Option<&[u8]>,
    signature: &[u8],
) -> Vec<u8> {
    let mut message = vec![TAG_18];
    message.extend(cbor::encode(&Value::Array(vec![
        cbor::bytes(protected),
        Value::Map(unprotected),
        payload.map_or(Value::Null, cbor::bytes),
        cbor::bytes(signature),
    ])));
    message
}

fn read_protected(protected: &[u8]) -> Result<Map, CoseError> {
    if protected.is_empty() {
        return Ok(Map::new());
    }
    match cbor::decode(protected).map_err(CoseError::Protected)? {
        Value::Map(header) => Ok(header),
        _ => Err(CoseError::Shape),
    }
}

fn check_labels(header: &Map, unprotected: &Map) -> Result<(), CoseError> {
    if header
        .keys()
        .chain(unprotected.keys())
        .any(|key| !is_label(key))
    {
        return Err(CoseError::Shape);
    }
    let crit = cbor::int(CRIT);
    if header.contains_key(&crit) || unprotected.contains_key(&crit) {
        return Err(CoseError::Critical);
    }
    if header.keys().any(|label| unprotected.contains_key(label)) {
        return Err(CoseError::LabelTwice);
    }
    Ok(())
}

fn is_label(key: &Value) -> bool {
    matches!(key, Value::Integer(_) | Value::Text(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assembled_message_reads_back() {
        let protected = cbor::encode_map(&Map::from([(cbor::int(1), cbor::int(-8))]));
        let bytes = assemble(&protected, b"payload", &[7; 64]);
        let message = Sign1::parse(&bytes).expect("well formed");
        assert_eq!(message.payload(), Some(&b"payload"[..]));
        assert_eq!(message.signature(), [7; 64]);
        assert_eq!(message.header().get(&cbor::int(1)), Some(&cbor::int(-8)));
        assert_eq!(
            message.to_be_signed(b""),
            sig_structure(&protected, b"payload")
        );
    }

    #[test]
    fn tags_are_told_apart() {
        let bytes = assemble(&[], b"", &[0; 64]);
        assert_eq!(Sign1::parse(&bytes[1..]), Err(CoseError::NotTagged));
        let other = [&[0xd8, 98], &bytes[1..]].concat();
        assert_eq!(Sign1::parse(&other), Err(CoseError::WrongTag));
        assert_eq!(Sign1::parse(&[]), Err(CoseError::NotTagged));
    }
}
