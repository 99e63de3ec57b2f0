//! Sign-in elsewhere.
