//! A document as Markdown that reads well as plain text too: tables whose columns line up where Chinese
//! is twice as wide, and names that cannot become markup. Knows no plan.

use fenjie_money::DisplayUnit;

use crate::document::{Block, Cell, Document, Table};
use crate::width::width;

/// Writes a document as Markdown, with a line break at its end.
///
/// ```
/// use fenjie_review::{Block, Cell, Document, Section, Table, markdown};
/// let mut table = Table::new(&["门店", ">实绩"]);
/// table.row([Cell::text("人民路店"), Cell::Count(5)]);
/// let blocks = vec![Block::Table(table)];
/// let section = Section { number: 1, title: "结果".into(), blocks };
/// let page = Document { title: "周会".into(), lines: vec![], sections: vec![section] };
/// let wanted = [
///     "# 周会", "", "## 1 结果", "",
///     "| 门店     | 实绩 |", "| -------- | ---: |", "| 人民路店 |    5 |", "",
/// ];
/// assert_eq!(markdown(&page), wanted.join("\n"));
/// ```
pub fn markdown(document: &Document) -> String {
    let mut out = format!("# {}\n\n", escaped(&document.title));
    // Two blanks at the end of a line break it.
    let lines: Vec<String> = document.lines.iter().map(|line| escaped(line)).collect();
    if !lines.is_empty() {
        out.push_str(&lines.join("  \n"));
        out.push_str("\n\n");
    }
    for section in &document.sections {
        let title = escaped(&section.title);
        out.push_str(&format!("## {} {title}\n\n", section.number));
        for block in &section.blocks {
            write_block(block, &mut out);
        }
    }
    while out.ends_with("\n\n") {
        out.pop();
    }
    out
}

fn write_block(block: &Block, out: &mut String) {
    match block {
        Block::Heading(text) => out.push_str(&format!("### {}\n\n", escaped(text))),
        Block::Paragraph(text) => out.push_str(&format!("{}\n\n", escaped(text))),
        Block::List(lines) => {
            for line in lines {
                out.push_str(&format!("- {}\n", escaped(line)));
            }
            out.push('\n');
        }
        Block::Table(table) => {
            write_table(table, out);
            out.push('\n');
        }
    }
}

fn write_table(table: &Table, out: &mut String) {
    let last = table.rows.len().wrapping_sub(1);
    let headings: Vec<String> = table.headings.iter().map(|text| escaped(text)).collect();
    let rows: Vec<Vec<String>> = table
        .rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let strong = table.totalled && at == last;
            row.iter().map(|cell| shown(cell, strong)).collect()
        })
        .collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = rows.iter().map(|row| width(&row[column]));
            cells
                .max()
                .unwrap_or(0)
                .max(width(&headings[column]))
                .max(4)
        })
        .collect();
    let line = |cells: &[String]| {
        let padded = cells.iter().enumerate().map(|(column, text)| {
            let room = " ".repeat(widths[column] - width(text));
            if table.numeric[column] {
                format!("{room}{text}")
            } else {
                format!("{text}{room}")
            }
        });
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    out.push_str(&line(&headings));
    let rules = widths.iter().zip(&table.numeric).map(|(wide, numeric)| {
        if *numeric {
            format!("{}:", "-".repeat(wide - 1))
        } else {
            "-".repeat(*wide)
        }
    });
    out.push_str(&format!("| {} |\n", rules.collect::<Vec<_>>().join(" | ")));
    for row in &rows {
        out.push_str(&line(row));
    }
}

/// A cell as people read it; a total stands strong.
fn shown(cell: &Cell, strong: bool) -> String {
    let text = escaped(&cell.shown());
    if strong && !text.is_empty() {
        format!("**{text}**")
    } else {
        text
    }
}

impl Cell {
    /// The cell as people read it: amounts in full with thousands grouped.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// use fenjie_review::Cell;
    /// assert_eq!(Cell::signed(1_234_567, Step::cent()).shown(), "+12,345.67");
    /// ```
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Amount {
                steps,
                step,
                signed,
                ..
            } => {
                let text = step.format_grouped(*steps, DisplayUnit::One);
                let plus = if *signed && *steps > 0 { "+" } else { "" };
                format!("{plus}{text}")
            }
            Cell::Rate { text, .. } => text.clone(),
        }
    }
}

/// A text in which nothing is markup: no emphasis, links, HTML, cells or line breaks.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let after = rest.chars().next().unwrap_or(' ');
        let inside_word = before.is_alphanumeric() && after.is_alphanumeric();
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' if names_a_character(rest) => out.push_str("&amp;"),
            '\\' | '|' | '*' | '`' | '[' | ']' => {
                out.push('\\');
                out.push(c);
            }
            '_' if !inside_word => out.push_str("\\_"),
            '~' if before == '~' || after == '~' => out.push_str("\\~"),
            c if c.is_control() => {}
            c => out.push(c),
        }
        before = c;
    }
    // At the beginning of a line these would start a list, a heading, a quotation.
    let begins = out.trim_start();
    let number = begins.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_number = number.len() < begins.len() && number.starts_with(['.', ')']);
    if begins.starts_with(['#', '>']) || begins.starts_with("- ") || begins.starts_with("+ ") {
        return format!("\\{begins}");
    }
    if is_number && number[1..].starts_with(' ') {
        let digits = &begins[..begins.len() - number.len()];
        return format!("{digits}\\{number}");
    }
    out
}

/// Whether what follows an ampersand makes one character of HTML with it: `lt;`, `#60;`.
fn names_a_character(rest: &str) -> bool {
    let name = rest.split_once(';').map_or("", |(name, _)| name);
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_cannot_become_markup() {
        let table = [
            ("人民路店", "人民路店"),
            ("A|B", "A\\|B"),
            (
                "<script>alert(1)</script>",
                "&lt;script>alert(1)&lt;/script>",
            ),
            ("**bold** _x_ a_b", "\\*\\*bold\\*\\* \\_x\\_ a_b"),
            ("two\nlines", "two lines"),
            ("# one", "\\# one"),
            ("- one", "\\- one"),
            ("1. one", "1\\. one"),
            ("12.5%", "12.5%"),
            ("[a](http://b)", "\\[a\\](http://b)"),
            ("R&D &lt; &#60;", "R&D &amp;lt; &amp;#60;"),
            ("-5.00", "-5.00"),
        ];
        for (text, wanted) in table {
            assert_eq!(escaped(text), wanted, "{text}");
        }
    }
}
