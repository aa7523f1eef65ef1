//! Evidence with what others said of older heads: cosignatures and time stamps.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;
mod tsa;

use std::io::Read as _;

use docledger::proof::EvidenceFile;
use docledger::stamp::Certificate;
use docledger::verify::{Anchor, Asked, Code, Proven, Verdict, verify_evidence};
use office::Office;
use office::witnessed::{have_cosigned, register, witnessed_office};
use tsa::Authority;

const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
const USAGE: &str = "extendedKeyUsage=critical,timeStamping";

/// The head of three entries cosigned and stamped, twice; that of four stamped;
/// five are there.
fn vouched(tsa: &Authority) -> Office {
    let office = witnessed_office();
    register(&office, 1);
    have_cosigned(&office, 0, "seen");
    stamp(&office, tsa, "first", &[]);
    stamp(&office, tsa, "again", &["--renew"]);
    register(&office, 2);
    stamp(&office, tsa, "second", &[]);
    register(&office, 3);
    office
}

fn stamp(office: &Office, tsa: &Authority, name: &str, more: &[&str]) {
    let request = format!("{name}.tsq");
    office.text(&[&["stamp", "request", "--out", &request], more].concat());
    let request = std::fs::read(office.path().join(request)).expect("reads");
    let reply = format!("{name}.tsr");
    std::fs::write(office.path().join(&reply), tsa.answer(&request)).expect("writes");
    office.text(&["stamp", "add", &reply]);
}

fn codes(proven: &Proven) -> Vec<Code> {
    proven.report.findings.iter().map(|it| it.code).collect()
}

fn pack(file: &EvidenceFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.pack(None).read_to_end(&mut bytes).expect("reads");
    bytes
}

/// The evidence about the first document, without it; and a judge of such files.
fn evidence(office: &Office) -> EvidenceFile {
    office.text(&["prove", "A/78/1", "--no-document", "--out", "proof"]);
    let bytes = std::fs::read(office.path().join("proof.zip")).expect("reads");
    EvidenceFile::read(&mut &bytes[..]).expect("reads").0
}

fn judge(office: &Office, file: &EvidenceFile, authorities: &[Certificate]) -> Proven {
    let id = std::fs::read_to_string(office.path().join("office/keys/ledger-id")).expect("reads");
    let asked = Asked {
        authorities,
        ..Asked::default()
    };
    let anchor = Anchor::Id(id.trim().parse().expect("an id"));
    let bytes = pack(file);
    let mut proven = verify_evidence(&mut &bytes[..], anchor, &asked).expect("reads");
    // The document is left out everywhere here.
    let is_other = |code| code != Code::DocumentMissing;
    proven.report.findings.retain(|it| is_other(it.code));
    proven
}

#[test]
fn evidence_tells_claimed_witnessed_and_stamped_times_apart() {
    let tsa = Authority::open(EC, USAGE, "sha256", 2_000);
    let office = vouched(&tsa);
    office.text(&["prove", "A/78/1", "--out", "proof"]);
    // In an empty folder, by the file, the id and the authority's certificate.
    let id = std::fs::read_to_string(office.path().join("office/keys/ledger-id")).expect("reads");
    let stranger = Office::open();
    for (from, to) in [
        (office.path().join("proof.zip"), "proof.zip"),
        (tsa.folder.path().join("root.pem"), "tsa.pem"),
    ] {
        std::fs::copy(from, stranger.path().join(to)).expect("copies");
    }
    let asked = [
        "verify",
        "--evidence",
        "proof.zip",
        "--ledger-id",
        id.trim(),
        "--tsa-certificates",
        "tsa.pem",
    ];
    let (report, code) = stranger.summary(&asked);
    assert_eq!(
        (report["verdict"].as_str(), code),
        (Some("verified"), Some(0)),
        "{report}"
    );
    assert_eq!(report["witnessed"]["size"], 3);
    let sizes = report["stamped"].as_array().expect("an array").iter();
    let sizes: Vec<_> = sizes.map(|it| it["size"].as_u64()).collect();
    assert_eq!(sizes, [Some(3), Some(3), Some(4)], "{report}");
    let text = stranger.text(&asked);
    let lines: Vec<_> = text.lines().map(str::trim_start).collect();
    for (label, holds) in [
        ("claimed time", "office's own clock"),
        ("witnessed", "w1.example/w"),
        ("stamped", "leaf"),
    ] {
        let is_told = |line: &&str| line.starts_with(label) && line.contains(holds);
        assert!(lines.iter().any(is_told), "{label}: {text}");
    }
    // A document after the witnessed head: told as such.
    office.text(&["prove", "A/78/3", "--out", "newest"]);
    let text = office.text(&["verify", "--evidence", "newest.zip"]);
    assert!(text.contains("not yet by as many"), "{text}");
    let file = std::fs::read(office.path().join("newest.zip")).expect("reads");
    let (file, _) = EvidenceFile::read(&mut &file[..]).expect("reads");
    assert_eq!((file.cosigned.len(), file.stamps.len()), (1, 1));
}

#[test]
fn a_policy_of_the_readers_own_is_asked_of_evidence_too() {
    let tsa = Authority::open(EC, USAGE, "sha256", 2_000);
    let office = vouched(&tsa);
    office.text(&["prove", "A/78/1", "--out", "proof"]);
    let own = std::fs::read_to_string(office.path().join("office/keys/policy")).expect("reads");
    let asked = ["verify", "--evidence", "proof.zip", "--policy", "mine"];
    office.write("mine", &own);
    assert_eq!(office.summary(&asked).1, Some(0));
    let stranger = docledger::key::SecretKey::from_seed([9; 32]).public();
    let key = docledger::witness::WitnessKey::new("w9.example/w", stranger).expect("a key");
    let log = own.lines().next().expect("a log line");
    let more = format!("{log}\nwitness w9 {}\nquorum w9\n", key.vkey());
    office.write("mine", &more);
    let (report, code) = office.summary(&asked);
    assert_eq!(code, Some(3));
    assert_eq!(report["findings"][0]["code"], "quorum-missing", "{report}");
}

#[test]
fn a_remembered_head_that_evidence_contradicts_fails_it() {
    let tsa = Authority::open(EC, USAGE, "sha256", 2_000);
    let office = vouched(&tsa);
    let file = evidence(&office);
    let id = std::fs::read_to_string(office.path().join("office/keys/ledger-id")).expect("reads");
    let head = docledger::verify::Remembered {
        size: 4,
        root: docledger::digest::TreeHash::from_bytes([1; 32]),
        when: "2026-01-01".to_owned(),
    };
    let asked = Asked {
        remembered: Some(&head),
        ..Asked::default()
    };
    let anchor = Anchor::Id(id.trim().parse().expect("an id"));
    let bytes = pack(&file);
    let proven = verify_evidence(&mut &bytes[..], anchor, &asked).expect("reads");
    assert_eq!(proven.report.verdict(), Verdict::Failed);
    assert!(codes(&proven).contains(&Code::Forked));
}

#[test]
fn nothing_said_of_older_heads_can_be_altered_or_moved() {
    let tsa = Authority::open(EC, USAGE, "sha256", 2_000);
    let office = vouched(&tsa);
    let (file, authorities) = (evidence(&office), tsa.certificates());
    let whole = judge(&office, &file, &authorities);
    assert_eq!(whole.report.verdict(), Verdict::Verified);
    assert_eq!(codes(&whole), [Code::Unwitnessed]);
    assert_eq!(whole.report.stamped.len(), 3);
    let flip = |bytes: &mut Vec<u8>, place: usize| bytes[place] ^= 1 << (place % 8);
    let mut twins = Vec::new();
    for (size, bytes) in &file.cosigned {
        for place in 0..bytes.len() {
            let mut twin = file.clone();
            flip(twin.cosigned.get_mut(size).expect("is there"), place);
            twins.push(twin);
        }
    }
    for (named, bytes) in &file.stamped {
        for place in 0..bytes.len() {
            let mut twin = file.clone();
            flip(twin.stamped.get_mut(named).expect("is there"), place);
            twins.push(twin);
        }
    }
    for (key, bytes) in &file.stamps {
        for place in 0..bytes.len() {
            let mut twin = file.clone();
            flip(twin.stamps.get_mut(key).expect("is there"), place);
            twins.push(twin);
        }
    }
    // What a stamp is about, left out; a head under another size.
    for named in file.stamped.keys() {
        let mut twin = file.clone();
        twin.stamped.remove(named);
        twins.push(twin);
    }
    let mut twin = file.clone();
    let cosigned = twin.cosigned.pop_first().expect("is there").1;
    twin.cosigned.insert(4, cosigned);
    twins.push(twin);
    for twin in &twins {
        let verdict = judge(&office, twin, &authorities).report.verdict();
        assert_ne!(verdict, Verdict::Verified);
    }
    // Whoever leaves the cosigned head out leaves the quorum unmet.
    let mut without = file.clone();
    without.cosigned.clear();
    assert_ne!(
        judge(&office, &without, &authorities).report.verdict(),
        Verdict::Verified
    );
}
