//! What proves an export: the ledger itself where everything is exported, else
//! statements with their places in the log; keys, and the register in words.

use std::io::Read;

use docledger::authority::PublicFile;
use docledger::export::{Package, Pieces, premis};
use docledger::log::{Evidence as _, Found, Item, ProvenLog, SignedCheckpoint};
use docledger::merkle::prove_inclusion;
use docledger::proof::TlogProof;
use docledger::registry::Register;
use docledger::statement::Matter;
use docledger::store::{self, LedgerDir, layout};

use super::choice::Choice;
use super::{json, table};
use crate::cli::error::hinted;

/// The longest checkpoint.
const MAX_CHECKPOINT: u64 = 1 << 16;
/// The longest tile or bundle: 256 entries of the longest kind.
const MAX_TILE: u64 = 1 << 25;

/// Takes a file of the proof: its path and its bytes.
pub(super) type Take<'a> = dyn FnMut(&str, &mut dyn Read) -> anyhow::Result<()> + 'a;

/// The proof of one export.
pub(super) struct Proof<'a> {
    ledger: &'a LedgerDir<'a>,
    register: &'a Register,
    checkpoint: String,
}

impl<'a> Proof<'a> {
    /// Takes the checkpoint that the register was read under.
    pub(super) fn begin(ledger: &'a LedgerDir<'a>, register: &'a Register) -> anyhow::Result<Self> {
        let proof = Self {
            ledger,
            register,
            checkpoint: checkpoint(ledger)?,
        };
        let signed = SignedCheckpoint::parse(proof.checkpoint.as_bytes())?;
        match *signed.unverified() == register.checkpoint {
            true => Ok(proof),
            false => Err(moved()),
        }
    }

    /// Hands out every file of the proof.
    pub(super) fn each(
        &self,
        package: &Package,
        choice: &Choice,
        take: &mut Take<'_>,
    ) -> anyhow::Result<()> {
        if choice.is_all {
            self.whole_ledger(take)?;
        } else {
            self.statements(package, take)?;
        }
        for PublicFile { name, text } in self.register.authority.public_files() {
            take(&format!("keys/{name}"), &mut text.as_bytes())?;
        }
        take("register.csv", &mut table(package))?;
        take("register.ndjson", &mut json::rows(self.register, package))?;
        take("premis.xml", &mut Pieces::new(premis::pieces(package)))
    }

    /// Checkpoint and tiles: all that a log is.
    fn whole_ledger(&self, take: &mut Take<'_>) -> anyhow::Result<()> {
        let size = self.register.checkpoint.size;
        let mut tiles = Vec::new();
        self.ledger.everything(&mut |found| {
            if let Found::Item(Item::Tile(tile)) = found {
                tiles.extend((tile.needed_size() <= size).then_some(tile));
            }
        })?;
        tiles.sort();
        for tile in tiles {
            let path = format!("ledger/{}", tile.path());
            let bytes = self.ledger.read(&Item::Tile(tile), MAX_TILE)?;
            // It was listed a moment ago.
            let bytes = bytes.ok_or_else(moved)?;
            take(&path, &mut bytes.as_slice())?;
        }
        take("ledger/FORMAT.md", &mut store::FORMAT.as_bytes())?;
        let path = format!("ledger/{}", layout::CHECKPOINT);
        take(&path, &mut self.checkpoint.as_bytes())?;
        // What was copied belongs together only if nobody wrote meanwhile.
        match checkpoint(self.ledger)? == self.checkpoint {
            true => Ok(()),
            false => Err(moved()),
        }
    }

    /// Each statement with its place in the log: of the files, of the events
    /// about them, and of all that decides about keys.
    fn statements(&self, package: &Package, take: &mut Take<'_>) -> anyhow::Result<()> {
        let is_decision = |matter: &Matter| matches!(matter, Matter::Governance(_));
        let entries = self.register.entries.iter();
        let decisions = entries.filter(|entry| is_decision(&entry.statement.matter));
        let mut indices: Vec<u64> = decisions.map(|entry| entry.index).collect();
        indices.extend(package.items.iter().map(|item| item.entry));
        indices.extend(package.events.iter().map(|event| event.entry));
        indices.sort_unstable();
        let size = self.register.checkpoint.size;
        let mut log = ProvenLog::open(self.ledger, &self.register.checkpoint)?;
        for index in indices {
            let (_, bytes) = log.entry(index)?;
            let proof = TlogProof {
                index,
                path: prove_inclusion(&self.register.tree, index, size)?,
                checkpoint: self.checkpoint.clone(),
            };
            take(&format!("proofs/entry-{index}.cose"), &mut bytes.as_slice())?;
            let text = proof.to_text();
            take(
                &format!("proofs/entry-{index}.tlog-proof"),
                &mut text.as_bytes(),
            )?;
        }
        take(layout::CHECKPOINT, &mut self.checkpoint.as_bytes())
    }
}

/// The newest checkpoint as it stands.
fn checkpoint(ledger: &LedgerDir<'_>) -> anyhow::Result<String> {
    let bytes = ledger.read(&Item::Checkpoint, MAX_CHECKPOINT)?;
    Ok(String::from_utf8(bytes.unwrap_or_default())?)
}

fn moved() -> anyhow::Error {
    hinted(
        "somebody wrote to the ledger while it was exported",
        "nothing was written; run the command again",
    )
}
