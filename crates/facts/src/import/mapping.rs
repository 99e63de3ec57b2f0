//! Which column of a file is what, as a person says it and as it is saved. Reads no table.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::{DateOrder, ImportError, Rounding};

/// What a column of sales is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The day, or a timestamp.
    Date,
    /// The time of day, beside a day.
    Time,
    /// A member of a dimension: at one depth of its tree, or at any.
    Member {
        /// The dimension, by index.
        dimension: usize,
        /// The depth that the column's name tells.
        depth: Option<usize>,
    },
    /// A measure, by index.
    Measure(usize),
    /// What names the line in the system it comes from.
    ExternalId,
    /// The customer.
    Customer,
    /// Who shares the sale, as `王芳:60%;李强:40%`.
    Credit,
}

/// Which columns are what, where a person said so. The default says nothing: names decide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The name it is saved under.
    #[serde(skip)]
    pub name: Option<String>,
    /// Which of day and month comes first, where the command line does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// How amounts finer than their step are rounded, where the command line does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<Rounding>,
    /// Role and column, in the words that were typed; the column `-` takes none.
    pub columns: Vec<MappedColumn>,
    /// Members of every line, where the command line does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MappedMember>,
}

/// The member of every line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedMember {
    /// Code or name of the dimension.
    pub dimension: String,
    /// Code or name of the member.
    pub member: String,
}

/// One column of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// What it is: `日期`, `amount`, the code or name of a dimension, a level or a measure.
    pub role: String,
    /// The column's name in the file.
    pub column: String,
}

/// The column that takes none.
pub(super) const NO_COLUMN: &str = "-";

impl Mapping {
    /// Reads `日期=下单日, 金额=成交额`.
    ///
    /// ```
    /// let mapping = fenjie_facts::import::Mapping::parse("日期=下单日, 金额=成交额").unwrap();
    /// assert_eq!(mapping.columns[1].column, "成交额");
    /// ```
    ///
    /// # Errors
    /// [`ImportError::MappingForm`] for parts without `=` or with an empty side.
    pub fn parse(text: &str) -> Result<Mapping, ImportError> {
        let mut columns = Vec::new();
        for part in text.split([',', '，', ';', '；']).map(str::trim) {
            if part.is_empty() {
                continue;
            }
            let refused = || ImportError::MappingForm {
                text: part.to_owned(),
            };
            let (role, column) = part.split_once(['=', '＝']).ok_or_else(refused)?;
            let (role, column) = (role.trim(), column.trim());
            if role.is_empty() || column.is_empty() {
                return Err(refused());
            }
            columns.push(MappedColumn {
                role: role.to_owned(),
                column: column.to_owned(),
            });
        }
        Ok(Mapping {
            columns,
            ..Mapping::default()
        })
    }

    /// This mapping, and of another what this one does not say.
    pub fn over(mut self, other: &Mapping) -> Mapping {
        for theirs in &other.columns {
            if self.columns.iter().all(|ours| ours.role != theirs.role) {
                self.columns.push(theirs.clone());
            }
        }
        for theirs in &other.members {
            if self
                .members
                .iter()
                .all(|ours| ours.dimension != theirs.dimension)
            {
                self.members.push(theirs.clone());
            }
        }
        self.date_order = self.date_order.or(other.date_order);
        self.round = self.round.or(other.round);
        self.name = self.name.or_else(|| other.name.clone());
        self
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Whether every column it names is among these.
    pub fn matches(&self, header: &[String]) -> bool {
        let has = |column: &str| header.iter().any(|name| name.trim() == column);
        !self.is_empty()
            && self
                .columns
                .iter()
                .all(|mapped| mapped.column == NO_COLUMN || has(&mapped.column))
    }

    /// The mapping as `日期=下单日, 金额=成交额`.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (at, mapped) in self.columns.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(out, "{comma}{}={}", mapped.role, mapped.column)
                .expect("writing to a string does not fail");
        }
        out
    }

    /// Reads a saved mapping.
    ///
    /// # Errors
    /// [`ImportError::MappingDamaged`] where it is not what [`Mapping::to_toml`] wrote.
    pub fn from_toml(name: &str, text: &str) -> Result<Mapping, ImportError> {
        let damaged = |error: toml::de::Error| ImportError::MappingDamaged {
            name: name.to_owned(),
            reason: error.message().to_owned(),
        };
        let mapping: Mapping = toml::from_str(text).map_err(damaged)?;
        Ok(Mapping {
            name: Some(name.to_owned()),
            ..mapping
        })
    }

    /// The mapping as it is saved.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("texts are TOML")
    }
}

/// Whether a mapping may be saved under this name: letters, digits, `-`, `_` and blanks inside.
pub fn is_mapping_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '.');
    !name.is_empty()
        && name.trim() == name
        && !name.starts_with('.')
        && name.chars().count() <= 60
        && name.chars().all(fits)
}
