//! The commands that record events, and those that tell what stands.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::Office;
use serde_json::{Value, json};

/// A/78/1 in English and French, and its corrigendum for the French one, which
/// also answers a document that is not registered.
fn with_documents() -> Office {
    let office = Office::open();
    for (name, text) in [
        ("en.txt", "one"),
        ("fr.txt", "un"),
        ("corr.txt", "for one read two"),
    ] {
        office.write(name, text);
    }
    let register = |flags: &[&str]| {
        office.text(
            &[
                &["register"],
                flags,
                &["--distribution", "Limited", "--yes"],
            ]
            .concat(),
        )
    };
    register(&[
        "en.txt",
        "--symbol",
        "A/78/1",
        "--language",
        "en",
        "--title",
        "A letter",
    ]);
    register(&["fr.txt", "--symbol", "A/78/1", "--language", "fr"]);
    let relations = [
        "--relation",
        "corrects A/78/1:fr",
        "--relation",
        "answers S/2024/9",
    ];
    register(
        &[
            &["corr.txt", "--symbol", "A/78/1/Corr.1", "--language", "fr"],
            &relations[..],
        ]
        .concat(),
    );
    office
}

/// A refused command: exit code 2, what it told, and nothing recorded.
fn refused(office: &Office, arguments: &[&str]) -> String {
    let before = office.entries();
    let output = office.run(arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(office.entries(), before, "{told}");
    told
}

#[test]
fn an_amendment_tells_old_and_new_and_show_marks_it() {
    let office = with_documents();
    let flags = [
        "--field",
        "title",
        "--value",
        "A long letter",
        "--reason",
        "cut off",
    ];
    let amend = [&["amend", "A/78/1:en"], &flags[..]].concat();
    let (planned, _) = office.summary(&[&amend[..], &["--dry-run"]].concat());
    assert_eq!(
        (&planned["schema"], &planned["entry"]),
        (&json!("docledger.event/1"), &Value::Null)
    );
    assert_eq!(office.entries(), 4);
    let (done, code) = office.summary(&[&amend[..], &["--yes"]].concat());
    assert_eq!(code, Some(0));
    assert_eq!(
        done["changes"],
        json!([{"field": "title", "old": "A letter", "new": "A long letter"}])
    );
    assert_eq!(
        (&done["kind"], &done["entry"], &done["target"]),
        (&json!("amend"), &json!(4), &json!(1))
    );
    let (shown, _) = office.summary(&["show", "A/78/1:en"]);
    assert_eq!(shown["record"]["title"], "A long letter");
    let amended = &shown["amended"][0];
    assert_eq!(
        (&amended["old"], &amended["reason"]),
        (&json!("A letter"), &json!("cut off"))
    );
    let text = office.text(&["show", "A/78/1:en"]);
    for line in [
        "amended       title by entry #4",
        "  was         A letter",
        "  because     cut off",
    ] {
        assert!(text.contains(line), "{text}");
    }
    // The other language has a record of its own.
    assert_eq!(
        office.summary(&["show", "A/78/1:fr"]).0["amended"],
        json!([])
    );
}

#[test]
fn a_distribution_is_changed_for_every_file_that_stands_in_one_append() {
    let office = with_documents();
    let change = [
        "distribution",
        "A/78/1",
        "General",
        "--reason",
        "decided",
        "--yes",
    ];
    let text = office.text(&change);
    assert!(
        text.contains("recorded as entry 4\n") && text.contains("recorded as entry 5\n"),
        "{text}"
    );
    let told = refused(&office, &change);
    assert!(told.contains("nothing would change"), "{told}");
    let steps = office.text(&["log", "A/78/1", "--format", "json"]);
    let steps: Vec<Value> = steps
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let entries: Vec<_> = steps.iter().map(|step| step["entry"].as_u64()).collect();
    assert_eq!(entries, [Some(1), Some(2), Some(4), Some(5)]);
    assert_eq!(steps[3]["event"]["changes"][0]["new"], "General");
    assert_eq!(steps[3]["target"], 2);
}

#[test]
fn what_stands_is_told_of_a_loose_file() {
    let office = with_documents();
    let standing = |file: &str| office.summary(&["status", file]).0["standing"].clone();
    assert_eq!(standing("en.txt")["corrected_by"], json!([]));
    assert_eq!(
        standing("fr.txt")["corrected_by"],
        json!([{"number": 3, "subject": "A/78/1/Corr.1", "languages": ["fr"]}])
    );
    assert_eq!(
        standing("en.txt")["languages"]["missing"],
        json!(["ar", "zh", "ru", "es"])
    );
    let (open, _) = office.summary(&["list", "--open"]);
    assert_eq!(
        (&open["schema"], &open["target"]),
        (&json!("docledger.open/1"), &json!("S/2024/9"))
    );
    office.text(&[
        "withdraw",
        "A/78/1/Corr.1",
        "--reason",
        "sent in error",
        "--yes",
    ]);
    let withdrawn = standing("corr.txt");
    assert_eq!(withdrawn["current"], false);
    assert_eq!(withdrawn["withdrawn"]["reason"], "sent in error");
    assert_eq!(standing("fr.txt")["corrected_by"], json!([]));
    assert_eq!(office.text(&["list", "--open"]), "");
    assert!(office.text(&["list"]).contains("[withdrawn]"));
    let told = office.text(&["status", "corr.txt"]);
    assert!(
        told.contains("withdrawn by entry #4") && told.contains("sent in error"),
        "{told}"
    );
}

#[test]
fn a_symbol_leads_to_the_document_it_was_assigned_to() {
    let office = with_documents();
    office.write("note.txt", "a note");
    office.text(&["register", "note.txt", "--language", "en", "--yes"]);
    office.text(&[
        "assign-symbol",
        "note.txt",
        "S/2024/9",
        "--reason",
        "issued",
        "--yes",
    ]);
    assert_eq!(office.text(&["list", "--open"]), "");
    let (shown, _) = office.summary(&["show", "s/2024/9"]);
    assert_eq!(shown["record"]["identifier"], json!(["S/2024/9"]));
    assert!(
        shown["subject"]
            .as_str()
            .is_some_and(|subject| subject.starts_with("ni:"))
    );
    let text = office.text(&["show", "S/2024/9"]);
    assert!(
        text.starts_with("S/2024/9\n") && text.contains("S/2024/9 by entry #5"),
        "{text}"
    );
}

#[test]
fn what_is_not_meant_is_not_recorded() {
    let office = with_documents();
    let amend = |flags: &[&str]| {
        let common = ["amend", "A/78/1:en", "--reason", "why", "--yes"];
        refused(&office, &[&common[..], flags].concat())
    };
    for (field, why) in [
        ("language", "never moves"),
        ("identifier", "assign-symbol"),
        ("accessRights", "event of its own"),
        ("colour", "no field that can be amended"),
    ] {
        let told = amend(&["--field", field, "--value", "x"]);
        assert!(told.contains(why), "{told}");
    }
    let told = amend(&["--field", "issued", "--value", "2024-02-30"]);
    assert!(told.contains("--value"), "{told}");
    let told = amend(&["--field", "title", "--value", "one", "--value", "two"]);
    assert!(told.contains("give --value once"), "{told}");
    let told = amend(&["--field", "relations", "--value", "revises A/78/1"]);
    assert!(told.contains("revises itself"), "{told}");
    let told = refused(
        &office,
        &["withdraw", "A/78/1", "--reason", "a\u{7}b", "--yes"],
    );
    assert!(
        told.contains("reason holds the unprintable character"),
        "{told}"
    );
    let told = refused(&office, &["withdraw", "A/78/1", "--reason", " ", "--yes"]);
    assert!(told.contains("the reason is blank"), "{told}");
    let told = refused(&office, &["withdraw", "A/78/1", "--yes"]);
    assert!(told.contains("--reason"), "{told}");
    // Without a terminal nobody can confirm.
    let told = refused(&office, &["withdraw", "A/78/1", "--reason", "why"]);
    assert!(told.contains("--yes"), "{told}");
}
