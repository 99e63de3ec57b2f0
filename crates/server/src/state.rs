//! What every handler can reach.

use std::sync::Arc;

use fenjie_app::App;

use crate::frame::{Frame, Limits, Network};

/// What every handler can reach; clones share everything.
#[derive(Clone)]
pub struct State {
    /// The application.
    pub app: App,
    /// What surrounds the routes.
    pub frame: Arc<Frame>,
}

impl State {
    /// The application within a frame of the usual bounds.
    pub fn new(app: App) -> State {
        State {
            app,
            frame: Frame::new(Limits::default(), Network::default(), None),
        }
    }

    /// The same within another frame.
    pub fn framed(self, frame: Arc<Frame>) -> State {
        State { frame, ..self }
    }
}
