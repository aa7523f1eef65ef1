//! From evidence to a verdict. "Verified" is said only here, and missing
//! evidence is never success.
//!
//! Nothing here touches files, clock, terminal or network: evidence comes
//! through [`crate::log::Evidence`], anchors from the caller.

mod against;
mod bare;
mod evidence;
mod fork;
mod head;
mod ledger;
mod replay;
mod report;
mod stamps;
mod witnesses;

pub use against::{Against, Comparison, Other, verify_against};
pub use bare::{Bare, verify_statement};
pub use evidence::{Enclosed, Proven, verify_evidence};
pub use fork::{Contradiction, ForkError, ProvenFork, SideError, SignedHead, Which, verify_fork};
pub use head::Anchor;
pub use ledger::{Asked, ledger_id_of, verify_asked, verify_growth, verify_ledger};
pub use report::{
    Checked, Code, Finding, Head, Remembered, Report, Severity, Stamped, Verdict, WitnessedHead,
};
