//! Taking DER apart, value by value, so that the bytes received are the ones
//! checked. Encoding rules are those of the `der` crate; only the order inside a
//! SET is left open, as authorities get it wrong.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};

/// Why bytes are not the DER structure that belongs there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}: not as DER has it, or something else")]
pub struct DerError {
    /// What was to be read.
    pub what: &'static str,
}

/// One value: its tag, its contents, and both with the length between them.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) tag: Tag,
    pub(super) contents: &'a [u8],
    pub(super) whole: &'a [u8],
}

/// The values inside another one, in order.
#[derive(Clone)]
pub(super) struct Values<'a> {
    reader: SliceReader<'a>,
    what: &'static str,
}

/// The tag `[number]` of a constructed value.
pub(super) const fn tagged(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: true,
        number: TagNumber(number),
    }
}

/// The tag `[number]` of a primitive value.
pub(super) const fn tagged_primitive(number: u32) -> Tag {
    Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(number),
    }
}

impl<'a> Value<'a> {
    /// Exactly one value; `what` names it in errors.
    pub(super) fn parse(bytes: &'a [u8], what: &'static str) -> Result<Self, DerError> {
        let any = AnyRef::from_der(bytes).map_err(|_| DerError { what })?;
        Ok(Self {
            tag: any.tag(),
            contents: any.value(),
            whole: bytes,
        })
    }

    /// The values inside, if the tag is this.
    pub(super) fn inside(self, tag: Tag, what: &'static str) -> Result<Values<'a>, DerError> {
        if self.tag != tag {
            return Err(DerError { what });
        }
        let reader = SliceReader::new(self.contents).map_err(|_| DerError { what })?;
        Ok(Values { reader, what })
    }

    /// The value as a type of the `der` crate.
    pub(super) fn decode<T: der::DecodeOwned>(self, what: &'static str) -> Result<T, DerError> {
        T::from_der(self.whole).map_err(|_| DerError { what })
    }
}

impl<'a> Values<'a> {
    /// Takes a SEQUENCE apart.
    pub(super) fn of_sequence(bytes: &'a [u8], what: &'static str) -> Result<Self, DerError> {
        Value::parse(bytes, what)?.inside(Tag::Sequence, what)
    }

    fn error(&self) -> DerError {
        DerError { what: self.what }
    }

    /// The next value, whatever it is.
    pub(super) fn any(&mut self) -> Result<Value<'a>, DerError> {
        let whole = self.reader.tlv_bytes().map_err(|_| self.error())?;
        Value::parse(whole, self.what)
    }

    /// The next value, which has this tag.
    pub(super) fn next(&mut self, tag: Tag) -> Result<Value<'a>, DerError> {
        let value = self.any()?;
        if value.tag == tag {
            Ok(value)
        } else {
            Err(self.error())
        }
    }

    /// The next value if it has this tag.
    pub(super) fn optional(&mut self, tag: Tag) -> Result<Option<Value<'a>>, DerError> {
        if self.is_finished() || Tag::peek(&self.reader).map_err(|_| self.error())? != tag {
            return Ok(None);
        }
        self.any().map(Some)
    }

    /// The next value, an object identifier.
    pub(super) fn oid(&mut self) -> Result<ObjectIdentifier, DerError> {
        self.next(Tag::ObjectIdentifier)?.decode(self.what)
    }

    /// Everything that is left.
    pub(super) fn rest(mut self) -> Result<Vec<Value<'a>>, DerError> {
        let mut values = Vec::new();
        while !self.is_finished() {
            values.push(self.any()?);
        }
        Ok(values)
    }

    /// The only value that is left.
    pub(super) fn only(mut self) -> Result<Value<'a>, DerError> {
        let value = self.any()?;
        self.end()?;
        Ok(value)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// There is nothing more.
    pub(super) fn end(self) -> Result<(), DerError> {
        if self.is_finished() {
            Ok(())
        } else {
            Err(self.error())
        }
    }
}
