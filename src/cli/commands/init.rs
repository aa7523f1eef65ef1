//! `init`: opens a ledger.

use docledger::authority::Role;
use docledger::key::SecretKey;
use docledger::registry::{Founding, FoundingKeys, OpenLedgerError, Register, open_ledger};
use docledger::store::{KeyDir, StoreProblem};
use serde_json::json;

use crate::cli::args::{Args, Format, Init};
use crate::cli::error::hinted;
use crate::cli::{Outcome, keys, machine, render};

pub(super) fn run(args: &Args, init: &Init) -> anyhow::Result<Outcome> {
    let dir = machine::ledger_dir(args);
    let key_dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    if dir.exists()? {
        return Err(hinted("a ledger is here already", "choose another --home"));
    }
    if !key_dir.secrets()?.is_empty() {
        return Err(hinted(
            "there are secret keys here already, and they are never overwritten",
            "choose another --home, or move keys/private away if no ledger needs it",
        ));
    }
    let founding = Founding {
        origin: init.origin.clone(),
        issuer: init.issuer.clone(),
        registrar: init.registrar.clone(),
        officer: init.officer.clone(),
        now: machine::now(),
    };
    founding.check()?;
    let passphrase = if init.no_passphrase {
        None
    } else {
        Some(keys::new_passphrase(&init.passphrase)?)
    };
    let recovery = init.recovery_key.then(new_key).transpose()?;
    let founding_keys = FoundingKeys {
        registrar: new_key()?,
        officer: new_key()?,
        checkpoint: new_key()?,
        receipt: new_key()?,
        recovery: recovery.as_ref().map(SecretKey::public),
    };
    machine::make_home(args)?;
    let mut secrets = vec![
        (Role::Registrar, &founding_keys.registrar),
        (Role::Officer, &founding_keys.officer),
        (Role::Checkpoint, &founding_keys.checkpoint),
        (Role::Receipt, &founding_keys.receipt),
    ];
    secrets.extend(recovery.as_ref().map(|key| (Role::Recovery, key)));
    let mut written = Vec::new();
    let opened = (|| {
        for (role, key) in &secrets {
            let pem = keys::to_pem(key, passphrase.as_ref().map(|text| text.as_str()))?;
            written.push(key_dir.write_secret(&role.file_stem(&key.public()), &pem)?);
        }
        let writer = super::lock(&dir)?;
        anyhow::Ok(open_ledger(&writer, &founding, &founding_keys)?)
    })();
    let id = match opened {
        Ok(id) => id,
        // The ledger may stand then, and is worth nothing without its keys.
        Err(error) if is_unconfirmed(&error) => return Err(error),
        Err(error) => {
            for path in written {
                key_dir.remove_secret(&path)?;
            }
            return Err(error);
        }
    };
    let register = Register::read(&dir)?;
    for file in register.authority.public_files() {
        key_dir.write_public(&file.name, &file.text)?;
    }
    super::pin(
        args,
        id,
        "init",
        Some(machine::absolute(&machine::ledger_path(args))),
    )?;
    if args.format == Format::Json {
        render::json_line(&json!({"schema": "docledger.init/1", "ledger_id": id.to_string()}))?;
    } else {
        render::out(&format!(
            "opened a ledger for {} at {}\n\nledger id (publish this; auditors need it):\n  {id}\n\n\
             secret keys are in {}; keep the registrar's\nand recovery keys on another machine\n",
            render::one_line(&init.issuer),
            machine::ledger_path(args).display(),
            machine::keys_path(args).join("private").display(),
        ))?;
    }
    Ok(Outcome::Good)
}

fn is_unconfirmed(error: &anyhow::Error) -> bool {
    let store = match error.downcast_ref::<OpenLedgerError>() {
        Some(OpenLedgerError::Store(store)) => store,
        _ => return false,
    };
    matches!(store.problem, StoreProblem::Unconfirmed(_))
}

fn new_key() -> anyhow::Result<SecretKey> {
    Ok(SecretKey::from_seed(machine::random()?))
}
