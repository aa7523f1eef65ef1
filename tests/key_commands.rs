//! Key life as registrars, officers and auditors see it on the command line.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::Office;
use serde_json::Value;

/// What `key list` says, line by line.
fn keys(office: &Office) -> Vec<Value> {
    let text = office.text(&["key", "list", "--format", "json"]);
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

/// The names of the keys of a role, in the order the ledger gave it.
fn named(office: &Office, role: &str) -> Vec<String> {
    let of_role = keys(office).into_iter().filter(|key| key["role"] == role);
    of_role
        .filter_map(|key| key["file"].as_str().map(str::to_owned))
        .collect()
}

fn told(office: &Office, arguments: &[&str]) -> (String, Option<i32>) {
    let output = office.run(arguments);
    let told = String::from_utf8(output.stderr).expect("text");
    (told, output.status.code())
}

/// A second key with a role, granted.
fn granted(office: &Office, role: &str, flags: &[&str]) {
    let file = format!("{role}.pem");
    let generate = ["key", "generate", "--role", role, "--public", &file];
    office.text(&[&generate[..], &["--no-passphrase"]].concat());
    let grant = ["key", "grant", &file, "--role", role, "--yes"];
    office.text(&[&grant[..], flags].concat());
}

#[test]
fn a_stolen_key_is_declared_and_its_entries_are_endorsed() {
    let office = Office::open();
    granted(
        &office,
        "officer",
        &["--name", "B. Deputy", "--scope", "A/"],
    );
    let officers = named(&office, "officer");
    office.write("a.txt", "a letter\n");
    let register = ["register", "a.txt", "--symbol", "A/78/1", "--yes", "--key"];
    office.text(&[&register[..], &[&officers[1]]].concat());
    let declare = ["key", "compromise", &officers[1], "--from", "#2"];
    office.text(&[&declare[..], &["--reason", "stolen", "--yes"]].concat());
    let (status, code) = office.summary(&["status", "a.txt"]);
    assert_eq!(code, Some(1), "{status}");
    assert_eq!(status["suspended"]["kind"], "void");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(
        (code, &report["findings"][0]["code"]),
        (Some(0), &"entry-void".into())
    );
    let life = &keys(&office)[4];
    assert_eq!(life["state"], "compromised");
    assert_eq!(life["compromised_from"], 2);
    assert_eq!(life["declared_by"], 3);
    office.text(&["key", "endorse", "#2", "--key", &officers[0], "--yes"]);
    let (status, code) = office.summary(&["status", "a.txt"]);
    assert_eq!((code, &status["suspended"]), (Some(0), &Value::Null));
    let (found, _) = office.summary(&["search", "letter"]);
    assert_eq!(found["hits"], 1, "{found}");
    assert_eq!(office.entries(), 5);
}

#[test]
fn a_decision_that_waits_is_told_and_agreed_to() {
    let office = Office::open();
    granted(&office, "registrar", &[]);
    let registrars = named(&office, "registrar");
    let policy = ["key", "policy", "--threshold", "2", "--yes", "--key"];
    office.text(&[&policy[..], &[&registrars[0]]].concat());
    let retire = ["key", "retire", &named(&office, "officer")[0], "--yes"];
    let text = office.text(&[&retire[..], &["--key", &registrars[0]]].concat());
    assert!(text.contains("1 of 2 registrars have agreed"), "{text}");
    let waits = &keys(&office)[5];
    assert_eq!(waits["schema"], "docledger.decision-pending/1");
    assert_eq!(
        (&waits["entry"], &waits["kind"]),
        (&3.into(), &"retire".into())
    );
    let text = office.text(&["key", "endorse", "3", "--yes", "--key", &registrars[1]]);
    assert!(text.contains("in force"), "{text}");
    assert_eq!(keys(&office)[1]["state"], "ended");
    office.write("a.txt", "a letter\n");
    let (told, code) = told(
        &office,
        &["register", "a.txt", "--symbol", "A/78/1", "--yes"],
    );
    assert_eq!(code, Some(2));
    assert!(told.contains("no officer key"), "{told}");
}

#[test]
fn under_four_eyes_the_officer_is_told_that_another_must_look() {
    let office = Office::open();
    granted(&office, "officer", &[]);
    let officers = named(&office, "officer");
    office.text(&["key", "policy", "--four-eyes", "true", "--yes"]);
    office.write("a.txt", "a letter\n");
    let register = ["register", "a.txt", "--symbol", "A/78/1", "--yes", "--key"];
    let (told_then, code) = told(&office, &[&register[..], &[&officers[0]]].concat());
    assert_eq!(code, Some(0));
    assert!(told_then.contains("key endorse"), "{told_then}");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(3), "{report}");
    let (_, code) = office.summary(&["status", "a.txt"]);
    assert_eq!(code, Some(3));
    let endorse = ["key", "endorse", "3", "--yes", "--key"];
    let (refused, code) = told(&office, &[&endorse[..], &[&officers[0]]].concat());
    assert_eq!(code, Some(2));
    assert!(refused.contains("another officer must"), "{refused}");
    office.text(&[&endorse[..], &[&officers[1]]].concat());
    assert_eq!(office.entries(), 5);
}

#[test]
fn a_log_key_is_replaced_and_the_public_files_follow() {
    let office = Office::open();
    let before = named(&office, "checkpoint");
    office.text(&["key", "rotate", "checkpoint", "--no-passphrase", "--yes"]);
    let after = named(&office, "checkpoint");
    assert_eq!(after.len(), 2);
    let policy = office.path().join("office/keys/policy");
    let text = std::fs::read_to_string(&policy).expect("reads");
    assert!(text.starts_with("log example.org/log+"), "{text}");
    assert_eq!(office.entries(), 2);
    // The old key is not needed any more.
    let old = format!("office/keys/private/{}.key", before[0]);
    std::fs::remove_file(office.path().join(old)).expect("removes");
    office.write("a.txt", "a letter\n");
    office.text(&["register", "a.txt", "--symbol", "A/78/1", "--yes"]);
    std::fs::remove_file(&policy).expect("removes");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(3), "{report}");
    office.text(&["key", "publish"]);
    assert_eq!(office.entries(), 3);
}

#[test]
fn what_can_not_be_decided_is_refused_before_anybody_is_asked() {
    let office = Office::open();
    let officer = &named(&office, "officer")[0];
    let registrar = &named(&office, "registrar")[0];
    let checkpoint = &named(&office, "checkpoint")[0];
    for (arguments, expected) in [
        (vec!["key", "retire", registrar], "would leave 0 registrars"),
        (vec!["key", "retire", checkpoint], "it is replaced (rotate)"),
        (vec!["key", "retire", "nobody"], "knows no key nobody"),
        (
            vec!["key", "policy", "--threshold", "2"],
            "would leave 1 registrars",
        ),
        (vec!["key", "policy"], "nothing would change"),
        (
            vec!["key", "policy", "--require", "colour"],
            "no record has such a field",
        ),
        (
            vec!["key", "grant", "nothing.pem", "--role", "officer"],
            "there is no public key",
        ),
        (
            vec!["key", "compromise", officer, "--from", "9", "--reason", "x"],
            "at most at its own place",
        ),
        (vec!["key", "endorse", "7"], "there is no entry #7"),
    ] {
        let (told, code) = told(&office, &arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {told}");
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert!(told.contains("hint: "), "{arguments:?}: {told}");
    }
    assert_eq!(office.entries(), 1);
}
