//! No bytes make the reader panic: noise behind every beginning it knows, and good files with
//! bytes changed or cut off.

use fenjie_exchange::table::{ReadOptions, read_table};
use proptest::prelude::*;

use crate::Folder;

const BEGINNINGS: [&[u8]; 9] = [
    b"",
    b"PAR1",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"PK\x03\x04xl/workbook.xml",
    b"PK\x03\x04opendocument.spreadsheet",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    b"\xff\xfe",
    b"\xef\xbb\xbfa,b\n",
    "地区,金额\n\"".as_bytes(),
];

fn good_files() -> Vec<(&'static str, Vec<u8>)> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..20 {
        sheet.write_row(row, 0, ["地区", "b", "c"]).unwrap();
    }
    let text = "地区,金额\n华东,1\n".repeat(9);
    let (gb, _, _) = encoding_rs::GB18030.encode(&text);
    vec![
        ("a.xlsx", workbook.save_to_buffer().unwrap()),
        ("a.csv", gb.into_owned()),
        ("a.csv", text.into_bytes()),
        ("a.parquet", crate::cells::small_parquet()),
    ]
}

fn read(name: &str, bytes: &[u8]) {
    let folder = Folder::new();
    let _ = read_table(&folder.file(name, bytes), &ReadOptions::default());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn noise(beginning in 0..BEGINNINGS.len(), rest in prop::collection::vec(any::<u8>(), 0..3000)) {
        read("a.dat", &[BEGINNINGS[beginning], &rest].concat());
    }

    #[test]
    fn changed_bytes(
        which in 0usize..4,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let (name, mut bytes) = good_files().swap_remove(which);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        read(name, &bytes);
    }
}
