//! A time-stamping authority: `openssl ts`, with keys of its own.

#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::path::Path;
use std::process::Command;

use docledger::stamp::Certificate;

/// What lies as `data` in the folder of each authority.
pub const DATA: &[u8] = b"example.org/log\n1\nroot\n";

pub fn openssl(folder: &Path, arguments: &str) {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .env("OPENSSL_CONF", folder.join("conf"));
    let output = command.args(arguments.split_whitespace()).output();
    let output = output.expect("openssl is here");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {told}");
}

/// An authority of one kind of key, in a folder of its own.
pub struct Authority {
    pub folder: tempfile::TempDir,
}

impl Authority {
    /// `key` are options of `openssl req`; the signer's certificate has these
    /// extensions and runs for some days.
    pub fn open(key: &str, usage: &str, digest: &str, days: i32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let conf = format!(
            "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=unnamed\n\
             [root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n\
             [leaf]\nkeyUsage=critical,digitalSignature\n{usage}\n\
             [tsa]\ndefault_tsa=own\n[own]\nserial=serial\ncrypto_device=builtin\n\
             signer_digest={digest}\ndefault_policy=1.2.3.4\ndigests=sha256,sha384,sha512\n\
             accuracy=secs:1,millisecs:500\nclock_precision_digits=3\n\
             ess_cert_id_alg=sha256\n"
        );
        std::fs::write(folder.path().join("conf"), conf).expect("writes");
        std::fs::write(folder.path().join("serial"), "0a\n").expect("writes");
        let at = folder.path();
        let named = |name: &str| format!("-nodes {key} -keyout {name}.key -subj /CN={name}");
        openssl(
            at,
            &format!(
                "req -x509 -days 3650 -extensions root -out root.pem {}",
                named("root")
            ),
        );
        openssl(at, &format!("req -new -out leaf.csr {}", named("leaf")));
        openssl(
            at,
            &format!(
                "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial \
                 -days {days} -extfile conf -extensions leaf -out leaf.pem"
            ),
        );
        std::fs::write(at.join("data"), DATA).expect("writes");
        Self { folder }
    }

    pub fn good(key: &str, digest: &str) -> Self {
        Self::open(key, "extendedKeyUsage=critical,timeStamping", digest, 30)
    }

    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        let at = self.folder.path();
        std::fs::write(at.join("q.tsq"), request).expect("writes");
        openssl(
            at,
            "ts -reply -section own -queryfile q.tsq -signer leaf.pem -inkey leaf.key \
             -chain root.pem -out r.tsr",
        );
        std::fs::read(at.join("r.tsr")).expect("reads")
    }

    pub fn certificates(&self) -> Vec<Certificate> {
        let pem = std::fs::read_to_string(self.folder.path().join("root.pem")).expect("reads");
        Certificate::authorities_from_pem(&pem).expect("certificates")
    }
}
