//! Workbooks of standings: what they hold, and that LibreOffice computes the same from scratch.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use expect_test::expect;
use fenjie_exchange::progress_workbook::{
    Progress, ProgressGroup, ProgressOptions, write_progress,
};
use fenjie_message::{Lang, Message};
use fenjie_plan::{Plan, example};
use fenjie_track::{Actuals, Board, BoardRequest, Line, Standing, Thresholds, UNASSIGNED};

/// March of the brief's year, seen from the 15th: 华东 is far ahead, 华南 reached, one line of nobody.
fn march() -> (Plan, Board) {
    let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    let days: Vec<u32> = (1..=15)
        .map(|day| plan.place(&format!("day=2026-03-{day:02}")).unwrap().0[3])
        .collect();
    let month = plan.place("month=2026-03").unwrap().0[3];
    let amounts: [(u32, i64); 6] = [
        (1, 11_111),
        (2, 300_007),
        (3, 2_345_678),
        (4, 1_900_003),
        (5, 0),
        (UNASSIGNED, 77_701),
    ];
    let values = amounts
        .iter()
        .flat_map(|(_, amount)| (0..15).map(move |day| amount + day * amount / 7));
    let actuals = Actuals {
        measures: vec![0],
        periods: days,
        members: vec![
            amounts.iter().map(|(node, _)| *node).collect(),
            vec![0; 6],
            vec![0; 6],
        ],
        values: vec![values.collect()],
        ..Actuals::default()
    };
    let request = BoardRequest::new(0, vec![1, 0, 0], vec![month], "2026-03-15".parse().unwrap());
    let board = Board::new(&plan, &actuals, &request).unwrap();
    (plan, board)
}

fn written(folder: &Path, lang: Lang, top: usize) -> PathBuf {
    let (plan, board) = march();
    let is_member = |one: &Standing| one.line == Line::Member;
    let (mut members, others): (Vec<_>, Vec<_>) = board.standings.into_iter().partition(is_member);
    members.sort_by_key(|one| one.rank);
    let left_out = members.split_off(top.min(members.len()));
    let progress = Progress {
        plan: &plan,
        measure: 0,
        as_of: board.request.as_of,
        thresholds: Thresholds::default(),
        whole: &board.totals,
        groups: vec![ProgressGroup {
            depths: &board.request.depths,
            members: &members,
            others: &others,
            left_out: &left_out,
        }],
    };
    let options = ProgressOptions {
        lang,
        notes: vec![("sales".into(), "75".into())],
        ..ProgressOptions::default()
    };
    let path = folder.join("progress.xlsx");
    write_progress(&progress, &path, &options).unwrap();
    path
}

/// A sheet as text: a line for each row; formulas behind their values where asked for.
fn show(path: &Path, sheet: &str, with_formulas: bool) -> String {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let values = book.worksheet_range(sheet).unwrap();
    let formulas = book.worksheet_formula(sheet).unwrap();
    let (bottom, right) = values.end().unwrap();
    let mut out = String::new();
    for row in 3..=bottom {
        let cells = (1..=right).map(|column| {
            let value = match values.get_value((row, column)) {
                Some(Data::Empty) | None => String::new(),
                Some(Data::Float(number)) => format!("{}", (number * 1e9).round() / 1e9),
                Some(value) => value.to_string(),
            };
            match formulas.get_value((row, column)) {
                Some(formula) if with_formulas && !formula.is_empty() => format!("={formula}"),
                _ => value,
            }
        });
        out.push_str(
            cells
                .collect::<Vec<_>>()
                .join(" | ")
                .trim_end_matches([' ', '|']),
        );
        out.push('\n');
    }
    out
}

#[test]
fn a_sheet_of_regions() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), Lang::Zh, 9);
    expect![[r#"
        # | 区域 | 期间 | 基准目标 | 结转 | 目标 | 实绩 | 完成率 | 时间进度 | 进度差 | 应完成 | 至今差额 | 差额 | 已过加权日 | 剩余加权日 | 日均完成 | 日均需完成 | 预计完成 | 预计下限 | 预计上限 | 状态
        1 | 华东 | 2026年3月 | 250000 | 0 | 250000 | 703703.34 | 2.81481336 | 0.49735448 | 2.31745888 | 124338.62 | -579364.72 | -453703.34 | 18.8 | 19 | 37431.028723404 | 0 | 1414892.94 | 1287433.71 | 1542352.17 | ● 已达成
        2 | 华南 | 2026年3月 | 208333.33 | 0 | 208333.33 | 570000.9 | 2.736004364 | 0.497354696 | 2.238649668 | 103615.56 | -466385.34 | -361667.57 | 18.8 | 19 | 30319.196808511 | 0 | 1146065.18 | 1042822.96 | 1249307.4 | ● 已达成
        3 | 华北 | 2026年3月 | 166666.67 | 0 | 166666.67 | 90002.04 | 0.540012229 | 0.49735505 | 0.042657179 | 82892.51 | -7109.53 | 76664.63 | 18.8 | 19 | 4787.342553191 | 4034.980526316 | 180961.35 | 164659.6 | 197263.1 | ▲ 领先
        4 | 东北 | 2026年3月 | 125000 | 0 | 125000 | 3333.24 | 0.02666592 | 0.49735472 | -0.4706888 | 62169.34 | 58836.1 | 121666.76 | 18.8 | 19 | 177.3 | 6403.513684211 | 6701.94 | 6098.22 | 7305.66 | ▼ 落后
        5 | 华西 | 2026年3月 | 83333.34 | 0 | 83333.34 | 0 | 0 | 0.4973552 | -0.4973552 | 41446.27 | 41446.27 | 83333.34 | 18.8 | 19 | 0 | 4385.965263158 | 0 | 0 | 0 | ▼ 落后
         | 未归属 | 2026年3月 |  |  |  | 23310.24
         | 合计 | 2026年3月 | 833333.34 | 0 | 833333.34 | 1390349.76 | 1.668419699 | 0.497354756 | 1.171064943 | 414462.3 | -975887.46 | -557016.42 | 18.8 | 19 | 73954.774468085 | 0 | 2795489.02 | 2543659.62 | 3047318.42 | ● 已达成
    "#]].assert_eq(&show(&path, "区域", false));
    let formulas = show(&path, "区域", true);
    let of = |name: &str| {
        formulas
            .lines()
            .find(|line| line.contains(name))
            .unwrap()
            .to_owned()
    };
    expect![[r#"=IF(I5="","",RANK(I5,$I$5:$I$10)) | 华东 | 2026年3月 | 250000 | 0 | =E5+F5 | 703703.34 | =IF(G5>0,H5/G5,"") | =L5/G5 | =IF(I5="","",I5-J5) | 124338.62 | =L5-H5 | =G5-H5 | 18.8 | 19 | =IF(O5>0,H5/O5,"") | =IF(P5>0,MAX(N5,0)/P5,"") | =IF(L5>0,ROUND(H5*G5/L5,2),"") | 1287433.71 | 1542352.17 | =IF(G5<=0,"– 无目标",IF(H5>=G5,"● 已达成",IF(ROUND(K5,9)>='总览'!$C$5,"▲ 领先",IF(ROUND(K5,9)>='总览'!$C$6,"◆ 略落后","▼ 落后"))))"#]].assert_eq(&of("华东"));
    expect![[r#" | 合计 | 2026年3月 | =SUM(E5:E10) | =SUM(F5:F10) | =E11+F11 | =SUM(H5:H10) | =IF(G11>0,H11/G11,"") | =L11/G11 | =IF(I11="","",I11-J11) | =SUM(L5:L10) | =L11-H11 | =G11-H11 | 18.8 | 19 | =IF(O11>0,H11/O11,"") | =IF(P11>0,MAX(N11,0)/P11,"") | =IF(L11>0,ROUND(H11*G11/L11,2),"") | 2543659.62 | 3047318.42 | =IF(G11<=0,"– 无目标",IF(H11>=G11,"● 已达成",IF(ROUND(K11,9)>='总览'!$C$5,"▲ 领先",IF(ROUND(K11,9)>='总览'!$C$6,"◆ 略落后","▼ 落后"))))"#]].assert_eq(&of("合计"));
    expect![[r#"
        状态的界线（可改，各表跟着变）
        ▲ 领先：进度差不小于 | 0
        ▼ 落后：进度差小于 | -0.05

        整体
        期间 | 基准目标 | 结转 | 目标 | 实绩 | 完成率 | 时间进度 | 进度差 | 应完成 | 至今差额 | 差额 | 预计完成 | 状态
        2026年3月 | ='区域'!E11 | ='区域'!F11 | ='区域'!G11 | ='区域'!H11 | ='区域'!I11 | ='区域'!J11 | ='区域'!K11 | ='区域'!L11 | ='区域'!M11 | ='区域'!N11 | ='区域'!S11 | ='区域'!V11

        数据
        sales | 75
    "#]].assert_eq(&show(&path, "总览", true));
}

#[test]
fn rows_left_out_stand_together() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), Lang::En, 2);
    expect![[r#"
        # | 区域 | period | base target | carried | target | actual | attainment | elapsed | pace | expected by now | gap by now | gap | days gone, weighted | days left, weighted | done a day | needed a day | projection | low (P10) | high (P90) | status
        1 | 华东 | March 2026 | 250000 | 0 | 250000 | 703703.34 | 2.81481336 | 0.49735448 | 2.31745888 | 124338.62 | -579364.72 | -453703.34 | 18.8 | 19 | 37431.028723404 | 0 | 1414892.94 | 1287433.71 | 1542352.17 | ● reached
        2 | 华南 | March 2026 | 208333.33 | 0 | 208333.33 | 570000.9 | 2.736004364 | 0.497354696 | 2.238649668 | 103615.56 | -466385.34 | -361667.57 | 18.8 | 19 | 30319.196808511 | 0 | 1146065.18 | 1042822.96 | 1249307.4 | ● reached
         | 3 more | March 2026 | 375000.01 | 0 | 375000.01 | 93335.28 |  |  |  | 186508.12 | 93172.84 | 281664.73
         | unassigned | March 2026 |  |  |  | 23310.24
         | total | March 2026 | 833333.34 | 0 | 833333.34 | 1390349.76 | 1.668419699 | 0.497354756 | 1.171064943 | 414462.3 | -975887.46 | -557016.42 | 18.8 | 19 | 73954.774468085 | 0 | 2795489.02 | 2543659.62 | 3047318.42 | ● reached
    "#]].assert_eq(&show(&path, "区域", false));
}

/// A setting of a fresh profile: recalculate whatever is loaded.
const ALWAYS_RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Loads a workbook in LibreOffice and saves it again; nothing where it is not installed.
fn recalculated(folder: &Path, path: &Path) -> Option<PathBuf> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(
        profile.join("user/registrymodifications.xcu"),
        ALWAYS_RECALCULATE,
    )
    .unwrap();
    let out = folder.join("out");
    let run = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args([
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
        ])
        .args([&out, &path.to_path_buf()])
        .output();
    match run {
        Ok(output) if output.status.success() => Some(out.join(path.file_name().unwrap())),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("not run: there is no `soffice` here");
            None
        }
    }
}

#[test]
fn recalculating_changes_no_figure() {
    for (lang, top) in [(Lang::Zh, 9), (Lang::En, 2)] {
        let folder = tempfile::tempdir().unwrap();
        let path = written(folder.path(), lang, top);
        let Some(again) = recalculated(folder.path(), &path) else {
            return;
        };
        for sheet in ["区域", lang.pick("总览", "Overview")] {
            assert_eq!(
                show(&again, sheet, false),
                show(&path, sheet, false),
                "{sheet}"
            );
        }
    }
}

#[test]
fn an_amount_that_a_cell_does_not_keep_is_refused() {
    let (plan, board) = march();
    let mut whole = board.totals.clone();
    whole[0].actual = i64::MAX;
    let depths = [0, 0, 0];
    let progress = Progress {
        plan: &plan,
        measure: 0,
        as_of: board.request.as_of,
        thresholds: Thresholds::default(),
        whole: &whole,
        groups: vec![ProgressGroup {
            depths: &depths,
            members: &whole,
            others: &[],
            left_out: &[],
        }],
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.xlsx");
    let error = write_progress(&progress, &path, &ProgressOptions::default()).unwrap_err();
    assert_eq!(error.code(), "amount_too_large");
    assert!(!path.exists());
}
