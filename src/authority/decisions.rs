//! What decisions of registrars do, and whether they may: thresholds, grants,
//! retirements, declarations of compromise, log keys, policy.
//!
//! A declaration that took effect is final: what its key signed from the stated
//! position on is void, and everything is weighed again without it.

use std::collections::{BTreeSet, HashMap};

use crate::digest::{LeafHash, Thumbprint};
use crate::statement::{Compromise, Decision, GrantedRole, Holder, LogKey, Opening, Policy};

use super::life::{Compromised, KeyLife, Role};

/// How many declarations of compromise are weighed in one ledger: each has all
/// decisions weighed again.
pub(super) const MAX_DECLARATIONS: usize = 1_000;

/// Why a decision can't take effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecisionFault {
    /// No key serves two purposes, and none returns.
    #[error("the key {kid} has or had the role of {} already; a new key is needed", role.as_str())]
    KeyKnown {
        /// The key.
        kid: Thumbprint,
        /// Its role.
        role: Role,
    },
    /// It is about a key that the ledger does not know.
    #[error("the ledger gives no role to the key {0}")]
    KeyUnknown(Thumbprint),
    /// A log key is replaced, and the recovery key stays.
    #[error("a {} key can't be retired or declared compromised{}", role.as_str(), hint(*role))]
    NotRevocable {
        /// Its role.
        role: Role,
    },
    /// It is over already.
    #[error("the key {kid} ended already, by entry {by}")]
    Ended {
        /// The key.
        kid: Thumbprint,
        /// Which entry ended it.
        by: u64,
    },
    /// It was declared compromised from there or before, and a declaration is
    /// never taken back.
    #[error("the key {kid} is declared compromised from entry {from} already, by entry {by}")]
    DeclaredAlready {
        /// The key.
        kid: Thumbprint,
        /// The position declared.
        from: u64,
        /// Which entry declared it.
        by: u64,
    },
    /// A declaration is about what is there.
    #[error(
        "declares entries from {from} on void, but stands at {index}; it begins at 1 and at most at its own place"
    )]
    From {
        /// The position declared.
        from: u64,
        /// Its own index.
        index: u64,
    },
    /// Only a registrar's key is replaced in a declaration.
    #[error("names a replacement for a key that is no registrar's; grant an officer a new key")]
    Replacement,
    /// Registrars could decide nothing any more.
    #[error("would leave {left} registrars where a decision needs {threshold}")]
    TooFewRegistrars {
        /// How many would be left.
        left: u64,
        /// How many are needed.
        threshold: u64,
    },
    /// Nothing waits under that leaf hash.
    #[error("endorses {0}, which is no decision that waits for registrars")]
    NothingToEndorse(LeafHash),
    /// One registrar counts once.
    #[error("this registrar has agreed already")]
    AgreedAlready,
    /// The accused has no voice.
    #[error("the key that is declared compromised can't agree to it")]
    ByAccused,
    /// Only officers are bound to symbols.
    #[error("gives a registrar a scope; only officers have one")]
    RegistrarScope,
    /// What waited does not fit any more.
    #[error("what it would bring into force no longer fits: {0}")]
    NoLongerFits(Box<DecisionFault>),
}

fn hint(role: Role) -> &'static str {
    match role {
        Role::Checkpoint | Role::Receipt => "; it is replaced (rotate)",
        _ => "",
    }
}

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

/// What is in force for the entries after one.
#[derive(Debug, Clone)]
struct Term {
    since: u64,
    policy: Policy,
    threshold: u64,
}

/// What all decisions so far come to.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) keys: HashMap<Thumbprint, KeyLife>,
    pub(super) order: Vec<Thumbprint>,
    pub(super) pending: Vec<Pending>,
    terms: Vec<Term>,
    /// Keys declared compromised, those that have no role yet among them.
    compromised: HashMap<Thumbprint, Compromised>,
}

impl State {
    /// What entry 0 gives, or the key it gives two roles.
    fn of(
        opening: &Opening,
        compromised: HashMap<Thumbprint, Compromised>,
    ) -> Result<Self, Thumbprint> {
        let mut state = Self {
            keys: HashMap::new(),
            order: Vec::new(),
            pending: Vec::new(),
            compromised,
            terms: vec![Term {
                since: 0,
                policy: opening.policy.clone(),
                threshold: opening.threshold,
            }],
        };
        let with = |role| move |holder: &Holder| (holder.clone(), role);
        let registrars = opening.registrars.iter().map(with(Role::Registrar));
        let officers = opening.officers.iter().map(with(Role::Officer));
        let recovery = opening.recovery.iter().map(with(Role::Recovery));
        let log = [
            (Holder::of(opening.checkpoint_key), Role::Checkpoint),
            (Holder::of(opening.receipt_key), Role::Receipt),
        ];
        for (holder, role) in registrars.chain(officers).chain(recovery).chain(log) {
            if state.keys.contains_key(&holder.key.thumbprint()) {
                return Err(holder.key.thumbprint());
            }
            state.give(&holder, role, 0);
        }
        Ok(state)
    }

    fn give(&mut self, holder: &Holder, role: Role, since: u64) {
        let Holder { key, name, scope } = holder;
        let kid = key.thumbprint();
        let mut life = KeyLife::new(*key, role, name.clone(), since, scope.clone());
        life.compromised = self.compromised.get(&kid).copied();
        self.keys.insert(kid, life);
        self.order.push(kid);
    }

    /// The policy in force for the entry at an index.
    pub(super) fn policy_at(&self, index: u64) -> Option<&Policy> {
        let known = self.terms.iter().rev();
        let mut before = known.skip_while(|term| term.since >= index && term.since > 0);
        before.next().map(|term| &term.policy)
    }

    /// The entry that put the newest policy in force.
    pub(super) fn policy_since(&self) -> u64 {
        self.terms.last().map_or(0, |term| term.since)
    }

    /// Whether any policy ever asked for a second officer.
    pub(super) fn had_four_eyes(&self) -> bool {
        self.terms.iter().any(|term| term.policy.four_eyes)
    }

    /// How many registrars a decision needs now.
    pub(super) fn threshold(&self) -> u64 {
        self.terms.last().map_or(1, |term| term.threshold)
    }

    /// How many registrars there are for what stands at an index.
    fn registrars_at(&self, index: u64) -> u64 {
        let registrars = self.keys.values();
        registrars
            .filter(|life| life.role == Role::Registrar && is_in_force(life, index))
            .count() as u64
    }

    /// The key of the log with a role that is in force after `size` entries.
    pub(super) fn log_key(&self, role: Role, size: u64) -> Option<&KeyLife> {
        let mut lives = self.keys.values();
        lives.find(|life| life.role == role && life.check_at(size).is_ok())
    }

    /// Everything that speaks against a decision at `index` by a registrar, or
    /// by the recovery key.
    pub(super) fn faults(
        &self,
        index: u64,
        signer: Thumbprint,
        decision: &Decision,
    ) -> Vec<DecisionFault> {
        let Decision::Endorse { target } = decision else {
            let mut faults = self.unfit(index, decision);
            if accused(decision) == Some(signer) {
                faults.push(DecisionFault::ByAccused);
            }
            return faults;
        };
        let Some(pending) = self.pending.iter().find(|it| it.leaf == *target) else {
            return vec![DecisionFault::NothingToEndorse(*target)];
        };
        let mut faults = Vec::new();
        if pending.by.contains(&signer) {
            faults.push(DecisionFault::AgreedAlready);
        }
        if accused(&pending.decision) == Some(signer) {
            faults.push(DecisionFault::ByAccused);
        }
        let mut by = pending.by.clone();
        by.insert(signer);
        if self.is_enough(&by) {
            let unfit = self.unfit(index, &pending.decision).into_iter();
            faults.extend(unfit.map(|fault| DecisionFault::NoLongerFits(Box::new(fault))));
        }
        faults
    }

    /// What speaks against a decision itself, whoever makes it.
    pub(super) fn unfit(&self, index: u64, decision: &Decision) -> Vec<DecisionFault> {
        match decision {
            Decision::Grant { role, holder } => self.unfit_grant(index, *role, holder),
            Decision::Retire { kid, .. } => self.unfit_retirement(index, *kid),
            Decision::Compromise(what) => self.unfit_declaration(index, what),
            Decision::Rotate { key, .. } => self.unfit_key(key.thumbprint()),
            Decision::Policy { threshold, .. } => {
                let (left, needed) = (self.registrars_at(index), threshold.unwrap_or(0));
                let few = DecisionFault::TooFewRegistrars {
                    left,
                    threshold: needed,
                };
                (needed > left).then_some(few).into_iter().collect()
            }
            Decision::Endorse { target } => {
                let waits = self.pending.iter().any(|it| it.leaf == *target);
                let nothing = DecisionFault::NothingToEndorse(*target);
                (!waits).then_some(nothing).into_iter().collect()
            }
            Decision::Other(_) => Vec::new(),
        }
    }

    fn unfit_key(&self, kid: Thumbprint) -> Vec<DecisionFault> {
        let known = self.keys.get(&kid);
        let fault = known.map(|life| DecisionFault::KeyKnown {
            kid,
            role: life.role,
        });
        fault.into_iter().collect()
    }

    fn unfit_grant(&self, index: u64, role: GrantedRole, holder: &Holder) -> Vec<DecisionFault> {
        let kid = holder.key.thumbprint();
        let is_rescoped = role == GrantedRole::Officer
            && self
                .keys
                .get(&kid)
                .is_some_and(|life| life.role == Role::Officer && is_in_force(life, index));
        let mut faults = if is_rescoped {
            Vec::new()
        } else {
            self.unfit_key(kid)
        };
        if role == GrantedRole::Registrar && !holder.scope.is_empty() {
            faults.push(DecisionFault::RegistrarScope);
        }
        faults
    }

    fn unfit_retirement(&self, index: u64, kid: Thumbprint) -> Vec<DecisionFault> {
        let life = match self.revocable(kid) {
            Ok(life) => life,
            Err(fault) => return vec![fault],
        };
        if let Some(by) = life.ended {
            return vec![DecisionFault::Ended { kid, by }];
        }
        if let Some(Compromised { from, by }) = life.compromised
            && by < index
        {
            return vec![DecisionFault::DeclaredAlready { kid, from, by }];
        }
        let left = self.registrars_at(index).saturating_sub(1);
        let threshold = self.threshold();
        if life.role == Role::Registrar && left < threshold {
            return vec![DecisionFault::TooFewRegistrars { left, threshold }];
        }
        Vec::new()
    }

    fn unfit_declaration(&self, index: u64, what: &Compromise) -> Vec<DecisionFault> {
        let Compromise {
            kid,
            from,
            replacement,
            ..
        } = what;
        let (kid, from) = (*kid, *from);
        let life = match self.revocable(kid) {
            Ok(life) => life,
            Err(fault) => return vec![fault],
        };
        let mut faults = Vec::new();
        if from == 0 || from > index {
            faults.push(DecisionFault::From { from, index });
        }
        if let Some(declared) = life.compromised
            && declared.from <= from
            && declared.by < index
            && replacement.is_none()
        {
            faults.push(DecisionFault::DeclaredAlready {
                kid,
                from: declared.from,
                by: declared.by,
            });
        }
        if let Some(key) = replacement {
            if life.role != Role::Registrar {
                faults.push(DecisionFault::Replacement);
            }
            faults.extend(self.unfit_key(key.thumbprint()));
        }
        faults
    }

    /// A registrar's or an officer's key.
    fn revocable(&self, kid: Thumbprint) -> Result<&KeyLife, DecisionFault> {
        let life = self.keys.get(&kid);
        let life = life.ok_or(DecisionFault::KeyUnknown(kid))?;
        match life.role {
            Role::Registrar | Role::Officer => Ok(life),
            role => Err(DecisionFault::NotRevocable { role }),
        }
    }

    /// Whether those who agreed can decide. The accused is never among them.
    fn is_enough(&self, by: &BTreeSet<Thumbprint>) -> bool {
        let is_recovery = |kid: &Thumbprint| {
            let life = self.keys.get(kid);
            life.is_some_and(|life| life.role == Role::Recovery)
        };
        by.iter().any(is_recovery) || by.len() as u64 >= self.threshold()
    }

    /// Takes a decision that nothing speaks against. Returns the declaration
    /// that takes effect by it, which is not carried out here: it has everything
    /// weighed again.
    fn rule(&mut self, ruling: &Ruling) -> Option<Declared> {
        let Ruling {
            index,
            leaf,
            signer,
            decision,
        } = ruling;
        let place = if let Decision::Endorse { target } = decision {
            self.pending.iter().position(|it| it.leaf == *target)?
        } else {
            self.pending.push(Pending {
                index: *index,
                leaf: *leaf,
                decision: decision.clone(),
                by: BTreeSet::new(),
            });
            self.pending.len() - 1
        };
        let pending = self.pending.get_mut(place)?;
        pending.by.insert(*signer);
        let by = pending.by.clone();
        if !self.is_enough(&by) {
            return None;
        }
        let Pending {
            index: proposed,
            leaf,
            decision,
            ..
        } = self.pending.remove(place);
        match decision {
            Decision::Grant { role, holder } => self.grant(*index, role, holder),
            Decision::Retire { kid, .. } => {
                if let Some(life) = self.keys.get_mut(&kid) {
                    life.ended = Some(*index);
                }
            }
            Decision::Rotate { log, key } => {
                let role = match log {
                    LogKey::Checkpoint => Role::Checkpoint,
                    LogKey::Receipt => Role::Receipt,
                };
                let old = self.keys.values_mut();
                for old in old.filter(|life| life.role == role && life.ended.is_none()) {
                    old.ended = Some(*index);
                }
                self.give(&Holder::of(key), role, *index);
            }
            Decision::Policy { policy, threshold } => self.terms.push(Term {
                since: *index,
                policy: *policy,
                threshold: threshold.unwrap_or_else(|| self.threshold()),
            }),
            Decision::Compromise(what) => {
                return Some(Declared {
                    what,
                    proposed: (leaf, proposed),
                    by: *index,
                });
            }
            Decision::Endorse { .. } | Decision::Other(_) => {}
        }
        None
    }

    fn grant(&mut self, index: u64, role: GrantedRole, holder: Holder) {
        let role = match role {
            GrantedRole::Registrar => Role::Registrar,
            GrantedRole::Officer => Role::Officer,
        };
        match self.keys.get_mut(&holder.key.thumbprint()) {
            Some(life) => {
                life.name = holder.name.or(life.name.take());
                life.rescope(index, holder.scope);
            }
            None => self.give(&holder, role, index),
        }
    }

    /// Carries out a declaration that took effect by `ruling`: it is final,
    /// whoever made it. The replacement it names is not, once those who agreed
    /// would not suffice any more.
    fn declare(&mut self, declared: &Declared, ruling: &Ruling) {
        let Declared { what, proposed, by } = declared;
        let place = self.pending.iter().position(|it| it.leaf == proposed.0);
        let pending = place.map(|place| self.pending.remove(place));
        let mut agreed = pending.map(|pending| pending.by).unwrap_or_default();
        let signer = self.keys.get(&ruling.signer);
        if signer.is_some_and(|life| life.check_at(ruling.index).is_ok()) {
            agreed.insert(ruling.signer);
        }
        if !self.is_enough(&agreed) {
            return;
        }
        if let Some(key) = what.replacement
            && !self.keys.contains_key(&key.thumbprint())
        {
            let accused = self.keys.get(&what.kid);
            let holder = Holder {
                name: accused.and_then(|life| life.name.clone()),
                ..Holder::of(key)
            };
            self.give(&holder, Role::Registrar, *by);
        }
    }

    /// Keeps a key whose role was void from its beginning.
    fn keep_void(&mut self, mut life: KeyLife, by: u64) {
        let kid = life.key.thumbprint();
        life.void = life.void.or(Some(by));
        life.compromised = self.compromised.get(&kid).copied();
        self.keys.insert(kid, life);
        self.order.push(kid);
    }
}

/// Whether a key has its role for what stands at an index, as was known then.
fn is_in_force(life: &KeyLife, index: u64) -> bool {
    let was_declared = life.compromised.is_some_and(|known| known.by < index);
    life.ended.is_none() && life.void.is_none() && !was_declared
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
