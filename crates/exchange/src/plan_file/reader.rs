//! Hands a tree of written values to serde, with the place of everything that is refused. An enum
//! is told apart by the one of its words that is a key of the table. Must not know any key itself.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};

use super::access::{ListAccess, PlacedText, TableAccess};
use super::error::{Fault, Refusal};
use super::near::nearest;
use super::node::{Key, Node, Span, Value};

/// Name of the newtype that takes any text, number or date together with its place.
pub(crate) const TEXT: &str = "$text";
/// Name of the newtype that takes one value or a list of them.
pub(crate) const MANY: &str = "$many";
/// The variant that takes a list.
pub(crate) const LIST: &str = "$list";
/// The variant that takes a table with none of the other variants' keys.
pub(crate) const TABLE: &str = "$table";

/// The name of an enum whose variants can also be written as lone words.
pub(crate) const WORDED: &str = "$worded";

/// Reads one value.
pub(crate) struct Reader(pub(crate) Node);

impl Reader {
    fn expected(&self, expected: &str) -> Refusal {
        let fault = Fault::TypeWrong {
            expected: expected.into(),
            found: self.0.shape().into(),
        };
        Refusal::at(fault, self.0.span)
    }

    fn into_table(self) -> Result<TableAccess, Refusal> {
        match self.0.value {
            Value::Table(entries) => Ok(TableAccess::new(entries)),
            _ => Err(self.expected("table")),
        }
    }

    fn into_list(self) -> Result<ListAccess, Refusal> {
        match self.0.value {
            Value::List(items) => Ok(ListAccess::new(items)),
            _ => Err(self.expected("list")),
        }
    }

    fn whole_number<T: std::str::FromStr>(&self) -> Result<T, Refusal> {
        match &self.0.value {
            Value::Number(digits) => digits.parse().map_err(|_| {
                let (expected, found) = ("whole number".into(), format!("`{digits}`"));
                Refusal::at(Fault::TypeWrong { expected, found }, self.0.span)
            }),
            _ => Err(self.expected("whole number")),
        }
    }
}

macro_rules! whole_numbers {
    ($($read:ident $visit:ident)*) => {$(
        fn $read<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
            visitor.$visit(self.whole_number()?)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Refusal;

    /// Texts, numbers and dates alike come as text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let span = self.0.span;
        match self.0.value {
            Value::Text(text) | Value::Number(text) | Value::Date(text) => {
                visitor.visit_string(text)
            }
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::List(_) => visitor.visit_seq(self.into_list()?),
            Value::Table(_) => visitor.visit_map(self.into_table()?),
        }
        .map_err(|refusal: Refusal| refusal.or_at(span))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0.value {
            Value::Bool(flag) => visitor.visit_bool(flag),
            _ => Err(self.expected("flag")),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 deserialize_i16 visit_i16 deserialize_i32 visit_i32
        deserialize_i64 visit_i64 deserialize_u8 visit_u8 deserialize_u16 visit_u16
        deserialize_u32 visit_u32 deserialize_u64 visit_u64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        self.deserialize_string(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        match self.0.value {
            Value::Text(text) => visitor.visit_string(text),
            _ => Err(self.expected("text")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let span = self.0.span;
        match name {
            TEXT => match self.0.value {
                Value::Text(text) | Value::Number(text) | Value::Date(text) => {
                    visitor.visit_seq(PlacedText::new(span, text))
                }
                _ => Err(self.expected("text or number")),
            },
            MANY if matches!(self.0.value, Value::List(_)) => visitor.visit_seq(self.into_list()?),
            _ => visitor.visit_newtype_struct(self),
        }
        .map_err(|refusal: Refusal| refusal.or_at(span))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let span = self.0.span;
        visitor
            .visit_seq(self.into_list()?)
            .map_err(|refusal: Refusal| refusal.or_at(span))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let span = self.0.span;
        visitor
            .visit_map(self.into_table()?)
            .map_err(|refusal: Refusal| refusal.or_at(span))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        let span = self.0.span;
        let variant = choose(&self.0, variants, name == WORDED)?;
        visitor
            .visit_enum(Choice {
                variant,
                node: self.0,
            })
            .map_err(|refusal: Refusal| refusal.or_at(span))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// The variant a value means: the key of the table, the word where words are meant, or the shape.
fn choose(
    node: &Node,
    variants: &'static [&'static str],
    worded: bool,
) -> Result<&'static str, Refusal> {
    let known = |name: &str| variants.iter().copied().find(|variant| *variant == name);
    let known_word = |name: &str| known(name).filter(|word| !word.starts_with('$'));
    let words = || {
        variants
            .iter()
            .copied()
            .filter(|word| !word.starts_with('$'))
            .map(String::from)
    };
    let wrong = || {
        let (expected, found) = (shapes(variants, worded), node.shape().into());
        Refusal::at(Fault::TypeWrong { expected, found }, node.span)
    };
    match &node.value {
        Value::Table(entries) => {
            let mut present = entries
                .iter()
                .filter_map(|(key, _)| Some((known_word(&key.name)?, key)));
            match (present.next(), present.next()) {
                (Some((variant, _)), None) => Ok(variant),
                (Some((first, _)), Some((second, key))) => {
                    let keys = [first.into(), second.into()];
                    Err(Refusal::at(Fault::ChoiceTwice { keys }, key.span))
                }
                _ => known(TABLE).ok_or_else(|| no_choice(node.span, entries, words().collect())),
            }
        }
        Value::List(_) => known(LIST).ok_or_else(wrong),
        Value::Text(word) if worded => known_word(word).ok_or_else(|| {
            let known: Vec<String> = words().collect();
            let nearest = nearest(word, &known);
            Refusal::at(
                Fault::WordUnknown {
                    word: word.clone(),
                    nearest,
                    known,
                },
                node.span,
            )
        }),
        Value::Text(_) | Value::Number(_) | Value::Date(_) => known(TEXT).ok_or_else(wrong),
        Value::Bool(_) => Err(wrong()),
    }
}

/// The shapes that variants take, as the texts of faults name them.
fn shapes(variants: &[&str], worded: bool) -> String {
    let has = |name: &str| variants.contains(&name);
    let table = variants.iter().any(|variant| !variant.starts_with('$')) || has(TABLE);
    let shapes = [
        ("text", has(TEXT) || worded),
        ("list", has(LIST)),
        ("table", table),
    ];
    let taken: Vec<&str> = shapes
        .iter()
        .filter(|(_, taken)| *taken)
        .map(|(name, _)| *name)
        .collect();
    taken.join(" or ")
}

/// A table with none of the words: the key most like one of them is probably a slip.
fn no_choice(span: Span, entries: &[(Key, Node)], known: Vec<String>) -> Refusal {
    for (key, _) in entries {
        if let Some(nearest) = nearest(&key.name, &known) {
            let fault = Fault::KeyUnknown {
                key: key.name.clone(),
                nearest: Some(nearest),
                known,
            };
            return Refusal::at(fault, key.span);
        }
    }
    Refusal::at(Fault::ChoiceMissing { known }, span)
}

/// A chosen variant; its content is the whole value.
struct Choice {
    variant: &'static str,
    node: Node,
}

impl<'de> EnumAccess<'de> for Choice {
    type Error = Refusal;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Refusal> {
        let name: StrDeserializer<'_, Refusal> = self.variant.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Choice {
    type Error = Refusal;

    fn unit_variant(self) -> Result<(), Refusal> {
        match self.node.value {
            Value::Table(_) => {
                let fault = Fault::TypeWrong {
                    expected: "text".into(),
                    found: "table".into(),
                };
                Err(Refusal::at(fault, self.node.span))
            }
            _ => Ok(()),
        }
    }

    /// A lone word stands for the table in which it is key and value: `"capacity"` is
    /// `{ capacity = "capacity" }`.
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refusal> {
        let Node { span, value } = self.node;
        let value = match value {
            Value::Text(word) if !self.variant.starts_with('$') => {
                let key = Key {
                    name: word.clone(),
                    span,
                };
                Value::Table(vec![(
                    key,
                    Node {
                        span,
                        value: Value::Text(word),
                    },
                )])
            }
            value => value,
        };
        seed.deserialize(Reader(Node { span, value }))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Refusal> {
        Err(Refusal::custom("no entry of a plan file is a tuple"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        Reader(self.node).deserialize_map(visitor)
    }
}
