//! A pack laid out in one language: sections of paragraphs, lists and tables, before they become
//! Markdown or a workbook. Knows no plan.

use fenjie_calendar::Date;
use fenjie_money::Step;
use fenjie_track::Ratio;

/// A pack in one language, ready to be written in any format.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The title.
    pub title: String,
    /// What stands below the title, a line each.
    pub lines: Vec<String>,
    /// The sections in the order of the meeting.
    pub sections: Vec<Section>,
}

/// One point of the agenda.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its number on the agenda, counted from 1.
    pub number: usize,
    /// Its title: `结果`.
    pub title: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading inside a section.
    Heading(String),
    /// A sentence or two.
    Paragraph(String),
    /// Sentences of equal rank.
    List(Vec<String>),
    /// Figures.
    Table(Table),
}

/// Rows of figures and texts under headings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// One heading for each column.
    pub headings: Vec<String>,
    /// Whether a column holds numbers, which stand to the right.
    pub numeric: Vec<bool>,
    /// Rows as wide as the headings.
    pub rows: Vec<Vec<Cell>>,
    /// Whether the last row is a total of the others.
    pub totalled: bool,
}

/// What one cell of a table holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text as people typed it; every format guards itself against it.
    Text(String),
    /// A whole number that is no amount: rank, number in the log.
    Count(u64),
    /// A day.
    Day(Date),
    /// An amount in steps of the pack's measure.
    Amount {
        /// The steps.
        steps: i64,
        /// How big a step is.
        step: Step,
        /// Whether a plus sign is written where it is above zero.
        signed: bool,
        /// How a workbook computes it from the cells around it.
        formula: Option<CellFormula>,
    },
    /// A share or a difference of shares.
    Rate {
        /// As people read it: `87.4%`, `-8.2` points.
        text: String,
        /// The rate rounded to millionths, for formats that compute.
        millionths: i64,
        /// Whether it is a difference of shares, in percentage points.
        points: bool,
        /// How a workbook computes it from the cells around it.
        formula: Option<CellFormula>,
    },
}

/// How a cell follows from others of its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellFormula {
    /// The sum of the rows above it in its column.
    SumAbove,
    /// One cell less another.
    Less {
        /// From this one …
        from: At,
        /// … this one is taken.
        taken: At,
    },
    /// The sum of two cells.
    Plus {
        /// One …
        one: At,
        /// … and the other.
        other: At,
    },
    /// One cell divided by another; empty where that is zero.
    Over {
        /// What is divided.
        part: At,
        /// By what.
        whole: At,
    },
    /// A cell of its row as a share of the last row's.
    ShareOfLast {
        /// The column.
        column: usize,
    },
}

/// Another cell, seen from one: columns and rows are counted from 0, headings not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// In the same row.
    Column(usize),
    /// In the same column.
    Row(usize),
}

impl Cell {
    /// A text.
    ///
    /// ```
    /// assert_eq!(fenjie_review::Cell::text("华东").shown(), "华东");
    /// ```
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// An amount as it is.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert_eq!(fenjie_review::Cell::amount(-500, Step::cent()).shown(), "-5.00");
    /// ```
    pub fn amount(steps: i64, step: Step) -> Cell {
        Cell::Amount {
            steps,
            step,
            signed: false,
            formula: None,
        }
    }

    /// An amount that says plus or minus.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert_eq!(fenjie_review::Cell::signed(500, Step::cent()).shown(), "+5.00");
    /// ```
    pub fn signed(steps: i64, step: Step) -> Cell {
        Cell::Amount {
            steps,
            step,
            signed: true,
            formula: None,
        }
    }

    /// A share: `87.4%`; nothing where there is none.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// assert_eq!(fenjie_review::Cell::share(Ratio::new(2, 3)).shown(), "66.7%");
    /// assert_eq!(fenjie_review::Cell::share(None).shown(), "");
    /// ```
    pub fn share(ratio: Option<Ratio>) -> Cell {
        ratio.map_or(Cell::Empty, |ratio| Cell::Rate {
            text: ratio.percent_text(1),
            millionths: ratio.rounded(6),
            points: false,
            formula: None,
        })
    }

    /// A difference of shares in percentage points: `-8.2`; nothing where there is none.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// assert_eq!(fenjie_review::Cell::points(Ratio::new(41, 500)).shown(), "+8.2");
    /// ```
    pub fn points(ratio: Option<Ratio>) -> Cell {
        ratio.map_or(Cell::Empty, |ratio| {
            let plus = if ratio.rounded(3) > 0 { "+" } else { "" };
            Cell::Rate {
                text: format!("{plus}{}", ratio.points_text(1)),
                millionths: ratio.rounded(6),
                points: true,
                formula: None,
            }
        })
    }

    /// The same cell with the way a workbook computes it.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// use fenjie_review::{Cell, CellFormula};
    /// let total = Cell::amount(300, Step::cent()).with(CellFormula::SumAbove);
    /// assert_eq!(total.shown(), "3.00");
    /// ```
    pub fn with(mut self, how: CellFormula) -> Cell {
        if let Cell::Amount { formula, .. } | Cell::Rate { formula, .. } = &mut self {
            *formula = Some(how);
        }
        self
    }
}

impl Table {
    /// A table with headings; those that begin with `>` stand over numbers.
    ///
    /// ```
    /// let table = fenjie_review::Table::new(&["谁", ">实绩"]);
    /// assert_eq!((table.headings[1].as_str(), table.numeric[1]), ("实绩", true));
    /// ```
    pub fn new(headings: &[&str]) -> Table {
        let numeric = headings
            .iter()
            .map(|heading| heading.starts_with('>'))
            .collect();
        let headings = headings
            .iter()
            .map(|heading| heading.trim_start_matches('>').to_owned())
            .collect();
        Table {
            headings,
            numeric,
            ..Table::default()
        }
    }

    /// Adds a row.
    ///
    /// ```
    /// use fenjie_review::{Cell, Table};
    /// let mut table = Table::new(&["谁"]);
    /// table.row([Cell::text("华东")]);
    /// assert_eq!(table.rows.len(), 1);
    /// ```
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        assert_eq!(
            cells.len(),
            self.headings.len(),
            "a row is as wide as its table"
        );
        self.rows.push(cells);
    }
}
