//! What all decisions share: show, confirm, sign, append, publish.

use std::collections::HashSet;

use docledger::authority::{DecisionFault, Pending, Role};
use docledger::key::PublicKey;
use docledger::registry::{AppendRefusal, Appending, Decided, Register};
use docledger::statement::{Compromise, Decision, LogKey};
use serde_json::json;

use crate::cli::args::{Args, DecisionFlags, Format};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};

/// Shows decisions, has them confirmed, and appends them together.
pub(super) fn record(
    args: &Args,
    flags: &DecisionFlags,
    register: &Register,
    decisions: Vec<Decision>,
) -> anyhow::Result<Outcome> {
    for decision in &decisions {
        if args.format == Format::Text {
            render::out(&shown(register, decision))?;
        } else if flags.dry_run {
            let kind = decision.kind();
            let object = json!({"schema": "docledger.decision/1", "kind": kind, "dry_run": true});
            render::json_line(&object)?;
        }
    }
    let next = register.entries.len() as u64;
    let mut faults = decisions
        .iter()
        .flat_map(|decision| register.authority.check_decision(next, decision));
    if let Some(fault) = faults.next() {
        return Err(AppendRefusal::Decision(fault).into());
    }
    if flags.dry_run {
        return Ok(Outcome::Good);
    }
    if !flags.yes {
        super::super::register::confirm("record this?")?;
    }
    let role = signer(register, &decisions);
    let log = log_keys(register, &decisions);
    let (signer, log) = keys::unlock_any(args, register, role, &flags.keys, &log)?;
    let dir = machine::ledger_dir(args);
    let writer = super::super::lock(&dir)?;
    let mut appending = Appending::begin(&writer)?;
    let mut decided = Vec::new();
    for decision in decisions {
        let now = machine::now();
        decided.push(appending.add_decision(decision, signer.as_ref(), now)?);
    }
    let size = appending.register().entries.len() as u64;
    let key = *appending.register().authority.checkpoint_key(size);
    let checkpoint = log.iter().find(|signer| signer.public() == key);
    let checkpoint = checkpoint.ok_or_else(|| no_key(&key))?;
    let committed = appending.commit(checkpoint.as_ref())?;
    render::remark_on(&committed);
    super::publish(args, &Register::read(&dir)?)?;
    for decided in &decided {
        tell(args, decided)?;
    }
    Ok(Outcome::Good)
}

/// The recovery key signs what is said against a registrar, if it is here and
/// nobody else can.
fn signer(register: &Register, decisions: &[Decision]) -> Role {
    let is_accused = |decision: &Decision| match decision {
        Decision::Compromise(what) => register
            .authority
            .key(&what.kid)
            .is_some_and(|life| life.role == Role::Registrar),
        _ => false,
    };
    let registrars = register.authority.keys();
    let registrars = registrars.filter(|life| life.role == Role::Registrar && life.is_active());
    let alone = registrars.count() as u64 <= register.authority.threshold();
    if alone && decisions.iter().any(is_accused) {
        Role::Recovery
    } else {
        Role::Registrar
    }
}

/// The checkpoint keys that may be in force after decisions.
fn log_keys(register: &Register, decisions: &[Decision]) -> Vec<PublicKey> {
    let authority = &register.authority;
    let mut keys = vec![*authority.checkpoint_key(u64::MAX)];
    for decision in decisions {
        match decision {
            Decision::Rotate {
                log: LogKey::Checkpoint,
                key,
            } => keys.push(*key),
            Decision::Endorse { target } => {
                let pending: Option<&Pending> =
                    authority.pending().iter().find(|it| it.leaf == *target);
                if let Some(Decision::Rotate { key, .. }) = pending.map(|it| &it.decision) {
                    keys.push(*key);
                }
                keys.extend(old_log_keys(register));
            }
            // What a registrar did with the log's key may be void then.
            Decision::Compromise(_) => keys.extend(old_log_keys(register)),
            _ => {}
        }
    }
    let mut seen = HashSet::new();
    keys.retain(|key| seen.insert(key.thumbprint()));
    keys
}

fn old_log_keys(register: &Register) -> impl Iterator<Item = PublicKey> {
    let lives = register.authority.keys();
    lives
        .filter(|life| life.role == Role::Checkpoint)
        .map(|life| life.key)
}

fn no_key(key: &PublicKey) -> anyhow::Error {
    let stem = Role::Checkpoint.file_stem(key);
    hinted(
        format!("the checkpoint key {stem} that is in force then is not in keys/private"),
        "put it there, or name it with --checkpoint-key; nothing was recorded",
    )
}

fn tell(args: &Args, decided: &Decided) -> anyhow::Result<()> {
    let Decided { index, waits } = decided;
    if args.format == Format::Json {
        return render::json_line(&json!({
            "schema": "docledger.decision/1",
            "entry": index,
            "in_force": waits.is_none(),
            "waits": waits.map(|waits| json!({
                "proposed": waits.proposed,
                "agreed": waits.agreed,
                "needed": waits.needed,
            })),
        }));
    }
    render::out(&match waits {
        None => format!("recorded as entry {index}, in force\n"),
        Some(waits) => format!(
            "recorded as entry {index}; {} of {} registrars have agreed, and it has no\n\
             effect until the others run `docledger key endorse #{}`\n",
            waits.agreed, waits.needed, waits.proposed
        ),
    })
}

/// A decision for people.
fn shown(register: &Register, decision: &Decision) -> String {
    let (verb, fields) = described(register, decision);
    format!("{verb}\n{}", render::table(&fields))
}

/// A decision in a few words, and what it says field by field.
pub(super) fn described(
    register: &Register,
    decision: &Decision,
) -> (String, Vec<(&'static str, String)>) {
    let whose = |kid| match register.authority.key(kid) {
        Some(life) => match &life.name {
            Some(name) => format!("{} ({})", life.file_stem(), name),
            None => life.file_stem(),
        },
        None => kid.to_string(),
    };
    match decision {
        Decision::Grant { role, holder } => {
            let scope = match holder.scope.as_slice() {
                [] => "all documents".to_owned(),
                scope => scope.join(", "),
            };
            let mut fields = vec![("key", holder.key.thumbprint().to_string())];
            fields.extend(holder.name.clone().map(|name| ("name", name)));
            if *role == docledger::statement::GrantedRole::Officer {
                fields.push(("scope", scope));
            }
            (format!("grant the role of {}", role.as_str()), fields)
        }
        Decision::Retire { kid, reason } => {
            let mut fields = vec![("key", whose(kid))];
            fields.extend(reason.clone().map(|reason| ("reason", reason)));
            ("retire a key: what it signed stays good".to_owned(), fields)
        }
        Decision::Compromise(what) => {
            let Compromise {
                kid,
                from,
                reason,
                replacement,
            } = what;
            let mut fields = vec![
                ("key", whose(kid)),
                ("from", format!("entry #{from}")),
                ("reason", reason.clone()),
            ];
            let replacement = replacement.map(|key| key.thumbprint().to_string());
            fields.extend(replacement.map(|key| ("replaced by", key)));
            let verb = "declare a key compromised: what it signed from there on is void";
            (verb.to_owned(), fields)
        }
        Decision::Rotate { log, key } => {
            let fields = vec![("new key", key.thumbprint().to_string())];
            (format!("replace the log's {} key", log.as_str()), fields)
        }
        Decision::Policy { policy, threshold } => {
            let or = |list: &[String], none: &str| match list {
                [] => none.to_owned(),
                list => list.join(", "),
            };
            let fields = vec![
                ("required fields", or(&policy.required, "none")),
                ("distributions", or(&policy.distributions, "any")),
                ("four eyes", policy.four_eyes.to_string()),
                (
                    "quorum",
                    policy.quorum.clone().unwrap_or_else(|| "none".to_owned()),
                ),
                (
                    "registrars needed",
                    threshold
                        .unwrap_or(register.authority.threshold())
                        .to_string(),
                ),
            ];
            ("set the policy".to_owned(), fields)
        }
        Decision::Endorse { target } => {
            let pending = register.authority.pending();
            let pending = pending.iter().find(|it| it.leaf == *target);
            match pending {
                Some(pending) => {
                    let (what, fields) = described(register, &pending.decision);
                    (format!("agree to entry #{}: {what}", pending.index), fields)
                }
                None => {
                    let fault = DecisionFault::NothingToEndorse(*target);
                    (fault.to_string(), Vec::new())
                }
            }
        }
        Decision::Other(kind) => (format!("{kind:?}, which is not known"), Vec::new()),
    }
}
