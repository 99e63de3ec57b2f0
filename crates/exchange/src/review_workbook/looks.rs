//! The formats of a pack's cells, after the quiet look of the other workbooks. Knows no pack.

use fenjie_money::Step;
use rust_xlsxwriter::{Format, FormatAlign};

use crate::workbook::style::{Role, Style};

/// The formats of one workbook.
pub(super) struct Looks {
    pub style: Style,
    pub paragraph: Format,
    pub text: Format,
    pub text_header: Format,
    number: Format,
    total: Format,
    total_text: Format,
}

impl Looks {
    pub fn new() -> Looks {
        let style = Style::new();
        let paragraph = style
            .title
            .clone()
            .set_font_size(10)
            .unset_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::VerticalCenter);
        let text = style
            .text
            .clone()
            .set_text_wrap()
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::VerticalCenter);
        Looks {
            paragraph,
            text_header: style.list_header.clone().set_text_wrap(),
            number: style.plain_number.clone(),
            total: style.plain_number.clone().set_bold(),
            total_text: text.clone().set_bold(),
            text,
            style,
        }
    }

    /// The format of a text of a row.
    pub fn text(&self, role: Role) -> &Format {
        match role {
            Role::Total => &self.total_text,
            _ => &self.text,
        }
    }

    /// The format of a text in a column of numbers.
    pub fn beside_numbers(&self, role: Role) -> Format {
        self.base(role).set_num_format("@")
    }

    /// The format of a whole number.
    pub fn count(&self, role: Role) -> Format {
        self.base(role).set_num_format("0")
    }

    /// The format of a day.
    pub fn day(&self, role: Role) -> Format {
        self.base(role)
            .set_num_format("yyyy-mm-dd")
            .set_align(FormatAlign::Left)
    }

    /// The format of an amount.
    pub fn amount(&self, role: Role, step: Step, signed: bool) -> Format {
        let digits = match step.decimals() {
            0 => "#,##0".to_owned(),
            decimals => format!("#,##0.{}", "0".repeat(decimals as usize)),
        };
        let plus = if signed { "+" } else { "" };
        self.base(role)
            .set_num_format(format!("{plus}{digits};[Red]-{digits};{digits}"))
    }

    /// The format of a share, or of a difference of shares in points.
    pub fn rate(&self, role: Role, points: bool) -> Format {
        let format = match points {
            true => "+0.0;[Red]-0.0;0.0",
            false => "0.0%;[Red]-0.0%",
        };
        self.base(role).set_num_format(format)
    }

    fn base(&self, role: Role) -> Format {
        match role {
            Role::Total => self.total.clone(),
            _ => self.number.clone(),
        }
    }
}
