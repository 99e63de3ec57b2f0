//! What the refusals of a file of sales say, in Chinese and English.

use fenjie_message::{Lang, Message};

use super::fault::near;
use super::report::visible;
use super::{ImportError, ImportReport};

/// How many refused rows the sentence itself names.
const NAMED_ROWS: usize = 3;

/// How many columns of a file are named.
const NAMED_COLUMNS: usize = 30;

impl Message for ImportError {
    fn code(&self) -> &'static str {
        match self {
            ImportError::Read(error) => error.code(),
            ImportError::MappingForm { .. } => "mapping_form",
            ImportError::MappingDamaged { .. } => "mapping_damaged",
            ImportError::RoleUnknown { .. } => "mapping_role_unknown",
            ImportError::MappedColumnMissing { .. } => "mapping_column_missing",
            ImportError::ColumnsAmbiguous { .. } => "import_columns_ambiguous",
            ImportError::ColumnsMissing { .. } => "import_columns_missing",
            ImportError::MemberUnknown { .. } => "import_member_unknown",
            ImportError::MemberTwice { .. } => "import_member_twice",
            ImportError::Zone(error) => error.code(),
            ImportError::FileChanged { .. } => "file_changed",
            ImportError::NoRows { .. } => "import_no_rows",
            ImportError::SumTooLarge { .. } => "import_sum_too_large",
            ImportError::RowsRefused { .. } => "import_rows_refused",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => text_zh(self),
            Lang::En => text_en(self),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            ImportError::Read(error) => return error.hint(lang),
            ImportError::MappingForm { .. } => lang.pick(
                "写成 `--map '日期=下单日, 金额=成交额'`",
                "write `--map 'date=Ordered on, amount=Total'`",
            ),
            ImportError::ColumnsAmbiguous { role, columns, .. } => {
                let (column, role) = (&columns.0, lang.pick(&role.0, &role.1));
                if columns.0 == columns.1 {
                    let text = lang.pick("给其中一列改名", "give one of them another name");
                    return Some(text.to_owned());
                }
                return Some(match lang {
                    Lang::Zh => format!("用 `--map '{role}={column}'` 说明取哪一列"),
                    Lang::En => format!("say which one with `--map '{role}={column}'`"),
                });
            }
            ImportError::ColumnsMissing { roles, .. } => {
                let role = roles.first()?;
                let column = role
                    .nearest
                    .as_deref()
                    .unwrap_or(lang.pick("列名", "COLUMN"));
                let role = lang.pick(&role.zh, &role.en);
                return Some(match lang {
                    Lang::Zh => format!("用 `--map '{role}={column}'` 说明哪一列是它"),
                    Lang::En => format!("say which column it is with `--map '{role}={column}'`"),
                });
            }
            ImportError::MemberTwice { .. } => lang.pick(
                "去掉 `--member`，或用 `--map '维度=-'` 不取这一列",
                "leave `--member` out, or the column with `--map 'DIMENSION=-'`",
            ),
            ImportError::Zone(error) => return error.hint(lang),
            ImportError::FileChanged { .. } => lang.pick(
                "等它写完再导入，或先复制一份",
                "import it once it is finished, or copy it first",
            ),
            ImportError::RowsRefused { .. } => lang.pick(
                "改正后重新导入；先导入其余各行用 `--partial`，把这些行另存用 `--errors 文件`",
                "mend them and import again; `--partial` brings the other rows in, \
                 `--errors FILE` writes these rows apart",
            ),
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn text_zh(error: &ImportError) -> String {
    match error {
        ImportError::Read(error) => error.text(Lang::Zh),
        ImportError::MappingForm { text } => format!("`{text}` 不是“角色=列名”"),
        ImportError::MappingDamaged { name, reason } => {
            format!("保存的对应关系 `{name}` 无法读取：{reason}")
        }
        ImportError::RoleUnknown { role, nearest } => {
            format!("方案里没有 `{role}`{}", near(nearest, Lang::Zh))
        }
        ImportError::MappedColumnMissing {
            source,
            role,
            column,
            nearest,
            known,
        } => format!(
            "文件 `{source}` 没有 `{column}` 列（`{role}`）{}；现有：{}",
            nearest
                .as_ref()
                .map_or(String::new(), |near| format!("，相近的是 `{near}`")),
            listed(known, Lang::Zh)
        ),
        ImportError::ColumnsAmbiguous {
            source,
            role,
            columns,
        } => {
            format!(
                "文件 `{source}` 的 `{}` 和 `{}` 两列都可能是{}",
                columns.0, columns.1, role.0
            )
        }
        ImportError::ColumnsMissing {
            source,
            roles,
            known,
        } => {
            let roles: Vec<&str> = roles.iter().map(|role| &*role.zh).collect();
            let (roles, known) = (roles.join("、"), listed(known, Lang::Zh));
            format!("文件 `{source}` 里找不到这些列：{roles}；现有：{known}")
        }
        ImportError::MemberUnknown {
            dimension,
            member,
            nearest,
        } => {
            format!("没有 `{dimension}={member}`{}", near(nearest, Lang::Zh))
        }
        ImportError::MemberTwice { dimension, column } => {
            format!("{dimension}既有 `{column}` 列，又用 `--member` 指定")
        }
        ImportError::Zone(error) => error.text(Lang::Zh),
        ImportError::FileChanged { source } => format!("文件 `{source}` 在读取时被改动"),
        ImportError::NoRows { source } => format!("文件 `{source}` 只有表头，没有数据"),
        ImportError::SumTooLarge { measure } => format!("{measure}合计超出可以计算的范围"),
        ImportError::RowsRefused { report } => {
            let sentence = report.refused_sentence(Lang::Zh);
            format!("{sentence}：{}", first_rows(report, Lang::Zh))
        }
    }
}

fn text_en(error: &ImportError) -> String {
    match error {
        ImportError::Read(error) => error.text(Lang::En),
        ImportError::MappingForm { text } => format!("`{text}` is not `role=column`"),
        ImportError::MappingDamaged { name, reason } => {
            format!("the saved mapping `{name}` cannot be read: {reason}")
        }
        ImportError::RoleUnknown { role, nearest } => {
            format!("the plan has no `{role}`{}", near(nearest, Lang::En))
        }
        ImportError::MappedColumnMissing {
            source,
            role,
            column,
            nearest,
            known,
        } => format!(
            "file `{source}` has no column `{column}` (`{role}`){}; it has: {}",
            nearest
                .as_ref()
                .map_or(String::new(), |near| format!(", the nearest is `{near}`")),
            listed(known, Lang::En)
        ),
        ImportError::ColumnsAmbiguous {
            source,
            role,
            columns,
        } => format!(
            "file `{source}`: both columns `{}` and `{}` may be {}",
            columns.0, columns.1, role.1
        ),
        ImportError::ColumnsMissing {
            source,
            roles,
            known,
        } => {
            let roles: Vec<&str> = roles.iter().map(|role| &*role.en).collect();
            let (roles, known) = (roles.join(", "), listed(known, Lang::En));
            format!("file `{source}` has no column for: {roles}; it has: {known}")
        }
        ImportError::MemberUnknown {
            dimension,
            member,
            nearest,
        } => {
            format!(
                "there is no `{dimension}={member}`{}",
                near(nearest, Lang::En)
            )
        }
        ImportError::MemberTwice { dimension, column } => {
            format!("{dimension} has the column `{column}` and a constant by `--member`")
        }
        ImportError::Zone(error) => error.text(Lang::En),
        ImportError::FileChanged { source } => {
            format!("file `{source}` was changed while it was read")
        }
        ImportError::NoRows { source } => format!("file `{source}` has a header and no rows"),
        ImportError::SumTooLarge { measure } => {
            format!("the sum of {measure} is beyond what can be counted")
        }
        ImportError::RowsRefused { report } => {
            let sentence = report.refused_sentence(Lang::En);
            format!("{sentence}: {}", first_rows(report, Lang::En))
        }
    }
}

fn listed(names: &[String], lang: Lang) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMED_COLUMNS)
        .map(|name| format!("`{}`", visible(name)))
        .collect();
    let mut text = shown.join(lang.pick("、", ", "));
    if names.len() > NAMED_COLUMNS {
        let rest = names.len() - NAMED_COLUMNS;
        text += &match lang {
            Lang::Zh => format!("等，另有 {rest} 列"),
            Lang::En => format!(" and {rest} more"),
        };
    }
    text
}

impl ImportReport {
    /// That rows are refused, and how many, without naming them.
    pub fn refused_sentence(&self, lang: Lang) -> String {
        let (source, rows, all) = (&self.source, self.refused_rows, self.rows);
        match lang {
            Lang::Zh => {
                format!("文件 `{source}` 的 {all} 行里有 {rows} 行不能导入，一行也没有写入")
            }
            Lang::En => {
                format!("file `{source}`: {rows} of {all} rows are refused and none is written")
            }
        }
    }
}

/// The first refused rows in one sentence.
fn first_rows(report: &ImportReport, lang: Lang) -> String {
    let shown = report
        .refusals
        .iter()
        .take(NAMED_ROWS)
        .map(|refusal| refusal.text(lang));
    let mut text = shown.collect::<Vec<_>>().join(lang.pick("；", "; "));
    if report.fault_count > NAMED_ROWS {
        text += lang.pick("……", " …");
    }
    text
}
