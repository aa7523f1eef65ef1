//! The public files about keys: what an office publishes beside its ledger.
//! All of it follows from the ledger, so that verification can compare.

use crate::encoding::note::{TYPE_ED25519, verifier_key};
use crate::key::PublicKey;
use crate::statement::{Policy, Threshold};

use super::{Authority, KeyLife, Role};

/// The trust file (C2SP tlog-policy).
pub const POLICY_FILE: &str = "policy";
/// The ledger id in hexadecimal and a line feed.
pub const LEDGER_ID_FILE: &str = "ledger-id";

/// A file that the folder of keys holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub text: String,
}

impl KeyLife {
    /// What the files of this key are called, without ending: its role and the
    /// first eight digits of its thumbprint.
    #[must_use]
    pub fn file_stem(&self) -> String {
        self.role.file_stem(&self.key)
    }
}

impl Role {
    /// See [`KeyLife::file_stem`].
    #[must_use]
    pub fn file_stem(self, key: &PublicKey) -> String {
        format!("{}-{}", self.as_str(), &key.thumbprint().to_string()[..8])
    }
}

impl Authority {
    /// Every file that the folder of keys holds: a PEM for each key, the
    /// policy, the ledger id.
    #[must_use]
    pub fn public_files(&self) -> Vec<PublicFile> {
        let pems = self.keys().map(|key| PublicFile {
            name: format!("{}.pem", key.file_stem()),
            text: key.key.to_pem(),
        });
        let policy = PublicFile {
            name: POLICY_FILE.to_owned(),
            text: self.policy_text(),
        };
        let id = PublicFile {
            name: LEDGER_ID_FILE.to_owned(),
            text: format!("{}\n", self.ledger_id()),
        };
        pems.chain([policy, id]).collect()
    }

    /// The C2SP verifier key of a checkpoint key of this log.
    #[must_use]
    pub fn log_vkey(&self, key: &PublicKey) -> String {
        verifier_key(self.origin(), TYPE_ED25519, key.as_bytes())
    }

    /// The trust file in the form of C2SP tlog-policy.
    fn policy_text(&self) -> String {
        let key = self.checkpoint_key(u64::MAX);
        let log = format!("log {}\n", self.log_vkey(key));
        log + &quorum_lines(self.policy())
    }
}

fn quorum_lines(policy: &Policy) -> String {
    let witnesses = policy.witnesses.iter().map(|witness| {
        let url = witness
            .url
            .as_ref()
            .map(|url| format!(" {url}"))
            .unwrap_or_default();
        format!("witness {} {}{url}\n", witness.name, witness.vkey)
    });
    let groups = policy.groups.iter().map(|group| {
        let threshold = match group.threshold {
            Threshold::Any => "any".to_owned(),
            Threshold::All => "all".to_owned(),
            Threshold::Count(count) => count.to_string(),
        };
        format!(
            "group {} {threshold} {}\n",
            group.name,
            group.members.join(" ")
        )
    });
    let quorum = format!("quorum {}\n", policy.quorum.as_deref().unwrap_or("none"));
    witnesses.chain(groups).chain([quorum]).collect()
}
