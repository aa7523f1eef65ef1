//! Time stamps (RFC 3161, with RFC 5816): a third party's word that some bytes
//! existed at a time.
//!
//! A stamp proves that only to whoever trusts the authority: the certificates
//! that count are given by the caller, and none are built in. They count at the
//! time of the stamp, so that one which ended since voids nothing.
//!
//! Not here: files, the network, the clock, and what the stamped bytes are.

mod certificate;
mod der;
mod hash;
mod kept;
mod request;
mod response;
mod time;
mod token;
mod verify;

pub use certificate::{Certificate, CertificateError};
pub use der::DerError;
pub use kept::{KeptError, KeptStamp, KeptStamps};
pub use request::{NONCE_LEN, Request};
pub use response::{ResponseError, parse_response};
pub use time::StampTime;
pub use token::{Token, TokenError, Unverified};
pub use verify::{Authorship, Stamp, StampError};

/// The longest reply of an authority that is read, in bytes.
pub const MAX_REPLY: usize = 1 << 20;
