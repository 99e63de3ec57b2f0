//! Crossing margins.
