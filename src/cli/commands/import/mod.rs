//! `import`: documents that another office exported.

use crate::cli::Outcome;
use crate::cli::args::{Args, Import};

pub(super) fn run(_args: &Args, _import: &Import) -> anyhow::Result<Outcome> {
    anyhow::bail!("not yet")
}
