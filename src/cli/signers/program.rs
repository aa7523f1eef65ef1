//! A key behind another program: `PROGRAM public` prints the public key as PEM,
//! `PROGRAM sign` reads a message on standard input and prints the 64 bytes of
//! its signature (`docs/signers.md`). The program is started without a shell,
//! bounded in time and output; its signatures are checked where they are used.

use std::io::{Read, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use docledger::key::{PublicKey, SIGNATURE_LEN, SignError, Signer};

use crate::cli::error::hinted;
use crate::cli::keys;

/// How long a program may take to name its key.
const NAMING: Duration = Duration::from_secs(10);
/// How long it may take to sign: a person may have to type a PIN or touch a token.
const SIGNING: Duration = Duration::from_secs(60);
/// The most it may print to either output, in bytes.
const OUTPUT: u64 = 16 << 10;
/// How often its end is looked for.
const PAUSE: Duration = Duration::from_millis(5);

/// Why a program is of no use.
#[derive(Debug, thiserror::Error)]
enum ProgramError {
    #[error("{0} can't be run: {1}")]
    Io(String, std::io::Error),
    #[error("{name} took longer than {} seconds", .time.as_secs())]
    Slow { name: String, time: Duration },
    #[error("{0} printed more than {OUTPUT} bytes")]
    Long(String),
    #[error("{0} refused ({1}): {2}")]
    Refused(String, ExitStatus, String),
}

/// A program that signs for one key.
pub(crate) struct ProgramKey {
    words: Vec<String>,
    public: PublicKey,
}

impl ProgramKey {
    /// Asks a program for its public key.
    ///
    /// # Errors
    /// If it can't be run, refuses, or prints something else.
    pub(crate) fn open(words: &[String]) -> anyhow::Result<Self> {
        const HINT: &str = "docs/signers.md tells what a signing program must do";
        let answer =
            ask(words, "public", &[], NAMING).map_err(|error| hinted(error.to_string(), HINT))?;
        let public = PublicKey::from_pem(&String::from_utf8_lossy(&answer))
            .map_err(|error| hinted(format!("{} public: {error}", words.join(" ")), HINT))?;
        Ok(Self {
            words: words.to_vec(),
            public,
        })
    }
}

impl Signer for ProgramKey {
    fn public(&self) -> PublicKey {
        self.public
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LEN], SignError> {
        let answer = ask(&self.words, "sign", message, SIGNING)
            .map_err(|error| SignError::Refused(error.to_string()))?;
        answer.try_into().map_err(|_| SignError::BadSignature)
    }
}

/// Runs a program with one more argument, to its end.
fn ask(
    words: &[String],
    request: &str,
    input: &[u8],
    time: Duration,
) -> Result<Vec<u8>, ProgramError> {
    let name = words.first().cloned().unwrap_or_default();
    let failed = |error| ProgramError::Io(name.clone(), error);
    let mut child = Command::new(&name)
        .args(words.iter().skip(1))
        .arg(request)
        .env_remove(keys::VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let answer = converse(&name, &mut child, input, time);
    // Both fail only where there is nothing left to end.
    child.kill().unwrap_or_default();
    child.wait().map(drop).unwrap_or_default();
    answer
}

fn converse(
    name: &str,
    child: &mut Child,
    input: &[u8],
    time: Duration,
) -> Result<Vec<u8>, ProgramError> {
    let end = Instant::now() + time;
    let slow = || ProgramError::Slow {
        name: name.to_owned(),
        time,
    };
    let failed = |error| ProgramError::Io(name.to_owned(), error);
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A program that refuses need not read; its exit code tells.
        std::thread::spawn(move || stdin.write_all(&input));
    }
    let printed = child.stdout.take().map(collect);
    let told = child.stderr.take().map(collect);
    let gathered = |from: Option<mpsc::Receiver<std::io::Result<Vec<u8>>>>| {
        let Some(from) = from else {
            return Ok(Vec::new());
        };
        let left = end.saturating_duration_since(Instant::now());
        let bytes = from
            .recv_timeout(left)
            .map_err(|_| slow())?
            .map_err(failed)?;
        if bytes.len() as u64 > OUTPUT {
            return Err(ProgramError::Long(name.to_owned()));
        }
        Ok(bytes)
    };
    let printed = gathered(printed)?;
    let told = gathered(told)?;
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if Instant::now() >= end {
            return Err(slow());
        }
        std::thread::sleep(PAUSE);
    };
    if status.success() {
        return Ok(printed);
    }
    let told = String::from_utf8_lossy(&told).trim().to_owned();
    Err(ProgramError::Refused(name.to_owned(), status, told))
}

/// Reads to the end in a thread of its own, one byte more than is allowed.
fn collect(from: impl Read + Send + 'static) -> mpsc::Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = from.take(OUTPUT + 1).read_to_end(&mut bytes);
        sender.send(read.map(|_| bytes))
    });
    receiver
}
