//! Witnesses: who sees a log grow, and says so (C2SP tlog-cosignature 1.0.1,
//! tlog-witness 1.0.0, tlog-policy).
//!
//! A witness vouches that at a time it saw a head, and that this had grown from
//! all heads it saw before. Nothing here touches files, clock or network.

mod key;
mod policy;
mod request;

pub use key::{WitnessKey, WitnessKeyError, log_key};
pub use policy::{Quorum, QuorumError, TrustPolicy, TrustPolicyError, Witnessed};
pub use request::{AddCheckpoint, MAX_PROOF, MAX_REQUEST, RequestError, Seen, WitnessRefusal};
