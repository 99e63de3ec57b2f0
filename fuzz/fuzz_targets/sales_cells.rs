//! Dates, amounts, members and shares of any text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fenjie_fuzz::sales_cells(bytes));
