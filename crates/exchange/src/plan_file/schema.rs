//! The JSON Schema of plan files, for editors that complete and check. Must not know plans.

use super::wire::plan::PlanEntry;

/// The JSON Schema of a plan file, indented, with a line break at its end.
///
/// ```
/// assert!(fenjie_exchange::plan_file::schema().contains("\"decompose\""));
/// ```
pub fn schema() -> String {
    let schema = schemars::schema_for!(PlanEntry);
    let text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text + "\n"
}
