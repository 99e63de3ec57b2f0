//! Mappings of columns, kept in the plan directory under `facts/mappings/NAME.toml`.

use fenjie_facts::import::{ImportError, Mapping, is_mapping_name, keep_mapping, kept_mappings};
use fenjie_message::{Lang, Message};

use super::options::FileArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

/// What the command line says of the columns: `--map`, and of `--use-map` what that does not say.
///
/// # Errors
/// Other forms; a mapping that was never kept.
pub fn chosen(args: &FileArgs, opened: &Opened) -> Result<Mapping, Failure> {
    let refused = |error: ImportError| Failure::new(error, Exit::Usage);
    let typed = args
        .map
        .as_deref()
        .map_or(Ok(Mapping::default()), Mapping::parse);
    let typed = typed.map_err(refused)?;
    let Some(name) = &args.use_map else {
        return Ok(typed);
    };
    let all = saved(opened)?;
    match all
        .iter()
        .find(|mapping| mapping.name.as_ref() == Some(name))
    {
        Some(kept) => Ok(typed.over(kept)),
        None => {
            let known = all.into_iter().filter_map(|mapping| mapping.name).collect();
            let unknown = MappingFault::Unknown {
                name: name.clone(),
                known,
            };
            Err(Failure::new(unknown, Exit::Usage))
        }
    }
}

/// The mappings that were kept, by name.
///
/// # Errors
/// Files that cannot be read.
pub fn saved(opened: &Opened) -> Result<Vec<Mapping>, Failure> {
    kept_mappings(&opened.path).map_err(|error| Failure::new(error, Exit::Refused))
}

/// Whether a mapping can be kept under this name.
///
/// # Errors
/// Names that are none.
pub fn check_name(name: Option<&str>) -> Result<(), Failure> {
    match name {
        Some(name) if !is_mapping_name(name) => {
            let invalid = MappingFault::Name {
                name: name.to_owned(),
            };
            Err(Failure::new(invalid, Exit::Usage))
        }
        _ => Ok(()),
    }
}

/// Keeps the columns that were used.
///
/// # Errors
/// What the system refuses.
pub fn save(
    name: &str,
    used: &Mapping,
    opened: &Opened,
    is_dry: bool,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if is_dry || opened.log.is_none() {
        return Ok(());
    }
    keep_mapping(&opened.path, name, used)?;
    terminal.say(match terminal.lang {
        Lang::Zh => format!("列的对应关系已存为 `{name}`"),
        Lang::En => format!("the mapping is kept as `{name}`"),
    });
    Ok(())
}

/// What is wrong with a mapping's name.
#[derive(Debug)]
enum MappingFault {
    Unknown { name: String, known: Vec<String> },
    Name { name: String },
}

impl Message for MappingFault {
    fn code(&self) -> &'static str {
        match self {
            MappingFault::Unknown { .. } => "mapping_unknown",
            MappingFault::Name { .. } => "mapping_name_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (MappingFault::Unknown { name, known }, Lang::Zh) if known.is_empty() => {
                format!("没有保存过对应关系 `{name}`")
            }
            (MappingFault::Unknown { name, known }, Lang::Zh) => {
                format!("没有保存过对应关系 `{name}`，现有：{}", known.join("、"))
            }
            (MappingFault::Unknown { name, known }, Lang::En) if known.is_empty() => {
                format!("no mapping was kept as `{name}`")
            }
            (MappingFault::Unknown { name, known }, Lang::En) => {
                format!(
                    "no mapping was kept as `{name}`; there are: {}",
                    known.join(", ")
                )
            }
            (MappingFault::Name { name }, Lang::Zh) => format!("`{name}` 不能作名称"),
            (MappingFault::Name { name }, Lang::En) => format!("`{name}` cannot be a name"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            MappingFault::Unknown { .. } => None,
            MappingFault::Name { .. } => Some(
                lang.pick(
                    "用字母、数字、汉字、`-` 和 `_`，不超过 60 个字符",
                    "use letters, digits, `-` and `_`, at most 60 of them",
                )
                .into(),
            ),
        }
    }
}
