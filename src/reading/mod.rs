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
#[cfg(feature = "pdf")]
mod pdf;
mod plain;
mod text;

pub use error::ReadError;
pub use kind::{Kind, media_type};
pub use limits::Limits;
pub use plain::decode_text;
pub use text::{Line, Text};

use builder::Builder;
use limits::within;

/// The text of a file of a media type.
///
/// A file without text, such as a scan, gives no lines and a warning.
///
/// # Errors
/// When the kind is none whose text is read, the bytes are damaged, encrypted or
/// more than the limits allow, or the parser failed.
pub fn read(media_type: &str, bytes: &[u8], limits: Limits) -> Result<Text, ReadError> {
    within(bytes.len(), limits.input, "bytes")?;
    let kind = Kind::of(media_type).ok_or_else(|| ReadError::Kind(media_type.to_owned()))?;
    match kind {
        Kind::Plain => plain::read(bytes, limits),
        Kind::Html => html::read(bytes, limits),
        Kind::Docx => office::docx::read(bytes, limits),
        Kind::Odt => office::odt::read(bytes, limits),
        #[cfg(feature = "pdf")]
        Kind::Pdf => pdf::read(bytes, limits),
        #[cfg(not(feature = "pdf"))]
        Kind::Pdf => Err(ReadError::Kind(media_type.to_owned())),
    }
}
