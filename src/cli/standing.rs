//! How a file's standing looks: what superseded, corrected or withdrew it, and
//! what was amended in its record.

use docledger::authority::{Authority, Refusal};
use docledger::registry::{Entry, Register};
use docledger::replay::{Replay, Suspension};
use docledger::revision::{History, OpenReference, Reference, Siblings, Standing, Standings};
use docledger::statement::{Document, EventRecord, Matter, RelationKind};
use serde_json::{Map, json};

use super::render;

/// What each relation is called from the other side: a label, and a JSON key.
const PASSIVE: [(RelationKind, &str, &str); 7] = [
    (RelationKind::Revises, "superseded by", "superseded_by"),
    (RelationKind::Corrects, "corrected by", "corrected_by"),
    (
        RelationKind::Supplements,
        "supplemented by",
        "supplemented_by",
    ),
    (RelationKind::Amends, "amended by", "amended_by"),
    (RelationKind::Translates, "translated by", "translated_by"),
    (RelationKind::Adopts, "adopted by", "adopted_by"),
    (RelationKind::Answers, "answered by", "answered_by"),
];

/// The headline of a file that nothing stands against.
const CURRENT: &str = "current";

/// Where entries and what they come to are known: a register, or evidence out of
/// one.
pub(crate) trait Known {
    /// An entry by its index.
    fn entry(&self, index: u64) -> Option<&Entry>;

    /// Who may do what.
    fn authority(&self) -> &Authority;

    /// What the entries come to.
    fn replay(&self) -> &Replay;

    /// What speaks against an entry, as [`Register::doubt`] tells it.
    fn doubt(&self, index: u64) -> Option<Refusal>;

    /// All documents and events, as far as they count.
    fn history(&self) -> &History {
        self.replay().history()
    }

    /// Why an entry does not count, if it does not.
    fn suspension(&self, index: u64) -> Option<&Suspension> {
        self.replay().suspended().get(&index)
    }

    /// An entry that is a document statement, with its document.
    fn document(&self, index: u64) -> Option<(&Entry, &Document)> {
        let entry = self.entry(index)?;
        Some((entry, entry.document()?))
    }

    /// An entry that is an event, with its record.
    fn event(&self, index: u64) -> Option<(&Entry, &EventRecord)> {
        let entry = self.entry(index)?;
        match &entry.statement.matter {
            Matter::Event(event) => Some((entry, event)),
            _ => None,
        }
    }
}

impl Known for Register {
    fn entry(&self, index: u64) -> Option<&Entry> {
        self.entry(index)
    }

    fn authority(&self) -> &Authority {
        &self.authority
    }

    fn replay(&self) -> &Replay {
        &self.replay
    }

    fn doubt(&self, index: u64) -> Option<Refusal> {
        self.doubt(index)
    }
}

/// Everything that is derived about one registered file.
pub(crate) struct Derived<'a> {
    register: &'a dyn Known,
    entry: u64,
    standing: Standing<'a>,
    open: Vec<&'a OpenReference>,
    siblings: Siblings<'a>,
}

impl<'a> Derived<'a> {
    /// What is derived about the file of an entry, if it is a document entry.
    pub(crate) fn of(
        register: &'a dyn Known,
        standings: &'a Standings<'a>,
        entry: u64,
    ) -> Option<Self> {
        let document = register.history().by_entry(entry)?;
        let open = standings.open().iter();
        Some(Self {
            register,
            entry,
            standing: standings.of(entry)?,
            open: open.filter(|it| it.from == document.number).collect(),
            siblings: Siblings::of(document),
        })
    }

    /// The entries that its standing rests on and that are not the office's. That
    /// its own is void is told apart.
    fn unproven(&self) -> Vec<(u64, String)> {
        let newer = self.standing.newer.map(|newer| newer.index);
        let references = self.standing.references.iter().map(|it| it.from);
        let entries = [Some(self.entry), newer].into_iter().flatten();
        let doubt = |index| {
            let doubt = self.register.doubt(index)?;
            (!doubt.is_void()).then(|| (index, doubt.to_string()))
        };
        entries.chain(references).filter_map(doubt).collect()
    }

    /// `current`, or why it is not, in a few words.
    pub(crate) fn headline(&self) -> String {
        if let Some(suspension) = self.register.suspension(self.entry) {
            return match suspension {
                Suspension::Void(_) => "VOID".to_owned(),
                Suspension::Awaiting => format!(
                    "not established: it {}",
                    render::suspension_text(suspension)
                ),
            };
        }
        if let Some((index, doubt)) = self.unproven().into_iter().next() {
            return format!("not established, since entry #{index} is not the office's: {doubt}");
        }
        if let Some(by) = self.standing.withdrawn {
            return format!("withdrawn by entry #{by}");
        }
        let revision = || {
            Some(name(
                self.register,
                self.by(RelationKind::Revises).next()?.from,
            ))
        };
        match self.newer().or_else(revision) {
            Some(by) => format!("superseded by {by}"),
            None => CURRENT.to_owned(),
        }
    }

    /// What a reader must know before anything else: that it is not current, and
    /// what corrects it.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let headline = Some(self.headline()).filter(|headline| headline != CURRENT);
        let corrected = self.by(RelationKind::Corrects).map(|reference| {
            let from = name(self.register, reference.from);
            from + &render::in_languages(&reference.languages)
        });
        let corrected: Vec<_> = corrected.collect();
        let corrected = match corrected.as_slice() {
            [] => None,
            [first, second, _, rest @ ..] => {
                let more = rest.len() + 1;
                Some(format!("corrected by {first}, {second} and {more} more"))
            }
            by => Some(format!("corrected by {}", by.join(", "))),
        };
        headline.into_iter().chain(corrected).collect()
    }

    /// The newest version, as a target, if this is an earlier one.
    fn newer(&self) -> Option<String> {
        let newer = self.standing.newer?;
        let name = name(self.register, self.entry);
        let (_, document) = self.register.document(newer.index)?;
        let language = match self.siblings.present.len() {
            1 => String::new(),
            _ => format!(":{}", document.record.language),
        };
        Some(format!("{name}@{}{language}", newer.version))
    }

    /// Who endorsed the entry.
    fn endorsed(&self) -> impl Iterator<Item = String> {
        let endorsements = self.register.replay().endorsements(self.entry).iter();
        endorsements.filter_map(|endorsement| {
            let entry = self.register.entry(endorsement.by)?;
            let who = signer(self.register, entry);
            Some(format!("by {who} (entry #{})", endorsement.by))
        })
    }

    fn by(&self, kind: RelationKind) -> impl Iterator<Item = &Reference> {
        self.standing
            .references
            .iter()
            .copied()
            .filter(move |it| it.kind == kind)
    }

    /// The languages it is registered in.
    fn present(&self) -> Vec<&str> {
        let tags = self.siblings.present.iter();
        tags.map(|tag| tag.as_str()).collect()
    }

    /// The standing line by line.
    pub(crate) fn lines(&self) -> Vec<(&'static str, String)> {
        let unproven = self.unproven();
        let current = match (unproven.is_empty(), self.standing.is_current()) {
            (false, _) => "not established; run `docledger verify`",
            (true, true) => "yes",
            (true, false) => "no",
        };
        let mut lines = vec![("current", current.to_owned())];
        if let Some(suspension) = self.register.suspension(self.entry) {
            lines.push(("suspended", render::suspension_text(suspension)));
        }
        lines.extend(self.endorsed().map(|line| ("endorsed", line)));
        for (index, doubt) in unproven {
            lines.push(("unproven", format!("entry #{index}: {doubt}")));
        }
        if let Some(by) = self.standing.withdrawn {
            lines.push(("withdrawn", format!("by entry #{by}")));
        }
        if let Some((_, event)) = self
            .standing
            .withdrawn
            .and_then(|by| self.register.event(by))
        {
            lines.push(("  because", event.reason.clone()));
        }
        lines.extend(self.newer().map(|newer| ("superseded by", newer)));
        for (kind, label, _) in PASSIVE {
            lines.extend(self.by(kind).map(|reference| {
                let from = name(self.register, reference.from);
                let languages = render::in_languages(&reference.languages);
                (label, format!("{from} (#{}){languages}", reference.from))
            }));
        }
        let present = self.present();
        let missing = &self.siblings.missing;
        let missing = if missing.is_empty() {
            String::new()
        } else {
            format!("; not in {}", missing.join(", "))
        };
        lines.push(("languages", present.join(", ") + &missing));
        lines.extend(self.open.iter().map(|it| {
            let languages = render::in_languages(&it.languages);
            let said = format!("{} {}{languages}", it.kind.as_str(), it.target);
            ("open", format!("{said}, which is not registered"))
        }));
        lines
    }

    /// The standing as JSON.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        let mut object = Map::new();
        let mut put = |key: &str, value| object.insert(key.to_owned(), value);
        let unproven = self.unproven();
        let established = unproven.is_empty().then(|| self.standing.is_current());
        put("current", json!(established));
        let suspension = self.register.suspension(self.entry);
        put("suspended", render::suspension_json(suspension));
        put("endorsed", self.endorsed().collect());
        let unproven = unproven
            .iter()
            .map(|(entry, doubt)| json!({"entry": entry, "doubt": doubt}));
        put("unproven", unproven.collect());
        let withdrawn = self
            .standing
            .withdrawn
            .and_then(|by| self.register.event(by));
        let withdrawn = withdrawn.map(|(entry, event)| {
            json!({
                "entry": entry.index,
                "registered": render::time(entry.statement.envelope.issued_at),
                "signer": signer(self.register, entry),
                "reason": event.reason,
            })
        });
        put("withdrawn", json!(withdrawn));
        put(
            "newer_version",
            json!(self.standing.newer.map(|newer| newer.version)),
        );
        for (kind, _, key) in PASSIVE {
            let by = self.by(kind).map(|reference| {
                json!({
                    "number": reference.from,
                    "subject": subject(self.register, reference.from),
                    "languages": reference.languages.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
                })
            });
            put(key, by.collect());
        }
        let present = self.present();
        put(
            "languages",
            json!({"present": present, "missing": self.siblings.missing}),
        );
        put("open", self.open.iter().map(|it| open_json(it)).collect());
        serde_json::Value::Object(object)
    }
}

/// Who signed an entry, or what speaks against it.
pub(crate) fn signer(register: &dyn Known, entry: &Entry) -> String {
    let (doubt, suspension) = (
        register.doubt(entry.index),
        register.suspension(entry.index),
    );
    render::signer(register.authority(), entry, doubt, suspension)
}

/// What the document of an entry is called: its first symbol, if it has one.
pub(crate) fn name(register: &dyn Known, entry: u64) -> String {
    let document = register.history().by_entry(entry);
    let symbol = document.and_then(|document| document.symbols.first().cloned());
    symbol.unwrap_or_else(|| subject(register, entry))
}

/// The subject of the document of an entry.
pub(crate) fn subject(register: &dyn Known, entry: u64) -> String {
    let document = register.history().by_entry(entry);
    document.map_or_else(|| format!("#{entry}"), |document| document.subject.clone())
}

/// An open reference as JSON.
pub(crate) fn open_json(reference: &OpenReference) -> serde_json::Value {
    json!({
        "kind": reference.kind.as_str(),
        "target": reference.target,
        "languages": reference.languages.iter().map(|it| it.as_str()).collect::<Vec<_>>(),
    })
}

/// What was amended in the record of an entry, line by line.
pub(crate) fn amendments(register: &dyn Known, entry: u64) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    for (field, by) in register.history().amended_fields(entry) {
        let Some((event_entry, event)) = register.event(*by) else {
            continue;
        };
        let changes = event.event.changes();
        let change = changes.iter().find(|change| change.field == *field);
        let when = render::time(event_entry.statement.envelope.issued_at);
        let who = signer(register, event_entry);
        lines.push(("amended", format!("{} by entry #{by}", field.as_str())));
        lines.push(("", format!("{when} by {who}")));
        let old = change.and_then(|change| change.old.as_ref());
        lines.push(("  was", render::value_text(old)));
        lines.push(("  because", event.reason.clone()));
    }
    lines.extend(assignments(register, entry));
    lines
}

fn assignments(register: &dyn Known, entry: u64) -> Vec<(&'static str, String)> {
    let events = register.history().events_of(entry);
    let mut lines = Vec::new();
    for assigned in events.into_iter().flat_map(|events| &events.assigned) {
        let Some((event_entry, event)) = register.event(assigned.by) else {
            continue;
        };
        let symbols = assigned.identifier.join(" – ");
        let when = render::time(event_entry.statement.envelope.issued_at);
        let who = signer(register, event_entry);
        lines.push(("assigned", format!("{symbols} by entry #{}", assigned.by)));
        lines.push(("", format!("{when} by {who}")));
        lines.push(("  because", event.reason.clone()));
    }
    lines
}

/// What was amended in the record of an entry, as JSON.
pub(crate) fn amendments_json(register: &dyn Known, entry: u64) -> serde_json::Value {
    let fields = register.history().amended_fields(entry).iter();
    let amended = fields.filter_map(|(field, by)| {
        let (event_entry, event) = register.event(*by)?;
        let changes = event.event.changes();
        let change = changes.iter().find(|change| change.field == *field)?;
        Some(json!({
            "field": field.as_str(),
            "old": change.old.as_ref().map(render::record_json),
            "new": change.new.as_ref().map(render::record_json),
            "entry": by,
            "registered": render::time(event_entry.statement.envelope.issued_at),
            "signer": signer(register, event_entry),
            "reason": event.reason,
        }))
    });
    amended.collect()
}
