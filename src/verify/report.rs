//! Findings with stable codes, and the verdict that follows from them.

use crate::digest::{LedgerId, TreeHash};

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
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal, $severity:ident;)*) => {
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

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),*).trim_ascii(),)* }
            }
        }
    };
}

codes! {
    /// There is no checkpoint, so no ledger to verify.
    CheckpointMissing = "checkpoint-missing", Failure;
    /// The checkpoint is not one, or is another log's.
    CheckpointMalformed = "checkpoint-malformed", Failure;
    /// The ledger has fewer entries than when it was verified before.
    RolledBack = "rolled-back", Failure;
    /// The entries are not those that were verified before.
    Forked = "forked", Failure;
    /// Another copy, signed by the ledger's checkpoint key too, can't be true beside this one.
    ForkAgainst = "fork-against", Failure;
    /// The other copy has grown from this one: the newest entries are missing here.
    BehindOther = "behind-other", Warning;
    /// The other copy is of another ledger, and says nothing of this one.
    OtherLedger = "other-ledger", Open;
    /// The other copy can't be compared, or its checkpoint is not by the key in force.
    OtherUnproven = "other-unproven", Open;
    /// The checkpoint's signature does not verify, or is by another key than the one in force.
    CheckpointSignature = "checkpoint-signature", Failure;
    /// The checkpoint holds lines that this program does not write.
    CheckpointLines = "checkpoint-lines", Open;
    /// Neither the tiles nor the entries have the root that the checkpoint names.
    RootMismatch = "root-mismatch", Failure;
    /// A tile that the checkpoint covers is not there.
    TileMissing = "tile-missing", Failure;
    /// A tile holds other hashes than the tree has.
    TileDamaged = "tile-damaged", Failure;
    /// A bundle that the checkpoint covers is not there.
    BundleMissing = "bundle-missing", Failure;
    /// A bundle can't be taken apart, or has other bytes than the entries it covers.
    BundleDamaged = "bundle-damaged", Failure;
    /// An entry does not have the hash that the tree has for it.
    EntryDamaged = "entry-damaged", Failure;
    /// An entry is not a statement in the one accepted form.
    EntryMalformed = "entry-malformed", Failure;
    /// The same entry stands in the log twice.
    EntryTwice = "entry-twice", Failure;
    /// Entry 0 does not open a ledger.
    OpeningInvalid = "opening-invalid", Failure;
    /// The ledger is another one than the anchor names.
    LedgerIdMismatch = "ledger-id-mismatch", Failure;
    /// No ledger id was given or pinned, so nothing says that this is the office's ledger.
    NoAnchor = "no-anchor", Open;
    /// A statement's signature does not verify.
    SignatureInvalid = "signature-invalid", Failure;
    /// A statement's key has no role, another role, or no such scope in this ledger.
    AuthorityRefused = "authority-refused", Failure;
    /// A declaration of compromise makes the entry void, and no other officer has endorsed it.
    EntryVoid = "entry-void", Warning;
    /// The policy asks for a second officer, and none has endorsed the entry.
    EndorsementMissing = "endorsement-missing", Open;
    /// A decision waits for more registrars.
    DecisionPending = "decision-pending", Notice;
    /// A statement was made for another ledger or signed on other entries than those before it.
    ContextMismatch = "context-mismatch", Failure;
    /// A statement holds something this version does not know or does not evaluate.
    NotEvaluated = "not-evaluated", Open;
    /// A statement holds something unknown that may be passed over.
    UnknownKept = "unknown-kept", Notice;
    /// A version does not follow from the one before, or a symbol belongs to another document.
    HistoryBroken = "history-broken", Failure;
    /// An event is about an entry that is not a document before it, or about another document.
    TargetUnknown = "target-unknown", Failure;
    /// An event does not fit what stood: another old value, a symbol that is taken, withdrawn already.
    EventConflict = "event-conflict", Failure;
    /// An event fitted when it came, and has no effect now that one before it has none.
    EventUndone = "event-undone", Warning;
    /// A relation leads to its own document, or to no canonical symbol and no ni: name.
    RelationDoubtful = "relation-doubtful", Warning;
    /// A symbol is not written as today's rules would, or can't be told from another document's.
    SymbolDoubtful = "symbol-doubtful", Warning;
    /// A claimed time is earlier than that of an entry before it.
    TimeOrder = "time-order", Warning;
    /// The bytes of a registered document are not there.
    DocumentMissing = "document-missing", Open;
    /// The bytes of a registered document are not those that were registered.
    DocumentDamaged = "document-damaged", Failure;
    /// A public file about keys is not there.
    KeyFileMissing = "key-file-missing", Open;
    /// A public file about keys is not as the ledger has it.
    KeyFileDiffers = "key-file-differs", Failure;
    /// A public key lies beside the ledger that the ledger gives no role, or that it names otherwise.
    KeyFileUnknown = "key-file-unknown", Warning;
    /// Something in a place of the ledger can't be read.
    Unreadable = "unreadable", Open;
    /// A symbolic link stands inside the ledger.
    SymbolicLink = "symbolic-link", Failure;
    /// A tile or bundle lies beyond the checkpoint: an interrupted append, or a checkpoint set back.
    BeyondCheckpoint = "beyond-checkpoint", Warning;
    /// A file that no entry names.
    SurplusFile = "surplus-file", Warning;
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
        match self
            .findings
            .iter()
            .map(|finding| finding.code.severity())
            .max()
        {
            Some(Severity::Failure) => Verdict::Failed,
            Some(Severity::Open) => Verdict::NotEstablished,
            _ => Verdict::Verified,
        }
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
            let expected = format!("| `{text}` | {severity} | {} |", code.meaning());
            assert!(row.starts_with(&expected), "{expected}");
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
