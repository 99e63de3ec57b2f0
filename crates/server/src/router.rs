//! All routes in one router, with what surrounds them. Must not know what they do.

use std::sync::OnceLock;

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::assistants;
use crate::frame::{health, wrap};
use crate::openapi::Head;
use crate::pages;
use crate::routes;
use crate::state::State;

/// Where the routes of this version begin.
pub const PREFIX: &str = "/api/v1";

/// The routes of the interface for programs, with their description.
pub(crate) fn api() -> OpenApiRouter<State> {
    let areas = OpenApiRouter::new()
        .merge(routes::approvals::routes())
        .merge(routes::audit::routes())
        .merge(routes::calendars::routes())
        .merge(routes::chains::routes())
        .merge(routes::channels::routes())
        .merge(routes::charts::routes())
        .merge(routes::comments::routes())
        .merge(routes::commitments::routes())
        .merge(routes::contents::routes())
        .merge(routes::decided::routes())
        .merge(routes::deliveries::routes())
        .merge(routes::deputies::routes())
        .merge(routes::dimensions::routes())
        .merge(routes::explanations::routes())
        .merge(routes::exports::routes())
        .merge(routes::feeds::routes())
        .merge(routes::import_events::routes())
        .merge(routes::imports::routes())
        .merge(routes::jobs::routes())
        .merge(routes::me::routes())
        .merge(routes::me_authenticator::routes())
        .merge(routes::member_files::routes())
        .merge(routes::oidc::routes())
        .merge(routes::operations::routes())
        .merge(routes::organisation_measures::routes())
        .merge(routes::past::routes())
        .merge(routes::plan_files::routes())
        .merge(routes::plans::routes())
        .merge(routes::previews::routes())
        .merge(routes::reconciliation::routes())
        .merge(routes::releases::routes())
        .merge(routes::reviews::routes())
        .merge(routes::sales::routes())
        .merge(routes::scenarios::routes())
        .merge(routes::sessions::routes())
        .merge(routes::setup::routes())
        .merge(routes::slices::routes())
        .merge(routes::standings::routes())
        .merge(routes::subscriptions::routes())
        .merge(routes::templates::routes())
        .merge(routes::tokens::routes())
        .merge(routes::users::routes())
        .merge(routes::versions::routes())
        .merge(routes::views::routes())
        .merge(routes::workbooks::routes());
    OpenApiRouter::with_openapi(Head::openapi()).nest(PREFIX, areas)
}

/// The routes of the interface for programs, put together once.
pub(crate) fn api_routes() -> Router<State> {
    static ROUTES: OnceLock<Router<State>> = OnceLock::new();
    ROUTES.get_or_init(|| api().split_for_parts().0).clone()
}

/// Everything that is served.
pub fn router(state: State) -> Router {
    let routes = api_routes()
        .merge(health::routes())
        .merge(pages::routes())
        .merge(assistants::routes(&state));
    wrap(routes, &state).with_state(state)
}
