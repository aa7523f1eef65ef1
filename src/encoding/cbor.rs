//! Deterministic CBOR (RFC 8949 §4.2.1): what is written, and a reader that
//! refuses everything else.
//!
//! No general CBOR library refuses long-form integers, indefinite lengths,
//! unsorted or repeated keys, so the bytes are checked here first, before
//! anything is allocated for them. Decoding then goes through `serde_cbor`,
//! and what was decoded is encoded again and compared.
//!
//! Not here: what a map's keys mean ([`super::fields`]), and COSE's one tag
//! ([`super::cose`]).

use std::collections::BTreeMap;

pub use serde_cbor::Value;

/// A CBOR map; its order is the order of the encoded keys.
pub type Map = BTreeMap<Value, Value>;

/// How deeply items may be nested.
pub const MAX_DEPTH: usize = 32;
/// How many items an array may hold.
pub const MAX_ARRAY: u64 = 1_024;
/// How many pairs a map may hold.
pub const MAX_MAP: u64 = 256;
/// How many bytes a text may hold.
pub const MAX_TEXT: u64 = 8_192;

/// Why bytes are not an accepted CBOR item, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct CborError {
    /// Where in the checked bytes, counted from 0.
    pub offset: usize,
    /// Which rule is broken.
    pub reason: CborReason,
}

/// The rules of the accepted form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CborReason {
    /// The item is longer than the bytes.
    #[error("the bytes end inside an item")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes after the item")]
    Trailing,
    /// RFC 8949 §4.2.1: arguments are as short as possible.
    #[error("a number or length is not in its shortest form")]
    NotShortest,
    /// RFC 8949 §4.2.1: lengths are definite.
    #[error("indefinite length")]
    Indefinite,
    /// RFC 8949 §4.2.1: keys are sorted bytewise on their encodings.
    #[error("map keys are not sorted")]
    Unsorted,
    /// A key occurs twice.
    #[error("the same map key twice")]
    DuplicateKey,
    /// Tags are not used inside an entry.
    #[error("a tag")]
    Tag,
    /// Floating-point numbers are not used.
    #[error("a floating-point number")]
    Float,
    /// Only false, true and null are used.
    #[error("an unassigned simple value")]
    Simple,
    /// Reserved additional information.
    #[error("reserved additional information")]
    Reserved,
    /// Text must be UTF-8.
    #[error("text that is not UTF-8")]
    NotUtf8,
    /// See [`MAX_DEPTH`].
    #[error("nested deeper than 32 levels")]
    TooDeep,
    /// See [`MAX_ARRAY`], [`MAX_MAP`], [`MAX_TEXT`].
    #[error("an array, map or text larger than the format allows")]
    TooLarge,
    /// Decoding and encoding again gave other bytes.
    #[error("not the deterministic encoding of its value")]
    NotDeterministic,
}

/// Decodes one item that fills `bytes` exactly and is in its one accepted form.
///
/// # Errors
/// The first rule broken, with its place.
pub fn decode(bytes: &[u8]) -> Result<Value, CborError> {
    let end = check_item(bytes, 0, 0)?;
    if end != bytes.len() {
        return Err(CborError {
            offset: end,
            reason: CborReason::Trailing,
        });
    }
    let not_deterministic = CborError {
        offset: 0,
        reason: CborReason::NotDeterministic,
    };
    let value: Value = serde_cbor::from_slice(bytes).map_err(|_| not_deterministic.clone())?;
    if encode(&value) != bytes {
        return Err(not_deterministic);
    }
    Ok(value)
}

/// Encodes a value deterministically.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    serde_cbor::to_vec(value).expect("a value in memory has an encoding")
}

/// Encodes a map deterministically.
#[must_use]
pub fn encode_map(map: &Map) -> Vec<u8> {
    encode(&Value::Map(map.clone()))
}

/// A text value.
#[must_use]
pub fn text(value: impl Into<String>) -> Value {
    Value::Text(value.into())
}

/// A byte string value.
#[must_use]
pub fn bytes(value: impl Into<Vec<u8>>) -> Value {
    Value::Bytes(value.into())
}

/// An integer value.
#[must_use]
pub fn int(value: impl Into<i128>) -> Value {
    Value::Integer(value.into())
}

/// An array of texts.
#[must_use]
pub fn texts<T: AsRef<str>>(values: &[T]) -> Value {
    Value::Array(values.iter().map(|value| text(value.as_ref())).collect())
}

/// A value in the diagnostic notation of RFC 8949 §8, for people.
#[must_use]
pub fn diagnostic(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => format!("{text:?}"),
        Value::Bytes(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("h'{digits}'")
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(diagnostic).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let pair = |(key, value)| format!("{}: {}", diagnostic(key), diagnostic(value));
            let pairs: Vec<_> = map.iter().map(pair).collect();
            format!("{{{}}}", pairs.join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn fail<T>(offset: usize, reason: CborReason) -> Result<T, CborError> {
    Err(CborError { offset, reason })
}

/// Checks the item at `at`; returns where it ends.
fn check_item(bytes: &[u8], at: usize, depth: usize) -> Result<usize, CborError> {
    if depth > MAX_DEPTH {
        return fail(at, CborReason::TooDeep);
    }
    let (major, argument, body) = read_head(bytes, at)?;
    match major {
        0 | 1 => Ok(body),
        2 => skip(bytes, at, body, argument),
        3 => check_text(bytes, at, body, argument),
        4 => check_array(bytes, at, body, argument, depth),
        5 => check_map(bytes, at, body, argument, depth),
        6 => fail(at, CborReason::Tag),
        _ => match argument {
            20..=22 => Ok(body),
            _ => fail(at, CborReason::Simple),
        },
    }
}

/// Major type, argument, and where the head ends.
fn read_head(bytes: &[u8], at: usize) -> Result<(u8, u64, usize), CborError> {
    let Some(&first) = bytes.get(at) else {
        return fail(at, CborReason::Truncated);
    };
    let (major, info) = (first >> 5, first & 0x1f);
    let width = match info {
        0..=23 => return Ok((major, u64::from(info), at + 1)),
        24..=27 if major == 7 && info > 24 => return fail(at, CborReason::Float),
        24 if major == 7 => return fail(at, CborReason::Simple),
        24..=27 => 1_usize << (info - 24),
        31 => return fail(at, CborReason::Indefinite),
        _ => return fail(at, CborReason::Reserved),
    };
    let Some(digits) = bytes.get(at + 1..at + 1 + width) else {
        return fail(at, CborReason::Truncated);
    };
    let argument = digits
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte));
    let least = match width {
        1 => 24,
        2 => 1 << 8,
        4 => 1 << 16,
        _ => 1 << 32,
    };
    if argument < least {
        return fail(at, CborReason::NotShortest);
    }
    Ok((major, argument, at + 1 + width))
}

fn skip(bytes: &[u8], at: usize, body: usize, length: u64) -> Result<usize, CborError> {
    match usize::try_from(length)
        .ok()
        .and_then(|length| body.checked_add(length))
    {
        Some(end) if end <= bytes.len() => Ok(end),
        _ => fail(at, CborReason::Truncated),
    }
}

fn check_text(bytes: &[u8], at: usize, body: usize, length: u64) -> Result<usize, CborError> {
    let end = skip(bytes, at, body, length)?;
    if length > MAX_TEXT {
        return fail(at, CborReason::TooLarge);
    }
    match std::str::from_utf8(&bytes[body..end]) {
        Ok(_) => Ok(end),
        Err(_) => fail(at, CborReason::NotUtf8),
    }
}

fn check_array(
    bytes: &[u8],
    at: usize,
    body: usize,
    count: u64,
    depth: usize,
) -> Result<usize, CborError> {
    if count > MAX_ARRAY {
        return fail(at, CborReason::TooLarge);
    }
    let mut end = body;
    for _ in 0..count {
        end = check_item(bytes, end, depth + 1)?;
    }
    Ok(end)
}

fn check_map(
    bytes: &[u8],
    at: usize,
    body: usize,
    count: u64,
    depth: usize,
) -> Result<usize, CborError> {
    if count > MAX_MAP {
        return fail(at, CborReason::TooLarge);
    }
    let mut end = body;
    let mut keys: Vec<&[u8]> = Vec::new();
    for _ in 0..count {
        let key_end = check_item(bytes, end, depth + 1)?;
        let key = &bytes[end..key_end];
        if keys.last().is_some_and(|before| *before >= key) {
            let twice = keys.contains(&key);
            return fail(
                end,
                if twice {
                    CborReason::DuplicateKey
                } else {
                    CborReason::Unsorted
                },
            );
        }
        keys.push(key);
        end = check_item(bytes, key_end, depth + 1)?;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(bytes: &[u8]) -> CborReason {
        decode(bytes).expect_err("this must be refused").reason
    }

    #[test]
    fn each_rule_refuses_its_own() {
        assert_eq!(refused(&[]), CborReason::Truncated);
        assert_eq!(refused(&[0x18]), CborReason::Truncated);
        assert_eq!(refused(&[0x00, 0x00]), CborReason::Trailing);
        assert_eq!(refused(&[0x18, 0x17]), CborReason::NotShortest);
        assert_eq!(refused(&[0x19, 0x00, 0xff]), CborReason::NotShortest);
        assert_eq!(refused(&[0x58, 0x01, 0x00]), CborReason::NotShortest);
        assert_eq!(refused(&[0x9f, 0xff]), CborReason::Indefinite);
        assert_eq!(
            refused(&[0xa2, 0x02, 0x00, 0x01, 0x00]),
            CborReason::Unsorted
        );
        assert_eq!(
            refused(&[0xa2, 0x01, 0x00, 0x01, 0x00]),
            CborReason::DuplicateKey
        );
        assert_eq!(refused(&[0xc1, 0x00]), CborReason::Tag);
        assert_eq!(refused(&[0xf9, 0x00, 0x00]), CborReason::Float);
        assert_eq!(refused(&[0xf7]), CborReason::Simple);
        assert_eq!(refused(&[0xf8, 0x20]), CborReason::Simple);
        assert_eq!(refused(&[0x1c]), CborReason::Reserved);
        assert_eq!(refused(&[0x61, 0xff]), CborReason::NotUtf8);
        assert_eq!(refused(&[0x81; 40]), CborReason::TooDeep);
        assert_eq!(
            refused(&[0x9b, 0, 0, 0, 1, 0, 0, 0, 0]),
            CborReason::TooLarge
        );
        assert_eq!(
            refused(&[0xbb, 0, 0, 0, 1, 0, 0, 0, 0]),
            CborReason::TooLarge
        );
        assert_eq!(
            refused(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            CborReason::Truncated
        );
        let mut long = vec![0x79, 0x20, 0x01];
        long.extend([b'a'; 8_193]);
        assert_eq!(refused(&long), CborReason::TooLarge);
    }

    #[test]
    fn values_have_a_notation_for_people() {
        let map = Map::from([(text("a"), Value::Array(vec![int(-1), bytes([0xab])]))]);
        assert_eq!(diagnostic(&Value::Map(map)), "{\"a\": [-1, h'ab']}");
        assert_eq!(diagnostic(&text("two\nlines")), "\"two\\nlines\"");
    }

    #[test]
    fn keys_are_ordered_by_their_encodings() {
        // RFC 8949 §4.2.1 example order, without the float and simple keys.
        let keys = [
            int(10),
            int(100),
            int(-1),
            text("z"),
            text("aa"),
            Value::Array(vec![int(100)]),
        ];
        let map: Map = keys.iter().rev().map(|key| (key.clone(), int(0))).collect();
        let encoded = encode_map(&map);
        let mut expected = vec![0xa6];
        for key in &keys {
            expected.extend(encode(key));
            expected.push(0);
        }
        assert_eq!(encoded, expected);
        assert_eq!(decode(&encoded), Ok(Value::Map(map)));
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(int),
            any::<u64>().prop_map(int),
            "\\PC{0,12}".prop_map(Value::Text),
            proptest::collection::vec(any::<u8>(), 0..12).prop_map(Value::Bytes),
            any::<bool>().prop_map(Value::Bool),
            Just(Value::Null),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
                proptest::collection::btree_map(inner.clone(), inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(value in any_value()) {
            prop_assert_eq!(decode(&encode(&value)), Ok(value));
        }

        #[test]
        fn what_is_accepted_has_one_encoding(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(value) = decode(&bytes) {
                prop_assert_eq!(encode(&value), bytes);
            }
        }

        #[test]
        fn a_changed_byte_is_refused_or_changes_the_value(
            value in any_value(), place in any::<prop::sample::Index>(), flip in 1_u8..,
        ) {
            let mut bytes = encode(&value);
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
            prop_assert_ne!(decode(&bytes), Ok(value));
        }
    }
}
