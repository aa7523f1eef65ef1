//! What went wrong, and what to do next.

use docledger::key::SecretKeyError;
use docledger::log::LoadError;
use docledger::registry::{
    AppendRefusal, EventRefusal, OpenLedgerError, ProposalError, RegisterError, TargetError,
};
use docledger::statement::DraftError;
use docledger::store::{StoreError, StoreProblem};

use super::render::remark;

/// An error of the program's own, with its remedy.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Hinted {
    pub(crate) message: String,
    pub(crate) hint: String,
}

/// An error with a remedy.
pub(crate) fn hinted(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
    Hinted {
        message: message.into(),
        hint: hint.into(),
    }
    .into()
}

/// Prints an error with its causes and, where there is one, the remedy.
pub(crate) fn show(error: &anyhow::Error) {
    remark(&format!("error: {}", told(error)));
    if let Some(hint) = hint(error) {
        remark(&format!("  hint: {hint}"));
    }
}

/// The error and its causes; a cause that the line already holds is not repeated.
pub(crate) fn told(error: &anyhow::Error) -> String {
    error
        .chain()
        .fold(String::new(), |line, cause| match cause.to_string() {
            cause if line.is_empty() => cause,
            cause if line.contains(&cause) => line,
            cause => format!("{line}: {cause}"),
        })
}

/// Whether the reader of our output went away, which is no error of ours.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// What to do next, where that is known.
pub(crate) fn hint(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(own) = cause.downcast_ref::<Hinted>() {
            return Some(own.hint.clone());
        }
        if let Some(error) = cause.downcast_ref::<AppendRefusal>() {
            return append_hint(error);
        }
        let text = cause
            .downcast_ref::<ProposalError>()
            .and_then(proposal_hint)
            .or_else(|| cause.downcast_ref::<EventRefusal>().and_then(event_hint))
            .or_else(|| cause.downcast_ref::<StoreError>().and_then(store_hint))
            .or_else(|| {
                cause
                    .downcast_ref::<RegisterError>()
                    .and_then(register_hint)
            })
            .or_else(|| cause.downcast_ref::<OpenLedgerError>().and_then(open_hint))
            .or_else(|| {
                let io = cause.downcast_ref::<std::io::Error>()?;
                (io.kind() == std::io::ErrorKind::NotFound).then_some("check the path")
            })
            .or_else(|| cause.downcast_ref::<SecretKeyError>().and_then(key_hint))
            .or_else(|| cause.downcast_ref::<TargetError>().and_then(target_hint));
        text.map(str::to_owned)
    })
}

/// For a signer that did not sign; appends write nothing before they are signed.
const SIGN_HINT: &str =
    "nothing was recorded; see that the agent, program or token works, then run the command again";

fn append_hint(error: &AppendRefusal) -> Option<String> {
    let text = match error {
        AppendRefusal::Proposal(error) => proposal_hint(error)?,
        AppendRefusal::Event(error) => event_hint(error)?,
        AppendRefusal::Store(error) => store_hint(error)?,
        AppendRefusal::Register(error) => register_hint(error)?,
        AppendRefusal::Unproven { .. } => "run `docledger verify` before anything else",
        AppendRefusal::Moved => "run the command again to see what would be registered now",
        AppendRefusal::Key(_) => {
            "name another key with --key; `docledger key list` shows who may what"
        }
        AppendRefusal::Decision(_) => {
            "`docledger key list` shows each key's life, and what waits for registrars"
        }
        AppendRefusal::CheckpointKey => "name this ledger's checkpoint key with --checkpoint-key",
        AppendRefusal::Sign(_) | AppendRefusal::Draft(DraftError::Sign(_)) => SIGN_HINT,
        _ => return None,
    };
    Some(text.to_owned())
}

fn proposal_hint(error: &ProposalError) -> Option<&'static str> {
    Some(match error {
        ProposalError::SameBytes { .. } => "nothing to do: `docledger status FILE` tells more",
        ProposalError::SameBytesBefore { .. } => {
            "if an earlier version is to be restored, add --allow-same-bytes"
        }
        ProposalError::SameBytesElsewhere { .. } => "if that is meant, add --allow-same-bytes",
        ProposalError::ChangeNeeded { .. } => {
            "say what this file is: --change revision (a new text), reissue (issued again) or \
             rendition (another format); or --language if it is in another language"
        }
        ProposalError::NothingBefore { .. } => {
            "leave --change out to register the first version, or correct --symbol or --language"
        }
        ProposalError::LanguageNeeded { .. } => "add --language",
        ProposalError::NothingToRender(_) => {
            "--renders goes with --change rendition and a version that exists"
        }
        ProposalError::Control { .. } => "write a space in its place",
        ProposalError::History(_) => "`docledger log SYMBOL` shows what is registered",
        ProposalError::Refused(_) => "add what the ledger's policy requires",
        ProposalError::Target(error) => return target_hint(error),
        ProposalError::OtherDocument(..) => "leave --of out, or correct the symbol",
        ProposalError::Relation(_) => "name another document by its symbol or ni: name",
        ProposalError::NoSuchField(_) | ProposalError::Draft(_) => return None,
    })
}

fn event_hint(error: &EventRefusal) -> Option<&'static str> {
    Some(match error {
        EventRefusal::NoReason => "say why with --reason",
        EventRefusal::Unchanged => "`docledger show TARGET` tells what stands",
        EventRefusal::SameFamily { .. } => "register it as a document of its own",
        EventRefusal::Record(error) => return proposal_hint(error),
        EventRefusal::History(_) => "`docledger log TARGET` shows what stands and who did it",
        EventRefusal::Policy(_) => "the ledger's policy allows no exception",
        EventRefusal::NotADocument(_) | EventRefusal::NotAmendable(_) => return None,
    })
}

fn target_hint(error: &TargetError) -> Option<&'static str> {
    Some(match error {
        TargetError::NotFound(_) => "`docledger list` shows what is registered",
        TargetError::Malformed(..) => "`docledger help show` lists what a target can be",
        _ => return None,
    })
}

fn store_hint(error: &StoreError) -> Option<&'static str> {
    match &error.problem {
        StoreProblem::Occupied | StoreProblem::Damaged => {
            return Some("run `docledger verify` before anything else");
        }
        StoreProblem::Unconfirmed(_) => {
            return Some("run `docledger verify`, then `docledger list`");
        }
        StoreProblem::Unfinished => {
            return Some("see that no export runs, remove it, then try again");
        }
        StoreProblem::Changed => {
            return Some("wait until nobody writes to the file, then try again");
        }
        _ => {}
    }
    Some(match error.system()?.kind() {
        std::io::ErrorKind::StorageFull => {
            "the disk is full: the ledger is as it was; make room and try again"
        }
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "you may not write or read there: check owner and mode; the ledger is as it was"
        }
        std::io::ErrorKind::NotFound => "check the path",
        _ => return None,
    })
}

fn register_hint(error: &RegisterError) -> Option<&'static str> {
    Some(match error {
        RegisterError::Load(LoadError::Missing(path)) if path == "checkpoint" => {
            "there is no ledger here, or its checkpoint is gone: name the ledger's folder with --home, \
             or open one in a new folder with `docledger init`"
        }
        _ => "run `docledger verify`: it names everything that is wrong",
    })
}

fn open_hint(error: &OpenLedgerError) -> Option<&'static str> {
    Some(match error {
        OpenLedgerError::Exists | OpenLedgerError::Remains(_) => "choose another --home",
        OpenLedgerError::Origin(_) | OpenLedgerError::OriginTooLong => {
            "write it like a host and path: records.example.org/register"
        }
        OpenLedgerError::Store(error) => return store_hint(error),
        _ => return None,
    })
}

fn key_hint(error: &SecretKeyError) -> Option<&'static str> {
    Some(match error {
        SecretKeyError::PassphraseNeeded => {
            "use --passphrase-file FILE or the variable DOCLEDGER_PASSPHRASE"
        }
        SecretKeyError::WrongPassphrase => "check the passphrase; nothing was changed",
        SecretKeyError::EmptyPassphrase => "choose one, or say --no-passphrase",
        _ => "name another file with --key",
    })
}
