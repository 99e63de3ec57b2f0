//! What the lists say: 责任矩阵, 锁定与上下限, 指标, 校验. Knows no sheets.

use fenjie_message::{Lang, Message};
use fenjie_plan::{MeasureKind, Place, Plan, Severity};

use super::WorkbookError;
use super::contents::Contents;
use super::lists::{Cell, List};
use super::words::period_text;

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// A place by the names people read: `华东 / 2026年7月`.
fn place_names(plan: &Plan, place: &Place) -> String {
    let axes = plan.model().axes();
    let named = place.0.iter().enumerate().filter(|(_, node)| **node != 0);
    let names: Vec<&str> = named
        .map(|(axis, node)| axes[axis].tree.name(*node))
        .collect();
    if names.is_empty() {
        "*".into()
    } else {
        names.join(" / ")
    }
}

pub(super) fn duties(contents: &Contents<'_>) -> Result<Option<List>, WorkbookError> {
    let (plan, lang) = (contents.plan, contents.options.lang);
    let duties = &plan.model().definition().duties;
    if duties.is_empty() {
        return Ok(None);
    }
    let main = contents
        .flows(fenjie_plan::MeasureRole::Target)
        .first()
        .copied();
    let mut rows = Vec::new();
    for duty in duties {
        let place = plan.model().place(&duty.at)?;
        let target = main.and_then(|main| Some((main, plan.value(main, &place)?)));
        let milestones: Vec<String> = duty
            .milestones
            .iter()
            .map(|(day, what)| format!("{day} {what}"))
            .collect();
        rows.push(vec![
            text(place_names(plan, &place)),
            target.map_or(text(""), |(measure, value)| Cell::Amount(measure, value)),
            text(&duty.owner),
            text(duty.responsible.join("、")),
            text(duty.accountable.join("、")),
            text(duty.consulted.join("、")),
            text(duty.informed.join("、")),
            text(duty.deadline.map_or(String::new(), |day| day.to_string())),
            text(milestones.join("\n")),
            text(&duty.strategy),
        ]);
    }
    let headers = match lang {
        Lang::Zh => [
            "节点",
            "目标",
            "负责人",
            "执行 R",
            "负责 A",
            "咨询 C",
            "知会 I",
            "截止日",
            "里程碑",
            "策略",
        ],
        Lang::En => [
            "Place",
            "Target",
            "Owner",
            "Responsible",
            "Accountable",
            "Consulted",
            "Informed",
            "Deadline",
            "Milestones",
            "Strategy",
        ],
    };
    Ok(Some(List {
        name: lang.pick("责任矩阵", "Responsibilities").into(),
        subtitle: String::new(),
        headers: headers.to_vec(),
        rows,
    }))
}

pub(super) fn constraints(contents: &Contents<'_>) -> Result<Option<List>, WorkbookError> {
    let (plan, lang) = (contents.plan, contents.options.lang);
    if plan.holds().is_empty() && plan.limits().is_empty() {
        return Ok(None);
    }
    let measures = &plan.model().definition().measures;
    let mut rows = Vec::new();
    for hold in plan.holds() {
        rows.push(vec![
            text(lang.pick("锁定", "Hold")),
            text(&measures[hold.measure].name),
            text(place_names(plan, &hold.place)),
            Cell::Amount(hold.measure, hold.value),
            text(""),
            text(""),
            text(&hold.owner),
            text(&hold.reason),
            text(hold.until.map_or(String::new(), |day| day.to_string())),
        ]);
    }
    for limit in plan.limits() {
        let amount = |value: Option<i64>| match value {
            Some(value) => Cell::Amount(limit.measure, value),
            None => text(""),
        };
        let now = plan.value(limit.measure, &limit.place);
        rows.push(vec![
            text(lang.pick("上下限", "Floor, cap")),
            text(&measures[limit.measure].name),
            text(place_names(plan, &limit.place)),
            amount(now),
            amount(limit.floor),
            amount(limit.cap),
            text(""),
            text(""),
            text(""),
        ]);
    }
    let headers = match lang {
        Lang::Zh => [
            "类别",
            "指标",
            "节点",
            "现值",
            "下限",
            "上限",
            "锁定人",
            "原因",
            "到期",
        ],
        Lang::En => [
            "Kind", "Measure", "Place", "Value", "Floor", "Cap", "Held by", "Reason", "Until",
        ],
    };
    Ok(Some(List {
        name: lang.pick("锁定与上下限", "Holds and limits").into(),
        subtitle: String::new(),
        headers: headers.to_vec(),
        rows,
    }))
}

pub(super) fn statements(contents: &Contents<'_>) -> Result<Option<List>, WorkbookError> {
    let (plan, lang) = (contents.plan, contents.options.lang);
    if plan.statements().is_empty() {
        return Ok(None);
    }
    let measures = &plan.model().definition().measures;
    let rows = plan.statements().iter().map(|statement| {
        let measure = &measures[statement.measure];
        let kind = match &measure.kind {
            MeasureKind::Flow => lang.pick("流量", "flow"),
            MeasureKind::Level(_) => lang.pick("时点", "level"),
            MeasureKind::Ratio { .. } => lang.pick("比率", "ratio"),
        };
        vec![
            text(&measure.name),
            text(kind),
            text(place_names(plan, &statement.place)),
            Cell::Decimal(statement.value),
            text(&measure.unit),
        ]
    });
    let headers = match lang {
        Lang::Zh => ["指标", "类型", "节点", "值", "单位"],
        Lang::En => ["Measure", "Kind", "Place", "Value", "Unit"],
    };
    Ok(Some(List {
        name: lang.pick("指标", "Levels and ratios").into(),
        subtitle: lang
            .pick(
                "时点与比率指标按节点设定，不相加、不分解",
                "set per place; never summed or shared out",
            )
            .into(),
        headers: headers.to_vec(),
        rows: rows.collect(),
    }))
}

pub(super) fn check(contents: &Contents<'_>) -> List {
    let (plan, options) = (contents.plan, contents.options);
    let lang = options.lang;
    let provenance = &options.provenance;
    let mut rows = Vec::new();
    let mut fact = |zh: &str, en: &str, value: &str| {
        if !value.is_empty() {
            rows.push(vec![text(lang.pick(zh, en)), text(value)]);
        }
    };
    fact("方案", "Plan", &plan.model().definition().name);
    fact("期间", "Period", &period_text(plan));
    fact("方案文件", "Plan file", &provenance.file);
    fact("内容哈希", "Content hash", &provenance.hash);
    fact("生成时间", "Made at", &provenance.made_at);
    fact("操作数", "Operations", &plan.operations().len().to_string());
    let mut totals = 0;
    for grid in &contents.grids {
        let rows = grid.grid.rows.iter();
        let columns = grid.grid.columns.len();
        let across = grid
            .grid
            .columns
            .iter()
            .filter(|line| line.is_total())
            .count();
        totals += rows
            .map(|row| if row.is_total() { columns } else { across })
            .sum::<usize>();
    }
    let proof = match lang {
        Lang::Zh => format!("{totals} 个合计逐一等于其各部分之和"),
        Lang::En => format!("{totals} totals, each the sum of its parts"),
    };
    rows.push(vec![
        text(lang.pick("工作簿", "Workbook")),
        Cell::Good(proof),
    ]);
    for line in &provenance.checks {
        rows.push(vec![text(lang.pick("校验", "Check")), text(line)]);
    }
    for remark in &contents.remarks {
        rows.push(vec![text(lang.pick("说明", "Remark")), text(remark)]);
    }
    for finding in plan.findings() {
        let kind = match finding.severity {
            Severity::Error => lang.pick("错误", "Error"),
            Severity::Warning => lang.pick("提醒", "Warning"),
            Severity::Note => lang.pick("说明", "Note"),
        };
        let said = finding.text(lang);
        let said = match finding.severity {
            Severity::Error => Cell::Bad(said),
            _ => Cell::Text(said),
        };
        rows.push(vec![text(kind), said]);
    }
    List {
        name: lang.pick("校验", "Check").into(),
        subtitle: lang
            .pick(
                "这份工作簿从哪里来，凭什么可信",
                "Where the figures come from",
            )
            .into(),
        headers: vec![lang.pick("项目", "Item"), lang.pick("内容", "Content")],
        rows,
    }
}
