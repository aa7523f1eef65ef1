//! What decisions of registrars do, and whether they may: thresholds, grants,
//! retirements, declarations of compromise, log keys, policy.
//!
//! A declaration that took effect is final: what its key signed from the stated
//! position on is void, and everything is weighed again without it.

mod checks;
mod fault;
mod state;

use std::collections::{BTreeSet, HashMap};

use crate::digest::{LeafHash, Thumbprint};
use crate::statement::{Compromise, Decision, Opening};

use super::life::Compromised;
use state::State;

pub use fault::DecisionFault;

/// How many declarations of compromise are weighed in one ledger: each has all
/// decisions weighed again.
pub(super) const MAX_DECLARATIONS: usize = 1_000;

/// A decision that waits for more registrars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The entry that proposed it.
    pub index: u64,
    /// Its leaf hash, which endorsements name.
    pub leaf: LeafHash,
    /// What would take effect.
    pub decision: Decision,
    /// Who agreed so far.
    pub by: BTreeSet<Thumbprint>,
}

/// A declaration of compromise that is in effect.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    what: Compromise,
    /// The leaf hash of the entry that proposed it, and its index.
    proposed: (LeafHash, u64),
    /// The entry by which it took effect.
    by: u64,
}

/// One decision as it stands in the log, well signed.
#[derive(Debug, Clone)]
pub(super) struct Ruling {
    pub(super) index: u64,
    pub(super) leaf: LeafHash,
    pub(super) signer: Thumbprint,
    pub(super) decision: Decision,
}

/// The key that a decision declares compromised.
fn accused(decision: &Decision) -> Option<Thumbprint> {
    match decision {
        Decision::Compromise(what) => Some(what.kid),
        _ => None,
    }
}

/// All decisions so far, and what they come to.
#[derive(Debug, Clone)]
pub(super) struct Rulings {
    pub(super) state: State,
    /// Those that nothing spoke against when they were made.
    accepted: Vec<Ruling>,
    declared: Vec<Declared>,
}

impl Rulings {
    pub(super) fn of(opening: &Opening) -> Result<Self, Thumbprint> {
        Ok(Self {
            state: State::of(opening, HashMap::new())?,
            accepted: Vec::new(),
            declared: Vec::new(),
        })
    }

    /// How many declarations of compromise are in effect.
    pub(super) fn declarations(&self) -> usize {
        self.declared.len()
    }

    /// How many declarations of compromise are in effect or wait to be.
    pub(super) fn accusations(&self) -> usize {
        let pending = self.state.pending.iter();
        let waiting = pending.filter(|it| matches!(it.decision, Decision::Compromise(_)));
        self.declared.len() + waiting.count()
    }

    /// Whether an entry proposed a declaration that took effect, or had it do so.
    pub(super) fn declared_by(&self, index: u64) -> bool {
        let mut declared = self.declared.iter();
        declared.any(|declared| declared.by == index || declared.proposed.1 == index)
    }

    /// Takes a decision that nothing speaks against.
    pub(super) fn take(&mut self, opening: &Opening, ruling: Ruling) {
        let mut found = self.state.rule(&ruling);
        self.accepted.push(ruling);
        while let Some(declared) = found {
            self.declared.push(declared);
            found = self.weigh_again(opening);
        }
    }

    /// Weighs all decisions again, without those that are void by now. What was
    /// refused when it was made stays refused. Returns a declaration that had
    /// waited, and in truth did not need to.
    fn weigh_again(&mut self, opening: &Opening) -> Option<Declared> {
        let mut compromised: HashMap<_, Compromised> = HashMap::new();
        let mut final_ones: HashMap<u64, &Declared> = HashMap::new();
        for declared in &self.declared {
            let Declared { what, by, .. } = declared;
            let known = compromised.entry(what.kid).or_insert(Compromised {
                from: what.from,
                by: *by,
            });
            known.from = known.from.min(what.from);
            final_ones.insert(*by, declared);
        }
        // Entry 0 was weighed once, and is the same.
        let mut state = State::of(opening, compromised).ok()?;
        let mut found = None;
        for ruling in &self.accepted {
            if let Some(declared) = final_ones.get(&ruling.index) {
                state.declare(declared, ruling);
                continue;
            }
            let Some(life) = state.keys.get(&ruling.signer) else {
                continue;
            };
            let fits = life.check_at(ruling.index).is_ok()
                && state
                    .faults(ruling.index, ruling.signer, &ruling.decision)
                    .is_empty();
            if fits {
                found = found.or(state.rule(ruling));
            }
        }
        let by = self.declared.last().map_or(0, |declared| declared.by);
        for kid in std::mem::take(&mut self.state.order) {
            if let Some(life) = self.state.keys.remove(&kid)
                && !state.keys.contains_key(&kid)
            {
                state.keep_void(life, by);
            }
        }
        self.state = state;
        found
    }
}
