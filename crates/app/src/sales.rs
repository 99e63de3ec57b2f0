//! Sales entered by hand, one at a time: acknowledged once they are in the records, and brought to a
//! segment in batches right behind, so that every figure counts them and no segment holds one line
//! only. Must not know HTTP.

use std::collections::HashMap;
use std::sync::LazyLock;

use fenjie_exchange::log::Stamp;
use fenjie_facts::{AmountColumn, FactsError, ImportMeta, SalesLines, Store as Facts, TextColumn};
use fenjie_plan::{Definition, Plan};
use fenjie_store::imports::SaleRecord;
use fenjie_store::people::Role;
use fenjie_store::{Listed, OrganisationId, Page, PlanId, SaleId, StoreError};
use jiff::civil::{Date, Time, date};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::imports::announce_plan;
use crate::working::{Loaded, Opened, plan_folder};
use crate::{Actor, Answer, App, AppError, Asked, Reach, Unit, Verb};

/// The most sales that are brought to a segment at once.
const BATCH: usize = 20_000;
/// With this many segments they are put together.
const MOST_SEGMENTS: usize = 32;
/// How many pages are looked through for one that holds something to see.
const MOST_PAGES: usize = 20;
/// The longest customer and number outside, in characters.
const LONGEST: usize = 200;

/// A sale as somebody enters it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The day.
    pub date: String,
    /// The time of day, `14:05`.
    pub time: Option<String>,
    /// Members by dimension; of the organisation dimension one's own unless said.
    pub members: HashMap<String, String>,
    /// Amounts by measure, decimal.
    pub amounts: HashMap<String, String>,
    /// The customer.
    pub customer: Option<String>,
    /// Its number in another system; the same number is the same sale.
    pub external_id: Option<String>,
}

/// A sale as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The day, `2026-11-22`.
    pub date: String,
    /// Minutes since midnight.
    pub minute: Option<u16>,
    /// For each dimension its code and the member's.
    pub members: Vec<(String, String)>,
    /// For each measure its code and the amount, decimal.
    pub amounts: Vec<(String, String)>,
    /// The customer.
    pub customer: String,
}

/// What a wanted sale comes to in a plan, for an asker.
///
/// # Errors
/// A field that does not hold, with its name.
pub fn check(
    wanted: &Wanted,
    loaded: &Loaded,
    scope_axis: Option<usize>,
    reach: &Reach,
    actor: &Actor,
    today: Date,
) -> Result<Content, AppError> {
    let plan = loaded.plan();
    let definition = plan.model().definition();
    let date: Date = wanted.date.parse().map_err(|_| {
        AppError::invalid(
            "date",
            "date_invalid",
            format!("日期 `{}` 须写成 2026-11-22", cut(&wanted.date)),
            format!("the day `{}` is written as 2026-11-22", cut(&wanted.date)),
        )
    })?;
    if date > today {
        return Err(AppError::invalid(
            "date",
            "date_in_future",
            format!("`{date}` 还没有到，不能登记"),
            format!("`{date}` has not come yet"),
        ));
    }
    let minute = wanted.time.as_deref().map(minute).transpose()?;
    let members = members(wanted, plan, scope_axis, reach, actor)?;
    let amounts = amounts(wanted, definition)?;
    let customer = text("customer", wanted.customer.as_deref())?.unwrap_or_default();
    text("external_id", wanted.external_id.as_deref())?;
    Ok(Content {
        date: date.to_string(),
        minute,
        members,
        amounts,
        customer,
    })
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

fn minute(time: &str) -> Result<u16, AppError> {
    let parsed: Result<Time, _> = time.parse();
    let parsed = parsed.map_err(|_| {
        AppError::invalid(
            "time",
            "time_invalid",
            format!("时间 `{}` 须写成 14:05", cut(time)),
            format!("the time `{}` is written as 14:05", cut(time)),
        )
    })?;
    Ok(u16::from(parsed.hour().unsigned_abs()) * 60 + u16::from(parsed.minute().unsigned_abs()))
}

fn text(field: &'static str, text: Option<&str>) -> Result<Option<String>, AppError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(AppError::invalid(
            field,
            "text_unfit",
            format!("至多 {LONGEST} 个字，不含控制字符"),
            format!("at most {LONGEST} characters, none of them a control character"),
        ));
    }
    Ok(Some(text.to_owned()))
}

fn members(
    wanted: &Wanted,
    plan: &Plan,
    scope_axis: Option<usize>,
    reach: &Reach,
    actor: &Actor,
) -> Result<Vec<(String, String)>, AppError> {
    let axes = plan.model().axes();
    let known = |code: &String| axes[..axes.len() - 1].iter().any(|axis| axis.code == *code);
    if let Some(odd) = wanted.members.keys().find(|code| !known(code)) {
        return Err(unknown(&format!("members.{}", cut(odd)), odd));
    }
    let mut found = Vec::new();
    for (index, axis) in axes[..axes.len() - 1].iter().enumerate() {
        let field = format!("members.{}", axis.code);
        let own = || actor.member.clone().filter(|_| Some(index) == scope_axis);
        let Some(text) = wanted.members.get(&axis.code).cloned().or_else(own) else {
            return Err(AppError::invalid(
                field,
                "member_missing",
                format!("请写明{}", axis.name),
                format!("say which {}", axis.name),
            ));
        };
        let node = axis
            .tree
            .with_code(&text)
            .filter(|node| axis.tree.is_leaf(*node));
        let is_theirs = |node: &u32| {
            let is_scope = Some(index) == scope_axis;
            let own = actor.role != Role::Salesperson || actor.member.as_ref() == Some(&text);
            !is_scope || (reach.sees(&axis.tree, *node) && own)
        };
        // A member that is not theirs is answered as one that is not there.
        let node = node
            .filter(is_theirs)
            .ok_or_else(|| unknown(&field, &text))?;
        found.push((axis.code.clone(), axis.tree.code(node).to_owned()));
    }
    Ok(found)
}

fn unknown(field: &str, text: &str) -> AppError {
    AppError::invalid(
        field,
        "member_unknown",
        format!("没有 `{}`", cut(text)),
        format!("there is no `{}`", cut(text)),
    )
}

fn amounts(wanted: &Wanted, definition: &Definition) -> Result<Vec<(String, String)>, AppError> {
    let mut found = Vec::new();
    for (code, text) in &wanted.amounts {
        let field = format!("amounts.{}", cut(code));
        let measure = definition
            .measures
            .iter()
            .find(|measure| measure.code == *code && measure.is_flow());
        let measure = measure.ok_or_else(|| unknown(&field, code))?;
        let count = measure.step.parse_amount(text).map_err(|error| {
            AppError::invalid(
                field.clone(),
                "amount_invalid",
                format!(
                    "`{}`：{}",
                    cut(text),
                    fenjie_message::Message::text(&error, fenjie_message::Lang::Zh)
                ),
                format!(
                    "`{}`: {}",
                    cut(text),
                    fenjie_message::Message::text(&error, fenjie_message::Lang::En)
                ),
            )
        })?;
        found.push((measure.code.clone(), measure.step.format(count)));
    }
    if found.is_empty() {
        return Err(AppError::invalid(
            "amounts",
            "amount_missing",
            "至少要有一个金额",
            "at least one amount is needed",
        ));
    }
    found.sort();
    Ok(found)
}

/// Keeps a sale that was checked. The same number outside again is the same sale: with the same
/// content it is given again, with another it is refused.
///
/// # Errors
/// `sale_there_already`.
pub async fn add(
    unit: &mut Unit,
    plan: &PlanId,
    content: &Content,
    external_id: Option<String>,
) -> Result<SaleRecord, AppError> {
    unit.actor.may(Verb::RecordSales)?;
    let sale = SaleRecord {
        id: SaleId::of(unit.app.bits()),
        organisation: unit.organisation(),
        plan: plan.clone(),
        content: serde_json::to_value(content).map_err(AppError::internal)?,
        external_id,
        created_by: unit.actor.user.clone(),
        created_at: unit.now,
        voided_at: None,
        stored: false,
    };
    match unit.tx.add_sale(&sale).await {
        Err(StoreError::Conflict { .. }) => {
            return Err(AppError::conflict(
                "sale_there_already",
                "这个单号的销售已经登记过",
                "a sale of this number was entered already",
            ));
        }
        other => other?,
    }
    let after = json!({ "plan": plan, "content": sale.content, "external_id": sale.external_id });
    unit.record("sale.create", &sale.id, Json::Null, after);
    Ok(sale)
}

/// The day of an instant in a business time zone; in China where none is known.
pub fn today(now: fenjie_store::Timestamp, zone: Option<&str>) -> Date {
    let zone = jiff::tz::TimeZone::get(zone.unwrap_or("Asia/Shanghai"));
    now.to_zoned(zone.unwrap_or(jiff::tz::TimeZone::UTC)).date()
}

/// Enters a sale: checks it, keeps it, and brings it where every figure counts it. `answer` is made of
/// its record.
///
/// # Errors
/// `forbidden`, `not_found`, those of [`check`] and [`add`].
pub async fn enter(
    app: &App,
    asked: &Asked,
    plan: &PlanId,
    wanted: Wanted,
    answer: fn(SaleRecord) -> Result<Answer, AppError>,
) -> Result<Answer, AppError> {
    let opened = app.open_plan(&asked.actor, plan, Verb::RecordSales).await?;
    let definition = opened.loaded.definition();
    let today = today(app.now(), definition.zone.as_deref());
    let axis = opened.loaded.scope_axis(&opened.record);
    let (loaded, reach) = (&opened.loaded, &opened.reach);
    let content = check(&wanted, loaded, axis, reach, &asked.actor, today)?;
    let definition = definition.definition.clone();
    drop(opened);
    let (of, number) = (plan.clone(), wanted.external_id);
    let written = app.write(asked, move |unit| {
        let (plan, content, number) = (of.clone(), content.clone(), number.clone());
        Box::pin(async move { answer(add(unit, &plan, &content, number).await?) })
    });
    let answer = written.await?;
    settle(app, &asked.actor.organisation, plan, definition).await;
    Ok(answer)
}

/// Takes a sale back that was entered by hand: one's own, that of a member for whom one might have
/// entered it, or, of whoever may import, anybody's.
///
/// # Errors
/// `not_found`, `sale_voided_already`.
pub async fn take_back(
    app: &App,
    asked: &Asked,
    id: &SaleId,
    answer: fn(SaleRecord) -> Result<Answer, AppError>,
) -> Result<Answer, AppError> {
    let actor = &asked.actor;
    actor.may(Verb::RecordSales)?;
    let missing = || AppError::not_found(id.to_string());
    let mut unit = app.reading(actor).await?;
    let sale = unit.tx.sale(&actor.organisation, id).await?;
    drop(unit);
    let sale = sale.ok_or_else(missing)?;
    let plan = sale.plan.clone();
    let opened = app.open_plan(actor, &plan, Verb::RecordSales).await;
    let opened = opened.map_err(|error| match error {
        AppError::NotFound { .. } => missing(),
        other => other,
    })?;
    let definition = opened.loaded.definition().definition.clone();
    let may_any = actor.may(Verb::ImportActuals).is_ok();
    let may = sale.created_by == actor.user || may_any || could_enter(&opened, &sale);
    drop(opened);
    if !may {
        return Err(missing());
    }
    let id = id.clone();
    let written = app.write(asked, move |unit| {
        let id = id.clone();
        Box::pin(async move { answer(void(unit, &id).await?) })
    });
    let answer = written.await?;
    settle(app, &actor.organisation, &plan, definition).await;
    Ok(answer)
}

/// What was acknowledged is in the records; where it cannot be brought to a segment now, the next sale
/// brings it.
async fn settle(app: &App, organisation: &OrganisationId, plan: &PlanId, definition: Definition) {
    if let Err(error) = store_waiting(app, organisation, plan, definition).await {
        tracing::warn!(%plan, %error, "sales wait for their segment");
    }
}

/// Whether the asker may enter such a sale for those below them: members within reach. A salesperson
/// enters their own alone.
fn could_enter(opened: &Opened, sale: &SaleRecord) -> bool {
    let may = opened.actor.may(Verb::RecordSales).is_ok();
    if !may || opened.actor.role == Role::Salesperson {
        return false;
    }
    let Some(axis) = opened.loaded.scope_axis(&opened.record) else {
        return opened.reach == Reach::All;
    };
    let axis = &opened.loaded.plan().model().axes()[axis];
    let members = content(sale).map(|content| content.members);
    let mut members = members.unwrap_or_default().into_iter();
    let own = members.find(|(code, _)| *code == axis.code);
    own.and_then(|(_, member)| axis.tree.with_code(&member))
        .is_some_and(|node| opened.reach.sees(&axis.tree, node))
}

/// The sales that the asker entered, and those of members within reach that they might have entered;
/// of who sees all of the plan, everybody's. A page may hold fewer than asked for.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn list(
    app: &App,
    actor: &std::sync::Arc<Actor>,
    plan: &PlanId,
    page: &Page,
) -> Result<Listed<SaleRecord>, AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadActuals).await?;
    let sees_all = opened.reach == Reach::All;
    let only_own = actor.role == Role::Salesperson || actor.may(Verb::RecordSales).is_err();
    let by = (!sees_all && only_own).then_some(&actor.user);
    let mut unit = app.reading(actor).await?;
    let mut page = page.clone();
    for _ in 0..MOST_PAGES {
        let mut found = unit.tx.sales(&actor.organisation, plan, by, &page).await?;
        if !sees_all && !only_own {
            let theirs =
                |sale: &SaleRecord| sale.created_by == actor.user || could_enter(&opened, sale);
            found.items.retain(theirs);
        }
        if !found.items.is_empty() || found.next.is_none() {
            return Ok(found);
        }
        page.after = found.next;
    }
    let (items, next) = (Vec::new(), page.after);
    Ok(Listed { items, next })
}

/// Takes a sale back; [`take_back`] has looked whether whoever asks may.
async fn void(unit: &mut Unit, id: &SaleId) -> Result<SaleRecord, AppError> {
    unit.actor.may(Verb::RecordSales)?;
    let organisation = unit.organisation();
    let missing = || AppError::not_found(id.to_string());
    let found = unit.tx.sale(&organisation, id).await?.ok_or_else(missing)?;
    if !unit.tx.void_sale(&organisation, id, unit.now).await? {
        return Err(AppError::conflict(
            "sale_voided_already",
            "这笔销售已经作废",
            "this sale was taken back already",
        ));
    }
    let before = json!({ "plan": found.plan, "content": found.content });
    unit.record("sale.void", id, before, Json::Null);
    let mut sale = found;
    sale.voided_at = Some(unit.now);
    Ok(sale)
}

/// One batch at a time in this process: what came meanwhile goes with the next one.
static TURNS: LazyLock<tokio::sync::Mutex<()>> = LazyLock::new(Default::default);

/// Brings the sales of a plan that wait to a segment. Repeating it is safe: a sale is known by its
/// identifier, and one that is there already is not counted again.
///
/// # Errors
/// Those of the facts; what the store refuses.
pub async fn store_waiting(
    app: &App,
    organisation: &OrganisationId,
    plan: &PlanId,
    definition: Definition,
) -> Result<usize, AppError> {
    let turn = TURNS.lock().await;
    let mut tx = app.store().read().await?;
    let waiting = tx.sales_to_store(organisation, plan, BATCH).await?;
    drop(tx);
    if waiting.is_empty() {
        return Ok(0);
    }
    let (folder, at) = (plan_folder(app, organisation, plan), app.now().to_string());
    let batch = waiting.clone();
    let stored = tokio::task::spawn_blocking(move || {
        let lines = lines(&batch, &definition);
        let stamp = Stamp {
            at: &at,
            who: None,
            why: None,
        };
        std::fs::create_dir_all(&folder).ok();
        let mut facts = Facts::open(&folder)?;
        facts.add(lines, &definition, &meta(&batch), &stamp)?;
        if facts.segments() >= MOST_SEGMENTS {
            facts.compact(&stamp)?;
        }
        Ok::<(), FactsError>(())
    });
    let stored = stored.await.map_err(AppError::internal)?;
    stored.map_err(AppError::refused)?;
    let mut tx = app.store().write().await?;
    for sale in &waiting {
        tx.sale_stored(organisation, sale).await?;
    }
    tx.commit().await?;
    drop(turn);
    announce_plan(app, organisation, plan).await;
    Ok(waiting.len())
}

/// A batch is known by its sales and what became of them.
fn meta(batch: &[SaleRecord]) -> ImportMeta {
    let mut hash = Sha256::new();
    for sale in batch {
        hash.update(sale.id.as_str());
        hash.update([u8::from(sale.voided_at.is_some())]);
    }
    let sha256 = hash
        .finalize()
        .into_iter()
        .map(|byte| format!("{byte:02x}"));
    ImportMeta {
        file: "登记的销售".into(),
        sha256: sha256.collect(),
        bytes: 0,
        mapping: "entered".into(),
        refused: 0,
    }
}

fn lines(batch: &[SaleRecord], definition: &Definition) -> SalesLines {
    let both = batch.iter().map(|sale| (sale, content(sale)));
    let both = both.filter_map(|(sale, content)| content.map(|content| (sale, content)));
    let (batch, contents): (Vec<&SaleRecord>, Vec<Content>) = both.unzip();
    let number = |day: &str| {
        let day = day.parse::<Date>().ok();
        let since = day.and_then(|day| date(1970, 1, 1).until(day).ok());
        since.map_or(0, |since| since.get_days())
    };
    let text = |texts: Vec<String>| {
        let mut column = TextColumn::default();
        let mut codes: HashMap<String, u32> = HashMap::new();
        for text in texts {
            let next = codes.len() as u32;
            let code = *codes.entry(text.clone()).or_insert(next);
            if code == next {
                column.dictionary.push(text);
            }
            column.codes.push(code);
        }
        column
    };
    let of = |pairs: &[(String, String)], code: &str| {
        let found = pairs.iter().find(|(own, _)| own == code);
        found.map(|(_, text)| text.clone())
    };
    let members = definition.dimensions.iter().map(|dimension| {
        let each = contents
            .iter()
            .map(|content| of(&content.members, &dimension.code).unwrap_or_default());
        text(each.collect())
    });
    let amounts = definition.measures.iter().filter_map(|measure| {
        let values: Vec<Option<i64>> = contents
            .iter()
            .map(|content| {
                let amount = of(&content.amounts, &measure.code)?;
                measure.step.parse_amount(&amount).ok()
            })
            .collect();
        let voided = batch.iter().map(|sale| sale.voided_at.is_some());
        let values: Vec<Option<i64>> = values
            .into_iter()
            .zip(voided)
            .map(|(value, voided)| value.map(|value| if voided { 0 } else { value }))
            .collect();
        values.iter().any(Option::is_some).then(|| AmountColumn {
            measure: measure.code.clone(),
            present: values.iter().map(Option::is_some).collect(),
            values: values.iter().map(|value| value.unwrap_or(0)).collect(),
        })
    });
    let ids = batch.iter().map(|sale| {
        let id = sale.external_id.as_deref().unwrap_or(sale.id.as_str());
        id.to_owned().into_boxed_str()
    });
    SalesLines {
        dates: contents
            .iter()
            .map(|content| number(&content.date))
            .collect(),
        minutes: contents
            .iter()
            .map(|content| content.minute.map_or(-1, |minute| minute as i16))
            .collect(),
        members: members.collect(),
        amounts: amounts.collect(),
        customers: Some(text(
            contents
                .iter()
                .map(|content| content.customer.clone())
                .collect(),
        )),
        external_ids: Some(ids.collect()),
        credits: Vec::new(),
        source_rows: (1..=contents.len() as u32).collect(),
    }
}

/// What a sale holds.
pub fn content(sale: &SaleRecord) -> Option<Content> {
    serde_json::from_value(sale.content.clone()).ok()
}
