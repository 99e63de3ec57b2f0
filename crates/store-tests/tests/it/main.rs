//! What both kinds of databases have to do alike.

mod fresh;
