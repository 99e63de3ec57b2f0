//! Reading a body as it is meant: an object where an object is asked for, never a list of its values in
//! some order; and the place of what is wrong. Must not know what bodies say.
//!
//! Types that are read without knowing beforehand what they are (tagged and flattened ones) pass
//! through serde's own buffer and are as strict as serde makes them.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

/// Why a body could not be read.
#[derive(Debug)]
pub struct Fault {
    /// Where, such as `operations[0].at`; empty for the whole.
    pub place: String,
    /// Why, with line and column.
    pub error: serde_json::Error,
}

/// Reads JSON.
///
/// # Errors
/// The first fault.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let trail = Trail::default();
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let read = T::deserialize(Strict::value(&mut reader, &trail));
    read.and_then(|found| reader.end().map(|()| found))
        .map_err(|error| Fault {
            place: trail.place(),
            error,
        })
}

/// The way to a fault, from the inside out, and the key that was read last.
#[derive(Default)]
struct Trail {
    steps: RefCell<Vec<Step>>,
    key: RefCell<String>,
}

enum Step {
    Key(String),
    Number(usize),
}

impl Trail {
    /// Notes a step of the way to a fault.
    fn passed<T, E>(&self, found: Result<T, E>, step: impl FnOnce() -> Step) -> Result<T, E> {
        if found.is_err() {
            self.steps.borrow_mut().push(step());
        }
        found
    }

    fn place(&self) -> String {
        let mut place = String::new();
        for step in self.steps.borrow().iter().rev() {
            match step {
                Step::Number(number) => place.push_str(&format!("[{number}]")),
                Step::Key(key) if place.is_empty() => place.push_str(key),
                Step::Key(key) => place.push_str(&format!(".{key}")),
            }
        }
        place
    }
}

/// What reads, with the way to where it is.
struct Strict<'a, T> {
    inner: T,
    trail: &'a Trail,
    /// What is read is the key of an object.
    key: bool,
    /// What is read is an object with fields of its own.
    object: bool,
    /// How many of a list were read.
    read: usize,
}

impl<'a, T> Strict<'a, T> {
    fn value(inner: T, trail: &'a Trail) -> Strict<'a, T> {
        Strict {
            inner,
            trail,
            key: false,
            object: false,
            read: 0,
        }
    }

    /// The same for a part of it.
    fn part<U>(&self, inner: U) -> Strict<'a, U> {
        Strict {
            key: self.key,
            ..Strict::value(inner, self.trail)
        }
    }
}

macro_rules! forward_reading {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {$(
        fn $name<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            let visitor = self.part(visitor);
            self.inner.$name($($argument,)* visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Strict<'_, D> {
    type Error = D::Error;

    forward_reading! {
        deserialize_any(); deserialize_bool(); deserialize_char(); deserialize_str();
        deserialize_i8(); deserialize_i16(); deserialize_i32(); deserialize_i64(); deserialize_i128();
        deserialize_u8(); deserialize_u16(); deserialize_u32(); deserialize_u64(); deserialize_u128();
        deserialize_f32(); deserialize_f64(); deserialize_string(); deserialize_bytes();
        deserialize_byte_buf(); deserialize_option(); deserialize_unit(); deserialize_seq();
        deserialize_map(); deserialize_identifier(); deserialize_ignored_any();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_tuple(length: usize);
        deserialize_tuple_struct(name: &'static str, length: usize);
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let mut visitor = self.part(visitor);
        visitor.object = true;
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

macro_rules! forward_values {
    ($($name:ident($kind:ty);)*) => {$(
        fn $name<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$name(value)
        }
    )*};
}

macro_rules! forward_texts {
    ($($name:ident($kind:ty);)*) => {$(
        fn $name<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            if self.key {
                self.trail.key.replace(value.to_string());
            }
            self.inner.$name(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Strict<'_, V> {
    type Value = V::Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.object {
            true => out.write_str("an object"),
            false => self.inner.expecting(out),
        }
    }

    forward_values! {
        visit_bool(bool); visit_char(char); visit_i8(i8); visit_i16(i16); visit_i32(i32);
        visit_i64(i64); visit_i128(i128); visit_u8(u8); visit_u16(u16); visit_u32(u32);
        visit_u64(u64); visit_u128(u128); visit_f32(f32); visit_f64(f64); visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]); visit_byte_buf(Vec<u8>);
    }

    forward_texts! {
        visit_str(&str); visit_borrowed_str(&'de str); visit_string(String);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        let reader = self.part(reader);
        self.inner.visit_some(reader)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, reader: D) -> Result<V::Value, D::Error> {
        let reader = self.part(reader);
        self.inner.visit_newtype_struct(reader)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<V::Value, A::Error> {
        if self.object {
            return Err(A::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        let list = self.part(list);
        self.inner.visit_seq(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<V::Value, A::Error> {
        let object = self.part(object);
        self.inner.visit_map(object)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, choice: A) -> Result<V::Value, A::Error> {
        let choice = self.part(choice);
        self.inner.visit_enum(choice)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Strict<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<S::Value, D::Error> {
        let reader = self.part(reader);
        self.inner.deserialize(reader)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let number = self.read;
        self.read += 1;
        let found = self
            .inner
            .next_element_seed(Strict::value(seed, self.trail));
        self.trail.passed(found, || Step::Number(number))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.trail.key.borrow_mut().clear();
        let mut seed = Strict::value(seed, self.trail);
        seed.key = true;
        let found = self.inner.next_key_seed(seed);
        let key = self.trail.key.borrow().clone();
        match key.is_empty() {
            true => found,
            false => self.trail.passed(found, || Step::Key(key)),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        let key = self.trail.key.take();
        let found = self.inner.next_value_seed(Strict::value(seed, self.trail));
        self.trail.passed(found, || Step::Key(key))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, 'a, A: EnumAccess<'de>> EnumAccess<'de> for Strict<'a, A> {
    type Error = A::Error;
    type Variant = Strict<'a, A::Variant>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Self::Variant), A::Error> {
        let trail = self.trail;
        let (which, rest) = self.inner.variant_seed(Strict::value(seed, trail))?;
        Ok((which, Strict::value(rest, trail)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Strict<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, A::Error> {
        let seed = self.part(seed);
        self.inner.newtype_variant_seed(seed)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let visitor = self.part(visitor);
        self.inner.tuple_variant(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        let mut visitor = self.part(visitor);
        visitor.object = true;
        self.inner.struct_variant(fields, visitor)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::Value as Json;

    use super::read;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what can be read is looked at")]
    struct Outer {
        name: String,
        #[serde(default)]
        parts: Vec<Part>,
        one: Option<Part>,
        choice: Option<Choice>,
        any: Option<Json>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only what can be read is looked at")]
    struct Part {
        at: String,
        more: Option<i64>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only what can be read is looked at")]
    enum Choice {
        Plain,
        Part(Part),
        Object { at: String },
    }

    /// What is read, or where it cannot be and why.
    fn check(text: &str, wanted: &str) {
        let told = match read::<Outer>(text.as_bytes()) {
            Ok(_) => "read".to_owned(),
            Err(fault) => format!("{}: {}", fault.place, fault.error),
        };
        assert!(told.starts_with(wanted), "{text}\n{told}");
    }

    #[test]
    fn an_object_is_an_object() {
        check(r#"{"name":"a"}"#, "read");
        check(r#"{"name":"a","parts":[{"at":"b"}],"one":null}"#, "read");
        check(
            r#"{"name":"a","any":[1,{"b":[]}],"choice":"plain"}"#,
            "read",
        );
        check(r#"{"name":"a","choice":{"part":{"at":"b"}}}"#, "read");
        check(r#"{"name":"a","choice":{"object":{"at":"b"}}}"#, "read");
        let list = "invalid type: sequence, expected an object";
        check(r#"["a",[],null,null,null]"#, &format!(": {list}"));
        let part = |place: &str| format!("{place}: {list}");
        check(r#"{"name":"a","one":["b",1]}"#, &part("one"));
        check(
            r#"{"name":"a","parts":[{"at":"b"},["b",1]]}"#,
            &part("parts[1]"),
        );
        check(r#"{"name":"a","choice":{"part":["b",1]}}"#, &part("choice"));
        check(r#"{"name":"a","choice":{"object":["b"]}}"#, &part("choice"));
    }

    #[test]
    fn the_place_is_named() {
        check(r#"{"name":1}"#, "name: invalid type: integer");
        check(r#"{"name":"a","nmae":1}"#, "nmae: unknown field `nmae`");
        check(
            r#"{"name":"a","parts":[{"at":"b","more":"x"}]}"#,
            "parts[0].more: invalid type",
        );
        check(r#"{"parts":[]}"#, ": missing field `name`");
        check(r#"{"name":"a"} x"#, ": trailing characters");
    }
}
