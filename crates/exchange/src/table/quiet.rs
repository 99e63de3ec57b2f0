//! Keeps a panic in a foreign reader from ending the program: hostile bytes give an error.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::ReadError;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Runs a foreign reader; its panic is a damaged file, and nothing is printed about it.
pub(super) fn quietly<T>(
    name: &str,
    read: impl FnOnce() -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let damaged = || ReadError::damaged(name, "its structure cannot be followed");
    guarded(read).unwrap_or_else(|| Err(damaged()))
}

/// Runs a foreign reader of bytes that may be hostile; none where it panics, and nothing is printed
/// about it.
pub fn guarded<T>(read: impl FnOnce() -> T) -> Option<T> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                before(panic);
            }
        }));
    });
    let outer = QUIET.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    QUIET.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_damaged_file() {
        let empty: Vec<u8> = Vec::new();
        let result = quietly("a.xls", || Ok(empty[1]));
        assert!(
            matches!(result, Err(ReadError::FileDamaged { .. })),
            "{result:?}"
        );
    }
}
