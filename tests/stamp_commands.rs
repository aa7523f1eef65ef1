//! Time stamps in a ledger: asked for, kept, verified, renewed, by an authority
//! of `openssl ts`.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod office;
mod tsa;

use std::path::PathBuf;

use office::{Office, copy};
use tsa::{Authority, openssl};

const EC: &str = "-newkey ec -pkeyopt ec_paramgen_curve:P-256";
const USAGE: &str = "extendedKeyUsage=critical,timeStamping";

/// One whose certificate ends in years.
fn authority() -> Authority {
    Authority::open(EC, USAGE, "sha256", 2_000)
}

/// An office of two documents whose head is stamped.
fn stamped(tsa: &Authority) -> Office {
    let office = Office::open();
    register(&office, 1);
    register(&office, 2);
    stamp(&office, tsa, "first", &[]);
    office
}

fn register(office: &Office, number: u8) {
    let file = format!("{number}.txt");
    office.write(&file, &format!("document {number}\n"));
    let symbol = format!("A/78/{number}");
    office.text(&["register", &file, "--symbol", &symbol, "--yes"]);
}

/// Asks for a stamp and takes the reply in.
fn stamp(office: &Office, tsa: &Authority, name: &str, more: &[&str]) {
    let request = format!("{name}.tsq");
    office.text(&[&["stamp", "request", "--out", &request], more].concat());
    let request = std::fs::read(office.path().join(request)).expect("reads");
    let reply = format!("{name}.tsr");
    std::fs::write(office.path().join(&reply), tsa.answer(&request)).expect("writes");
    let kept = office.text(&["stamp", "add", &reply]);
    assert!(
        kept.starts_with("kept: the first 3 entries existed on "),
        "{kept}"
    );
}

fn certificates(office: &Office, tsa: &Authority, name: &str) {
    let root = tsa.folder.path().join("root.pem");
    std::fs::copy(root, office.path().join(name)).expect("copies");
}

fn codes(summary: &serde_json::Value) -> Vec<&str> {
    let findings = summary["findings"].as_array().expect("an array");
    findings
        .iter()
        .filter_map(|it| it["code"].as_str())
        .collect()
}

fn kept(office: &Office) -> Vec<PathBuf> {
    let folder = office.path().join("office/ledger/stamps");
    let listed = std::fs::read_dir(folder).expect("lists");
    let mut paths: Vec<_> = listed.map(|it| it.expect("reads").path()).collect();
    paths.sort();
    paths
}

#[test]
fn a_stamped_head_proves_when_the_ledger_existed() {
    let tsa = authority();
    let office = stamped(&tsa);
    certificates(&office, &tsa, "tsa.pem");
    register(&office, 3);
    // Nobody whom the auditor trusts: nothing is said of it, and that is told.
    let (alone, code) = office.summary(&["verify"]);
    assert_eq!(
        (alone["verdict"].as_str(), code),
        (Some("verified"), Some(0))
    );
    assert_eq!(alone["stamped"].as_array().map(Vec::len), Some(0));
    let skipped = alone["not_checked"].to_string();
    assert!(
        skipped.contains("no certificates of authorities"),
        "{skipped}"
    );
    let (report, code) = office.summary(&["verify", "--tsa-certificates", "tsa.pem"]);
    assert_eq!(
        (report["verdict"].as_str(), code),
        (Some("verified"), Some(0))
    );
    assert_eq!(
        report["stamped"][0]["size"], 3,
        "as many as there were then"
    );
    assert_eq!(report["stamped"][0]["authority"], "CN=leaf");
    let text = office.text(&["verify", "--tsa-certificates", "tsa.pem"]);
    assert!(
        text.contains("checked: its first 3 entries existed on 20"),
        "{text}"
    );
    let list = office.text(&["stamp", "list", "--tsa-certificates", "tsa.pem"]);
    assert!(
        list.contains("3 entries\n  by          CN=leaf\n"),
        "{list}"
    );
    // An authority that is not trusted.
    let other = authority();
    certificates(&office, &other, "other.pem");
    let (report, code) = office.summary(&["verify", "--tsa-certificates", "other.pem"]);
    assert_eq!((codes(&report), code), (vec!["stamp-untrusted"], Some(3)));
    // openssl verifies what is kept.
    let [reply, stamped] = kept(&office).try_into().expect("two files");
    let (stamped, reply) = (stamped.display(), reply.display());
    let at = tsa.folder.path();
    openssl(
        at,
        &format!("ts -verify -data {stamped} -in {reply} -CAfile root.pem"),
    );
}

#[test]
fn every_flipped_byte_of_a_stamp_is_named() {
    let tsa = authority();
    let office = stamped(&tsa);
    for path in kept(&office) {
        let whole = std::fs::read(&path).expect("reads");
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        for place in (0..whole.len()).step_by(whole.len() / 12) {
            let mut flipped = whole.clone();
            flipped[place] ^= 1;
            std::fs::write(&path, flipped).expect("writes");
            let (report, code) = office.summary(&["verify"]);
            assert_eq!(code, Some(1), "{name}, byte {place}");
            assert!(codes(&report).contains(&"stamp-damaged"), "{report}");
            assert!(report["findings"].to_string().contains(name), "{report}");
        }
        std::fs::write(&path, &whole[..whole.len() - 1]).expect("writes");
        assert_eq!(office.summary(&["verify"]).1, Some(1), "{name} cut");
        std::fs::write(&path, whole).expect("writes");
    }
    assert_eq!(office.summary(&["verify"]).1, Some(0));
    let [reply, stamped] = kept(&office).try_into().expect("two files");
    std::fs::remove_file(stamped).expect("removes");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec!["stamp-missing"], Some(3)));
    let other = reply.with_file_name("junk.tsr");
    std::fs::rename(reply, other).expect("renames");
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec!["surplus-file"], Some(0)));
}

#[test]
fn a_ledger_cut_off_or_rewritten_does_not_match_its_stamp() {
    let tsa = authority();
    let office = Office::open();
    register(&office, 1);
    let ledger = office.path().join("office/ledger");
    let older = office.path().join("older");
    copy(&ledger, &older);
    register(&office, 2);
    stamp(&office, &tsa, "first", &[]);
    // The ledger as it was before the second document, beside the stamp.
    let stamps = office.path().join("stamps");
    copy(&ledger.join("stamps"), &stamps);
    std::fs::remove_dir_all(&ledger).expect("removes");
    copy(&older, &ledger);
    copy(&stamps, &ledger.join("stamps"));
    let (report, code) = office.summary(&["verify", "--state", "nobody"]);
    assert!(codes(&report).contains(&"stamp-ahead"), "{report}");
    assert_eq!(code, Some(1));
    // Grown again, otherwise: nobody but the stamp knows.
    register(&office, 3);
    register(&office, 4);
    let (report, code) = office.summary(&["verify", "--state", "nobody"]);
    assert!(codes(&report).contains(&"stamp-forked"), "{report}");
    assert_eq!(code, Some(1));
    // In another ledger it says nothing.
    let other = Office::open();
    copy(&stamps, &other.path().join("office/ledger/stamps"));
    let (report, code) = other.summary(&["verify"]);
    assert_eq!(
        codes(&report),
        ["stamp-foreign", "stamp-foreign"],
        "{report}"
    );
    assert_eq!(code, Some(0));
}

#[test]
fn a_reply_to_something_else_is_not_kept() {
    let tsa = authority();
    let office = Office::open();
    register(&office, 1);
    office.text(&["stamp", "request", "--out", "a.tsq"]);
    let elsewhere = Office::open();
    elsewhere.text(&["stamp", "request", "--out", "b.tsq"]);
    let other = std::fs::read(elsewhere.path().join("b.tsq")).expect("reads");
    std::fs::write(office.path().join("b.tsr"), tsa.answer(&other)).expect("writes");
    let refused = office.run(&["stamp", "add", "b.tsr"]);
    assert_eq!(refused.status.code(), Some(2));
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(
        told.contains("about nothing that was to be stamped here"),
        "{told}"
    );
    // One by an authority that is not trusted, where trust was asked for.
    let own = std::fs::read(office.path().join("a.tsq")).expect("reads");
    std::fs::write(office.path().join("a.tsr"), tsa.answer(&own)).expect("writes");
    certificates(&office, &authority(), "other.pem");
    let refused = office.run(&["stamp", "add", "a.tsr", "--tsa-certificates", "other.pem"]);
    assert_eq!(refused.status.code(), Some(2));
    office.write("junk.tsr", "junk");
    assert_eq!(
        office.run(&["stamp", "add", "junk.tsr"]).status.code(),
        Some(2)
    );
    let (report, code) = office.summary(&["verify"]);
    assert_eq!(
        (codes(&report), code),
        (vec![], Some(0)),
        "nothing was kept"
    );
    // A request is never written over.
    assert_eq!(
        office
            .run(&["stamp", "request", "--out", "a.tsq"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_stamp_is_renewed_before_its_certificate_ends() {
    let short = Authority::open(EC, USAGE, "sha256", 10);
    let office = stamped(&short);
    certificates(&office, &short, "tsa.pem");
    let (report, code) = office.summary(&["verify", "--tsa-certificates", "tsa.pem"]);
    assert_eq!((codes(&report), code), (vec!["stamp-expiring"], Some(0)));
    let long = authority();
    stamp(&office, &long, "second", &["--renew"]);
    certificates(&office, &long, "long.pem");
    let both = [
        "verify",
        "--tsa-certificates",
        "tsa.pem",
        "--tsa-certificates",
        "long.pem",
    ];
    let (report, code) = office.summary(&both);
    assert_eq!((codes(&report), code), (vec![], Some(0)), "{report}");
    assert_eq!(report["stamped"].as_array().map(Vec::len), Some(2));
    assert_eq!(report["stamped"][1]["size"], 3);
    let list = office.text(&["stamp", "list"]);
    assert!(list.contains("3 entries, stamped again\n"), "{list}");
}

#[test]
fn a_renewal_after_the_certificates_end_is_told_as_late() {
    let ended = Authority::open(EC, USAGE, "sha256", -1);
    let office = stamped(&ended);
    stamp(&office, &authority(), "second", &["--renew"]);
    let (report, code) = office.summary(&["verify"]);
    assert_eq!((codes(&report), code), (vec!["stamp-late"], Some(0)));
}
