//! The text of a file, read where it can do no harm.
//!
//! Plain text is read here. Every other kind is read by a child process, this
//! program called anew, with limits on its time, memory and stack: whatever a
//! hostile file makes a parser do ends there. The file goes to its standard
//! input; it answers with [`write`] on its standard output.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context as _;
use docledger::digest::ContentDigest;
use docledger::reading::{Kind, Limits, Line, ReadError, Text, media_type, read};
use docledger::statement::Document;
use docledger::store::Contents as _;
use serde_json::{Value, json};

use super::args::Args;
use super::error::hinted;
use super::machine::NamedFile;
use super::{Outcome, machine, render};

/// How long one file may be read.
const TIME: Duration = Duration::from_secs(8);
/// The most memory a child may write to, its stack included, in bytes.
const MEMORY: u64 = 400 << 20;
/// The stack of a child's parser, in bytes.
const STACK: usize = 64 << 20;
/// The most a child answers, in bytes: the longest text with every character
/// escaped, and the frame of each line.
const ANSWER: u64 = 512 << 20;

/// The text of a registered file; what a reader should know goes to standard
/// error. The bytes are checked against their digest.
pub(crate) fn registered(args: &Args, document: &Document, name: &str) -> anyhow::Result<Text> {
    let Some(file) = machine::ledger_dir(args).open_document(&document.digest)? else {
        return Err(hinted(
            format!("the file of {name} is not in this ledger"),
            "run `docledger verify`",
        ));
    };
    let bytes = bytes(file, name)?;
    if ContentDigest::of(&bytes) != document.digest {
        return Err(hinted(
            format!("the stored file of {name} is damaged"),
            "run `docledger verify`",
        ));
    }
    let recorded = &document.media_type;
    let text = match Kind::of(recorded) {
        Some(_) => read_text(recorded, bytes),
        None => read_text(
            &media_type(document.record.file_name.as_deref(), &bytes),
            bytes,
        ),
    };
    let text = text.with_context(|| name.to_owned())?;
    for warning in &text.warnings {
        render::remark(&format!("{name}: {warning}"));
    }
    Ok(text)
}

/// The text of a file that a user named.
pub(crate) fn named(file: &NamedFile, media_type: &str) -> anyhow::Result<Text> {
    let name = file.name().to_string_lossy();
    let opened = file.open().with_context(|| name.clone().into_owned())?;
    read_text(media_type, bytes(opened, &name)?)
}

/// All bytes of a file, if they are not more than is read.
fn bytes(file: impl Read, name: &str) -> anyhow::Result<Vec<u8>> {
    let most = Limits::default().input;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(|| name.to_owned())?;
    if bytes.len() > most {
        return Err(hinted(
            format!("{name} is longer than {} MiB", most >> 20),
            "its text is not read; its bytes are registered and verified all the same",
        ));
    }
    Ok(bytes)
}

/// The text of a file of a media type.
pub(crate) fn read_text(media_type: &str, bytes: Vec<u8>) -> anyhow::Result<Text> {
    match Kind::of(media_type) {
        Some(Kind::Plain) => Ok(read(media_type, &bytes, Limits::default())?),
        Some(_) => by_child(media_type, bytes),
        None => Err(hinted(
            format!("the text of {media_type} is not read"),
            "plain text, Markdown, HTML, DOCX, ODT and PDF can be read",
        )),
    }
}

fn by_child(media_type: &str, bytes: Vec<u8>) -> anyhow::Result<Text> {
    let program = std::env::current_exe().context("this program can't find itself")?;
    let mut child = Command::new(program)
        .args(["read-text", "--media-type", media_type])
        // Nothing the parent holds, such as a passphrase, is the child's.
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("the process that reads the file can't be started")?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        anyhow::bail!("the process that reads the file has no input or output")
    };
    // A child that ends early closes its input; its answer tells why.
    std::thread::spawn(move || input.write_all(&bytes));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(parse(output)));
    let answer = receiver.recv_timeout(TIME);
    stop(&mut child);
    match answer {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(hinted(
            ReadError::Crashed.to_string(),
            "it may be damaged, too large, or made to do harm",
        )),
        Err(_) => Err(hinted(
            format!(
                "reading the file took longer than {} seconds",
                TIME.as_secs()
            ),
            "it may be damaged or made to do harm",
        )),
    }
}

/// Ends a child that may have ended by itself, and forgets it.
fn stop(child: &mut Child) {
    // Both fail only where there is nothing left to end.
    child.kill().unwrap_or_default();
    child.wait().map(drop).unwrap_or_default();
}

/// The whole work of a child: its answer tells what went wrong, too.
pub(crate) fn child(media_type: &str) -> anyhow::Result<Outcome> {
    limit()?;
    // What panics is told by the answer; nobody sees the message.
    std::panic::set_hook(Box::new(|_| {}));
    let mut stdout = std::io::stdout().lock();
    match on_own_stack(media_type) {
        Ok(text) => write(&text, &mut stdout)?,
        Err(error) => writeln!(stdout, "{}", json!({"error": format!("{error:#}")}))?,
    }
    stdout.flush()?;
    Ok(Outcome::Good)
}

fn on_own_stack(media_type: &str) -> anyhow::Result<Text> {
    let bytes = bytes(std::io::stdin().lock(), "standard input")?;
    let media_type = media_type.to_owned();
    let parser = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || read(&media_type, &bytes, Limits::default()))?;
    match parser.join() {
        Ok(text) => Ok(text?),
        Err(_) => Err(ReadError::Crashed.into()),
    }
}

/// Takes memory, time and core dumps from this process.
#[cfg(unix)]
fn limit() -> anyhow::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let limits = [
        (Resource::Data, MEMORY),
        // Should the parent be gone.
        (Resource::Cpu, TIME.as_secs() + 1),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most),
        };
        setrlimit(resource, limit).context("limits can't be set")?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn limit() -> anyhow::Result<()> {
    Ok(())
}

/// Writes a text as JSON, one object a line: what holds for all of it, then
/// each line.
pub(crate) fn write(text: &Text, to: &mut impl Write) -> anyhow::Result<()> {
    let head = json!({
        "schema": "docledger.text/1",
        "language": text.language,
        "warnings": text.warnings,
        "lines": text.lines.len(),
    });
    let mut to = std::io::BufWriter::new(to);
    writeln!(to, "{head}")?;
    for line in &text.lines {
        writeln!(to, "{}", json!({"page": line.page, "text": line.text}))?;
    }
    to.flush()?;
    Ok(())
}

/// Reads what a child wrote: a text, or its refusal. Anything else, such as half
/// an answer, is an error of the outer kind.
fn parse(output: impl Read) -> anyhow::Result<anyhow::Result<Text>> {
    let mut answer = BufReader::new(output.take(ANSWER)).lines();
    let mut next = || -> anyhow::Result<Value> {
        let line = answer.next().context("the answer ends early")??;
        Ok(serde_json::from_str(&line)?)
    };
    let head = next()?;
    if let Some(error) = head["error"].as_str() {
        return Ok(Err(hinted(
            error.to_owned(),
            "the file itself can be registered all the same",
        )));
    }
    let count = head["lines"].as_u64().context("no count of lines")?;
    let mut text = Text {
        lines: Vec::new(),
        language: head["language"].as_str().map(str::to_owned),
        warnings: Vec::new(),
    };
    let warnings = head["warnings"].as_array().into_iter().flatten();
    text.warnings
        .extend(warnings.filter_map(Value::as_str).map(str::to_owned));
    for _ in 0..count {
        let line = next()?;
        text.lines.push(Line {
            page: u32::try_from(line["page"].as_u64().context("no page")?)?,
            text: line["text"].as_str().context("no text")?.to_owned(),
        });
    }
    Ok(Ok(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_survives_the_way_from_child_to_parent() {
        let text = Text {
            lines: vec![
                Line {
                    page: 1,
                    text: "a\tb \"\u{7}\u{2028}".to_owned(),
                },
                Line {
                    page: 2,
                    text: String::new(),
                },
            ],
            language: Some("fr".to_owned()),
            warnings: vec!["w".to_owned()],
        };
        let mut wire = Vec::new();
        write(&text, &mut wire).expect("writes");
        assert_eq!(
            parse(wire.as_slice()).expect("whole").expect("a text"),
            text
        );
        wire.pop();
        wire.truncate(wire.len() - 5);
        assert!(parse(wire.as_slice()).is_err(), "half an answer");
    }
}
