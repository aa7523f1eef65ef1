//! Takes typed fields out of a CBOR map with text keys; what is left over is
//! kept, never dropped.
//!
//! A record's reader takes each field it knows and asks for the rest at the
//! end. Errors name the field by its path (`signatories[0].name`).

use super::cbor::{Map, Value};
use crate::digest::DIGEST_LEN;

/// A field that is missing or not of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field {field:?}: {problem}")]
pub struct FieldError {
    /// The path of the field inside the record.
    pub field: String,
    /// What is wrong with it.
    pub problem: FieldProblem,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// A required field is absent.
    #[error("is missing")]
    Missing,
    /// Text expected.
    #[error("is not a text")]
    NotText,
    /// Absent fields are left out; an empty text or array is refused.
    #[error("is empty; what is not known is left out")]
    Empty,
    /// An unsigned integer expected.
    #[error("is not a whole number of at most 64 bits")]
    NotUint,
    /// An array expected.
    #[error("is not an array")]
    NotArray,
    /// A map expected.
    #[error("is not a map")]
    NotMap,
    /// A byte string expected.
    #[error("is not a byte string")]
    NotBytes,
    /// A digest expected.
    #[error("is not a byte string of 32 bytes")]
    NotDigest,
    /// Boolean expected.
    #[error("is not true or false")]
    NotBool,
    /// A map key that is no text.
    #[error("has a key that is not a text")]
    KeyNotText,
    /// The value is none of those the format knows.
    #[error("{0}")]
    Invalid(String),
}

/// A map being read, with the path that leads to it.
#[derive(Debug)]
pub struct Fields {
    path: String,
    map: Map,
    unread: Vec<String>,
}

impl Fields {
    /// Begins with a decoded value, which must be a map with text keys.
    ///
    /// # Errors
    /// If it is no map, or a key is no text.
    pub fn new(path: &str, value: Value) -> Result<Self, FieldError> {
        let problem = match value {
            Value::Map(map) if map.keys().all(|key| matches!(key, Value::Text(_))) => {
                return Ok(Self {
                    path: path.to_owned(),
                    map,
                    unread: Vec::new(),
                });
            }
            Value::Map(_) => FieldProblem::KeyNotText,
            _ => FieldProblem::NotMap,
        };
        Err(FieldError {
            field: path.to_owned(),
            problem,
        })
    }

    /// An error about one of this map's fields.
    #[must_use]
    pub fn error(&self, name: &str, problem: FieldProblem) -> FieldError {
        FieldError {
            field: self.path_of(name),
            problem,
        }
    }

    /// Every pair of this map that was not taken, and the paths of those left
    /// in the maps inside it.
    #[must_use]
    pub fn rest(self) -> (Map, Vec<String>) {
        (self.map, self.unread)
    }

    /// Takes a field of any type.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.map.remove(&Value::Text(name.to_owned()))
    }

    /// Takes a non-empty text, if there is one.
    ///
    /// # Errors
    /// If it is no text, or empty.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, FieldError> {
        self.take(name, as_text)
    }

    /// Takes an unsigned integer, if there is one.
    ///
    /// # Errors
    /// If it is no unsigned integer of at most 64 bits.
    pub fn uint(&mut self, name: &str) -> Result<Option<u64>, FieldError> {
        self.take(name, as_uint)
    }

    /// Takes a Boolean, if there is one.
    ///
    /// # Errors
    /// If it is none.
    pub fn flag(&mut self, name: &str) -> Result<Option<bool>, FieldError> {
        self.take(name, |value| match value {
            Value::Bool(flag) => Ok(flag),
            _ => Err(FieldProblem::NotBool),
        })
    }

    /// Takes 32 bytes, if there are any.
    ///
    /// # Errors
    /// If it is no byte string of that length.
    pub fn digest(&mut self, name: &str) -> Result<Option<[u8; DIGEST_LEN]>, FieldError> {
        self.take(name, as_digest)
    }

    /// Takes a non-empty byte string, if there is one.
    ///
    /// # Errors
    /// If it is no byte string, or empty.
    pub fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, FieldError> {
        self.take(name, |value| match value {
            Value::Bytes(bytes) if bytes.is_empty() => Err(FieldProblem::Empty),
            Value::Bytes(bytes) => Ok(bytes),
            _ => Err(FieldProblem::NotBytes),
        })
    }

    /// Takes a non-empty array of byte strings of 32 bytes; an absent one is empty.
    ///
    /// # Errors
    /// If it is no array, is empty, or an item is no such byte string.
    pub fn digests(&mut self, name: &str) -> Result<Vec<[u8; DIGEST_LEN]>, FieldError> {
        self.list(name, |path, value| {
            as_digest(value).map_err(|problem| FieldError {
                field: path.to_owned(),
                problem,
            })
        })
    }

    /// Takes a non-empty array of texts; an absent one is empty.
    ///
    /// # Errors
    /// If it is no array, is empty, or an item is no text.
    pub fn texts(&mut self, name: &str) -> Result<Vec<String>, FieldError> {
        self.list(name, |path, value| {
            as_text(value).map_err(|problem| FieldError {
                field: path.to_owned(),
                problem,
            })
        })
    }

    /// Takes a non-empty array of maps, each read by `read`; an absent one is empty.
    ///
    /// # Errors
    /// If it is no array, is empty, an item is no map, or `read` fails.
    pub fn maps<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut Fields) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let mut unread = Vec::new();
        let items = self.list(name, |path, value| {
            let mut inner = Fields::new(path, value)?;
            let item = read(&mut inner)?;
            unread.extend(inner.unread());
            Ok(item)
        });
        self.unread.extend(unread);
        items
    }

    /// Takes a map, read by `read`, if there is one.
    ///
    /// # Errors
    /// If it is no map with text keys, or `read` fails.
    pub fn map<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Fields) -> Result<T, FieldError>,
    ) -> Result<Option<T>, FieldError> {
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        let mut inner = Fields::new(&self.path_of(name), value)?;
        let item = read(&mut inner)?;
        self.unread.extend(inner.unread());
        Ok(Some(item))
    }

    /// Paths of everything that was not taken, here and further inside.
    fn unread(self) -> impl Iterator<Item = String> {
        let here: Vec<_> = self
            .map
            .keys()
            .map(|key| match key {
                Value::Text(name) => self.path_of(name),
                _ => self.path.clone(),
            })
            .collect();
        here.into_iter().chain(self.unread)
    }

    /// Turns an absent field into an error.
    ///
    /// # Errors
    /// If `found` is `None`.
    pub fn required<T>(&self, name: &str, found: Option<T>) -> Result<T, FieldError> {
        found.ok_or_else(|| self.error(name, FieldProblem::Missing))
    }

    fn take<T>(
        &mut self,
        name: &str,
        convert: impl Fn(Value) -> Result<T, FieldProblem>,
    ) -> Result<Option<T>, FieldError> {
        let value = self.value(name);
        value
            .map(convert)
            .transpose()
            .map_err(|problem| self.error(name, problem))
    }

    fn list<T>(
        &mut self,
        name: &str,
        mut convert: impl FnMut(&str, Value) -> Result<T, FieldError>,
    ) -> Result<Vec<T>, FieldError> {
        let items = match self.value(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) if items.is_empty() => {
                return Err(self.error(name, FieldProblem::Empty));
            }
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.error(name, FieldProblem::NotArray)),
        };
        let path = self.path_of(name);
        let numbered = items.into_iter().enumerate();
        numbered
            .map(|(index, item)| convert(&format!("{path}[{index}]"), item))
            .collect()
    }

    fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }
}

fn as_text(value: Value) -> Result<String, FieldProblem> {
    match value {
        Value::Text(text) if text.is_empty() => Err(FieldProblem::Empty),
        Value::Text(text) => Ok(text),
        _ => Err(FieldProblem::NotText),
    }
}

fn as_uint(value: Value) -> Result<u64, FieldProblem> {
    match value {
        Value::Integer(number) => u64::try_from(number).map_err(|_| FieldProblem::NotUint),
        _ => Err(FieldProblem::NotUint),
    }
}

fn as_digest(value: Value) -> Result<[u8; DIGEST_LEN], FieldProblem> {
    match value {
        Value::Bytes(bytes) => bytes.try_into().map_err(|_| FieldProblem::NotDigest),
        _ => Err(FieldProblem::NotDigest),
    }
}

#[cfg(test)]
mod tests {
    use super::super::cbor::{int, text};
    use super::*;

    #[test]
    fn errors_name_the_path() {
        let inner = Value::Map(Map::from([(text("name"), int(3))]));
        let map = Map::from([(text("signatories"), Value::Array(vec![inner]))]);
        let mut fields = Fields::new("", Value::Map(map)).expect("a map");
        let error = fields
            .maps("signatories", |item| item.text("name"))
            .expect_err("no text");
        assert_eq!(
            error.to_string(),
            "field \"signatories[0].name\": is not a text"
        );
    }

    #[test]
    fn what_is_not_taken_is_left() {
        let map = Map::from([(text("a"), int(1)), (text("b"), int(2))]);
        let mut fields = Fields::new("", Value::Map(map)).expect("a map");
        assert_eq!(fields.uint("a"), Ok(Some(1)));
        assert_eq!(fields.uint("c"), Ok(None));
        assert_eq!(fields.rest(), (Map::from([(text("b"), int(2))]), vec![]));
    }

    #[test]
    fn what_is_left_inside_is_told_by_its_path() {
        let inner = Value::Map(Map::from([(text("size"), int(3)), (text("crc"), int(4))]));
        let mut fields =
            Fields::new("", Value::Map(Map::from([(text("file"), inner)]))).expect("a map");
        assert_eq!(
            fields.map("file", |file| file.uint("size")),
            Ok(Some(Some(3)))
        );
        assert_eq!(fields.rest(), (Map::new(), vec!["file.crc".to_owned()]));
    }
}
