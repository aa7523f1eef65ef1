//! The register as JSON: a record a line.

use std::io::Read;

use docledger::export::{Item, ItemEvent, Package, Pieces, concerning};
use docledger::registry::Register;
use docledger::revision::Standings;
use serde_json::json;

use super::super::event::said_json;
use super::super::show;
use crate::cli::render;
use crate::cli::standing::Derived;

/// All records, one a line.
pub(super) fn rows<'a>(register: &'a Register, package: &'a Package) -> impl Read + 'a {
    let mut rows = Rows::new(register);
    let items = package.items.iter();
    Pieces::new(items.map(move |item| Ok(rows.row(item, &package.events))))
}

/// Writes records as lines.
pub(super) struct Rows<'a> {
    register: &'a Register,
    standings: Standings<'a>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(register: &'a Register) -> Self {
        Self {
            register,
            standings: Standings::new(register.history()),
        }
    }

    /// The line of a file.
    pub(super) fn row(&mut self, item: &Item, events: &[ItemEvent]) -> Vec<u8> {
        let derived = Derived::of(self.register, &self.standings, item.entry);
        let (Some(derived), Some(entry)) = (derived, self.register.entry(item.entry)) else {
            return Vec::new();
        };
        let mut object = show::to_json(self.register, entry, &item.document, &derived);
        object["schema"] = json!("docledger.record/1");
        object["number"] = json!(item.number);
        object["symbols"] = json!(item.symbols);
        object["status"] = json!(item.status);
        object["counts"] = json!(item.counts);
        object["content"] = json!(item.bytes.as_str());
        object["path"] = json!(item.path);
        object["key"] = json!(item.signer.key.map(|key| key.to_string()));
        let events = concerning(events, item);
        object["events"] = events.filter_map(|event| self.event(event)).collect();
        render::json_text(&object).into_bytes()
    }

    fn event(&self, event: &ItemEvent) -> Option<serde_json::Value> {
        let (_, record) = self.register.event(event.entry)?;
        let mut object = said_json(record);
        object["entry"] = json!(event.entry);
        object["target"] = json!(event.target);
        object["effective"] = json!(event.effective);
        object["registered"] = json!(render::time(event.registered));
        object["signer"] = json!(event.signer.said);
        object["key"] = json!(event.signer.key.map(|key| key.to_string()));
        Some(object)
    }
}
