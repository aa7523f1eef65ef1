//! Time stamps: those of a public authority, and of authorities that `openssl`
//! makes here, with their tampered twins.

#![expect(clippy::disallowed_methods, reason = "tests touch files")]

mod tsa;

use std::path::Path;

use docledger::stamp::{Certificate, Request, StampError, parse_response};

use tsa::{Authority, DATA, openssl};

const NONCE: [u8; 16] = [0x81; 16];

fn unhex(text: &str) -> Vec<u8> {
    let text = text.trim();
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal");
    (0..text.len()).step_by(2).map(byte).collect()
}

fn vector(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/rfc3161");
    std::fs::read_to_string(folder.join(name)).expect("reads")
}

const KINDS: [(&str, &str); 4] = [
    ("-newkey rsa:2048", "sha256"),
    ("-newkey rsa:3072", "sha512"),
    ("-newkey ec -pkeyopt ec_paramgen_curve:P-256", "sha256"),
    ("-newkey ec -pkeyopt ec_paramgen_curve:P-384", "sha384"),
];

#[test]
fn a_public_authoritys_stamp_holds_at_its_time() {
    let reply = unhex(&vector("freetsa-ctt-rsp.hex"));
    let token = parse_response(&reply).expect("a token");
    let root = Certificate::authorities_from_pem(&vector("freetsa-root.pem.txt"));
    let root = root.expect("a certificate");
    // RFC 9921: the imprint is of the CBOR of a signature field.
    let text = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/rfc/rfc9921-ctt-imprint.json"),
    );
    let json: serde_json::Value = serde_json::from_str(&text.expect("reads")).expect("JSON");
    let signature = unhex(json["signature"].as_str().expect("text"));
    let data = [&[0x58, 0x40], signature.as_slice()].concat();
    let stamp = token.verify(&data, &root).expect("verifies");
    assert_eq!(stamp.time.to_string(), "2025-01-17T18:29:13Z");
    assert_eq!(stamp.serial, "050f65b3");
    assert_eq!(stamp.policy, "1.2.3.4.1");
    assert!(stamp.authority.contains("www.freetsa.org"), "{stamp:?}");
    // 2026-03-11T01:57:39Z: it ended since.
    assert_eq!(stamp.certificate_until, 1_773_194_259);
    assert_eq!(token.verify(DATA, &root), Err(StampError::Imprint));
    let other = Authority::good(KINDS[2].0, KINDS[2].1).certificates();
    let error = token.verify(&data, &other).expect_err("untrusted");
    assert!(error.is_of_trust() && matches!(error, StampError::Untrusted(_)));
    // A flipped bit is refused, or stands where nothing is signed: then what the
    // stamp says is the same.
    for place in 0..reply.len() {
        let mut twin = reply.clone();
        twin[place] ^= 1 << (place % 8);
        let verified = parse_response(&twin).ok().map(|it| it.verify(&data, &root));
        if let Some(Ok(same)) = verified {
            assert_eq!(same, stamp, "byte {place}");
        }
    }
    for length in 0..reply.len() {
        assert!(parse_response(&reply[..length]).is_err(), "{length}");
    }
}

#[test]
fn stamps_of_every_kind_of_key_hold_and_no_twin() {
    for (key, digest) in KINDS {
        let authority = Authority::good(key, digest);
        let request = Request::new(DATA, NONCE);
        let reply = authority.answer(&request.to_der());
        let token = parse_response(&reply).expect("a token");
        token.check_request(&request).expect("answers it");
        let other = Request::new(DATA, [1; 16]);
        assert_eq!(token.check_request(&other), Err(StampError::Nonce));
        let root = authority.certificates();
        let stamp = token.verify(DATA, &root).expect(key);
        assert_eq!(stamp.accuracy_micros, Some(1_500_000));
        assert_eq!(stamp.authority, "CN=leaf");
        assert!(matches!(
            token.verify(DATA, &[]),
            Err(StampError::Untrusted(_))
        ));
        for place in 0..reply.len() {
            let mut twin = reply.clone();
            twin[place] ^= 1 << (place % 8);
            let verified = parse_response(&twin).ok().map(|it| it.verify(DATA, &root));
            if let Some(Ok(same)) = verified {
                assert_eq!(same, stamp, "{key}: byte {place}");
            }
        }
    }
}

#[test]
fn openssl_accepts_our_request_as_its_own() {
    let authority = Authority::good(KINDS[2].0, KINDS[2].1);
    let at = authority.folder.path();
    for nonce in [[0; 16], [0x7f; 16], [0x80; 16], [0xff; 16]] {
        authority.answer(&Request::new(DATA, nonce).to_der());
        openssl(at, "ts -verify -data data -in r.tsr -CAfile root.pem");
        openssl(at, "ts -verify -queryfile q.tsq -in r.tsr -CAfile root.pem");
    }
}

#[test]
fn longer_imprints_are_read() {
    for digest in ["sha384", "sha512"] {
        let authority = Authority::good(KINDS[3].0, KINDS[3].1);
        let at = authority.folder.path();
        openssl(
            at,
            &format!("ts -query -data data -{digest} -cert -out own.tsq"),
        );
        let reply = authority.answer(&std::fs::read(at.join("own.tsq")).expect("reads"));
        let token = parse_response(&reply).expect("a token");
        token.verify(DATA, &authority.certificates()).expect(digest);
    }
}

#[test]
fn a_refusal_is_told_in_words() {
    let authority = Authority::good(KINDS[2].0, KINDS[2].1);
    let at = authority.folder.path();
    openssl(at, "ts -query -data data -sha1 -out own.tsq");
    let request = std::fs::read(at.join("own.tsq")).expect("reads");
    let error = parse_response(&authority.answer(&request)).expect_err("refused");
    let told = error.to_string();
    let expected = "the authority refused: rejected; it does not know the algorithm";
    assert!(told.starts_with(expected), "{told}");
}

#[test]
fn certificates_that_may_not_stamp_are_refused() {
    let key = KINDS[2].0;
    let uses = [
        "extendedKeyUsage=serverAuth",
        "extendedKeyUsage=critical,timeStamping,serverAuth",
        "extendedKeyUsage=timeStamping",
    ];
    let good = Authority::good(key, "sha256");
    good.answer(&Request::new(DATA, NONCE).to_der());
    let made = good.folder.path();
    openssl(made, "ts -reply -in r.tsr -token_out -out r.tok");
    openssl(
        made,
        "cms -verify -noverify -binary -inform DER -in r.tok -out content",
    );
    for usage in uses {
        // `openssl ts` would not sign under such a certificate; `openssl cms` does.
        let authority = Authority::open(key, usage, "sha256", 30);
        let at = authority.folder.path();
        std::fs::copy(made.join("content"), at.join("content")).expect("copies");
        openssl(
            at,
            "cms -sign -binary -nodetach -in content -econtent_type 1.2.840.113549.1.9.16.1.4 \
             -cades -md sha256 -signer leaf.pem -inkey leaf.key -outform DER -out r.tok",
        );
        let token = parse_response(&std::fs::read(at.join("r.tok")).expect("reads"));
        let verified = token
            .expect("a token")
            .verify(DATA, &authority.certificates());
        assert_eq!(verified, Err(StampError::NotForStamps), "{usage}");
    }
    let leaf = std::fs::read_to_string(made.join("leaf.pem")).expect("reads");
    let error = Certificate::authorities_from_pem(&leaf).expect_err("no authority");
    assert!(error.to_string().contains("CN=leaf"), "{error}");
}

#[test]
fn a_certificate_that_had_ended_voids_the_stamp() {
    let usage = "extendedKeyUsage=critical,timeStamping";
    let authority = Authority::open(KINDS[2].0, usage, "sha256", -1);
    let reply = authority.answer(&Request::new(DATA, NONCE).to_der());
    let token = parse_response(&reply).expect("a token");
    let error = token.verify(DATA, &authority.certificates());
    let error = error.expect_err("not valid");
    assert!(matches!(error, StampError::SignerNotValid(_)) && error.is_of_trust());
}

#[test]
fn the_given_certificate_must_have_been_good_and_be_the_very_one() {
    let authority = Authority::good(KINDS[2].0, KINDS[2].1);
    let at = authority.folder.path();
    let reply = authority.answer(&Request::new(DATA, NONCE).to_der());
    let token = parse_response(&reply).expect("a token");
    // The same key and name, in a certificate that ended before the stamp.
    openssl(at, "req -new -key root.key -subj /CN=root -out root.csr");
    let again = "x509 -req -in root.csr -signkey root.key -extfile conf -extensions root";
    openssl(at, &format!("{again} -days -1 -out ended.pem"));
    let pem = std::fs::read_to_string(at.join("ended.pem")).expect("reads");
    let ended = Certificate::authorities_from_pem(&pem).expect("certificates");
    let error = token.verify(DATA, &ended).expect_err("not valid");
    assert!(matches!(error, StampError::PathNotValid(_)), "{error}");
    // The same name with another key.
    let other = Authority::good(KINDS[2].0, KINDS[2].1).certificates();
    let error = token.verify(DATA, &other).expect_err("another");
    assert!(matches!(error, StampError::Untrusted(_)), "{error}");
    // Among others it is found.
    let all = [ended, other, authority.certificates()].concat();
    token.verify(DATA, &all).expect("verifies");
}
