//! From flags to decisions.

use docledger::authority::Role;
use docledger::registry::FIELDS;
use docledger::statement::{
    self, Decision, GrantedRole, Group, Holder, LogKey, Threshold, Witness,
};
use docledger::symbol::Scope;
use docledger::witness::Quorum;

use crate::cli::Outcome;
use crate::cli::args::{
    Args, Compromise, Grant, GrantedRoleArg, LogKeyArg, Policy, Retire, Rotate,
};
use crate::cli::error::hinted;

use super::decide::record;
use super::generate::make;
use super::{known_key, public_key};

pub(super) fn grant(args: &Args, grant: &Grant) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let scope: Vec<_> = grant.scope.iter().map(|it| it.trim().to_owned()).collect();
    for prefix in scope.iter().filter(|prefix| *prefix != "ni:") {
        Scope::parse(prefix).map_err(|error| {
            hinted(
                format!("--scope {prefix}: {error}"),
                "a scope is the beginning of symbols, such as A/ or S/RES/",
            )
        })?;
    }
    let role = match grant.role {
        GrantedRoleArg::Officer => GrantedRole::Officer,
        GrantedRoleArg::Registrar => GrantedRole::Registrar,
    };
    let holder = Holder {
        key: public_key(args, &grant.whose)?,
        name: grant.name.clone(),
        scope,
    };
    let decision = Decision::Grant { role, holder };
    record(args, &grant.decision, &register, vec![decision])
}

pub(super) fn retire(args: &Args, retire: &Retire) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let kid = known_key(&register, &retire.whose)?.key.thumbprint();
    let reason = retire.reason.clone();
    let decision = Decision::Retire { kid, reason };
    record(args, &retire.decision, &register, vec![decision])
}

pub(super) fn compromise(args: &Args, compromise: &Compromise) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let replacement = compromise.replacement.as_ref();
    let what = statement::Compromise {
        kid: known_key(&register, &compromise.whose)?.key.thumbprint(),
        from: compromise.from,
        reason: compromise.reason.clone(),
        replacement: replacement.map(|key| public_key(args, key)).transpose()?,
    };
    let decisions = vec![Decision::Compromise(what)];
    record(args, &compromise.decision, &register, decisions)
}

pub(super) fn rotate(args: &Args, rotate: &Rotate) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let (log, role) = match rotate.log {
        LogKeyArg::Checkpoint => (LogKey::Checkpoint, Role::Checkpoint),
        LogKeyArg::Receipt => (LogKey::Receipt, Role::Receipt),
    };
    let key = match &rotate.new {
        Some(name) => public_key(args, std::path::Path::new(name))?,
        None if rotate.decision.dry_run => {
            return Err(hinted(
                "without --new a key would be made first",
                "make it with `docledger key generate`, and name it with --new",
            ));
        }
        None => {
            make(
                args,
                role,
                (&rotate.decision.keys.passphrase, rotate.no_passphrase),
            )?
            .0
        }
    };
    let decisions = vec![Decision::Rotate { log, key }];
    record(args, &rotate.decision, &register, decisions)
}

pub(super) fn policy(args: &Args, flags: &Policy) -> anyhow::Result<Outcome> {
    let register = super::super::open_register(args)?;
    let mut policy = register.authority.policy().clone();
    check_fields(&flags.require)?;
    if !flags.require.is_empty() || flags.require_nothing {
        policy.required.clone_from(&flags.require);
    }
    if !flags.distribution.is_empty() || flags.any_distribution {
        policy.distributions.clone_from(&flags.distribution);
    }
    policy.four_eyes = flags.four_eyes.unwrap_or(policy.four_eyes);
    set_witnesses(&mut policy, flags)?;
    let threshold = flags.threshold;
    if policy == *register.authority.policy() && threshold.is_none() && !flags.decision.dry_run {
        return Err(hinted(
            "nothing would change",
            "say what: --require, --distribution, --four-eyes, --threshold, --witness, --quorum",
        ));
    }
    let policy = Box::new(policy);
    let decisions = vec![Decision::Policy { policy, threshold }];
    record(args, &flags.decision, &register, decisions)
}

/// Witnesses, groups and quorum as typed; they must make sense together.
fn set_witnesses(policy: &mut docledger::statement::Policy, flags: &Policy) -> anyhow::Result<()> {
    let parted = |text: &str, form: &str| match text.split_once('=') {
        Some((name, rest)) if !name.is_empty() && !name.contains(char::is_whitespace) => {
            Ok((name.to_owned(), rest.to_owned()))
        }
        _ => Err(hinted(
            format!("{text:?} is not in the form {form}"),
            "`docledger key policy --help` has the forms",
        )),
    };
    if !flags.witness.is_empty() {
        policy.witnesses.clear();
        for text in &flags.witness {
            let (name, vkey) = parted(text, "NAME=VKEY")?;
            policy.witnesses.push(Witness {
                name,
                vkey,
                url: None,
            });
        }
    }
    if !flags.group.is_empty() {
        policy.groups.clear();
        for text in &flags.group {
            let (name, rest) = parted(text, "NAME=COUNT:MEMBERS")?;
            let (count, members) = rest.split_once(':').unwrap_or((rest.as_str(), ""));
            let threshold = match count {
                "any" => Threshold::Any,
                "all" => Threshold::All,
                count => Threshold::Count(count.parse().map_err(|_| {
                    hinted(
                        format!("{text:?}: {count:?} is not any, all or a number"),
                        "a group is NAME=2:W1,W2,W3",
                    )
                })?),
            };
            policy.groups.push(Group {
                name,
                threshold,
                members: members.split(',').map(str::to_owned).collect(),
            });
        }
    }
    if let Some(quorum) = &flags.quorum {
        policy.quorum = (quorum != "none").then(|| quorum.clone());
    }
    Quorum::of(policy).map(drop).map_err(|error| {
        hinted(
            error.to_string(),
            "`docledger witness vkey` prints a witness's key",
        )
    })
}

/// A field that no record has could never be given.
fn check_fields(fields: &[String]) -> anyhow::Result<()> {
    let known: Vec<_> = ["identifier"].into_iter().chain(FIELDS).collect();
    let unknown = fields.iter().find(|field| !known.contains(&field.as_str()));
    unknown.map_or(Ok(()), |field| {
        Err(hinted(
            format!("--require {field}: no record has such a field"),
            format!("fields are {}", known.join(", ")),
        ))
    })
}
