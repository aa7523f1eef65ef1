//! An office whose heads two witnesses cosign.

use docledger::key::SecretKey;

use super::Office;

/// Offices have their ledger in `office`; a witness's key lies beside it.
pub fn run_witness(office: &Office, number: u8, request: &str, out: &str) -> std::process::Output {
    let name = format!("w{number}.example/w");
    let (key, state) = (format!("w{number}.key"), format!("state-{number}"));
    office.run(&[
        "witness",
        "cosign",
        request,
        "--name",
        &name,
        "--key",
        &key,
        "--policy",
        "office/keys/policy",
        "--out",
        out,
        "--state",
        &state,
    ])
}

/// An office whose policy asks for two of two witnesses.
pub fn witnessed_office() -> Office {
    let office = Office::open();
    let mut flags = vec!["key".to_owned(), "policy".to_owned(), "--yes".to_owned()];
    for number in [1_u8, 2] {
        let pem = SecretKey::from_seed([number; 32]).to_plain_pem();
        let file = format!("w{number}.key");
        office.write(&file, &pem);
        let name = format!("w{number}.example/w");
        let vkey = office.text(&["witness", "vkey", "--name", &name, "--key", &file]);
        flags.push(format!("--witness=w{number}={}", vkey.trim()));
    }
    flags.push("--group=both=all:w1,w2".to_owned());
    flags.push("--quorum=both".to_owned());
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    office.text(&flags);
    office
}

pub fn register(office: &Office, number: u8) {
    let file = format!("{number}.txt");
    office.write(&file, &format!("document {number}\n"));
    let symbol = format!("A/78/{number}");
    office.text(&["register", &file, "--symbol", &symbol, "--yes"]);
}

/// Has both witnesses cosign the newest head.
pub fn have_cosigned(office: &Office, old: u64, name: &str) {
    let old = old.to_string();
    office.text(&["checkpoint", "request", "--old", &old, "--out", name]);
    for number in [1, 2] {
        let out = format!("{name}.{number}");
        let done = run_witness(office, number, name, &out);
        let told = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{told}");
        office.text(&["checkpoint", "add", &out]);
    }
}
