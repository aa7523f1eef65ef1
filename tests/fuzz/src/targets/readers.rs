//! Readers of files: what they give is within the limits.

use std::io::{Cursor, Write as _};

use docledger::reading::{Limits, Text, media_type, read};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Small ones, so that they are reached.
const LIMITS: Limits = Limits {
    input: 1 << 18,
    unpacked: 1 << 18,
    parts: 100,
    depth: 128,
    pages: 50,
    lines: 5_000,
    text: 1 << 18,
};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const ODT: &str = "application/vnd.oasis.opendocument.text";

/// Parts the parts of a package that is given as XML.
const PART: &[u8] = b"\n%%\n";
const DOCX_PARTS: [&str; 6] = [
    "word/document.xml",
    "word/styles.xml",
    "word/footnotes.xml",
    "word/endnotes.xml",
    "word/_rels/document.xml.rels",
    "word/header1.xml",
];
const ODT_PARTS: [&str; 3] = ["content.xml", "styles.xml", "META-INF/manifest.xml"];

pub(super) fn plain(bytes: &[u8]) {
    kind_of(bytes);
    check("text/plain", bytes);
}

pub(super) fn html(bytes: &[u8]) {
    kind_of(bytes);
    check("text/html", bytes);
}

/// A package, or its XML parts one after the other, which damage that no
/// checksum survives would never reach.
pub(super) fn docx(bytes: &[u8]) {
    kind_of(bytes);
    package(bytes, DOCX, &DOCX_PARTS);
}

/// As [`docx`].
pub(super) fn odt(bytes: &[u8]) {
    kind_of(bytes);
    package(bytes, ODT, &ODT_PARTS);
}

#[cfg(feature = "pdf")]
pub(super) fn pdf(bytes: &[u8]) {
    kind_of(bytes);
    check("application/pdf", bytes);
}

/// A kind is a media type that can stand in a record.
fn kind_of(bytes: &[u8]) {
    for name in [None, Some("a.docx"), Some("a.txt")] {
        let kind = media_type(name, bytes);
        assert!(kind.contains('/') && kind.is_ascii());
    }
}

fn package(bytes: &[u8], media_type: &str, names: &[&str]) {
    if bytes.starts_with(b"PK") {
        return check(media_type, bytes);
    }
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, part) in names.iter().zip(parts(bytes)) {
        zip.start_file(*name, stored).expect("in memory");
        zip.write_all(part).expect("in memory");
    }
    let packed = zip.finish().expect("in memory").into_inner();
    check(media_type, &packed);
}

fn parts(bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    let mut rest = bytes;
    while let Some(end) = rest.windows(PART.len()).position(|window| window == PART) {
        parts.push(&rest[..end]);
        rest = &rest[end + PART.len()..];
    }
    parts.push(rest);
    parts
}

fn check(media_type: &str, bytes: &[u8]) {
    let Ok(Text {
        lines,
        language,
        warnings,
    }) = read(media_type, bytes, LIMITS)
    else {
        return;
    };
    assert!(lines.len() <= LIMITS.lines);
    let length: usize = lines.iter().map(|line| line.text.len()).sum();
    assert!(length <= LIMITS.text, "{length} bytes");
    assert!(lines.is_sorted_by_key(|line| line.page));
    for line in &lines {
        assert!(!line.text.contains('\n'), "{:?}", line.text);
        assert!(line.page >= 1);
    }
    let is_tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
    assert!(language.is_none_or(|tag| tag.len() <= 35 && tag.chars().all(is_tag)));
    assert!(warnings.iter().map(String::len).sum::<usize>() <= LIMITS.text);
}
