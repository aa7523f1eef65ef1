//! Finds and unlocks secret keys.

use std::io::IsTerminal as _;
use std::path::Path;

use anyhow::Context as _;
use docledger::authority::{KeyLife, Role};
use docledger::key::{EncryptionNonces, PublicKey, SecretKey, SecretKeyError};
use docledger::registry::Register;
use docledger::store::KeyDir;
use zeroize::Zeroizing;

use super::args::{Args, Passphrase};
use super::error::hinted;
use super::machine;

/// The variable that may hold the passphrase.
const VARIABLE: &str = "DOCLEDGER_PASSPHRASE";

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

/// Who signs documents and events.
pub(crate) const OFFICER: &[Role] = &[Role::Officer];

/// The secret keys an append needs.
pub(crate) struct Unlocked {
    pub(crate) signer: SecretKey,
    pub(crate) checkpoint: SecretKey,
    /// Other checkpoint keys, that a decision may bring into force.
    others: Vec<SecretKey>,
}

/// Unlocks a key with one of these roles and the log's, asking for a passphrase
/// if need be.
pub(crate) fn unlock(
    args: &Args,
    register: &Register,
    (roles, wanted): (&[Role], Option<&Path>),
    passphrase: &Passphrase,
) -> anyhow::Result<Unlocked> {
    unlock_also(args, register, (roles, wanted), passphrase, &[])
}

/// Unlocks other checkpoint keys too, as far as they are here.
pub(crate) fn unlock_also(
    args: &Args,
    register: &Register,
    (roles, wanted): (&[Role], Option<&Path>),
    passphrase: &Passphrase,
    also: &[String],
) -> anyhow::Result<Unlocked> {
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let mut unlocking = Unlocking {
        dir: &dir,
        passphrase: given(passphrase)?,
    };
    let signer = match wanted {
        Some(path) if path.components().count() > 1 || path.is_file() => unlocking.open(path)?,
        Some(stem) => {
            let stem = stem.to_string_lossy();
            unlocking.open_stem(&|file| file == stem, &format!("secret key {stem}"))?
        }
        None => {
            let stems = stems(register, |life| {
                roles.contains(&life.role) && life.is_active()
            });
            let role = roles.first().map_or("", |role| role.as_str());
            unlocking.open_stem(
                &|file| stems.iter().any(|stem| stem == file),
                &format!("{role}'s secret key"),
            )?
        }
    };
    let log = Role::Checkpoint.file_stem(register.authority.checkpoint_key(u64::MAX));
    let checkpoint = unlocking.open_stem(&|file| file == log, "checkpoint key")?;
    let mut others = Vec::new();
    for stem in also {
        let is_here = dir.secrets()?.iter().any(|file| file.stem == *stem);
        if *stem != log && is_here {
            others.push(unlocking.open_stem(&|file| file == stem, "checkpoint key")?);
        }
    }
    Ok(Unlocked {
        signer,
        checkpoint,
        others,
    })
}

impl Unlocked {
    /// The secret half of a checkpoint key, if it was unlocked.
    pub(crate) fn checkpoint_key(&self, key: &PublicKey) -> Option<&SecretKey> {
        let mut all = std::iter::once(&self.checkpoint).chain(&self.others);
        all.find(|secret| secret.public() == *key)
    }
}

fn stems(register: &Register, which: impl Fn(&KeyLife) -> bool) -> Vec<String> {
    register
        .authority
        .keys()
        .filter(|life| which(life))
        .map(KeyLife::file_stem)
        .collect()
}

struct Unlocking<'a> {
    dir: &'a KeyDir<'a>,
    passphrase: Option<Zeroizing<String>>,
}

impl Unlocking<'_> {
    fn open_stem(
        &mut self,
        is_wanted: &dyn Fn(&str) -> bool,
        what: &str,
    ) -> anyhow::Result<SecretKey> {
        let mut found = self.dir.secrets()?;
        found.retain(|file| is_wanted(&file.stem));
        match found.as_slice() {
            [file] => self.open(&file.path.clone()),
            [] => Err(hinted(
                format!("there is no {what} of this ledger in keys/private"),
                "name the folder of keys with --keys, or a key file with --key",
            )),
            [first, ..] => Err(hinted(
                format!("there are several keys that could sign ({} …)", first.stem),
                "say which with --key",
            )),
        }
    }

    fn open(&mut self, path: &Path) -> anyhow::Result<SecretKey> {
        let pem = self.dir.read_secret(path)?;
        if SecretKey::is_encrypted(&pem)
            && self.passphrase.is_none()
            && std::io::stdin().is_terminal()
        {
            let asked = rpassword::prompt_password(format!("Passphrase for {}: ", path.display()))?;
            self.passphrase = Some(Zeroizing::new(asked));
        }
        let passphrase = self.passphrase.as_ref().map(|text| text.as_str());
        SecretKey::from_pem(&pem, passphrase).with_context(|| format!("{}", path.display()))
    }
}
