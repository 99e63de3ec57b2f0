//! Rows of files that were refused, as they travel. Must not know what the files are for.

use fenjie_app::files::RowFault;
use fenjie_message::Lang;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The most faults that an answer lists; all are counted.
pub const MOST_LISTED: usize = 1_000;

/// A refused row.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub struct RefusedRowBody {
    /// The row as people count it.
    #[schema(example = 7)]
    pub row: u64,
    /// The column at fault.
    #[schema(example = "金额")]
    pub column: Option<String>,
    /// The value as it stands.
    #[schema(example = "abc")]
    pub value: String,
    /// Stable code of the fault.
    #[schema(example = "amount_invalid")]
    pub code: String,
    /// The fault in one sentence.
    pub message: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What is wrong with a row, on its way out.
pub fn refused_row(fault: &RowFault, lang: Lang) -> RefusedRowBody {
    RefusedRowBody {
        row: fault.row as u64,
        column: fault.column.clone(),
        value: fault.value.clone(),
        code: fault.code.to_owned(),
        message: fault.text(lang).to_owned(),
        hint: fault.hint(lang).map(str::to_owned),
    }
}
