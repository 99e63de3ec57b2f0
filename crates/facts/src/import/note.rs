//! What a person should know about how a file of sales was understood. None of it stops the import.

use fenjie_message::{Lang, Message};

/// Something that was found out or left out while a file of sales was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportNote {
    /// A saved mapping fits the header and was used by itself.
    MappingFound {
        /// Its name.
        name: String,
    },
    /// The column decided which of day and month comes first.
    DateOrderFound {
        /// The column.
        column: String,
        /// A value that has only one reading.
        value: String,
        /// Whether the day comes first.
        day_first: bool,
    },
    /// Months without a day count on their first day.
    MonthAsFirstDay {
        /// The column.
        column: String,
        /// The first such value.
        value: String,
    },
    /// A heading states a unit, which its values were multiplied with.
    UnitInHeading {
        /// The column.
        column: String,
        /// The power of ten.
        power: u32,
    },
    /// A dimension of the plan has no column; its lines are unassigned there.
    DimensionWithoutColumn {
        /// The dimension's name.
        dimension: String,
    },
    /// Another column says the same more exactly, so this one was left out.
    ColumnPassedOver {
        /// The column left out.
        column: String,
        /// The column used.
        used: String,
    },
    /// Timestamps with an offset counted as written, because no time zone was given.
    OffsetsAsWritten {
        /// The column.
        column: String,
        /// How many rows.
        rows: usize,
    },
}

impl Message for ImportNote {
    fn code(&self) -> &'static str {
        match self {
            ImportNote::MappingFound { .. } => "mapping_found",
            ImportNote::DateOrderFound { .. } => "date_order_found",
            ImportNote::MonthAsFirstDay { .. } => "month_as_first_day",
            ImportNote::UnitInHeading { .. } => "unit_in_heading",
            ImportNote::DimensionWithoutColumn { .. } => "dimension_without_column",
            ImportNote::ColumnPassedOver { .. } => "column_passed_over",
            ImportNote::OffsetsAsWritten { .. } => "offsets_as_written",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => text_zh(self),
            Lang::En => text_en(self),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            ImportNote::OffsetsAsWritten { .. } => (
                "用 `--zone Asia/Shanghai` 指定业务时区，或在方案文件的 `[calendar]` 里写 `zone`",
                "give the business time zone with `--zone Asia/Shanghai`, or as `zone` in `[calendar]`",
            ),
            ImportNote::DimensionWithoutColumn { .. } => (
                "全部属于一个成员时用 `--member '维度=成员'`",
                "if all lines belong to one member, give `--member 'DIMENSION=MEMBER'`",
            ),
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

fn text_zh(note: &ImportNote) -> String {
    match note {
        ImportNote::MappingFound { name } => format!("按保存的对应关系 `{name}` 读取各列"),
        ImportNote::DateOrderFound {
            column,
            value,
            day_first,
        } => {
            let order = if *day_first { "日在前" } else { "月在前" };
            format!("`{column}` 列有 `{value}`，整列按{order}读取")
        }
        ImportNote::MonthAsFirstDay { column, value } => {
            format!("`{column}` 列有 `{value}` 这样的月份，记在当月 1 日")
        }
        ImportNote::UnitInHeading { column, power } => {
            let times = grouped(*power);
            format!("`{column}` 列的数按表头的单位乘以 {times}，自己带单位的除外")
        }
        ImportNote::DimensionWithoutColumn { dimension } => {
            format!("文件没有{dimension}这一列，这个维度上都算未归属")
        }
        ImportNote::ColumnPassedOver { column, used } => {
            format!("取 `{used}` 列，没有取 `{column}` 列")
        }
        ImportNote::OffsetsAsWritten { column, rows } => {
            format!("`{column}` 列有 {rows} 行带时差，没有给业务时区，按写的当地时间取日期")
        }
    }
}

fn text_en(note: &ImportNote) -> String {
    match note {
        ImportNote::MappingFound { name } => {
            format!("the columns were read by the saved mapping `{name}`")
        }
        ImportNote::DateOrderFound {
            column,
            value,
            day_first,
        } => {
            let order = if *day_first { "day" } else { "month" };
            format!("column `{column}` has `{value}`: all of it was read with the {order} first")
        }
        ImportNote::MonthAsFirstDay { column, value } => {
            format!("column `{column}` has months such as `{value}`: they count on their first day")
        }
        ImportNote::UnitInHeading { column, power } => {
            let times = grouped(*power);
            format!(
                "the values of column `{column}` were multiplied with {times}, the unit of its \
                 heading, but for those with a unit of their own"
            )
        }
        ImportNote::DimensionWithoutColumn { dimension } => {
            format!("the file has no column for {dimension}; its lines are unassigned there")
        }
        ImportNote::ColumnPassedOver { column, used } => {
            format!("column `{used}` was taken, column `{column}` was not")
        }
        ImportNote::OffsetsAsWritten { column, rows } => format!(
            "column `{column}` has {rows} rows with an offset; no business time zone was given, \
             so their days count as written"
        ),
    }
}

/// A power of ten as people write it: `10,000`.
fn grouped(power: u32) -> String {
    let step = fenjie_money::Step::power(0).expect("whole numbers are a step");
    let count = 10i64.checked_pow(power).unwrap_or(i64::MAX);
    step.format_grouped(count, fenjie_money::DisplayUnit::One)
}
