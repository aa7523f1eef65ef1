//! PREMIS 3.0 (schema of 2016): documents and files as objects, what happened
//! to them as events, keys as agents. Types of events are those of the Library
//! of Congress where it has one.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Bytes, Item, ItemEvent, Package, Signer, key_uri, rfc3339};
use crate::digest::{ContentDigest, LedgerId};

const NAMESPACE: &str = "http://www.loc.gov/premis/v3";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The vocabulary of types of events.
const EVENT_TYPES: &str = "http://id.loc.gov/vocabulary/preservation/eventType";
/// How this program's own identifiers are typed.
const LOCAL: &str = "docledger";
/// This program as an agent.
const PROGRAM: &str = concat!("docledger ", env!("CARGO_PKG_VERSION"));

/// A type of event: the word, and its code in [`EVENT_TYPES`] if it has one.
type EventType = (&'static str, Option<&'static str>);

/// What registering a file is, in the order in which it is done.
const REGISTRATION: [EventType; 3] = [
    ("message digest calculation", Some("mes")),
    ("digital signature generation", Some("dsg")),
    ("ingestion", Some("ing")),
];

/// What an export does to each file.
const FIXITY_CHECK: EventType = ("fixity check", Some("fix"));

/// The type of an event about a document.
fn event_type(kind: &str) -> EventType {
    match kind {
        "amend" | "assign-symbol" | "distribution" => ("metadata modification", Some("mem")),
        "withdraw" => ("withdrawal", None),
        "endorse" => ("endorsement", None),
        _ => ("other", None),
    }
}

/// The pieces of the text, in order.
pub fn pieces(package: &Package) -> impl Iterator<Item = io::Result<Vec<u8>>> + '_ {
    let ledger = package.ledger;
    let mut documents: BTreeMap<u64, &Item> = BTreeMap::new();
    let mut agents: BTreeMap<String, &Signer> = BTreeMap::new();
    for item in &package.items {
        documents.entry(item.number).or_insert(item);
        agents.extend(agent_id(&item.signer).map(|id| (id, &item.signer)));
    }
    for event in &package.events {
        agents.extend(agent_id(&event.signer).map(|id| (id, &event.signer)));
    }
    let entities = documents
        .into_values()
        .map(move |item| piece(|xml| xml.entity(ledger, item)));
    let files = package.items.iter();
    let files = files.map(move |item| piece(|xml| xml.file(ledger, item)));
    let registrations = package.items.iter();
    let registrations = registrations.map(move |item| piece(|xml| xml.registration(ledger, item)));
    let day = rfc3339(package.now).unwrap_or_default();
    let day = day.split('T').next().unwrap_or_default().to_owned();
    let looked_at = package.items.iter();
    let looked_at = looked_at.filter(|item| item.bytes != Bytes::Unchecked);
    let checks = looked_at.map(move |item| piece(|xml| xml.fixity_check(ledger, item, &day)));
    let is_checked = package.items.iter().any(|it| it.bytes != Bytes::Unchecked);
    let program = is_checked.then(|| piece(Xml::program));
    let events = package.events.iter();
    let events = events.map(move |event| piece(|xml| xml.event(ledger, event)));
    let agents = agents.into_iter();
    let agents = agents.map(|(id, signer)| piece(|xml| xml.agent(&id, signer)));
    std::iter::once_with(|| piece(Xml::begin))
        .chain(entities)
        .chain(files)
        .chain(registrations)
        .chain(events)
        .chain(checks)
        .chain(agents)
        .chain(program)
        .chain(std::iter::once_with(|| piece(Xml::end)))
}

fn piece(write: impl FnOnce(&mut Xml) -> io::Result<()>) -> io::Result<Vec<u8>> {
    let mut xml = Xml(Writer::new(Vec::new()));
    write(&mut xml)?;
    Ok(xml.0.into_inner())
}

/// The identifier of an entry's file.
fn file_id(ledger: LedgerId, entry: u64) -> String {
    format!("{ledger}/entry/{entry}")
}

/// The identifier of a document.
fn document_id(ledger: LedgerId, number: u64) -> String {
    format!("{ledger}/document/{number}")
}

fn agent_id(signer: &Signer) -> Option<String> {
    signer.key.as_ref().map(key_uri)
}

struct Xml(Writer<Vec<u8>>);

impl Xml {
    fn begin(&mut self) -> io::Result<()> {
        let declaration = BytesDecl::new("1.0", Some("UTF-8"), None);
        self.0.write_event(Event::Decl(declaration))?;
        let mut root = BytesStart::new("premis");
        root.push_attribute(("xmlns", NAMESPACE));
        root.push_attribute(("xmlns:xsi", SCHEMA_INSTANCE));
        root.push_attribute(("version", "3.0"));
        self.0.write_event(Event::Start(root))
    }

    fn end(&mut self) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new("premis")))?;
        self.0.get_mut().push(b'\n');
        Ok(())
    }

    /// An element with text; characters that XML can't hold are replaced.
    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let plain: String = text
            .chars()
            .map(|c| if is_xml(c) { c } else { '\u{fffd}' })
            .collect();
        self.0
            .create_element(name)
            .write_text_content(BytesText::new(&plain))?;
        Ok(())
    }

    /// An element with others inside.
    fn within(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name)))?;
        write(self)?;
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    /// An identifier: `NAMEIdentifier` with type and value.
    fn identifier(&mut self, name: &str, (kind, value): (&str, &str)) -> io::Result<()> {
        self.within(&format!("{name}Identifier"), |xml| {
            xml.text(&format!("{name}IdentifierType"), kind)?;
            xml.text(&format!("{name}IdentifierValue"), value)
        })
    }

    fn object(
        &mut self,
        kind: &str,
        write: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut object = BytesStart::new("object");
        object.push_attribute(("xsi:type", kind));
        self.0.write_event(Event::Start(object))?;
        write(self)?;
        self.0.write_event(Event::End(BytesEnd::new("object")))
    }

    fn property(&mut self, kind: &str, value: &str) -> io::Result<()> {
        self.within("significantProperties", |xml| {
            xml.text("significantPropertiesType", kind)?;
            xml.text("significantPropertiesValue", value)
        })
    }

    fn relationship(&mut self, (kind, sub_kind): (&str, &str), to: (&str, &str)) -> io::Result<()> {
        self.within("relationship", |xml| {
            xml.text("relationshipType", kind)?;
            xml.text("relationshipSubType", sub_kind)?;
            xml.identifier("relatedObject", to)
        })
    }

    /// A document, by one of its files.
    fn entity(&mut self, ledger: LedgerId, item: &Item) -> io::Result<()> {
        self.object("intellectualEntity", |xml| {
            xml.identifier("object", (LOCAL, &document_id(ledger, item.number)))?;
            for symbol in &item.symbols {
                xml.identifier("object", ("symbol", symbol))?;
            }
            if item.is_named_by_file() {
                xml.identifier("object", ("URI", &item.subject))?;
            }
            Ok(())
        })
    }

    fn file(&mut self, ledger: LedgerId, item: &Item) -> io::Result<()> {
        let record = &item.document.record;
        self.object("file", |xml| {
            xml.identifier("object", (LOCAL, &file_id(ledger, item.entry)))?;
            xml.identifier("object", ("URI", &item.document.digest.ni_name()))?;
            xml.property("status", &item.status)?;
            xml.property("content at export", item.bytes.as_str())?;
            xml.property("language", record.language.as_str())?;
            xml.property("version", &record.version.to_string())?;
            if let Some(title) = &record.title {
                xml.property("title", title)?;
            }
            xml.within("objectCharacteristics", |xml| {
                xml.within("fixity", |xml| {
                    xml.text("messageDigestAlgorithm", "SHA-256")?;
                    xml.text("messageDigest", &item.document.digest.to_string())
                })?;
                xml.text("size", &record.size.to_string())?;
                xml.within("format", |xml| {
                    xml.within("formatDesignation", |xml| {
                        xml.text("formatName", &item.document.media_type)
                    })
                })
            })?;
            if let Some(name) = &record.file_name {
                xml.text("originalName", name)?;
            }
            let path = format!("{}/{}", super::bagit::PAYLOAD, item.path);
            xml.within("storage", |xml| {
                xml.within("contentLocation", |xml| {
                    xml.text("contentLocationType", "path in a bag")?;
                    xml.text("contentLocationValue", &path)
                })
            })?;
            let document = document_id(ledger, item.number);
            xml.relationship(("structural", "represents"), (LOCAL, &document))?;
            for relation in &record.relations {
                let kind = relation.kind.as_str();
                let is_name = ContentDigest::from_ni_name(&relation.target).is_some();
                let typed = if is_name { "URI" } else { "symbol" };
                xml.relationship(("reference", kind), (typed, &relation.target))?;
            }
            for (kind, _) in REGISTRATION {
                let id = registration_id(ledger, item.entry, kind);
                xml.identifier("linkingEvent", (LOCAL, &id))?;
            }
            Ok(())
        })
    }

    fn registration(&mut self, ledger: LedgerId, item: &Item) -> io::Result<()> {
        let record = &item.document.record;
        for (kind, code) in REGISTRATION {
            let detail = match kind {
                "ingestion" => format!(
                    "registered as version {} in {} ({}), entry {}",
                    record.version,
                    record.language,
                    record.change.as_str(),
                    item.entry
                ),
                "message digest calculation" => "SHA-256 of the file as received".to_owned(),
                _ => "Ed25519 signature of the statement (COSE_Sign1)".to_owned(),
            };
            let outcome = (kind == "ingestion").then_some(item.status.as_str());
            let id = registration_id(ledger, item.entry, kind);
            let agent = agent_id(&item.signer);
            self.happened(
                (&id, (kind, code), &time(item.registered)),
                (&detail, outcome),
                agent.as_deref().map(|agent| ("URI", agent)),
                &file_id(ledger, item.entry),
            )?;
        }
        Ok(())
    }

    fn event(&mut self, ledger: LedgerId, event: &ItemEvent) -> io::Result<()> {
        let detail = [&event.kind, &event.detail, &event.reason];
        let detail: Vec<_> = detail.into_iter().filter(|text| !text.is_empty()).collect();
        let detail = detail.into_iter().cloned().collect::<Vec<_>>().join(": ");
        let about = match event.target {
            Some(target) => file_id(ledger, target),
            None => document_id(ledger, event.number),
        };
        let outcome = if event.effective {
            "in effect"
        } else {
            "without effect"
        };
        let id = file_id(ledger, event.entry);
        let agent = agent_id(&event.signer);
        self.happened(
            (&id, event_type(&event.kind), &time(event.registered)),
            (&detail, Some(outcome)),
            agent.as_deref().map(|agent| ("URI", agent)),
            &about,
        )
    }

    /// That the bytes were held against the statement when they were exported.
    fn fixity_check(&mut self, ledger: LedgerId, item: &Item, day: &str) -> io::Result<()> {
        let outcome = match item.bytes {
            Bytes::Present => "pass",
            Bytes::Damaged => "fail",
            Bytes::Missing | Bytes::Unchecked => "missing",
        };
        let file = file_id(ledger, item.entry);
        self.happened(
            (&format!("{file}/fixity-check/{day}"), FIXITY_CHECK, day),
            ("SHA-256 at export", Some(outcome)),
            Some((LOCAL, PROGRAM)),
            &file,
        )
    }

    fn program(&mut self) -> io::Result<()> {
        self.within("agent", |xml| {
            xml.identifier("agent", (LOCAL, PROGRAM))?;
            xml.text("agentName", "docledger")?;
            xml.text("agentType", "software")?;
            xml.text("agentVersion", env!("CARGO_PKG_VERSION"))
        })
    }

    fn happened(
        &mut self,
        (id, kind, when): (&str, EventType, &str),
        (detail, outcome): (&str, Option<&str>),
        agent: Option<(&str, &str)>,
        about: &str,
    ) -> io::Result<()> {
        self.within("event", |xml| {
            xml.identifier("event", (LOCAL, id))?;
            xml.event_type(kind)?;
            xml.text("eventDateTime", when)?;
            xml.within("eventDetailInformation", |xml| {
                xml.text("eventDetail", detail)
            })?;
            if let Some(outcome) = outcome {
                xml.within("eventOutcomeInformation", |xml| {
                    xml.text("eventOutcome", outcome)
                })?;
            }
            if let Some(agent) = agent {
                xml.identifier("linkingAgent", agent)?;
            }
            xml.identifier("linkingObject", (LOCAL, about))
        })
    }

    fn event_type(&mut self, (word, code): EventType) -> io::Result<()> {
        let Some(code) = code else {
            return self.text("eventType", word);
        };
        let value = format!("{EVENT_TYPES}/{code}");
        let element = self.0.create_element("eventType").with_attributes([
            ("authority", "eventType"),
            ("authorityURI", EVENT_TYPES),
            ("valueURI", value.as_str()),
        ]);
        element.write_text_content(BytesText::new(word))?;
        Ok(())
    }

    fn agent(&mut self, id: &str, signer: &Signer) -> io::Result<()> {
        self.within("agent", |xml| {
            xml.identifier("agent", ("URI", id))?;
            if let Some(name) = &signer.name {
                xml.text("agentName", name)?;
                xml.text("agentType", "person")?;
            }
            let thumbprint = signer.key.map(|key| key.to_string()).unwrap_or_default();
            xml.text("agentNote", &format!("Ed25519 key {thumbprint}"))
        })
    }
}

fn time(seconds: u64) -> String {
    rfc3339(seconds).unwrap_or_default()
}

fn registration_id(ledger: LedgerId, entry: u64, kind: &str) -> String {
    format!("{}/{}", file_id(ledger, entry), kind.replace(' ', "-"))
}

/// Whether XML 1.0 can hold a character.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use quick_xml::Reader;

    use super::super::{Pieces, tests::package};
    use super::*;

    #[test]
    fn what_records_hold_is_text_and_never_markup() {
        let package = package();
        let mut text = String::new();
        let mut read = Pieces::new(pieces(&package));
        read.read_to_string(&mut text).expect("reads");
        let mut reader = Reader::from_str(&text);
        let (mut open, mut names) = (Vec::new(), Vec::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(element) => {
                    let name = AsRef::<str>::as_ref(&element.name()).to_owned();
                    open.push(name.clone());
                    names.push(name);
                }
                Event::End(_) => drop(open.pop()),
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(open.is_empty());
        let count = |name: &str| names.iter().filter(|known| *known == name).count();
        // A document and its file; its registration, withdrawal and check; a key
        // and this program.
        let counts = ["premis", "object", "event", "agent"].map(count);
        assert_eq!(counts, [1, 2, 5, 2]);
        for expected in [
            "=1+1 &lt;/premis&gt;]]&gt;&amp;\u{fffd}\u{fffd}<",
            "<eventType>withdrawal</eventType>",
            "withdraw: a &lt;mistake&gt;<",
            "valueURI=\"http://id.loc.gov/vocabulary/preservation/eventType/ing\"",
            "<agentName>&lt;A. Deputy&gt;</agentName>",
            "<eventDateTime>2024-02-19T00:00:01Z</eventDateTime>",
            "<eventDateTime>2024-02-19</eventDateTime>",
            "<eventOutcome>pass</eventOutcome>",
        ] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }
}
