//! Standings as a workbook: hands them to the writer with what is said of the sales lines. Decides no
//! figure.

use std::path::Path;

use fenjie_exchange::progress_workbook::{
    Progress, ProgressGroup, ProgressOptions, write_progress,
};
use fenjie_exchange::workbook::Provenance;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_track::Thresholds;

use super::report::Report;
use crate::failure::Failure;
use crate::open::Opened;

/// Writes a report as a workbook.
///
/// # Errors
/// Amounts that a workbook does not keep, and files that cannot be written.
pub fn write(
    report: &Report<'_>,
    opened: &Opened,
    path: &Path,
    unit: Option<DisplayUnit>,
    lang: Lang,
) -> Result<(), Failure> {
    let groups = report.groups.iter().map(|group| ProgressGroup {
        depths: &group.depths,
        members: &group.members,
        others: &group.others,
        left_out: &group.left_out,
    });
    let progress = Progress {
        plan: report.plan,
        measure: report.asked.measure,
        as_of: report.asked.as_of,
        thresholds: Thresholds::default(),
        whole: &report.whole,
        groups: groups.collect(),
    };
    let file = opened.path.file_name().unwrap_or_default();
    let usual = match lang {
        Lang::Zh => DisplayUnit::Wan,
        Lang::En => DisplayUnit::One,
    };
    let options = ProgressOptions {
        lang,
        unit: unit.unwrap_or(usual),
        provenance: Provenance {
            file: file.to_string_lossy().into_owned(),
            hash: report.plan.content_hash(),
            made_at: jiff::Zoned::now().strftime("%Y-%m-%d %H:%M").to_string(),
            checks: Vec::new(),
        },
        notes: notes(report, lang),
    };
    Ok(write_progress(&progress, path, &options)?)
}

fn notes(report: &Report<'_>, lang: Lang) -> Vec<(String, String)> {
    let lines = &report.actuals;
    let through = lines.through.map_or(String::new(), |day| day.to_string());
    [
        (lang.pick("销售数据到", "sales through"), through),
        (
            lang.pick("销售行数", "sales lines"),
            lines.lines.to_string(),
        ),
        (
            lang.pick("其中未归属", "of them unassigned"),
            lines.unassigned_lines.to_string(),
        ),
        (
            lang.pick("方案期间之外", "outside the plan's period"),
            lines.outside_lines.to_string(),
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .to_vec()
}
