//! `withdraw`: a document is withdrawn, in all its languages and versions.

use docledger::registry::Wanted;

use crate::cli::Outcome;
use crate::cli::args::{Args, Withdraw};

pub(super) fn run(args: &Args, withdraw: &Withdraw) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, &withdraw.target)?;
    let files = target.find(&register)?.files()?;
    let first: Vec<_> = files.iter().take(1).map(|file| file.index).collect();
    super::event::record(
        args,
        &withdraw.event,
        &register,
        (&first, &Wanted::Withdraw),
    )
}
