//! `cat`: the bytes of a registered file, hashed while they are written.

use std::io::{Read as _, Write as _};
use std::path::Path;

use docledger::digest::ContentHasher;

use crate::cli::args::Args;
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine};

pub(super) fn run(args: &Args, typed: &Path) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, typed)?;
    let digest = target.find(&register)?.one()?.digest;
    let dir = machine::ledger_dir(args);
    let Some(mut file) = dir.open_document(&digest)? else {
        return Err(hinted(
            format!("the file {digest} is not in this ledger"),
            "run `docledger verify`",
        ));
    };
    let mut hasher = ContentHasher::new();
    let mut stdout = std::io::stdout().lock();
    let mut block = vec![0; 64 * 1024];
    loop {
        let length = file.read(&mut block)?;
        if length == 0 {
            break;
        }
        hasher.update(&block[..length]);
        stdout.write_all(&block[..length])?;
    }
    stdout.flush()?;
    if hasher.finish().0 != digest {
        return Err(hinted(
            format!("what was written is damaged: it is not the registered file {digest}"),
            "run `docledger verify`",
        ));
    }
    Ok(Outcome::Good)
}
