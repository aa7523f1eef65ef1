//! An evidence file, by the ledger id alone.
//!
//! Its entries are judged by the very rules of a whole ledger. What an office, or
//! whoever made the file, left out is not seen, but for governance entries: each
//! names the one before it, and the newest entry under the head names the last.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use crate::authority::{Authority, check_context};
use crate::digest::{ContentDigest, LeafHash, LedgerId};
use crate::log::SignedCheckpoint;
use crate::merkle::{PartialTree, Roots, leaf_hash};
use crate::proof::{
    DocumentBytes, EvidenceFile, EvidenceFileError, Receipt, ReceiptProof, TlogProof,
    TransparentStatement, ZipError, document_name,
};
use crate::replay::Replay;
use crate::statement::{Document, Matter, Statement};

use super::head::{Anchor, Here, check_anchor, check_checkpoint, find_file, judge_entry};
use super::ledger::Asked;
use super::replay::{Judge, Replayed};
use super::report::{Code, Head, Remembered, Report};
use super::stamps::{Stamps, tell_unjudged};
use super::witnesses::Witnesses;

/// Names of files in an evidence file, as findings give them.
const CHECKPOINT: &str = "checkpoint";
const TREE: &str = "tree";
const PROOF: &str = "proof.tlog-proof";
const STATEMENT: &str = "statement.scitt";

/// What evidence shows, once it was judged.
#[derive(Debug)]
pub struct Enclosed {
    /// Who might do what as of the head.
    pub authority: Authority,
    /// What the enclosed entries come to.
    pub replay: Replay,
    /// Those of them that are statements, with their leaf hashes.
    pub statements: BTreeMap<u64, (LeafHash, Statement)>,
    /// The document entry that was asked about: that of the file at hand, else
    /// the one that the evidence was made for.
    pub entry: u64,
    /// The document's bytes in the evidence file, if they are there.
    pub document: Option<DocumentBytes>,
}

impl Enclosed {
    /// A document entry.
    #[must_use]
    pub fn document(&self, index: u64) -> Option<&Document> {
        match &self.statements.get(&index)?.1.matter {
            Matter::Document(document) => Some(document),
            _ => None,
        }
    }
}

/// What comes of an evidence file.
#[derive(Debug)]
pub struct Proven {
    /// Findings and verdict.
    pub report: Report,
    /// What the evidence shows, if it could be judged; worth no more than the
    /// verdict.
    pub enclosed: Option<Enclosed>,
}

/// Verifies evidence. If a file is asked about, the verdict is about the
/// registration of that file. Of a remembered head it is told only whether it
/// contradicts: growth from it is not shown.
///
/// # Errors
/// If the file can't be read.
pub fn verify_evidence(
    input: &mut dyn Read,
    anchor: Anchor,
    asked: &Asked<'_>,
) -> std::io::Result<Proven> {
    let mut report = Report::default();
    let read = match EvidenceFile::read(input) {
        Err(EvidenceFileError::Zip(ZipError::Io(error))) => return Err(error),
        Err(error) => Err(error),
        Ok(read) => Ok(read),
    };
    let enclosed = match read {
        Ok((file, document)) => {
            let run = Run {
                file: &file,
                report: &mut report,
            };
            run.whole(anchor, document.as_ref(), asked)
        }
        Err(error) => {
            report.add(Code::EvidenceMalformed, None, None, error.to_string());
            None
        }
    };
    Ok(Proven { report, enclosed })
}

struct Run<'a> {
    file: &'a EvidenceFile,
    report: &'a mut Report,
}

impl Run<'_> {
    fn whole(
        mut self,
        anchor: Anchor,
        document: Option<&DocumentBytes>,
        asked: &Asked<'_>,
    ) -> Option<Enclosed> {
        let opening = self.file.entries.get(&0).map(|entry| leaf_hash(entry));
        self.report.ledger_id = opening.map(LedgerId::from);
        check_anchor(self.report, anchor);
        if self.is_failed() {
            return None;
        }
        let signed = self.read_checkpoint()?;
        let statements = self.statements();
        let tree = self.tree(&signed, &statements)?;
        if let Some(before) = asked.remembered {
            self.check_remembered(before, &tree);
        }
        let mut judge = Judge::new(self.report, &self.file.entries, &tree);
        let Replayed {
            authority, replay, ..
        } = judge.replay()?;
        let path = CHECKPOINT.to_owned();
        let is_signed = check_checkpoint(self.report, &signed, &authority, (path, true));
        self.check_witnesses(&signed, is_signed, &authority, (&tree, asked));
        self.check_stamps(&authority, (&tree, asked));
        self.check_last(&signed, &authority, &tree);
        let mut enclosed = Enclosed {
            authority,
            replay,
            statements,
            entry: 0,
            document: document.cloned(),
        };
        enclosed.entry = self.check_proof(&signed, &enclosed)?;
        self.check_statement(&signed, &enclosed);
        self.check_document(document, asked.file, &mut enclosed);
        self.report.not_checked.extend([
            "whether the office left out an entry about the document: nothing shows that"
                .to_owned(),
            "what came after the head, a revocation too: ask the office for newer evidence"
                .to_owned(),
        ]);
        Some(enclosed)
    }

    /// A head that was verified before must not be contradicted, as far as its root
    /// is known here.
    fn check_remembered(&mut self, before: &Remembered, tree: &PartialTree) {
        let Remembered { size, root, when } = before;
        if tree.root_at(*size).is_some_and(|found| found != *root) {
            let message =
                format!("its first {size} entries are not those that were verified {when}");
            let path = Some(CHECKPOINT.to_owned());
            self.report.add(Code::Forked, None, path, message);
        }
    }

    fn is_failed(&self) -> bool {
        let mut findings = self.report.findings.iter();
        findings.any(|finding| finding.code == Code::LedgerIdMismatch)
    }

    fn malformed(&mut self, path: &str, message: impl Into<String>) {
        let path = Some(path.to_owned());
        self.report
            .add(Code::EvidenceMalformed, None, path, message);
    }

    fn read_checkpoint(&mut self) -> Option<SignedCheckpoint> {
        let path = Some(CHECKPOINT.to_owned());
        let problem = match SignedCheckpoint::parse(&self.file.checkpoint) {
            Ok(signed) if signed.unverified().size > 0 => {
                let checkpoint = signed.unverified();
                self.report.head = Some(Head {
                    size: checkpoint.size,
                    root: checkpoint.root,
                });
                return Some(signed);
            }
            Ok(_) => "it covers no entry".to_owned(),
            Err(error) => error.to_string(),
        };
        self.report
            .add(Code::CheckpointMalformed, None, path, problem);
        None
    }

    /// The enclosed entries that are statements, with their leaf hashes.
    fn statements(&self) -> BTreeMap<u64, (LeafHash, Statement)> {
        let entries = self.file.entries.iter().filter_map(|(index, entry)| {
            let statement = Statement::parse(entry).ok()?;
            Some((*index, (leaf_hash(entry), statement)))
        });
        entries.collect()
    }

    /// The tree that the enclosed entries lead to; it must be the checkpoint's.
    fn tree(
        &mut self,
        signed: &SignedCheckpoint,
        statements: &BTreeMap<u64, (LeafHash, Statement)>,
    ) -> Option<PartialTree> {
        let last = self.file.last.as_ref();
        let entries = self.file.entries.iter();
        let all = entries.chain(last.map(|(index, entry)| (index, entry)));
        let leaves = all.map(|(index, entry)| (*index, leaf_hash(entry)));
        let leaves: BTreeMap<_, _> = leaves.collect();
        let newest = last.and_then(|(index, entry)| Some((*index, Statement::parse(entry).ok()?)));
        let enclosed = statements.iter().map(|(index, (_, it))| (*index, it));
        let signed_on = enclosed
            .chain(newest.iter().map(|(index, it)| (*index, it)))
            .filter_map(|(index, statement)| statement.context()?.signed_on(index));
        let head = signed.unverified();
        let older = self.file.older_sizes().into_iter();
        let older = older.filter(|size| *size <= head.size);
        let sizes: BTreeSet<_> = signed_on.chain(older).collect();
        match PartialTree::new(head.size, &leaves, &sizes, &self.file.tree) {
            Ok(tree) if tree.root() == head.root => Some(tree),
            Ok(_) => {
                let message = "the entries and hashes lead to another root than the checkpoint's";
                let path = Some(TREE.to_owned());
                self.report.add(Code::RootMismatch, None, path, message);
                None
            }
            Err(error) => {
                self.malformed(TREE, error.to_string());
                None
            }
        }
    }

    /// Lines of witnesses on the head and on an older one, and whether they are the
    /// quorums that are asked for.
    fn check_witnesses(
        &mut self,
        signed: &SignedCheckpoint,
        is_signed: bool,
        authority: &Authority,
        (tree, asked): (&PartialTree, &Asked<'_>),
    ) {
        let mut witnesses = Witnesses::new(self.report, authority, asked.policy);
        for (size, bytes) in &self.file.cosigned {
            let place = format!("checkpoints/{size}");
            let here = Here::new(self.report, tree);
            witnesses.take_kept(self.report, (*size, bytes, &place), here);
        }
        if is_signed {
            witnesses.take(self.report, signed, CHECKPOINT);
        }
        witnesses.finish(self.report, signed.unverified().size);
    }

    fn check_stamps(&mut self, authority: &Authority, (tree, asked): (&PartialTree, &Asked<'_>)) {
        let mut stamps = Stamps::default();
        for (named, bytes) in &self.file.stamped {
            let place = format!("stamps/{named}.checkpoint");
            let here = Here::new(self.report, tree);
            let taken = (*named, bytes.clone(), place);
            stamps.take_checkpoint(self.report, taken, authority, here);
        }
        for ((about, reply), bytes) in &self.file.stamps {
            let place = format!("stamps/{about}-{reply}.tsr");
            stamps.take_reply(self.report, (*about, *reply), (bytes.clone(), place));
        }
        stamps.judge(self.report, asked);
        if !self.file.stamps.is_empty() {
            tell_unjudged(self.report, asked);
        }
    }

    /// The newest entry shows that no governance entry was left out.
    fn check_last(&mut self, signed: &SignedCheckpoint, authority: &Authority, roots: &dyn Roots) {
        let newest = signed.unverified().size - 1;
        let Some((index, entry)) = &self.file.last else {
            if !self.file.entries.contains_key(&newest) {
                let after = self.file.entries.keys().next_back();
                let message = format!(
                    "that no change of keys or policy after entry {} was left out is not shown: \
                     the newest entry, {newest}, is not enclosed",
                    after.copied().unwrap_or_default()
                );
                self.report
                    .add(Code::EvidenceIncomplete, None, None, message);
            }
            return;
        };
        let path = format!("last/{index}.cose");
        if *index != newest || self.file.entries.contains_key(index) {
            self.malformed(&path, "it is not the newest entry, or stands there twice");
            return;
        }
        let problem = match Statement::parse(entry) {
            Err(error) => Some((Code::EntryMalformed, error.to_string())),
            Ok(statement) => last_problem(statement, *index, authority, roots),
        };
        if let Some((code, message)) = problem {
            self.report.add(code, Some(*index), Some(path), message);
        } else {
            self.report.checked.entries += 1;
            self.report.checked.signatures += 1;
        }
    }

    /// The tlog-proof must prove a document entry under the very checkpoint.
    /// Returns its index.
    fn check_proof(&mut self, signed: &SignedCheckpoint, enclosed: &Enclosed) -> Option<u64> {
        let size = signed.unverified().size;
        let authority = &enclosed.authority;
        let check = || -> Result<u64, String> {
            let proof = TlogProof::parse(&self.file.proof).map_err(|error| error.to_string())?;
            if proof.to_text().as_bytes() != self.file.proof
                || proof.checkpoint.as_bytes() != self.file.checkpoint
            {
                return Err("it is not in the one form, or under another checkpoint".to_owned());
            }
            let index = proof.index;
            let entry = self.file.entries.get(&index);
            let entry = entry.filter(|_| enclosed.document(index).is_some());
            let entry = entry.ok_or_else(|| format!("entry {index} is no document enclosed"))?;
            let key = authority.checkpoint_key(size);
            let verified = proof.verify(leaf_hash(entry), authority.origin(), key);
            verified.map_err(|error| error.to_string())?;
            Ok(index)
        };
        match check() {
            Ok(index) => Some(index),
            Err(message) => {
                let path = Some(PROOF.to_owned());
                self.report.add(Code::ProofMismatch, None, path, message);
                None
            }
        }
    }

    /// The transparent statement must hold that entry, with one receipt for its
    /// place under the head.
    fn check_statement(&mut self, signed: &SignedCheckpoint, enclosed: &Enclosed) {
        let Some(bytes) = &self.file.statement else {
            return;
        };
        let (head, index) = (signed.unverified(), enclosed.entry);
        let check = || -> Result<(), String> {
            let statement = TransparentStatement::parse(bytes).map_err(|it| it.to_string())?;
            let [receipt] = statement.receipts.as_slice() else {
                return Err("it does not hold exactly one receipt".to_owned());
            };
            let again = TransparentStatement::assemble(&statement.entry, &statement.receipts);
            if self.file.entries.get(&index) != Some(&statement.entry)
                || again.as_ref() != Ok(bytes)
            {
                return Err(format!("it is not entry {index} in the one form"));
            }
            let receipt = Receipt::parse(receipt).map_err(|error| error.to_string())?;
            let ReceiptProof::Inclusion {
                size, index: at, ..
            } = receipt.proof()
            else {
                return Err("its receipt proves something else".to_owned());
            };
            let key = enclosed.authority.receipt_key(head.size);
            let root = receipt.verify_inclusion(statement.leaf(), key);
            let root = root.map_err(|error| error.to_string())?;
            if (root, *size, *at) != (head.root, head.size, index) {
                return Err("its receipt is for another place or head".to_owned());
            }
            Ok(())
        };
        if let Err(message) = check() {
            let path = Some(STATEMENT.to_owned());
            self.report
                .add(Code::ProofMismatch, Some(index), path, message);
        }
    }

    /// The document's bytes: those enclosed, and those of the file asked about.
    fn check_document(
        &mut self,
        found: Option<&DocumentBytes>,
        asked: Option<ContentDigest>,
        enclosed: &mut Enclosed,
    ) {
        let index = enclosed.entry;
        let Some(document) = enclosed.document(index) else {
            return;
        };
        let wanted = document.digest;
        if let Some(found) = found {
            self.report.checked.documents += 1;
            let path = Some(found.name.clone());
            if found.digest != wanted || found.size != document.record.size {
                let message = format!("its bytes have the digest {}", found.digest);
                self.report
                    .add(Code::DocumentDamaged, Some(index), path, message);
            } else if found.name != document_name(&document.record) {
                self.malformed(&found.name, "the document has another name there");
            }
        }
        let Some(asked) = asked else {
            if found.is_none() {
                let message =
                    format!("it is not enclosed: name the file too, to compare it with {wanted}");
                self.report
                    .add(Code::DocumentMissing, Some(index), None, message);
            }
            self.report.registered = vec![index];
            judge_entry(self.report, Some(&enclosed.replay), index);
            return;
        };
        self.report.registered = find_file(self.report, Some(&enclosed.replay), asked);
        let registered = &self.report.registered;
        let Some(newest) = registered.last() else {
            return;
        };
        self.report.checked.documents += 1;
        if !registered.contains(&index) {
            // The same bytes may be another document's too.
            let history = enclosed.replay.history();
            let number = |entry: u64| history.by_entry(entry).map(|document| document.number);
            let mut own = registered.iter().rev();
            let own = own.find(|entry| number(**entry) == number(index));
            enclosed.entry = *own.unwrap_or(newest);
        }
    }
}

/// What speaks against the newest entry. Whether its signer might say it is not
/// judged: that rests on entries that are not enclosed.
fn last_problem(
    statement: Statement,
    index: u64,
    authority: &Authority,
    roots: &dyn Roots,
) -> Option<(Code, String)> {
    if let Matter::Governance(_) = statement.matter {
        let message = "a change of keys or policy belongs among the entries".to_owned();
        return Some((Code::EvidenceMalformed, message));
    }
    let Some(context) = statement.context() else {
        let message = "it does not say what it was signed on".to_owned();
        return Some((Code::NotEvaluated, message));
    };
    let names = (authority.ledger_id(), authority.newest_governance());
    let had = roots.root_at(context.on.size);
    if let Some(refusal) = check_context(context, names, index, had).first() {
        return Some((Code::ContextMismatch, refusal.to_string()));
    }
    match authority.verify(statement) {
        Ok(_) => None,
        Err(refusal) => Some((Code::SignatureInvalid, refusal.to_string())),
    }
}
