//! Sales files of any bytes, under every ending that is read.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fenjie_fuzz::sales_file(bytes));
