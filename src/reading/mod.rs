//! A file as a person reads it: its kind, and its text.
//!
//! Not here: what the text says of the document.

mod text;

pub use text::{Line, Text};

use encoding_rs::{Encoding, UTF_8};
use file_format::FileFormat;

/// Kinds of text that no signature tells apart, by their ending.
const TEXT_ENDINGS: [(&str, &str); 7] = [
    ("md", "text/markdown"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("csv", "text/csv"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("txt", "text/plain"),
];

/// The media type of a file, from its first bytes and, for text, its name.
/// What is neither known nor text is `application/octet-stream`.
#[must_use]
pub fn media_type(name: Option<&str>, head: &[u8]) -> String {
    let ending = name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.to_lowercase());
    let by_ending = TEXT_ENDINGS
        .iter()
        .find(|(known, _)| Some(*known) == ending.as_deref());
    let format = FileFormat::from_bytes(head);
    let media_type = match (&format, by_ending) {
        (FileFormat::Empty, _) => "application/octet-stream",
        (FileFormat::ArbitraryBinaryData | FileFormat::PlainText, Some((_, text)))
            if is_text(head) =>
        {
            text
        }
        (FileFormat::ArbitraryBinaryData, None) if is_text(head) => "text/plain",
        (format, _) => format.media_type(),
    };
    media_type.to_owned()
}

/// Text in UTF-8, or in UTF-16 with a byte order mark; `None` if the bytes are
/// neither.
#[must_use]
pub fn decode_text(bytes: &[u8]) -> Option<String> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or((UTF_8, 0));
    let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..])?;
    (!text.contains('\0')).then(|| text.into_owned())
}

/// Whether the first bytes of a file are text, of which the last character may be cut.
fn is_text(head: &[u8]) -> bool {
    if Encoding::for_bom(head).is_some() {
        return true;
    }
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    valid && !head.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_binary_are_told_apart() {
        assert_eq!(media_type(Some("a.txt"), b"some text\n"), "text/plain");
        assert_eq!(media_type(Some("a.md"), b"# title\n"), "text/markdown");
        assert_eq!(media_type(None, b"%PDF-1.7\n"), "application/pdf");
        assert_eq!(
            media_type(Some("a.txt"), b"\0\x01\x02"),
            "application/octet-stream"
        );
        assert_eq!(media_type(Some("a"), b""), "application/octet-stream");
    }

    #[test]
    fn encodings_with_a_mark_are_read() {
        assert_eq!(decode_text(b"\xef\xbb\xbfa").as_deref(), Some("a"));
        assert_eq!(decode_text(b"\xff\xfea\0").as_deref(), Some("a"));
        assert_eq!(decode_text(b"\xff"), None);
    }
}
