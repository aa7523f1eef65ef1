//! Bytes in their one accepted form. Nothing here knows what the bytes mean.

pub mod base64;
pub mod cbor;
pub mod cose;
pub mod fields;
pub mod note;

/// A decimal number without leading zeros or a sign.
#[must_use]
pub fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
