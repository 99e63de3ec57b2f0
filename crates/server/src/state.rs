//! What every handler can reach.

use fenjie_app::App;

/// What every handler can reach; clones share everything.
#[derive(Clone)]
pub struct State {
    /// The application.
    pub app: App,
}
