//! Fields of a record as a person types them: on the command line, and in the
//! cells of a manifest.

use crate::digest::ContentDigest;
use crate::statement::{Body, Language, Relation, RelationKind, Signatory};
use crate::symbol::{JointSymbol, SymbolError};

/// A typed text that is no value of its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldTextError {
    /// Nothing but separators.
    #[error("it is blank; leave it out if it is not known")]
    Blank,
    /// A relation without a kind that is known.
    #[error(
        "{0:?} is no relation; write KIND SYMBOL, where KIND is one of {kinds}",
        kinds = RelationKind::ALL.map(|(_, word)| word).join(", ")
    )]
    Relation(String),
    /// A relation to something that can't be a symbol.
    #[error(transparent)]
    Symbol(#[from] SymbolError),
    /// A language that is no tag and no name that is known.
    #[error(
        "{0:?} is neither a language tag (BCP 47) nor the English name of an official language"
    )]
    Language(String),
}

/// The parts of a list, separated by semicolons; blank ones left out.
pub(super) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// `Name; title; title`.
///
/// # Errors
/// If there is no name.
pub fn signatory(text: &str) -> Result<Signatory, FieldTextError> {
    let mut parts = items(text).map(str::to_owned);
    let name = parts.next().ok_or(FieldTextError::Blank)?;
    let titles: Vec<_> = parts.collect();
    Ok(Signatory {
        name,
        title: (!titles.is_empty()).then(|| titles.join(", ")),
    })
}

/// `Name; session; agenda item; agenda item`.
///
/// # Errors
/// If there is no name.
pub fn body(text: &str) -> Result<Body, FieldTextError> {
    let mut parts = items(text).map(str::to_owned);
    Ok(Body {
        name: parts.next().ok_or(FieldTextError::Blank)?,
        session: parts.next(),
        agenda: parts.collect(),
    })
}

/// `kind symbol`, and for which languages if not all: `corrects S/2007/421:fr,es`.
/// A document without a symbol is named by its `ni:` name.
///
/// # Errors
/// If the kind is none of [`RelationKind::ALL`], or what follows is no symbol.
pub fn relation(text: &str) -> Result<Relation, FieldTextError> {
    let wrong = || FieldTextError::Relation(text.to_owned());
    let (word, rest) = text.trim().split_once(' ').ok_or_else(wrong)?;
    let kind = RelationKind::ALL
        .iter()
        .find(|(_, known)| *known == word)
        .ok_or_else(wrong)?
        .0;
    let (target, languages) = split_languages(rest.trim());
    let target = match ContentDigest::from_ni_name(target) {
        Some(_) => target.to_owned(),
        None => JointSymbol::parse(target)?.value.canonical().to_owned(),
    };
    Ok(Relation {
        kind,
        target,
        languages,
    })
}

/// `…:en,fr`, if what follows the last colon is language tags.
fn split_languages(text: &str) -> (&str, Vec<Language>) {
    let split = text.rsplit_once(':').map(|(rest, tags)| {
        let tags = tags.split(',').map(|tag| tag.trim().parse());
        (rest, tags.collect::<Result<_, _>>())
    });
    match split {
        Some((rest, Ok(languages))) if !rest.is_empty() => (rest, languages),
        _ => (text, Vec::new()),
    }
}

/// A relation as [`relation`] reads it.
#[must_use]
pub fn relation_text(relation: &Relation) -> String {
    let text = format!("{} {}", relation.kind.as_str(), relation.target);
    let tags: Vec<_> = relation
        .languages
        .iter()
        .map(|language| language.as_str())
        .collect();
    if tags.is_empty() {
        text
    } else {
        format!("{text}:{}", tags.join(","))
    }
}

/// A language tag, or the English name of an official language.
///
/// # Errors
/// If it is neither.
pub fn language(text: &str) -> Result<Language, FieldTextError> {
    let text = text.trim();
    Language::named(text)
        .or_else(|| text.parse().ok())
        .ok_or_else(|| FieldTextError::Language(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_read_back() {
        for text in [
            "corrects S/2007/421",
            "corrects S/2007/421:fr,es",
            "answers INV-2024-17",
            "adopts A/80/L.2/Rev.1",
        ] {
            assert_eq!(relation_text(&relation(text).expect("a relation")), text);
        }
        assert!(matches!(
            relation("mentions A/1"),
            Err(FieldTextError::Relation(_))
        ));
        assert!(matches!(
            relation("corrects"),
            Err(FieldTextError::Relation(_))
        ));
    }

    #[test]
    fn names_and_titles_are_parted_by_semicolons() {
        let found = signatory(" Ana Example ; Ambassador; Permanent Representative ").expect("one");
        assert_eq!(found.name, "Ana Example");
        assert_eq!(
            found.title.as_deref(),
            Some("Ambassador, Permanent Representative")
        );
        assert_eq!(signatory(" ; "), Err(FieldTextError::Blank));
        let found = body("General Assembly; Eightieth session; 35; 100 (a)").expect("one");
        assert_eq!(found.agenda, ["35", "100 (a)"]);
    }

    #[test]
    fn languages_are_tags_or_names() {
        assert_eq!(language("French").expect("a name").as_str(), "fr");
        assert_eq!(language("zh-Hans").expect("a tag").as_str(), "zh-Hans");
        assert!(language("Elvish").is_err());
    }
}
