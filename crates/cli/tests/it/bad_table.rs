//! A table of bad input: files and a command line, and the exit code and stable code they come to, in
//! both languages and as JSON, with nothing written beside them.

use crate::harness::Folder;

/// One row: what it is called, the plan, another file, the command, exit code and stable code.
type Case<'a> = (&'a str, String, (&'a str, Vec<u8>), &'a str, i32, &'a str);

const HEAD: &str = "plan = \"坏输入\"\nmeasure = \"销售额\"\n";
const AXES: &str = "[axes]\nregion = [\"华东\", \"华南\"]\nproduct = [\"A\", \"B\"]\n";
const SHARED: &str = "[[do]]\ndecompose = [\"region\", \"product\"]\nby = \"equal\"\n";
const DECOMPOSE: &str = "decompose plan.toml --output out.csv";
const CODES: &str = "code,name,parent,from,until,people\n";

/// A plan of 2026 with these operations.
fn plan(operations: &str) -> String {
    plan_of("2026", "90万", "", operations)
}

fn plan_of(period: &str, total: &str, calendar: &str, operations: &str) -> String {
    format!("{HEAD}period = \"{period}\"\ntotal = \"{total}\"\n{calendar}{AXES}{operations}")
}

/// A plan whose only axis comes from a file.
fn with_file(name: &str) -> String {
    format!(
        "{HEAD}period = \"2026\"\ntotal = \"90万\"\n[axes.org]\nmembers = \"{name}\"\nattributes = [\"people\"]\n\
         [[do]]\ndecompose = \"org\"\nby = {{ attribute = \"people\" }}\n"
    )
}

/// A plan with history from a file.
fn with_history() -> String {
    plan(
        "[history.h]\nfile = \"h.csv\"\ncolumns = { date = \"date\", amount = \"amount\" }\n\
         [[do]]\ndecompose = \"time.month\"\nby = { history = \"h\" }\n",
    )
}

fn check(cases: &[Case<'_>]) {
    let mut wrong = Vec::new();
    for (name, plan, (file, bytes), line, exit, code) in cases {
        let folder = Folder::with_plan(plan);
        if !file.is_empty() {
            folder.write(file, bytes);
        }
        let before = folder.names();
        for lang in ["zh", "en"] {
            let line = format!("{line} --lang {lang}");
            let ran = folder.run(&line);
            let json = folder.run(&format!("{line} --json"));
            let named = ran.talk.contains(&format!("[{code}]"))
                && json.talk.contains(&format!("\"code\":\"{code}\""));
            if (ran.code, json.code) != (*exit, *exit) || !named {
                wrong.push(format!("{name} ({lang}): {}{}", ran.shown(), json.shown()));
            }
            let kept =
                file.is_empty() || std::fs::read(folder.path().join(file)).unwrap() == *bytes;
            if folder.names() != before || folder.read("plan.toml") != *plan || !kept {
                wrong.push(format!("{name} ({lang}): something was written"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rows that differ in their operations only.
fn operations(rows: &[(&str, &str)]) {
    let case = |(code, text): &(&'static str, &str)| -> Case<'static> {
        let plan = plan(&format!("{SHARED}{text}"));
        (code, plan, ("", Vec::new()), DECOMPOSE, 3, code)
    };
    let rows: Vec<(&'static str, &str)> = rows
        .iter()
        .map(|(code, text)| (&*String::leak((*code).to_owned()), *text))
        .collect();
    check(&rows.iter().map(case).collect::<Vec<_>>());
}

#[test]
fn operations_that_cannot_be() {
    operations(&[
        ("member_unknown", "[[do]]\nhold = \"region=华北\"\n"),
        ("axis_unknown", "[[do]]\nhold = \"regoin=华东\"\n"),
        (
            "member_unknown",
            "[[do]]\ndecompose = \"time.day\"\nby = \"equal\"\n[[do]]\nhold = \"day=2026-02-29\"\n",
        ),
        ("member_unknown", "[[do]]\nhold = \"time=2026-W54\"\n"),
        (
            "date_missing",
            "[[do]]\nhold = \"region=华东\"\nuntil = \"2026-02-29\"\n",
        ),
        (
            "date_missing",
            "[[do]]\nleave = \"region=华东\"\ndate = \"2026-02-29\"\n",
        ),
        (
            "date_missing",
            "[[duty]]\nat = \"region=华东\"\ndeadline = \"2026-02-29\"\n",
        ),
        ("member_unknown", "[[duty]]\nat = \"region=华北\"\n"),
        (
            "target_negative",
            "[[do]]\nhold = \"region=华东\"\nat = \"-1\"\n",
        ),
        (
            "amount_not_finite",
            "[[do]]\nhold = \"region=华东\"\nat = nan\n",
        ),
        (
            "amount_not_finite",
            "[[do]]\nbound = \"region=华东\"\nfloor = \"inf\"\n",
        ),
        (
            "amount_out_of_range",
            "[[do]]\nset = \"region=华东\"\nto = \"92233720368547758.07\"\n",
        ),
        (
            "amount_out_of_range",
            "[[do]]\nset = \"region=华东\"\nto = \"1e400\"\n",
        ),
        (
            "amount_not_multiple",
            "[[do]]\nset = \"region=华东\"\nto = \"0.001\"\n",
        ),
        (
            "decimal_invalid",
            "[[do]]\nset = \"region=华东\"\nto = \"*1e300\"\n",
        ),
        (
            "target_negative",
            "[[do]]\ntransfer = \"100万\"\nfrom = \"region=华东\"\nto = \"region=华南\"\n",
        ),
        (
            "parameter_invalid",
            "[[do]]\ntransfer = \"1\"\nfrom = \"region=华东\"\nto = \"region=华东, product=A\"\n",
        ),
        (
            "everything_held",
            "[[do]]\nhold = \"region=华东\"\n[[do]]\nhold = \"region=华南\"\n[[do]]\nset = \"*\"\nto = \"10万\"\n",
        ),
        ("place_not_held", "[[do]]\nrelease = \"region=华东\"\n"),
        (
            "holds_exceed_total",
            "[[do]]\ncommit = { \"region=华东\" = \"100万\" }\n",
        ),
        (
            "parameter_invalid",
            "[[do]]\nlayer = \"stretch\"\nrate = \"-200%\"\n",
        ),
        (
            "choice_twice",
            "[[do]]\nlayer = \"stretch\"\nrate = \"3%\"\namount = \"5\"\n",
        ),
        (
            "word_unknown",
            "[[do]]\nlayer = \"strech\"\nrate = \"3%\"\n",
        ),
        ("cannot_undo", "[[do]]\nundo = 99\n"),
        ("choice_missing", "[[do]]\n"),
    ]);
}

#[test]
fn bases_that_cannot_be() {
    let by = |basis: &str| format!("[[do]]\ndecompose = \"region\"\nby = {basis}\n");
    let months = |basis: &str| format!("[[do]]\ndecompose = \"time.month\"\nby = {basis}\n");
    let rows = [
        ("weight_negative", by("{ weights = { 华东 = -1 } }")),
        ("decimal_invalid", by("{ weights = { 华东 = -inf } }")),
        ("key_twice", by("{ weights = { 华东 = 1, 华东 = 2 } }")),
        (
            "weights_all_zero",
            by("{ weights = { 华东 = 0 } }") + "zero_basis = \"refuse\"\n",
        ),
        (
            "shares_not_100",
            by("{ shares = { 华东 = \"50%\", 华南 = \"49.99%\" } }"),
        ),
        (
            "shares_not_100",
            by("{ mix = [{ share = \"90%\", by = \"equal\" }] }"),
        ),
        (
            "amounts_exceed_total",
            by("{ amounts = { 华东 = \"100万\" } }"),
        ),
        (
            "amounts_differ_from_total",
            by("{ amounts = { 华东 = \"1\", 华南 = \"1\" } }"),
        ),
        (
            "parameter_invalid",
            by("\"equal\"") + "hold_back = \"150%\"\n",
        ),
        ("parameter_invalid", by("\"equal\"") + "step = \"0\"\n"),
        (
            "parameter_invalid",
            by("\"equal\"") + "policy = \"member:9\"\n",
        ),
        (
            "amount_not_multiple",
            by("\"equal\"") + "step = \"0.003\"\n",
        ),
        ("parameter_invalid", months("{ pattern = [1, -1] }")),
        ("parameter_invalid", months("{ compound = \"-200%\" }")),
        (
            "margins_differ",
            "[[do]]\nfit = { region = { 华东 = \"50万\", 华南 = \"41万\" } }\n".into(),
        ),
        (
            "target_negative",
            "[[do]]\nfit = { region = { 华东 = \"-50万\", 华南 = \"140万\" } }\n".into(),
        ),
    ];
    let rows: Vec<(&str, &str)> = rows.iter().map(|(code, text)| (*code, &**text)).collect();
    operations(&rows);
}

#[test]
fn periods_and_calendars_that_cannot_be() {
    let of = |period: &str, calendar: &str| plan_of(period, "90万", calendar, SHARED);
    let none = || ("", Vec::new());
    let row = |code: &'static str, plan: String| (code, plan, none(), DECOMPOSE, 3, code);
    check(&[
        row("date_invalid", of("2025-02-29..2025-03-01", "")),
        row("period_reversed", of("2026..2020", "")),
        row("week_unknown", of("2025-W53", "")),
        row("period_unknown", of("9999", "")),
        row(
            "year_rule_invalid",
            of("FY2024", "[calendar]\nyear = \"02-29\"\n"),
        ),
        row(
            "year_rule_invalid",
            of("2026", "[calendar]\nyear = \"5-5-5\"\n"),
        ),
        row(
            "slots_not_100",
            of("2026", "[calendar]\nslots = { a = 10, b = 89 }\n"),
        ),
        row(
            "coefficient_invalid",
            of("2026", "[calendar]\nweekdays = { fri = -1 }\n"),
        ),
        row(
            "coefficient_invalid",
            of("2026", "[calendar]\nweekdays = { fri = inf }\n"),
        ),
        row(
            "date_invalid",
            of("2026", "[calendar]\nclosed = [\"2026-02-29\"]\n"),
        ),
        row(
            "date_missing",
            of("2026", "[calendar]\ndays = { 2026-02-29 = 1 }\n"),
        ),
        row(
            "period_reversed",
            of(
                "2026",
                "[calendar]\nclosed = [\"2026-03-02..2026-03-01\"]\n",
            ),
        ),
        row(
            "levels_do_not_nest",
            of("2026", "[calendar]\nlevels = [\"day\", \"month\"]\n"),
        ),
        row(
            "file_missing",
            of("2026", "[calendar]\nholidays = \"2027.csv\"\n"),
        ),
    ]);
}

#[test]
fn member_files_that_cannot_be() {
    let rows: [(&'static str, &str); 16] = [
        ("member_duplicate", "r,,,,,\na,,r,,,1\na,,r,,,1\n"),
        ("members_cycle", "r,,,,,\na,,a,,,1\n"),
        ("members_two_roots", "r,,,,,\nq,,,,,\na,,r,,,1\n"),
        ("member_parent_unknown", "r,,,,,\na,,x,,,1\n"),
        (
            "member_two_parents",
            "r,,,,,\nq,,r,,,1\na,,r,,,1\na,,q,,,1\n",
        ),
        (
            "member_dates_overlap",
            "r,,,,,\na,,r,,2026-05-01,1\na,,r,2026-05-01,,1\n",
        ),
        (
            "member_dates_reversed",
            "r,,,,,\na,,r,2026-05-01,2026-04-01,1\n",
        ),
        ("date_missing", "r,,,,,\na,,r,2026-02-29,,1\n"),
        ("date_ambiguous", "r,,,,,\na,,r,3/1/2026,,1\n"),
        ("weight_negative", "r,,,,,\na,,r,,,-1\nb,,r,,,2\n"),
        ("decimal_invalid", "r,,,,,\na,,r,,,nan\n"),
        ("decimal_invalid", "r,,,,,\na,,r,,,1e400\n"),
        ("cell_empty", "r,,,,,\n,甲,r,,,1\n"),
        ("rows_ragged", "r,,,,,\na,,r,,,1,1\n"),
        ("quote_open", "r,,,,,\n\"a,,r,,,1\n"),
        ("quote_text", "r,,,,,\n\"a\"b,,r,,,1\n"),
    ];
    let cases: Vec<Case<'_>> = rows
        .iter()
        .map(|(code, rows)| {
            let file = ("org.csv", format!("{CODES}{rows}").into_bytes());
            (*code, with_file("org.csv"), file, DECOMPOSE, 3, *code)
        })
        .collect();
    check(&cases);
}

#[test]
fn files_that_are_not_what_they_say() {
    let text = format!("{CODES}r,合计,,,,\na,甲,r,,,1\n");
    let row = |code: &'static str, name: &'static str, bytes: &[u8]| {
        (
            code,
            with_file(name),
            (name, bytes.to_vec()),
            DECOMPOSE,
            3,
            code,
        )
    };
    let half_a_character = [text.as_bytes(), b"b,\xe4\xb8"].concat();
    check(&[
        row("file_empty", "org.csv", b""),
        row("file_empty", "org.csv", b"\n\n"),
        row("members_empty", "org.csv", CODES.as_bytes()),
        row("member_code_column_missing", "org.csv", b"a,b,c\n1,2,3\n"),
        row(
            "member_code_column_missing",
            "org.csv",
            text.replace(',', "#").as_bytes(),
        ),
        row("column_duplicate", "org.csv", b"code,code\na,b\n"),
        row("text_invalid", "org.csv", &half_a_character),
        row(
            "file_format_unknown",
            "org.csv",
            &[0, 159, 146, 150].repeat(99),
        ),
        row("file_not_as_named", "org.csv", b"PK\x03\x04"),
        row("file_not_as_named", "org.xlsx", text.as_bytes()),
        row("file_not_as_named", "org.xlsx", b"%PDF-1.7\n"),
        row("file_not_as_named", "org.parquet", text.as_bytes()),
        row("file_damaged", "org.parquet", b"PAR1"),
        row(
            "file_damaged",
            "org.csv.gz",
            b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x4b\x4c",
        ),
    ]);
}

#[test]
fn history_that_cannot_be() {
    let row = |code: &'static str, rows: &str| {
        let file = ("h.csv", format!("date,amount\n{rows}").into_bytes());
        (code, with_history(), file, DECOMPOSE, 3, code)
    };
    check(&[
        row("date_missing", "2026-02-29,1\n"),
        row("date_form_unknown", "46000,1\n"),
        row("date_ambiguous", "1.5.2026,1\n"),
        row("decimal_invalid", "2026-01-01,nan\n"),
        row("decimal_invalid", "2026-01-01,1.2.3\n"),
        row("cell_empty", "2026-01-01,\n"),
        row(
            "history_sums_too_large",
            "2026-01-01,9223372036854775807\n2026-01-02,9223372036854775807\n",
        ),
    ]);
}

#[test]
fn commands_that_cannot_be() {
    let row = |code: &'static str, line: &'static str, exit: i32| {
        (
            code,
            plan(SHARED),
            ("x.xlsx", b"a,b\n".to_vec()),
            line,
            exit,
            code,
        )
    };
    check(&[
        row("file_not_as_named", "verify x.xlsx", 3),
        row("file_not_as_named", "import-plan plan.toml x.xlsx", 3),
        row("file_missing", "import-plan plan.toml y.xlsx", 3),
        row("not_a_plan_directory", "check .", 3),
        row("member_unknown", "explain plan.toml day=2026-02-29", 3),
        row("member_unknown", "set plan.toml region=华北 5 --yes", 3),
        row("amount_invalid", "set plan.toml region=华东 abc --yes", 3),
        row(
            "target_negative",
            "set plan.toml region=华东 -200% --yes",
            3,
        ),
        row(
            "measure_unknown",
            "decompose plan.toml --output out.csv --measure x",
            3,
        ),
        row(
            "folder_missing",
            "decompose plan.toml --output nowhere/out.csv",
            4,
        ),
        row("format_unknown", "decompose plan.toml --output out.foo", 2),
        row("date_invalid", "calendar 2025-02-29", 3),
        row("week_unknown", "calendar 2025-W53", 3),
        row("period_reversed", "calendar 2026-02..2026-01", 3),
        row("weight_negative", "allocate 1 --weights 1,-1", 3),
        row("weight_not_finite", "allocate 1 --weights 1,inf", 3),
        row(
            "weights_all_zero",
            "allocate 1 --weights 0,0 --zero-basis refuse",
            3,
        ),
        row(
            "total_out_of_range",
            "allocate 92233720368547758.08 --weights 1",
            3,
        ),
    ]);
}

#[test]
fn an_output_that_the_plan_reads() {
    let members = format!("{CODES}r,合计,,,,\na,甲,r,,,1\n");
    let row = |line: &'static str| {
        let file = ("org.csv", members.clone().into_bytes());
        (line, with_file("org.csv"), file, line, 2, "output_is_input")
    };
    check(&[
        row("decompose plan.toml --output ./org.csv"),
        row("decompose plan.toml --output plan.toml --format csv"),
    ]);
}

#[cfg(unix)]
#[test]
fn files_without_an_end() {
    let none = || ("", Vec::new());
    check(&[
        (
            "members",
            with_file("/dev/zero"),
            none(),
            DECOMPOSE,
            3,
            "file_unreadable",
        ),
        (
            "plan",
            plan(SHARED),
            none(),
            "check /dev/zero",
            3,
            "plan_file_too_large",
        ),
    ]);
}
