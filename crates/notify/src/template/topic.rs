//! What messages are about, and what they say where nobody has written them anew. Must not know
//! channels.

use fenjie_message::Lang;

use super::Template;

macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal, [$($place:literal),*],
        ($zh_title:literal, $zh_body:literal), ($en_title:literal, $en_body:literal);)*) => {
        /// What a message is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Topic {
            $($(#[$doc])* $name,)*
        }

        impl Topic {
            /// All of them.
            pub const ALL: &'static [Topic] = &[$(Topic::$name),*];

            /// Its stable name.
            pub fn code(self) -> &'static str {
                match self { $(Topic::$name => $code,)* }
            }

            /// What people call it.
            pub fn name(self, lang: Lang) -> &'static str {
                match self { $(Topic::$name => lang.pick($zh, $en),)* }
            }

            /// The places that its texts may have.
            pub fn places(self) -> &'static [&'static str] {
                match self { $(Topic::$name => &[$($place),*],)* }
            }

            /// What it says where nobody has written it anew.
            pub fn template(self, lang: Lang) -> Template {
                let (title, body) = match self {
                    $(Topic::$name => match lang {
                        Lang::Zh => ($zh_title, $zh_body),
                        Lang::En => ($en_title, $en_body),
                    },)*
                };
                Template { title: title.into(), body: body.into() }
            }
        }
    };
}

topics! {
    /// 预警汇总: what needs a look, for one owner or for all (rule T6).
    AlertsDigest = "alerts_digest", "预警汇总", "alerts",
        ["plan", "measure", "owner", "as_of", "count", "alerts"],
        ("{plan}：{owner}有 {count} 条预警", "**{plan}** · {measure} · 截至 {as_of}\n{alerts}"),
        ("{plan}: {count} alerts for {owner}", "**{plan}** · {measure} · as of {as_of}\n{alerts}");
    /// 目标下达: targets were released to those below.
    TargetsReleased = "targets_released", "目标下达", "targets released",
        ["plan", "period", "level", "who", "count", "deadline"],
        ("{plan}：{period} 目标已下达", "**{who}** 向{level}下达了 {period} 的目标，共 {count} 项，请在 {deadline} 前确认。"),
        ("{plan}: targets for {period} released", "**{who}** released {count} targets for {period} to {level}; commit by {deadline}.");
    /// 承诺: somebody committed to a target.
    CommitmentMade = "commitment_made", "承诺确认", "commitment",
        ["plan", "place", "period", "who", "measure", "amount"],
        ("{plan}：{who} 已承诺 {place}", "**{who}** 承诺 {place} {period} 的{measure} {amount}。"),
        ("{plan}: {who} committed to {place}", "**{who}** committed to {measure} {amount} for {place}, {period}.");
    /// 还价: somebody offered another amount, with a reason.
    CounterOffered = "counter_offered", "调整申请", "counter-offer",
        ["plan", "place", "period", "who", "measure", "target", "amount", "reason"],
        ("{plan}：{who} 对 {place} 提出不同数", "**{who}** 对 {place} {period} 的{measure}提出 {amount}（目标 {target}）。\n理由：{reason}"),
        ("{plan}: {who} made a counter-offer for {place}", "**{who}** offered {measure} {amount} for {place}, {period}, where the target is {target}.\nReason: {reason}");
    /// 待审批.
    ApprovalAsked = "approval_asked", "待审批", "approval asked",
        ["plan", "what", "who", "comment", "deadline"],
        ("{plan}：{who} 提交审批", "**{who}** 提交了{what}，请在 {deadline} 前审批。\n说明：{comment}"),
        ("{plan}: {who} asks for approval", "**{who}** submitted {what}; decide by {deadline}.\nThey say: {comment}");
    /// 审批通过.
    ApprovalApproved = "approval_approved", "审批通过", "approved",
        ["plan", "what", "who", "comment"],
        ("{plan}：{what}已批准", "**{who}** 批准了{what}。\n意见：{comment}"),
        ("{plan}: {what} approved", "**{who}** approved {what}.\nThey say: {comment}");
    /// 审批驳回.
    ApprovalRejected = "approval_rejected", "审批驳回", "rejected",
        ["plan", "what", "who", "comment"],
        ("{plan}：{what}被驳回", "**{who}** 驳回了{what}。\n意见：{comment}"),
        ("{plan}: {what} rejected", "**{who}** rejected {what}.\nThey say: {comment}");
    /// 截止临近.
    DeadlineNear = "deadline_near", "截止临近", "deadline near",
        ["plan", "what", "place", "owner", "deadline"],
        ("{plan}：{what}将于 {deadline} 截止", "{owner}：{place} 的{what}将于 **{deadline}** 截止。"),
        ("{plan}: {what} is due {deadline}", "{owner}: {what} for {place} is due **{deadline}**.");
    /// 已逾期.
    DeadlineOverdue = "deadline_overdue", "已逾期", "overdue",
        ["plan", "what", "place", "owner", "deadline"],
        ("{plan}：{what}已逾期", "{owner}：{place} 的{what}本应在 **{deadline}** 前完成。"),
        ("{plan}: {what} is overdue", "{owner}: {what} for {place} was due **{deadline}**.");
    /// 期间关账.
    PeriodClosed = "period_closed", "期间关账", "period closed",
        ["plan", "period", "measure", "target", "actual", "attainment", "unassigned"],
        ("{plan}：{period} 已关账，完成率 {attainment}", "**{period}** {measure}：目标 {target}，实绩 {actual}，完成率 {attainment}；未归属 {unassigned}。"),
        ("{plan}: {period} closed at {attainment}", "**{period}** {measure}: target {target}, actual {actual}, attainment {attainment}; unassigned {unassigned}.");
    /// 改进计划到期 (rule J5).
    ActionPlanDue = "action_plan_due", "改进计划待交", "action plan due",
        ["plan", "place", "owner", "measure", "periods", "count"],
        ("{plan}：{place} 须提交改进计划", "{owner}：{place} 的{measure}连续 {count} 期未达成，须提交改进计划。\n{periods}"),
        ("{plan}: an action plan is due for {place}", "{owner}: {measure} of {place} missed its target {count} times in a row; an action plan is due.\n{periods}");
    /// 导入完成.
    ImportFinished = "import_finished", "导入完成", "import finished",
        ["plan", "file", "who", "lines", "unassigned"],
        ("{plan}：{file} 已导入", "**{who}** 导入了 {file}：{lines} 行，未归属 {unassigned} 行。"),
        ("{plan}: {file} imported", "**{who}** imported {file}: {lines} lines, {unassigned} unassigned.");
    /// 导入失败.
    ImportFailed = "import_failed", "导入失败", "import failed",
        ["plan", "file", "who", "reason"],
        ("{plan}：{file} 导入失败", "**{who}** 的 {file} 没有导入，内容未变。\n原因：{reason}"),
        ("{plan}: {file} was not imported", "{file} of **{who}** was not imported; nothing has changed.\nReason: {reason}");
    /// 备份失败.
    BackupFailed = "backup_failed", "备份失败", "backup failed",
        ["at", "reason"],
        ("备份失败", "{at} 的备份没有完成。\n原因：{reason}"),
        ("A backup failed", "The backup of {at} was not made.\nReason: {reason}");
    /// 试发.
    Test = "test", "试发消息", "test message",
        ["organisation", "who", "channel"],
        ("分解：试发消息", "**{who}** 从 {organisation} 试发到“{channel}”。收到即表示通道可用。"),
        ("fenjie: a test message", "**{who}** of {organisation} tried the channel \"{channel}\". It works.");
}

impl Topic {
    /// The topic of a stable name.
    pub fn parse(code: &str) -> Option<Topic> {
        Topic::ALL
            .iter()
            .copied()
            .find(|topic| topic.code() == code)
    }
}
