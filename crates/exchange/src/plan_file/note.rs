//! What a planner should know of a plan that could be read. None of it stops the plan.

use fenjie_message::{Lang, Message};

/// Something noticed while a plan was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanNote {
    /// Rows of history belong to members that the plan does not have; they were left out as asked.
    RowsIgnored {
        /// The reference.
        reference: String,
        /// The dimension.
        axis: String,
        /// The member as it stands in the file.
        member: String,
        /// How many rows.
        rows: usize,
    },
    /// A level is called like another dimension, which an address means first.
    LevelHidden {
        /// The dimension of the level.
        axis: String,
        /// The level, and the other dimension's code.
        level: String,
    },
    /// No row of a reference is left after filters and period.
    ReferenceEmpty {
        /// The reference.
        reference: String,
    },
}

impl Message for PlanNote {
    fn code(&self) -> &'static str {
        match self {
            PlanNote::RowsIgnored { .. } => "history_rows_ignored",
            PlanNote::LevelHidden { .. } => "level_hidden",
            PlanNote::ReferenceEmpty { .. } => "history_empty",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (
                PlanNote::RowsIgnored {
                    reference,
                    axis,
                    member,
                    rows,
                },
                Lang::Zh,
            ) => format!(
                "参考数据 `{reference}` 有 {rows} 行属于维度 `{axis}` 没有的成员 `{member}`，未计入"
            ),
            (
                PlanNote::RowsIgnored {
                    reference,
                    axis,
                    member,
                    rows,
                },
                Lang::En,
            ) => format!(
                "{rows} rows of the reference `{reference}` belong to `{member}`, which the axis \
                 `{axis}` does not have; they are left out"
            ),
            (PlanNote::LevelHidden { axis, level }, Lang::Zh) => format!(
                "`{level}` 既是维度，又是维度 `{axis}` 的一层；单写 `{level}` 指维度，这一层写 `{axis}.{level}`"
            ),
            (PlanNote::LevelHidden { axis, level }, Lang::En) => format!(
                "`{level}` is a dimension and a level of `{axis}`; alone it means the dimension, the \
                 level is `{axis}.{level}`"
            ),
            (PlanNote::ReferenceEmpty { reference }, Lang::Zh) => {
                format!("参考数据 `{reference}` 没有符合条件的行")
            }
            (PlanNote::ReferenceEmpty { reference }, Lang::En) => {
                format!("the reference `{reference}` has no row that fits its filters and period")
            }
        }
    }
}
