//! Compares every file with what the entries call for, and finds those that
//! nothing calls for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::authority::Authority;
use crate::digest::ContentDigest;
use crate::key::PublicKey;
use crate::log::{EvidenceProblem, Found, Item, read_bundle, read_exact_tile};
use crate::merkle::leaf_hash;
use crate::merkle::tile::{Row, TileId, partial_tiles, tiles_between};
use crate::verify::report::Code;

use super::Run;

/// The longest public file about keys.
const MAX_PUBLIC: u64 = 1 << 20;

impl Run<'_> {
    /// Compares every tile and bundle that must be there, and the partial ones
    /// of every head known to have been published. Returns which those are.
    pub(super) fn check_tiles(&mut self) -> BTreeSet<TileId> {
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
    pub(super) fn check_tile(&mut self, tile: TileId) -> bool {
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

    pub(super) fn compare_tile(&mut self, tile: TileId, bytes: &[u8]) {
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
    pub(super) fn compare_bundle(&self, tile: TileId, bytes: &[u8]) -> Result<(), String> {
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

    pub(super) fn check_documents(&mut self) {
        let sizes: BTreeMap<u64, (ContentDigest, Option<u64>)> = self
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
                    } else if let Some(size) = size.filter(|size| *size != length) {
                        let message = format!(
                            "the entry says {size} bytes; the registered file has {length}"
                        );
                        self.report
                            .add(Code::HistoryBroken, Some(index), path, message);
                    }
                }
                // Nobody misses what only a thief registered.
                Ok(None) if size.is_none() => {}
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

    pub(super) fn check_public_files(&mut self, authority: Option<&Authority>) {
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

    /// What a file among the public ones is that the ledger does not call for.
    fn unknown_file(&self, authority: Option<&Authority>, item: &Item) -> (Code, String, String) {
        let path = self.evidence.place(item);
        let bytes = self.evidence.read(item, MAX_PUBLIC);
        let text = bytes
            .ok()
            .flatten()
            .and_then(|it| String::from_utf8(it).ok());
        let key = text.and_then(|text| PublicKey::from_pem(&text).ok());
        let Some((key, authority)) = key.zip(authority) else {
            let message = "nothing in the ledger names it".to_owned();
            return (Code::SurplusFile, path, message);
        };
        let message = match authority.key(&key.thumbprint()) {
            Some(life) => format!("it is the key {} under another name", life.file_stem()),
            None => format!("the ledger gives no role to this key, {}", key.thumbprint()),
        };
        (Code::KeyFileUnknown, path, message)
    }

    /// Everything that is there.
    pub(super) fn list(&mut self) -> Vec<Found> {
        let mut found = Vec::new();
        if let Err(error) = self.evidence.everything(&mut |thing| found.push(thing)) {
            self.unreadable(None, error);
        }
        found
    }

    pub(super) fn check_surplus(
        &mut self,
        authority: Option<&Authority>,
        mut found: Vec<Found>,
        tiles: &BTreeSet<TileId>,
        size: u64,
    ) {
        let public: HashSet<_> = authority
            .map(Authority::public_files)
            .unwrap_or_default()
            .into_iter()
            .map(|f| f.name)
            .collect();
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
                    surplus.push((Code::SymbolicLink, path, "it is a symbolic link".to_owned()))
                }
                Found::Stray(path) => surplus.push((
                    Code::SurplusFile,
                    path,
                    "nothing in the ledger names it".to_owned(),
                )),
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
                        Item::Public(name) if !public.contains(name) => {
                            surplus.push(self.unknown_file(authority, &item));
                            continue;
                        }
                        _ => continue,
                    };
                    let message = match code {
                        Code::BeyondCheckpoint => "it lies beyond the checkpoint",
                        _ => "nothing in the ledger names it",
                    };
                    surplus.push((code, self.evidence.place(&item), message.to_owned()));
                }
            }
        }
        surplus.sort_by(|a, b| a.1.cmp(&b.1));
        for (code, path, message) in surplus {
            self.report.add(code, None, Some(path), message);
        }
    }
}
