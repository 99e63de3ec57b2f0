//! Totals and weights of any text: refused, or parts as their definition has them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fenjie_fuzz::allocator(bytes));
