//! What a person should know about how a file was read. None of it stops the reading.

use fenjie_message::{Lang, Message};

use super::Place;
use super::error_text::zh;

/// Something that was found out, skipped or ignored while reading a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadNote {
    /// The text was not UTF-8 and was read in another encoding.
    EncodingFound {
        /// The file.
        place: Place,
        /// The encoding.
        encoding: &'static str,
    },
    /// The name's ending is another format's; the content was read as what it is.
    ReadAsFound {
        /// The file.
        place: Place,
        /// The name's ending.
        ending: String,
        /// What it was read as.
        found: &'static str,
    },
    /// Rows above the header were left out.
    HeaderBelow {
        /// The file, the sheet and the header's row.
        place: Place,
    },
    /// No sheet was named and there are several.
    SheetChosen {
        /// The file and the sheet chosen.
        place: Place,
        /// The other visible sheets.
        others: Vec<String>,
    },
    /// Hidden rows were read like all others.
    RowsHidden {
        /// The file, the sheet and the first hidden row.
        place: Place,
        /// How many there are.
        count: usize,
    },
    /// Hidden columns were read like all others.
    ColumnsHidden {
        /// The file and the sheet.
        place: Place,
        /// Their letters.
        columns: Vec<String>,
    },
    /// The sheet itself is hidden.
    SheetHidden {
        /// The file and the sheet.
        place: Place,
    },
    /// Columns without a name in the header were left out.
    ColumnsUnnamed {
        /// The file, the sheet and the header's row.
        place: Place,
        /// How many there are.
        count: usize,
    },
}

impl Message for ReadNote {
    fn code(&self) -> &'static str {
        match self {
            ReadNote::EncodingFound { .. } => "encoding_found",
            ReadNote::ReadAsFound { .. } => "read_as_found",
            ReadNote::HeaderBelow { .. } => "header_below",
            ReadNote::SheetChosen { .. } => "sheet_chosen",
            ReadNote::RowsHidden { .. } => "rows_hidden",
            ReadNote::ColumnsHidden { .. } => "columns_hidden",
            ReadNote::SheetHidden { .. } => "sheet_hidden",
            ReadNote::ColumnsUnnamed { .. } => "columns_unnamed",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => text_zh(self),
            Lang::En => text_en(self),
        }
    }
}

fn text_zh(note: &ReadNote) -> String {
    let at = |place: &Place| super::error_text::spaced(place);
    match note {
        ReadNote::EncodingFound { place, encoding } => {
            format!("{}按 {encoding} 编码读取", at(place))
        }
        ReadNote::ReadAsFound {
            place,
            ending,
            found,
        } => {
            format!(
                "{}的扩展名是 `.{ending}`，已按内容当作{}读取",
                at(place),
                zh(found)
            )
        }
        ReadNote::HeaderBelow { place } => {
            format!("{}是表头，它上面的行没有读取", at(place))
        }
        ReadNote::SheetChosen { place, others } => {
            format!(
                "没有指定工作表，读取了{}；另有：{}",
                at(place),
                others.join("、")
            )
        }
        ReadNote::RowsHidden { place, count } => {
            format!("{}起有 {count} 个隐藏行，已照常读取", at(place))
        }
        ReadNote::ColumnsHidden { place, columns } => {
            format!("{}有隐藏列 {}，已照常读取", at(place), columns.join("、"))
        }
        ReadNote::SheetHidden { place } => format!("{}是隐藏的，已照常读取", at(place)),
        ReadNote::ColumnsUnnamed { place, count } => {
            format!("{}的表头有 {count} 列没有名称，没有读取", at(place))
        }
    }
}

fn text_en(note: &ReadNote) -> String {
    let at = |place: &Place| place.text(Lang::En);
    match note {
        ReadNote::EncodingFound { place, encoding } => {
            format!("{} was read as {encoding}", at(place))
        }
        ReadNote::ReadAsFound {
            place,
            ending,
            found,
        } => {
            format!(
                "{} ends in `.{ending}` but was read as what it is: {found}",
                at(place)
            )
        }
        ReadNote::HeaderBelow { place } => {
            format!(
                "{} is the header; the rows above it were left out",
                at(place)
            )
        }
        ReadNote::SheetChosen { place, others } => {
            format!(
                "no sheet was named, {} was read; others: {}",
                at(place),
                others.join(", ")
            )
        }
        ReadNote::RowsHidden { place, count } => {
            format!(
                "{}: hidden rows begin here, {count} in all, and were read like the others",
                at(place)
            )
        }
        ReadNote::ColumnsHidden { place, columns } => {
            format!(
                "{} hides columns {}, which were read like the others",
                at(place),
                columns.join(", ")
            )
        }
        ReadNote::SheetHidden { place } => format!("{} is hidden and was read", at(place)),
        ReadNote::ColumnsUnnamed { place, count } => {
            format!(
                "{} has {count} columns without a name, which were left out",
                at(place)
            )
        }
    }
}
