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

/// How long a reading may take on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);
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
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
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
                   BT /F 12 Tf 100 -650 Td (off the page) Tj ET";
    let text = read(PDF, &page(content, &[]), Limits::default()).expect("a text");
    assert_eq!(lines(&text), ["upright", "turned"]);
    assert_eq!(text.warnings, ["left out: 10 glyphs off the page"]);
    assert_eq!(text.language.as_deref(), Some("fr-CH"));
}

#[test]
fn text_without_a_trace_is_read_only_where_a_page_has_no_other() {
    let unseen = "q BT /F 12 Tf 3 Tr 100 650 Td (unseen) Tj ET Q ";
    let text = read(PDF, &page(unseen, &[]), Limits::default()).expect("a text");
    assert_eq!(lines(&text), ["unseen"]);
    assert_eq!(
        text.warnings,
        ["the text layer is invisible: text over a picture, as OCR makes it, on page 1"]
    );
    let both = unseen.to_owned() + "BT /F 12 Tf 100 700 Td (seen) Tj ET";
    let text = read(PDF, &page(&both, &[]), Limits::default()).expect("a text");
    assert_eq!(lines(&text), ["seen"]);
    assert_eq!(text.warnings, ["left out: 6 invisible glyphs"]);
}

#[test]
fn white_text_is_read_only_where_something_lies_behind_it() {
    let white = "q 1 g BT /F 12 Tf 100 650 Td (white) Tj ET Q ";
    for (before, shown) in [
        ("", false),
        ("1 g 90 640 200 30 re f ", false),
        ("0 g 300 640 200 30 re f ", false),
        ("0 0 1 rg 90 640 200 30 re f ", true),
        ("20 w 90 655 m 300 655 l S ", true),
    ] {
        let text = read(
            PDF,
            &page(&(before.to_owned() + white), &[]),
            Limits::default(),
        );
        let text = text.expect("a text");
        let told = if shown {
            assert_eq!(lines(&text), ["white"], "{before}");
            "some text is white"
        } else {
            assert_eq!(lines(&text), [""; 0], "{before}");
            "left out: 5 white glyphs on the bare page"
        };
        assert!(
            text.warnings.iter().any(|warning| warning == told),
            "{before}"
        );
    }
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

/// Runs the program on an office of its own: (exit code, output, complaints).
fn office(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_docledger"))
        .args(["--home", "office"])
        .args(arguments)
        .current_dir(folder)
        .env("DOCLEDGER_STATE", folder.join("state"))
        .output()
        .expect("runs");
    let [out, err] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), out, err)
}

/// An office in which these files are registered as #1, #2 …
fn office_with(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut init = vec!["init", "--no-passphrase"];
    init.extend(["--issuer", "https://records.example.org"]);
    init.extend(["--origin", "records.example.org/register"]);
    assert_eq!(office(folder.path(), &init).0, Some(0));
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
        let register = ["register", name, "--language", "en", "--yes"];
        let (code, _, err) = office(folder.path(), &register);
        assert_eq!(code, Some(0), "{err}");
    }
    folder
}

fn paragraph(text: &str) -> String {
    format!("<w:p>{text}</w:p>")
}

fn run(text: &str) -> String {
    format!("<w:r><w:t>{text}</w:t></w:r>")
}

#[test]
fn cat_and_diff_read_the_texts_of_registered_files() {
    let first = paragraph(&run("Agenda item 31")) + &paragraph(&run("The same"));
    let second = paragraph(&(run("Agenda item ") + "<w:ins>" + &run("32") + "</w:ins>"));
    let folder = office_with(&[
        ("a.docx", docx(&first)),
        ("b.docx", docx(&(second + &paragraph(&run("The same"))))),
        ("c.pdf", data("A_80_L.20.pdf")),
    ]);
    let cat = |arguments: &[&str]| office(folder.path(), &[&["cat"], arguments].concat());
    assert_eq!(cat(&["#1", "--text"]).1, "Agenda item 31\nThe same\n");
    let (code, out, err) = cat(&["#2", "--text"]);
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "Agenda item 32\nThe same\n")
    );
    assert_eq!(
        err,
        "#2: tracked changes are read as accepted: 1 insertion, 0 deletions\n"
    );
    let (_, out, _) = cat(&["#3", "--text", "--format", "json"]);
    let mut lines = out.lines();
    let head = "{\"language\":\"en\",\"lines\":19,\"schema\":\"docledger.text/1\",\"warnings\":[]}";
    assert_eq!(lines.next(), Some(head));
    assert_eq!(lines.next(), Some("{\"page\":1,\"text\":\"A/80/L.20\"}"));
    let (code, out, _) = office(folder.path(), &["diff", "#1", "#2"]);
    assert_eq!(code, Some(1));
    assert!(
        out.contains("-Agenda item 31\n+Agenda item 32\n The same\n"),
        "{out}"
    );
}

#[test]
fn what_a_hostile_file_does_ends_with_the_child() {
    let form = |own: usize, inner: usize| {
        let dictionary = format!(
            "/Type/XObject /Subtype/Form /BBox [0 0 9 9] /Resources <</XObject <</X {inner} 0 R>>>> /Own {own}"
        );
        stream(&dictionary, &"/X Do ".repeat(100))
    };
    let forms: Vec<_> = (6..14).map(|own| form(own, own + 1)).collect();
    let mut forms: Vec<_> = forms.iter().map(String::as_str).collect();
    forms.push("<</Type/XObject /Subtype/Form>>");
    let endless = page("/X Do", &forms);
    let folder = office_with(&[("endless.pdf", endless), ("kind.bin", vec![0; 99])]);
    let begun = Instant::now();
    let (code, _, err) = office(folder.path(), &["cat", "#1", "--text"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("took longer than 8 seconds"), "{err}");
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    let (code, _, err) = office(folder.path(), &["cat", "#2", "--text"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("plain text, Markdown, HTML, DOCX, ODT and PDF"),
        "{err}"
    );
    assert_eq!(office(folder.path(), &["verify"]).0, Some(0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_takes_too_much_memory_is_told_as_a_crash() {
    use flate2::Compression;
    use flate2::write::ZlibEncoder;

    let mut packed = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..1024 {
        packed.write_all(&[b'q'; 1 << 20]).expect("packs");
    }
    let packed = packed.finish().expect("packs");
    let mut file = page("", &[]);
    let at = file
        .windows(5)
        .position(|bytes| bytes == b"4 0 o")
        .expect("there");
    file.truncate(at);
    let dictionary = format!("<</Filter/FlateDecode /Length {}>>", packed.len());
    file.extend(format!("4 0 obj\n{dictionary}\nstream\n").bytes());
    file.extend(packed);
    file.extend(b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n");
    let folder = office_with(&[("bomb.pdf", file)]);
    let (code, _, err) = office(folder.path(), &["cat", "#1", "--text"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("the reader crashed on this file"), "{err}");
}
