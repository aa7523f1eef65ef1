//! Bytes in their one accepted form. Nothing here knows what the bytes mean.

pub mod base64;
pub mod cbor;
pub mod cose;
pub mod fields;
pub mod note;
