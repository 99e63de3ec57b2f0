//! Plan files of any text: refused, or carried out and proven.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fenjie_fuzz::plan_file(bytes));
