//! Messages to people outside: robots, webhooks, mail, calendars.
