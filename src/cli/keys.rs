//! Finds what signs, and unlocks secret keys.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::Context as _;
use docledger::authority::{KeyLife, Role};
use docledger::key::{EncryptionNonces, PublicKey, SecretKey, SecretKeyError, Signer};
use docledger::registry::Register;
use docledger::store::KeyDir;
use zeroize::Zeroizing;

use super::args::{Args, Passphrase, SigningKeys};
use super::error::hinted;
use super::machine;
#[cfg(unix)]
use super::render;
#[cfg(unix)]
use super::signers::agent;
use super::signers::{KeyName, program::ProgramKey};

/// The variable that may hold the passphrase.
pub(crate) const VARIABLE: &str = "DOCLEDGER_PASSPHRASE";

/// The passphrase, where it was given without asking.
pub(crate) fn given(passphrase: &Passphrase) -> anyhow::Result<Option<Zeroizing<String>>> {
    if let Some(file) = &passphrase.passphrase_file {
        return Ok(Some(Zeroizing::new(machine::first_line(file)?)));
    }
    Ok(machine::variable(VARIABLE).map(Zeroizing::new))
}

/// A new passphrase: given, or asked for twice.
pub(crate) fn new_passphrase(passphrase: &Passphrase) -> anyhow::Result<Zeroizing<String>> {
    if let Some(given) = given(passphrase)? {
        return Ok(given);
    }
    if !std::io::stdin().is_terminal() {
        return Err(SecretKeyError::PassphraseNeeded)
            .context("new keys are encrypted, and there is no terminal to ask for a passphrase (--no-passphrase leaves them open)");
    }
    let first = Zeroizing::new(rpassword::prompt_password(
        "New passphrase for the secret keys: ",
    )?);
    let second = Zeroizing::new(rpassword::prompt_password("The same again: ")?);
    if first != second {
        return Err(hinted(
            "the two passphrases differ",
            "run the command again",
        ));
    }
    Ok(first)
}

/// A key as PEM, encrypted if there is a passphrase.
pub(crate) fn to_pem(
    key: &SecretKey,
    passphrase: Option<&str>,
) -> anyhow::Result<Zeroizing<String>> {
    let Some(passphrase) = passphrase else {
        return Ok(key.to_plain_pem());
    };
    let nonces = EncryptionNonces {
        salt: machine::random()?,
        iv: machine::random()?,
    };
    Ok(key.to_encrypted_pem(passphrase, nonces)?)
}

/// What signs an append.
pub(crate) struct Signers {
    pub(crate) signer: Box<dyn Signer>,
    pub(crate) checkpoint: Box<dyn Signer>,
}

/// Finds a key of a role and the log's, asking for a passphrase if need be.
pub(crate) fn unlock(
    args: &Args,
    register: &Register,
    role: Role,
    flags: &SigningKeys,
) -> anyhow::Result<Signers> {
    let mut passphrase = given(&flags.passphrase)?;
    let mut find = |role, wanted: &Option<KeyName>| {
        signer(args, register, role, wanted.as_ref(), &mut passphrase)
    };
    Ok(Signers {
        signer: find(role, &flags.key)?,
        checkpoint: find(Role::Checkpoint, &flags.checkpoint_key)?,
    })
}

/// What signs a decision, and the checkpoint keys at hand, one of which will be in
/// force.
type Deciding = (Box<dyn Signer>, Vec<Box<dyn Signer>>);

/// Finds a key of a role, and of these checkpoint keys those that are at hand.
pub(crate) fn unlock_any(
    args: &Args,
    register: &Register,
    role: Role,
    flags: &SigningKeys,
    log: &[PublicKey],
) -> anyhow::Result<Deciding> {
    let mut passphrase = given(&flags.passphrase)?;
    let wanted = flags.key.as_ref();
    let found = signer(args, register, role, wanted, &mut passphrase)?;
    if let Some(name) = &flags.checkpoint_key {
        return Ok((found, vec![open_named(args, name, &mut passphrase)?]));
    }
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let mut checkpoint = Vec::new();
    for key in log {
        let stem = Role::Checkpoint.file_stem(key);
        let here = dir.secrets()?.into_iter().find(|file| file.stem == stem);
        if let Some(file) = here {
            checkpoint.push(open_file(&dir, &file.path, &mut passphrase)?);
        } else if let Some(in_agent) = in_agent(&[*key]) {
            checkpoint.push(in_agent?);
        }
    }
    Ok((found, checkpoint))
}

/// The key that a user named for a role, or else the only one at hand that the
/// ledger gave it. A passphrase that was asked for is kept for the next key.
/// Whether a named key may sign is left to the registry.
pub(crate) fn signer(
    args: &Args,
    register: &Register,
    role: Role,
    wanted: Option<&KeyName>,
    passphrase: &mut Option<Zeroizing<String>>,
) -> anyhow::Result<Box<dyn Signer>> {
    let holders = holders(register, role);
    match wanted {
        Some(KeyName::Agent(name)) => {
            agent_key(name, &|key| holders.iter().any(|life| life.key == *key))
        }
        Some(name) => open_named(args, name, passphrase),
        None => held(args, role, &holders, passphrase),
    }
}

/// The key that a user named, whatever the ledger says of it.
pub(crate) fn named(
    args: &Args,
    name: &KeyName,
    passphrase: &Passphrase,
) -> anyhow::Result<Box<dyn Signer>> {
    open_named(args, name, &mut given(passphrase)?)
}

fn open_named(
    args: &Args,
    name: &KeyName,
    passphrase: &mut Option<Zeroizing<String>>,
) -> anyhow::Result<Box<dyn Signer>> {
    let path = match name {
        KeyName::Agent(name) => return agent_key(name, &|_| true),
        KeyName::Program(words) => return Ok(Box::new(ProgramKey::open(words)?)),
        KeyName::File(path) => path,
    };
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    if path.components().count() > 1 || path.is_file() {
        return open_file(&dir, path, passphrase);
    }
    let stem = path.to_string_lossy();
    let found = dir.secrets()?;
    let Some(file) = found.iter().find(|file| file.stem == stem) else {
        return Err(none(&format!("secret key {stem}")));
    };
    open_file(&dir, &file.path, passphrase)
}

/// The keys that the ledger gave a role now.
fn holders(register: &Register, role: Role) -> Vec<&KeyLife> {
    let keys = register.authority.keys();
    keys.filter(|life| life.role == role && life.is_active())
        .collect()
}

/// The one key of a role in `keys/private`; if there is none, in the SSH agent.
fn held(
    args: &Args,
    role: Role,
    holders: &[&KeyLife],
    passphrase: &mut Option<Zeroizing<String>>,
) -> anyhow::Result<Box<dyn Signer>> {
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let mut found = dir.secrets()?;
    found.retain(|file| holders.iter().any(|life| life.file_stem() == file.stem));
    match found.as_slice() {
        [file] => open_file(&dir, &file.path, passphrase),
        [] => in_agent(&public(holders))
            .unwrap_or_else(|| Err(none(&format!("{} key", role.as_str())))),
        [first, ..] => Err(hinted(
            format!("there are several keys that could sign ({} …)", first.stem),
            "say which with --key",
        )),
    }
}

fn public(holders: &[&KeyLife]) -> Vec<PublicKey> {
    holders.iter().map(|life| life.key).collect()
}

fn none(what: &str) -> anyhow::Error {
    hinted(
        format!("there is no {what} of this ledger in keys/private"),
        "name the folder of keys with --keys, or what signs with --key or --checkpoint-key: a file, agent: or exec:PROGRAM",
    )
}

fn open_file(
    dir: &KeyDir<'_>,
    path: &Path,
    passphrase: &mut Option<Zeroizing<String>>,
) -> anyhow::Result<Box<dyn Signer>> {
    let pem = dir.read_secret(path)?;
    if SecretKey::is_encrypted(&pem) && passphrase.is_none() && std::io::stdin().is_terminal() {
        let asked = rpassword::prompt_password(format!("Passphrase for {}: ", path.display()))?;
        *passphrase = Some(Zeroizing::new(asked));
    }
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    let key =
        SecretKey::from_pem(&pem, passphrase).with_context(|| format!("{}", path.display()))?;
    Ok(Box::new(key))
}

/// The only key in the agent that the ledger gave the role, told to the user;
/// `None` where there is no agent or no such key in it.
#[cfg(unix)]
fn in_agent(wanted: &[PublicKey]) -> Option<anyhow::Result<Box<dyn Signer>>> {
    if !agent::is_present() {
        return None;
    }
    let mut keys = match agent::keys() {
        Ok(keys) => keys,
        Err(error) => return Some(Err(error.context("no secret key in keys/private"))),
    };
    keys.retain(|key| wanted.contains(&key.public()));
    let [key] = keys.as_slice() else {
        return (!keys.is_empty()).then(|| Err(several_in_agent()));
    };
    render::remark(&format!(
        "signing with the key {} in the SSH agent",
        key.fingerprint()
    ));
    Some(Ok(Box::new(key.clone())))
}

#[cfg(not(unix))]
fn in_agent(_: &[PublicKey]) -> Option<anyhow::Result<Box<dyn Signer>>> {
    None
}

/// The key of a name in the agent; without a name, the only one that will do.
#[cfg(unix)]
fn agent_key(name: &str, will_do: &dyn Fn(&PublicKey) -> bool) -> anyhow::Result<Box<dyn Signer>> {
    let mut keys = agent::keys()?;
    keys.retain(|key| match name {
        "" => will_do(&key.public()),
        name => key.is_named(name),
    });
    match keys.as_slice() {
        [key] => Ok(Box::new(key.clone())),
        [] => Err(hinted(
            format!("the SSH agent holds no Ed25519 key that is meant by agent:{name}"),
            "`ssh-add -l` lists its keys, `docledger key list` those of the ledger",
        )),
        _ => Err(several_in_agent()),
    }
}

#[cfg(unix)]
fn several_in_agent() -> anyhow::Error {
    hinted(
        "the SSH agent holds several keys that could sign",
        "name one by its fingerprint as `ssh-add -l` prints it: agent:SHA256:…",
    )
}

#[cfg(not(unix))]
fn agent_key(_: &str, _: &dyn Fn(&PublicKey) -> bool) -> anyhow::Result<Box<dyn Signer>> {
    Err(hinted(
        "SSH agents are supported on Unix only",
        "use a key file or exec:PROGRAM",
    ))
}
