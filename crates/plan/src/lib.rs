//! The plan: axes, operations, decomposition, explanation, proof. Does no I/O.
