//! How long to wait before something is tried again. Must not know what.

use std::time::Duration;

/// After so many attempts a message is given up.
pub const MOST_ATTEMPTS: u32 = 10;
/// After the first attempt.
const FIRST: Duration = Duration::from_secs(30);
/// At the most.
const LONGEST: Duration = Duration::from_secs(3600);

/// How long to wait after attempt number `attempts` (from 1): twice as long each time, up to an hour,
/// and a fifth more or less by `bits`, so that what failed together is not tried together. `asked` is
/// what the receiver wants at least.
pub fn wait(attempts: u32, asked: Option<Duration>, bits: u128) -> Duration {
    let doubled = FIRST * 2u32.pow(attempts.saturating_sub(1).min(10));
    let capped = doubled.min(LONGEST);
    // 80 % to 120 %.
    let share = 80 + (bits % 41) as u32;
    let varied = capped * share / 100;
    // Whoever asks for a day is not believed.
    varied.max(asked.unwrap_or_default().min(LONGEST * 6))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::wait;

    #[test]
    fn waiting_doubles_up_to_an_hour_and_varies_by_a_fifth() {
        let seconds = |attempts, bits| wait(attempts, None, bits).as_secs();
        assert_eq!(
            (seconds(1, 0), seconds(1, 20), seconds(1, 40)),
            (24, 30, 36)
        );
        assert_eq!(
            (seconds(2, 20), seconds(3, 20), seconds(7, 20)),
            (60, 120, 1920)
        );
        assert_eq!((seconds(8, 20), seconds(60, 20)), (3600, 3600));
        let asked = Some(Duration::from_secs(90));
        assert_eq!(wait(1, asked, 0).as_secs(), 90);
        let day = Some(Duration::from_secs(864_000));
        assert_eq!(wait(1, day, 0).as_secs(), 6 * 3600);
    }
}
