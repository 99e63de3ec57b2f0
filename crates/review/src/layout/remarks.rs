//! Section 10: how far the figures reach and what is not in them.

use fenjie_message::Lang;

use super::{Page, words};
use crate::document::Block;

impl Page<'_> {
    pub(super) fn remarks(&self) -> Vec<Block> {
        let remarks = &self.pack.remarks;
        let (lang, as_of) = (self.lang, self.pack.as_of);
        let mut lines = vec![match (lang, remarks.through) {
            (Lang::Zh, Some(day)) => format!("实绩共 {} 行，最后一天是 {day}。", remarks.lines),
            (Lang::En, Some(day)) => {
                format!("{} sales lines, the last day is {day}.", remarks.lines)
            }
            (Lang::Zh, None) => format!("到 {as_of} 为止没有实绩。"),
            (Lang::En, None) => format!("There are no results through {as_of}."),
        }];
        if let Some(day) = remarks.through
            && let Some(days) = remarks.days
        {
            let awaited = as_of.min(days.last());
            if day < awaited {
                lines.push(match lang {
                    Lang::Zh => format!("{day} 之后到 {awaited} 没有实绩：数据还没到，或者没有开张。"),
                    Lang::En => format!(
                        "Nothing was booked after {day} through {awaited}: figures are late, or nothing was \
                         sold."
                    ),
                });
            }
        }
        let short = |count: i64| words::short(count, self.pack.step, lang);
        if remarks.unassigned_lines > 0 {
            let (count, amount) = (remarks.unassigned_lines, short(remarks.unassigned));
            lines.push(match lang {
                Lang::Zh => format!("未归属的有 {count} 行，本月 {amount}，计入合计，不计入任何成员。"),
                Lang::En => format!(
                    "{count} lines are unassigned, {amount} of them this month: in the totals, in no \
                     member's figures."
                ),
            });
        }
        if remarks.above != 0 {
            let amount = short(remarks.above);
            lines.push(match lang {
                Lang::Zh => format!("记在上级、没有记到成员的本月有 {amount}，计入合计。"),
                Lang::En => {
                    format!("{amount} this month are booked above the members: in the totals.")
                }
            });
        }
        if remarks.outside_lines > 0 {
            let count = remarks.outside_lines;
            lines.push(match lang {
                Lang::Zh => format!("方案期间以外的有 {count} 行，不计入任何数字。"),
                Lang::En => {
                    format!("{count} lines lie outside the plan's period and count nowhere.")
                }
            });
        }
        if !remarks.not_closed.is_empty() {
            let names = words::listed(&remarks.not_closed, lang);
            lines.push(match lang {
                Lang::Zh => format!("已经结束、还没有关账：{names}。"),
                Lang::En => format!("Over and not closed yet: {names}."),
            });
        }
        lines.push(
            self.pick(
                "时间进度是应完成除以目标，不按天数；表里的日均按加权日，句子里的日均按营业日。",
                "Elapsed is what is due over the target, not calendar days. Rates in tables are per weighted day, \
                 those in sentences per selling day.",
            )
            .into(),
        );
        vec![Block::List(lines)]
    }
}
