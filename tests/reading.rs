//! Files as the program reads them: whole ones give their text, and whatever a
//! hostile one does ends with an answer.

#![cfg(feature = "cli")]
#![expect(clippy::disallowed_methods, reason = "tests touch files")]

use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use docledger::reading::{Limits, ReadError, Text, read};

const PDF: &str = "application/pdf";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn data(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reading");
    std::fs::read(folder.join(name)).expect("reads")
}

fn lines(text: &Text) -> Vec<&str> {
    text.lines.iter().map(|line| line.text.as_str()).collect()
}

fn words(text: &str) -> HashMap<String, usize> {
    let mut words = HashMap::new();
    let all = text.split(|c: char| !c.is_alphanumeric());
    for word in all.filter(|word| !word.is_empty()) {
        *words.entry(word.to_lowercase()).or_default() += 1;
    }
    words
}

/// A PDF of objects; readers find them without a table.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    for (number, object) in (1..).zip(objects) {
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    file.extend(b"trailer\n<</Root 1 0 R>>\n%%EOF\n");
    file
}

fn stream(entries: &str, content: &str) -> String {
    let length = content.len();
    format!("<<{entries} /Length {length}>>\nstream\n{content}\nendstream")
}

/// A page that runs this content, with Helvetica as `F`; further objects from 6.
fn page(content: &str, more: &[&str]) -> Vec<u8> {
    let content = stream("", content);
    let mut objects = vec![
        "<</Type/Catalog /Pages 2 0 R /Lang (fr-CH)>>",
        "<</Type/Pages /Kids [3 0 R] /Count 1>>",
        "<</Type/Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R \
         /Resources <</Font <</F 5 0 R>> /XObject <</X 6 0 R>>>>>>",
        &content,
        "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica>>",
    ];
    objects.extend_from_slice(more);
    pdf(&objects)
}

fn docx(body: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(
        "word/document.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .expect("a part");
    write!(
        zip,
        "<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"
    )
    .expect("writes");
    zip.finish().expect("a file").into_inner()
}

/// What the program's reader answers, as it stands; it must end by itself.
fn answer(media_type: &str, file: Vec<u8>) -> String {
    let begun = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_docledger"))
        .args(["read-text", "--media-type", media_type])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut input = child.stdin.take().expect("an input");
    let sent = std::thread::spawn(move || input.write_all(&file));
    let output = child.wait_with_output().expect("ends");
    drop(sent.join());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{} {complaint}", output.status);
    assert!(begun.elapsed() < Duration::from_secs(10));
    let answer = String::from_utf8(output.stdout).expect("text");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_page_gives_its_text_in_the_order_of_its_masthead() {
    let text = read(PDF, &data("A_80_L.20.pdf"), Limits::default()).expect("a text");
    assert_eq!(
        lines(&text)[..7],
        [
            "A/80/L.20",
            "United Nations",
            "General Assembly",
            "Distr.: Limited",
            "25 November 2025",
            "Original: English",
            "Eightieth session",
        ]
    );
    assert_eq!(text.language.as_deref(), Some("en"));
    assert_eq!(text.warnings, [""; 0]);
    let expected = String::from_utf8(data("A_80_L.20.txt")).expect("text");
    assert_eq!(words(&lines(&text).join("\n")), words(&expected));
}

#[test]
fn a_scan_is_no_error_but_told() {
    let scan = data("note-verbale-OLA-2022-03-04-scan.pdf");
    let text = read(PDF, &scan, Limits::default()).expect("an answer");
    assert_eq!(text.lines, []);
    assert!(text.warnings[0].starts_with("no text layer"));
}

#[test]
fn a_font_that_is_left_out_and_turned_text_are_read() {
    let content = "BT /F 12 Tf 100 700 Td (upright) Tj ET \
                   BT /F 12 Tf 0 1 -1 0 50 100 Tm (turned) Tj ET \
                   BT /F 12 Tf 3 Tr 100 650 Td (unseen) Tj ET \
                   BT /F 12 Tf 100 -650 Td (off the page) Tj ET";
    let text = read(PDF, &page(content, &[]), Limits::default()).expect("a text");
    assert_eq!(lines(&text), ["upright", "unseen", "turned"]);
    assert_eq!(text.language.as_deref(), Some("fr-CH"));
}

#[test]
fn kinds_that_are_not_read_and_files_that_are_too_long_are_told_apart() {
    let limits = Limits {
        input: 10,
        ..Limits::default()
    };
    let kind = read("image/png", b"", limits);
    assert_eq!(kind, Err(ReadError::Kind("image/png".to_owned())));
    let long = read("text/plain", &[b'a'; 11], limits);
    assert!(matches!(long, Err(ReadError::TooLarge { limit: 10, .. })));
    let broken = read(PDF, b"%PDF-1.7", limits);
    assert!(matches!(broken, Err(ReadError::Damaged { .. })));
}

#[test]
fn hostile_pages_end_with_an_answer() {
    let pages = |kids: &str| {
        pdf(&[
            "<</Type/Catalog /Pages 2 0 R>>",
            &format!("<</Type/Pages /Kids [{kids}] /Count 1>>"),
            "<</Type/Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R \
             /Resources <</Font <</F 5 0 R>>>>>>",
            &stream("", "BT /F 12 Tf 100 700 Td (a) Tj ET"),
            "<</Type/Font /Subtype/Type1 /BaseFont/Helvetica>>",
        ])
    };
    answer(PDF, pages("2 0 R 3 0 R"));
    answer(PDF, pages(&"3 0 R ".repeat(1_000_000)));
    let inline = "<</Type/Page /MediaBox [0 0 600 800]>> ";
    let refused = answer(PDF, pages(&inline.repeat(20_000)));
    assert!(refused.contains("more than 10000 pages"), "{refused}");
}

#[test]
fn hostile_contents_end_with_an_answer() {
    let filters = format!("/Filter [{}]", "/ASCIIHexDecode ".repeat(100_000));
    let chain = stream(&filters, "61>");
    answer(PDF, page("/X Do", &[&chain]));
    let own = stream(
        "/Type/XObject /Subtype/Form /BBox [0 0 600 800] /Resources <</XObject <</X 6 0 R>>>>",
        "/X Do /X Do",
    );
    answer(PDF, page("/X Do", &[&own]));
    answer(PDF, page(&"[".repeat(1_000_000), &[]));
    answer(PDF, page(&"q ".repeat(1_000_000), &[]));
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    answer(PDF, page("", &[&deep]));
    let dense = format!(
        "BT /F 12 Tf 100 700 Td {} ET",
        "(aaaaaaaa) Tj ".repeat(50_000)
    );
    let refused = answer(PDF, page(&dense, &[]));
    assert!(refused.contains("glyphs on a page"), "{refused}");
}

#[test]
fn hostile_packages_and_pages_of_html_end_with_an_answer() {
    let bomb = docx(&"<w:p/>".repeat(30 << 20));
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let refused = answer(DOCX, bomb);
    assert!(refused.contains("bytes unpacked"), "{refused}");
    let deep = answer(DOCX, docx(&"<w:p>".repeat(100_000)));
    assert!(deep.contains("elements inside each other"), "{deep}");
    let deep = "<table><tr><td>".repeat(100_000) + "a";
    assert!(answer("text/html", deep.into_bytes()).contains("\"schema\""));
    let attributes = format!("<p {}>a", "b=c ".repeat(1_000_000));
    answer("text/html", attributes.into_bytes());
    let long = answer("text/plain", vec![b'a'; 200_000_000]);
    assert!(long.contains("longer than 64 MiB"), "{long}");
}
