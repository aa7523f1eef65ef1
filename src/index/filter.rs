//! What is asked for, but for the words of title and contents.

use time::{Date, PrimitiveDateTime, Time};

use super::facts::{BodyFacts, DateField, Facts, SymbolFacts};
use super::words::{Folded, Phrase};
use crate::statement::Language;
use crate::symbol::{Scope, SymbolKey};

/// Conditions that all must hold of an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A symbol that begins with these components.
    pub symbol: Option<Scope>,
    /// A symbol of this family: without suffixes it is this one.
    pub family: Option<SymbolKey>,
    /// A relation to this document.
    pub related_to: Option<SymbolKey>,
    /// An organ, its session and its agenda item, all of one organ.
    pub body: BodyFilter,
    /// Words of a signatory's name or title.
    pub signatory: Option<Phrase>,
    /// Words of the distribution.
    pub distribution: Option<Phrase>,
    /// Words of the kind of document.
    pub document_type: Option<Phrase>,
    /// The language, or one that it covers: `zh` covers `zh-Hans`.
    pub language: Option<Language>,
    /// The first digits of the thumbprint of the key that signed.
    pub officer: Option<String>,
    /// A date that can be this day or later.
    pub since: Option<Date>,
    /// A date that can be this day or earlier.
    pub until: Option<Date>,
    /// Which date it is, and that there is one; without it, the one the document
    /// goes by.
    pub date_of: Option<DateField>,
    /// Which versions are asked for.
    pub moment: Moment,
}

/// Conditions that one organ must fulfil.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodyFilter {
    /// Words of its name.
    pub name: Option<Phrase>,
    /// Words of its session or year.
    pub session: Option<Phrase>,
    /// Words of an agenda item.
    pub agenda: Option<Phrase>,
}

/// Which versions of a document, in each language, are asked for. Without any
/// condition: the newest, with its renditions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// Only versions whose date is surely not after this day.
    pub as_of: Option<Date>,
    /// Only entries that say they were registered not after this day (UTC).
    pub held: Option<Date>,
    /// All versions that are left then, not the newest one only.
    pub all_versions: bool,
    /// No renditions.
    pub principals_only: bool,
}

impl Filter {
    /// Whether anything is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether all conditions hold of an entry, but for being the newest of
    /// those that count.
    #[must_use]
    pub fn admits(&self, facts: &Facts) -> bool {
        let symbol = |scope: &Scope| facts.symbols.iter().any(|symbol| scope.covers(&symbol.key));
        let family = |key: &SymbolKey| {
            let mut symbols = facts.symbols.iter();
            symbols.any(|symbol: &SymbolFacts| symbol.family == *key)
        };
        let relation = |key: &SymbolKey| facts.relations.iter().any(|(_, target)| target == key);
        let language = |asked: &Language| covers(asked, &facts.language);
        let officer = |digits: &String| {
            let officer = facts.officer.as_ref();
            officer.is_some_and(|officer| officer.starts_with(digits.as_str()))
        };
        self.symbol.as_ref().is_none_or(symbol)
            && self.family.as_ref().is_none_or(family)
            && self.related_to.as_ref().is_none_or(relation)
            && self.body.admits(&facts.bodies)
            && any_holds(&self.signatory, &facts.signatories)
            && holds(&self.distribution, facts.distribution.as_ref())
            && holds(&self.document_type, facts.document_type.as_ref())
            && self.language.as_ref().is_none_or(language)
            && self.officer.as_ref().is_none_or(officer)
            && self.admits_date(facts)
            && self.moment.counts(facts)
            && !(self.moment.principals_only && facts.is_rendition)
    }
}

impl Filter {
    fn admits_date(&self, facts: &Facts) -> bool {
        let date = match self.date_of {
            None => facts.date,
            Some(asked) => {
                let mut dates = facts.dates.iter();
                dates.find(|(field, _)| *field == asked).map(|(_, s)| *s)
            }
        };
        match (date, self.since, self.until) {
            (Some((first, last)), since, until) => {
                since.is_none_or(|day| last >= day) && until.is_none_or(|day| first <= day)
            }
            (None, None, None) => self.date_of.is_none(),
            (None, ..) => false,
        }
    }
}

impl BodyFilter {
    /// Whether nothing is asked of organs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn admits(&self, bodies: &[BodyFacts]) -> bool {
        self.is_empty()
            || bodies.iter().any(|body| {
                holds(&self.name, Some(&body.name))
                    && holds(&self.session, body.session.as_ref())
                    && holds(&self.agenda, body.agenda.as_ref())
            })
    }
}

impl Moment {
    /// Whether every entry counts.
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.as_of.is_none() && self.held.is_none()
    }

    /// Whether documents are left out that another one, counting at this moment,
    /// revises: `Rev.1` replaces the text before it.
    #[must_use]
    pub fn leaves_out_revised(&self) -> bool {
        self.as_of.is_some() && !self.all_versions
    }

    /// Whether an entry counts at this moment: an undated one never counts on
    /// a day of document time.
    #[must_use]
    pub fn counts(&self, facts: &Facts) -> bool {
        let dated = |day: Date| facts.date.is_some_and(|(_, last)| last <= day);
        let held = self.held_seconds();
        self.as_of.is_none_or(dated) && held.is_none_or(|last| facts.registered <= last)
    }

    /// The last second of the day of registration that is asked for.
    pub(super) fn held_seconds(&self) -> Option<u64> {
        self.held.map(|day| {
            let last = PrimitiveDateTime::new(day, Time::MIDNIGHT).assume_utc();
            u64::try_from(last.unix_timestamp() + 86_399).unwrap_or(0)
        })
    }
}

fn holds(asked: &Option<Phrase>, text: Option<&Folded>) -> bool {
    let asked = asked.as_ref();
    asked.is_none_or(|phrase| text.is_some_and(|text| phrase.occurs_in(text)))
}

fn any_holds(asked: &Option<Phrase>, texts: &[Folded]) -> bool {
    let asked = asked.as_ref();
    asked.is_none_or(|phrase| texts.iter().any(|text| phrase.occurs_in(text)))
}

fn covers(asked: &Language, tag: &str) -> bool {
    let rest = tag.strip_prefix(asked.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}
