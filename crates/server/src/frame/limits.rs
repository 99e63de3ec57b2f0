//! How much the server takes at once: every bound with its usual value. Must not know routes.

use std::time::Duration;

/// How often something may happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Lasting, for each second; 0 for as often as one likes.
    pub per_second: u32,
    /// At once, after a rest.
    pub burst: u32,
}

/// How much the server takes at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest path with its query, in bytes.
    pub url_bytes: usize,
    /// All headers of a request together, in bytes.
    pub header_bytes: usize,
    /// Requests worked on at the same time.
    pub in_flight: usize,
    /// Requests that wait for their turn; the next one is turned away.
    pub waiting: usize,
    /// How long a request waits for its turn.
    pub wait: Duration,
    /// Streams of events at the same time.
    pub streams: usize,
    /// Connections at the same time; later ones wait at the door.
    pub connections: usize,
    /// How long a client may take for the head of a request, and may rest between two requests.
    pub head_time: Duration,
    /// How long a client may go without sending more of a body, or reading more of an answer.
    pub stall: Duration,
    /// The slowest body, in bytes each second, counted after `stall`.
    pub slowest_body: u32,
    /// How long a request may be worked on.
    pub request_time: Duration,
    /// How long what was begun may take once the server stops.
    pub stop_time: Duration,
    /// Requests of one account or key.
    pub per_actor: Rate,
    /// Requests of one address.
    pub per_address: Rate,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            url_bytes: 8 * 1024,
            header_bytes: 32 * 1024,
            in_flight: 256,
            waiting: 512,
            wait: Duration::from_secs(2),
            streams: 1_000,
            connections: 4_096,
            head_time: Duration::from_secs(15),
            stall: Duration::from_secs(20),
            slowest_body: 1024,
            request_time: Duration::from_secs(120),
            stop_time: Duration::from_secs(20),
            per_actor: Rate {
                per_second: 200,
                burst: 1_000,
            },
            per_address: Rate {
                per_second: 2_000,
                burst: 10_000,
            },
        }
    }
}

impl Limits {
    /// The usual bounds without any on how often somebody asks: for tests, and behind a proxy that
    /// counts itself.
    pub fn without_rates() -> Limits {
        let free = Rate {
            per_second: 0,
            burst: 0,
        };
        Limits {
            per_actor: free,
            per_address: free,
            ..Limits::default()
        }
    }
}
