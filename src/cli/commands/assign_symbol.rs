//! `assign-symbol`: a document gets another symbol, or its first.

use docledger::registry::Wanted;

use crate::cli::args::{Args, AssignSymbol};
use crate::cli::{Outcome, render};

pub(super) fn run(args: &Args, assign: &AssignSymbol) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, &assign.target)?;
    let files = target.find(&register)?.files()?;
    let first: Vec<_> = files.iter().take(1).map(|file| file.index).collect();
    let (symbol, doubts) = super::register::read_symbol(&assign.symbol)?;
    doubts.iter().for_each(|doubt| render::remark(doubt));
    let wanted = Wanted::AssignSymbol(symbol);
    super::event::record(args, &assign.event, &register, (&first, &wanted))
}
