//! Who attacks, with which keys.

use crate::chamber::{CHECKPOINT, OFFICER, RECOVERY, REGISTRAR};

/// The officer of `A/` and of documents without a symbol.
pub(crate) const DEPUTY: u8 = 5;
/// A second registrar, where one is made.
pub(crate) const SECOND_REGISTRAR: u8 = 6;
/// The checkpoint key after a rotation.
pub(crate) const NEW_CHECKPOINT: u8 = 8;
/// A key that the attacker made himself; everybody can.
pub(crate) const OWN: u8 = 20;

/// What an attacker has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    Supplier,
    Disk,
    Foreign,
    CheckpointKey,
    Officer,
    OldKeys,
    Registrar,
    Recovery,
    Everything,
}

impl Power {
    /// The numbers of the secret keys.
    pub(crate) fn keys(self) -> &'static [u8] {
        match self {
            Self::Supplier | Self::Disk => &[],
            Self::Foreign => &[OWN],
            Self::CheckpointKey => &[CHECKPOINT, OWN],
            Self::Officer => &[DEPUTY, CHECKPOINT, OWN],
            Self::OldKeys => &[DEPUTY, CHECKPOINT],
            Self::Registrar => &[REGISTRAR, CHECKPOINT, OWN],
            Self::Recovery => &[RECOVERY, CHECKPOINT, OWN],
            Self::Everything => &[REGISTRAR, OFFICER, DEPUTY, CHECKPOINT, RECOVERY, OWN],
        }
    }

    /// Whether the files of the ledger can be written past the program.
    pub(crate) fn has_disk(self) -> bool {
        self != Self::Supplier
    }

    /// The heading of its part of the page.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Supplier => "Who supplies a file",
            Self::Disk => "The disk, and no key",
            Self::Foreign => "The disk, and keys of another ledger",
            Self::CheckpointKey => "The disk and the checkpoint key",
            Self::Officer => "An officer's key and the checkpoint key",
            Self::OldKeys => "Keys that were retired or replaced",
            Self::Registrar => "A registrar's key and the checkpoint key",
            Self::Recovery => "The recovery key and the checkpoint key",
            Self::Everything => "All keys: the office itself",
        }
    }

    /// What the attacker can do, in a sentence or two.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Supplier => {
                "Hands a file to the office, or shows one to a reader. Has no key, and writes \
                 nothing in the ledger."
            }
            Self::Disk => {
                "Writes and deletes any file of the ledger and of `keys/`. Signs nothing."
            }
            Self::Foreign => {
                "Writes any file, and signs with keys of a ledger of his own, to pass it off as \
                 the office's."
            }
            Self::CheckpointKey => {
                "Writes any file and signs any checkpoint, as the machine that serves the ledger \
                 can. Signs no statement of the office."
            }
            Self::Officer => {
                "Writes any file, signs checkpoints, and signs statements as one officer, whose \
                 scope is `A/` and documents without a symbol: an officer who goes around the \
                 program, or the thief of his machine."
            }
            Self::OldKeys => {
                "Writes any file, and signs with an officer's key that was retired or a checkpoint \
                 key that was replaced. Where the row needs a checkpoint, the checkpoint key is \
                 the one in force."
            }
            Self::Registrar => {
                "Writes any file, signs checkpoints, and signs decisions as a registrar: of the \
                 one registrar where the row says nothing else."
            }
            Self::Recovery => "Writes any file, signs checkpoints, and holds the recovery key.",
            Self::Everything => "Signs as everybody: registrar, officers, log and recovery.",
        }
    }
}
