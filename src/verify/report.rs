//! Findings with stable codes, and the verdict that follows from them.

use crate::digest::{LedgerId, TreeHash};

use crate::stamp::Stamp;
use crate::witness::Witnessed;

use super::against::Against;

/// What a verification comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was checked and is as it should be.
    Verified,
    /// Something is provably wrong.
    Failed,
    /// Nothing wrong was found, but evidence or trust is missing.
    NotEstablished,
}

impl Verdict {
    /// The words reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::NotEstablished => "not-established",
        }
    }
}

/// What a finding does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing; something to know.
    Notice,
    /// Nothing; something to look into.
    Warning,
    /// At best *not established*.
    Open,
    /// *Failed*.
    Failure,
}

impl Severity {
    /// The words reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Open => "not-established",
            Self::Failure => "failure",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $severity:ident, $advice:literal;)*) => {
        /// What kind of finding. The text of a code never changes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[doc = $doc])* $name,)* }

        impl Code {
            /// All codes, in the order of `docs/findings.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The text of the code.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// What it does to the verdict.
            #[must_use]
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// The best verdict that it leaves.
            #[must_use]
            pub fn verdict(self) -> Verdict {
                match self.severity() {
                    Severity::Failure => Verdict::Failed,
                    Severity::Open => Verdict::NotEstablished,
                    Severity::Notice | Severity::Warning => Verdict::Verified,
                }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii(),)* }
            }

            /// What to do about it, in a sentence without its full stop.
            #[must_use]
            pub fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }
    };
}

// A code: what it means, its text, what it does to the verdict, what to do.
codes! {
    /// There is no checkpoint, so no ledger to verify.
    CheckpointMissing = "checkpoint-missing", Failure,
        "restore it from a copy; never open a new ledger in the folder";
    /// The checkpoint is not one, or is another log's.
    CheckpointMalformed = "checkpoint-malformed", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// The ledger has fewer entries than when it was verified before.
    RolledBack = "rolled-back", Failure,
        "entries were cut off, or an old copy was put in its place: keep it, and get the newest copy from another place; `--against` compares the two";
    /// The entries are not those that were verified before.
    Forked = "forked", Failure,
        "somebody with the log's key, or the office, shows two histories: keep this copy and the one verified before; `--against` with that one and `--save-fork` makes evidence";
    /// Another copy, signed by the ledger's checkpoint key too, can't be true beside this one.
    ForkAgainst = "fork-against", Failure,
        "keep both copies as they are; `--save-fork` writes evidence that anyone can check with the ledger id";
    /// The other copy has grown from this one: the newest entries are missing here.
    BehindOther = "behind-other", Warning,
        "get the newest copy, and verify it";
    /// The other copy is of another ledger, and says nothing of this one.
    OtherLedger = "other-ledger", Open,
        "check that this is the copy you meant";
    /// The other copy can't be compared, or its checkpoint is not by the key in force.
    OtherUnproven = "other-unproven", Open,
        "verify the other copy by itself; get another one";
    /// The checkpoint's signature does not verify, or is by another key than the one in force.
    CheckpointSignature = "checkpoint-signature", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// The checkpoint holds lines that this program does not write.
    CheckpointLines = "checkpoint-lines", Open,
        "compare the checkpoint with another copy";
    /// Neither the tiles nor the entries have the root that the checkpoint names.
    RootMismatch = "root-mismatch", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// A tile that the checkpoint covers is not there.
    TileMissing = "tile-missing", Failure,
        "restore the tile from a copy: it follows from the entries";
    /// A tile holds other hashes than the tree has.
    TileDamaged = "tile-damaged", Failure,
        "restore the tile from a copy: it follows from the entries";
    /// A bundle that the checkpoint covers is not there.
    BundleMissing = "bundle-missing", Failure,
        "restore the bundle from a copy; the tree tells whether it is the right one";
    /// A bundle can't be taken apart, or has other bytes than the entries it covers.
    BundleDamaged = "bundle-damaged", Failure,
        "restore the bundle from a copy; the tree tells whether it is the right one";
    /// An entry does not have the hash that the tree has for it.
    EntryDamaged = "entry-damaged", Failure,
        "restore the bundle from a copy; the tree tells whether it is the right one";
    /// An entry is not a statement in the one accepted form.
    EntryMalformed = "entry-malformed", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// The same entry stands in the log twice.
    EntryTwice = "entry-twice", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// Entry 0 does not open a ledger.
    OpeningInvalid = "opening-invalid", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// The ledger is another one than the anchor names.
    LedgerIdMismatch = "ledger-id-mismatch", Failure,
        "check that this is the folder you meant, and the id by another channel";
    /// Nothing says that this is the office's ledger: no ledger id was given or pinned, or no entry 0 can be compared with it.
    NoAnchor = "no-anchor", Open,
        "ask the office for its ledger id and give it with `--ledger-id`";
    /// A statement's signature does not verify.
    SignatureInvalid = "signature-invalid", Failure,
        "don't rely on that entry; compare it with another copy";
    /// A statement's key has no role, another role, or no such scope in this ledger.
    AuthorityRefused = "authority-refused", Failure,
        "don't rely on that entry; ask the office who signed it and when";
    /// A declaration of compromise makes the entry void, and no other officer has endorsed it.
    EntryVoid = "entry-void", Warning,
        "don't rely on what the entry says; if it is right, another officer endorses it (`docledger key endorse`)";
    /// The policy asks for a second officer, and none has endorsed the entry.
    EndorsementMissing = "endorsement-missing", Open,
        "another officer looks at it and endorses it (`docledger key endorse`)";
    /// A decision waits for more registrars.
    DecisionPending = "decision-pending", Notice,
        "another registrar endorses it (`docledger key endorse`), or it stays without effect";
    /// A statement was made for another ledger or signed on other entries than those before it.
    ContextMismatch = "context-mismatch", Failure,
        "don't rely on the log from that entry on; compare it with another copy";
    /// A statement holds something this version does not know or does not evaluate.
    NotEvaluated = "not-evaluated", Open,
        "verify with a newer version";
    /// A statement holds something unknown that may be passed over.
    UnknownKept = "unknown-kept", Notice,
        "nothing";
    /// A version does not follow from the one before, or a symbol belongs to another document.
    HistoryBroken = "history-broken", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// An event is about an entry that is not a document before it, or about another document.
    TargetUnknown = "target-unknown", Failure,
        "keep the ledger as it is, compare with another copy, and ask the office";
    /// An event does not fit what stood: another old value, a symbol that is taken, withdrawn already.
    EventConflict = "event-conflict", Failure,
        "don't rely on that event, which changes nothing; ask the office who signed it and when";
    /// An event fitted when it came, and has no effect now that one before it has none.
    EventUndone = "event-undone", Warning,
        "record what it said again, if it is still so; `docledger log` shows both events";
    /// A relation leads to its own document, or to no canonical symbol and no ni: name.
    RelationDoubtful = "relation-doubtful", Warning,
        "amend the document's relations";
    /// A symbol is not written as today's rules would, or can't be told from another document's.
    SymbolDoubtful = "symbol-doubtful", Warning,
        "look at both documents; ask the office which one is meant";
    /// A claimed time is earlier than that of an entry before it.
    TimeOrder = "time-order", Warning,
        "check the clock of the registering machine";
    /// The bytes of a registered document are not there.
    DocumentMissing = "document-missing", Open,
        "get the file from a copy; its digest tells whether it is the one";
    /// The bytes of a registered document are not those that were registered.
    DocumentDamaged = "document-damaged", Failure,
        "keep the damaged file aside; restore it from a copy whose SHA-256 is the file name";
    /// The policy asks for a quorum of witnesses, and no head that it cosigned is kept here.
    QuorumMissing = "quorum-missing", Open,
        "ask the office for the cosigned checkpoint, and take it in with `docledger checkpoint add`";
    /// Entries came after the newest head that a quorum of witnesses cosigned.
    Unwitnessed = "unwitnessed", Warning,
        "have the newest head cosigned (`docledger checkpoint request`)";
    /// What a policy says of witnesses can't be judged: a key that is none, a name that is not defined.
    QuorumUnclear = "quorum-unclear", Open,
        "ask the office to correct the policy (`docledger key policy`)";
    /// The auditor's policy names another log than this one.
    PolicyOfOtherLog = "policy-of-other-log", Open,
        "check that this is the ledger that the policy was written for";
    /// A kept checkpoint is not one, or not of the size that its name says.
    CosignedMalformed = "cosigned-malformed", Failure,
        "restore it from a copy, or take the cosigned checkpoint in again";
    /// A witness's line, or the log's own, on a kept checkpoint does not verify.
    CosignatureInvalid = "cosignature-invalid", Failure,
        "restore it from a copy, or have the head cosigned again";
    /// A head that the log's key signed and witnesses were shown has other entries than are here.
    CosignedForked = "cosigned-forked", Failure,
        "somebody with the log's key, or the office, shows two histories: keep this copy; `--against` with the kept checkpoint and `--save-fork` makes evidence";
    /// A head that the log's key signed and witnesses were shown has more entries than are here.
    CosignedAhead = "cosigned-ahead", Failure,
        "entries were cut off, or an old copy was put in its place: keep it, and get the newest copy from another place";
    /// A stamped checkpoint or a time stamp has other bytes than its name says.
    StampDamaged = "stamp-damaged", Failure,
        "restore it from a copy; its name tells whether it is the one";
    /// A time stamp is not sound, or not about what its name says.
    StampInvalid = "stamp-invalid", Failure,
        "don't rely on that stamp; get a copy, or have the head stamped again";
    /// What a time stamp is about is not there.
    StampMissing = "stamp-missing", Open,
        "restore from a copy the file whose SHA-256 begins the stamp's name";
    /// A stamped checkpoint is signed by the ledger's key over other entries than these.
    StampForked = "stamp-forked", Failure,
        "somebody with the log's key, or the office, shows two histories: keep this copy; `--against` with the stamped checkpoint and `--save-fork` makes evidence";
    /// A stamped checkpoint, signed by the ledger's key, covers more entries than there are.
    StampAhead = "stamp-ahead", Failure,
        "entries were cut off, or an old copy was put in its place: keep it, and get the newest copy from another place";
    /// A stamped checkpoint is not signed by the ledger's key, and says nothing of this ledger.
    StampForeign = "stamp-foreign", Warning,
        "move it away if it does not belong there";
    /// None of the given authorities vouches for a time stamp.
    StampUntrusted = "stamp-untrusted", Open,
        "give the certificate of the authority that made it with `--tsa-certificates`, if you trust that one";
    /// A time stamp renews another whose certificate had ended by then.
    StampLate = "stamp-late", Warning,
        "rely on the later time only; renew stamps before their certificates end";
    /// The certificate behind a time stamp ends soon or has ended, and no later stamp covers it.
    StampExpiring = "stamp-expiring", Warning,
        "have it stamped again (`docledger stamp request --renew`)";
    /// The bytes asked about are not those of any registered document.
    DocumentUnknown = "document-unknown", Open,
        "ask the office about the file; `docledger diff` compares it with what is registered";
    /// The registration asked about is void: a declaration of compromise accounts for it, and no other officer has endorsed it.
    DocumentVoid = "document-void", Failure,
        "don't rely on the document; ask the office";
    /// An evidence file is not in the one accepted form, or its parts don't belong together.
    EvidenceMalformed = "evidence-malformed", Failure,
        "get the evidence file anew from the office";
    /// An evidence file leaves out something that it should show.
    EvidenceIncomplete = "evidence-incomplete", Open,
        "get an evidence file from the office with what is missing";
    /// A proof in an evidence file does not prove what the rest of it shows.
    ProofMismatch = "proof-mismatch", Failure,
        "get the evidence file anew from the office";
    /// A statement alone, with its receipt, does not show whether its signer had the authority, nor what came after.
    AuthorityNotShown = "authority-not-shown", Open,
        "ask the office for an evidence file (`docledger prove`), which shows both by the ledger id";
    /// A public file about keys is not there.
    KeyFileMissing = "key-file-missing", Open,
        "`docledger key publish` writes it anew from the ledger";
    /// A public file about keys is not as the ledger has it.
    KeyFileDiffers = "key-file-differs", Failure,
        "trust the ledger, not the file; find out who changed it. If a change of keys was interrupted, `docledger key publish` writes it anew";
    /// A public key lies beside the ledger that the ledger gives no role, or that it names otherwise.
    KeyFileUnknown = "key-file-unknown", Warning,
        "trust no key because it lies there; find out who put it there, and move it away";
    /// Something in a place of the ledger can't be read.
    Unreadable = "unreadable", Open,
        "make it readable, and verify again";
    /// A symbolic link stands inside the ledger.
    SymbolicLink = "symbolic-link", Failure,
        "find out who put it there; put the real file or folder back";
    /// A tile or bundle lies beyond the checkpoint: an interrupted append, or a checkpoint set back.
    BeyondCheckpoint = "beyond-checkpoint", Warning,
        "if an append was interrupted, the next one clears it; else the checkpoint was set back";
    /// A file that no entry names.
    SurplusFile = "surplus-file", Warning,
        "move it away if it does not belong there";
}

/// One thing found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// The entry it concerns.
    pub entry: Option<u64>,
    /// The file it concerns, by its path in the ledger.
    pub path: Option<String>,
    /// What is wrong, in words.
    pub message: String,
}

/// A head of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root hash.
    pub root: TreeHash,
}

/// How much was checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// Entries decoded.
    pub entries: u64,
    /// Statement signatures that verified.
    pub signatures: u64,
    /// Tiles and bundles compared.
    pub tiles: u64,
    /// Documents' bytes hashed.
    pub documents: u64,
    /// Public files about keys compared.
    pub key_files: u64,
}

/// A head of the same ledger that the caller verified before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// How many entries it had.
    pub size: u64,
    /// Their root (RFC 6962).
    pub root: TreeHash,
    /// When it was verified, in the caller's words.
    pub when: String,
}

/// A time that a given authority vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// How many entries existed then.
    pub size: u64,
    /// The stamp.
    pub stamp: Stamp,
}

/// A head that a quorum of witnesses cosigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessedHead {
    /// How many entries it has.
    pub size: u64,
    /// By whom and when.
    pub witnessed: Witnessed,
}

/// What a verification found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The ledger's id, as far as it could be read.
    pub ledger_id: Option<LedgerId>,
    /// The head that the checkpoint names.
    pub head: Option<Head>,
    /// The head verified before, from which the ledger was seen to have grown.
    pub grown_from: Option<Remembered>,
    /// What a comparison with another copy came to, if there was one.
    pub against: Option<Against>,
    /// The newest head that all quorums asked for have cosigned.
    pub witnessed: Option<WitnessedHead>,
    /// Times by which heads existed, as the given authorities vouch for them.
    pub stamped: Vec<Stamped>,
    /// Entries that register the file asked about, if one was.
    pub registered: Vec<u64>,
    /// How many documents there are.
    pub documents: u64,
    /// How much was checked.
    pub checked: Checked,
    /// What a verification can do and this one did not.
    pub not_checked: Vec<String>,
    /// All findings, in the order of the log and then of files.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The verdict: the worst of what was found.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let verdicts = self.findings.iter().map(|finding| finding.code.verdict());
        verdicts.fold(Verdict::Verified, |worst, verdict| match (worst, verdict) {
            (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
            (Verdict::NotEstablished, _) | (_, Verdict::NotEstablished) => Verdict::NotEstablished,
            (Verdict::Verified, Verdict::Verified) => Verdict::Verified,
        })
    }

    pub(super) fn add(
        &mut self,
        code: Code,
        entry: Option<u64>,
        path: Option<String>,
        message: impl Into<String>,
    ) {
        self.findings.push(Finding {
            code,
            entry,
            path,
            message: message.into(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented_as_it_is() {
        let page = include_str!("../../docs/findings.md");
        let rows: Vec<_> = page
            .lines()
            .filter(|line| line.starts_with("| `"))
            .collect();
        assert_eq!(rows.len(), Code::ALL.len());
        for (code, row) in Code::ALL.iter().zip(rows) {
            let (text, severity) = (code.as_str(), code.severity().as_str());
            let (meaning, advice) = (code.meaning(), code.advice());
            assert_eq!(
                row,
                format!("| `{text}` | {severity} | {meaning} | {advice} |")
            );
        }
    }

    #[test]
    fn the_worst_finding_makes_the_verdict() {
        let mut report = Report::default();
        assert_eq!(report.verdict(), Verdict::Verified);
        report.add(Code::SurplusFile, None, None, "");
        assert_eq!(report.verdict(), Verdict::Verified);
        report.add(Code::NoAnchor, None, None, "");
        assert_eq!(report.verdict(), Verdict::NotEstablished);
        report.add(Code::EntryTwice, None, None, "");
        assert_eq!(report.verdict(), Verdict::Failed);
    }
}
