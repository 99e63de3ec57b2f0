//! What the errors of reading say, in Chinese and English.

use fenjie_message::{Lang, Message};

use super::error::{LimitKind, ReadError};

impl Message for ReadError {
    fn code(&self) -> &'static str {
        match self {
            ReadError::FileMissing { .. } => "file_missing",
            ReadError::FileUnreadable { .. } => "file_unreadable",
            ReadError::FileEmpty { .. } => "file_empty",
            ReadError::NotAsNamed { .. } => "file_not_as_named",
            ReadError::FormatUnknown { .. } => "file_format_unknown",
            ReadError::FileDamaged { .. } => "file_damaged",
            ReadError::NotAFile { .. } => "file_is_none",
            ReadError::JsonInvalid { .. } => "json_invalid",
            ReadError::ZeroBytes { .. } => "zero_bytes",
            ReadError::FileEncrypted { .. } => "file_encrypted",
            ReadError::FileTooLarge { .. } => "file_too_large",
            ReadError::EncodingUnknown { .. } => "encoding_unknown",
            ReadError::TextInvalid { .. } => "text_invalid",
            ReadError::SheetUnknown { .. } => "sheet_unknown",
            ReadError::HeaderMissing { .. } => "header_missing",
            ReadError::DelimiterWrong { .. } => "delimiter_wrong",
            ReadError::ColumnMissing { .. } => "column_missing",
            ReadError::ColumnDuplicate { .. } => "column_duplicate",
            ReadError::ColumnType { .. } => "column_type",
            ReadError::RowsRagged { .. } => "rows_ragged",
            ReadError::QuoteOpen { .. } => "quote_open",
            ReadError::QuoteText { .. } => "quote_text",
            ReadError::CellsMerged { .. } => "cells_merged",
            ReadError::FormulaWithoutValue { .. } => "formula_without_value",
            ReadError::CellError { .. } => "cell_error",
            ReadError::CellEmpty { .. } => "cell_empty",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => text_zh(self),
            Lang::En => text_en(self),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match lang {
            Lang::Zh => hint_zh(self),
            Lang::En => hint_en(self),
        }
    }
}

fn text_zh(error: &ReadError) -> String {
    let at = |place: &super::Place| spaced(place);
    match error {
        ReadError::FileMissing { path } => format!("找不到文件 `{path}`"),
        ReadError::FileUnreadable { path, reason } => format!("无法读取文件 `{path}`：{reason}"),
        ReadError::FileEmpty { place } => format!("{}是空的", at(place)),
        ReadError::NotAsNamed {
            place,
            ending,
            found,
        } => {
            format!(
                "{}名不副实：扩展名是 `.{ending}`，内容却是{}",
                at(place),
                zh(found)
            )
        }
        ReadError::FormatUnknown {
            place,
            found: Some(found),
        } => {
            format!("{}不是表格，而是{}", at(place), zh(found))
        }
        ReadError::FormatUnknown { place, found: None } => {
            format!("{}不是能识别的表格", at(place))
        }
        ReadError::FileDamaged { place, reason } => {
            format!("{}已损坏或不完整（{reason}）", at(place))
        }
        ReadError::NotAFile { path, is_folder } => match is_folder {
            true => format!("`{path}` 是文件夹，不是文件"),
            false => format!("`{path}` 是管道或设备，不是普通文件"),
        },
        ReadError::JsonInvalid { place, fault } => {
            format!("{}：{}", place.text(Lang::Zh), fault.text(Lang::Zh))
        }
        ReadError::ZeroBytes { place } => {
            format!("{}有空字节，不是文本，或没有写完", at(place))
        }
        ReadError::FileEncrypted { place } => format!("{}设有密码，无法读取", at(place)),
        ReadError::FileTooLarge {
            place,
            limit,
            allowed,
        } => {
            format!("{}过大：{}", at(place), limit_zh(*limit, *allowed))
        }
        ReadError::EncodingUnknown { label } => format!("不认识编码 `{label}`"),
        ReadError::TextInvalid { place, encoding } => {
            format!("{}不是有效的 {encoding} 文本", at(place))
        }
        ReadError::SheetUnknown {
            place,
            sheet,
            known,
        } => {
            format!(
                "{}没有工作表 `{sheet}`，现有：{}",
                at(place),
                list(known, "、")
            )
        }
        ReadError::HeaderMissing { place } => format!("{}没有表头", at(place)),
        ReadError::DelimiterWrong {
            place,
            used,
            likely,
        } => {
            format!(
                "{}只有一列：分隔符用的是{}，文件里像是{}",
                at(place),
                mark(*used),
                mark(*likely)
            )
        }
        ReadError::ColumnMissing {
            place,
            column,
            known,
            ..
        } => {
            format!(
                "{}的表头没有 `{column}` 列，现有：{}",
                at(place),
                list(known, "、")
            )
        }
        ReadError::ColumnDuplicate {
            place,
            column,
            positions: (first, second),
        } => {
            format!(
                "{}的表头有两个 `{column}`（第 {first} 列和第 {second} 列）",
                at(place)
            )
        }
        ReadError::ColumnType {
            place,
            found,
            wanted,
        } => {
            format!("{}的类型是 {found}，这里需要{}", at(place), zh(wanted))
        }
        ReadError::RowsRagged {
            place,
            rows,
            count,
            header,
        } => {
            let fields = rows.first().map_or(0, |&(_, fields)| fields);
            format!(
                "{}有 {fields} 个字段，表头有 {header} 个；这样的行共 {count} 行",
                at(place)
            )
        }
        ReadError::QuoteOpen { place } => format!("{}的引号到文件末尾也没有闭合", at(place)),
        ReadError::QuoteText { place } => {
            format!("{}有字段在右引号之后还有文字", at(place))
        }
        ReadError::CellsMerged {
            place,
            range,
            count,
        } => {
            format!("{}的数据区有合并单元格 {range}（共 {count} 处）", at(place))
        }
        ReadError::FormulaWithoutValue { place, cell } => {
            format!("{}的单元格 {cell} 是公式，但没有保存计算结果", at(place))
        }
        ReadError::CellError { place, cell, value } => {
            format!("{}的单元格 {cell} 是错误值 {value}", at(place))
        }
        ReadError::CellEmpty { place } => format!("{}是空的", at(place)),
    }
}

fn text_en(error: &ReadError) -> String {
    let at = |place: &super::Place| place.text(Lang::En);
    match error {
        ReadError::FileMissing { path } => format!("there is no file `{path}`"),
        ReadError::FileUnreadable { path, reason } => {
            format!("file `{path}` cannot be read: {reason}")
        }
        ReadError::FileEmpty { place } => format!("{} is empty", at(place)),
        ReadError::NotAsNamed {
            place,
            ending,
            found,
        } => {
            format!(
                "{} is not what its name says: it ends in `.{ending}` but is {found}",
                at(place)
            )
        }
        ReadError::FormatUnknown {
            place,
            found: Some(found),
        } => {
            format!("{} is no table but {found}", at(place))
        }
        ReadError::FormatUnknown { place, found: None } => {
            format!("{} is no table in a known format", at(place))
        }
        ReadError::FileDamaged { place, reason } => {
            format!("{} is damaged or cut off ({reason})", at(place))
        }
        ReadError::NotAFile { path, is_folder } => match is_folder {
            true => format!("`{path}` is a folder, not a file"),
            false => format!("`{path}` is a pipe or a device, not a regular file"),
        },
        ReadError::JsonInvalid { place, fault } => {
            format!("{}: {}", at(place), fault.text(Lang::En))
        }
        ReadError::ZeroBytes { place } => {
            format!(
                "{} holds zero bytes: it is no text, or was not written to its end",
                at(place)
            )
        }
        ReadError::FileEncrypted { place } => format!("{} is protected by a password", at(place)),
        ReadError::FileTooLarge {
            place,
            limit,
            allowed,
        } => {
            format!("{} is too large: {}", at(place), limit_en(*limit, *allowed))
        }
        ReadError::EncodingUnknown { label } => format!("the encoding `{label}` is unknown"),
        ReadError::TextInvalid { place, encoding } => {
            format!("{} is not valid {encoding} text", at(place))
        }
        ReadError::SheetUnknown {
            place,
            sheet,
            known,
        } => {
            format!(
                "{} has no sheet `{sheet}`, only {}",
                at(place),
                list(known, ", ")
            )
        }
        ReadError::HeaderMissing { place } => format!("{} has no header", at(place)),
        ReadError::DelimiterWrong {
            place,
            used,
            likely,
        } => format!(
            "{} is one column only: the delimiter used is {}, the file seems to have {}",
            at(place),
            mark(*used),
            mark(*likely)
        ),
        ReadError::ColumnMissing {
            place,
            column,
            known,
            ..
        } => {
            format!(
                "{} has no column `{column}` in its header, only {}",
                at(place),
                list(known, ", ")
            )
        }
        ReadError::ColumnDuplicate {
            place,
            column,
            positions: (first, second),
        } => {
            format!(
                "{} has `{column}` twice in its header (columns {first} and {second})",
                at(place)
            )
        }
        ReadError::ColumnType {
            place,
            found,
            wanted,
        } => {
            format!(
                "{} has the type {found} where {wanted} are needed",
                at(place)
            )
        }
        ReadError::RowsRagged {
            place,
            rows,
            count,
            header,
        } => {
            let fields = rows.first().map_or(0, |&(_, fields)| fields);
            format!(
                "{} has {fields} fields, the header has {header}; rows like it: {count}",
                at(place)
            )
        }
        ReadError::QuoteOpen { place } => {
            format!("{} opens a quote that the file never closes", at(place))
        }
        ReadError::QuoteText { place } => {
            format!(
                "{} has a field with text after its closing quote",
                at(place)
            )
        }
        ReadError::CellsMerged {
            place,
            range,
            count,
        } => {
            format!(
                "{} has merged cells in the table at {range} ({count} in all)",
                at(place)
            )
        }
        ReadError::FormulaWithoutValue { place, cell } => {
            format!(
                "{} has a formula without a stored result in cell {cell}",
                at(place)
            )
        }
        ReadError::CellError { place, cell, value } => {
            format!("{} has the error value {value} in cell {cell}", at(place))
        }
        ReadError::CellEmpty { place } => format!("{} is empty", at(place)),
    }
}

fn hint_zh(error: &ReadError) -> Option<String> {
    Some(match error {
        ReadError::NotAsNamed { .. } => "改用正确的扩展名，或重新导出".into(),
        ReadError::FormatUnknown { .. } => {
            "可读取 CSV、TSV、XLSX、XLSM、XLSB、XLS、ODS、Parquet、JSON 和压缩的 CSV（.csv.gz）"
                .into()
        }
        ReadError::FileDamaged { .. } => "重新导出或重新下载这个文件".into(),
        ReadError::NotAFile {
            is_folder: true, ..
        } => "写出里面的文件".into(),
        ReadError::NotAFile { .. } => "先存成文件".into(),
        ReadError::JsonInvalid { .. } => {
            "每行一个对象，或整个文件是一个对象列表；值是文字或数，不再嵌套".into()
        }
        ReadError::ZeroBytes { .. } => "重新导出或重新下载这个文件".into(),
        ReadError::FileEncrypted { .. } => "去掉密码后另存一份".into(),
        ReadError::EncodingUnknown { .. } => {
            "常用：`utf-8`、`gb18030`、`big5`、`utf-16le`、`windows-1252`".into()
        }
        ReadError::TextInvalid { .. } => {
            "用 `encoding` 写明编码，例如 `gb18030`，或另存为 UTF-8".into()
        }
        ReadError::SheetUnknown { sheet, known, .. } => {
            format!("是不是 `{}`？", super::header::nearest(sheet, known)?)
        }
        ReadError::DelimiterWrong { likely, .. } => {
            format!("用 `delimiter` 写明分隔符{}", mark(*likely))
        }
        ReadError::ColumnMissing {
            nearest: Some(nearest),
            ..
        } => format!("是不是 `{nearest}`？"),
        ReadError::ColumnDuplicate { .. } => "给其中一列改名".into(),
        ReadError::RowsRagged { rows, .. } => {
            format!("含分隔符的字段要加引号；先看这些行：{}", lines(rows, "、"))
        }
        ReadError::QuoteText { .. } => "字段内的引号要写成两个引号".into(),
        ReadError::CellsMerged { .. } => {
            "取消合并并补全每一格：合并单元格的值只存在左上角一格里".into()
        }
        ReadError::FormulaWithoutValue { .. } => "用电子表格软件打开、重算并保存".into(),
        ReadError::CellError { .. } => "修正公式或清空这一格".into(),
        _ => return None,
    })
}

fn hint_en(error: &ReadError) -> Option<String> {
    Some(match error {
        ReadError::NotAsNamed { .. } => "give it its right ending, or export it again".into(),
        ReadError::FormatUnknown { .. } => {
            "CSV, TSV, XLSX, XLSM, XLSB, XLS, ODS, Parquet, JSON and packed CSV (.csv.gz) are read"
                .into()
        }
        ReadError::FileDamaged { .. } => "export or download the file again".into(),
        ReadError::NotAFile { is_folder: true, .. } => "name the files in it".into(),
        ReadError::NotAFile { .. } => "save it as a file first".into(),
        ReadError::JsonInvalid { .. } => {
            "one object on each line, or one list of objects; values are texts and numbers, not nested"
                .into()
        }
        ReadError::ZeroBytes { .. } => "export or download the file again".into(),
        ReadError::FileEncrypted { .. } => "save a copy without the password".into(),
        ReadError::EncodingUnknown { .. } => {
            "often used: `utf-8`, `gb18030`, `big5`, `utf-16le`, `windows-1252`".into()
        }
        ReadError::TextInvalid { .. } => {
            "name the encoding with `encoding`, such as `gb18030`, or save the file as UTF-8".into()
        }
        ReadError::SheetUnknown { sheet, known, .. } => {
            format!("did you mean `{}`?", super::header::nearest(sheet, known)?)
        }
        ReadError::DelimiterWrong { likely, .. } => {
            format!("name the delimiter {} with `delimiter`", mark(*likely))
        }
        ReadError::ColumnMissing {
            nearest: Some(nearest),
            ..
        } => format!("did you mean `{nearest}`?"),
        ReadError::ColumnDuplicate { .. } => "rename one of them".into(),
        ReadError::RowsRagged { rows, .. } => {
            format!(
                "quote fields that contain the delimiter; look at lines {}",
                lines(rows, ", ")
            )
        }
        ReadError::QuoteText { .. } => "write a quote inside a field as two quotes".into(),
        ReadError::CellsMerged { .. } => {
            "unmerge and fill every cell: only the first of merged cells holds the value".into()
        }
        ReadError::FormulaWithoutValue { .. } => {
            "open it in a spreadsheet program, recalculate and save".into()
        }
        ReadError::CellError { .. } => "mend the formula or empty the cell".into(),
        _ => return None,
    })
}

fn limit_zh(limit: LimitKind, allowed: u64) -> String {
    match limit {
        LimitKind::ExpandedBytes => {
            format!("超过 {}（压缩的按展开后计）", bytes(allowed))
        }
        LimitKind::Expansion => format!("展开后超过压缩大小的 {allowed} 倍"),
        LimitKind::SheetCells => format!("工作表超过 {allowed} 个单元格"),
        LimitKind::Rows => format!("超过 {allowed} 行"),
        LimitKind::Columns => format!("超过 {allowed} 列"),
        LimitKind::ColumnText => format!("一列的文字超过 {}", bytes(allowed)),
    }
}

fn limit_en(limit: LimitKind, allowed: u64) -> String {
    match limit {
        LimitKind::ExpandedBytes => {
            format!(
                "it is over {} (packed files count unpacked)",
                bytes(allowed)
            )
        }
        LimitKind::Expansion => format!("unpacked it is over {allowed} times its packed size"),
        LimitKind::SheetCells => format!("a sheet has over {allowed} cells"),
        LimitKind::Rows => format!("it has over {allowed} rows"),
        LimitKind::Columns => format!("it has over {allowed} columns"),
        LimitKind::ColumnText => format!("the text of one column is over {}", bytes(allowed)),
    }
}

fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..0x10_0000 => format!("{} KiB", count >> 10),
        0x10_0000..0x4000_0000 => format!("{} MiB", count >> 20),
        _ => format!("{} GiB", count >> 30),
    }
}

/// At most twelve names in backticks.
fn list(names: &[String], between: &str) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(12)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = if names.len() > shown.len() {
        " …"
    } else {
        ""
    };
    format!("{}{more}", shown.join(between))
}

fn lines(rows: &[(usize, usize)], between: &str) -> String {
    let shown: Vec<_> = rows.iter().map(|(line, _)| line.to_string()).collect();
    shown.join(between)
}

fn mark(delimiter: char) -> String {
    match delimiter {
        '\t' => " `\\t` ".trim().into(),
        other => format!("`{other}`"),
    }
}

/// A place in Chinese, with a space where text follows a backtick.
pub(super) fn spaced(place: &super::Place) -> String {
    let mut text = place.text(Lang::Zh);
    if text.ends_with('`') {
        text.push(' ');
    }
    text
}

/// The Chinese name of a kind of content; Latin names have a space in front.
pub(super) fn zh(found: &'static str) -> String {
    match found {
        "plain text" => "纯文本".into(),
        "a web page" => "网页".into(),
        "an image" => "图片".into(),
        "a program" => "程序".into(),
        "a zip archive without a workbook" => "没有工作簿的压缩包".into(),
        "a Word or PowerPoint document" => "文字或演示文档".into(),
        "a gzip file" => "gzip 压缩文件".into(),
        "an old Office document without a workbook" => "没有工作簿的旧版 Office 文档".into(),
        "binary" => "二进制内容".into(),
        "cells" => "单元格".into(),
        "whole numbers" => "整数".into(),
        "text" => "文本".into(),
        other => format!(" {other}"),
    }
}
