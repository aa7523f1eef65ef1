//! Other people's libraries agree with what this program writes, and refuse
//! each tampered twin: `coset` with `ed25519-dalek` for the statements,
//! `ct-merkle` for the root, `signed_note` for the checkpoint.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod common;

use std::path::Path;

use common::{DISK, key, open, register, register_documents};
use coset::TaggedCborSerializable as _;
use docledger::encoding::note::{TYPE_ED25519, verifier_key};
use docledger::log::read_bundle;
use docledger::statement::Change;
use signed_note::{Note, StandardVerifier, VerifierList};

const ENTRIES: u16 = 5;

fn ledger(home: &Path) -> Vec<Vec<u8>> {
    open(home);
    register_documents(home, 3);
    register(&DISK, home, b"new\n", "A/78/1", Some(Change::Revision)).expect("registers");
    let bytes = std::fs::read(home.join("ledger/tile/entries/000.p/5")).expect("reads");
    read_bundle(&bytes, ENTRIES)
        .expect("a bundle")
        .into_iter()
        .map(<[u8]>::to_vec)
        .collect()
}

fn accepted_by_coset(entry: &[u8], signer: u8) -> bool {
    let Ok(message) = coset::CoseSign1::from_tagged_slice(entry) else {
        return false;
    };
    let key =
        ed25519_dalek::VerifyingKey::from_bytes(key(signer).public().as_bytes()).expect("a key");
    let check = |signature: &[u8], message: &[u8]| {
        let signature = ed25519_dalek::Signature::from_slice(signature).map_err(|_| ())?;
        key.verify_strict(message, &signature).map_err(|_| ())
    };
    message.verify_signature(&[], check).is_ok()
}

#[test]
fn coset_accepts_every_statement_and_no_twin() {
    let home = tempfile::tempdir().expect("a folder");
    for (index, entry) in ledger(home.path()).into_iter().enumerate() {
        let signer = if index == 0 { 1 } else { 2 };
        assert!(accepted_by_coset(&entry, signer), "entry {index}");
        assert!(
            !accepted_by_coset(&entry, 3),
            "entry {index} under another key"
        );
        for place in (0..entry.len()).step_by(7).chain([entry.len() - 1]) {
            let mut twin = entry.clone();
            twin[place] ^= 1;
            assert!(
                !accepted_by_coset(&twin, signer),
                "entry {index}, byte {place}"
            );
        }
    }
}

#[test]
fn ct_merkle_has_the_same_root_and_another_for_a_twin() {
    let home = tempfile::tempdir().expect("a folder");
    let entries = ledger(home.path());
    let root = |entries: &[Vec<u8>]| {
        let mut tree = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
        entries.iter().for_each(|entry| tree.push(entry.clone()));
        docledger::encoding::base64::encode(tree.root().as_bytes())
    };
    let checkpoint = std::fs::read_to_string(home.path().join("ledger/checkpoint")).expect("reads");
    assert_eq!(checkpoint.lines().nth(2), Some(root(&entries).as_str()));
    let mut twin = entries.clone();
    twin[2][40] ^= 1;
    assert_ne!(root(&twin), root(&entries));
}

#[test]
fn signed_note_accepts_the_checkpoint_and_no_twin() {
    let home = tempfile::tempdir().expect("a folder");
    ledger(home.path());
    let policy = std::fs::read_to_string(home.path().join("keys/policy")).expect("reads");
    let vkey = policy
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("log "))
        .expect("a log line")
        .to_owned();
    assert_eq!(
        vkey,
        verifier_key(
            "records.example.org/register",
            TYPE_ED25519,
            key(3).public().as_bytes()
        )
    );
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).expect("a key"))]);
    let accepted =
        |bytes: &[u8]| Note::from_bytes(bytes).is_ok_and(|note| note.verify(&known).is_ok());
    let checkpoint = std::fs::read(home.path().join("ledger/checkpoint")).expect("reads");
    assert!(accepted(&checkpoint));
    for place in 0..checkpoint.len() {
        let mut twin = checkpoint.clone();
        twin[place] ^= 1;
        assert!(!accepted(&twin), "byte {place}");
    }
}
