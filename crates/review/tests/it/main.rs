//! Tests of packs, through the public interface only: a small chain, its weeks, what people decided.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod chain;
mod parts;
mod promises;
mod weeks;
