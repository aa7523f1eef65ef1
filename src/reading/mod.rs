//! A file as a person reads it: its kind, and its text.
//!
//! Bytes go in and lines come out, within [`Limits`]; no file is touched here.
//! [`read`] trusts nothing in the bytes, and what parsers of other makers do in
//! spite of that (crash, run away) is the caller's to contain: the program reads
//! in a process of its own.
//!
//! Not here: what the text says of the document.

mod builder;
mod error;
mod html;
mod kind;
mod limits;
mod office;
mod pdf;
mod plain;
mod text;

pub use error::ReadError;
pub use kind::media_type;
pub use limits::Limits;
pub use plain::decode_text;
pub use text::{Line, Text};

use builder::Builder;
use limits::within;

/// Media type of DOCX (ECMA-376).
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Media type of ODT (ODF 1.3).
const ODT: &str = "application/vnd.oasis.opendocument.text";

/// The text of a file of a media type.
///
/// A file without text, such as a scan, gives no lines and a warning.
///
/// # Errors
/// When the kind is none whose text is read, the bytes are damaged, encrypted or
/// more than the limits allow, or the parser failed.
pub fn read(media_type: &str, bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    within(bytes.len(), limits.input, "bytes")?;
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence {
        "text/html" | "application/xhtml+xml" => html::read(bytes, limits),
        DOCX => office::docx::read(bytes, limits),
        ODT => office::odt::read(bytes, limits),
        "application/pdf" => pdf::read(bytes, limits),
        "application/json" | "application/xml" => plain::read(bytes, limits),
        text if text.starts_with("text/") => plain::read(bytes, limits),
        other => Err(ReadError::Kind(other.to_owned())),
    }
}
