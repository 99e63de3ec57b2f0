//! Why limits cannot be met (rule D5). Knows no arithmetic.

use fenjie_message::{Lang, Message};

/// Why limits cannot be met. Members count from 0; sums are in steps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum BoundsError {
    /// A member's floor lies above its cap.
    FloorAboveCap {
        /// Which member.
        index: usize,
        /// Its floor.
        floor: i64,
        /// Its cap.
        cap: i64,
    },
    /// The floors sum to more than the total.
    BelowFloors {
        /// The total asked for.
        total: i64,
        /// The floors' sum, the nearest feasible total.
        floors: i128,
        /// The caps' sum, where every member has one.
        caps: Option<i128>,
        /// The fewest floors that clash.
        clashing: Vec<usize>,
    },
    /// The caps sum to less than the total.
    AboveCaps {
        /// The total asked for.
        total: i64,
        /// The floors' sum, where every member has one.
        floors: Option<i128>,
        /// The caps' sum, the nearest feasible total.
        caps: i128,
        /// The caps that clash: all of them, because lifting any one would do.
        clashing: Vec<usize>,
    },
    /// The members without a binding limit would share more than 64 bits count.
    OutOfRange {
        /// What they would share.
        rest: i128,
    },
}

impl BoundsError {
    /// The feasible total nearest to the one asked for, in steps; none where no total is.
    ///
    /// ```
    /// use fenjie_money::{Bounds, allocate_bounded};
    /// let caps = [Bounds { floor: 0, cap: 10 }; 3];
    /// let error = allocate_bounded(100, &[1, 1, 1], &caps, &mut [0; 3]).unwrap_err();
    /// assert_eq!(error.nearest(), Some(30));
    /// ```
    pub fn nearest(&self) -> Option<i128> {
        match self {
            BoundsError::FloorAboveCap { .. } | BoundsError::OutOfRange { .. } => None,
            BoundsError::BelowFloors { floors, .. } => Some(*floors),
            BoundsError::AboveCaps { caps, .. } => Some(*caps),
        }
    }

    /// The smallest set of members whose limits clash.
    ///
    /// ```
    /// use fenjie_money::{Bounds, allocate_bounded};
    /// let floors = [60, 10, 50].map(|floor| Bounds { floor, cap: i64::MAX });
    /// let error = allocate_bounded(100, &[1, 1, 1], &floors, &mut [0; 3]).unwrap_err();
    /// assert_eq!(error.clashing(), [0, 2]);
    /// ```
    pub fn clashing(&self) -> &[usize] {
        match self {
            BoundsError::FloorAboveCap { index, .. } => std::slice::from_ref(index),
            BoundsError::BelowFloors { clashing, .. } => clashing,
            BoundsError::AboveCaps { clashing, .. } => clashing,
            BoundsError::OutOfRange { .. } => &[],
        }
    }
}

impl Message for BoundsError {
    fn code(&self) -> &'static str {
        match self {
            BoundsError::FloorAboveCap { .. } => "floor_above_cap",
            BoundsError::BelowFloors { .. } => "total_below_floors",
            BoundsError::AboveCaps { .. } => "total_above_caps",
            BoundsError::OutOfRange { .. } => "parts_out_of_range",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (BoundsError::FloorAboveCap { index, floor, cap }, Lang::Zh) => {
                format!("成员 [{index}] 的下限 {floor} 大于上限 {cap}（以最小单位计）")
            }
            (BoundsError::FloorAboveCap { index, floor, cap }, Lang::En) => {
                format!("the floor {floor} of member [{index}] is above its cap {cap}, in steps")
            }
            (BoundsError::BelowFloors { total, floors, .. }, Lang::Zh) => {
                format!("总额 {total} 小于各下限之和 {floors}（以最小单位计）")
            }
            (BoundsError::BelowFloors { total, floors, .. }, Lang::En) => {
                format!("the total {total} is below the floors' sum {floors}, in steps")
            }
            (BoundsError::AboveCaps { total, caps, .. }, Lang::Zh) => {
                format!("总额 {total} 大于各上限之和 {caps}（以最小单位计）")
            }
            (BoundsError::AboveCaps { total, caps, .. }, Lang::En) => {
                format!("the total {total} is above the caps' sum {caps}, in steps")
            }
            (BoundsError::OutOfRange { rest }, Lang::Zh) => {
                format!("没有限额约束的成员要分 {rest} 个最小单位，超出 64 位整数")
            }
            (BoundsError::OutOfRange { rest }, Lang::En) => {
                format!("members within their limits would share {rest} steps, beyond 64 bits")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let nearest = self.nearest()?;
        let members: Vec<String> = self
            .clashing()
            .iter()
            .take(8)
            .map(usize::to_string)
            .collect();
        let more = if self.clashing().len() > 8 {
            ", …"
        } else {
            ""
        };
        let members = members.join(", ") + more;
        Some(match lang {
            Lang::Zh => {
                format!("最接近的可行总额是 {nearest}；相互冲突的是成员 [{members}] 的限额")
            }
            Lang::En => {
                format!("the nearest feasible total is {nearest}; members [{members}] clash")
            }
        })
    }
}
