//! The kind of a file, as a media type.

use encoding_rs::Encoding;
use file_format::FileFormat;

/// Media type of DOCX (ECMA-376).
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
/// Media type of ODT (ODF 1.3).
const ODT: &str = "application/vnd.oasis.opendocument.text";

/// A kind of file whose text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text as it stands, Markdown, CSV, XML and JSON included.
    Plain,
    /// HTML and XHTML.
    Html,
    /// WordprocessingML (ECMA-376).
    Docx,
    /// OpenDocument text (ODF 1.3).
    Odt,
    /// PDF (ISO 32000-2).
    Pdf,
}

impl Kind {
    /// The kind that a media type names, its parameters aside; `None` if its
    /// text is not read.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        Some(match essence {
            "text/html" | "application/xhtml+xml" => Self::Html,
            DOCX => Self::Docx,
            ODT => Self::Odt,
            "application/pdf" => Self::Pdf,
            "application/json" | "application/xml" => Self::Plain,
            text if text.starts_with("text/") => Self::Plain,
            _ => return None,
        })
    }
}

/// Kinds of text that no signature tells apart, by their ending.
const TEXT_ENDINGS: [(&str, &str); 9] = [
    ("md", "text/markdown"),
    ("markdown", "text/markdown"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("csv", "text/csv"),
    ("xml", "application/xml"),
    ("json", "application/json"),
    ("txt", "text/plain"),
    ("text", "text/plain"),
];

/// Kinds of packed file, by the folder that holds their parts (ECMA-376-2,
/// part names as the makers of the formats choose them).
const PACKED_FOLDERS: [(&[u8], &str); 3] = [
    (b"word/", DOCX),
    (
        b"xl/",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        b"ppt/",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];

/// Kinds of compound file (MS-CFB), by the stream they hold, and by ending where
/// the folder of streams lies beyond the first bytes.
const COMPOUND: [(&str, &str, &str); 3] = [
    ("WordDocument", "doc", "application/msword"),
    ("Workbook", "xls", "application/vnd.ms-excel"),
    (
        "PowerPoint Document",
        "ppt",
        "application/vnd.ms-powerpoint",
    ),
];

/// The media type of a file, from its first bytes (64 KiB are plenty) and,
/// where those leave it open, its name. What is neither known nor text is
/// `application/octet-stream`.
#[must_use]
pub fn media_type(name: Option<&str>, head: &[u8]) -> String {
    let ending = name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending.to_lowercase());
    let ending = ending.as_deref();
    let by_ending = TEXT_ENDINGS
        .iter()
        .find(|(known, _)| Some(*known) == ending)
        .map(|(_, media_type)| *media_type);
    if let Some(packed) = packed(head) {
        return packed;
    }
    let format = FileFormat::from_bytes(head);
    let media_type = match (&format, by_ending) {
        (FileFormat::Empty, _) => "application/octet-stream",
        (FileFormat::ArbitraryBinaryData | FileFormat::PlainText, Some(text))
            if is_text(head) || is_legacy_text(head) =>
        {
            text
        }
        (FileFormat::ArbitraryBinaryData, None) if is_text(head) => "text/plain",
        // Of longer files the head alone does not lead to the list of their parts.
        (FileFormat::ArbitraryBinaryData, _) if head.starts_with(b"PK\x03\x04") => {
            "application/zip"
        }
        (FileFormat::ArbitraryBinaryData | FileFormat::CompoundFileBinary, _)
            if head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") =>
        {
            compound(head, ending)
        }
        (format, _) => format.media_type(),
    };
    media_type.to_owned()
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

/// Whether bytes could be text in an encoding that leaves ASCII in its place:
/// no control characters but white space and ISO 2022's escape.
fn is_legacy_text(head: &[u8]) -> bool {
    head.iter()
        .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))
}

/// The kind of a ZIP file: what its first part `mimetype` says (ODF 1.3 part 2,
/// 3.3), else the folder of one of the parts that begin in `head`.
fn packed(head: &[u8]) -> Option<String> {
    const HEADER: usize = 30;
    let number = |at: usize| {
        Some(usize::from(u16::from_le_bytes([
            *head.get(at)?,
            *head.get(at + 1)?,
        ])))
    };
    if !head.starts_with(b"PK\x03\x04") {
        return None;
    }
    let (name, extra) = (number(26)?, number(28)?);
    if head.get(HEADER..HEADER + name)? == b"mimetype" && number(8)? == 0 {
        let from = HEADER + name + extra;
        let content = head.get(from..from + number(18)?)?;
        let is_media_type = |c: char| c.is_ascii_graphic();
        return std::str::from_utf8(content)
            .ok()
            .filter(|text| text.len() < 100 && text.chars().all(is_media_type))
            .map(str::to_owned);
    }
    let parts = head
        .windows(4)
        .enumerate()
        .filter(|(_, bytes)| bytes == b"PK\x03\x04");
    let mut names = parts.filter_map(|(at, _)| head.get(at + HEADER..));
    names.find_map(|name| {
        let known = PACKED_FOLDERS.iter();
        known
            .into_iter()
            .find(|(folder, _)| name.starts_with(folder))
            .map(|(_, media_type)| (*media_type).to_owned())
    })
}

fn compound(head: &[u8], ending: Option<&str>) -> &'static str {
    let holds = |stream: &str| {
        let name: Vec<u8> = stream.encode_utf16().flat_map(u16::to_le_bytes).collect();
        head.windows(name.len()).any(|bytes| bytes == name)
    };
    let found = COMPOUND.iter().find(|(stream, _, _)| holds(stream));
    found
        .or_else(|| COMPOUND.iter().find(|(_, known, _)| Some(*known) == ending))
        .map_or("application/x-cfb", |(_, _, media_type)| media_type)
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
    fn text_in_an_older_encoding_is_known_by_its_ending() {
        assert_eq!(media_type(Some("a.txt"), b"d\xe9j\xe0 vu\n"), "text/plain");
        assert_eq!(
            media_type(None, b"d\xe9j\xe0 vu\n"),
            "application/octet-stream"
        );
    }

    #[test]
    fn a_packed_file_is_known_by_a_part_in_its_head() {
        let mut head = b"PK\x03\x04".to_vec();
        head.resize(26, 0);
        head.extend_from_slice(b"\x0b\0\0\0_rels/.relsPK\x03\x04");
        head.resize(head.len() + 26, 0);
        assert_eq!(media_type(None, &head), "application/zip");
        head.extend_from_slice(b"word/document.xml");
        assert_eq!(media_type(Some("a.zip"), &head), DOCX);
    }

    #[test]
    fn a_compound_file_is_known_by_its_stream_else_by_its_ending() {
        let mut head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        head.resize(1024, 0);
        assert_eq!(media_type(Some("a.bin"), &head), "application/x-cfb");
        assert_eq!(media_type(Some("a.doc"), &head), "application/msword");
        head.extend("Workbook".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(media_type(Some("a.doc"), &head), "application/vnd.ms-excel");
    }
}
