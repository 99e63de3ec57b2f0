//! What can be wrong with a list of members. Knows the words, not the tree.

use std::fmt;

use fenjie_message::{Lang, Message};

/// Why a member list is no tree.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are the places named in the texts below"
)]
pub enum TreeError {
    /// No member at all.
    Empty { axis: String },
    /// A row without a code.
    CodeEmpty { axis: String, row: usize },
    /// The same member twice under one parent.
    Duplicate {
        axis: String,
        member: String,
        rows: [usize; 2],
    },
    /// One member under two parents at the same time.
    TwoParents {
        axis: String,
        member: String,
        rows: [usize; 2],
        parents: [String; 2],
    },
    /// A moved member whose dates overlap.
    DatesOverlap {
        axis: String,
        member: String,
        rows: [usize; 2],
    },
    /// A member that is gone before it comes.
    DatesReversed {
        axis: String,
        member: String,
        row: usize,
    },
    /// A parent that is not in the list.
    OrphanParent {
        axis: String,
        member: String,
        parent: String,
        row: usize,
    },
    /// Two members without a parent.
    TwoRoots {
        axis: String,
        roots: [String; 2],
        rows: [usize; 2],
    },
    /// Members that are their own ancestors.
    Cycle { axis: String, members: Vec<String> },
    /// Deeper than 255 levels.
    TooDeep { axis: String, member: String },
}

impl Message for TreeError {
    fn code(&self) -> &'static str {
        match self {
            TreeError::Empty { .. } => "members_empty",
            TreeError::CodeEmpty { .. } => "member_code_empty",
            TreeError::Duplicate { .. } => "member_duplicate",
            TreeError::TwoParents { .. } => "member_two_parents",
            TreeError::DatesOverlap { .. } => "member_dates_overlap",
            TreeError::DatesReversed { .. } => "member_dates_reversed",
            TreeError::OrphanParent { .. } => "member_parent_unknown",
            TreeError::TwoRoots { .. } => "members_two_roots",
            TreeError::Cycle { .. } => "members_cycle",
            TreeError::TooDeep { .. } => "members_too_deep",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            TreeError::Duplicate { .. } | TreeError::TwoParents { .. } => lang.pick(
                "调岗的成员给每一行写上不重叠的生效日期 from、until",
                "give a member that moved disjoint dates `from` and `until` on each row",
            ),
            TreeError::DatesReversed { .. } => lang.pick(
                "请对调生效日期 from、until",
                "swap the dates `from` and `until`",
            ),
            TreeError::TwoRoots { .. } => lang.pick(
                "加一个总公司成员，让它们都以它为上级",
                "add one member for the whole company and make it the parent of both",
            ),
            TreeError::OrphanParent { .. } => lang.pick(
                "补上这个上级，或改正它的编码",
                "add the parent as a row of its own, or correct its code",
            ),
            TreeError::Cycle { .. } => lang.pick(
                "改正其中一个成员的上级",
                "correct the parent of one of them",
            ),
            _ => return None,
        };
        Some(text.into())
    }
}

fn row_zh(row: usize) -> String {
    if row == 0 {
        String::new()
    } else {
        format!("第 {row} 行")
    }
}

fn row_en(row: usize) -> String {
    if row == 0 {
        String::new()
    } else {
        format!(" (row {row})")
    }
}

impl TreeError {
    fn zh(&self) -> String {
        match self {
            TreeError::Empty { axis } => format!("维度 `{axis}` 没有任何成员"),
            TreeError::CodeEmpty { axis, row } => {
                format!("维度 `{axis}` {}的成员编码为空", row_zh(*row))
            }
            TreeError::Duplicate { axis, member, rows } => {
                format!(
                    "维度 `{axis}` 的成员 `{member}` 重复：第 {} 行和第 {} 行",
                    rows[0], rows[1]
                )
            }
            TreeError::TwoParents {
                axis,
                member,
                rows,
                parents,
            } => format!(
                "维度 `{axis}` 的成员 `{member}` 同时有两个上级 `{}`（第 {} 行）和 `{}`（第 {} 行）",
                parents[0], rows[0], parents[1], rows[1]
            ),
            TreeError::DatesOverlap { axis, member, rows } => format!(
                "维度 `{axis}` 的成员 `{member}` 在第 {} 行和第 {} 行的生效日期重叠",
                rows[0], rows[1]
            ),
            TreeError::DatesReversed { axis, member, row } => format!(
                "维度 `{axis}` {}成员 `{member}` 的失效日期早于生效日期",
                row_zh(*row)
            ),
            TreeError::OrphanParent {
                axis,
                member,
                parent,
                row,
            } => {
                format!(
                    "维度 `{axis}` {}成员 `{member}` 的上级 `{parent}` 不存在",
                    row_zh(*row)
                )
            }
            TreeError::TwoRoots { axis, roots, .. } => {
                format!(
                    "维度 `{axis}` 有两个没有上级的成员 `{}` 和 `{}`",
                    roots[0], roots[1]
                )
            }
            TreeError::Cycle { axis, members } => {
                format!("维度 `{axis}` 的成员互为上级：{}", members.join(" → "))
            }
            TreeError::TooDeep { axis, member } => {
                format!("维度 `{axis}` 在成员 `{member}` 处超过 255 层")
            }
        }
    }

    fn en(&self) -> String {
        match self {
            TreeError::Empty { axis } => format!("dimension `{axis}` has no members"),
            TreeError::CodeEmpty { axis, row } => {
                format!("a member of dimension `{axis}` has no code{}", row_en(*row))
            }
            TreeError::Duplicate { axis, member, rows } => format!(
                "member `{member}` of dimension `{axis}` stands twice, in rows {} and {}",
                rows[0], rows[1]
            ),
            TreeError::TwoParents {
                axis,
                member,
                rows,
                parents,
            } => format!(
                "member `{member}` of dimension `{axis}` has two parents at once, `{}` (row {}) and `{}` (row {})",
                parents[0], rows[0], parents[1], rows[1]
            ),
            TreeError::DatesOverlap { axis, member, rows } => format!(
                "the dates of member `{member}` of dimension `{axis}` overlap in rows {} and {}",
                rows[0], rows[1]
            ),
            TreeError::DatesReversed { axis, member, row } => format!(
                "member `{member}` of dimension `{axis}` ends before it starts{}",
                row_en(*row)
            ),
            TreeError::OrphanParent {
                axis,
                member,
                parent,
                row,
            } => format!(
                "parent `{parent}` of member `{member}` in dimension `{axis}` does not exist{}",
                row_en(*row)
            ),
            TreeError::TwoRoots { axis, roots, .. } => format!(
                "dimension `{axis}` has two members without a parent, `{}` and `{}`",
                roots[0], roots[1]
            ),
            TreeError::Cycle { axis, members } => {
                format!(
                    "members of dimension `{axis}` are their own ancestors: {}",
                    members.join(" → ")
                )
            }
            TreeError::TooDeep { axis, member } => {
                format!("dimension `{axis}` is deeper than 255 levels at member `{member}`")
            }
        }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for TreeError {}
