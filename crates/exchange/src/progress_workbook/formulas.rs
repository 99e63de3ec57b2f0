//! The live formulas of one row of standings. Knows cells' names and what a row is, no values.

use fenjie_track::{Standing, Status};

use crate::table::column_letters;

/// The columns of figures, from the first one on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Base,
    Carried,
    Target,
    Actual,
    Attainment,
    Elapsed,
    Pace,
    Expected,
    GapToDate,
    Gap,
    Gone,
    Left,
    RunRate,
    RequiredRate,
    Projection,
    Low,
    High,
    Status,
}

impl Figure {
    /// In the order of the columns.
    pub const ALL: [Figure; 18] = [
        Figure::Base,
        Figure::Carried,
        Figure::Target,
        Figure::Actual,
        Figure::Attainment,
        Figure::Elapsed,
        Figure::Pace,
        Figure::Expected,
        Figure::GapToDate,
        Figure::Gap,
        Figure::Gone,
        Figure::Left,
        Figure::RunRate,
        Figure::RequiredRate,
        Figure::Projection,
        Figure::Low,
        Figure::High,
        Figure::Status,
    ];

    /// Whether a total adds it up.
    pub fn is_summed(self) -> bool {
        matches!(
            self,
            Figure::Base | Figure::Carried | Figure::Actual | Figure::Expected
        )
    }
}

/// Where the thresholds stand: the cells of the overview, sheet included.
pub(super) struct ThresholdCells {
    pub ahead: String,
    pub far_behind: String,
}

/// The cells of one row.
pub(super) struct RowCells {
    /// 1-based.
    pub row: u32,
    /// The 0-based column of the first figure.
    pub first: u16,
    /// Decimals of the measure's step.
    pub decimals: u32,
}

impl RowCells {
    /// The name of a cell: `F7`.
    pub fn cell(&self, figure: Figure) -> String {
        format!("{}{}", letters(self.first, figure), self.row)
    }

    /// The formula of a figure; nothing where the value itself stands in the cell.
    pub fn formula(
        &self,
        figure: Figure,
        standing: &Standing,
        limits: &ThresholdCells,
        words: &dyn Fn(Status) -> String,
    ) -> Option<String> {
        let cell = |figure| self.cell(figure);
        let (target, actual) = (cell(Figure::Target), cell(Figure::Actual));
        let (gone, left) = (cell(Figure::Gone), cell(Figure::Left));
        let expected = cell(Figure::Expected);
        Some(match figure {
            Figure::Target => return self.target(standing),
            Figure::Attainment => format!("IF({target}>0,{actual}/{target},\"\")"),
            // What is due of the target; by the calendar where nothing is asked.
            Figure::Elapsed if standing.target > 0 => format!("{expected}/{target}"),
            Figure::Elapsed if standing.weight_gone + standing.weight_left > 0 => {
                format!("{gone}/({gone}+{left})")
            }
            Figure::Pace => {
                let (attained, elapsed) = (cell(Figure::Attainment), cell(Figure::Elapsed));
                format!("IF({attained}=\"\",\"\",{attained}-{elapsed})")
            }
            Figure::GapToDate => format!("{}-{actual}", cell(Figure::Expected)),
            Figure::Gap => format!("{target}-{actual}"),
            Figure::RunRate => format!("IF({gone}>0,{actual}/{gone},\"\")"),
            Figure::RequiredRate => {
                format!("IF({left}>0,MAX({},0)/{left},\"\")", cell(Figure::Gap))
            }
            Figure::Projection if standing.target > 0 => format!(
                "IF({expected}>0,ROUND({actual}*{target}/{expected},{}),\"\")",
                self.decimals
            ),
            Figure::Projection => format!(
                "IF({gone}>0,ROUND({actual}*({gone}+{left})/{gone},{}),\"\")",
                self.decimals
            ),
            Figure::Status => self.status(standing, limits, words),
            _ => return None,
        })
    }

    /// A closed period is judged by what was asked first, one that holds closed ones by neither alone.
    fn target(&self, standing: &Standing) -> Option<String> {
        let (base, carried) = (self.cell(Figure::Base), self.cell(Figure::Carried));
        match standing.target {
            target if target == standing.working => Some(format!("{base}+{carried}")),
            target if target == standing.base => Some(base),
            _ => None,
        }
    }

    fn status(
        &self,
        standing: &Standing,
        limits: &ThresholdCells,
        words: &dyn Fn(Status) -> String,
    ) -> String {
        let (target, actual) = (self.cell(Figure::Target), self.cell(Figure::Actual));
        let word = |status| format!("\"{}\"", words(status).replace('"', "\"\""));
        let later = match standing.status {
            Status::Missed => word(Status::Missed),
            Status::NotBegun => word(Status::NotBegun),
            _ => {
                let pace = format!("ROUND({},9)", self.cell(Figure::Pace));
                format!(
                    "IF({pace}>={},{},IF({pace}>={},{},{}))",
                    limits.ahead,
                    word(Status::Ahead),
                    limits.far_behind,
                    word(Status::Behind),
                    word(Status::FarBehind)
                )
            }
        };
        format!(
            "IF({target}<=0,{},IF({actual}>={target},{},{later}))",
            word(Status::NoTarget),
            word(Status::Reached)
        )
    }
}

/// The letters of a figure's column.
pub(super) fn letters(first: u16, figure: Figure) -> String {
    let at = Figure::ALL
        .iter()
        .position(|known| *known == figure)
        .expect("a column");
    column_letters(u32::from(first) + at as u32)
}
