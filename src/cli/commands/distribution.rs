//! `distribution`: the distribution of a document's files is changed, each by
//! an event of its own.

use docledger::registry::Wanted;

use crate::cli::Outcome;
use crate::cli::args::{Args, Distribution};

pub(super) fn run(args: &Args, distribution: &Distribution) -> anyhow::Result<Outcome> {
    let register = super::open_register(args)?;
    let target = super::target(&register, &distribution.target)?;
    let files = target.find(&register)?.files()?;
    let stands = |index| {
        register
            .effective(index)
            .and_then(|file| file.record.distribution)
    };
    let all = || files.iter().map(|file| file.index);
    let mut differ: Vec<_> = all()
        .filter(|index| stands(*index) != distribution.new)
        .collect();
    if differ.is_empty() {
        // The refusal says that nothing would change.
        differ.extend(all().take(1));
    }
    let wanted = Wanted::Distribution(distribution.new.clone());
    super::event::record(args, &distribution.event, &register, (&differ, &wanted))
}
