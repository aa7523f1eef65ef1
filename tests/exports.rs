//! What leaves the register in forms of others, and what comes in from another
//! office's bag.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use docledger::digest::ContentDigest;
use docledger::export::bagit::{Bag, Folder};
use docledger::key::PublicKey;
use docledger::merkle::leaf_hash;
use docledger::proof::TlogProof;
use office::Office;
use serde_json::Value;

const JOINT: &str = "A/78/1–S/2024/1";

/// Files by their paths.
type Files = BTreeMap<String, Vec<u8>>;

/// An office with two documents, one in two languages and formats, and events.
fn office() -> Office {
    let office = Office::open();
    for (name, text) in [
        ("Letter.txt", "one\n"),
        ("letter.TXT", "two\n"),
        ("letter.html", "<p>two</p>\n"),
        ("LETTER.txt", "two, scanned again\n"),
        ("lettre.txt", "un\n"),
        ("=note.txt", "a note\n"),
        ("CON.txt", "the note again\n"),
    ] {
        office.write(name, text);
    }
    for arguments in [
        &[
            "Letter.txt",
            "--symbol",
            JOINT,
            "--language",
            "en",
            "--title",
            "=1+1",
        ][..],
        &[
            "letter.TXT",
            "--symbol",
            JOINT,
            "--language",
            "en",
            "--change",
            "revision",
        ],
        &[
            "letter.html",
            "--symbol",
            JOINT,
            "--language",
            "en",
            "--change",
            "rendition",
        ],
        &[
            "LETTER.txt",
            "--symbol",
            JOINT,
            "--language",
            "en",
            "--change",
            "rendition",
        ],
        &["lettre.txt", "--symbol", JOINT, "--language", "fr"],
        &["=note.txt", "--no-symbol"],
        &["CON.txt", "--of", "#6", "--change", "revision"],
    ] {
        office.text(&[&["register", "--yes", "--no-read"], arguments].concat());
    }
    let reason = ["--reason", "left out", "--yes"];
    let amend = [
        "amend",
        "A/78/1:fr",
        "--field",
        "title",
        "--value",
        "Une lettre",
    ];
    office.text(&[&amend[..], &reason].concat());
    office.text(&[&["withdraw", "#6"][..], &reason].concat());
    office
}

/// Every file below a folder, by its path from there.
fn files(folder: &Path) -> Files {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).expect("lists") {
            let path = entry.expect("reads").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).expect("below");
            let name = name.to_str().expect("text").to_owned();
            found.insert(name, std::fs::read(&path).expect("reads"));
        }
    }
    found
}

fn text(files: &Files, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| panic!("{name} is there"));
    String::from_utf8(bytes.clone()).expect("text")
}

/// Files in memory, as a bag is read.
struct Memory<'a>(&'a Files);

impl Folder for Memory<'_> {
    fn paths(&self) -> Result<Vec<String>, String> {
        Ok(self.0.keys().cloned().collect())
    }

    fn read(&self, path: &str, show: &mut dyn FnMut(&[u8])) -> Result<(), String> {
        show(&self.0[path]);
        Ok(())
    }
}

/// The rows of a register's table, by column.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let rows = reader.records().map(|row| {
        let row = row.expect("a row");
        let cells = header.iter().zip(row.iter());
        cells
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect()
    });
    rows.collect()
}

fn stored(office: &Office, text: &str) -> PathBuf {
    let digest = ContentDigest::of(text.as_bytes()).to_string();
    let folder = office.path().join("office/ledger/documents/sha256");
    folder.join(&digest[..2]).join(digest)
}

#[test]
fn a_bag_holds_every_file_under_a_name_of_its_own_with_the_whole_ledger() {
    let office = office();
    office.text(&["export", "bagit", "bag"]);
    let bag = files(&office.path().join("bag"));
    let read = Bag::read(&Memory(&bag)).expect("a whole bag");
    let payload: Vec<_> = read.payload.keys().map(String::as_str).collect();
    assert_eq!(
        payload,
        [
            "data/1_A_78_1/en/v1/Letter.txt",
            "data/1_A_78_1/en/v2/LETTER.e4.txt",
            "data/1_A_78_1/en/v2/letter.TXT",
            "data/1_A_78_1/en/v2/letter.html",
            "data/1_A_78_1/fr/v1/lettre.txt",
            "data/6/und/v1/=note.txt",
            "data/6/und/v2/_CON.txt",
        ]
    );
    assert_eq!(text(&bag, "data/1_A_78_1/en/v2/letter.TXT"), "two\n");
    assert_eq!(read.said("Payload-Oxum"), Some("63.7"));
    assert_eq!(read.said("Source-Organization"), Some("office"));
    let ledger = files(&office.path().join("office/ledger"));
    for (name, bytes) in ledger.iter().filter(|(name, _)| name.starts_with("tile/")) {
        assert_eq!(bag.get(&format!("ledger/{name}")), Some(bytes), "{name}");
    }
    assert_eq!(bag.get("ledger/checkpoint"), ledger.get("checkpoint"));
    assert!(!bag.keys().any(|name| name.contains("private")));
    // The ledger in the bag is one: all that fails to be there is the contents.
    let (ledger, keys) = (
        office.path().join("bag/ledger"),
        office.path().join("bag/keys"),
    );
    let [ledger, keys] = [&ledger, &keys].map(|path| path.to_str().expect("text"));
    let (report, code) = office.summary(&["verify", "--ledger", ledger, "--keys", keys]);
    assert_eq!(
        (&report["verdict"], code),
        (&Value::from("not-established"), Some(3))
    );
}

#[test]
fn two_exports_of_one_head_differ_in_the_day_only() {
    let office = office();
    office.text(&["export", "bagit", "one"]);
    office.text(&["export", "bagit", "two"]);
    assert_eq!(
        files(&office.path().join("one")),
        files(&office.path().join("two"))
    );
    for kind in ["csv", "json", "premis"] {
        let once = office.text(&["export", kind, "-"]);
        assert_eq!(office.text(&["export", kind, "-"]), once);
        office.text(&["export", kind, kind]);
        let written = std::fs::read_to_string(office.path().join(kind)).expect("reads");
        assert_eq!(written, once);
    }
}

#[test]
fn part_of_a_register_goes_with_statements_and_proofs() {
    let office = office();
    office.text(&["export", "bagit", "bag", "A/78/1:fr", "#6@2"]);
    let bag = files(&office.path().join("bag"));
    let read = Bag::read(&Memory(&bag)).expect("a whole bag");
    let payload: Vec<_> = read.payload.keys().map(String::as_str).collect();
    assert_eq!(
        payload,
        ["data/1_A_78_1/fr/v1/lettre.txt", "data/6/und/v2/_CON.txt"]
    );
    assert!(!bag.keys().any(|name| name.starts_with("ledger/")));
    let key = bag.keys().find(|name| name.starts_with("keys/checkpoint-"));
    let key = PublicKey::from_pem(&text(&bag, key.expect("a key"))).expect("a key");
    // The files, what was amended and withdrawn, and entry 0.
    for entry in [0, 5, 7, 8, 9] {
        let statement = &bag[&format!("proofs/entry-{entry}.cose")];
        let proof = &bag[&format!("proofs/entry-{entry}.tlog-proof")];
        let proof = TlogProof::parse(proof).expect("a proof");
        let head = proof.verify(leaf_hash(statement), "example.org/log", &key);
        assert_eq!(head.expect("verifies").size, 10);
    }
    assert!(!bag.contains_key("proofs/entry-1.cose"));
    let rows = rows(&text(&bag, "register.csv"));
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["events"], "amend #8");
    assert_eq!(rows[1]["events"], "withdraw #9");
}

#[test]
fn filters_choose_files_as_list_does() {
    let office = office();
    let table = |arguments: &[&str]| {
        let table = office.text(&[&["export", "csv", "-"], arguments].concat());
        let entries = rows(&table).into_iter().map(|row| row["entry"].clone());
        entries.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(table(&[]), "1 2 3 4 5 6 7");
    assert_eq!(table(&["--symbol", "A/78"]), "2 3 4 5");
    assert_eq!(table(&["--symbol", "A/78", "--all-versions"]), "1 2 3 4 5");
    assert_eq!(table(&["--language", "fr"]), "5");
    assert_eq!(table(&["A/78/1"]), "1 2 3 4 5");
    let both = office.run(&["export", "csv", "-", "A/78/1", "--language", "fr"]);
    assert_eq!(both.status.code(), Some(2));
    let nothing = office.run(&["export", "csv", "out", "--language", "ru"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(!office.path().join("out").exists());
}

#[test]
fn the_table_is_a_manifest_that_registers_the_same() {
    let office = office();
    office.text(&["export", "bagit", "bag"]);
    let other = Office::open();
    let table = office.path().join("bag/register.csv");
    let table = table.to_str().expect("text");
    other.text(&["register", "--manifest", table, "--no-read", "--yes"]);
    let columns = [
        "entry", "symbols", "language", "version", "sha256", "change", "title",
    ];
    let told = |office: &Office| {
        let rows = rows(&office.text(&["export", "csv", "-"]));
        let told = rows
            .into_iter()
            .map(|row| columns.map(|name| row[name].clone()));
        told.collect::<Vec<_>>()
    };
    assert_eq!(told(&office), told(&other));
    // A title that a spreadsheet would take for a formula is guarded.
    assert_eq!(told(&office)[0][6], "'=1+1");
    let shown = other.text(&["show", "A/78/1@1:en", "--format", "json"]);
    assert!(shown.contains(r#""title":"=1+1""#), "{shown}");
}

#[test]
fn what_is_lost_is_told_and_never_written() {
    let office = office();
    std::fs::remove_file(stored(&office, "un\n")).expect("removes");
    for kind in ["bagit", "ocfl"] {
        let done = office.run(&["export", kind, kind]);
        let told = String::from_utf8(done.stderr).expect("text");
        assert_eq!(done.status.code(), Some(3), "{told}");
        assert!(
            told.contains("A/78/1 (entry 5)") && told.contains("is not in this ledger"),
            "{told}"
        );
    }
    std::fs::write(stored(&office, "two\n"), "TWO\n").expect("writes");
    for kind in ["bagit", "ocfl"] {
        let place = format!("{kind}-2");
        let dry = office.run(&["export", kind, &place, "--dry-run"]);
        assert_eq!(dry.status.code(), Some(1));
        assert!(!office.path().join(&place).exists());
        let done = office.run(&["export", kind, &place]);
        let told = String::from_utf8(done.stderr).expect("text");
        assert_eq!(done.status.code(), Some(1), "{told}");
        assert!(
            told.contains("A/78/1 (entry 2)") && told.contains("is damaged"),
            "{told}"
        );
        let written = files(&office.path().join(&place));
        assert!(!written.values().any(|bytes| bytes == b"TWO\n"));
    }
    let bag = files(&office.path().join("bagit-2"));
    Bag::read(&Memory(&bag)).expect("a whole bag of the others");
    let premis = text(&bag, "premis.xml");
    for (outcome, count) in [("pass", 5), ("fail", 1), ("missing", 1)] {
        let told = format!("<eventOutcome>{outcome}</eventOutcome>");
        assert_eq!(premis.matches(&told).count(), count, "{outcome}");
    }
    let rows = rows(&text(&bag, "register.csv"));
    let content: Vec<_> = rows.iter().map(|row| row["content"].as_str()).collect();
    let present = "present";
    assert_eq!(
        content,
        [
            present, "damaged", present, present, "missing", present, present
        ]
    );
    assert_eq!(
        (rows[1]["file"].as_str(), rows[1]["counts"].as_str()),
        ("", "yes")
    );
    let object = files(&office.path().join("ocfl-2"));
    let inventory = inventory(&object, "%2f78%2f1/");
    assert_eq!(
        inventory["versions"]["v2"]["state"]
            .as_object()
            .map(|it| it.len()),
        Some(2)
    );
}

#[test]
fn nothing_is_written_over_and_nothing_half() {
    let office = office();
    for kind in ["bagit", "ocfl", "csv", "json", "premis"] {
        office.write("there", "before");
        let done = office.run(&["export", kind, "there"]);
        assert_eq!(done.status.code(), Some(2));
        assert_eq!(
            std::fs::read(office.path().join("there")).expect("reads"),
            b"before"
        );
        let dry = office.run(&["export", kind, "there", "--dry-run"]);
        assert_eq!(dry.status.code(), Some(2));
        // What an interrupted one left stands beside it under another name.
        office.write(".place.unfinished", "left");
        let done = office.run(&["export", kind, "place"]);
        let told = String::from_utf8(done.stderr).expect("text");
        assert_eq!(done.status.code(), Some(2), "{told}");
        assert!(
            told.contains("hint: see that no export runs, remove it"),
            "{told}"
        );
        std::fs::remove_file(office.path().join(".place.unfinished")).expect("removes");
        let dry = office.text(&["export", kind, "place", "--dry-run"]);
        assert!(
            dry.starts_with("would write place: 7 files of 2 documents"),
            "{dry}"
        );
        assert!(!office.path().join("place").exists());
    }
    for place in ["-", "office/ledger/bag", "office/keys/private/bag"] {
        let done = office.run(&["export", "bagit", place]);
        assert_eq!(done.status.code(), Some(2), "{place}");
    }
    assert_eq!(office.entries(), 10);
}

#[test]
fn void_files_go_along_and_say_so() {
    let office = Office::open();
    office.write("a.txt", "first\n");
    office.write("b.txt", "forged\n");
    office.text(&[
        "register",
        "a.txt",
        "--symbol",
        "A/78/1",
        "--language",
        "en",
        "--yes",
    ]);
    let forged = [
        "register",
        "b.txt",
        "--symbol",
        "A/78/1",
        "--language",
        "en",
    ];
    office.text(&[&forged[..], &["--change", "revision", "--yes"]].concat());
    let keys = office.text(&["key", "list", "--format", "json"]);
    let keys = keys
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut officers = keys.filter(|key| key["role"] == "officer");
    let officer = officers.next().expect("an officer")["file"]
        .as_str()
        .map(str::to_owned);
    let officer = officer.expect("a name");
    let declare = ["key", "compromise", &officer, "--from", "#2"];
    office.text(&[&declare[..], &["--reason", "stolen", "--yes"]].concat());

    let done = office.run(&["export", "bagit", "bag"]);
    assert_eq!(done.status.code(), Some(0));
    let told = String::from_utf8(done.stderr).expect("text");
    assert!(told.contains("1 of them are void"), "{told}");
    let bag = files(&office.path().join("bag"));
    let table = rows(&text(&bag, "register.csv"));
    let standing = |row: &BTreeMap<String, String>| (row["status"].clone(), row["counts"].clone());
    assert_eq!(standing(&table[0]), ("current".into(), "yes".into()));
    assert_eq!(standing(&table[1]), ("VOID".into(), "no".into()));
    let record = text(&bag, "register.ndjson")
        .lines()
        .nth(1)
        .map(str::to_owned);
    let record: Value = serde_json::from_str(&record.expect("a line")).expect("JSON");
    assert_eq!(
        (&record["status"], &record["counts"]),
        (&"VOID".into(), &false.into())
    );
    assert!(text(&bag, "premis.xml").contains(">VOID<"));

    office.text(&["export", "ocfl", "root"]);
    let root = files(&office.path().join("root"));
    let inventory = inventory(&root, "%2f78%2f1/");
    let paths = |version: &str| {
        let state = inventory["versions"][version]["state"]
            .as_object()
            .expect("a state");
        let paths = state.values().filter_map(Value::as_array).flatten();
        paths
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(paths("v1"), BTreeSet::from(["en/a.txt".to_owned()]));
    let second = ["en/a.txt", "not_counted/entry-2/b.txt", "register.ndjson"];
    assert_eq!(paths("v2"), second.map(str::to_owned).into());
    let message = &inventory["versions"]["v2"]["message"];
    assert_eq!(message, "revision in en, version 2, entry 2: VOID");

    // Another office does not register what does not count here.
    let other = Office::open();
    let path = office.path().join("bag");
    let done = other.run(&["import", path.to_str().expect("text"), "--yes"]);
    assert_eq!(done.status.code(), Some(0));
    let told = String::from_utf8(done.stderr).expect("text");
    assert!(
        told.contains("b.txt is left out: it does not count"),
        "{told}"
    );
    let shown = other.text(&["show", "A/78/1"]);
    assert!(
        shown.contains("version     1 (first)") && shown.contains("current     yes"),
        "{shown}"
    );
}

/// The inventory of the object whose folder ends so.
fn inventory(root: &Files, ending: &str) -> Value {
    let ending = format!("{ending}inventory.json");
    let name = root.keys().find(|name| name.ends_with(&ending));
    serde_json::from_str(&text(root, name.expect("there"))).expect("JSON")
}

#[test]
fn a_document_is_an_object_with_its_versions() {
    let office = office();
    office.text(&["export", "ocfl", "root"]);
    let root = files(&office.path().join("root"));
    assert_eq!(text(&root, "0=ocfl_1.1"), "ocfl_1.1\n");
    let letter = inventory(&root, "%2f78%2f1/");
    assert_eq!(letter["head"], "v3");
    let id = letter["id"].as_str().expect("text");
    assert!(
        id.starts_with("tag:example.org,") && id.ends_with(":log/A/78/1"),
        "{id}"
    );
    let state = |version: &str| {
        let state = letter["versions"][version]["state"]
            .as_object()
            .expect("a state");
        let paths = state.values().filter_map(Value::as_array).flatten();
        let mut paths: Vec<_> = paths
            .filter_map(|it| it.as_str().map(str::to_owned))
            .collect();
        paths.sort();
        paths
    };
    assert_eq!(state("v1"), ["en/Letter.txt"]);
    let english = ["en/LETTER.e4.txt", "en/letter.TXT", "en/letter.html"];
    assert_eq!(state("v2"), english);
    assert_eq!(
        state("v3"),
        [&english[..], &["fr/lettre.txt", "register.ndjson"]].concat()
    );
    let note = &letter["versions"]["v2"];
    assert_eq!(note["message"], "revision in en, version 2, entry 2");
    let address = note["user"]["address"].as_str().expect("text");
    assert!(
        address.starts_with("urn:ietf:params:oauth:ckt:sha-256:"),
        "{address}"
    );
    // Everything in the manifest is there, under its two digests.
    let folder = root
        .keys()
        .find(|name| name.ends_with("%2f78%2f1/inventory.json"));
    let folder = folder
        .expect("there")
        .trim_end_matches("inventory.json")
        .to_owned();
    for (sha512, paths) in letter["manifest"].as_object().expect("a manifest") {
        use sha2::Digest as _;
        let path = paths[0].as_str().expect("a path");
        let bytes = &root[&format!("{folder}{path}")];
        let hashed: String = sha2::Sha512::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(&hashed, sha512);
        let sha256 = ContentDigest::of(bytes).to_string();
        assert_eq!(letter["fixity"]["sha256"][&sha256][0], path);
    }
    // One document alone is still an object with all its versions.
    let done = office.run(&["export", "ocfl", "part", "A/78/1@1"]);
    let told = String::from_utf8(done.stderr).expect("text");
    assert!(told.contains("other versions are added"), "{told}");
    let part = files(&office.path().join("part"));
    assert_eq!(inventory(&part, "%2f78%2f1/"), letter);
    assert!(
        part.keys()
            .any(|name| name.ends_with("/proofs/entry-1.tlog-proof"))
    );
}

#[test]
fn bytes_that_come_back_are_stored_once_in_an_object() {
    let office = Office::open();
    office.write("a.txt", "first\n");
    office.write("b.txt", "second\n");
    let of = ["--symbol", "A/78/1", "--language", "en", "--yes"];
    office.text(&[&["register", "a.txt"][..], &of].concat());
    let revision = ["--change", "revision", "--allow-same-bytes"];
    office.text(&[&["register", "b.txt"][..], &of, &revision].concat());
    office.text(&[&["register", "a.txt"][..], &of, &revision].concat());
    office.text(&["export", "ocfl", "root"]);
    let root = files(&office.path().join("root"));
    let inventory = inventory(&root, "%2f78%2f1/");
    let states = |version: &str| inventory["versions"][version]["state"].clone();
    let first = states("v1");
    assert_eq!(states("v3").as_object().map(|it| it.len()), Some(2));
    assert_eq!(
        first
            .as_object()
            .and_then(|it| it.keys().next().cloned())
            .map(|digest| { states("v3")[&digest].clone() }),
        Some(serde_json::json!(["en/a.txt"]))
    );
    assert_eq!(
        root.values().filter(|bytes| *bytes == b"first\n").count(),
        1
    );

    // A history with a version that came back is imported once, and not again.
    office.text(&["export", "bagit", "bag"]);
    let other = Office::open();
    let bag = office.path().join("bag");
    let bag = bag.to_str().expect("text");
    other.text(&["import", bag, "--yes"]);
    assert!(other.text(&["show", "A/78/1@3"]).contains("a.txt"));
    let again = other.text(&["import", bag, "--yes"]);
    assert!(
        again.ends_with("nothing to register; 4 registered already; 0 refused\n"),
        "{again}"
    );
}

#[test]
fn another_offices_bag_is_registered_with_its_proof() {
    let office = office();
    office.text(&["export", "bagit", "bag"]);
    let other = Office::open();
    let bag = office.path().join("bag");
    let bag = bag.to_str().expect("text");
    let dry = other.text(&["import", bag, "--dry-run"]);
    assert!(
        dry.ends_with("8 would be registered; 0 registered already; 0 refused\n"),
        "{dry}"
    );
    other.text(&["import", bag, "--yes"]);
    let (report, code) = other.summary(&["verify"]);
    assert_eq!((&report["verdict"], code), (&"verified".into(), Some(0)));
    // The proof is the first of them: all tag files, as they were.
    let shown = other.text(&["show", "#1", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["record"]["type"], "Proof of transfer");
    let proof = shown["subject"].as_str().expect("text");
    let archive = other.run(&["cat", "#1"]).stdout;
    let digest = ContentDigest::of(&archive);
    assert_eq!(proof, digest.ni_name());
    let manifest = std::fs::read(office.path().join("bag/tagmanifest-sha256.txt")).expect("reads");
    assert!(archive.windows(manifest.len()).any(|at| at == manifest));
    // Each document says from whom and how it came, and names the proof.
    let shown = other.text(&["show", "A/78/1:fr", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    let source = &shown["record"]["source"];
    assert_eq!(source["from"], "office");
    assert_eq!(
        source["means"],
        format!("the BagIt bag bag; its proof: {proof}")
    );
    assert_eq!(shown["record"]["title"], "Une lettre");
    assert_eq!(shown["record"]["proposed"], Value::Null);
    let note = other.text(&["show", "#7@2", "--format", "json"]);
    assert!(note.contains("there: withdrawn by entry #9"), "{note}");
    let again = other.text(&["import", bag, "--yes"]);
    assert!(
        again.ends_with("nothing to register; 8 registered already; 0 refused\n"),
        "{again}"
    );
}

/// The ledger id that an office published.
fn ledger_id(office: &Office) -> String {
    let id = std::fs::read_to_string(office.path().join("office/keys/ledger-id"));
    id.expect("reads").trim().to_owned()
}

#[test]
fn another_offices_evidence_is_verified_and_registered_with_its_document() {
    let office = office();
    office.text(&["prove", "A/78/1:fr", "--out", "letter"]);
    office.text(&["prove", "A/78/1@1:en", "--out", "old"]);
    let (id, other) = (ledger_id(&office), Office::open());
    for name in ["letter.zip", "old.zip"] {
        std::fs::copy(office.path().join(name), other.path().join(name)).expect("copies");
    }
    other.text(&["import", "letter.zip", "--ledger-id", &id, "--yes"]);
    let (report, code) = other.summary(&["verify"]);
    assert_eq!((&report["verdict"], code), (&"verified".into(), Some(0)));
    // The proof is the evidence file, byte for byte.
    let evidence = std::fs::read(other.path().join("letter.zip")).expect("reads");
    assert_eq!(other.run(&["cat", "#1"]).stdout, evidence);
    let shown = other.text(&["show", "A/78/1:fr", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["record"]["title"], "Une lettre");
    assert_eq!(shown["record"]["proposed"], Value::Null);
    let source = &shown["record"]["source"];
    let means = source["means"].as_str().expect("text");
    assert!(means.contains(&id), "{means}");
    assert!(means.contains(&ContentDigest::of(&evidence).ni_name()));
    let document = office.run(&["cat", "A/78/1:fr"]).stdout;
    assert_eq!(other.run(&["cat", "A/78/1:fr"]).stdout, document);
    // What became of it there is said, and importing again changes nothing.
    other.text(&["import", "old.zip", "--ledger-id", &id, "--yes"]);
    let old = other.text(&["show", "A/78/1:en", "--format", "json"]);
    assert!(old.contains("there: superseded by"), "{old}");
    let before = other.entries();
    let again = other.text(&["import", "letter.zip", "--ledger-id", &id, "--yes"]);
    assert!(again.starts_with("same "), "{again}");
    assert_eq!(other.entries(), before);
}

#[test]
fn evidence_that_is_not_verified_is_not_imported() {
    let office = office();
    office.text(&["prove", "A/78/1:fr", "--out", "letter"]);
    office.text(&["prove", "A/78/1:fr", "--no-document", "--out", "bare"]);
    let (id, other) = (ledger_id(&office), Office::open());
    let whole = std::fs::read(office.path().join("letter.zip")).expect("reads");
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let bare = std::fs::read(office.path().join("bare.zip")).expect("reads");
    let stranger = "00".repeat(32);
    let cases: [(&[u8], Option<&str>, &str); 5] = [
        (&whole, None, "no ledger id says"),
        (&whole, Some(&stranger), "is not verified"),
        (&flipped, Some(&id), "is not verified"),
        (&bare, Some(&id), "does not hold the document itself"),
        (b"neither", Some(&id), "is not verified"),
    ];
    for (bytes, id, told) in cases {
        std::fs::write(other.path().join("at-hand.zip"), bytes).expect("writes");
        let id = id.map(|id| ["--ledger-id", id]);
        let flags = id.iter().flatten().copied();
        let asked: Vec<_> = ["import", "at-hand.zip", "--yes"]
            .into_iter()
            .chain(flags)
            .collect();
        let done = other.run(&asked);
        let said = String::from_utf8_lossy(&done.stderr);
        assert_eq!(done.status.code(), Some(2), "{said}");
        assert!(said.contains(told), "{said}");
        assert_eq!(other.entries(), 1);
    }
}

#[test]
fn renditions_stay_beside_their_version_and_a_part_begins_anew() {
    let office = Office::open();
    office.write("one.txt", "first\n");
    office.write("two.txt", "second\n");
    office.write("one.html", "<p>first</p>\n");
    let of = [
        "--symbol",
        "A/78/1",
        "--language",
        "en",
        "--no-read",
        "--yes",
    ];
    office.text(&[&["register", "one.txt"][..], &of].concat());
    office.text(&[&["register", "two.txt", "--change", "revision"][..], &of].concat());
    let late = [
        "register",
        "one.html",
        "--change",
        "rendition",
        "--renders",
        "1",
    ];
    office.text(&[&late[..], &of].concat());
    office.text(&["export", "bagit", "all"]);
    office.text(&["export", "bagit", "newest", "A/78/1@2"]);
    let versions = |other: &Office| {
        let table = rows(&other.text(&["export", "csv", "-", "A/78/1"]));
        let told = table
            .into_iter()
            .map(|row| format!("{} {}", row["file_name"], row["version"]));
        told.collect::<Vec<_>>()
    };
    assert_eq!(versions(&office), ["one.txt 1", "one.html 1", "two.txt 2"]);
    let other = Office::open();
    let path = office.path().join("newest");
    other.text(&["import", path.to_str().expect("text"), "--yes"]);
    assert_eq!(versions(&other), ["two.txt 1"]);
    let shown = other.text(&["show", "A/78/1", "--format", "json"]);
    assert!(shown.contains("; there: version 2 (revision)"), "{shown}");
    // Without a symbol, too: what is there named by an absent file is named here
    // by its first that is present.
    office.write("n1.txt", "a note\n");
    office.write("n2.txt", "the note again\n");
    office.write("n3.txt", "and again\n");
    office.text(&["register", "n1.txt", "--no-symbol", "--yes"]);
    for name in ["n2.txt", "n3.txt"] {
        let of = [
            "register", name, "--of", "#4", "--change", "revision", "--yes",
        ];
        office.text(&of);
    }
    office.text(&["export", "bagit", "notes", "#4@2", "#4@3"]);
    let notes = office.path().join("notes");
    let notes = notes.to_str().expect("text");
    other.text(&["import", notes, "--yes"]);
    let name = ContentDigest::of(b"the note again\n").ni_name();
    let shown = other.text(&["show", &format!("{name}@2")]);
    assert!(shown.contains("n3.txt"), "{shown}");
    let again = other.text(&["import", notes, "--yes"]);
    assert!(
        again.ends_with("nothing to register; 3 registered already; 0 refused\n"),
        "{again}"
    );
    // What is older than what is here is not put after it.
    let path = office.path().join("all");
    let done = other.run(&["import", path.to_str().expect("text"), "--yes"]);
    assert_eq!(done.status.code(), Some(2));
    let third = Office::open();
    third.text(&["import", path.to_str().expect("text"), "--yes"]);
    assert_eq!(versions(&third), ["one.txt 1", "one.html 1", "two.txt 2"]);
}

#[test]
fn an_export_that_is_killed_leaves_nothing_under_its_name() {
    let office = Office::open();
    for number in 0..300 {
        office.write(&format!("in/{number}.txt"), &format!("document {number}\n"));
    }
    office.text(&["register", "in", "--no-read", "--yes"]);
    let mut killed = 0;
    for (attempt, kind) in ["bagit", "ocfl", "bagit", "ocfl"].into_iter().enumerate() {
        let name = format!("out-{attempt}");
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_docledger"))
            .current_dir(office.path())
            .args([
                "--home", "office", "--state", "state", "export", kind, &name,
            ])
            .stdout(std::process::Stdio::null())
            .spawn()
            .expect("runs");
        let aside = office.path().join(format!(".{name}.unfinished"));
        while !aside.exists() && child.try_wait().expect("waits").is_none() {
            std::thread::yield_now();
        }
        child.kill().expect("kills");
        child.wait().expect("ends");
        if aside.exists() {
            killed += 1;
            assert!(!office.path().join(&name).exists());
        }
    }
    assert!(killed > 0, "no export was caught in the middle");
}

#[test]
fn any_bag_is_registered_as_what_it_prints() {
    let office = Office::open();
    std::fs::create_dir_all(office.path().join("their bag/data")).expect("makes");
    let letter = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/data/demonstration/letter-2024-02-16.txt"
    );
    let letter = std::fs::read(letter).expect("reads");
    let manifest = format!("{}  data/letter.txt\n", ContentDigest::of(&letter));
    office.write(
        "their bag/bagit.txt",
        "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n",
    );
    office.write("their bag/manifest-sha256.txt", &manifest);
    std::fs::write(office.path().join("their bag/data/letter.txt"), &letter).expect("writes");
    let done = office.text(&["import", "their bag", "--from", "An archive", "--yes"]);
    assert!(done.contains("2 registered"), "{done}");
    let shown = office.text(&["show", "#2", "--format", "json"]);
    let shown: Value = serde_json::from_str(&shown).expect("JSON");
    assert_eq!(shown["record"]["source"]["from"], "An archive");
    assert!(shown["record"]["proposed"].is_array(), "{shown}");
}

#[test]
fn a_tampered_bag_is_refused_as_a_whole() {
    let office = office();
    office.text(&["export", "bagit", "bag"]);
    let whole = files(&office.path().join("bag"));
    let other = Office::open();
    let before = other.text(&["list"]);
    let letter = "data/1_A_78_1/fr/v1/lettre.txt";
    let alter = |bag: &mut Files, name: &str, from: &str, to: &str| {
        let changed = text(bag, name).replacen(from, to, 1);
        assert_ne!(changed, text(bag, name), "{name}");
        bag.insert(name.to_owned(), changed.into_bytes());
    };
    let mut twins: Vec<(&str, Files, &str)> = Vec::new();
    let mut twin = |name, change: &dyn Fn(&mut Files), told| {
        let mut bag = whole.clone();
        change(&mut bag);
        twins.push((name, bag, told));
    };
    twin(
        "byte",
        &|bag| alter(bag, letter, "u", "U"),
        "lettre.txt is altered",
    );
    twin(
        "missing",
        &|bag| drop(bag.remove(letter)),
        "lettre.txt is missing",
    );
    twin(
        "manifest",
        &|bag| alter(bag, "manifest-sha256.txt", "fr/v1", "fr/v2"),
        "manifest-sha256.txt is altered",
    );
    twin(
        "surplus",
        &|bag| drop(bag.insert("data/x".into(), Vec::new())),
        "data/x is surplus",
    );
    twin(
        "tag",
        &|bag| alter(bag, "register.csv", "Une lettre", "Une note"),
        "register.csv is altered",
    );
    twin(
        "escape",
        &|bag| {
            let line = format!(
                "{}  data/../../office/keys/ledger-id\n",
                ContentDigest::of(b"")
            );
            bag.entry("manifest-sha256.txt".into())
                .or_default()
                .extend(line.into_bytes());
        },
        "leads out of the bag",
    );
    twin(
        "no bag",
        &|bag| drop(bag.remove("bagit.txt")),
        "this is no bag",
    );
    for (name, bag, expected) in twins {
        for (path, bytes) in bag {
            let path = other.path().join(name).join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            std::fs::write(path, bytes).expect("writes");
        }
        let done = other.run(&["import", name, "--yes"]);
        let told = String::from_utf8(done.stderr).expect("text");
        assert_eq!(done.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains(expected), "{name}: {told}");
        assert_eq!(other.text(&["list"]), before, "{name}");
    }
    #[cfg(unix)]
    {
        let bag = office.path().join("bag");
        std::fs::remove_file(bag.join(letter)).expect("removes");
        std::os::unix::fs::symlink(office.path().join("lettre.txt"), bag.join(letter))
            .expect("links");
        let done = other.run(&["import", bag.to_str().expect("text"), "--yes"]);
        assert!(String::from_utf8_lossy(&done.stderr).contains("is a link"));
    }
}

#[test]
fn a_register_that_lies_about_a_good_bag_is_refused() {
    let office = office();
    office.text(&["export", "bagit", "bag"]);
    let whole = files(&office.path().join("bag"));
    let other = Office::open();
    let digest = ContentDigest::of(b"un\n").to_string();
    let note = ContentDigest::of(b"a note\n").ni_name();
    for (name, from, to, told) in [
        (
            "digest",
            digest.as_str(),
            &ContentDigest::of(b"x").to_string()[..],
            "has another digest",
        ),
        (
            "unnamed",
            "data/1_A_78_1/fr/v1/lettre.txt",
            "",
            "is in the payload and not named",
        ),
        (
            "elsewhere",
            "data/1_A_78_1/fr/v1/lettre.txt",
            "../list.txt",
            "and not named",
        ),
        (
            "number",
            &format!("revision,{note}"),
            "revision,#1",
            "is no ni: name",
        ),
    ] {
        let mut bag = whole.clone();
        let table = text(&bag, "register.csv").replacen(from, to, 1);
        bag.insert("register.csv".into(), table.into_bytes());
        let tags = bag
            .iter()
            .filter(|(path, _)| !path.starts_with("data/") && *path != "tagmanifest-sha256.txt");
        let lines = tags.map(|(path, bytes)| format!("{}  {path}\n", ContentDigest::of(bytes)));
        let lines: String = lines.collect();
        bag.insert("tagmanifest-sha256.txt".into(), lines.into_bytes());
        Bag::read(&Memory(&bag)).expect("as a bag it is good");
        for (path, bytes) in bag {
            let path = other.path().join(name).join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("makes");
            std::fs::write(path, bytes).expect("writes");
        }
        let done = other.run(&["import", name, "--yes"]);
        let said = String::from_utf8(done.stderr).expect("text");
        assert_eq!(done.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(told), "{name}: {said}");
    }
}
