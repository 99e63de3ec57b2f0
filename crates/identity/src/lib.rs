//! Who somebody is: passwords, one-time codes, sign-in elsewhere, tokens.
