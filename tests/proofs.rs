//! Proofs for people who don't have the ledger, as `prove` writes them.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;

use docledger::key::PublicKey;
use docledger::log::SignedCheckpoint;
use docledger::merkle::leaf_hash;
use docledger::proof::{Receipt, ReceiptProof, TlogProof, TransparentStatement};
use office::Office;

fn office() -> Office {
    let office = Office::open();
    for number in 1..=6 {
        office.write(&format!("{number}.txt"), &format!("document {number}\n"));
        let file = format!("{number}.txt");
        let symbol = format!("A/78/{number}");
        office.text(&["register", &file, "--symbol", &symbol, "--yes"]);
        if number == 3 {
            let checkpoint = office.text(&["checkpoint"]);
            office.write("older", &checkpoint);
        }
    }
    office
}

fn read(office: &Office, name: &str) -> Vec<u8> {
    std::fs::read(office.path().join(name)).expect("reads")
}

/// The log's public key with a role.
fn log_key(office: &Office, role: &str) -> PublicKey {
    let keys = std::fs::read_dir(office.path().join("office/keys")).expect("lists");
    let mut names = keys.map(|it| it.expect("reads").path());
    let is_it = |path: &std::path::PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(role))
    };
    let path = names.find(is_it).expect("a key");
    PublicKey::from_pem(&std::fs::read_to_string(path).expect("reads")).expect("a key")
}

#[test]
fn an_entry_is_proven_to_stand_in_the_log() {
    let office = office();
    office.text(&["prove", "A/78/4", "--out", "four"]);
    let statement = TransparentStatement::parse(&read(&office, "four.scitt")).expect("reads");
    let proof = TlogProof::parse(&read(&office, "four.tlog-proof")).expect("reads");
    let key = log_key(&office, "checkpoint");
    let head = proof.verify(statement.leaf(), "example.org/log", &key);
    assert_eq!(head.expect("verifies").size, 7);
    assert_eq!(proof.index, 4);
    let [receipt] = statement.receipts.as_slice() else {
        panic!("{} receipts", statement.receipts.len())
    };
    let receipt = Receipt::parse(receipt).expect("reads");
    let key = log_key(&office, "receipt");
    let root = receipt.verify_inclusion(statement.leaf(), &key);
    let checkpoint = SignedCheckpoint::parse(&read(&office, "office/ledger/checkpoint"));
    assert_eq!(root, Ok(checkpoint.expect("reads").unverified().root));
    let other = leaf_hash(b"another entry");
    receipt
        .verify_inclusion(other, &key)
        .expect_err("another entry");
    let wrong = log_key(&office, "checkpoint");
    receipt
        .verify_inclusion(statement.leaf(), &wrong)
        .expect_err("another key");
    receipt
        .verify_growth(root.expect("a root"), &key)
        .expect_err("another kind of proof");
}

#[test]
fn no_flipped_byte_of_a_transparent_statement_proves_another_entry() {
    let office = office();
    office.text(&["prove", "A/78/4", "--out", "four"]);
    let whole = read(&office, "four.scitt");
    let entry = TransparentStatement::parse(&whole).expect("reads").entry;
    let key = log_key(&office, "receipt");
    let holds = |bytes: &[u8]| {
        let statement = TransparentStatement::parse(bytes).ok()?;
        let receipt = Receipt::parse(statement.receipts.first()?).ok()?;
        receipt.verify_inclusion(statement.leaf(), &key).ok()?;
        let ReceiptProof::Inclusion { path, .. } = receipt.proof() else {
            return None;
        };
        Some((statement.entry, path.clone()))
    };
    let (_, path) = holds(&whole).expect("holds");
    for place in 0..whole.len() {
        for flip in [1, 0x10, 0x80] {
            let mut bytes = whole.clone();
            bytes[place] ^= flip;
            // Size and index are not authenticated; the entry and its path are.
            let proven = holds(&bytes);
            assert!(
                proven.is_none_or(|proven| proven == (entry.clone(), path.clone())),
                "byte {place} flipped by {flip}"
            );
        }
    }
}

#[test]
fn growth_is_proven_from_an_older_checkpoint() {
    let office = office();
    office.text(&["prove", "--growth", "older", "--out", "growth"]);
    let older = SignedCheckpoint::parse(&read(&office, "older")).expect("reads");
    let newer = SignedCheckpoint::parse(&read(&office, "office/ledger/checkpoint"));
    let receipt = Receipt::parse(&read(&office, "growth.receipt")).expect("reads");
    let key = log_key(&office, "receipt");
    let root = receipt.verify_growth(older.unverified().root, &key);
    assert_eq!(root, Ok(newer.expect("reads").unverified().root));
    let text = String::from_utf8(read(&office, "growth.txt")).expect("text");
    assert!(text.contains("ledger of 7 entries"), "{text}");
    // The checkpoint of another ledger is not this one's past.
    let other = Office::open();
    other.write("1.txt", "document 1\n");
    other.text(&["register", "1.txt", "--symbol", "A/78/1", "--yes"]);
    office.write("foreign", &other.text(&["checkpoint"]));
    let refused = office.run(&["prove", "--growth", "foreign", "--out", "no"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(!office.path().join("no.txt").exists());
}

#[test]
fn a_proof_is_never_written_over() {
    let office = office();
    office.text(&["prove", "A/78/4", "--no-receipt"]);
    let before = read(&office, "entry-4.tlog-proof");
    let again = office.run(&["prove", "A/78/4", "--no-receipt"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(read(&office, "entry-4.tlog-proof"), before);
    assert!(!office.path().join("entry-4.scitt").exists());
    let nothing = office.run(&["prove"]);
    let told = String::from_utf8_lossy(&nothing.stderr).into_owned();
    assert_eq!(nothing.status.code(), Some(2));
    assert!(told.contains("hint: name a document"), "{told}");
}

/// What `verify --statement` says of a statement and a file: verdict, codes, exit
/// code.
fn bare(office: &Office, statement: &str, more: &[&str]) -> (String, Vec<String>, Option<i32>) {
    let asked = [&["verify", "--statement", statement], more].concat();
    let (report, code) = office.summary(&asked);
    let codes = report["findings"].as_array().expect("an array").iter();
    let codes = codes.map(|it| it["code"].as_str().expect("text").to_owned());
    let verdict = report["verdict"].as_str().expect("text").to_owned();
    (verdict, codes.collect(), code)
}

#[test]
fn a_statement_alone_leaves_open_whether_its_signer_might() {
    let office = office();
    office.text(&["prove", "A/78/4", "--out", "four"]);
    let id = std::fs::read_to_string(office.path().join("office/keys/ledger-id")).expect("reads");
    let keys = [
        "4.txt",
        "--office-keys",
        "office/keys",
        "--ledger-id",
        id.trim(),
    ];
    let told = bare(&office, "four.scitt", &keys);
    let open = |codes: &[&str]| {
        let codes = codes.iter().map(|code| (*code).to_owned()).collect();
        ("not-established".to_owned(), codes, Some(3))
    };
    assert_eq!(told, open(&["authority-not-shown"]));
    let text = office.run(&[&["verify", "--statement", "four.scitt"], &keys[..]].concat());
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("#4 of 7, as the receipt says"), "{text}");
    assert!(text.contains("checked: 2 signatures, 1 files"), "{text}");
    // Another file; no file; keys of others; another ledger.
    let other = bare(
        &office,
        "four.scitt",
        &["5.txt", "--office-keys", "office/keys"],
    );
    assert_eq!(other, open(&["document-unknown", "authority-not-shown"]));
    let none = bare(&office, "four.scitt", &["--office-keys", "office/keys"]);
    assert_eq!(none, open(&["document-missing", "authority-not-shown"]));
    let stranger = docledger::key::SecretKey::from_seed([9; 32]).public();
    office.write("stranger.pem", &stranger.to_pem());
    let strangers = bare(
        &office,
        "four.scitt",
        &["4.txt", "--office-keys", "stranger.pem"],
    );
    assert_eq!(
        strangers,
        open(&["no-anchor", "no-anchor", "authority-not-shown"])
    );
    let zeros = "00".repeat(32);
    let (verdict, codes, code) = bare(
        &office,
        "four.scitt",
        &[
            "4.txt",
            "--office-keys",
            "office/keys",
            "--ledger-id",
            &zeros,
        ],
    );
    assert_eq!((verdict.as_str(), code), ("failed", Some(1)));
    assert_eq!(codes, ["ledger-id-mismatch", "authority-not-shown"]);
    office.write("no-key.pem", "nonsense");
    let refused = office.run(&[
        "verify",
        "--statement",
        "four.scitt",
        "--office-keys",
        "no-key.pem",
    ]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn no_flipped_byte_of_a_statement_alone_is_taken_for_the_offices() {
    let office = office();
    office.text(&["prove", "A/78/4", "--out", "four"]);
    let whole = read(&office, "four.scitt");
    let keys: Vec<_> = ["officer", "receipt"]
        .map(|role| log_key(&office, role))
        .into();
    let asked = docledger::digest::ContentDigest::of(b"document 4\n");
    let judge = |bytes: &[u8]| docledger::verify::verify_statement(bytes, &keys, None, Some(asked));
    let good = judge(&whole).report;
    assert_eq!((good.checked.signatures, good.checked.documents), (2, 1));
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        let report = judge(&flipped).report;
        let checked = &report.checked;
        let is_whole = (checked.signatures, checked.documents) == (2, 1);
        // A key id in a header is covered by its signature, and so is all the rest.
        assert!(
            !is_whole || report.verdict() == docledger::verify::Verdict::Failed,
            "byte {place}"
        );
        let judged = judge(&whole[..place]).report;
        assert_eq!(judged.checked.signatures, 0, "cut at {place}");
    }
}
