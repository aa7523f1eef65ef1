//! The register as a whole, and what it lacks.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::Office;

/// Numbers 1, 4 and 5 of a series, a second revision without the first, a
/// corrigendum to nothing, and one text twice.
fn with_gaps() -> Office {
    let office = Office::open();
    for (name, text) in [
        ("a", "one"),
        ("b", "four"),
        ("c", "five"),
        ("d", "new"),
        ("e", "corrected"),
    ] {
        office.write(&format!("{name}.txt"), text);
    }
    office.write("f.txt", "one");
    office.write(
        "table.csv",
        "file,symbols,language,title\n\
         a.txt,A/80/L.1,en,=1+1\n\
         b.txt,A/80/L.4,en,<b>Four</b>\n\
         c.txt,A/80/L.5,fr,\n\
         d.txt,A/80/L.1/Rev.2,en,\n\
         e.txt,A/79/9/Corr.1,en,\n\
         f.txt,INV-1,en,\n",
    );
    office.text(&[
        "register",
        "--manifest",
        "table.csv",
        "--allow-same-bytes",
        "--yes",
    ]);
    office
}

#[test]
fn gaps_are_told() {
    let (gaps, _) = with_gaps().summary(&["list", "--register"]);
    assert_eq!(gaps["schema"], "docledger.register-gaps/1");
    let numbers: Vec<_> = gaps["numbers"].as_array().expect("a list").iter().collect();
    assert_eq!(numbers.len(), 2, "{numbers:?}");
    assert_eq!(
        (&numbers[0]["series"], &numbers[0]["missing"]),
        (&"A/80/L.".into(), &serde_json::json!([[2, 3]]))
    );
    assert_eq!(
        (&numbers[1]["series"], &numbers[1]["missing"]),
        (&"A/80/L.1/Rev.".into(), &serde_json::json!([[1, 1]]))
    );
    let open: Vec<_> = gaps["open"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| &it["target"])
        .collect();
    assert_eq!(open, ["A/80/L.1/Rev.1", "A/79/9"]);
    assert_eq!(gaps["duplicates"][0]["entries"], serde_json::json!([1, 6]));
    assert_eq!(
        gaps["languages"][2]["missing"],
        serde_json::json!(["ar", "zh", "en", "ru", "es"])
    );
    // A reference of another office has no languages to be missing.
    assert_eq!(gaps["languages"].as_array().map(Vec::len), Some(5));
}

#[test]
fn each_shape_holds_every_document_and_nothing_runs() {
    let office = with_gaps();
    let table = office.text(&["list", "--register"]);
    assert!(table.contains("superseded by A/80/L.1/Rev.2"), "{table}");
    assert!(table.contains("A/80/L.: 2–3 (up to 5)"), "{table}");
    let csv = office.text(&["list", "--register=csv"]);
    assert_eq!(csv.lines().count(), 7, "{csv}");
    assert!(csv.contains(",'=1+1,"), "{csv}");
    let page = office.text(&["list", "--register=html"]);
    assert!(
        page.contains("&lt;b&gt;Four&lt;/b&gt;") && !page.contains("<b>"),
        "{page}"
    );
    assert!(page.contains("<li>A/80/L.: 2–3 (up to 5)</li>"), "{page}");
}
