//! Lists, tables and placed texts handed to serde piece by piece. Must not know what they hold.

use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

use super::error::Refusal;
use super::node::{Key, Node, Span, Value};
use super::reader::Reader;

/// The items of a list, one after the other.
pub(super) struct ListAccess(std::vec::IntoIter<Node>);

impl ListAccess {
    pub(super) fn new(items: Vec<Node>) -> ListAccess {
        ListAccess(items.into_iter())
    }
}

impl<'de> SeqAccess<'de> for ListAccess {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        self.0
            .next()
            .map(|node| seed.deserialize(Reader(node)))
            .transpose()
    }
}

/// The entries of a table, one after the other.
pub(super) struct TableAccess {
    entries: std::vec::IntoIter<(Key, Node)>,
    value: Option<Node>,
}

impl TableAccess {
    pub(super) fn new(entries: Vec<(Key, Node)>) -> TableAccess {
        TableAccess {
            entries: entries.into_iter(),
            value: None,
        }
    }
}

impl<'de> MapAccess<'de> for TableAccess {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let Some((key, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(value);
        let span = key.span;
        let node = Node {
            span,
            value: Value::Text(key.name),
        };
        seed.deserialize(Reader(node))
            .map(Some)
            .map_err(|refusal| refusal.or_at(span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Refusal> {
        let value = self.value.take().expect("a value follows its key");
        seed.deserialize(Reader(value))
    }
}

/// A text as start, end and content.
pub(super) struct PlacedText {
    next: u8,
    span: Span,
    text: String,
}

impl PlacedText {
    pub(super) fn new(span: Span, text: String) -> PlacedText {
        PlacedText {
            next: 0,
            span,
            text,
        }
    }
}

impl<'de> SeqAccess<'de> for PlacedText {
    type Error = Refusal;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refusal> {
        self.next += 1;
        match self.next {
            1 => seed
                .deserialize((self.span.start as u64).into_deserializer())
                .map(Some),
            2 => seed
                .deserialize((self.span.end as u64).into_deserializer())
                .map(Some),
            3 => seed
                .deserialize(std::mem::take(&mut self.text).into_deserializer())
                .map(Some),
            _ => Ok(None),
        }
    }
}
