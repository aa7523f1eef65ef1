//! The standards' and peers' vectors, copied into `tests/vectors/` with their
//! origins and licences.

use docledger::digest::{LeafHash, TreeHash};
use docledger::encoding::cbor;
use docledger::encoding::cose::{CoseError, Sign1};
use docledger::key::{PublicKey, SecretKey};
use docledger::log::{SignedCheckpoint, read_bundle};
use docledger::merkle::{Tree, leaf_hash, verify_consistency, verify_inclusion};
use docledger::statement::{Envelope, EnvelopeError};
use serde_json::Value;

macro_rules! vectors {
    ($path:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("vectors/", $path))).expect("JSON")
    };
}

fn unhex(text: &Value) -> Vec<u8> {
    let text = text.as_str().expect("a text");
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal")
        })
        .collect()
}

fn hash32(bytes: Vec<u8>) -> Option<[u8; 32]> {
    bytes.try_into().ok()
}

fn base64(value: &Value) -> Vec<u8> {
    docledger::encoding::base64::decode(value.as_str().unwrap_or_default()).expect("base 64")
}

fn proof(value: &Value) -> Option<Vec<TreeHash>> {
    let hashes = value.as_array().map(Vec::as_slice).unwrap_or_default();
    hashes
        .iter()
        .map(|hash| hash32(base64(hash)).map(TreeHash::from_bytes))
        .collect()
}

#[test]
fn inclusion_proofs() {
    let cases = vectors!("transparency-dev-merkle/inclusion.json");
    let cases = cases.as_object().expect("cases");
    for (name, case) in cases {
        let accepted = (|| {
            let leaf = LeafHash::from_bytes(hash32(base64(&case["leafHash"]))?);
            let root = TreeHash::from_bytes(hash32(base64(&case["root"]))?);
            let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
            verify_inclusion(leaf, index, size, &proof(&case["proof"])?, root).ok()
        })();
        assert_eq!(
            accepted.is_none(),
            case["wantErr"].as_bool().unwrap_or(false),
            "{name}"
        );
    }
    assert_eq!(cases.len(), 59);
}

#[test]
fn consistency_proofs() {
    let cases = vectors!("transparency-dev-merkle/consistency.json");
    let cases = cases.as_object().expect("cases");
    for (name, case) in cases {
        if name.contains("sizes-are-equal-one-and-proof-is-empty") {
            // Its root has 12 bytes, which is no SHA-256 hash.
            continue;
        }
        let accepted = (|| {
            let [old, new] = ["root1", "root2"]
                .map(|root| hash32(base64(&case[root])).map(TreeHash::from_bytes));
            let (old_size, new_size) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
            verify_consistency((old_size, old?), (new_size, new?), &proof(&case["proof"])?).ok()
        })();
        assert_eq!(
            accepted.is_none(),
            case["wantErr"].as_bool().unwrap_or(false),
            "{name}"
        );
    }
    assert_eq!(cases.len(), 57);
}

#[test]
fn ed25519_signatures_by_wycheproof() {
    let file = vectors!("wycheproof/ed25519_test.json");
    let mut tried = 0;
    for group in file["testGroups"].as_array().expect("groups") {
        let key = hash32(unhex(&group["publicKey"]["pk"]))
            .and_then(|bytes| PublicKey::from_bytes(&bytes).ok());
        for case in group["tests"].as_array().expect("tests") {
            let (message, signature) = (unhex(&case["msg"]), unhex(&case["sig"]));
            let accepted = key.is_some_and(|key| key.verify(&message, &signature).is_ok());
            assert_eq!(accepted, case["result"] == "valid", "{}", case["tcId"]);
            tried += 1;
        }
    }
    assert_eq!(tried, 151);
}

#[test]
fn rfc_8032_and_rfc_9679() {
    let file = vectors!("rfc/rfc9679-thumbprint.json");
    let case = file
        .as_array()
        .expect("cases")
        .iter()
        .find(|case| case["kty"] == "OKP Ed25519")
        .expect("the case");
    let key = PublicKey::from_bytes(&hash32(unhex(&case["x"])).expect("32 bytes")).expect("a key");
    assert_eq!(cbor::encode(&key.to_cose_key()), unhex(&case["cbor"]));
    assert_eq!(
        key.thumbprint().to_string(),
        case["sha256"].as_str().expect("a text")
    );
}

/// RFC 8949 Appendix A: what this format allows reads and writes back; every
/// item that is not in its one form is refused.
#[test]
fn cbor_appendix_a() {
    let cases = vectors!("cbor/appendix_a.json");
    let (mut read, mut refused) = (0, 0);
    for case in cases.as_array().expect("cases") {
        let bytes = unhex(&case["hex"]);
        match cbor::decode(&bytes) {
            Ok(value) => {
                assert_eq!(case["roundtrip"], true, "{}", case["hex"]);
                assert_eq!(cbor::encode(&value), bytes);
                read += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 30 && refused > 30, "{read} read, {refused} refused");
}

#[test]
fn cose_working_group_examples() {
    for (file, expected) in [
        (vectors!("cose-wg-examples/eddsa-sig-01.json"), Ok(())),
        (
            vectors!("cose-wg-examples/sign-pass-03.json"),
            Err(CoseError::NotTagged),
        ),
        (
            vectors!("cose-wg-examples/sign-fail-01.json"),
            Err(CoseError::WrongTag),
        ),
    ] {
        let message = Sign1::parse(&unhex(&file["output"]["cbor"]));
        assert_eq!(
            message.as_ref().map(|_| ()).map_err(Clone::clone),
            expected,
            "{}",
            file["title"]
        );
        if let Ok(message) = message {
            let signed = message.to_be_signed(&[]);
            assert_eq!(signed, unhex(&file["intermediates"]["ToBeSign_hex"]));
            let x = hash32(unhex(&file["input"]["sign0"]["key"]["x_hex"])).expect("32 bytes");
            let key = PublicKey::from_bytes(&x).expect("a key");
            assert_eq!(key.verify(&signed, message.signature()), Ok(()));
        }
    }
}

#[test]
fn a_ledger_made_by_other_programs() {
    let ledger = vectors!("interop-made-here/ledger.json");
    let key = |name: &str| {
        let bytes = hash32(unhex(&ledger["keys"][name]["public"])).expect("32 bytes");
        PublicKey::from_bytes(&bytes).expect("a key")
    };
    let mut tree = Tree::new();
    for (index, statement) in ledger["statements"]
        .as_array()
        .expect("statements")
        .iter()
        .enumerate()
    {
        let bytes = unhex(statement);
        let envelope = Envelope::parse(&bytes).expect("a statement");
        let signed = envelope.message.to_be_signed(&[]);
        assert_eq!(
            key("issuer").verify(&signed, envelope.message.signature()),
            Ok(())
        );
        for place in 0..bytes.len() {
            let mut twin = bytes.clone();
            twin[place] ^= 1;
            let accepted = Envelope::parse(&twin).is_ok_and(|twin| {
                let signed = twin.message.to_be_signed(&[]);
                key("issuer")
                    .verify(&signed, twin.message.signature())
                    .is_ok()
            });
            assert!(!accepted, "statement {index}, byte {place}");
        }
        tree.push(leaf_hash(&bytes));
        let size = (index + 1).to_string();
        assert_eq!(
            tree.root().to_string(),
            ledger["roots"][&size].as_str().expect("a root")
        );
        let note = ledger["checkpoints"][&size].as_str().expect("a note");
        let checkpoint = SignedCheckpoint::parse(note.as_bytes()).expect("a checkpoint");
        let checkpoint = checkpoint
            .verify(&key("log note key"))
            .expect("signed")
            .clone();
        assert_eq!(
            (checkpoint.size, checkpoint.root),
            (tree.size(), tree.root())
        );
        // Ed25519 signs the same bytes in only one way.
        let secret = hash32(unhex(&ledger["keys"]["log note key"]["seed"])).expect("32 bytes");
        assert_eq!(
            checkpoint
                .sign(&SecretKey::from_seed(secret))
                .expect("signs"),
            note
        );
    }
}

#[test]
fn refused_statements_are_refused_for_the_stated_reason() {
    let cases = vectors!("interop-made-here/negative.json");
    let ledger = vectors!("interop-made-here/ledger.json");
    let issuer = hash32(unhex(&ledger["keys"]["issuer"]["public"])).expect("32 bytes");
    let issuer = PublicKey::from_bytes(&issuer).expect("a key");
    let cases = cases
        .as_array()
        .expect("cases")
        .iter()
        .filter(|case| case["kind"] == "statement");
    let mut tried = 0;
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let result = Envelope::parse(&unhex(&case["hex"]));
        let reason = match &result {
            Ok(envelope) => {
                let signed = envelope.message.to_be_signed(&[]);
                issuer
                    .verify(&signed, envelope.message.signature())
                    .expect_err(name)
                    .to_string()
            }
            Err(error) => error.to_string(),
        };
        let expected = match name {
            "trailing byte" => "bytes after the item",
            "untagged" => "not tagged",
            "indefinite outer array" => "indefinite length",
            "non-minimal length" => "shortest form",
            "duplicate label in protected" => "the same map key twice",
            "content type with hash envelope" => "a content type (3) beside",
            "258 in unprotected" => "header 258 stands in the unprotected",
            "typ in unprotected" => "header 16 stands in the unprotected",
            "no kid" => "header 4 is missing",
            "no sub" => "claim 2 is missing",
            "unknown crit" => "critical",
            "unsorted protected map" => "not sorted",
            "signature S plus L" => "does not verify",
            other => panic!("no expectation for {other}"),
        };
        assert!(reason.contains(expected), "{name}: {reason}");
        assert!(!matches!(result, Err(EnvelopeError::TooLong(_))));
        tried += 1;
    }
    assert_eq!(tried, 13);
}

#[test]
fn a_tlog_tiles_log_of_another_program() {
    let log = vectors!("tessera-log/log.json");
    let vkey = log["vkey"].as_str().expect("a key");
    let key = base64(&Value::from(vkey.splitn(3, '+').nth(2).expect("a part")));
    let key = PublicKey::from_bytes(&hash32(key[1..].to_vec()).expect("32 bytes")).expect("a key");
    let files = log["files_hex"].as_object().expect("files");
    let mut tree = Tree::new();
    for (index, entry) in log["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .enumerate()
    {
        tree.push(leaf_hash(entry.as_str().expect("a text").as_bytes()));
        let size = index + 1;
        let checkpoint = SignedCheckpoint::parse(&unhex(&files[&format!("checkpoint.{size}")]))
            .expect("a checkpoint");
        assert_eq!(checkpoint.verify(&key).expect("signed").root, tree.root());
    }
    for (path, bytes) in files {
        let Some(tile) = docledger::merkle::tile::TileId::parse(path) else {
            continue;
        };
        match tile.hashes(&tree) {
            Some(expected) => assert_eq!(unhex(bytes), expected, "{path}"),
            None => assert_eq!(
                read_bundle(&unhex(bytes), tile.width())
                    .expect("a bundle")
                    .len(),
                usize::from(tile.width())
            ),
        }
    }
}

#[test]
fn the_specification_s_signed_note_and_tile_paths() {
    let file = vectors!("c2sp/signed-note.json");
    let vkey = file["vkey"].as_str().expect("a key");
    let key = base64(&Value::from(vkey.splitn(3, '+').nth(2).expect("a part")));
    let key = PublicKey::from_bytes(&hash32(key[1..].to_vec()).expect("32 bytes")).expect("a key");
    let text = file["note"].as_str().expect("a note");
    let note = docledger::encoding::note::Note::parse(text.as_bytes()).expect("a note");
    assert_eq!(note.to_text(), text);
    assert_eq!(
        key.verify(note.text.as_bytes(), &note.signatures[0].signature),
        Ok(())
    );
    let named =
        docledger::encoding::note::verifier_key(&note.signatures[0].name, 1, key.as_bytes());
    assert_eq!(named, vkey);
    let paths = vectors!("c2sp/tile-paths.json");
    let path = format!(
        "tile/0/{}",
        paths["index_1234067"].as_str().expect("a path")
    );
    let tile = docledger::merkle::tile::TileId::parse(&path).expect("a tile");
    assert_eq!(tile.number(), 1_234_067);
}

/// Valid COSE, but its header map is in another order: this format has one
/// encoding only, and says so.
#[test]
fn a_statement_that_is_not_deterministic_is_refused_for_that_reason() {
    for file in [
        vectors!("scitt-cose/valid-eddsa.json"),
        vectors!("scitt-cose/fail-bad-statement-sig.json"),
    ] {
        let error = Envelope::parse(&unhex(&file["statement"])).expect_err("not in the one form");
        assert!(
            error.to_string().contains("map keys are not sorted"),
            "{error}"
        );
    }
}
