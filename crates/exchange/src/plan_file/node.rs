//! What is written, as a tree with places: TOML of a plan file and JSON of a log alike. Must not know
//! what any key means.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::bare_keys::{Quoted, quote};
use super::error::{Fault, Refusal};

/// Bytes of the text a value or key was read from; both 0 where there is no text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) span: Span,
    pub(crate) value: Value,
}

/// What a value is. Numbers and dates keep the text they were written as, so nothing is rounded.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Number(String),
    Date(String),
    Bool(bool),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

/// A key with its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) span: Span,
}

impl Node {
    /// Reads TOML, in which keys such as 华东 may stand without quotes.
    pub(crate) fn from_toml(text: &str) -> Result<Node, Refusal> {
        let source = quote(text);
        let table = DeTable::parse(&source.text).map_err(|error| {
            let fault = syntax(&source.text, error.span(), error.message());
            let span = error.span().map(|range| written(&source, range));
            Refusal::at(fault, span.unwrap_or_default())
        })?;
        let span = written(&source, table.span());
        Ok(Node {
            span,
            value: Value::Table(entries(&source, table.into_inner())),
        })
    }

    /// Takes over JSON; its values have no places.
    pub(crate) fn from_json(json: serde_json::Value) -> Node {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Text(String::new()),
            Json::Bool(flag) => Value::Bool(flag),
            Json::Number(number) => Value::Number(number.to_string()),
            Json::String(text) => Value::Text(text),
            Json::Array(items) => Value::List(items.into_iter().map(Node::from_json).collect()),
            Json::Object(object) => Value::Table(
                object
                    .into_iter()
                    .map(|(name, value)| {
                        (
                            Key {
                                name,
                                span: Span::default(),
                            },
                            Node::from_json(value),
                        )
                    })
                    .collect(),
            ),
        };
        Node {
            span: Span::default(),
            value,
        }
    }

    /// What the value is, in a word that [`super::error`] knows in both languages.
    pub(crate) fn shape(&self) -> &'static str {
        match &self.value {
            Value::Text(_) => "text",
            Value::Number(_) => "number",
            Value::Date(_) => "date",
            Value::Bool(_) => "flag",
            Value::List(_) => "list",
            Value::Table(_) => "table",
        }
    }
}

fn written(source: &Quoted, range: Range<usize>) -> Span {
    Span {
        start: source.written(range.start),
        end: source.written(range.end),
    }
}

fn entries(source: &Quoted, table: DeTable<'_>) -> Vec<(Key, Node)> {
    let key = |key: Spanned<DeString<'_>>| {
        let span = written(source, key.span());
        Key {
            name: key.into_inner().into_owned(),
            span,
        }
    };
    table
        .into_iter()
        .map(|(name, value)| (key(name), node(source, value)))
        .collect()
}

fn node(source: &Quoted, value: Spanned<DeValue<'_>>) -> Node {
    let span = written(source, value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => Value::Number(integer(number.as_str(), number.radix())),
        DeValue::Float(number) => Value::Number(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => {
            Value::List(items.into_iter().map(|item| node(source, item)).collect())
        }
        DeValue::Table(table) => Value::Table(entries(source, table)),
    };
    Node { span, value }
}

/// An integer in decimal digits; one beyond 128 bits stays as it was written and is refused later.
fn integer(digits: &str, radix: u32) -> String {
    match i128::from_str_radix(digits, radix) {
        Ok(number) => number.to_string(),
        Err(_) => digits.to_owned(),
    }
}

fn syntax(text: &str, range: Option<Range<usize>>, reason: &str) -> Fault {
    let written = range.and_then(|range| text.get(range)).unwrap_or("");
    if reason.contains("duplicate key") {
        return Fault::KeyTwice {
            key: written.trim_matches(['"', '\'']).to_owned(),
        };
    }
    Fault::Syntax {
        reason: reason.to_owned(),
    }
}
