//! `fenjie migrate`: brings a server's database to the schema of this release, with a copy made before.
//! Knows no migration.

use clap::Args;
use fenjie_message::Lang;
use fenjie_server::settings::ServeSettings;
use fenjie_store::Kept;
use fenjie_store_sql::{
    Schema, SqlStore, before, migrate_postgres, schema_of_postgres, schema_of_sqlite,
};
use serde_json::json;

use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, refused, runtime};
use crate::terminal::Terminal;

/// Arguments of `fenjie migrate`.
#[derive(Args, Debug)]
pub struct MigrateArgs {
    /// Only say whether there is anything to do; ends with 1 where there is
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    records: RecordsArgs,
}

/// Brings the database forward, or says whether it has to be.
///
/// # Errors
/// `schema_too_new`; what the database refuses.
pub fn run(args: &MigrateArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let settings = args.records.settings()?;
    let schema = runtime()?.block_on(async {
        let schema = schema(&settings).await?;
        if schema.lacks > 0 && !args.check {
            bring(&settings, schema).await?;
        }
        Kept::Ok(schema)
    });
    let schema = schema.map_err(refused)?;
    let copy = settings.folder.join(before(schema.known));
    let copied = (schema.found > 0 && schema.lacks > 0 && !args.check).then_some(copy);
    if terminal.json {
        terminal.print_json(&json!({
            "found": schema.found,
            "known": schema.known,
            "lacks": schema.lacks,
            "done": schema.lacks > 0 && !args.check,
            "copy": copied.as_ref().map(|copy| copy.display().to_string()),
        }))?;
    } else {
        terminal.print(said(&schema, args.check, terminal.lang))?;
        if let Some(copy) = copied {
            let copy = copy.display();
            terminal.print(match terminal.lang {
                Lang::Zh => format!("之前的内容在 `{copy}`"),
                Lang::En => format!("what was there before is in `{copy}`"),
            })?;
        }
    }
    Ok(match args.check && schema.lacks > 0 {
        true => Exit::Found,
        false => Exit::Done,
    })
}

async fn schema(settings: &ServeSettings) -> Kept<Schema> {
    match &settings.database_url {
        Some(url) => schema_of_postgres(url).await,
        None => schema_of_sqlite(&settings.folder).await,
    }
}

/// On SQLite opening is bringing forward; a server that has the folder open stands in the way.
async fn bring(settings: &ServeSettings, schema: Schema) -> Kept<()> {
    match &settings.database_url {
        Some(url) => {
            let copy = settings.folder.join(before(schema.known));
            migrate_postgres(url, &copy).await.map(|_| ())
        }
        None => SqlStore::sqlite(&settings.folder).await.map(|_| ()),
    }
}

fn said(schema: &Schema, check: bool, lang: Lang) -> String {
    let Schema {
        found,
        known,
        lacks,
    } = schema;
    match (lacks, check, lang) {
        (0, _, Lang::Zh) => format!("数据库结构已是第 {known} 版"),
        (0, _, Lang::En) => format!("the schema of the database is number {known} already"),
        (_, true, Lang::Zh) => {
            format!("数据库结构是第 {found} 版，须升到第 {known} 版（{lacks} 步）")
        }
        (_, true, Lang::En) => format!(
            "the schema of the database is number {found} and has to become {known} ({lacks} steps)"
        ),
        (_, false, Lang::Zh) => format!("数据库结构已从第 {found} 版升到第 {known} 版"),
        (_, false, Lang::En) => {
            format!("the schema of the database was number {found} and is {known} now")
        }
    }
}
