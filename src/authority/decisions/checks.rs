//! What speaks against a decision, in the state it would change.

use crate::digest::Thumbprint;
use crate::statement::{Compromise, Decision, GrantedRole, Holder};

use super::super::life::{Compromised, KeyLife, Role};
use super::state::{State, is_in_force};
use super::{DecisionFault, accused};

impl State {
    /// Everything that speaks against a decision at `index` by a registrar, or
    /// by the recovery key.
    pub(in crate::authority) fn faults(
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
    pub(in crate::authority) fn unfit(
        &self,
        index: u64,
        decision: &Decision,
    ) -> Vec<DecisionFault> {
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
}
