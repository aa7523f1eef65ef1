//! What is in force: keys, policy, and what waits for registrars.

use std::collections::{BTreeSet, HashMap};

use crate::digest::Thumbprint;
use crate::statement::{Decision, GrantedRole, Holder, LogKey, Opening, Policy};

use super::super::life::{Compromised, KeyLife, Role};
use super::{Declared, Pending, Ruling};

/// What is in force for the entries after one.
#[derive(Debug, Clone)]
struct Term {
    since: u64,
    policy: Policy,
    threshold: u64,
}

/// What all decisions so far come to.
#[derive(Debug, Clone)]
pub(in crate::authority) struct State {
    pub(in crate::authority) keys: HashMap<Thumbprint, KeyLife>,
    pub(in crate::authority) order: Vec<Thumbprint>,
    pub(in crate::authority) pending: Vec<Pending>,
    terms: Vec<Term>,
    /// Keys declared compromised, those that have no role yet among them.
    compromised: HashMap<Thumbprint, Compromised>,
}

impl State {
    /// What entry 0 gives, or the key it gives two roles.
    pub(super) fn of(
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
    pub(in crate::authority) fn policy_at(&self, index: u64) -> Option<&Policy> {
        let known = self.terms.iter().rev();
        let mut before = known.skip_while(|term| term.since >= index && term.since > 0);
        before.next().map(|term| &term.policy)
    }

    /// All policies, in log order.
    pub(in crate::authority) fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.terms.iter().map(|term| &term.policy)
    }

    /// The entry that put the newest policy in force.
    pub(in crate::authority) fn policy_since(&self) -> u64 {
        self.terms.last().map_or(0, |term| term.since)
    }

    /// Whether any policy ever asked for a second officer.
    pub(in crate::authority) fn had_four_eyes(&self) -> bool {
        self.terms.iter().any(|term| term.policy.four_eyes)
    }

    /// How many registrars a decision needs now.
    pub(in crate::authority) fn threshold(&self) -> u64 {
        self.terms.last().map_or(1, |term| term.threshold)
    }

    /// How many registrars there are for what stands at an index.
    pub(super) fn registrars_at(&self, index: u64) -> u64 {
        let registrars = self.keys.values();
        registrars
            .filter(|life| life.role == Role::Registrar && is_in_force(life, index))
            .count() as u64
    }

    /// The key of the log with a role that is in force after `size` entries.
    pub(in crate::authority) fn log_key(&self, role: Role, size: u64) -> Option<&KeyLife> {
        let mut lives = self.keys.values();
        lives.find(|life| life.role == role && life.check_at(size).is_ok())
    }

    /// Whether those who agreed can decide. The accused is never among them.
    pub(super) fn is_enough(&self, by: &BTreeSet<Thumbprint>) -> bool {
        let is_recovery = |kid: &Thumbprint| {
            let life = self.keys.get(kid);
            life.is_some_and(|life| life.role == Role::Recovery)
        };
        by.iter().any(is_recovery) || by.len() as u64 >= self.threshold()
    }

    /// Takes a decision that nothing speaks against. Returns the declaration
    /// that takes effect by it, which is not carried out here: it has everything
    /// weighed again.
    pub(super) fn rule(&mut self, ruling: &Ruling) -> Option<Declared> {
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
    pub(super) fn declare(&mut self, declared: &Declared, ruling: &Ruling) {
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
    pub(super) fn keep_void(&mut self, mut life: KeyLife, by: u64) {
        let kid = life.key.thumbprint();
        life.void = life.void.or(Some(by));
        life.compromised = self.compromised.get(&kid).copied();
        self.keys.insert(kid, life);
        self.order.push(kid);
    }
}

/// Whether a key has its role for what stands at an index, as was known then.
pub(super) fn is_in_force(life: &KeyLife, index: u64) -> bool {
    let was_declared = life.compromised.is_some_and(|known| known.by < index);
    life.ended.is_none() && life.void.is_none() && !was_declared
}
