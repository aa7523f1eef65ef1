//! The whole ledger, rebuilt from its entries and compared.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::authority::{Authority, Refusal};
use crate::digest::{ContentDigest, LeafHash, LedgerId};
use crate::encoding::note::MAX_NOTE;
use crate::log::{
    Evidence, EvidenceError, EvidenceProblem, Found, Item, SignedCheckpoint, leading_entries,
    read_bundle, read_exact_tile, read_tile,
};
use crate::merkle::tile::{Row, TILE_WIDTH, TileId, partial_tiles, tiles_between};
use crate::merkle::{Tree, leaf_hash};
use crate::revision::{History, relation_doubts};
use crate::statement::{
    DocumentRecord, Event, EventRecord, FieldChange, Matter, MetadataField, Relation, Statement,
};
use crate::symbol::{Symbol, SymbolKey};

use super::report::{Code, Head, Report};

/// The longest public file about keys.
const MAX_PUBLIC: u64 = 1 << 20;

/// What says that a ledger is the office's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The caller was given this id by someone trusted.
    Id(LedgerId),
    /// Nothing.
    None,
}

/// Verifies everything: every entry, tile, document and public file, the
/// checkpoint, every version chain, and that nothing else lies there.
#[must_use]
pub fn verify_ledger(evidence: &dyn Evidence, anchor: Anchor) -> Report {
    let mut run = Run {
        evidence,
        report: Report::default(),
        tree: Tree::new(),
        entries: Vec::new(),
        published: BTreeSet::new(),
        sizes: HashMap::new(),
    };
    run.whole(anchor);
    run.report
}

/// The id that a ledger would have by its entry 0 as it stands: a place to look
/// up an anchor by, never an anchor itself.
#[must_use]
pub fn ledger_id_of(evidence: &dyn Evidence) -> Option<LedgerId> {
    let path = Item::Checkpoint;
    let signed = SignedCheckpoint::parse(&evidence.read(&path, MAX_NOTE as u64).ok()??).ok()?;
    let width = u16::try_from(signed.unverified().size.min(TILE_WIDTH)).ok()?;
    let (_, bytes) = read_tile(evidence, TileId::new(Row::Entries, 0, width)?).ok()??;
    let entry = *leading_entries(&bytes).first()?;
    Some(leaf_hash(entry).into())
}

/// An entry as it stands in its bundle.
struct Raw {
    /// `None` if the bundle did not give it.
    bytes: Option<Vec<u8>>,
}

impl Raw {
    fn of(entry: &[u8]) -> Self {
        Self {
            bytes: Some(entry.to_vec()),
        }
    }
}

/// The record of a document entry. Events ask for it, which are few.
fn document_record(entries: &[Raw], index: u64) -> Option<DocumentRecord> {
    let entry = entries.get(usize::try_from(index).ok()?)?;
    match Statement::parse(entry.bytes.as_deref()?).ok()?.matter {
        Matter::Document(document) => Some(document.record),
        _ => None,
    }
}

struct Run<'a> {
    evidence: &'a dyn Evidence,
    report: Report,
    /// The tree that everything is judged by.
    tree: Tree,
    entries: Vec<Raw>,
    /// Sizes of heads that were published, as far as statements tell.
    published: BTreeSet<u64>,
    /// Every registered file with its size and its first entry.
    sizes: HashMap<ContentDigest, (u64, u64)>,
}

impl Run<'_> {
    fn whole(&mut self, anchor: Anchor) {
        let checkpoint = self.read_checkpoint();
        let size = checkpoint
            .as_ref()
            .map_or(0, |signed| signed.unverified().size);
        if let Some(signed) = &checkpoint {
            self.report.head = Some(Head {
                size,
                root: signed.unverified().root,
            });
            self.published.insert(size);
            self.read_entries(size);
            self.choose_tree(signed);
        }
        let authority = self.replay();
        self.check_anchor(authority.as_ref(), anchor);
        if let (Some(signed), Some(authority)) = (&checkpoint, &authority) {
            self.check_checkpoint(signed, authority);
        }
        let tiles = self.check_tiles();
        self.check_documents();
        self.check_public_files(authority.as_ref());
        self.check_surplus(authority.as_ref(), &tiles, size);
    }

    fn read_checkpoint(&mut self) -> Option<SignedCheckpoint> {
        let path = self.evidence.place(&Item::Checkpoint);
        let bytes = match self.evidence.read(&Item::Checkpoint, MAX_NOTE as u64) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                self.report.add(
                    Code::CheckpointMissing,
                    None,
                    Some(path),
                    "there is no checkpoint",
                );
                return None;
            }
            Err(error) => {
                self.unreadable(None, error);
                self.report.add(
                    Code::CheckpointMissing,
                    None,
                    None,
                    "the checkpoint can't be read",
                );
                return None;
            }
        };
        match SignedCheckpoint::parse(&bytes) {
            Ok(signed) if signed.unverified().size > 0 => Some(signed),
            Ok(_) => {
                self.report.add(
                    Code::CheckpointMalformed,
                    None,
                    Some(path),
                    "it covers no entry",
                );
                None
            }
            Err(error) => {
                self.report.add(
                    Code::CheckpointMalformed,
                    None,
                    Some(path),
                    error.to_string(),
                );
                None
            }
        }
    }

    fn unreadable(&mut self, entry: Option<u64>, error: EvidenceError) {
        let EvidenceError { path, problem } = error;
        self.report
            .add(Code::Unreadable, entry, Some(path), problem.to_string());
    }

    /// Reads every bundle the checkpoint covers. Stops at a second missing one
    /// in a row: a size that nothing backs must not be counted out.
    fn read_entries(&mut self, size: u64) {
        let mut missing_before = false;
        for number in 0..size.div_ceil(TILE_WIDTH) {
            let width = (size - number * TILE_WIDTH).min(TILE_WIDTH);
            let tile = u16::try_from(width)
                .ok()
                .and_then(|width| TileId::new(Row::Entries, number, width));
            let Some(tile) = tile else { return };
            let path = self.evidence.place(&Item::Tile(tile));
            let found = match read_tile(self.evidence, tile) {
                Ok(found) => found,
                Err(error) => {
                    self.unreadable(None, error);
                    None
                }
            };
            let Some((found, bytes)) = found else {
                self.report.add(
                    Code::BundleMissing,
                    None,
                    Some(path),
                    "the bundle is not there",
                );
                if missing_before {
                    return;
                }
                missing_before = true;
                self.entries.extend((0..width).map(|_| Raw { bytes: None }));
                continue;
            };
            missing_before = false;
            self.take_bundle(found, &bytes, width);
        }
    }

    fn take_bundle(&mut self, found: TileId, bytes: &[u8], width: u64) {
        match read_bundle(bytes, found.width()) {
            Ok(entries) => {
                let wanted = entries
                    .into_iter()
                    .take(usize::try_from(width).unwrap_or(0));
                self.entries.extend(wanted.map(Raw::of));
            }
            Err(error) => {
                let path = self.evidence.place(&Item::Tile(found));
                self.report
                    .add(Code::BundleDamaged, None, Some(path), error.to_string());
                // What precedes the damage is still worth judging.
                let mut entries: Vec<_> = leading_entries(bytes).into_iter().map(Raw::of).collect();
                entries.resize_with(usize::try_from(width).unwrap_or(0), || Raw { bytes: None });
                self.entries.extend(entries);
            }
        }
    }

    /// The tree by which entries are judged: that of the tiles if they lead to
    /// the checkpoint's root, so that a damaged entry is located; else that of
    /// the entries.
    fn choose_tree(&mut self, signed: &SignedCheckpoint) {
        let (size, root) = (signed.unverified().size, signed.unverified().root);
        let mut from_entries = Tree::new();
        for entry in &self.entries {
            from_entries.push(
                entry
                    .bytes
                    .as_deref()
                    .map_or_else(|| leaf_hash(&[]), leaf_hash),
            );
        }
        if from_entries.size() == size && from_entries.root() == root {
            self.tree = from_entries;
            return;
        }
        match self.tree_of_tiles(size) {
            Some(tree) if tree.root() == root => {
                self.tree = tree;
                for index in 0..self.entries.len() as u64 {
                    self.compare_entry(index);
                }
            }
            _ => {
                self.tree = from_entries;
                let message =
                    "neither the tiles nor the entries have the root the checkpoint names";
                let path = self.evidence.place(&Item::Checkpoint);
                self.report
                    .add(Code::RootMismatch, None, Some(path), message);
            }
        }
    }

    fn compare_entry(&mut self, index: u64) {
        let Some(entry) = usize::try_from(index)
            .ok()
            .and_then(|at| self.entries.get_mut(at))
        else {
            return;
        };
        if entry.bytes.as_deref().map(leaf_hash) == self.tree.leaf(index) {
            return;
        }
        let damaged = entry.bytes.take().is_some();
        let intact = self.intact_copy(index);
        if let Some(entry) = usize::try_from(index)
            .ok()
            .and_then(|at| self.entries.get_mut(at))
        {
            entry.bytes = intact;
        }
        let message = if damaged {
            "it is not the entry that the tree holds"
        } else {
            "it could not be read"
        };
        let path = self.bundle_path(index);
        self.report
            .add(Code::EntryDamaged, Some(index), path, message);
    }

    /// The entry that the tree holds, out of a smaller bundle that was published
    /// before, so that what follows is judged by it and not by its damage.
    fn intact_copy(&self, index: u64) -> Option<Vec<u8>> {
        let (number, place) = (index / TILE_WIDTH, index % TILE_WIDTH);
        let leaf = self.tree.leaf(index);
        (place + 1..TILE_WIDTH).find_map(|width| {
            let tile = TileId::new(Row::Entries, number, u16::try_from(width).ok()?)?;
            let bytes = read_exact_tile(self.evidence, tile).ok()??;
            let entry = *leading_entries(&bytes).get(usize::try_from(place).ok()?)?;
            (Some(leaf_hash(entry)) == leaf).then(|| entry.to_vec())
        })
    }

    fn bundle_path(&self, index: u64) -> Option<String> {
        let number = index / TILE_WIDTH;
        let width = (self.entries.len() as u64 - number * TILE_WIDTH).min(TILE_WIDTH);
        let tile = TileId::new(Row::Entries, number, u16::try_from(width).ok()?)?;
        Some(self.evidence.place(&Item::Tile(tile)))
    }

    fn tree_of_tiles(&self, size: u64) -> Option<Tree> {
        let mut tree = Tree::new();
        while tree.size() < size {
            let number = tree.size() / TILE_WIDTH;
            let width = (size - tree.size()).min(TILE_WIDTH);
            let tile = TileId::new(Row::Hashes(0), number, u16::try_from(width).ok()?)?;
            let (_, bytes) = read_tile(self.evidence, tile).ok()??;
            let hashes = bytes.chunks_exact(32).take(usize::try_from(width).ok()?);
            if (hashes.len() as u64) < width {
                return None;
            }
            for hash in hashes {
                tree.push(LeafHash::from_bytes(hash.try_into().ok()?));
            }
        }
        Some(tree)
    }

    /// Replays the log: what each entry says, who signed it, whether it may,
    /// and whether it fits.
    fn replay(&mut self) -> Option<Authority> {
        let entries = std::mem::take(&mut self.entries);
        let mut authority = None;
        let mut history = History::new();
        let mut seen = HashSet::new();
        let mut latest = 0;
        for (index, entry) in (0..).zip(&entries) {
            let Some(bytes) = &entry.bytes else { continue };
            let leaf = leaf_hash(bytes);
            if !seen.insert(leaf) {
                self.report.add(
                    Code::EntryTwice,
                    Some(index),
                    None,
                    "the same entry stands before it",
                );
            }
            let statement = match Statement::parse(bytes) {
                Ok(statement) => statement,
                Err(error) => {
                    self.report
                        .add(Code::EntryMalformed, Some(index), None, error.to_string());
                    continue;
                }
            };
            self.report.checked.entries += 1;
            self.note_unknown(index, &statement);
            if statement.envelope.issued_at < latest {
                let message = "its claimed time is before that of an earlier entry";
                self.report.add(Code::TimeOrder, Some(index), None, message);
            }
            latest = latest.max(statement.envelope.issued_at);
            if index == 0 {
                authority = self.open(leaf, statement);
            } else if let Some(authority) = &mut authority {
                let record_of = |index| document_record(&entries, index);
                self.judge(index, leaf, statement, authority, &mut history, &record_of);
            }
        }
        self.report.documents = history.documents().len() as u64;
        self.entries = entries;
        if authority.is_none() && !self.entries.is_empty() {
            self.report.not_checked.push(
                "signatures and authority of all entries: entry 0, which names the keys, is not usable".to_owned(),
            );
        }
        authority
    }

    fn note_unknown(&mut self, index: u64, statement: &Statement) {
        for unknown in &statement.unknown {
            let code = if unknown.may_be_passed_over() {
                Code::UnknownKept
            } else {
                Code::NotEvaluated
            };
            self.report
                .add(code, Some(index), None, unknown.to_string());
        }
    }

    fn open(&mut self, leaf: LeafHash, statement: Statement) -> Option<Authority> {
        self.report.ledger_id = Some(leaf.into());
        match Authority::open(leaf, statement) {
            Ok((authority, _)) => {
                self.report.checked.signatures += 1;
                if let Some(quorum) = &authority.policy().quorum {
                    let message = format!(
                        "the policy asks for the quorum {quorum:?}, which this version does not evaluate"
                    );
                    self.report.add(Code::NotEvaluated, Some(0), None, message);
                }
                Some(authority)
            }
            Err(error) => {
                self.report
                    .add(Code::OpeningInvalid, Some(0), None, error.to_string());
                None
            }
        }
    }

    fn judge(
        &mut self,
        index: u64,
        leaf: LeafHash,
        statement: Statement,
        authority: &mut Authority,
        history: &mut History,
        record_of: &dyn Fn(u64) -> Option<DocumentRecord>,
    ) {
        let key = match authority.signer_of(&statement) {
            Ok(life) => life.key,
            Err(refusal) => {
                self.refuse(index, &refusal);
                return;
            }
        };
        let verified = match statement.verify(&key) {
            Ok(verified) => verified,
            Err(error) => {
                self.report
                    .add(Code::SignatureInvalid, Some(index), None, error.to_string());
                return;
            }
        };
        self.report.checked.signatures += 1;
        let bears = history.symbols_of(&verified.statement().envelope.subject);
        let refusals = authority.check(&verified, index, &self.tree, bears);
        let mut unknown = verified.statement().unknown.iter();
        let is_refused = refusals.iter().any(|refusal| !refusal.is_open())
            || unknown.any(|unknown| !unknown.may_be_passed_over());
        for refusal in &refusals {
            self.refuse(index, refusal);
        }
        let statement = verified.statement();
        let subject = &statement.envelope.subject;
        if let Some(context) = statement.context() {
            self.published.insert(context.on.size);
        }
        match &statement.matter {
            Matter::Document(document) => {
                for fault in history.check(subject, &document.digest, &document.record) {
                    self.report
                        .add(Code::HistoryBroken, Some(index), None, fault.to_string());
                }
                self.judge_symbols(index, subject, &document.record.identifier, history);
                history.apply(index, leaf, subject, document);
                self.judge_relations(index, subject, history.relations_of(index), history);
                self.note_size(index, document.digest, document.record.size);
            }
            // What its signer may not say takes no effect.
            Matter::Event(event) if !is_refused => {
                self.judge_event(index, subject, event, record_of, history);
            }
            Matter::Event(_) | Matter::Governance(_) | Matter::Unknown => {}
        }
        authority.apply(leaf, &statement.matter);
    }

    fn judge_event(
        &mut self,
        index: u64,
        subject: &str,
        event: &EventRecord,
        record_of: &dyn Fn(u64) -> Option<DocumentRecord>,
        history: &mut History,
    ) {
        let target = match history.target_of(subject, event) {
            Ok(target) => target,
            Err(fault) => {
                self.report
                    .add(Code::TargetUnknown, Some(index), None, fault.to_string());
                return;
            }
        };
        let Some(record) = record_of(target) else {
            return;
        };
        let faults = history.apply_event(index, target, &record, &event.event);
        for fault in &faults {
            self.report
                .add(Code::EventConflict, Some(index), None, fault.to_string());
        }
        if faults.is_empty()
            && let Event::AssignSymbol { identifier, .. } = &event.event
        {
            self.judge_symbols(index, subject, identifier, history);
        }
        let names_relations = |change: FieldChange| change.field == MetadataField::Relations;
        if faults.is_empty() && event.event.changes().into_iter().any(names_relations) {
            self.judge_relations(index, subject, history.relations_of(target), history);
        }
    }

    /// Stored symbols are compared as they are; that today's rules would write
    /// one otherwise, or take it for another document's, is told.
    fn judge_symbols(&mut self, index: u64, subject: &str, symbols: &[String], history: &History) {
        for symbol in symbols {
            let key = SymbolKey::of_canonical(symbol);
            // That the very symbol is another's is a failure of its own.
            let owner = history
                .by_symbol(&key)
                .filter(|it| it.subject != subject && !it.symbols.contains(symbol));
            let canonical = Symbol::parse(symbol).map(|parsed| parsed.value.canonical().to_owned());
            let message = match (owner, canonical) {
                (Some(owner), _) => {
                    format!(
                        "the symbol {symbol} can't be told from one of {}",
                        owner.subject
                    )
                }
                (None, Ok(canonical)) if canonical != *symbol => {
                    format!("the symbol {symbol} would be written {canonical}")
                }
                (None, Ok(_)) => continue,
                (None, Err(error)) => {
                    format!("the symbol {symbol:?} is none by today's rules: {error}")
                }
            };
            self.report
                .add(Code::SymbolDoubtful, Some(index), None, message);
        }
    }

    fn judge_relations(
        &mut self,
        index: u64,
        subject: &str,
        relations: &[Relation],
        history: &History,
    ) {
        for doubt in relation_doubts(relations, subject, history.symbols_of(subject)) {
            self.report
                .add(Code::RelationDoubtful, Some(index), None, doubt.to_string());
        }
    }

    fn refuse(&mut self, index: u64, refusal: &Refusal) {
        let code = match refusal {
            refusal if refusal.is_open() => Code::NotEvaluated,
            Refusal::OtherLedger(_)
            | Refusal::OnAhead { .. }
            | Refusal::OnRoot { .. }
            | Refusal::OtherAuthority { .. } => Code::ContextMismatch,
            _ => Code::AuthorityRefused,
        };
        self.report
            .add(code, Some(index), None, refusal.to_string());
    }

    fn note_size(&mut self, index: u64, digest: ContentDigest, size: u64) {
        let (known, first) = *self.sizes.entry(digest).or_insert((size, index));
        if known != size {
            let message =
                format!("it says {size} bytes of a file that entry {first} says has {known}");
            self.report
                .add(Code::HistoryBroken, Some(index), None, message);
        }
    }

    fn check_anchor(&mut self, authority: Option<&Authority>, anchor: Anchor) {
        let id = authority
            .map(Authority::ledger_id)
            .or(self.report.ledger_id);
        match (anchor, id) {
            (Anchor::Id(wanted), Some(found)) if wanted != found => {
                let message = format!("this is the ledger {found}, not {wanted}");
                self.report
                    .add(Code::LedgerIdMismatch, Some(0), None, message);
            }
            (Anchor::Id(_), Some(_)) => {}
            (Anchor::Id(_), None) => {
                self.report.add(
                    Code::NoAnchor,
                    Some(0),
                    None,
                    "there is no entry 0 to compare with the ledger id",
                );
            }
            (Anchor::None, _) => {
                let message =
                    "no ledger id was given or pinned: keys that lie beside a ledger prove nothing";
                self.report.add(Code::NoAnchor, None, None, message);
            }
        }
    }

    fn check_checkpoint(&mut self, signed: &SignedCheckpoint, authority: &Authority) {
        let path = Some(self.evidence.place(&Item::Checkpoint));
        if signed.unverified().origin != authority.origin() {
            let message = format!("its origin is not {:?}", authority.origin());
            self.report
                .add(Code::CheckpointMalformed, None, path.clone(), message);
        }
        match signed.verify(authority.checkpoint_key()) {
            Err(_) if !authority.is_weighed() => {
                let message = "it is signed by no key that is known, and changes of keys are not \
                               evaluated by this version";
                self.report.add(Code::NotEvaluated, None, path, message);
            }
            Err(error) => self
                .report
                .add(Code::CheckpointSignature, None, path, error.to_string()),
            Ok(_) if !signed.is_plain() => {
                let message =
                    "it holds extension or signature lines that this program does not write";
                self.report.add(Code::CheckpointLines, None, path, message);
            }
            Ok(_) => {}
        }
    }

    /// Compares every tile and bundle that must be there, and the partial ones
    /// of every head known to have been published. Returns which those are.
    fn check_tiles(&mut self) -> BTreeSet<TileId> {
        let size = self.tree.size();
        let mut expected: BTreeSet<TileId> = tiles_between(0, size).into_iter().collect();
        for published in self
            .published
            .iter()
            .filter(|published| **published <= size)
        {
            let partial = partial_tiles(*published).into_iter();
            expected.extend(partial.filter(|tile| tile.full().needed_size() > size));
        }
        for tile in &expected {
            if self.check_tile(*tile) {
                continue;
            }
            let code = match tile.row() {
                Row::Entries => Code::BundleMissing,
                Row::Hashes(_) => Code::TileMissing,
            };
            let path = Some(self.evidence.place(&Item::Tile(*tile)));
            if !self
                .report
                .findings
                .iter()
                .any(|finding| finding.path == path)
            {
                self.report.add(code, None, path, "it is not there");
            }
        }
        expected
    }

    /// Compares a tile if it is there; tells whether it is.
    fn check_tile(&mut self, tile: TileId) -> bool {
        match read_exact_tile(self.evidence, tile) {
            Ok(Some(bytes)) => self.compare_tile(tile, &bytes),
            Ok(None) => return false,
            Err(error) => {
                if let EvidenceProblem::TooLong(_) = error.problem {
                    let code = match tile.row() {
                        Row::Hashes(_) => Code::TileDamaged,
                        Row::Entries => Code::BundleDamaged,
                    };
                    let path = Some(error.path.clone());
                    self.report.add(code, None, path, error.problem.to_string());
                } else {
                    self.unreadable(None, error);
                }
            }
        }
        true
    }

    fn compare_tile(&mut self, tile: TileId, bytes: &[u8]) {
        self.report.checked.tiles += 1;
        let path = Some(self.evidence.place(&Item::Tile(tile)));
        match tile.row() {
            Row::Hashes(_) if tile.hashes(&self.tree).as_deref() != Some(bytes) => {
                let message = "it holds other hashes than the tree of the entries has";
                self.report.add(Code::TileDamaged, None, path, message);
            }
            Row::Entries => {
                if let Err(message) = self.compare_bundle(tile, bytes) {
                    self.report.add(Code::BundleDamaged, None, path, message);
                }
            }
            Row::Hashes(_) => {}
        }
    }

    /// Holds a bundle against the tree, entry by entry.
    fn compare_bundle(&self, tile: TileId, bytes: &[u8]) -> Result<(), String> {
        let entries = read_bundle(bytes, tile.width()).map_err(|error| error.to_string())?;
        for (index, entry) in (tile.first_item()..).zip(&entries) {
            if Some(leaf_hash(entry)) != self.tree.leaf(index) {
                return Err(format!(
                    "entry {index} in it is not the one that the tree holds"
                ));
            }
        }
        Ok(())
    }

    fn check_documents(&mut self) {
        let sizes: BTreeMap<u64, (ContentDigest, u64)> = self
            .sizes
            .iter()
            .map(|(digest, (size, index))| (*index, (*digest, *size)))
            .collect();
        for (index, (digest, size)) in sizes {
            let path = Some(self.evidence.place(&Item::Content(digest)));
            match self.evidence.hash(&digest) {
                Ok(Some((found, length))) => {
                    self.report.checked.documents += 1;
                    if found != digest {
                        let message = format!("its bytes have the digest {found}");
                        self.report
                            .add(Code::DocumentDamaged, Some(index), path, message);
                    } else if length != size {
                        let message = format!(
                            "the entry says {size} bytes; the registered file has {length}"
                        );
                        self.report
                            .add(Code::HistoryBroken, Some(index), path, message);
                    }
                }
                Ok(None) => {
                    let message = "the registered file is not there";
                    self.report
                        .add(Code::DocumentMissing, Some(index), path, message);
                }
                Err(error) => {
                    self.unreadable(Some(index), error);
                }
            }
        }
    }

    fn check_public_files(&mut self, authority: Option<&Authority>) {
        let Some(authority) = authority else { return };
        let mut missing = Vec::new();
        for file in authority.public_files() {
            let item = Item::Public(file.name);
            let path = self.evidence.place(&item);
            match self.evidence.read(&item, MAX_PUBLIC) {
                Ok(Some(bytes)) => {
                    self.report.checked.key_files += 1;
                    if bytes != file.text.as_bytes() {
                        let message = "it is not as the ledger has it";
                        self.report
                            .add(Code::KeyFileDiffers, None, Some(path), message);
                    }
                }
                Ok(None) => missing.push(path),
                Err(error) => {
                    if let EvidenceProblem::TooLong(_) = error.problem {
                        let message = "it is longer than the ledger has it";
                        self.report
                            .add(Code::KeyFileDiffers, None, Some(path), message);
                    }
                    self.report.checked.key_files += 1;
                    self.unreadable(None, error);
                }
            }
        }
        if self.report.checked.key_files == 0 {
            // They are drawn from the ledger, and a copy of it may go without.
            let skipped = "public files about keys: there are none here";
            self.report.not_checked.push(skipped.to_owned());
            return;
        }
        for path in missing {
            self.report
                .add(Code::KeyFileMissing, None, Some(path), "it is not there");
        }
    }

    fn check_surplus(
        &mut self,
        authority: Option<&Authority>,
        tiles: &BTreeSet<TileId>,
        size: u64,
    ) {
        let public: HashSet<_> = authority
            .map(Authority::public_files)
            .unwrap_or_default()
            .into_iter()
            .map(|f| f.name)
            .collect();
        let mut found = Vec::new();
        if let Err(error) = self.evidence.everything(&mut |thing| found.push(thing)) {
            self.unreadable(None, error);
        }
        if self.report.head.is_none() {
            // Without a head everything would be surplus, and hide what is wrong.
            found.retain(|thing| matches!(thing, Found::Link(_)));
            let skipped = "files that no entry names: there is no head to judge them by";
            self.report.not_checked.push(skipped.to_owned());
        }
        let mut surplus = Vec::new();
        for thing in found {
            match thing {
                Found::Link(path) => {
                    surplus.push((Code::SymbolicLink, path, "it is a symbolic link"))
                }
                Found::Stray(path) => {
                    surplus.push((Code::SurplusFile, path, "nothing in the ledger names it"))
                }
                Found::Item(item) => {
                    let code = match &item {
                        Item::Tile(tile) if tile.needed_size() > size => Code::BeyondCheckpoint,
                        // A partial tile that nobody needs must still be right.
                        Item::Tile(tile) if !tiles.contains(tile) => {
                            self.check_tile(*tile);
                            continue;
                        }
                        Item::Content(digest) if !self.sizes.contains_key(digest) => {
                            Code::SurplusFile
                        }
                        Item::Public(name) if !public.contains(name) => Code::SurplusFile,
                        _ => continue,
                    };
                    let message = match code {
                        Code::BeyondCheckpoint => "it lies beyond the checkpoint",
                        _ => "nothing in the ledger names it",
                    };
                    surplus.push((code, self.evidence.place(&item), message));
                }
            }
        }
        surplus.sort_by(|a, b| a.1.cmp(&b.1));
        for (code, path, message) in surplus {
            self.report.add(code, None, Some(path), message);
        }
    }
}
