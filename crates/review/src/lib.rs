//! The packs of the regular meetings, as data and as text. Does no I/O, reads no clock.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]
