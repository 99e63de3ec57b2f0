//! What both harnesses measure on: an organisation, somebody who sees everything, a plan of stores.

use std::path::Path;
use std::sync::Arc;

use fenjie_app::authenticate::{actor_of, secret_hash};
use fenjie_app::people::PeopleSettings;
use fenjie_app::plans::{self, NewPlan};
use fenjie_app::{Actor, App, Settings, SystemClock, TokenScope, Unit};
use fenjie_message::Lang;
use fenjie_store::organisation::Organisation;
use fenjie_store::people::{Role, Scope, Token, User};
use fenjie_store::{OrganisationId, PlanId, Store, Timestamp, TokenId, UserId};

/// The memory that the product uses.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever stops a harness.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// The application on a store.
pub fn application(folder: &Path, store: Arc<dyn Store>) -> App {
    let settings = Settings {
        folder: folder.to_owned(),
        local_without_account: false,
        people: PeopleSettings::default(),
    };
    App::new(store, Arc::new(SystemClock), settings)
}

/// Somebody who sees everything, with a key.
pub async fn planner(app: &App) -> Result<(Arc<Actor>, String), Failed> {
    let now = Timestamp::now();
    let organisation = Organisation {
        id: OrganisationId::of(app.bits()),
        code: format!("{:x}", app.bits()),
        name: "bench".into(),
        language: "en".into(),
        zone: "Asia/Shanghai".into(),
        created_at: now,
    };
    let user = User {
        id: UserId::of(app.bits()),
        organisation: organisation.id.clone(),
        login: "planner".into(),
        name: "planner".into(),
        email: None,
        role: Role::Planner,
        scope: Scope::All,
        member: None,
        reports_to: None,
        language: Some("en".into()),
        active: true,
        password_hash: None,
        revision: 1,
        created_at: now,
    };
    let secret = format!("{:032x}", app.bits());
    let all = TokenScope::ALL.iter().map(|scope| scope.code().into());
    let token = Token {
        id: TokenId::of(app.bits()),
        organisation: organisation.id.clone(),
        user: user.id.clone(),
        name: "bench".into(),
        secret_hash: secret_hash(&secret),
        scopes: all.collect(),
        expires_at: None,
        used_at: None,
        revoked_at: None,
        created_at: now,
    };
    let mut tx = app.store().write().await?;
    tx.add_organisation(&organisation).await?;
    tx.add_user(&user).await?;
    tx.add_token(&token).await?;
    tx.commit().await?;
    let actor = actor_of(&user, Some(Lang::En), Default::default());
    Ok((Arc::new(actor), secret))
}

/// A plan of so many stores by twelve months.
pub async fn plan(app: &App, actor: &Arc<Actor>, count: usize) -> Result<PlanId, Failed> {
    let mut stores = String::from("code,name,parent,weight\nall,All stores,,\n");
    for store in 1..=count {
        stores.push_str(&format!(
            "S{store:04},Store {store},all,{}\n",
            50 + store % 97
        ));
    }
    let text = "plan = \"Stores\"\nperiod = \"2026\"\n\
        measure = { name = \"Sales\", code = \"sales\", unit = \"CNY\", step = \"0.01\" }\n\
        total = \"100000000\"\n\
        [calendar]\nlevels = [\"year\", \"month\"]\n\
        [axes.store]\nname = \"Store\"\nmembers = \"stores.csv\"\nlevels = [\"store\"]\n\
        [[do]]\ndecompose = \"store.store\"\nby = { attribute = \"weight\" }\n\
        [[do]]\ndecompose = \"time.month\"\nby = \"calendar\"\n";
    let new = NewPlan {
        name: None,
        scope_axis: None,
        text: text.into(),
        files: vec![("stores.csv".into(), stores.into_bytes())],
    };
    let mut unit = Unit::new(app, actor, app.store().write().await?);
    let made = plans::create(&mut unit, new).await?;
    unit.commit().await?;
    Ok(made.id)
}
