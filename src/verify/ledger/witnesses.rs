//! The cosigned checkpoints that are kept beside a ledger.

use std::collections::BTreeSet;

use crate::authority::Authority;
use crate::encoding::note::MAX_NOTE;
use crate::log::{Found, Item};
use crate::verify::head::Here;
use crate::verify::report::Code;
use crate::verify::witnesses::Witnesses;

use super::{Asked, Run};

impl Run<'_> {
    /// Judges every kept checkpoint, and what is asked of witnesses.
    pub(super) fn check_witnesses(
        &mut self,
        authority: Option<&Authority>,
        found: &[Found],
        asked: &Asked<'_>,
    ) {
        let Some(authority) = authority else { return };
        let mut witnesses = Witnesses::new(&mut self.report, authority, asked.policy);
        let sizes: BTreeSet<_> = found
            .iter()
            .filter_map(|found| match found {
                Found::Item(Item::Cosigned(size)) => Some(*size),
                _ => None,
            })
            .collect();
        for size in sizes {
            let item = Item::Cosigned(size);
            let place = self.evidence.place(&item);
            match self.evidence.read(&item, MAX_NOTE as u64) {
                Ok(None) => {}
                Ok(Some(bytes)) => {
                    let here = Here::new(&self.report, &self.tree);
                    witnesses.take_kept(&mut self.report, (size, &bytes, &place), here);
                }
                Err(error) if error.is_of_system() => self.unreadable(None, error),
                Err(error) => {
                    let message = error.problem.to_string();
                    self.report
                        .add(Code::CosignedMalformed, None, Some(place), message);
                }
            }
        }
        witnesses.finish(&mut self.report, self.tree.size());
    }
}
