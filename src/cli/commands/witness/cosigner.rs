//! A witness at work: the one place where a head is judged, remembered and
//! cosigned, be the request a file or sent over a network.

use std::path::Path;

use docledger::encoding::note::NoteSignature;
use docledger::key::{PublicKey, Signer};
use docledger::log::Checkpoint;
use docledger::store::StateDir;
use docledger::witness::{AddCheckpoint, Seen, WitnessKey, WitnessRefusal, log_key};

use crate::cli::args::{Args, WitnessKeyFlags};
use crate::cli::{keys, machine};

/// Who cosigns, and for which logs.
pub(super) struct Cosigner {
    logs: Vec<(String, PublicKey)>,
    key: WitnessKey,
    signer: Box<dyn Signer>,
    state: StateDir<'static>,
}

/// A head that was cosigned.
pub(super) struct Cosigned {
    pub(super) head: Checkpoint,
    pub(super) line: NoteSignature,
}

/// Why a head was not cosigned.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotCosigned {
    /// A log that the policy does not name, or names twice.
    #[error("the policy names no one key of the log {0:?}")]
    UnknownLog(String),
    /// What the witness makes of the request.
    #[error("not cosigned: {refusal}")]
    Refused {
        refusal: WitnessRefusal,
        /// How many entries the head has that it cosigned last.
        known: u64,
    },
    /// It could not be judged, remembered or signed.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

impl Cosigner {
    /// Reads the policy and finds the key, asking for a passphrase if need be.
    pub(super) fn open(
        args: &Args,
        policy: &Path,
        flags: &WitnessKeyFlags,
    ) -> anyhow::Result<Self> {
        let trusted = super::trust_policy(policy)?;
        let logs = trusted.logs.iter().filter_map(|vkey| log_key(vkey));
        let signer = keys::named(args, &flags.key, &flags.passphrase)?;
        Ok(Self {
            logs: logs.collect(),
            key: WitnessKey::new(&flags.name, signer.public())?,
            signer,
            state: machine::state_dir(args)?,
        })
    }

    /// The key that cosigns.
    pub(super) fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Cosigns the head of a request, if it grew from the one cosigned last. Of
    /// several that call this at once, in this program or another, one works;
    /// `waiting` is called by those who have to wait.
    pub(super) fn cosign(
        &self,
        request: &AddCheckpoint,
        waiting: &mut dyn FnMut(),
    ) -> Result<Cosigned, NotCosigned> {
        let origin = &request.checkpoint.unverified().origin;
        let log = self.log(origin)?;
        let _lock = self.state.lock_witness(waiting).map_err(failed)?;
        // By its key, whatever name is given: a cosignature does not cover the name.
        let witness = self.key.public().thumbprint().to_string();
        let seen = self.state.seen(&witness, origin).map_err(failed)?;
        let seen = seen.map(|(size, root)| Seen { size, root });
        let head = request.judge(log, seen);
        let head = head.map_err(|refusal| NotCosigned::Refused {
            refusal,
            known: seen.map_or(0, |seen| seen.size),
        })?;
        // Remembered first: what was signed must never be contradicted later.
        let kept = self
            .state
            .keep_seen(&witness, origin, (head.size, head.root));
        kept.map_err(failed)?;
        let (time, signer) = (machine::now(), self.signer.as_ref());
        let line = self.key.cosign(&request.checkpoint, time, signer);
        let line = line.map_err(failed)?;
        Ok(Cosigned { head, line })
    }

    /// The one key of a log.
    fn log(&self, origin: &str) -> Result<&PublicKey, NotCosigned> {
        let mut keys = self.logs.iter().filter(|(name, _)| name == origin);
        match (keys.next(), keys.next()) {
            (Some((_, key)), None) => Ok(key),
            _ => Err(NotCosigned::UnknownLog(origin.to_owned())),
        }
    }
}

fn failed(error: impl Into<anyhow::Error>) -> NotCosigned {
    NotCosigned::Failed(error.into())
}
