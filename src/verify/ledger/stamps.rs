//! The stamps that are kept beside a ledger.

use std::collections::BTreeSet;

use crate::authority::Authority;
use crate::encoding::note::MAX_NOTE;
use crate::log::{Found, Item};
use crate::stamp::MAX_REPLY;
use crate::verify::head::Here;
use crate::verify::report::Code;
use crate::verify::stamps::{Stamps, tell_unjudged};

use super::{Asked, Run};

impl Run<'_> {
    /// Judges every stamp.
    pub(super) fn check_stamps(
        &mut self,
        authority: Option<&Authority>,
        found: &[Found],
        asked: &Asked<'_>,
    ) {
        let Some(authority) = authority else { return };
        let items: BTreeSet<_> = found
            .iter()
            .filter_map(|found| match found {
                Found::Item(item @ (Item::Stamped(_) | Item::Stamp { .. })) => Some(item),
                _ => None,
            })
            .collect();
        if items.is_empty() {
            return;
        }
        let mut stamps = Stamps::default();
        for item in items {
            let place = self.evidence.place(item);
            match item {
                Item::Stamped(named) => {
                    if let Some(bytes) = self.read_stamp(item, MAX_NOTE) {
                        let here = Here::new(&self.report, &self.tree);
                        let taken = (*named, bytes, place);
                        stamps.take_checkpoint(&mut self.report, taken, authority, here);
                    }
                }
                Item::Stamp { about, reply } => {
                    if let Some(bytes) = self.read_stamp(item, MAX_REPLY) {
                        let taken = (bytes, place);
                        stamps.take_reply(&mut self.report, (*about, *reply), taken);
                    }
                }
                _ => {}
            }
        }
        stamps.judge(&mut self.report, asked);
        tell_unjudged(&mut self.report, asked);
    }

    fn read_stamp(&mut self, item: &Item, limit: usize) -> Option<Vec<u8>> {
        match self.evidence.read(item, limit as u64) {
            Ok(bytes) => bytes,
            Err(error) if error.is_of_system() => {
                self.unreadable(None, error);
                None
            }
            Err(error) => {
                let message = error.problem.to_string();
                let path = Some(self.evidence.place(item));
                self.report.add(Code::StampDamaged, None, path, message);
                None
            }
        }
    }
}
