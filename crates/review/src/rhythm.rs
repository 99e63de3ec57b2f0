//! The rhythm of a month (月初紧、月中检、月末冲): in which third of its weighted days a day lies, and
//! what the meeting looks at then. Knows no plan.

use fenjie_message::Lang;

/// A third of the month by weighted days (rules T2, R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// 月初紧
    TightStart,
    /// 月中检
    MiddleCheck,
    /// 月末冲
    FinalPush,
}

impl Rhythm {
    /// The phase in which so much of the month's weight is over: the first third, the second, the last.
    ///
    /// ```
    /// use fenjie_review::Rhythm;
    /// assert_eq!(Rhythm::after(1, 4), Rhythm::TightStart);
    /// assert_eq!(Rhythm::after(1, 3), Rhythm::MiddleCheck);
    /// assert_eq!(Rhythm::after(2, 3), Rhythm::FinalPush);
    /// assert_eq!(Rhythm::after(0, 0), Rhythm::TightStart);
    /// ```
    pub fn after(elapsed: u64, whole: u64) -> Rhythm {
        let (elapsed, whole) = (u128::from(elapsed), u128::from(whole));
        if whole == 0 || elapsed * 3 < whole {
            Rhythm::TightStart
        } else if elapsed * 3 < whole * 2 {
            Rhythm::MiddleCheck
        } else {
            Rhythm::FinalPush
        }
    }

    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_review::Rhythm::MiddleCheck.code(), "middle_check");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Rhythm::TightStart => "tight_start",
            Rhythm::MiddleCheck => "middle_check",
            Rhythm::FinalPush => "final_push",
        }
    }

    /// The brief's word for it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_review::Rhythm::FinalPush.name(Lang::Zh), "月末冲");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Rhythm::TightStart => lang.pick("月初紧", "tight start"),
            Rhythm::MiddleCheck => lang.pick("月中检", "mid-month check"),
            Rhythm::FinalPush => lang.pick("月末冲", "final push"),
        }
    }

    /// What the meeting looks at in this phase.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// let look = fenjie_review::Rhythm::TightStart.look_at(Lang::En);
    /// assert!(look.starts_with("Start early"));
    /// ```
    pub fn look_at(self, lang: Lang) -> &'static str {
        match self {
            Rhythm::TightStart => lang.pick(
                "先把节奏紧起来：每个人是否清楚本月目标、每天做多少，谁一开头就落后，上周决议有没有落实。",
                "Start early: does everyone know the month's target and what it means a day, who is behind \
                 from the first days, were last week's decisions carried out.",
            ),
            Rhythm::MiddleCheck => lang.pick(
                "检查进度与方法：完成率是否跟得上时间进度，缺口集中在谁、哪个产品、哪几天，改进计划有没有效果，\
                 要不要结转。",
                "Check pace and methods: does attainment keep up with the time gone, who, which product and \
                 which days hold the gap, do action plans work, is anything to be carried.",
            ),
            Rhythm::FinalPush => lang.pick(
                "盯住余下的每一天：还差多少、每天要做多少，谁还能冲上去，哪些缺口已经补不回来。",
                "Count the days that are left: how much is missing, what is needed a day, who can still make \
                 it, which shortfall can no longer be made good.",
            ),
        }
    }
}
