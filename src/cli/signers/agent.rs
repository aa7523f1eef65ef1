//! Ed25519 keys in an SSH agent (draft-ietf-sshm-ssh-agent; key and signature
//! formats of RFC 8709). The agent is not trusted: what it answers is bounded in
//! length and time here; its signatures are checked where they are used.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use docledger::key::{PublicKey, SIGNATURE_LEN, SignError, Signer};
use sha2::{Digest as _, Sha256};

use crate::cli::error::hinted;
use crate::cli::machine;

/// The variable that names the agent's socket.
const SOCKET: &str = "SSH_AUTH_SOCK";
/// The longest answer taken, in bytes; OpenSSH's own limit.
const ANSWER: usize = 256 << 10;
/// How long an agent may take to list its keys.
const LISTING: Duration = Duration::from_secs(5);
/// How long it may take to sign: a person may have to confirm or touch a token.
const SIGNING: Duration = Duration::from_secs(60);
/// The one kind of key and of signature that is used.
const ED25519: &[u8] = b"ssh-ed25519";

/// Message numbers.
mod message {
    pub(super) const FAILURE: u8 = 5;
    pub(super) const REQUEST_IDENTITIES: u8 = 11;
    pub(super) const IDENTITIES_ANSWER: u8 = 12;
    pub(super) const SIGN_REQUEST: u8 = 13;
    pub(super) const SIGN_RESPONSE: u8 = 14;
}

/// Why an agent is of no use.
#[derive(Debug, thiserror::Error)]
enum AgentError {
    #[error("the SSH agent can't be reached or stopped answering: {0}")]
    Io(#[from] std::io::Error),
    #[error("the SSH agent did not answer within {} seconds", .0.as_secs())]
    Slow(Duration),
    #[error("the SSH agent refused")]
    Refused,
    #[error("the SSH agent's answer of {0} bytes is too long or empty")]
    Length(usize),
    #[error("the SSH agent's answer is malformed")]
    Malformed,
}

/// A key that an agent holds.
#[derive(Debug, Clone)]
pub(crate) struct AgentKey {
    socket: PathBuf,
    public: PublicKey,
    comment: String,
}

/// Whether this user has an agent.
pub(crate) fn is_present() -> bool {
    machine::variable(SOCKET).is_some_and(|socket| !socket.is_empty())
}

/// The Ed25519 keys of this user's agent.
pub(crate) fn keys() -> anyhow::Result<Vec<AgentKey>> {
    let Some(socket) = machine::variable(SOCKET).filter(|socket| !socket.is_empty()) else {
        return Err(hinted(
            "there is no SSH agent: SSH_AUTH_SOCK is not set",
            "start one with `eval $(ssh-agent)` and add the key with ssh-add",
        ));
    };
    let listed = exchange(
        Path::new(&socket),
        &[message::REQUEST_IDENTITIES],
        message::IDENTITIES_ANSWER,
        LISTING,
    )
    .and_then(|answer| identities(&answer).ok_or(AgentError::Malformed));
    let listed = listed.map_err(|error| {
        hinted(
            error.to_string(),
            "`ssh-add -l` tells whether the agent that SSH_AUTH_SOCK names works",
        )
    })?;
    let key = |(public, comment)| AgentKey {
        socket: PathBuf::from(&socket),
        public,
        comment,
    };
    Ok(listed.into_iter().map(key).collect())
}

impl AgentKey {
    /// Whether a user means this key: by fingerprint, or by its whole comment.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        name == self.fingerprint() || name == self.comment
    }

    /// As `ssh-add -l` prints it.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(blob(&self.public));
        format!("SHA256:{}", STANDARD_NO_PAD.encode(digest))
    }
}

impl Signer for AgentKey {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError> {
        let refused = |error: AgentError| SignError::Refused(error.to_string());
        let mut request = vec![message::SIGN_REQUEST];
        put(&mut request, &blob(&self.public));
        put(&mut request, message);
        request.extend([0; 4]); // no flags
        let answer = exchange(&self.socket, &request, message::SIGN_RESPONSE, SIGNING);
        signature(&answer.map_err(refused)?).ok_or_else(|| refused(AgentError::Malformed))
    }
}

/// Sends one request, and takes an answer of one kind without its number.
fn exchange(
    socket: &Path,
    request: &[u8],
    expected: u8,
    time: Duration,
) -> Result<Vec<u8>, AgentError> {
    let end = Instant::now() + time;
    let mut stream = UnixStream::connect(socket)?;
    stream.set_write_timeout(Some(time))?;
    let mut framed = Vec::new();
    put(&mut framed, request);
    stream
        .write_all(&framed)
        .map_err(|error| slow(error, time))?;
    let mut length = [0; 4];
    fill(&mut stream, &mut length, end, time)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length == 0 || length > ANSWER {
        return Err(AgentError::Length(length));
    }
    let mut answer = vec![0; length];
    fill(&mut stream, &mut answer, end, time)?;
    match answer.split_first() {
        Some((number, rest)) if *number == expected => Ok(rest.to_vec()),
        Some((&message::FAILURE, _)) => Err(AgentError::Refused),
        _ => Err(AgentError::Malformed),
    }
}

/// Reads all of a buffer before a point in time, however small the pieces.
fn fill(
    stream: &mut UnixStream,
    mut buffer: &mut [u8],
    end: Instant,
    time: Duration,
) -> Result<(), AgentError> {
    while !buffer.is_empty() {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(AgentError::Slow(time));
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(buffer) {
            Ok(0) => return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into()),
            Ok(read) => buffer = buffer.get_mut(read..).unwrap_or_default(),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(slow(error, time)),
        }
    }
    Ok(())
}

/// Tells a timeout from other errors.
fn slow(error: std::io::Error, time: Duration) -> AgentError {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => AgentError::Slow(time),
        _ => error.into(),
    }
}

/// Adds a `string` (RFC 4251 §5): its length in four bytes, then itself.
fn put(to: &mut Vec<u8>, bytes: &[u8]) {
    // No message of this program comes near 4 GiB; a longer one is refused by the agent.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    to.extend(length.to_be_bytes());
    to.extend(bytes);
}

/// Takes a `string` from the front.
fn take<'a>(from: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = from.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let (taken, rest) = rest.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

/// A public key as agents name it (RFC 8709 §4).
fn blob(key: &PublicKey) -> Vec<u8> {
    let mut blob = Vec::new();
    put(&mut blob, ED25519);
    put(&mut blob, key.as_bytes());
    blob
}

/// The Ed25519 keys of a list with their comments; other kinds are passed over.
fn identities(mut answer: &[u8]) -> Option<Vec<(PublicKey, String)>> {
    let (count, rest) = answer.split_first_chunk::<4>()?;
    answer = rest;
    let mut keys = Vec::new();
    for _ in 0..u32::from_be_bytes(*count) {
        let blob = take(&mut answer)?;
        let comment = String::from_utf8_lossy(take(&mut answer)?).into_owned();
        keys.extend(public(blob).map(|key| (key, comment)));
    }
    answer.is_empty().then_some(keys)
}

fn public(mut blob: &[u8]) -> Option<PublicKey> {
    let kind = take(&mut blob)?;
    let bytes = take(&mut blob)?.try_into().ok()?;
    (kind == ED25519 && blob.is_empty()).then_some(())?;
    PublicKey::from_bytes(bytes).ok()
}

/// The signature of an answer (RFC 8709 §6).
fn signature(mut answer: &[u8]) -> Option<[u8; SIGNATURE_LEN]> {
    let mut blob = take(&mut answer)?;
    let kind = take(&mut blob)?;
    let bytes = take(&mut blob)?.try_into().ok()?;
    (kind == ED25519 && blob.is_empty() && answer.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use docledger::key::SecretKey;

    fn list(keys: &[(&[u8], &str)]) -> Vec<u8> {
        let mut answer = u32::try_from(keys.len())
            .expect("few")
            .to_be_bytes()
            .to_vec();
        for (blob, comment) in keys {
            put(&mut answer, blob);
            put(&mut answer, comment.as_bytes());
        }
        answer
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let key = SecretKey::from_seed([1; 32]).public();
        let answer = list(&[(b"\0\0\0\x07ssh-rsa", "r"), (&blob(&key), "mine")]);
        assert_eq!(identities(&answer), Some(vec![(key, "mine".to_owned())]));
        for end in 0..answer.len() {
            assert_eq!(identities(&answer[..end]), None, "{end}");
        }
        assert_eq!(identities(&[&answer[..], b"x"].concat()), None);
        assert_eq!(identities(&[0xff; 8]), None);
    }

    #[test]
    fn a_signature_is_of_one_kind_and_length() {
        let answer = |kind: &[u8], bytes: &[u8]| {
            let (mut blob, mut answer) = (Vec::new(), Vec::new());
            put(&mut blob, kind);
            put(&mut blob, bytes);
            put(&mut answer, &blob);
            answer
        };
        assert_eq!(signature(&answer(ED25519, &[7; 64])), Some([7; 64]));
        assert_eq!(signature(&answer(b"ssh-rsa", &[7; 64])), None);
        assert_eq!(signature(&answer(ED25519, &[7; 63])), None);
    }
}
