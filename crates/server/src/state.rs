//! What every handler can reach.

use std::sync::Arc;

use fenjie_app::{Actor, App, AppError, Unit};

use crate::frame::{Frame, Limits, Network};
use crate::problem::Problem;

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

    /// What a use case reads, in one transaction; refused in the asker's language.
    ///
    /// # Errors
    /// Those of the use case.
    pub async fn read<T>(
        &self,
        actor: &Arc<Actor>,
        look: impl AsyncFnOnce(&mut Unit) -> Result<T, AppError>,
    ) -> Result<T, Problem> {
        let found = async { look(&mut self.app.reading(actor).await?).await };
        found.await.map_err(|error| Problem::new(error, actor.lang))
    }
}
