//! Messages to people outside: group robots, signed webhooks, mail, calendars. Must not know records,
//! plans, or who may send.

pub mod calendar;
pub mod channel;
pub mod error;
pub mod net;
pub mod template;

pub use channel::mail::{MailServer, Security};
pub use channel::{Kind, Letter, Outgoing, Outward, send};
pub use error::SendError;
pub use net::Network;
pub use template::{Template, Topic};
