//! The Chinese and English texts and hints of faults in plan files. Decides nothing.

use fenjie_message::{Lang, Message};

use super::error::Fault;

/// The stable code.
pub(super) fn code(fault: &Fault) -> &'static str {
    match fault {
        Fault::FileMissing { .. } => "plan_file_missing",
        Fault::FileUnreadable { .. } => "plan_file_unreadable",
        Fault::FileTooLarge { .. } => "plan_file_too_large",
        Fault::NotUtf8 { .. } => "plan_file_not_utf8",
        Fault::Syntax { .. } => "plan_file_syntax",
        Fault::KeyTwice { .. } => "key_twice",
        Fault::KeyUnknown { .. } => "key_unknown",
        Fault::KeyMissing { .. } => "key_missing",
        Fault::TypeWrong { .. } => "type_wrong",
        Fault::WordUnknown { .. } => "word_unknown",
        Fault::ChoiceMissing { .. } => "choice_missing",
        Fault::ChoiceTwice { .. } => "choice_twice",
        Fault::NameUnknown { .. } => "name_unknown",
        Fault::NameTwice { .. } => "name_twice",
        Fault::NameUnusable { .. } => "name_unusable",
        Fault::CodeColumnMissing { .. } => "member_code_column_missing",
        Fault::AddressInvalid { .. } => "address_invalid",
        Fault::Value { cause } | Fault::Cell { cause, .. } => cause.code(),
        Fault::Tree { cause, .. } => cause.code(),
        Fault::Table { cause } => cause.code(),
        Fault::CellEmpty { .. } => "cell_empty",
        Fault::MemberUnknown { .. } => "history_member_unknown",
        Fault::DatesMissing { .. } => "history_dates_missing",
        Fault::SumsTooLarge { .. } => "history_sums_too_large",
        Fault::Other { code, .. } => code,
    }
}

/// The sentence, without the place in the plan file.
pub(super) fn text(fault: &Fault, lang: Lang) -> String {
    match lang {
        Lang::Zh => zh(fault),
        Lang::En => en(fault),
    }
}

/// What to do about it.
pub(super) fn hint(fault: &Fault, lang: Lang) -> Option<String> {
    match fault {
        Fault::KeyUnknown { nearest, known, .. }
        | Fault::WordUnknown { nearest, known, .. }
        | Fault::NameUnknown { nearest, known, .. } => {
            did_you_mean(nearest.as_deref(), known, lang)
        }
        Fault::ChoiceMissing { known } => did_you_mean(None, known, lang),
        Fault::MemberUnknown { nearest, .. } => Some(member_hint(nearest, lang)),
        Fault::Value { cause } | Fault::Cell { cause, .. } => cause.hint(lang),
        Fault::Tree { cause, .. } => cause.hint(lang),
        Fault::Table { cause } => cause.hint(lang),
        _ => simple_hint(fault).map(|(zh, en)| lang.pick(zh, en).to_owned()),
    }
}

fn simple_hint(fault: &Fault) -> Option<(&'static str, &'static str)> {
    Some(match fault {
        Fault::FileMissing { .. } => (
            "`fenjie new` 可以写出一份带注释的方案模板",
            "`fenjie new` writes a commented template",
        ),
        Fault::NotUtf8 { .. } => ("请把文件另存为 UTF-8 编码", "save the file as UTF-8"),
        Fault::Syntax { .. } => (
            "文字要加引号，例如 name = \"销售额\"；列表写成 [\"A\", \"B\"]",
            "texts stand in quotes, as in name = \"Sales\"; lists are [\"A\", \"B\"]",
        ),
        Fault::KeyTwice { .. } => ("删去其中一处", "remove one of the two"),
        Fault::KeyMissing { key } => missing_hint(key)?,
        Fault::CodeColumnMissing { .. } => (
            "写上 columns = { code = \"列名\" }；列名是 code、编码、代码、编号、工号 时不用写",
            "add columns = { code = \"its name\" }; a column called code or id is found by itself",
        ),
        Fault::ChoiceTwice { .. } => (
            "一项里只写其中一个，另一个另起一项",
            "keep one and write the other as its own entry",
        ),
        Fault::AddressInvalid { .. } => (
            "写成 \"region=华东, month=2026-07\"；整个方案写 \"*\"",
            "write \"region=East, month=2026-07\"; the whole plan is \"*\"",
        ),
        Fault::NameUnusable { .. } => (
            "名称不能为空，不能是 time 或 *，也不能含 . , ; = 或换行",
            "a name is not empty, neither time nor *, and holds no . , ; = or line break",
        ),
        Fault::DatesMissing { .. } => (
            "在 columns 里写上 date = \"日期列\"",
            "add date = \"the date column\" to columns",
        ),
        Fault::SumsTooLarge { .. } => (
            "写上 decimals = 2，把每行四舍五入到两位小数",
            "add decimals = 2 to round each row to two decimals",
        ),
        Fault::CellEmpty { .. } => (
            "填上这个单元格，或删去这一行",
            "fill the cell or remove the row",
        ),
        _ => return None,
    })
}

fn missing_hint(key: &str) -> Option<(&'static str, &'static str)> {
    Some(match key {
        "plan" => (
            "例如 plan = \"2026 年度销售目标\"",
            "as in plan = \"Sales targets 2026\"",
        ),
        "period" => ("例如 period = \"2026\"", "as in period = \"2026\""),
        "measure" => (
            "例如 measure = { name = \"销售额\", unit = \"CNY\" }",
            "as in measure = { name = \"Sales\", unit = \"CNY\" }",
        ),
        "by" => (
            "例如 by = \"equal\"、by = \"calendar\" 或 by = { history = \"orders\" }",
            "as in by = \"equal\", by = \"calendar\" or by = { history = \"orders\" }",
        ),
        "columns.amount" => (
            "例如 columns = { amount = \"销售额\" }",
            "as in columns = { amount = \"sales\" }",
        ),
        _ => return None,
    })
}

fn did_you_mean(nearest: Option<&str>, known: &[String], lang: Lang) -> Option<String> {
    if known.is_empty() {
        return None;
    }
    let shown: Vec<String> = known
        .iter()
        .take(40)
        .map(|word| format!("`{word}`"))
        .collect();
    let more = known.len() > shown.len();
    Some(match lang {
        Lang::Zh => {
            let list = shown.join("、") + if more { " 等" } else { "" };
            match nearest {
                Some(word) => format!("是不是 `{word}`？这里可用：{list}"),
                None => format!("这里可用：{list}"),
            }
        }
        Lang::En => {
            let list = shown.join(", ") + if more { " and more" } else { "" };
            match nearest {
                Some(word) => format!("did you mean `{word}`? Known here: {list}"),
                None => format!("known here: {list}"),
            }
        }
    })
}

fn member_hint(nearest: &[String], lang: Lang) -> String {
    let close: Vec<String> = nearest.iter().map(|name| format!("`{name}`")).collect();
    match lang {
        Lang::Zh => format!(
            "相近的成员：{}；不需要的行可用 filters 排除，或写 unknown = \"ignore\"",
            close.join("、")
        ),
        Lang::En => format!(
            "similar members: {}; leave rows out with filters, or write unknown = \"ignore\"",
            close.join(", ")
        ),
    }
}

/// Shapes joined by ` or ` in the language asked for.
fn shape(words: &str, lang: Lang) -> String {
    let one = |word: &str| {
        let zh = match word {
            "text" => "文字",
            "number" => "数字",
            "date" => "日期",
            "flag" => "true/false",
            "list" => "列表",
            "table" => "表",
            "whole number" => "整数",
            other => other,
        };
        let en = if word == "flag" { "true/false" } else { word };
        lang.pick(zh, en).to_owned()
    };
    let shown: Vec<String> = words.split(" or ").map(one).collect();
    shown.join(lang.pick("或", " or "))
}

fn zh(fault: &Fault) -> String {
    match fault {
        Fault::FileMissing { path } => format!("没有方案文件 `{path}`"),
        Fault::FileUnreadable { path, reason } => format!("无法读取 `{path}`：{reason}"),
        Fault::FileTooLarge {
            path,
            bytes,
            allowed,
        } => {
            format!("`{path}` 有 {bytes} 字节，方案文件最多 {allowed} 字节")
        }
        Fault::NotUtf8 { path, line } => format!("`{path}` 第 {line} 行不是 UTF-8 文字"),
        Fault::Syntax { reason } => format!("不合 TOML 语法：{reason}"),
        Fault::KeyTwice { key } => format!("键 `{key}` 重复"),
        Fault::KeyUnknown { key, .. } => format!("这里没有 `{key}` 这个键"),
        Fault::KeyMissing { key } => format!("缺少键 `{key}`"),
        Fault::TypeWrong { expected, found } => {
            format!(
                "这里应为{}，写的是{}",
                shape(expected, Lang::Zh),
                shape(found, Lang::Zh)
            )
        }
        Fault::WordUnknown { word, .. } => format!("这里不认识 `{word}`"),
        Fault::ChoiceMissing { .. } => "这一项没有说明要做什么".to_owned(),
        Fault::ChoiceTwice { keys } => format!("`{}` 和 `{}` 不能写在同一项里", keys[0], keys[1]),
        Fault::NameUnknown { what, name, .. } => {
            format!("方案没有{} `{name}`", what.text(Lang::Zh))
        }
        Fault::NameTwice { what, name } => format!("{} `{name}` 定义了两次", what.text(Lang::Zh)),
        Fault::NameUnusable { what, name } => {
            format!("`{name}` 不能用作{}的名称", what.text(Lang::Zh))
        }
        Fault::CodeColumnMissing { place, known } => {
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "{}没有编码列，现有：{}",
                place.text(Lang::Zh),
                known.join("、")
            )
        }
        Fault::AddressInvalid { part } => format!("`{part}` 不是“轴=成员”"),
        Fault::Value { cause } => cause.text(Lang::Zh),
        Fault::Tree {
            file: Some(file),
            cause,
        } => format!("文件 `{file}`：{}", cause.text(Lang::Zh)),
        Fault::Tree { file: None, cause } => cause.text(Lang::Zh),
        Fault::Table { cause } => cause.text(Lang::Zh),
        Fault::Cell { place, cause } => {
            format!("{}：{}", place.text(Lang::Zh), cause.text(Lang::Zh))
        }
        Fault::CellEmpty { place } => format!("{}是空的", place.text(Lang::Zh)),
        Fault::MemberUnknown {
            place,
            axis,
            member,
            rows,
            ..
        } => format!(
            "{}的 `{member}` 不是维度 `{axis}` 的成员（这样的行共 {rows} 行）",
            place.text(Lang::Zh)
        ),
        Fault::DatesMissing { reference } => {
            format!("参考数据 `{reference}` 没有日期列，不能按期间取数")
        }
        Fault::SumsTooLarge {
            reference,
            decimals,
        } => {
            format!("参考数据 `{reference}` 有 {decimals} 位小数，合计超出可精确表示的范围")
        }
        Fault::Other { zh, .. } => zh.clone(),
    }
}

fn en(fault: &Fault) -> String {
    match fault {
        Fault::FileMissing { path } => format!("there is no plan file `{path}`"),
        Fault::FileUnreadable { path, reason } => format!("`{path}` cannot be read: {reason}"),
        Fault::FileTooLarge {
            path,
            bytes,
            allowed,
        } => {
            format!("`{path}` has {bytes} bytes; a plan file has at most {allowed}")
        }
        Fault::NotUtf8 { path, line } => format!("line {line} of `{path}` is not UTF-8 text"),
        Fault::Syntax { reason } => format!("this is not TOML: {reason}"),
        Fault::KeyTwice { key } => format!("the key `{key}` stands twice"),
        Fault::KeyUnknown { key, .. } => format!("there is no key `{key}` here"),
        Fault::KeyMissing { key } => format!("the key `{key}` is missing"),
        Fault::TypeWrong { expected, found } => {
            format!(
                "expected {}, found {}",
                shape(expected, Lang::En),
                shape(found, Lang::En)
            )
        }
        Fault::WordUnknown { word, .. } => format!("`{word}` is not known here"),
        Fault::ChoiceMissing { .. } => "this entry does not say what to do".to_owned(),
        Fault::ChoiceTwice { keys } => {
            format!("`{}` and `{}` cannot stand in one entry", keys[0], keys[1])
        }
        Fault::NameUnknown { what, name, .. } => {
            format!("the plan has no {} `{name}`", what.text(Lang::En))
        }
        Fault::NameTwice { what, name } => {
            format!("the {} `{name}` is defined twice", what.text(Lang::En))
        }
        Fault::NameUnusable { what, name } => {
            format!("`{name}` is not usable as a name of {}", what.plural())
        }
        Fault::CodeColumnMissing { place, known } => {
            let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "{} has no column of codes, only {}",
                place.text(Lang::En),
                known.join(", ")
            )
        }
        Fault::AddressInvalid { part } => format!("`{part}` is not `axis=member`"),
        Fault::Value { cause } => cause.text(Lang::En),
        Fault::Tree {
            file: Some(file),
            cause,
        } => {
            format!("file `{file}`: {}", cause.text(Lang::En))
        }
        Fault::Tree { file: None, cause } => cause.text(Lang::En),
        Fault::Table { cause } => cause.text(Lang::En),
        Fault::Cell { place, cause } => {
            format!("{}: {}", place.text(Lang::En), cause.text(Lang::En))
        }
        Fault::CellEmpty { place } => format!("{} is empty", place.text(Lang::En)),
        Fault::MemberUnknown {
            place,
            axis,
            member,
            rows,
            ..
        } => format!(
            "{}: `{member}` is no member of the axis `{axis}` ({rows} such rows)",
            place.text(Lang::En)
        ),
        Fault::DatesMissing { reference } => {
            format!("the reference `{reference}` has no dates, so no period can be taken from it")
        }
        Fault::SumsTooLarge {
            reference,
            decimals,
        } => format!(
            "the reference `{reference}` has {decimals} decimals and its sums leave the exact range"
        ),
        Fault::Other { en, .. } => en.clone(),
    }
}
