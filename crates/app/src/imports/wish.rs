//! How somebody wants a file of sales to be read: what the command line's options say. Reads nothing.

use std::path::Path;

use fenjie_facts::import::{
    DateOrder, ImportOptions, Mapping, Rounding, is_mapping_name, kept_mappings,
};
use serde::{Deserialize, Serialize};

use crate::AppError;

/// The longest text among them, in characters.
const LONGEST: usize = 1_000;

/// How a file is to be read, as `fenjie import` asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportWish {
    /// Which column is what: `date=Order Date, amount=Sales`.
    pub mapping: Option<String>,
    /// A mapping that was kept.
    pub use_mapping: Option<String>,
    /// Keep the mapping under this name.
    pub save_mapping: Option<String>,
    /// All lines belong to these members: `org=S1`.
    pub members: Vec<String>,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row of the header.
    pub header_row: Option<usize>,
    /// The delimiter of a text.
    pub delimiter: Option<String>,
    /// The encoding of a text.
    pub encoding: Option<String>,
    /// The business time zone.
    pub zone: Option<String>,
    /// Which comes first in `03/04/2026`.
    pub date_order: Option<DateOrder>,
    /// How amounts finer than the step are rounded.
    pub round: Option<Rounding>,
    /// Refuse unknown members.
    pub strict: bool,
    /// Bring the good rows in where others are refused.
    pub partial: bool,
    /// Check everything, write nothing.
    pub dry_run: bool,
    /// Why.
    pub why: Option<String>,
}

impl ImportWish {
    /// Refuses what can be refused without the file.
    ///
    /// # Errors
    /// `option_invalid`, `mapping_name_invalid`, those of the mapping's form.
    pub fn check(&self) -> Result<(), AppError> {
        let texts = [
            ("mapping", &self.mapping),
            ("use_mapping", &self.use_mapping),
            ("save_mapping", &self.save_mapping),
            ("sheet", &self.sheet),
            ("encoding", &self.encoding),
            ("zone", &self.zone),
            ("why", &self.why),
        ];
        for (field, text) in texts {
            let length = text.as_ref().map_or(0, |text| text.chars().count());
            if length > LONGEST {
                return Err(invalid(field, &format!("{length} > {LONGEST}")));
            }
        }
        if self.members.len() > 64 {
            return Err(invalid("members", &self.members.len().to_string()));
        }
        for (field, name) in [
            ("use_mapping", &self.use_mapping),
            ("save_mapping", &self.save_mapping),
        ] {
            if let Some(name) = name.as_ref().filter(|name| !is_mapping_name(name)) {
                return Err(invalid(field, name));
            }
        }
        self.delimiter()?;
        self.constants()?;
        self.typed().map(|_| ())
    }

    fn typed(&self) -> Result<Mapping, AppError> {
        let typed = self.mapping.as_deref();
        typed
            .map_or(Ok(Mapping::default()), Mapping::parse)
            .map_err(AppError::refused)
    }

    fn delimiter(&self) -> Result<Option<u8>, AppError> {
        let Some(text) = &self.delimiter else {
            return Ok(None);
        };
        match text.as_bytes() {
            [mark] if mark.is_ascii() => Ok(Some(*mark)),
            _ => Err(invalid("delimiter", text)),
        }
    }

    fn constants(&self) -> Result<Vec<(String, String)>, AppError> {
        let pair = |text: &String| {
            let (dimension, member) = text
                .split_once('=')
                .ok_or_else(|| invalid("members", text))?;
            Ok((dimension.trim().to_owned(), member.trim().to_owned()))
        };
        self.members.iter().map(pair).collect()
    }

    /// The mapping and the options as the importer takes them; kept mappings lie in the plan's
    /// folder, `zone` is the plan's own.
    ///
    /// # Errors
    /// Those of [`ImportWish::check`]; `mapping_unknown`.
    pub fn options(
        &self,
        folder: &Path,
        zone: Option<&String>,
    ) -> Result<(Mapping, ImportOptions), AppError> {
        let saved = kept_mappings(folder).map_err(AppError::refused)?;
        let mut mapping = self.typed()?;
        if let Some(name) = &self.use_mapping {
            let kept = saved
                .iter()
                .find(|mapping| mapping.name.as_ref() == Some(name));
            let kept = kept.ok_or_else(|| {
                AppError::invalid(
                    "use_mapping",
                    "mapping_unknown",
                    format!("没有保存过对应关系 `{name}`"),
                    format!("no mapping was kept as `{name}`"),
                )
            })?;
            mapping = mapping.over(kept);
        }
        let options = ImportOptions {
            sheet: self.sheet.clone(),
            header_row: self.header_row,
            delimiter: self.delimiter()?,
            encoding: self.encoding.clone(),
            zone: self.zone.as_ref().or(zone).cloned(),
            date_order: self.date_order,
            round: self.round,
            strict: self.strict,
            partial: self.partial,
            members: self.constants()?,
            saved,
            ..ImportOptions::default()
        };
        Ok((mapping, options))
    }
}

fn invalid(field: &'static str, text: &str) -> AppError {
    let shown: String = text.chars().take(60).collect();
    AppError::invalid(
        format!("options.{field}"),
        "option_invalid",
        format!("`{shown}` 看不懂"),
        format!("`{shown}` is not understood"),
    )
}
