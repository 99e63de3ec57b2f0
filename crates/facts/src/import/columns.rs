//! Finds out which column is what, from the header, the mapping and the plan. Reads no rows.

use super::Role;

/// Which columns were used, and which were not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedColumns {
    /// The columns read, in the order of their roles.
    pub used: Vec<RoleColumn>,
    /// Columns that nothing was asked of.
    pub unused: Vec<String>,
    /// The saved mapping that was used.
    pub mapping: Option<String>,
}

/// A column and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleColumn {
    /// What it is.
    pub role: Role,
    /// Its name in the file.
    pub column: String,
    /// Its 0-based position in the file.
    pub position: usize,
    /// The power of ten that its heading states, such as 4 in `金额（万元）`.
    pub power: u32,
}
