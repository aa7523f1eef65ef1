//! Real mastheads, read exactly: every field with its line and confidence, as
//! it stands in `data/mastheads/NAME.expected`.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Command;

use docledger::masthead::{Field, Masthead, read};
use docledger::reading::Text;
use docledger::statement::Signatory;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/mastheads")
}

/// Adds one line a value: name, value, line, confidence.
fn put<'a, T: Display + 'a>(
    text: &mut String,
    name: &str,
    fields: impl IntoIterator<Item = &'a Field<T>>,
) {
    for field in fields {
        let (value, line) = (&field.value, field.line);
        let sure = field.confidence.as_str();
        text.push_str(&format!("{name}: {value} @{line} {sure}\n"));
    }
}

fn told(masthead: &Masthead) -> String {
    let mut text = String::new();
    let joined = |field: &Field<Vec<String>>| field.clone_as(field.value.join(", "));
    let signed = |field: &Field<Signatory>| {
        let title = field.value.title.clone().unwrap_or_default();
        field.clone_as(format!("{} | {title}", field.value.name))
    };
    put(&mut text, "symbol", &masthead.symbols);
    put(&mut text, "date", &masthead.date);
    put(&mut text, "distribution", &masthead.distribution);
    put(&mut text, "version", &masthead.language_line);
    put(
        &mut text,
        "original",
        &masthead.original_language.as_ref().map(joined),
    );
    put(&mut text, "only in", &masthead.only_in);
    for body in &masthead.bodies {
        put(&mut text, "body", [&body.name]);
        put(&mut text, "session", &body.session);
        put(&mut text, "agenda item", &body.agenda);
    }
    put(&mut text, "title", &masthead.title);
    put(&mut text, "kind", &masthead.kind);
    let signatories: Vec<Field<String>> = masthead.signatories.iter().map(signed).collect();
    put(&mut text, "signatory", &signatories);
    put(&mut text, "letter", &masthead.letter_date);
    put(&mut text, "adopted", &masthead.adopted_on);
    put(&mut text, "reissued", &masthead.reissued_on);
    put(&mut text, "adopts", &masthead.adopts);
    put(&mut text, "job number", &masthead.job_number);
    for warning in &masthead.warnings {
        text.push_str(&format!("warning: {} @{}\n", warning.text, warning.line));
    }
    text
}

#[test]
fn real_mastheads_are_read_exactly() {
    let files = common::files(&folder());
    let texts = files
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"));
    let mut seen = 0;
    for path in texts {
        let text = std::fs::read_to_string(path).expect("reads");
        let told = told(&read(&Text::plain(&text).lines));
        let expected = path.with_extension("expected");
        if std::env::var_os("DOCLEDGER_REFRESH").is_some() {
            std::fs::write(&expected, &told).expect("writes");
        }
        let expected = std::fs::read_to_string(&expected).expect("reads");
        assert_eq!(told, expected, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 8, "{seen} mastheads");
}

fn inspect(arguments: &[&str], file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_docledger"))
        .arg("inspect")
        .args(arguments)
        .arg(file)
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn inspect_prints_a_table_of_80_columns() {
    let table = inspect(&[], &folder().join("S_2007_179.cover.txt"));
    let rows: Vec<&str> = table.lines().skip(3).collect();
    assert!(rows.iter().all(|row| row.chars().count() <= 80), "{table}");
    let cells = |row: &str| {
        row.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(cells(rows[0]), ["field", "value", "line", "confidence"]);
    assert_eq!(cells(rows[2]), ["S/2007/179", "1", "certain"]);
    assert_eq!(rows[0].find("value"), rows[2].find("S/2007"), "{table}");
}

#[test]
fn inspect_prints_one_object() {
    let path = folder().join("S_2007_179.cover.txt");
    let text = inspect(&["--format", "json"], &path);
    let object: serde_json::Value = serde_json::from_str(&text).expect("one object");
    assert_eq!(object["schema"], "docledger.inspect/1");
    assert_eq!(object["media_type"], "text/plain");
    assert_eq!(
        object["size"],
        std::fs::metadata(&path).expect("a file").len()
    );
    let date = serde_json::json!({
        "value": "2007-03-30", "printed": "30 March 2007", "line": 9, "page": 1, "confidence": "certain",
    });
    assert_eq!(object["fields"]["date"], date);
    let symbols = &object["fields"]["symbols"];
    assert_eq!(
        symbols["value"],
        serde_json::json!(["A/61/833", "S/2007/179"])
    );
    assert_eq!(symbols["printed"], "A/61/833–S/2007/179");
    assert!(object["fields"].get("adopted_on").is_none());
    let organs = serde_json::json!([
        {"name": "General Assembly", "session": "Sixty-first session", "agenda_items": ["108 (e)"]},
        {"name": "Security Council", "session": "Sixty-second year", "agenda_items": []},
    ]);
    assert_eq!(object["organs"], organs);
}

#[test]
fn inspect_says_when_nothing_is_printed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("A_80_L.1.txt");
    std::fs::write(&path, "a shopping list\n").expect("writes");
    assert!(inspect(&[], &path).contains("nothing was recognised that official documents print"));
    let object: serde_json::Value =
        serde_json::from_str(&inspect(&["--format", "json"], &path)).expect("one object");
    assert_eq!(object["fields"], serde_json::json!({}));
}
