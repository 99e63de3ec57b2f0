//! How a place in the plan is written: `"region=华东, month=2026-07"`, or pairs where a name holds a
//! comma or an equals sign. Must not know axes or members.

use fenjie_plan::Address;
use serde::{Deserialize, Serialize, Serializer};

use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::node::Span;
use crate::plan_file::scalar::{Table, Text};

/// A place: text, table or pairs. `"*"` and an empty text are the whole plan.
#[derive(Clone, Debug, Deserialize, schemars::JsonSchema)]
#[schemars(untagged, rename = "Place")]
pub(crate) enum PlaceEntry {
    #[serde(rename = "$text")]
    Text(Text),
    #[serde(rename = "$table")]
    Table(Table<Text>),
    #[serde(rename = "$list")]
    Pairs(Vec<(Text, Text)>),
}

impl Serialize for PlaceEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            PlaceEntry::Text(text) => text.serialize(serializer),
            PlaceEntry::Table(table) => table.serialize(serializer),
            PlaceEntry::Pairs(pairs) => pairs.serialize(serializer),
        }
    }
}

impl PlaceEntry {
    /// The place in the domain's terms.
    pub(crate) fn address(&self) -> Result<Address, Refusal> {
        match self {
            PlaceEntry::Text(text) => parse(text, text.span),
            PlaceEntry::Table(Table(pairs)) | PlaceEntry::Pairs(pairs) => {
                let pair = |(axis, member): &(Text, Text)| (axis.text.clone(), member.text.clone());
                Ok(Address(pairs.iter().map(pair).collect()))
            }
        }
    }

    /// The entry that reads back as this very address.
    pub(crate) fn of(address: &Address) -> PlaceEntry {
        let text = address.to_string();
        if parse(&text, Span::default()).is_ok_and(|read| read == *address) {
            return PlaceEntry::Text(Text::new(text));
        }
        let pair = |(axis, member): &(String, String)| (Text::new(axis), Text::new(member));
        PlaceEntry::Pairs(address.0.iter().map(pair).collect())
    }
}

/// Reads an address; `*` or nothing is the whole plan.
pub(crate) fn parse(text: &str, span: Span) -> Result<Address, Refusal> {
    if text.trim() == "*" {
        return Ok(Address::default());
    }
    Address::parse(text).map_err(|part| Refusal::at(Fault::AddressInvalid { part }, span))
}
