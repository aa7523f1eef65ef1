//! `key generate`: a new key, which counts once registrars grant it a role.

use docledger::authority::Role;
use docledger::key::{PublicKey, SecretKey};
use docledger::store::KeyDir;
use serde_json::json;

use crate::cli::args::{Args, Format, Generate, Passphrase, RoleArg};
use crate::cli::{Outcome, keys, machine, render};

pub(super) fn run(args: &Args, generate: &Generate) -> anyhow::Result<Outcome> {
    let role = match generate.role {
        RoleArg::Officer => Role::Officer,
        RoleArg::Registrar => Role::Registrar,
        RoleArg::Checkpoint => Role::Checkpoint,
        RoleArg::Receipt => Role::Receipt,
    };
    let flags = (&generate.passphrase, generate.no_passphrase);
    let (key, stem) = make(args, role, flags)?;
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let public = match &generate.public {
        Some(path) => {
            machine::write_new(path, key.to_pem().as_bytes())?;
            path.clone()
        }
        None => dir.public_half(&stem),
    };
    if args.format == Format::Json {
        render::json_line(&json!({
            "schema": "docledger.key-generated/1",
            "name": stem,
            "role": role.as_str(),
            "thumbprint": key.thumbprint().to_string(),
            "public": public.display().to_string(),
            "pem": key.to_pem(),
        }))?;
        return Ok(Outcome::Good);
    }
    let next = match role {
        Role::Checkpoint | Role::Receipt => {
            format!(
                "it counts once a registrar runs\n  docledger key rotate {} --new {stem}\n",
                role.as_str()
            )
        }
        _ => format!(
            "it counts once a registrar, given the public half, runs\n  docledger key grant {} --role {}\n",
            render::one_line(&public.display().to_string()),
            role.as_str()
        ),
    };
    render::out(&format!(
        "made the key {stem}, thumbprint\n  {}\nits public half is\n  {}\n{next}",
        key.thumbprint(),
        render::one_line(&public.display().to_string()),
    ))?;
    Ok(Outcome::Good)
}

/// Makes a secret key and keeps both halves; returns the public one and their
/// name.
pub(super) fn make(
    args: &Args,
    role: Role,
    (passphrase, open): (&Passphrase, bool),
) -> anyhow::Result<(PublicKey, String)> {
    let passphrase = if open {
        None
    } else {
        Some(keys::new_passphrase(passphrase)?)
    };
    let key = SecretKey::from_seed(machine::random()?);
    let public = key.public();
    let stem = role.file_stem(&public);
    machine::make_home(args)?;
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let pem = keys::to_pem(&key, passphrase.as_ref().map(|text| text.as_str()))?;
    dir.write_secret(&stem, &pem)?;
    dir.write_public_half(&stem, &public.to_pem())?;
    Ok((public, stem))
}
