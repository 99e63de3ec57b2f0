//! What `fenjie import` answers for each file: rows, days, totals, who is unassigned, what was replaced.

use std::path::Path;

use fenjie_facts::Added;
use fenjie_facts::import::{
    ImportReport, MappedColumn, Mapping, Role, Rounded, UnknownText, report_json, role_words,
    rounding,
};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Definition;
use serde_json::{Value, json};

use super::refusal;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// How many unknown members people see.
const MOST_UNKNOWN: usize = 5;

/// How many columns without a use people see.
const MOST_UNUSED: usize = 12;

/// The answer to one command.
pub struct Answer<'d> {
    definition: &'d Definition,
    is_dry: bool,
    files: Vec<Value>,
    numbers: Vec<u64>,
    /// The columns of the last file, as a mapping.
    pub used: Mapping,
}

impl<'d> Answer<'d> {
    /// Nothing said yet.
    pub fn new(definition: &'d Definition, is_dry: bool) -> Self {
        Answer {
            definition,
            is_dry,
            files: Vec::new(),
            numbers: Vec::new(),
            used: Mapping::default(),
        }
    }

    /// One file.
    ///
    /// # Errors
    /// Where nothing can be printed.
    pub fn file(
        &mut self,
        path: &Path,
        report: &ImportReport,
        added: Option<&Added>,
        errors: Option<&Path>,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        let lang = terminal.lang;
        let columns = report.columns.used.iter().map(|column| {
            let role = role_words(column.role, self.definition).1;
            MappedColumn {
                role,
                column: column.column.clone(),
            }
        });
        self.used = Mapping {
            columns: columns.collect(),
            ..report.asked.clone()
        };
        self.numbers.extend(
            added
                .filter(|added| !added.already)
                .map(|added| added.number),
        );
        if terminal.json {
            let (file, errors) = (shown(path), errors.map(shown));
            let file = report_json(
                &file,
                report,
                added,
                errors.as_deref(),
                self.definition,
                lang,
            );
            self.files.push(file);
            return Ok(());
        }
        for note in &report.read_notes {
            terminal.warn(note, None);
        }
        for note in &report.notes {
            terminal.warn(note, None);
        }
        for line in self.lines(report, added, lang) {
            terminal.print(line)?;
        }
        if report.refused_rows > 0 {
            let rows = report.refused_rows;
            terminal.print(match lang {
                Lang::Zh => format!("  {rows} 行没有导入："),
                Lang::En => format!("  {rows} rows were left out:"),
            })?;
            refusal::list(report, terminal)?;
        }
        if let Some(errors) = errors {
            let errors = errors.display();
            terminal.print(match lang {
                Lang::Zh => format!("  这些行连同原因写在 `{errors}`，改好后可以直接导入"),
                Lang::En => {
                    format!("  they are in `{errors}` with their reasons; mend it and import it")
                }
            })?;
        }
        Ok(())
    }

    /// The sentences for people.
    fn lines(&self, report: &ImportReport, added: Option<&Added>, lang: Lang) -> Vec<String> {
        let mut lines = vec![headline(report, lang)];
        for total in &report.totals {
            let measure = &self.definition.measures[total.measure];
            let amount = i64::try_from(total.total).unwrap_or(i64::MAX);
            let amount = measure.step.format_grouped(amount, DisplayUnit::One);
            lines.push(format!(
                "  {}{}{amount}",
                measure.name,
                lang.pick("：", ": ")
            ));
        }
        lines.push(self.columns(report, lang));
        let unused = &report.columns.unused;
        if !unused.is_empty() {
            let shown: Vec<&str> = unused
                .iter()
                .take(MOST_UNUSED)
                .map(String::as_str)
                .collect();
            let more = if unused.len() > MOST_UNUSED {
                " …"
            } else {
                ""
            };
            lines.push(match lang {
                Lang::Zh => format!("  没有用的列：{}{more}", shown.join("，")),
                Lang::En => format!("  columns not used: {}{more}", shown.join(", ")),
            });
        }
        self.unassigned(report, lang, &mut lines);
        counts(report, added, lang, &mut lines);
        for rounded in &report.rounded {
            lines.push(self.rounded(rounded, lang));
        }
        lines
    }

    fn columns(&self, report: &ImportReport, lang: Lang) -> String {
        let columns = report.columns.used.iter().map(|column| {
            let (zh, en) = role_words(column.role, self.definition);
            format!("{}={}", lang.pick(&zh, &en), column.column)
        });
        let constants = report.asked.members.iter().map(|constant| {
            let (dimension, member) = (&constant.dimension, &constant.member);
            match lang {
                Lang::Zh => format!("{dimension} 全部是 {member}"),
                Lang::En => format!("{dimension} is {member} everywhere"),
            }
        });
        let columns: Vec<String> = columns.chain(constants).collect();
        match lang {
            Lang::Zh => format!("  列：{}", columns.join("，")),
            Lang::En => format!("  columns: {}", columns.join(", ")),
        }
    }

    /// How many lines are unassigned, and the first texts that are nobody's name.
    fn unassigned(&self, report: &ImportReport, lang: Lang, lines: &mut Vec<String>) {
        let count = report.unassigned;
        if count == 0 {
            return;
        }
        lines.push(match lang {
            Lang::Zh => format!("  {count} 笔未归属"),
            Lang::En => format!(
                "  {}",
                counted(count as u64, "line is", "lines are") + " unassigned"
            ),
        });
        let has_column = |unknown: &&UnknownText| {
            let asked = |dimension: usize| {
                report.columns.used.iter().any(|column| {
                    matches!(column.role, Role::Member { dimension: own, .. } if own == dimension)
                })
            };
            !unknown.text.is_empty() || asked(unknown.dimension)
        };
        let named = report.unknown.iter().filter(has_column);
        let shown = named
            .take(MOST_UNKNOWN)
            .map(|unknown| self.unknown(unknown, lang));
        lines.extend(shown);
        if report.unknown_count > MOST_UNKNOWN {
            lines.push(match lang {
                Lang::Zh => format!("    未知的名称共 {} 个", report.unknown_count),
                Lang::En => format!("    unknown names in all: {}", report.unknown_count),
            });
        }
    }

    fn unknown(&self, unknown: &UnknownText, lang: Lang) -> String {
        let dimension = &self.definition.dimensions[unknown.dimension].name;
        let (text, count) = (&unknown.text, unknown.lines);
        let near = unknown.nearest.join(lang.pick("、", ", "));
        if text.is_empty() {
            return match lang {
                Lang::Zh => format!("    {dimension}没有填（{count} 笔）"),
                Lang::En => {
                    let lines = counted(count as u64, "line", "lines");
                    format!("    {dimension} is empty ({lines})")
                }
            };
        }
        let lines = counted(count as u64, "line", "lines");
        match (lang, near.is_empty()) {
            (Lang::Zh, true) => format!("    {dimension}里没有 `{text}`（{count} 笔）"),
            (Lang::Zh, false) => {
                format!("    {dimension}里没有 `{text}`（{count} 笔），相近的有：{near}")
            }
            (Lang::En, true) => format!("    {dimension} has no `{text}` ({lines})"),
            (Lang::En, false) => {
                format!("    {dimension} has no `{text}` ({lines}); the nearest are: {near}")
            }
        }
    }

    fn rounded(&self, rounded: &Rounded, lang: Lang) -> String {
        let measure = &self.definition.measures[rounded.measure].name;
        let (rows, by) = (rounded.rows, rounding(rounded));
        match lang {
            Lang::Zh => format!("  {measure}有 {rows} 行经过舍入，合计差 {by}"),
            Lang::En => format!("  {measure}: {rows} rows were rounded, by {by} in all"),
        }
    }

    /// Says what was written.
    ///
    /// # Errors
    /// Where nothing can be printed.
    pub fn finish(self, plan: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
        let is_written = !self.numbers.is_empty() && !self.is_dry;
        if terminal.json {
            let files = self.files;
            return terminal.print_json(&json!({ "written": is_written, "files": files }));
        }
        let plan = plan.display();
        let numbers: Vec<String> = self.numbers.iter().map(u64::to_string).collect();
        let numbers = numbers.join(terminal.lang.pick("、", ", "));
        terminal.print(match (self.is_dry, is_written, terminal.lang) {
            (true, _, Lang::Zh) => "只是检查，没有写入".to_owned(),
            (true, _, Lang::En) => "checked only, nothing is written".to_owned(),
            (false, true, Lang::Zh) => format!("已写入 `{plan}`，导入编号 {numbers}"),
            (false, true, Lang::En) => format!("written to `{plan}` as import {numbers}"),
            (false, false, Lang::Zh) => "这个文件已经导入过，没有改变".to_owned(),
            (false, false, Lang::En) => "this file is there already; nothing changed".to_owned(),
        })
    }
}

/// A number and its word.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Lines outside the plan, repeated and corrected ones.
fn counts(report: &ImportReport, added: Option<&Added>, lang: Lang, lines: &mut Vec<String>) {
    let mut count = |number: u64, zh: &str, one: &str, many: &str| {
        if number > 0 {
            lines.push(match lang {
                Lang::Zh => format!("  {number} {zh}"),
                Lang::En => format!("  {}", counted(number, one, many)),
            });
        }
    };
    let (repeated, replaced) = added.map_or((0, 0), |added| (added.repeated, added.replaced));
    count(
        report.outside as u64,
        "笔在方案期间之外",
        "line lies outside the plan's period",
        "lines lie outside the plan's period",
    );
    count(
        report.repeated as u64,
        "行与同一文件里的另一行相同，只算一次",
        "row repeats another of the file and counts once",
        "rows repeat others of the file and count once",
    );
    count(
        repeated,
        "笔以前已经导入，不再重复计",
        "line was there already and is not counted again",
        "lines were there already and are not counted again",
    );
    count(
        replaced,
        "笔以前导入的被更正",
        "line of an earlier import is corrected",
        "lines of earlier imports are corrected",
    );
}

fn headline(report: &ImportReport, lang: Lang) -> String {
    let sheet = report
        .sheet
        .as_ref()
        .map_or(String::new(), |sheet| format!(" [{sheet}]"));
    let (source, rows, lines) = (&report.source, report.rows, report.lines);
    let days = match report.days {
        Some((first, last)) if first == last => format!("{first}"),
        Some((first, last)) => format!("{first}..{last}"),
        None => "–".into(),
    };
    match lang {
        Lang::Zh => format!("`{source}`{sheet}：{rows} 行，导入 {lines} 笔，{days}"),
        Lang::En => format!("`{source}`{sheet}: {rows} rows, {lines} lines, {days}"),
    }
}

/// A path as people see it.
pub fn shown(path: &Path) -> String {
    path.display().to_string()
}
