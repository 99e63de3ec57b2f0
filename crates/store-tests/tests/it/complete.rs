//! The conformance suite knows every function of the records: a new one is tested here on both kinds of
//! databases, in the file of its area, or it is missed.

use std::collections::BTreeSet;
use std::path::Path;

/// Everything that lies in a folder, as one text.
fn text(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = std::fs::read_dir(folder).unwrap();
    let texts = entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    texts.collect()
}

#[test]
fn every_function_of_the_records_is_tried_on_both_kinds() {
    let records = text("../store/src");
    let tests = text("tests/it");
    let names: BTreeSet<&str> = records
        .split("async fn ")
        .skip(1)
        .filter_map(|rest| rest.split('(').next())
        .collect();
    let missed: Vec<&str> = names
        .into_iter()
        .filter(|name| !tests.contains(&format!(".{name}(")))
        .collect();
    assert_eq!(
        missed,
        Vec::<&str>::new(),
        "not tried in crates/store-tests/tests/it"
    );
}
