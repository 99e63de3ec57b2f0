//! Releases, answers, remarks, versions and approvals on both kinds of databases.

use fenjie_store::plans::{PlanLine, PlanRecord, PlanStatus};
use fenjie_store::rhythm::{Commitment, CommitmentKind, Release, ReleasedTarget};
use fenjie_store::rhythm_approval::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalState, ApprovalStep, Approver, Chain,
    Deputy, Subject,
};
use fenjie_store::rhythm_comment::Comment;
use fenjie_store::rhythm_version::{StatusChange, Version};
use fenjie_store::{
    ApprovalId, ChainId, CommentId, CommitmentId, DeputyId, OrganisationId, Page, PlanId,
    ReleaseId, Store, Timestamp, UserId, VersionId,
};
use fenjie_store_tests::{databases, make};
use jiff::SignedDuration;
use jiff::civil::date;

fn after(minutes: i64) -> Timestamp {
    make::moment() + SignedDuration::from_mins(minutes)
}

/// Two organisations, the first with three people and a plan.
async fn planned(store: &dyn Store) -> (OrganisationId, OrganisationId, PlanId) {
    let acme = make::kept_organisation(store, "acme").await;
    let other = make::kept_organisation(store, "other").await;
    let plan = PlanRecord {
        id: PlanId::of(1),
        organisation: acme.clone(),
        name: "2026".into(),
        scope_axis: None,
        branched_from: None,
        status: PlanStatus::Draft,
        last_sequence: 0,
        last_hash: "h0".into(),
        revision: 1,
        created_by: UserId::of(1),
        created_at: after(0),
        archived_at: None,
    };
    let line = PlanLine {
        sequence: 0,
        line: "{}".into(),
        hash: "h0".into(),
        user: None,
        at: after(0),
    };
    let mut tx = store.write().await.unwrap();
    for number in 1..=3 {
        let user = make::user(&acme, number);
        tx.add_user(&user).await.unwrap();
    }
    tx.add_plan(&plan, &[line], &[]).await.unwrap();
    tx.commit().await.unwrap();
    (acme, other, plan.id)
}

fn release(organisation: &OrganisationId, plan: &PlanId, number: u128) -> Release {
    Release {
        id: ReleaseId::of(number),
        organisation: organisation.clone(),
        plan: plan.clone(),
        measure: "sales".into(),
        period: "2026".into(),
        sequence: 3,
        deadline: date(2026, 1, 31),
        due_at: after(60),
        note: "请在月底前确认".into(),
        created_by: UserId::of(1),
        created_at: after(0),
        withdrawn_at: None,
        revision: 1,
    }
}

#[tokio::test]
async fn releases_and_their_answers() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other, plan) = planned(&store).await;
        let made = release(&acme, &plan, 1);
        let targets: Vec<_> = [("华东", 600), ("华南", i64::MAX)]
            .map(|(node, target)| ReleasedTarget {
                node: node.into(),
                target,
            })
            .into();
        let mut tx = store.write().await.unwrap();
        tx.add_release(&made, &targets).await.unwrap();
        tx.add_release(&release(&acme, &plan, 2), &[])
            .await
            .unwrap();
        assert_eq!(tx.release(&acme, &made.id).await, Ok(Some(made.clone())));
        assert_eq!(tx.release(&other, &made.id).await, Ok(None));
        let mut found = tx.released_targets(&acme, &made.id).await.unwrap();
        found.sort_by_key(|target| target.target);
        assert_eq!(found, targets, "{}", database.kind);
        assert_eq!(tx.released_targets(&other, &made.id).await, Ok(vec![]));
        let one = Page {
            after: None,
            limit: 1,
        };
        let listed = tx.releases(&acme, &plan, &one).await.unwrap();
        assert_eq!((listed.items.len(), listed.next.is_some()), (1, true));
        let gone = Release {
            withdrawn_at: Some(after(5)),
            ..made.clone()
        };
        assert_eq!(tx.update_release(&gone, 1).await, Ok(true));
        assert_eq!(tx.update_release(&gone, 1).await, Ok(false));
        assert_eq!(
            tx.standing_releases(&acme, Some(&plan))
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(tx.standing_releases(&acme, None).await.unwrap().len(), 1);
        assert_eq!(tx.standing_releases(&other, None).await, Ok(vec![]));

        let answer = Commitment {
            id: CommitmentId::of(1),
            organisation: acme.clone(),
            plan,
            release: ReleaseId::of(2),
            node: "华东".into(),
            number: 1,
            kind: CommitmentKind::Counter,
            amount: 550,
            target: 600,
            reason: "两家店装修".into(),
            author: UserId::of(2),
            acting_for: None,
            at: after(1),
            withdrawn_at: None,
            revision: 1,
        };
        tx.add_commitment(&answer).await.unwrap();
        assert_eq!(
            tx.commitment(&acme, &answer.id).await,
            Ok(Some(answer.clone()))
        );
        assert_eq!(tx.commitment(&other, &answer.id).await, Ok(None));
        let back = Commitment {
            withdrawn_at: Some(after(2)),
            ..answer.clone()
        };
        assert_eq!(tx.update_commitment(&back, 1).await, Ok(true));
        assert_eq!(tx.update_commitment(&back, 1).await, Ok(false));
        assert_eq!(
            tx.commitments(&acme, &answer.release).await.unwrap().len(),
            1
        );
        assert_eq!(tx.commitments(&other, &answer.release).await, Ok(vec![]));
    }
}

#[tokio::test]
async fn remarks_in_the_order_they_were_made() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other, plan) = planned(&store).await;
        let comment = |number: u128| Comment {
            id: CommentId::of(100 - number),
            organisation: acme.clone(),
            plan: plan.clone(),
            thread: CommentId::of(99),
            measure: "sales".into(),
            place: "region=华东, month=2026-07".into(),
            node: "华东".into(),
            text: "为什么这么高？".into(),
            mentions: vec![UserId::of(2), UserId::of(3)],
            author: UserId::of(1),
            created_at: after(number as i64),
            edited_at: None,
            resolved_by: None,
            resolved_at: None,
            revision: 1,
        };
        let mut tx = store.write().await.unwrap();
        for number in 1..=5 {
            tx.add_comment(&comment(number)).await.unwrap();
        }
        assert_eq!(
            tx.comment(&acme, &comment(1).id).await,
            Ok(Some(comment(1)))
        );
        assert_eq!(tx.comment(&other, &comment(1).id).await, Ok(None));
        let mut page = Page {
            after: None,
            limit: 2,
        };
        let mut seen = Vec::new();
        loop {
            let listed = tx.comments(&acme, &plan, &page).await.unwrap();
            seen.extend(listed.items);
            page.after = listed.next;
            if page.after.is_none() {
                break;
            }
        }
        assert_eq!(
            seen,
            (1..=5).map(comment).collect::<Vec<_>>(),
            "{}",
            database.kind
        );
        let settled = Comment {
            resolved_by: Some(UserId::of(2)),
            ..comment(2)
        };
        assert_eq!(tx.update_comment(&settled, 1).await, Ok(true));
        assert_eq!(tx.update_comment(&settled, 1).await, Ok(false));
        // One open thread, six changes so far; then it is settled.
        let remarked = tx.remarked(&acme, &plan, 3).await.unwrap();
        assert_eq!(remarked.changes, 6, "{}", database.kind);
        let open = vec![(comment(1).measure, comment(1).place)];
        assert_eq!(remarked.cells, open, "{}", database.kind);
        let closed = Comment {
            resolved_at: Some(after(9)),
            ..comment(1)
        };
        assert_eq!(tx.update_comment(&closed, 1).await, Ok(true));
        let remarked = tx.remarked(&acme, &plan, 100).await.unwrap();
        assert_eq!((remarked.changes, remarked.cells.len()), (7, 0));
        let nothing = tx.remarked(&other, &plan, 100).await.unwrap();
        assert_eq!((nothing.changes, nothing.cells.len()), (0, 0));
        let elsewhere = tx.comments(&other, &plan, &Page::default()).await;
        assert_eq!(elsewhere.unwrap().items, []);
    }
}

#[tokio::test]
async fn versions_and_moves_of_a_plan() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other, plan) = planned(&store).await;
        let version = Version {
            id: VersionId::of(1),
            organisation: acme.clone(),
            plan: plan.clone(),
            number: 1,
            sequence: 3,
            log_hash: "h3".into(),
            content_hash: "c3".into(),
            reason: "年度目标".into(),
            approval: Some(ApprovalId::of(1)),
            published_by: UserId::of(1),
            published_at: after(0),
            superseded_at: None,
            recalled_at: None,
        };
        let mut tx = store.write().await.unwrap();
        tx.add_version(&version).await.unwrap();
        let ended = Version {
            superseded_at: Some(after(9)),
            ..version
        };
        tx.end_version(&ended).await.unwrap();
        assert_eq!(tx.versions(&acme, &plan).await, Ok(vec![ended]));
        assert_eq!(tx.versions(&other, &plan).await, Ok(vec![]));
        let moved = StatusChange {
            number: 1,
            made: "submit".into(),
            from: PlanStatus::Draft,
            to: PlanStatus::Submitted,
            reason: String::new(),
            sequence: 3,
            by: UserId::of(1),
            at: after(0),
        };
        tx.add_status_change(&acme, &plan, &moved).await.unwrap();
        assert_eq!(tx.status_changes(&acme, &plan).await, Ok(vec![moved]));
        assert_eq!(
            tx.status_changes(&other, &plan).await,
            Ok(vec![]),
            "{}",
            database.kind
        );
    }
}

#[tokio::test]
async fn approvals_step_by_step() {
    for database in databases().await {
        let store = database.open().await;
        let (acme, other, plan) = planned(&store).await;
        let chain = Chain {
            id: ChainId::of(1),
            organisation: acme.clone(),
            plan: None,
            subject: Subject::Publish,
            steps: vec![],
            revision: 1,
            updated_at: after(0),
        };
        let mut tx = store.write().await.unwrap();
        tx.add_chain(&chain).await.unwrap();
        assert_eq!(tx.chains(&acme).await, Ok(vec![chain.clone()]));
        assert_eq!(tx.chains(&other).await, Ok(vec![]));
        assert_eq!(tx.update_chain(&chain, 1).await, Ok(true));
        assert_eq!(tx.update_chain(&chain, 1).await, Ok(false));
        assert_eq!(tx.remove_chain(&other, &chain.id, 2).await, Ok(false));
        assert_eq!(tx.remove_chain(&acme, &chain.id, 2).await, Ok(true));

        let asked = Approval {
            id: ApprovalId::of(1),
            organisation: acme.clone(),
            plan: plan.clone(),
            subject: Subject::Recall,
            sequence: 3,
            content_hash: "c3".into(),
            author: UserId::of(1),
            comment: "请审批".into(),
            steps: vec![ApprovalStep {
                approver: Approver::Superior,
                days: Some(3),
                escalate_to: None,
            }],
            step: 0,
            due_at: Some(after(60)),
            state: ApprovalState::Waiting,
            changed_rate: Some(-120),
            changed_amount: 500,
            revision: 1,
            created_at: after(0),
            closed_at: None,
        };
        tx.add_approval(&asked).await.unwrap();
        assert_eq!(tx.approval(&acme, &asked.id).await, Ok(Some(asked.clone())));
        assert_eq!(tx.approval(&other, &asked.id).await, Ok(None));
        let decision = ApprovalDecision {
            approval: asked.id.clone(),
            step: 0,
            by: UserId::of(2),
            acting_for: Some(UserId::of(3)),
            escalated: false,
            approved: true,
            comment: "同意".into(),
            at: after(1),
        };
        tx.add_decision(&acme, &decision).await.unwrap();
        assert_eq!(tx.decisions(&acme, &asked.id).await, Ok(vec![decision]));
        assert_eq!(tx.decisions(&other, &asked.id).await, Ok(vec![]));
        let done = Approval {
            state: ApprovalState::Approved,
            closed_at: Some(after(1)),
            ..asked.clone()
        };
        assert_eq!(tx.update_approval(&done, 1).await, Ok(true));
        assert_eq!(tx.update_approval(&done, 1).await, Ok(false));
        let page = Page::default();
        for (state, plan, count) in [
            (None, None, 1),
            (Some(ApprovalState::Waiting), None, 0),
            (Some(ApprovalState::Approved), Some(plan.clone()), 1),
            (None, Some(PlanId::of(9)), 0),
        ] {
            let filter = ApprovalFilter {
                plan,
                author: None,
                state,
            };
            let found = tx.approvals(&acme, &filter, &page).await.unwrap();
            assert_eq!(found.items.len(), count, "{} {filter:?}", database.kind);
        }

        let deputy = Deputy {
            id: DeputyId::of(1),
            organisation: acme.clone(),
            user: UserId::of(2),
            deputy: UserId::of(3),
            from: date(2026, 1, 1),
            until: date(2026, 1, 31),
            reason: "休假".into(),
            created_by: UserId::of(2),
            created_at: after(0),
            revoked_at: None,
            revision: 1,
        };
        tx.add_deputy(&deputy).await.unwrap();
        assert_eq!(tx.deputies(&acme).await, Ok(vec![deputy.clone()]));
        assert_eq!(tx.deputies(&other).await, Ok(vec![]));
        let over = Deputy {
            revoked_at: Some(after(1)),
            ..deputy
        };
        assert_eq!(tx.update_deputy(&over, 1).await, Ok(true));
        assert_eq!(tx.update_deputy(&over, 1).await, Ok(false));
    }
}
