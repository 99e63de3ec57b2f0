//! Lists that are read page by page. Must not know what is on them.

/// How many an asker gets where they do not say.
pub const USUAL_LIMIT: usize = 50;
/// The most that one page holds.
pub const MOST: usize = 500;

/// Where a page begins: behind this key, in the order of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// A page asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Behind which key; none for the beginning.
    pub after: Option<Cursor>,
    /// How many at most, 1 to [`MOST`].
    pub limit: usize,
}

impl Default for Page {
    fn default() -> Self {
        Page {
            after: None,
            limit: USUAL_LIMIT,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

impl<T> Listed<T> {
    /// The page of up to `limit` items out of `limit + 1` that were asked for; `key` gives the cursor.
    pub fn of(mut found: Vec<T>, limit: usize, key: impl Fn(&T) -> String) -> Listed<T> {
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| more).map(|last| Cursor(key(last)));
        Listed { items: found, next }
    }

    /// The same page of something else.
    pub fn map<U>(self, each: impl FnMut(T) -> U) -> Listed<U> {
        Listed {
            items: self.items.into_iter().map(each).collect(),
            next: self.next,
        }
    }
}
