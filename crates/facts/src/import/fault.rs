//! What a row of sales may break, in words. Knows no file.

use fenjie_calendar::Date;
use fenjie_exchange::table::DateError;
use fenjie_message::{Lang, Message};
use fenjie_money::AmountError;

/// What a row of sales breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// It has more or fewer fields than the header.
    FieldCount {
        /// Its fields.
        fields: usize,
        /// The header's.
        header: usize,
    },
    /// It has no day.
    DateMissing,
    /// Its day cannot be read.
    Date(DateError),
    /// Its day lies outside 1900 to 2200.
    DateFar {
        /// The day as read.
        day: String,
    },
    /// Its time of day or its offset cannot be read.
    Time,
    /// It has no amount in any measure.
    AmountMissing,
    /// An amount cannot be read, or is no whole number of steps (rule A1).
    Amount(AmountError),
    /// It is a total or subtotal of other rows.
    TotalRow,
    /// A member is unknown and `strict` was asked for.
    MemberUnknown {
        /// The dimension's name.
        dimension: String,
        /// Known members that resemble it.
        nearest: Vec<String>,
    },
    /// A name belongs to several members.
    MemberAmbiguous {
        /// The dimension's name.
        dimension: String,
        /// The codes of those members.
        codes: Vec<String>,
    },
    /// A member does not lie under the one that another column names.
    MemberElsewhere {
        /// The member of the other column.
        upper: String,
        /// Where this one lies.
        under: String,
    },
    /// The credit shares cannot be read.
    Credit {
        /// What is wrong with them.
        reason: CreditFault,
    },
    /// The external id stands in another row with other content.
    IdTwice {
        /// The other row.
        other: usize,
    },
    /// A text holds control characters or is longer than 1,000 characters.
    TextUnfit,
}

/// What is wrong with credit shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CreditFault {
    /// They have no readable form.
    Form,
    /// They do not sum to 100 %.
    Sum {
        /// What they sum to, in per cent.
        sum: String,
    },
    /// A member stands twice.
    Twice {
        /// The member.
        member: String,
    },
}

impl Message for RowFault {
    fn code(&self) -> &'static str {
        match self {
            RowFault::FieldCount { .. } => "row_field_count",
            RowFault::DateMissing => "row_date_missing",
            RowFault::Date(error) => error.code(),
            RowFault::DateFar { .. } => "row_date_far",
            RowFault::Time => "row_time_invalid",
            RowFault::AmountMissing => "row_amount_missing",
            RowFault::Amount(error) => error.code(),
            RowFault::TotalRow => "row_is_total",
            RowFault::MemberUnknown { .. } => "row_member_unknown",
            RowFault::MemberAmbiguous { .. } => "row_member_ambiguous",
            RowFault::MemberElsewhere { .. } => "row_member_elsewhere",
            RowFault::Credit { .. } => "row_credit_invalid",
            RowFault::IdTwice { .. } => "row_id_twice",
            RowFault::TextUnfit => "row_text_unfit",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.text_zh(),
            Lang::En => self.text_en(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            RowFault::FieldCount { .. } => (
                "含分隔符的文字要用双引号括起来",
                "put texts that hold the delimiter into double quotes",
            ),
            RowFault::Date(DateError::Ambiguous { .. }) => (
                "用 `--date-order dmy` 或 `--date-order mdy` 说明日、月哪个在前",
                "say which comes first: `--date-order dmy` or `--date-order mdy`",
            ),
            RowFault::Date(error) => return error.hint(lang),
            RowFault::Amount(AmountError::NotMultiple { .. }) => (
                "确实要舍入时加 `--round half_up` 或 `--round half_even`",
                "if it is to be rounded, add `--round half_up` or `--round half_even`",
            ),
            RowFault::Amount(error) => return error.hint(lang),
            RowFault::TotalRow => (
                "合计、小计行不是销售，从文件里去掉",
                "totals and subtotals are no sales; take them out of the file",
            ),
            RowFault::MemberUnknown { .. } => (
                "改正名称，或不用 `--strict`：未知成员会保留为“未归属”",
                "correct it, or leave `--strict` out: unknown members are kept as unassigned",
            ),
            RowFault::MemberAmbiguous { .. } => ("改写成员代码", "write the member's code"),
            RowFault::Credit { .. } => (
                "写成 `王芳:60%;李强:40%`，合计 100%",
                "write `Ann:60%;Bob:40%`, 100 % in all",
            ),
            RowFault::IdTwice { .. } => (
                "单号一行一个；若这一列是订单号而一单多行，改用行号列，或用 `--map '单号=-'` 不取这一列",
                "an id names one line; if this is an order with several lines, map a line id or \
                 leave the column out with `--map 'id=-'`",
            ),
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

impl RowFault {
    fn text_zh(&self) -> String {
        match self {
            RowFault::FieldCount { fields, header } => {
                format!("有 {fields} 个字段，表头是 {header} 个")
            }
            RowFault::DateMissing => "没有日期".into(),
            RowFault::Date(error) => error.text(Lang::Zh),
            RowFault::DateFar { day } => format!("日期 {day} 不在 1900 至 2200 年之间"),
            RowFault::Time => "时间无法识别".into(),
            RowFault::AmountMissing => "没有任何金额或数量".into(),
            RowFault::Amount(error) => error.text(Lang::Zh),
            RowFault::TotalRow => "这是合计行".into(),
            RowFault::MemberUnknown { dimension, nearest } => {
                format!("{dimension}里没有这个成员{}", near(nearest, Lang::Zh))
            }
            RowFault::MemberAmbiguous { dimension, codes } => {
                format!("{dimension}里有几个成员同名：{}", codes.join("、"))
            }
            RowFault::MemberElsewhere { upper, under } => {
                format!("不在 `{upper}` 之下，而在 `{under}` 之下")
            }
            RowFault::Credit { reason } => match reason {
                CreditFault::Form => "业绩分成无法识别".into(),
                CreditFault::Sum { sum } => format!("业绩分成合计 {sum}%，不是 100%"),
                CreditFault::Twice { member } => format!("业绩分成里 `{member}` 出现两次"),
            },
            RowFault::IdTwice { other } => format!("单号与第 {other} 行相同，内容却不同"),
            RowFault::TextUnfit => "含有控制字符，或超过 1,000 个字符".into(),
        }
    }

    fn text_en(&self) -> String {
        match self {
            RowFault::FieldCount { fields, header } => {
                format!("{fields} fields where the header has {header}")
            }
            RowFault::DateMissing => "there is no date".into(),
            RowFault::Date(error) => error.text(Lang::En),
            RowFault::DateFar { day } => format!("the day {day} is not within 1900 to 2200"),
            RowFault::Time => "the time cannot be read".into(),
            RowFault::AmountMissing => "there is neither an amount nor a quantity".into(),
            RowFault::Amount(error) => error.text(Lang::En),
            RowFault::TotalRow => "this is a total of other rows".into(),
            RowFault::MemberUnknown { dimension, nearest } => {
                format!("{dimension} has no such member{}", near(nearest, Lang::En))
            }
            RowFault::MemberAmbiguous { dimension, codes } => {
                format!(
                    "{dimension} has several members of this name: {}",
                    codes.join(", ")
                )
            }
            RowFault::MemberElsewhere { upper, under } => {
                format!("does not lie under `{upper}` but under `{under}`")
            }
            RowFault::Credit { reason } => match reason {
                CreditFault::Form => "the credit shares cannot be read".into(),
                CreditFault::Sum { sum } => format!("the credit shares sum to {sum} %, not 100 %"),
                CreditFault::Twice { member } => format!("`{member}` stands twice in the shares"),
            },
            RowFault::IdTwice { other } => {
                format!("the id stands in row {other} too, with other content")
            }
            RowFault::TextUnfit => "holds control characters or more than 1,000 characters".into(),
        }
    }
}

/// The names that resemble an unknown one, as the end of a sentence.
pub(super) fn near(nearest: &[String], lang: Lang) -> String {
    match (nearest.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("，相近的有：{}", nearest.join("、")),
        (false, Lang::En) => format!("; the nearest are: {}", nearest.join(", ")),
    }
}

/// Whether a day is one that sales are booked on.
pub(super) fn is_near(day: Date) -> bool {
    (1900..=2200).contains(&day.year())
}
