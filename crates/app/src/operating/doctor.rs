//! Looks whether a server is whole: its database, every plan's log computed anew, the plans' files,
//! sales, audit chains, and what was left over. Changes nothing, and may run beside the server.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fenjie_exchange::log::lines::{open_definition, open_entry};
use fenjie_facts::Store as Sales;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Operation, Plan};
use fenjie_store::audit::AuditEnd;
use fenjie_store::plans::{PlanInput, PlanLine, PlanRecord};
use fenjie_store::{OrganisationId, Page, Store};

use super::backup::{BackupEnd, plan_folders};
use super::files;
use crate::AppError;

/// How many lines are read at once.
const LINES_AT_ONCE: usize = 5_000;

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorCheck {
    /// Stable code.
    pub code: &'static str,
    /// What was looked at, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// How many were looked at.
    pub counted: u64,
    /// What is wrong: what, in Chinese and in English.
    pub faults: Vec<(String, String)>,
}

impl DoctorCheck {
    fn new(code: &'static str, zh: &'static str, en: &'static str) -> DoctorCheck {
        DoctorCheck {
            code,
            zh,
            en,
            counted: 0,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, what: &str, why: &dyn Message) {
        let text = |lang| format!("{what}: {}", why.text(lang));
        self.faults.push((text(Lang::Zh), text(Lang::En)));
    }

    fn said(&mut self, what: &str, zh: &str, en: &str) {
        self.faults
            .push((format!("{what}: {zh}"), format!("{what}: {en}")));
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorReport {
    /// In order.
    pub checks: Vec<DoctorCheck>,
}

impl DoctorReport {
    /// Whether nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.checks.iter().all(|check| check.faults.is_empty())
    }
}

/// Looks at everything. `noted` are ends of audit chains that are known from elsewhere.
///
/// # Errors
/// A folder that the system refuses; what the database refuses is in the report.
pub async fn doctor(
    store: &dyn Store,
    folder: &Path,
    noted: &[BackupEnd],
) -> Result<DoctorReport, AppError> {
    let mut database = DoctorCheck::new("database", "数据库", "database");
    database.counted = 1;
    match store.faults().await {
        Ok(faults) => {
            for fault in faults {
                database.said(store.kind(), &fault, &fault);
            }
        }
        Err(why) => database.fault(store.kind(), &why),
    }
    let [mut logs, mut inputs, mut audit] = [
        DoctorCheck::new("logs", "方案日志", "logs of plans"),
        DoctorCheck::new("inputs", "方案的文件", "files of plans"),
        DoctorCheck::new("audit", "审计记录链", "audit chains"),
    ];
    let mut plans = BTreeSet::new();
    let looked = async {
        for organisation in store.read().await?.organisations().await? {
            audit_of(store, &organisation.id, noted, &mut audit).await?;
            for plan in plans_of(store, &organisation.id).await? {
                plan_of(store, &plan, &mut logs, &mut inputs).await?;
                plans.insert(folder_of(folder, &plan));
            }
        }
        Ok::<(), AppError>(())
    };
    let looked = looked.await;
    if let Err(why) = &looked {
        database.fault(store.kind(), why);
    }
    let (whole, plans) = (looked.is_ok(), plans);
    let folder = folder.to_owned();
    let looking = move || -> Result<[DoctorCheck; 2], AppError> {
        Ok([sales(&folder)?, left_over(&folder, &plans, whole)?])
    };
    let [sales, left] = tokio::task::spawn_blocking(looking)
        .await
        .map_err(AppError::internal)??;
    Ok(DoctorReport {
        checks: vec![database, logs, inputs, sales, audit, left],
    })
}

fn folder_of(folder: &Path, plan: &PlanRecord) -> PathBuf {
    folder
        .join("plans")
        .join(plan.organisation.as_str())
        .join(plan.id.as_str())
}

async fn audit_of(
    store: &dyn Store,
    organisation: &OrganisationId,
    noted: &[BackupEnd],
    check: &mut DoctorCheck,
) -> Result<(), AppError> {
    let noted: Vec<AuditEnd> = noted
        .iter()
        .filter(|noted| noted.organisation == *organisation)
        .map(|noted| noted.end.clone())
        .collect();
    let mut tx = store.read().await?;
    let proved = tx.verify_audit(organisation, &noted).await?;
    check.counted += proved.records;
    for fault in &proved.faults {
        check.fault(organisation.as_str(), fault);
    }
    Ok(())
}

async fn plans_of(
    store: &dyn Store,
    organisation: &OrganisationId,
) -> Result<Vec<PlanRecord>, AppError> {
    let mut tx = store.read().await?;
    let mut page = Page::default();
    let mut all = Vec::new();
    loop {
        let listed = tx.plans(organisation, &page).await?;
        all.extend(listed.items);
        page.after = listed.next;
        if page.after.is_none() {
            return Ok(all);
        }
    }
}

/// Computes one plan anew from what is kept of it, in one moment of the records.
async fn plan_of(
    store: &dyn Store,
    plan: &PlanRecord,
    logs: &mut DoctorCheck,
    inputs: &mut DoctorCheck,
) -> Result<(), AppError> {
    let mut tx = store.read().await?;
    let (organisation, id) = (&plan.organisation, &plan.id);
    // It may have grown since it was listed.
    let Some(record) = tx.plan(organisation, id).await? else {
        return Ok(());
    };
    let mut lines: Vec<PlanLine> = Vec::new();
    loop {
        let from = lines.last().map_or(0, |last| last.sequence + 1);
        let some = tx.lines(organisation, id, from, LINES_AT_ONCE).await?;
        let more = some.len() == LINES_AT_ONCE;
        lines.extend(some);
        if !more {
            break;
        }
    }
    let kept = tx.inputs(organisation, id).await?;
    drop(tx);
    logs.counted += lines.len() as u64;
    inputs.counted += kept.len() as u64;
    let computing = tokio::task::spawn_blocking(move || compute(&record, &lines, &kept));
    let (of_log, of_inputs) = computing.await.map_err(AppError::internal)?;
    for (found, check) in [(of_log, logs), (of_inputs, inputs)] {
        for (zh, en) in found {
            check.said(id.as_str(), &zh, &en);
        }
    }
    Ok(())
}

/// Sentences in Chinese and English.
type Found = Vec<(String, String)>;

fn compute(record: &PlanRecord, lines: &[PlanLine], inputs: &[PlanInput]) -> (Found, Found) {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => return (vec![(error.to_string(), error.to_string())], Vec::new()),
    };
    let mut of_inputs = Vec::new();
    for input in inputs {
        let path = folder.path().join(&input.stored);
        let parent = path.parent().unwrap_or(folder.path());
        let written =
            std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, &input.bytes));
        let whole = written
            .and_then(|()| files::hash(&path))
            .is_ok_and(|(_, hash)| hash == input.sha256);
        if !whole {
            of_inputs.push((
                format!("`{}` 与写入时不同", input.stored),
                format!("`{}` is not what was written", input.stored),
            ));
        }
    }
    (log_faults(record, lines, folder.path()), of_inputs)
}

fn log_faults(record: &PlanRecord, lines: &[PlanLine], folder: &Path) -> Found {
    let both = |why: &dyn Message| vec![(why.text(Lang::Zh), why.text(Lang::En))];
    let at = |line: &PlanLine| {
        vec![(
            format!("第 {} 行的散列与日志不符", line.sequence),
            format!("the hash of line {} is not that of the log", line.sequence),
        )]
    };
    let Some(first) = lines.first() else {
        return vec![("没有日志".into(), "it has no log".into())];
    };
    let (header, loaded) = match open_definition(&first.line, folder) {
        Ok(opened) => opened,
        Err(why) => return both(&why),
    };
    if header.hash != first.hash {
        return at(first);
    }
    let mut hash = header.hash;
    let mut operations: Vec<Operation> = Vec::with_capacity(lines.len());
    for (sequence, line) in (1..).zip(&lines[1..]) {
        match open_entry(&line.line, sequence, &hash) {
            Ok(entry) if entry.hash == line.hash && line.sequence == sequence => {
                hash = entry.hash;
                operations.push(entry.operation);
            }
            Ok(_) => return at(line),
            Err(why) => return both(&why),
        }
    }
    if (record.last_sequence, &record.last_hash) != (operations.len() as u64, &hash) {
        return vec![(
            format!(
                "日志止于第 {} 步，方案记录为第 {} 步",
                operations.len(),
                record.last_sequence
            ),
            format!(
                "the log ends with operation {}, the plan's record says {}",
                operations.len(),
                record.last_sequence
            ),
        )];
    }
    match Plan::replay(loaded.definition.clone(), &operations) {
        Err(why) => both(&why),
        Ok(plan) if plan.verify().is_ok() => Vec::new(),
        Ok(_) => vec![(
            "合计、锁定或上下限不符".into(),
            "a sum, hold or bound does not hold".into(),
        )],
    }
}

fn sales(folder: &Path) -> Result<DoctorCheck, AppError> {
    let mut check = DoctorCheck::new("sales", "销售数据", "sales");
    for plan in plan_folders(folder)? {
        let name = plan.file_name().unwrap_or_default().to_string_lossy();
        match Sales::open(&plan).and_then(|sales| sales.verify()) {
            Ok(verified) => check.counted += verified.files as u64,
            Err(why) => check.fault(&name, &why),
        }
    }
    Ok(check)
}

fn left_over(
    folder: &Path,
    plans: &BTreeSet<PathBuf>,
    whole: bool,
) -> Result<DoctorCheck, AppError> {
    let mut check = DoctorCheck::new("left_over", "遗留的文件", "files left over");
    if !folder.is_dir() {
        return Ok(check);
    }
    for file in files::below(folder, |_| true)? {
        check.counted += 1;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if files::left_over(&name) {
            let what = file.display().to_string();
            check.said(
                &what,
                "未写完便中断，可以删除",
                "was never finished and can be deleted",
            );
        }
    }
    for plan in plan_folders(folder)? {
        // Where the records could not be read to their end, nobody knows.
        if whole && !plans.contains(&plan) {
            let what = plan
                .strip_prefix(folder)
                .unwrap_or(&plan)
                .display()
                .to_string();
            check.said(&what, "没有这个方案", "there is no such plan");
        }
    }
    Ok(check)
}
