//! `key`: keys and their roles, and what registrars decide.

mod decide;
mod decisions;
mod endorse;
mod generate;
mod list;
mod show;

use std::io::Read as _;
use std::path::Path;

use docledger::authority::KeyLife;
use docledger::digest::Thumbprint;
use docledger::key::PublicKey;
use docledger::registry::Register;
use docledger::store::KeyDir;

use crate::cli::args::{Args, Key};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, render};

/// The longest public key that is read from standard input.
const MAX_PEM: u64 = 16 * 1024;

pub(super) fn run(args: &Args, command: &Key) -> anyhow::Result<Outcome> {
    match command {
        Key::List => list::run(args),
        Key::Show(command) => show::run(args, command),
        Key::Generate(generate) => generate::run(args, generate),
        Key::Grant(grant) => decisions::grant(args, grant),
        Key::Retire(retire) => decisions::retire(args, retire),
        Key::Compromise(compromise) => decisions::compromise(args, compromise),
        Key::Endorse(endorse) => endorse::run(args, endorse),
        Key::Rotate(rotate) => decisions::rotate(args, rotate),
        Key::Policy(policy) => decisions::policy(args, policy),
        Key::Publish => {
            let written = publish(args, &super::open_register(args)?)?;
            render::out(&format!("wrote {written} public files anew\n"))?;
            Ok(Outcome::Good)
        }
    }
}

/// Writes the public files that differ from what the ledger has; returns how
/// many.
fn publish(args: &Args, register: &Register) -> anyhow::Result<u64> {
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let mut written = 0;
    for file in register.authority.public_files() {
        if dir.read_public(&file.name)?.as_deref() != Some(file.text.as_bytes()) {
            dir.write_public(&file.name, &file.text)?;
            written += 1;
        }
    }
    Ok(written)
}

/// A public key as a user names it: a PEM file, standard input, or a key made
/// here.
fn public_key(args: &Args, named: &Path) -> anyhow::Result<PublicKey> {
    let dir = KeyDir::new(&machine::DISK, &machine::keys_path(args));
    let bytes = if named == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(MAX_PEM)
            .read_to_end(&mut bytes)?;
        bytes
    } else if named.exists() {
        machine::whole(named)?
    } else {
        let path = dir.public_half(&named.to_string_lossy());
        if !path.exists() {
            return Err(hinted(
                format!("there is no public key {}", named.display()),
                "name a PEM file, or a key that `docledger key generate` made here",
            ));
        }
        machine::whole(&path)?
    };
    let text = String::from_utf8_lossy(&bytes);
    PublicKey::from_pem(&text).map_err(|error| {
        hinted(
            format!("{}: {error}", named.display()),
            "a public key is a PEM file that begins with -----BEGIN PUBLIC KEY-----",
        )
    })
}

/// A key of the ledger as a user names it: a PEM file, its name, or its
/// thumbprint or the beginning of one.
fn known_key<'a>(register: &'a Register, named: &str) -> anyhow::Result<&'a KeyLife> {
    let path = Path::new(named);
    let from_file = if path.is_file() {
        let text = String::from_utf8_lossy(&machine::whole(path)?).into_owned();
        PublicKey::from_pem(&text).ok().map(|key| key.thumbprint())
    } else {
        None
    };
    let is_meant = |life: &&KeyLife| {
        let thumbprint: Thumbprint = life.key.thumbprint();
        from_file == Some(thumbprint)
            || life.file_stem() == named
            || (named.len() >= 8 && thumbprint.to_string().starts_with(named))
    };
    let found: Vec<_> = register.authority.keys().filter(is_meant).collect();
    match found.as_slice() {
        [life] => Ok(life),
        [] => Err(hinted(
            format!("the ledger knows no key {}", render::one_line(named)),
            "`docledger key list` shows names and thumbprints",
        )),
        _ => Err(hinted(
            format!("{} names several keys", render::one_line(named)),
            "give the whole thumbprint",
        )),
    }
}
