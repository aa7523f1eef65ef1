//! Time stamps, as an authority or anybody else sends them.

use std::sync::OnceLock;

use docledger::stamp::{Certificate, Stamp, parse_response};

/// The authority of the seed, and what its stamp says.
static SEED: OnceLock<(Vec<Certificate>, Stamp)> = OnceLock::new();

/// What the seed is a stamp of: a signature, behind its head in CBOR (RFC 9921).
const STAMPED: &[u8] = include_bytes!("../../corpus/stamped");

fn seed() -> (Vec<Certificate>, Stamp) {
    let pem = include_str!("../../../vectors/rfc3161/freetsa-root.pem.txt");
    let root = Certificate::authorities_from_pem(pem).expect("certificates");
    let reply = include_bytes!("../../corpus/stamp/freetsa.tsr");
    let token = parse_response(reply).expect("a token");
    let stamp = token.verify(STAMPED, &root).expect("a stamp");
    (root, stamp)
}

/// Whatever verifies under an authority that was given says what it signed.
pub(super) fn stamp(bytes: &[u8]) {
    let (root, known) = SEED.get_or_init(seed);
    let Ok(token) = parse_response(bytes) else {
        return;
    };
    if let Ok(stamp) = token.verify(STAMPED, root) {
        assert_eq!(stamp, *known);
    }
}
