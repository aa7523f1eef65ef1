//! A registrar's decision: from what is wanted to the statement, and whether it
//! is in force.

use crate::authority::Pending;
use crate::digest::LeafHash;
use crate::key::Signer;
use crate::statement::{Content, Decision, Draft, Governance};

use super::append::{AppendRefusal, Appending};
use super::proposal::{check_text, context};
use super::register::Register;

/// A decision that was signed.
#[derive(Debug)]
pub struct Decided {
    /// Its entry.
    pub index: u64,
    /// What waits for more registrars, if it does not suffice.
    pub waits: Option<Waits>,
}

/// A decision that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// The entry that proposed it.
    pub proposed: u64,
    /// How many registrars agreed.
    pub agreed: u64,
    /// How many are needed.
    pub needed: u64,
}

impl Appending<'_> {
    /// Adds a decision.
    ///
    /// # Errors
    /// If a text in it can't be recorded, authority refuses it, or signing
    /// fails; it is not added then.
    pub fn add_decision(
        &mut self,
        decision: Decision,
        signer: &dyn Signer,
        now: u64,
    ) -> Result<Decided, AppendRefusal> {
        let named = match decision {
            Decision::Endorse { target } => Some(target),
            _ => None,
        };
        let draft = draft(self.register(), decision, now)?;
        let index = self.add(&draft, signer)?;
        let register = self.register();
        let own = register.entry(index).map(|entry| entry.leaf);
        Ok(Decided {
            index,
            waits: waits(register, named.or(own)),
        })
    }
}

fn draft(register: &Register, decision: Decision, now: u64) -> Result<Draft, AppendRefusal> {
    let governance = Governance::decision(context(register), decision);
    check_text(&governance.to_value())?;
    Ok(Draft {
        issuer: register.authority.issuer().to_owned(),
        subject: register.authority.origin().to_owned(),
        issued_at: now,
        content: Content::Governance(governance),
    })
}

fn waits(register: &Register, leaf: Option<LeafHash>) -> Option<Waits> {
    let authority = &register.authority;
    let is_it = |pending: &&Pending| Some(pending.leaf) == leaf;
    let pending = authority.pending().iter().find(is_it)?;
    Some(Waits {
        proposed: pending.index,
        agreed: pending.by.len() as u64,
        needed: authority.threshold(),
    })
}
