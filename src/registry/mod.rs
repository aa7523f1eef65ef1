//! How a statement enters a ledger: opens it, looks things up in it, proposes
//! a record, signs it, appends it. Nothing enters that authority or history
//! refuse; both are asked, and neither is rewritten here.

mod append;
mod decision;
mod event;
mod evidence;
pub mod field_text;
mod gaps;
mod heads;
pub mod manifest;
mod opening;
mod proposal;
mod readings;
mod register;
mod request;
mod suggest;
mod target;

pub use append::{AppendRefusal, Appending, Committed, Registered, Signers, append};
pub use decision::{Decided, Waits};
pub use event::{EventProposal, EventRefusal, EventRequest, Wanted, propose_event};
pub use evidence::{EvidencePlan, EvidenceProofs};
pub use gaps::{Duplicate, Gaps, MissingLanguages, NumberGap};
pub use heads::{OlderHeads, kept_stamps};
pub use opening::{Founding, FoundingKeys, OpenLedgerError, open_ledger};
pub use proposal::{Proposal, ProposalError, plan, propose};
pub use readings::masthead_of;
pub use register::{Entry, Register, RegisterError, Wrong};
pub use request::{Edits, FIELDS, Readings, Request, Said};
pub use target::{Selection, Target, TargetError};
