//! The options of the command line that say how a file of sales is read. Reads none.

use clap::{Args, ValueEnum};
use fenjie_facts::import::{DateOrder, ImportOptions, Mapping, Rounding};
use fenjie_message::{Lang, Message};

use crate::failure::{Exit, Failure};

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
}

/// How finer amounts are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Round {
    /// A half away from zero.
    HalfUp,
    /// A half to the even step.
    HalfEven,
}

impl Round {
    /// The rule by its own name.
    pub fn rounding(self) -> Rounding {
        match self {
            Round::HalfUp => Rounding::HalfUp,
            Round::HalfEven => Rounding::HalfEven,
        }
    }
}

/// How files of sales are read.
#[derive(Args, Clone, Debug)]
pub struct FileArgs {
    /// Which column is what: 'date=Order Date, amount=Sales'; 'id=-' leaves it out
    #[arg(long, value_name = "COLUMNS")]
    pub map: Option<String>,
    /// Keep this mapping under a name, for files with the same columns
    #[arg(long, value_name = "NAME")]
    pub save_map: Option<String>,
    /// Use a mapping that was kept
    #[arg(long, value_name = "NAME")]
    pub use_map: Option<String>,
    /// All lines belong to this member: 'org=S1'; may be repeated
    #[arg(long, value_name = "DIMENSION=MEMBER")]
    pub member: Vec<String>,
    /// The sheet of a workbook [default: the first visible]
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The row of the header [default: found]
    #[arg(long, value_name = "ROW")]
    pub header_row: Option<usize>,
    /// The delimiter of a text [default: found]
    #[arg(long, value_name = "MARK")]
    pub delimiter: Option<char>,
    /// The encoding of a text: gb18030, big5 … [default: found]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Business time zone of timestamps with an offset: Asia/Shanghai [default: as written]
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Which comes first in 03/04/2026: dmy, mdy [default: the column decides, or it is refused]
    #[arg(long, value_name = "ORDER")]
    pub date_order: Option<Order>,
    /// Round amounts finer than the measure's step: half_up, half_even [default: refuse them]
    #[arg(long, value_name = "RULE")]
    pub round: Option<Round>,
    /// Refuse unknown members instead of keeping them as unassigned
    #[arg(long)]
    pub strict: bool,
}

impl FileArgs {
    /// The options as the importer takes them.
    ///
    /// # Errors
    /// Members without `=`, delimiters that are no ASCII.
    pub fn options(&self, partial: bool, saved: Vec<Mapping>) -> Result<ImportOptions, Failure> {
        let usage = |text: &str| {
            Failure::new(
                NotUnderstood {
                    text: text.to_owned(),
                },
                Exit::Usage,
            )
        };
        let members = self.member.iter().map(|text| {
            let (dimension, member) = text.split_once('=').ok_or_else(|| usage(text))?;
            Ok((dimension.trim().to_owned(), member.trim().to_owned()))
        });
        let delimiter = self
            .delimiter
            .map(|mark| u8::try_from(mark).ok().filter(u8::is_ascii));
        if delimiter == Some(None) {
            return Err(usage(&self.delimiter.unwrap_or_default().to_string()));
        }
        Ok(ImportOptions {
            sheet: self.sheet.clone(),
            header_row: self.header_row,
            delimiter: delimiter.flatten(),
            encoding: self.encoding.clone(),
            zone: self.zone.clone(),
            date_order: self.date_order.map(|order| match order {
                Order::Dmy => DateOrder::DayFirst,
                Order::Mdy => DateOrder::MonthFirst,
            }),
            round: self.round.map(Round::rounding),
            strict: self.strict,
            partial,
            members: members.collect::<Result<_, Failure>>()?,
            saved,
            ..ImportOptions::default()
        })
    }
}

/// An option that has another form.
#[derive(Debug)]
struct NotUnderstood {
    text: String,
}

impl Message for NotUnderstood {
    fn code(&self) -> &'static str {
        "option_invalid"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 看不懂", self.text),
            Lang::En => format!("`{}` is not understood", self.text),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let zh = "成员写成 `--member 'org=S1'`，分隔符是一个 ASCII 字符";
        let en = "write members as `--member 'org=S1'`; a delimiter is one ASCII character";
        Some(lang.pick(zh, en).into())
    }
}
