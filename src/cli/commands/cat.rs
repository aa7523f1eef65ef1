//! `cat`: the bytes of a registered file, hashed while they are written, or its
//! text.

use std::io::{Read as _, Write as _};

use docledger::digest::{ContentDigest, ContentHasher};

use crate::cli::args::{Args, Cat, Format};
use crate::cli::error::hinted;
use crate::cli::{Outcome, machine, reader, render};

pub(super) fn run(args: &Args, command: &Cat) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, &command.target)?;
    let document = target.find(&register)?.one()?;
    if !command.text {
        return bytes(args, document.digest);
    }
    let Some((_, document)) = register.document(document.index) else {
        anyhow::bail!("entry {} is no document", document.index)
    };
    let name = command.target.display().to_string();
    let text = reader::registered(args, document, &name)?;
    if args.format == Format::Json {
        reader::write(&text, &mut std::io::stdout().lock())?;
    } else {
        let lines = text
            .lines
            .iter()
            .map(|line| render::escape(&line.text) + "\n");
        render::out(&lines.collect::<String>())?;
    }
    Ok(Outcome::Good)
}

fn bytes(args: &Args, digest: ContentDigest) -> anyhow::Result<Outcome> {
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
