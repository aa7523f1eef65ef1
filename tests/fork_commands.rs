//! `verify --against` and `verify --fork` as an auditor runs them.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::{Office, copy};
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

/// A ledger; an older copy of it in `old`, and one that parts from it at entry 2
/// in `other/ledger`.
fn forked() -> Office {
    let office = Office::open();
    for number in 1..=3 {
        office.write(&format!("{number}.txt"), &format!("document {number}\n"));
    }
    let ledger = office.path().join("office/ledger");
    office.text(&["register", "1.txt", "--yes"]);
    copy(&ledger, &office.path().join("old"));
    office.text(&["register", "2.txt", "--yes"]);
    copy(&ledger, &office.path().join("other/ledger"));
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&office.path().join("old"), &ledger);
    office.text(&["register", "3.txt", "--yes"]);
    office
}

/// What a command prints for people, which must fit a terminal, and its exit code.
fn told(office: &Office, arguments: &[&str]) -> (String, Option<i32>) {
    let output = office.run(arguments);
    let text = String::from_utf8(output.stdout).expect("text");
    for line in text.lines() {
        assert!(line.width() <= 80, "{line}");
    }
    (text, output.status.code())
}

fn id(office: &Office) -> String {
    let (report, _) = office.summary(&["verify"]);
    report["ledger_id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_fork_is_told_saved_and_checked_without_a_ledger() {
    let office = forked();
    let (text, code) = told(&office, &["verify", "--against", "other"]);
    assert_eq!(code, Some(1), "{text}");
    for expected in [
        "failure [fork-against] entry 2: ",
        "\nagainst the other copy: FORKED: ",
        "\n`--save-fork FILE` writes evidence",
        "\nFAILED: 1 findings\n",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let save = ["verify", "--against", "other", "--save-fork", "fork.cbor"];
    let (report, code) = office.summary(&save);
    assert_eq!(code, Some(1));
    let against = &report["against"];
    assert_eq!(against["comparison"], "forked", "{report}");
    assert_eq!(against["head"]["size"], 3);
    assert_eq!(against["fork"]["contradiction"]["kind"], "leaves");
    assert_eq!(against["fork"]["contradiction"]["entry"], 2);

    // Never over another file.
    let before = std::fs::read(office.path().join("fork.cbor")).expect("reads");
    let again = office.run(&save);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    let after = std::fs::read(office.path().join("fork.cbor")).expect("reads");
    assert_eq!(before, after);

    // No ledger is needed.
    let id = id(&office);
    std::fs::remove_dir_all(office.path().join("office")).expect("removes");
    let check = ["verify", "--fork", "fork.cbor", "--ledger-id", &id];
    let (text, code) = told(&office, &check);
    assert_eq!(code, Some(0), "{text}");
    for expected in [
        "\nfirst history: 3 entries, root\n",
        "\nsecond history: 3 entries, root\n",
        "the leaf hash of entry 2 in the first and in the second history:\n",
        "\nVERIFIED: the fork is proven: whoever held",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let (report, code) = office.summary(&check);
    assert_eq!((code, &report["verdict"]), (Some(0), &json!("verified")));
    assert_eq!(report["schema"], "docledger.verify-fork/1");
    assert_eq!(&report["fork"], &against["fork"]);
    assert!(report["claim"].is_string() && report["reason"].is_null());

    // Another id, another file.
    let other = "0".repeat(64);
    let (text, code) = told(
        &office,
        &["verify", "--fork", "fork.cbor", "--ledger-id", &other],
    );
    assert_eq!(code, Some(1));
    assert!(text.contains("FAILED: the file proves nothing: "), "{text}");
    let (report, code) = office.summary(&["verify", "--fork", "1.txt", "--ledger-id", &id]);
    assert_eq!((code, &report["verdict"]), (Some(1), &json!("failed")));
    assert!(report["claim"].is_null() && report["fork"].is_null());
    let output = office.run(&["verify", "--fork", "none.cbor", "--ledger-id", &id]);
    assert_eq!(output.status.code(), Some(2));
    let output = office.run(&["verify", "--fork", "fork.cbor"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_checkpoint_is_enough_on_one_side() {
    let office = forked();
    let save = ["--save-fork", "fork.cbor"];
    let against = ["verify", "--against", "other/ledger/checkpoint"];
    let (report, code) = office.summary(&[&against[..], &save].concat());
    assert_eq!(
        (code, &report["against"]["comparison"]),
        (Some(1), &json!("forked"))
    );
    let (text, code) = told(&office, &against);
    assert_eq!(code, Some(1), "{text}");
    let id = id(&office);
    let (text, code) = told(
        &office,
        &["verify", "--fork", "fork.cbor", "--ledger-id", &id],
    );
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("the root of the first 3 entries"), "{text}");
}

#[test]
fn what_is_no_fork_is_told_as_it_is() {
    let office = forked();
    for (other, comparison, words, code) in [
        ("office", "same", "the same head", 0),
        ("office/ledger", "same", "the same head", 0),
        (
            "old",
            "grown",
            "this ledger has grown from its 2 entries",
            0,
        ),
        (
            "old/checkpoint",
            "grown",
            "this ledger has grown from its 2 entries",
            0,
        ),
        ("1.txt", "undecided", "nothing follows from it", 3),
        ("state", "undecided", "nothing follows from it", 3),
    ] {
        let against = ["verify", "--against", other];
        let (report, found) = office.summary(&[&against[..], &["--save-fork", "no"]].concat());
        assert_eq!(report["against"]["comparison"], comparison, "{report}");
        assert_eq!(found, Some(code), "{report}");
        let (text, found) = told(&office, &against);
        assert_eq!(found, Some(code), "{text}");
        let line = format!("against the other copy: {words}\n");
        assert!(text.contains(&line), "{text}");
        assert!(!office.path().join("no").exists());
    }
    let (report, code) = office.summary(&["--ledger", "old", "verify", "--against", "office"]);
    // The head remembered is the newer one, too.
    assert_eq!(code, Some(1), "{report}");
    assert_eq!(report["against"]["comparison"], "behind");
    let output = office.run(&["verify", "--against", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    let output = office.run(&["verify", "--save-fork", "fork.cbor"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_remembered_head_that_does_not_fit_leads_to_evidence() {
    let office = forked();
    office.text(&["verify"]);
    let ledger = office.path().join("office/ledger");
    for other in ["old", "other/ledger"] {
        std::fs::remove_dir_all(&ledger).expect("removes");
        copy(&office.path().join(other), &ledger);
        let (text, code) = told(&office, &["verify"]);
        assert_eq!(code, Some(1));
        assert!(text.contains("`docledger verify --against OTHER"), "{text}");
    }
}
