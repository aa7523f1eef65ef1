//! Which witnesses must have cosigned: a ledger's policy, and an auditor's own
//! in the form of C2SP tlog-policy.

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::decimal;
use crate::log::SignedCheckpoint;
use crate::statement::{Group, Policy, Threshold, Witness};

use super::key::{WitnessKey, WitnessKeyError, log_key};

/// Why a policy asks for nothing that can be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuorumError {
    /// A witness's key.
    #[error("the witness {name}: {error}")]
    Key {
        /// Its name in the policy.
        name: String,
        /// What is wrong.
        error: WitnessKeyError,
    },
    /// Two of one name, or two names for one key.
    #[error("{0} stands in it twice")]
    Twice(String),
    /// A member or quorum that is not defined before.
    #[error("{0} is no witness or group defined before")]
    Unknown(String),
    /// A name that a policy's lines can't carry.
    #[error(
        "{0:?} can't be a name in a policy: empty, `none`, or with a space or control character"
    )]
    Name(String),
    /// More members needed than there are, or none.
    #[error("the group {0} can never be met, or always is")]
    Threshold(String),
}

/// When a quorum had cosigned a head, and who did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// By when, in seconds since 1970-01-01T00:00:00Z, as the witnesses say.
    pub time: u64,
    /// Every witness of the policy that cosigned, with its time.
    pub by: Vec<(String, u64)>,
}

impl Witnessed {
    /// By when both had cosigned, and who did in either.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.time = self.time.max(other.time);
        for witness in other.by {
            if !self.by.contains(&witness) {
                self.by.push(witness);
            }
        }
        self
    }
}

/// What a policy asks of cosignatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quorum {
    witnesses: Vec<(String, WitnessKey)>,
    groups: Vec<Group>,
    quorum: Option<String>,
}

impl Quorum {
    /// Reads the witnesses of a policy.
    ///
    /// # Errors
    /// If names or keys are not as they must be.
    pub fn of(policy: &Policy) -> Result<Self, QuorumError> {
        let mut known = BTreeSet::new();
        let mut witnesses: Vec<(String, WitnessKey)> = Vec::new();
        for witness in &policy.witnesses {
            let key = WitnessKey::parse(&witness.vkey).map_err(|error| QuorumError::Key {
                name: witness.name.clone(),
                error,
            })?;
            check_name(&witness.name)?;
            // A cosignature does not cover the name: one key is one witness.
            let mut before = witnesses.iter();
            let is_known = before.any(|(_, known)| known.public() == key.public());
            if is_known || !known.insert(witness.name.clone()) {
                return Err(QuorumError::Twice(witness.name.clone()));
            }
            witnesses.push((witness.name.clone(), key));
        }
        let mut grouped = BTreeSet::new();
        for group in &policy.groups {
            check_name(&group.name)?;
            let members = group.members.len() as u64;
            let mut own = group.members.clone();
            own.sort_unstable();
            own.dedup();
            if let Some(member) = group.members.iter().find(|it| !known.contains(*it)) {
                return Err(QuorumError::Unknown(member.clone()));
            }
            if let Some(member) = own.iter().find(|it| !grouped.insert((*it).clone())) {
                return Err(QuorumError::Twice(member.clone()));
            }
            if own.len() as u64 != members || needed(group) == 0 || needed(group) > members {
                return Err(QuorumError::Threshold(group.name.clone()));
            }
            if !known.insert(group.name.clone()) {
                return Err(QuorumError::Twice(group.name.clone()));
            }
        }
        let quorum = policy.quorum.clone();
        if let Some(quorum) = quorum.as_ref().filter(|it| !known.contains(*it)) {
            return Err(QuorumError::Unknown(quorum.clone()));
        }
        Ok(Self {
            witnesses,
            groups: policy.groups.clone(),
            quorum,
        })
    }

    /// Whether it asks for anything.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.quorum.is_some()
    }

    /// The keys of its witnesses.
    pub fn keys(&self) -> impl Iterator<Item = &WitnessKey> {
        self.witnesses.iter().map(|(_, key)| key)
    }

    /// Who cosigned a checkpoint, and whether that is enough. `None` without a
    /// quorum, or where it is not met.
    ///
    /// # Errors
    /// The name of a witness whose line does not verify.
    pub fn judge(&self, checkpoint: &SignedCheckpoint) -> Result<Option<Witnessed>, String> {
        let mut times: BTreeMap<&str, u64> = BTreeMap::new();
        let mut by = Vec::new();
        for (name, key) in &self.witnesses {
            let cosigned = key
                .cosigned(checkpoint)
                .map_err(|_| key.name().to_owned())?;
            if let Some(time) = cosigned {
                times.insert(name, time);
                by.push((key.name().to_owned(), time));
            }
        }
        for group in &self.groups {
            let members = group.members.iter();
            let mut met: Vec<_> = members
                .filter_map(|it| times.get(it.as_str()).copied())
                .collect();
            met.sort_unstable();
            // The group is met when the last of those needed had cosigned.
            let last = needed(group)
                .checked_sub(1)
                .and_then(|it| usize::try_from(it).ok());
            if let Some(time) = last.and_then(|last| met.get(last)) {
                times.insert(&group.name, *time);
            }
        }
        let quorum = self.quorum.as_deref();
        let time = quorum.and_then(|quorum| times.get(quorum).copied());
        Ok(time.map(|time| Witnessed { time, by }))
    }
}

/// Names stand in lines of words; `none` says that there is no quorum.
fn check_name(name: &str) -> Result<(), QuorumError> {
    let is_bad = |c: char| c.is_whitespace() || c.is_control();
    if name.is_empty() || name == "none" || name.starts_with('#') || name.contains(is_bad) {
        return Err(QuorumError::Name(name.to_owned()));
    }
    Ok(())
}

/// How many members must have cosigned.
fn needed(group: &Group) -> u64 {
    match group.threshold {
        Threshold::Any => 1,
        Threshold::All => group.members.len() as u64,
        Threshold::Count(count) => count,
    }
}

/// Why a text is no tlog-policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustPolicyError {
    /// A line.
    #[error("line {line}: {problem}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// No quorum line, or two.
    #[error("it does not hold exactly one quorum line (`quorum none` asks for nothing)")]
    Quorum,
    /// What it asks for.
    #[error(transparent)]
    Asks(#[from] QuorumError),
}

/// A trust file: which logs, and which witnesses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPolicy {
    /// Verifier keys of logs.
    pub logs: Vec<String>,
    /// What it asks of cosignatures.
    pub quorum: Quorum,
}

impl TrustPolicy {
    /// Reads a tlog-policy. Empty lines, and those that begin with `#`, say
    /// nothing.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub fn parse(text: &str) -> Result<Self, TrustPolicyError> {
        let mut logs = Vec::new();
        let mut policy = Policy::default();
        let mut quorums = 0;
        for (line, text) in (1..).zip(text.lines()) {
            let wrong = |problem| TrustPolicyError::Line { line, problem };
            let words: Vec<_> = text.split_ascii_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [first, ..] if first.starts_with('#') => {}
                ["log", vkey] | ["log", vkey, _] => {
                    if log_key(vkey).is_none() || logs.contains(&(*vkey).to_owned()) {
                        return Err(wrong("a log's verifier key expected, each once"));
                    }
                    logs.push((*vkey).to_owned());
                }
                ["witness", name, vkey, rest @ ..] if rest.len() < 2 => {
                    policy.witnesses.push(Witness {
                        name: (*name).to_owned(),
                        vkey: (*vkey).to_owned(),
                        url: rest.first().map(|url| (*url).to_owned()),
                    });
                }
                ["group", name, threshold, members @ ..] if !members.is_empty() => {
                    let threshold = match *threshold {
                        "any" => Threshold::Any,
                        "all" => Threshold::All,
                        count => {
                            let count = decimal(count);
                            Threshold::Count(count.ok_or(wrong("any, all or a number expected"))?)
                        }
                    };
                    if let Some(unknown) = members.iter().find(|it| !is_defined(&policy, it)) {
                        return Err(QuorumError::Unknown((*unknown).to_owned()).into());
                    }
                    let members = members.iter().map(|it| (*it).to_owned());
                    policy.groups.push(Group {
                        name: (*name).to_owned(),
                        threshold,
                        members: members.collect(),
                    });
                }
                ["quorum", name] => {
                    quorums += 1;
                    if *name != "none" && !is_defined(&policy, name) {
                        return Err(QuorumError::Unknown((*name).to_owned()).into());
                    }
                    policy.quorum = (*name != "none").then(|| (*name).to_owned());
                }
                _ => return Err(wrong("log, witness, group or quorum expected")),
            }
        }
        if quorums != 1 {
            return Err(TrustPolicyError::Quorum);
        }
        Ok(Self {
            logs,
            quorum: Quorum::of(&policy)?,
        })
    }
}

/// Whether a line before defines a name.
fn is_defined(policy: &Policy, name: &str) -> bool {
    let mut witnesses = policy.witnesses.iter();
    witnesses.any(|it| it.name == name) || policy.groups.iter().any(|it| it.name == name)
}
