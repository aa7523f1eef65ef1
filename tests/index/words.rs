//! Words of titles and contents, in the six official languages.

use docledger::index::{Phrase, Query};
use docledger::statement::Change;

use super::common::bulk::Bulk;
use super::{ask, found, new_ledger, push, push_text, record};

fn words(typed: &[&str]) -> Query {
    Query {
        words: Phrase::parse_all(typed),
        ..Query::default()
    }
}

#[test]
fn the_universal_declaration_is_found_in_six_languages() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let tags = ["ar", "en", "es", "fr", "ru", "zh"];
    for tag in tags {
        let mut record = record(&bulk, "A/RES/217(III)", Change::First, 1);
        record.language = tag.parse().expect("a language");
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/demonstration");
        let text = std::fs::read(format!("{folder}/udhr.{tag}.txt")).expect("reads");
        push_text(&mut bulk, record, "text/plain", &text);
    }
    bulk.commit();
    let (ar, en, es, fr, ru, zh) = (1, 2, 3, 4, 5, 6);
    let cases: [(&[&str], &[u64]); 20] = [
        (&["freedom", "justice"], &[en]),
        (&["\"freedom, justice and peace\""], &[en]),
        (&["\"justice and freedom\""], &[]),
        (&["recogn*", "DIGNITY"], &[en]),
        (&["humanit*"], &[fr]),
        (&["humanit"], &[]),
        (&["liberté", "égalité"], &[fr]),
        (&["egalite"], &[fr]),
        (&["l’homme"], &[fr]),
        (&["educacion"], &[es]),
        (&["educación", "ninos"], &[es]),
        (&["educación", "enseñó"], &[]),
        (&["справедливости"], &[ru]),
        (&["СВОБОДЫ", "всеобщая"], &[ru]),
        (&["人权"], &[zh]),
        (&["自由、正义与和平"], &[zh]),
        (&["人宣世"], &[]),
        (&["الحرية"], &[ar]),
        (&["الحريه", "والعدل"], &[ar]),
        (&["NEAR(freedom justice)", "OR"], &[]),
    ];
    for (typed, expected) in cases {
        assert_eq!(found(home.path(), &words(typed)), expected, "{typed:?}");
    }
    assert!(found(home.path(), &words(&["de*"])).len() >= 2);
}

#[test]
fn titles_count_and_what_can_not_be_read_is_told() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let mut titled = record(&bulk, "A/1", Change::First, 1);
    titled.title = Some("Report of the Committee".into());
    push_text(&mut bulk, titled, "application/pdf", b"%PDF");
    let plain = record(&bulk, "A/2", Change::First, 1);
    push_text(
        &mut bulk,
        plain,
        "text/plain",
        b"the committee met; report follows",
    );
    let missing = record(&bulk, "A/3", Change::First, 1);
    push_text(&mut bulk, missing, "text/plain", b"\xff\xfe\x00");
    bulk.commit();
    assert_eq!(found(home.path(), &words(&["committee"])).len(), 2);
    assert_eq!(found(home.path(), &words(&["committee", "met"])), [2]);
    assert_eq!(
        found(home.path(), &words(&["\"committee report\""])),
        [0; 0]
    );
    let (answer, _) = ask(home.path(), &words(&["committee"]));
    assert_eq!(answer.unread, 2);
}

#[test]
fn nothing_that_is_typed_is_syntax() {
    let home = new_ledger();
    let mut bulk = Bulk::new(home.path());
    let record = record(&bulk, "A/1", Change::First, 1);
    push(&mut bulk, record);
    bulk.commit();
    for typed in [
        "\"",
        "'",
        "*",
        "a*b",
        "title:some",
        "(some",
        "some)",
        "-some",
        "^some",
        "some AND",
        "NOT some",
        "{title contents}: some",
        "some; DROP TABLE words",
        "\0",
        "\u{202e}some",
    ] {
        ask(home.path(), &words(&[typed]));
    }
    assert_eq!(found(home.path(), &words(&["\u{202e}some", "words"])), [1]);
}
