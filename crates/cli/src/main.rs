//! The binary `fenjie`: reads arguments, calls the domain, prints. Decides nothing about targets.
fn main() {}
