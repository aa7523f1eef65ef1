//! What evidence about a document has to hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::log::{LoadError, ProvenLog};
use crate::merkle::{ProofError, Subtree, prove_partial};
use crate::proof::EvidenceFile;
use crate::revision::Standings;
use crate::statement::Matter;

use super::{OlderHeads, Register};

/// Which entries evidence holds, and what proves them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidencePlan {
    /// All of governance, and the history of the document and of those it names
    /// or that name it.
    pub entries: BTreeSet<u64>,
    /// The newest entry, if it is none of those: it shows that no governance
    /// entry was left out.
    pub last: Option<u64>,
    /// The rest of the tree, for the head, for every size that these entries were
    /// signed on, and for the older heads.
    pub tree: Vec<Subtree>,
}

/// What an evidence file holds beside entries and hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceProofs {
    /// The signed note.
    pub checkpoint: Vec<u8>,
    /// The document's place in it, as a C2SP tlog-proof.
    pub proof: Vec<u8>,
    /// The document's transparent statement, if there is one.
    pub statement: Option<Vec<u8>>,
    /// What others said of heads that are not the newest.
    pub heads: OlderHeads,
}

impl EvidencePlan {
    /// Takes the entries out of the log.
    ///
    /// # Errors
    /// If one is missing or damaged.
    pub fn gather(
        self,
        log: &mut ProvenLog<'_>,
        proofs: EvidenceProofs,
    ) -> Result<EvidenceFile, LoadError> {
        let mut entries = BTreeMap::new();
        for index in self.entries {
            entries.insert(index, log.entry(index)?.1);
        }
        let last = match self.last {
            Some(index) => Some((index, log.entry(index)?.1)),
            None => None,
        };
        Ok(EvidenceFile {
            checkpoint: proofs.checkpoint,
            tree: self.tree,
            proof: proofs.proof,
            statement: proofs.statement,
            entries,
            last,
            cosigned: proofs.heads.cosigned,
            stamped: proofs.heads.stamped,
            stamps: proofs.heads.stamps,
        })
    }
}

impl Register {
    /// What evidence about the document of an entry has to hold, as of the newest
    /// head and with older ones of these sizes. Nothing if it is no document entry.
    ///
    /// # Errors
    /// If the tree does not reach so far.
    pub fn evidence_of(
        &self,
        index: u64,
        older: &BTreeSet<u64>,
    ) -> Result<Option<EvidencePlan>, ProofError> {
        let history = self.history();
        let Some(document) = history.by_entry(index) else {
            return Ok(None);
        };
        let related = Standings::new(history).related(document.number);
        let related = related
            .iter()
            .filter_map(|number| history.by_entry(*number));
        let mut subjects = BTreeSet::from([document.subject.as_str()]);
        subjects.extend(related.map(|document| document.subject.as_str()));
        let belongs = |entry: &&super::Entry| match entry.statement.matter {
            Matter::Governance(_) => true,
            _ => subjects.contains(entry.statement.envelope.subject.as_str()),
        };
        let entries: BTreeSet<u64> = self
            .entries
            .iter()
            .filter(belongs)
            .map(|it| it.index)
            .collect();
        let size = self.checkpoint.size;
        let newest = size.checked_sub(1);
        let last = newest.filter(|newest| !entries.contains(newest));
        let all: BTreeSet<u64> = entries.iter().copied().chain(last).collect();
        let signed_on = all.iter().filter_map(|index| {
            let context = self.entry(*index)?.statement.context()?;
            context.signed_on(*index)
        });
        let sizes = signed_on.chain(older.iter().copied()).collect();
        let tree = prove_partial(&self.tree, size, &all, &sizes)?;
        Ok(Some(EvidencePlan {
            entries,
            last,
            tree,
        }))
    }
}
