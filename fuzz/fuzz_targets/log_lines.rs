//! Log lines of any text: refused, or the same after writing and reading again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fenjie_fuzz::log_lines(bytes));
