//! How a basis is written: a word such as `"equal"`, or a table with one method's key.
//! Must not know the plan it belongs to.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};

use crate::plan_file::scalar::{Many, Table, Text};

/// Where weights come from. A table is told by its key, a word by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename = "$worded", rename_all = "snake_case")]
pub(crate) enum BasisEntry {
    Equal,
    Calendar,
    Workdays,
    Days,
    Current,
    First,
    Last,
    Bell,
    History(HistoryEntry),
    Weights(WeightsEntry),
    Shares(SharesEntry),
    Attribute(AttributeEntry),
    Capacity(CapacityEntry),
    Growth(GrowthEntry),
    Pattern(PatternEntry),
    StraightLine(StraightLineEntry),
    Compound(CompoundEntry),
    Amounts(AmountsEntry),
    Measure(MeasureBasisEntry),
    Mix(MixEntry),
}

/// The words a basis can be; `"capacity"` is the attribute of that name.
const WORDS: [&str; 9] = [
    "equal", "calendar", "workdays", "days", "current", "first", "last", "bell", "capacity",
];

entry! {
    /// Proportional to a reference named under `[history]`
    HistoryEntry {
        /// The reference's name
        history: Text,
        ;
        /// Moving average over so many periods, around the year; 1 is none
        smooth: u32,
        /// Only the rows of this period: "2017", "2015..2017"
        period: Text,
    }
}

entry! {
    /// Weights by member; a member not named has zero
    WeightsEntry { weights: Table<Text>, ; }
}

entry! {
    /// Shares by member, which sum to 100 %
    SharesEntry { shares: Table<Text>, ; }
}

entry! {
    /// A number that every member carries
    AttributeEntry { attribute: Text, ; }
}

entry! {
    /// Several attributes multiplied
    CapacityEntry { capacity: Many<Text>, ; }
}

entry! {
    /// A base on which each member grows by its own rate
    GrowthEntry {
        /// Rates by member: "12%"
        growth: Table<Text>,
        /// What grows
        base: Box<BasisEntry>,
        ;
        /// The rate of everyone else; 0 where not said
        otherwise: Text,
    }
}

entry! {
    /// A shape over the children in their order
    PatternEntry {
        /// A list such as [4, 4, 5], or "first", "last", "bell"
        pattern: Many<Text>,
        ;
    }
}

entry! {
    /// 1, 1+g, 1+2g …
    StraightLineEntry { straight_line: Text, ; }
}

entry! {
    /// 1, (1+g), (1+g)² …
    CompoundEntry { compound: Text, ; }
}

entry! {
    /// Typed amounts; the rest is shared over the others
    AmountsEntry {
        amounts: Table<Text>,
        ;
        /// How the others share the rest; "equal" where not said
        rest: Box<BasisEntry>,
    }
}

entry! {
    /// Proportional to another flow of the plan
    MeasureBasisEntry { measure: Text, ; }
}

entry! {
    /// Several bases with shares that sum to 100 %
    MixEntry { mix: Vec<MixPart>, ; }
}

entry! {
    /// One part of a mix
    MixPart { share: Text, by: BasisEntry, ; }
}

impl Serialize for BasisEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            BasisEntry::Equal => serializer.serialize_str("equal"),
            BasisEntry::Calendar => serializer.serialize_str("calendar"),
            BasisEntry::Workdays => serializer.serialize_str("workdays"),
            BasisEntry::Days => serializer.serialize_str("days"),
            BasisEntry::Current => serializer.serialize_str("current"),
            BasisEntry::First => serializer.serialize_str("first"),
            BasisEntry::Last => serializer.serialize_str("last"),
            BasisEntry::Bell => serializer.serialize_str("bell"),
            BasisEntry::History(entry) => entry.serialize(serializer),
            BasisEntry::Weights(entry) => entry.serialize(serializer),
            BasisEntry::Shares(entry) => entry.serialize(serializer),
            BasisEntry::Attribute(entry) => entry.serialize(serializer),
            BasisEntry::Capacity(entry) => entry.serialize(serializer),
            BasisEntry::Growth(entry) => entry.serialize(serializer),
            BasisEntry::Pattern(entry) => entry.serialize(serializer),
            BasisEntry::StraightLine(entry) => entry.serialize(serializer),
            BasisEntry::Compound(entry) => entry.serialize(serializer),
            BasisEntry::Amounts(entry) => entry.serialize(serializer),
            BasisEntry::Measure(entry) => entry.serialize(serializer),
            BasisEntry::Mix(entry) => entry.serialize(serializer),
        }
    }
}

impl JsonSchema for BasisEntry {
    fn schema_name() -> Cow<'static, str> {
        "Basis".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Where weights come from: a word, or a table with the key of one method",
            "anyOf": [
                { "enum": WORDS },
                generator.subschema_for::<HistoryEntry>(),
                generator.subschema_for::<WeightsEntry>(),
                generator.subschema_for::<SharesEntry>(),
                generator.subschema_for::<AttributeEntry>(),
                generator.subschema_for::<CapacityEntry>(),
                generator.subschema_for::<GrowthEntry>(),
                generator.subschema_for::<PatternEntry>(),
                generator.subschema_for::<StraightLineEntry>(),
                generator.subschema_for::<CompoundEntry>(),
                generator.subschema_for::<AmountsEntry>(),
                generator.subschema_for::<MeasureBasisEntry>(),
                generator.subschema_for::<MixEntry>(),
            ]
        })
    }
}
