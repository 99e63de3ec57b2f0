//! Progress of anything longer than a second, on a terminal only. Knows no plan.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use fenjie_message::Lang;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::Terminal;

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on the terminal that says how far the work is.
pub struct Progress {
    bar: ProgressBar,
    start: Instant,
    shown: std::cell::Cell<bool>,
    is_wanted: bool,
    label: &'static str,
}

impl Progress {
    /// Starts the clock.
    pub fn start(terminal: &Terminal) -> Self {
        let is_wanted = std::io::stderr().is_terminal() && !terminal.quiet && !terminal.json;
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let label = match terminal.lang {
            Lang::Zh => "{msg} 已写 {human_pos} / {human_len} 行，用时 {elapsed}",
            Lang::En => "{msg} {human_pos} / {human_len} rows written in {elapsed}",
        };
        Self {
            bar,
            start: Instant::now(),
            shown: false.into(),
            is_wanted,
            label,
        }
    }

    /// How much there is to do.
    pub fn expect(&self, rows: u64) {
        self.bar.set_length(rows);
    }

    /// So much more is done.
    pub fn advance(&self, rows: u64) {
        self.bar.inc(rows);
        if self.is_wanted && !self.shown.get() && self.start.elapsed() > PATIENCE {
            self.shown.set(true);
            let style = ProgressStyle::with_template(self.label);
            self.bar
                .set_style(style.expect("the template has no mistake"));
            self.bar
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}
