//! How answers look: text for people, JSON for programs. Whatever comes from
//! documents or names is escaped.

use std::io::{IsTerminal as _, Write as _};

use docledger::authority::{Authority, Refusal};
use docledger::digest::LeafHash;
use docledger::encoding::cbor::Value;
use docledger::log::Checkpoint;
use docledger::registry::{Committed, Entry};
use docledger::replay::Suspension;
use docledger::statement::{Document, KeyId, Language};
use serde_json::{Map, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// How wide answers for people are.
const COLUMNS: usize = 80;

/// Text without control characters, which could forge what a terminal shows.
pub(crate) fn escape(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if is_harmful(c) {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// Text on one line.
pub(crate) fn one_line(text: &str) -> String {
    escape(text).replace('\n', "\\n")
}

/// How many columns a terminal gives a text.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// Text cut to a number of columns, with an ellipsis where it was cut.
pub(crate) fn shortened(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if columns(&short) + c.width().unwrap_or(0) + 1 > room {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// Writes to standard output.
pub(crate) fn out(text: &str) -> anyhow::Result<()> {
    let mut stdout = anstream::stdout();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()?;
    Ok(())
}

/// Writes one JSON object on a line.
pub(crate) fn json_line(value: &serde_json::Value) -> anyhow::Result<()> {
    out(&json_text(value))
}

/// A JSON object on a line.
pub(crate) fn json_text(value: &serde_json::Value) -> String {
    // What a terminal might obey stands in strings only, and may be escaped there.
    let mut line = String::new();
    for character in value.to_string().chars() {
        match character {
            harmful if is_harmful(harmful) => {
                line.push_str(&format!("\\u{:04x}", harmful as u32));
            }
            other => line.push(other),
        }
    }
    line + "\n"
}

/// Whether a character may forge what a terminal shows.
fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Writes a remark to standard error: on a terminal in lines that fit it, else
/// as it is, a line each.
pub(crate) fn remark(text: &str) {
    let mut told = String::new();
    for line in escape(text).lines() {
        if std::io::stderr().is_terminal() {
            let indent = line.len() - line.trim_start().len();
            let parts = wrap(line.trim_start(), COLUMNS.saturating_sub(indent + 2));
            for (number, part) in parts.iter().enumerate() {
                let deeper = indent + if number > 0 { 2 } else { 0 };
                told.push_str(&format!("{:deeper$}{part}\n", ""));
            }
        } else {
            told.push_str(line);
            told.push('\n');
        }
    }
    // Nobody is left to tell if standard error is closed.
    anstream::stderr()
        .write_all(told.as_bytes())
        .unwrap_or_default();
}

/// Writes a JSON object on a line of standard error.
#[cfg(feature = "net")]
pub(crate) fn json_remark(value: &serde_json::Value) {
    // Nobody is left to tell if standard error is closed.
    anstream::stderr()
        .write_all(json_text(value).as_bytes())
        .unwrap_or_default();
}

/// A point in time, as RFC 3339 in UTC.
pub(crate) fn time(seconds: u64) -> String {
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|s| OffsetDateTime::from_unix_timestamp(s).ok());
    time.and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| format!("@{seconds}"))
}

/// How many whole days have passed since a time as [`time`] writes it; `None` if
/// it is none, or to come.
pub(crate) fn days_since(when: &str) -> Option<u64> {
    let then = OffsetDateTime::parse(when, &Rfc3339).ok()?;
    let now = i64::try_from(super::machine::now()).ok()?;
    let passed = now.checked_sub(then.unix_timestamp())?;
    u64::try_from(passed / (24 * 60 * 60))
        .ok()
        .filter(|_| passed >= 0)
}

/// Who signed an entry, or what speaks against it.
/// `doubt` is that; `suspension` is why the entry does not count, if it does not.
pub(crate) fn signer(
    authority: &Authority,
    entry: &Entry,
    doubt: Option<Refusal>,
    suspension: Option<&Suspension>,
) -> String {
    let who = signing_key(authority, entry);
    let unmet = entry.statement.unmet();
    let void = authority.void(&entry.statement, entry.index);
    match (doubt, suspension) {
        (None, Some(Suspension::Awaiting)) => {
            format!("{who}; not established: it waits for a second officer")
        }
        (None, _) if void.is_some() => format!("{who}, and endorsed by another officer"),
        (None, _) => unmet.map_or(who.clone(), |unmet| {
            format!("{who}; not established: {unmet}")
        }),
        (Some(doubt), _) if doubt.is_void() => format!("{who}, {doubt}"),
        (Some(doubt), _) => format!("NOT {who}: {doubt}; run `docledger verify`"),
    }
}

/// The key that an entry names: the name the ledger gives the key, and its first digits.
fn signing_key(authority: &Authority, entry: &Entry) -> String {
    let KeyId::Thumbprint(id) = &entry.statement.envelope.key_id else {
        return "unknown key".to_owned();
    };
    let life = authority.key(id);
    let short = &id.to_string()[..8];
    match life.map(|life| (life.role.as_str(), &life.name)) {
        Some((_, Some(name))) => format!("{} ({short})", one_line(name)),
        Some((role, None)) => format!("{role} {short}"),
        None => format!("unknown key {short}"),
    }
}

/// The fields of a record that describe the document, for people, in order.
pub(crate) fn described(document: &Document) -> Vec<(&'static str, String)> {
    let record = &document.record;
    let mut fields = Vec::new();
    let mut add = |name, value: String| {
        if !value.is_empty() {
            fields.push((name, value));
        }
    };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let date = |value: &Option<docledger::statement::PartialDate>| {
        value.map(|d| d.to_string()).unwrap_or_default()
    };
    add("symbol", record.identifier.join(" – "));
    add("as printed", text(&record.identifier_printed));
    add(
        "version",
        format!("{} ({})", record.version, record.change.as_str()),
    );
    add("language", record.language.to_string());
    add("original", tags(&record.original_language));
    add("title", text(&record.title));
    add("type", text(&record.document_type));
    add("date", date(&record.issued));
    add("letter date", date(&record.created));
    add("adopted", date(&record.adopted));
    add("received", date(&record.received));
    add("reissued", date(&record.reissued));
    add("distribution", text(&record.distribution));
    add("job number", text(&record.job_number));
    for body in &record.bodies {
        let mut parts = vec![body.name.clone()];
        parts.extend(body.session.clone());
        if !body.agenda.is_empty() {
            parts.push(format!("agenda {}", body.agenda.join(", ")));
        }
        add("body", parts.join("; "));
    }
    for signatory in &record.signatories {
        let title = signatory
            .title
            .as_ref()
            .map(|title| format!(", {title}"))
            .unwrap_or_default();
        add("signatory", format!("{}{title}", signatory.name));
    }
    for relation in &record.relations {
        add(
            "relation",
            format!(
                "{} {}{}",
                relation.kind.as_str(),
                relation.target,
                in_languages(&relation.languages)
            ),
        );
    }
    if let Some(source) = &record.source {
        add("from", text(&source.from));
        add("means", text(&source.means));
    }
    add("file name", text(&record.file_name));
    add("media type", document.media_type.clone());
    add("size", format!("{} bytes", record.size));
    add("SHA-256", document.digest.to_string());
    fields
}

/// Which fields a machine read and an officer left as they were.
pub(crate) fn left_as_read(document: &Document) -> Option<(&'static str, String)> {
    let proposed = &document.record.proposed;
    (!proposed.is_empty()).then(|| ("as read", proposed.join(", ")))
}

/// Language tags in a row.
pub(crate) fn tags(tags: &[Language]) -> String {
    let tags: Vec<_> = tags.iter().map(Language::as_str).collect();
    tags.join(", ")
}

/// To which languages something is restricted, if it is.
pub(crate) fn in_languages(languages: &[Language]) -> String {
    if languages.is_empty() {
        return String::new();
    }
    format!(" (in {})", tags(languages))
}

/// The value of a field, for people.
pub(crate) fn value_text(value: Option<&Value>) -> String {
    /// The keys of values that are maps, in the order flags have them.
    const KEYS: [&str; 9] = [
        "kind",
        "target",
        "languages",
        "name",
        "title",
        "session",
        "agenda",
        "from",
        "means",
    ];
    match value {
        None => "(blank)".to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let between = match items.first() {
                Some(Value::Map(_)) => " | ",
                _ => ", ",
            };
            let items: Vec<_> = items.iter().map(|item| value_text(Some(item))).collect();
            items.join(between)
        }
        Some(Value::Map(map)) => {
            let known = KEYS
                .iter()
                .filter_map(|key| map.get(&Value::Text((*key).to_owned())));
            let parts: Vec<_> = known.map(|value| value_text(Some(value))).collect();
            parts.join("; ")
        }
        Some(other) => docledger::encoding::cbor::diagnostic(other),
    }
}

/// Fields under each other, names aligned.
pub(crate) fn table(fields: &[(&'static str, String)]) -> String {
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let room = COLUMNS.saturating_sub(width + 4).max(20);
    let mut text = String::new();
    for (name, value) in fields {
        let mut name = *name;
        for part in wrap(&one_line(value), room) {
            text.push_str(format!("  {name:width$}  {part}").trim_end());
            text.push('\n');
            name = "";
        }
    }
    text
}

/// Text in lines that fit a terminal, all but the first indented.
pub(crate) fn paragraph(text: &str) -> String {
    let lines = wrap(&one_line(text), COLUMNS.saturating_sub(2));
    lines.join("\n  ") + "\n"
}

/// Words in lines of at most `width` characters. A longer word is cut, unless it
/// is ASCII: digests and addresses stay whole.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word: Vec<char> = word.chars().collect();
        let used = lines.last().map_or(0, |line| line.chars().count());
        if used > 0 && used + 1 + word.len() > width {
            lines.push(String::new());
        }
        while word.len() > width && !word.iter().all(char::is_ascii) {
            let rest = word.split_off(width);
            if let Some(last) = lines.last_mut() {
                last.extend(word);
            }
            lines.push(String::new());
            word = rest;
        }
        if let Some(last) = lines.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.extend(word);
        }
    }
    lines
}

/// Text in lines that fit, indented, and the second and later ones more.
pub(crate) fn indented(text: &str) -> String {
    let lines = wrap(text, COLUMNS - 4);
    let joined = lines.join("\n    ");
    format!("  {joined}\n")
}

/// A whole entry as JSON: its place, its claims, and its record as it stands.
pub(crate) fn entry_json(
    authority: &Authority,
    entry: &Entry,
    document: &Document,
    doubt: Option<Refusal>,
    suspension: Option<&Suspension>,
) -> serde_json::Value {
    let record = record_json(&document.record.to_value());
    json!({
        "entry": entry.index,
        "leaf": leaf(entry.leaf),
        "subject": entry.statement.envelope.subject,
        "registered": time(entry.statement.envelope.issued_at),
        "signer": signer(authority, entry, doubt, suspension),
        "suspended": suspension_json(suspension),
        "digest": document.digest.to_string(),
        "media_type": document.media_type,
        "record": record,
    })
}

/// Why an entry does not count, as JSON; null if it counts.
pub(crate) fn suspension_json(suspension: Option<&Suspension>) -> serde_json::Value {
    match suspension {
        None => serde_json::Value::Null,
        Some(Suspension::Void(why)) => json!({"kind": "void", "why": why.to_string()}),
        Some(Suspension::Awaiting) => json!({"kind": "awaiting", "why": AWAITING}),
    }
}

/// Why an entry does not count, in words.
pub(crate) fn suspension_text(suspension: &Suspension) -> String {
    match suspension {
        Suspension::Void(why) => why.to_string(),
        Suspension::Awaiting => AWAITING.to_owned(),
    }
}

/// What is said of an entry under four eyes.
const AWAITING: &str = "waits for a second officer's endorsement";

fn leaf(leaf: LeafHash) -> String {
    leaf.to_string()
}

/// CBOR as JSON; byte strings in hexadecimal.
pub(crate) fn record_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Bool(flag) => json!(flag),
        Value::Integer(number) => match (u64::try_from(*number), i64::try_from(*number)) {
            (Ok(number), _) => json!(number),
            (_, Ok(number)) => json!(number),
            _ => json!(number.to_string()),
        },
        Value::Text(text) => json!(text),
        Value::Bytes(bytes) => json!(
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        ),
        Value::Array(items) => items.iter().map(record_json).collect(),
        Value::Map(map) => {
            let pairs = map.iter().map(|(key, value)| {
                let key = match key {
                    Value::Text(key) => key.clone(),
                    other => record_json(other).to_string(),
                };
                (key, record_json(value))
            });
            serde_json::Value::Object(pairs.collect::<Map<_, _>>())
        }
        _ => serde_json::Value::Null,
    }
}

/// Tells what an append cleared and what it could not tidy up.
pub(crate) fn remark_on(committed: &Committed) {
    for path in &committed.cleared {
        remark(&format!(
            "cleared what an interrupted append had left: {}",
            path.display()
        ));
    }
    for error in &committed.untidied {
        remark(&format!("left for the next writer to tidy up: {error}"));
    }
}

/// What a policy of four eyes makes of what was just recorded.
pub(crate) fn remark_four_eyes(authority: &Authority) {
    if authority.policy().four_eyes {
        remark("it counts once another officer has endorsed it: `docledger key endorse ENTRY`");
    }
}

/// A head as programs see it.
pub(crate) fn head_json(head: &Checkpoint) -> serde_json::Value {
    json!({"size": head.size, "root": head.root.to_string()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_wrapped() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("абвгдежз ij", 3), ["абв", "где", "жз", "ij"]);
        assert_eq!(wrap("a bcdef", 3), ["a", "bcdef"]);
        assert_eq!(wrap("", 3), [""]);
    }
}
