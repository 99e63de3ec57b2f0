//! What can go wrong with records. Must not know which database it was.

use fenjie_message::{Lang, Message, english};

/// Why records could not be read or kept. Nothing of the transaction has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// A record of this kind and name is there already, or another writer was first.
    Conflict {
        /// What, such as `plan_lines`.
        what: String,
    },
    /// Too many want to write; it may be tried again.
    Busy,
    /// The database may only be read: a full disk, a mount without write permission.
    ReadOnly {
        /// What the system says.
        reason: String,
    },
    /// The database is damaged.
    Damaged {
        /// What is known of it.
        reason: String,
    },
    /// The database cannot be reached.
    Unreachable {
        /// What the system says.
        reason: String,
    },
    /// Another server has this data folder open.
    InUse {
        /// The folder.
        folder: String,
    },
    /// A record holds what it cannot hold: a fault of the product or of somebody's hand.
    Unreadable {
        /// Which record and why.
        reason: String,
    },
    /// The database is of an earlier release than this program, and is not brought forward unasked.
    NotMigrated {
        /// The number of its schema.
        found: i64,
        /// The number that this program needs.
        known: i64,
    },
    /// The database is of a later release than this program.
    TooNew {
        /// The number of its schema.
        found: i64,
        /// The highest number that this program knows.
        known: i64,
    },
}

impl Message for StoreError {
    fn code(&self) -> &'static str {
        match self {
            StoreError::Conflict { .. } => "record_conflict",
            StoreError::Busy => "database_busy",
            StoreError::ReadOnly { .. } => "database_read_only",
            StoreError::Damaged { .. } => "database_damaged",
            StoreError::Unreachable { .. } => "database_unreachable",
            StoreError::InUse { .. } => "data_folder_in_use",
            StoreError::Unreadable { .. } => "record_unreadable",
            StoreError::NotMigrated { .. } => "schema_not_migrated",
            StoreError::TooNew { .. } => "schema_too_new",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            StoreError::Conflict { what } if zh => format!("`{what}` 中已有同样的记录"),
            StoreError::Conflict { what } => format!("`{what}` already has such a record"),
            StoreError::Busy => lang
                .pick("写入的人太多，请稍后再试", "too many are writing at once")
                .into(),
            StoreError::ReadOnly { reason } if zh => format!("数据库目前只能读取：{reason}"),
            StoreError::ReadOnly { reason } => {
                format!("the database can only be read for now: {reason}")
            }
            StoreError::Damaged { reason } if zh => format!("数据库已损坏：{reason}"),
            StoreError::Damaged { reason } => format!("the database is damaged: {reason}"),
            StoreError::Unreachable { reason } if zh => format!("连不上数据库：{reason}"),
            StoreError::Unreachable { reason } => {
                format!("the database cannot be reached: {reason}")
            }
            StoreError::InUse { folder } if zh => format!("数据目录 `{folder}` 正被另一个服务使用"),
            StoreError::InUse { folder } => {
                format!("another server has the data folder `{folder}` open")
            }
            StoreError::Unreadable { reason } if zh => format!("记录无法读出：{reason}"),
            StoreError::Unreadable { reason } => format!("a record cannot be read: {reason}"),
            StoreError::NotMigrated { found, known } if zh => {
                format!("数据库结构是第 {found} 版，本程序需要第 {known} 版")
            }
            StoreError::NotMigrated { found, known } => {
                format!("the schema of the database is number {found}, this program needs {known}")
            }
            StoreError::TooNew { found, known } if zh => {
                format!("数据库结构是第 {found} 版，本程序只认得到第 {known} 版")
            }
            StoreError::TooNew { found, known } => {
                format!(
                    "the schema of the database is number {found}, this program knows up to {known}"
                )
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            StoreError::Conflict { .. } | StoreError::Unreadable { .. } => return None,
            StoreError::Busy => lang.pick("稍候片刻重试", "wait a moment and try again"),
            StoreError::ReadOnly { .. } => lang.pick(
                "检查磁盘空间与数据目录的权限；已确认的内容都在",
                "look at the free space and the permissions of the data folder; what was acknowledged is kept",
            ),
            StoreError::Damaged { .. } => lang.pick(
                "运行 `fenjie doctor`，必要时用 `fenjie restore` 恢复备份",
                "run `fenjie doctor`, and where needed `fenjie restore` a backup",
            ),
            StoreError::Unreachable { .. } => {
                lang.pick("检查数据库地址与网络", "look at the address of the database and the network")
            }
            StoreError::InUse { .. } => lang.pick(
                "一个 SQLite 数据目录只能由一个服务打开；多个服务请用 PostgreSQL",
                "one server at a time may open a data folder with SQLite; several need PostgreSQL",
            ),
            StoreError::NotMigrated { .. } => lang.pick(
                "停下其他服务后运行 `fenjie migrate`；它会先做备份",
                "stop the other servers and run `fenjie migrate`; it makes a backup first",
            ),
            StoreError::TooNew { .. } => lang.pick("请升级 fenjie", "install a later release of fenjie"),
        };
        Some(text.into())
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for StoreError {}
