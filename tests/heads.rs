//! A head that was verified is remembered: what was cut off or rewritten since
//! is named.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use office::{Office, copy};

fn put_back(office: &Office) {
    let ledger = office.path().join("office/ledger");
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&office.path().join("copy"), &ledger);
}

/// Two documents, a copy of the ledger, then one more; verified at both times.
fn grown() -> Office {
    let office = Office::open();
    for number in 1..=3 {
        office.write(&format!("{number}.txt"), &format!("document {number}\n"));
    }
    office.text(&["register", "1.txt", "2.txt", "--yes"]);
    let (first, code) = office.summary(&["verify"]);
    assert_eq!(
        (code, &first["grown_from"]),
        (Some(0), &serde_json::Value::Null)
    );
    copy(
        &office.path().join("office/ledger"),
        &office.path().join("copy"),
    );
    office.text(&["register", "3.txt", "--yes"]);
    let (second, code) = office.summary(&["verify"]);
    assert_eq!(
        (code, second["grown_from"]["size"].as_u64()),
        (Some(0), Some(3))
    );
    office
}

fn codes(report: &serde_json::Value) -> Vec<&str> {
    let findings = report["findings"].as_array().expect("a list").iter();
    findings
        .filter_map(|finding| finding["code"].as_str())
        .collect()
}

#[test]
fn an_older_copy_is_rolled_back() {
    let office = grown();
    put_back(&office);
    for _ in 0..2 {
        // Failing, it does not forget what it knew.
        let (report, code) = office.summary(&["verify"]);
        assert_eq!(
            (code, codes(&report)),
            (Some(1), vec!["rolled-back"]),
            "{report}"
        );
    }
    // Whoever never saw the newer one can't tell.
    std::fs::remove_dir_all(office.path().join("state/heads")).expect("removes");
    let (_, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(0));
}

#[test]
fn another_history_is_a_fork() {
    let office = grown();
    put_back(&office);
    office.write("4.txt", "another\n");
    office.write("5.txt", "one more\n");
    office.text(&["register", "4.txt", "5.txt", "--yes"]);
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(
        (code, codes(&report)),
        (Some(1), vec!["forked"]),
        "{report}"
    );
}

#[test]
fn a_damaged_memory_is_told() {
    let office = grown();
    let path = office.path().join("state/heads").join(id(&office));
    let text = std::fs::read_to_string(&path).expect("reads");
    std::fs::write(&path, text.replace("size 4", "size 5")).expect("writes");
    let output = office.run(&["verify"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("it was damaged"));
}

fn id(office: &Office) -> String {
    let (report, _) = office.summary(&["verify"]);
    report["ledger_id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_folder_belongs_to_the_ledger_opened_in_it_last() {
    let office = grown();
    let before = id(&office);
    for _ in 0..3 {
        std::fs::remove_dir_all(office.path().join("office")).expect("removes");
        let flags = ["init", "--issuer", "office", "--origin", "example.org/log"];
        office.text(&[&flags[..], &["--no-passphrase"]].concat());
        office.text(&["register", "1.txt", "--yes"]);
        let (report, code) = office.summary(&["verify"]);
        assert_eq!(code, Some(0), "{report}");
        assert_ne!(report["ledger_id"], before);
    }
}

/// Puts another time into a file of the state folder.
fn set_back(office: &Office, folder: &str, edit: impl Fn(&str) -> String) {
    let folder = office.path().join("state").join(folder);
    let mut files = std::fs::read_dir(folder).expect("lists");
    let path = files.next().expect("a file").expect("reads").path();
    let text = std::fs::read_to_string(&path).expect("reads");
    std::fs::write(&path, edit(&text)).expect("writes");
}

#[test]
fn old_trust_is_told_with_its_age() {
    let office = grown();
    let young = office.text(&["verify"]);
    assert!(young.contains("(today); this ledger is"), "{young}");
    assert!(!young.contains("long ago"), "{young}");
    set_back(&office, "pins", |text| {
        let lines = text.lines().map(|line| match line.strip_prefix("when ") {
            Some(_) => "when 2020-01-01T00:00:00Z\n".to_owned(),
            None => format!("{line}\n"),
        });
        lines.collect()
    });
    let old = office.text(&["verify"]);
    assert!(old.contains("whether it still publishes this id"), "{old}");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(0));
    assert!(report["pinned"]["days"].as_u64() > Some(2000), "{report}");
}

#[test]
fn a_key_that_the_ledger_does_not_know_is_told() {
    let office = grown();
    let other = Office::open();
    let pem = |office: &Office| {
        let keys = std::fs::read_dir(office.path().join("office/keys")).expect("lists");
        let mut keys: Vec<_> = keys.map(|it| it.expect("reads").path()).collect();
        keys.sort();
        let is_officer = |path: &&std::path::PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("officer-"))
        };
        let path = keys.iter().find(is_officer).expect("a key");
        std::fs::read(path).expect("reads")
    };
    let keys = office.path().join("office/keys");
    std::fs::write(keys.join("stranger.pem"), pem(&other)).expect("writes");
    std::fs::write(keys.join("twice.pem"), pem(&office)).expect("writes");
    std::fs::write(keys.join("note.txt"), "anything").expect("writes");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(code, Some(0), "{report}");
    let mut found = codes(&report);
    found.sort_unstable();
    assert_eq!(
        found,
        ["key-file-unknown", "key-file-unknown", "surplus-file"]
    );
    let text = office.text(&["verify"]);
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("gives no role to this key"), "{text}");
    assert!(text.contains("under another name"), "{text}");
}
