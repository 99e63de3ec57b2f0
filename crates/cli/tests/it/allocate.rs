//! `fenjie allocate`: arguments and streams.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use expect_test::{Expect, expect};

use crate::harness::{Folder, check, command, run, words};

fn stream(options: &str, input: &[u8], wanted: Expect) {
    let folder = Folder::new();
    let line = format!("allocate --jsonl {options}");
    wanted.assert_eq(&run(folder.path(), &words(&line), input).shown());
}

#[test]
fn policies_and_steps() {
    check(
        "allocate 100.00 --weights 1,1,1",
        expect![[r#"
        33.34
        33.33
        33.33
    "#]],
    );
    check(
        "allocate 100.00 --weights 1,1,1 --policy last --json",
        expect![[r#"
            {"parts":["33.33","33.33","33.34"]}
        "#]],
    );
    check(
        "allocate 1,050元 --weights 1,1 --step 100 --policy last",
        expect![[r#"
            500
            550
            -- talk
            注意[rest_below_step]：不足一个单位的 50 归第 2 个成员，已含在它的数里
        "#]],
    );
    check(
        "allocate 1050 --weights 1,1 --step 100 --policy last --json --lang en",
        expect![[r#"
            {"parts":["500","550"],"rest":{"member":1,"amount":"50"}}
        "#]],
    );
    check(
        "allocate -0.05 --weights 1，1，1",
        expect![[r#"
        -0.02
        -0.02
        -0.01
    "#]],
    );
    check(
        "allocate 1 --weights 0,0",
        expect![[r#"
        0.50
        0.50
        -- talk
        注意[weights_all_zero]：权重全部为零，按相等分摊
        提示：要拒绝这种情况，加 `--zero-basis refuse`
    "#]],
    );
    check(
        "allocate 1 --weights 0,0 --quiet",
        expect![[r#"
        0.50
        0.50
    "#]],
    );
    check(
        "allocate 1 --weights 0,0 --zero-basis refuse",
        expect![[r#"
            -- talk
            错误[weights_all_zero]：权重全部为零
            提示：至少给一个成员大于零的权重，或设置 zero_basis = "equal" 按人头均分
            -- exit 3
        "#]],
    );
    check(
        "allocate 1 --weights 0,0 --zero-basis refuse --lang en --json",
        expect![[r#"
            -- talk
            {"error":{"code":"weights_all_zero","message":"all weights are zero","hint":"give a member a positive weight, or set zero_basis = \"equal\" for equal shares","place":null}}
            -- exit 3
        "#]],
    );
}

#[test]
fn refusals() {
    check(
        "allocate 1 --weights 1,-1",
        expect![[r#"
        -- talk
        错误[weight_negative]：weights[1] 的 `-1` 小于零
        提示：权重必须大于或等于零；不参与分摊的成员写 0
        -- exit 3
    "#]],
    );
    check(
        "allocate 1 --weights NaN",
        expect![[r#"
        -- talk
        错误[weight_not_finite]：weights[0] 的 `NaN` 不是有限的数
        提示：权重写成普通小数，例如 98 或 1.25；没有权重的成员写 0
        -- exit 3
    "#]],
    );
    check(
        "allocate 1 --weights 1,inf --lang en",
        expect![[r#"
        -- talk
        error[weight_not_finite]: weights[1] is `inf`, which is not a finite number
        hint: write weights as plain decimals such as 98 or 1.25; a member without one gets 0
        -- exit 3
    "#]],
    );
    check(
        "allocate 1 --weights ''",
        expect![[r#"
        -- talk
        错误[weights_empty]：没有任何权重
        提示：至少给出一个权重
        -- exit 3
    "#]],
    );
    check(
        "allocate 99999999999999999999 --weights 1",
        expect![[r#"
        -- talk
        错误[total_out_of_range]：总额：`99999999999999999999` 太大，以 0.01 为最小单位时超出 64 位整数
        提示：请改用更粗的最小单位
        -- exit 3
    "#]],
    );
    check(
        "allocate 十万 --weights 1",
        expect![[r#"
        -- talk
        错误[total_invalid]：总额：`十万` 不是金额
        提示：金额可以写成 10000000.00、1,000万、1.2亿、￥1,200 或 -5万
        -- exit 3
    "#]],
    );
    check(
        "allocate 1 --weights 1 --policy frist --lang en",
        expect![[r#"
            -- talk
            error[policy_unknown]: `frist` is not a remainder policy
            hint: did you mean `first`? Known: largest_remainder, first, last, largest, member:<index from 0>
            -- exit 3
        "#]],
    );
    check(
        "allocate 1 --weights 1 --step 0",
        expect![[r#"
        -- talk
        错误[step_invalid]：`0` 不能作最小单位，最小单位是大于零的小数，例如 0.01、1 或 100
        -- exit 3
    "#]],
    );
    check(
        "allocate 1 --weights 1 --policy member:7",
        expect![[r#"
        -- talk
        错误[policy_member_invalid]：尾差规则指定的成员 7 不存在，共有 1 个成员
        提示：成员从 0 开始数
        -- exit 3
    "#]],
    );
    check(
        "allocate --weights 1",
        expect![[r#"
        -- talk
        错误[argument_missing]：缺少 `<TOTAL>`
        提示：用法：fenjie allocate [选项] [TOTAL]
        -- exit 2
    "#]],
    );
    check(
        "allocate 1 --jsonl",
        expect![[r#"
        -- talk
        错误[arguments_conflict]：`[TOTAL]` 不能和 `--jsonl` 同时使用
        提示：用 `--help` 查看写法
        -- exit 2
    "#]],
    );
}

#[test]
fn a_line_in_a_line_out() {
    let lines = r#"{"total":"100.00","weights":["1","1","1"],"policy":"largest_remainder","step":"0.01"}

{"total":100,"weights":[98,92.50,1e1]}
  {"weights":["33333","66667"],"total":"12000","step":1}
{"total":"1050","weights":[1,1],"step":"100","policy":"last"}
{"total":"1","weights":[0,0]}
{"total":"1","weights":[0,0],"zero_basis":"refuse"}
{"total":"1","weights":[12345678901234567890123456789012345678,1]}
{"total":"-0.05","weights":[1,1,1]}
"#;
    stream(
        "",
        lines.as_bytes(),
        expect![[r#"
        {"parts":["33.34","33.33","33.33"]}
        {"parts":["48.88","46.13","4.99"]}
        {"parts":["4000","8000"]}
        {"parts":["500","550"],"rest":{"member":1,"amount":"50"}}
        {"parts":["0.50","0.50"],"warnings":["weights_all_zero"]}
        {"error":{"code":"weights_all_zero","message":"权重全部为零"}}
        {"parts":["1.00","0.00"]}
        {"parts":["-0.02","-0.02","-0.01"]}
    "#]],
    );
    let plain = r#"{"total":"10","weights":[1,1,1]}"#;
    stream(
        "--step 1 --policy first",
        plain.as_bytes(),
        expect![[r#"
        {"parts":["4","3","3"]}
    "#]],
    );
}

#[test]
fn a_bad_line_stops_nothing() {
    let lines = b"nonsense\n[1]\n{}\n{\"total\":\"1\"}\n{\"total\":\"1\",\"weights\":[true]}\n\
        {\"total\":\"1\",\"weights\":[1],\"wieghts\":[1]}\n{\"total\":\"1\",\"total\":\"2\",\"weights\":[1]}\n\
        {\"total\":\"\xff\",\"weights\":[1]}\n{\"total\":\"1\",\"weights\":[\"-1\"]}\n\
        {\"total\":\"1\",\"weights\":[]}\n{\"total\":\"1\",\"weights\":[1],\"step\":\"x\"}\n\
        {\"total\":\"1\",\"weights\":[1],\"zero_basis\":\"x\"}\n{\"total\":\"1\",\"weights\":[1]}";
    stream(
        "--lang en",
        lines,
        expect![[r#"
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: expected ident at column 2"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: invalid length 1, expected an object at column 3"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: missing field `total` at column 2"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: missing field `weights` at column 13"}}
            {"error":{"code":"number_expected","message":"`weights[0]` should be a number or a text that holds one, here is `true`"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: unknown field `wieghts`, expected one of `total`, `weights`, `policy`, `step`, `zero_basis` at column 36"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: duplicate field `total` at column 20"}}
            {"error":{"code":"json_invalid","message":"the line is no JSON object such as `{\"total\":…,\"weights\":[…]}`: invalid unicode code point at column 11"}}
            {"error":{"code":"weight_negative","message":"weights[0] is `-1`, which is below zero"}}
            {"error":{"code":"weights_empty","message":"there are no weights"}}
            {"error":{"code":"step_invalid","message":"`x` is not a step, which is a positive decimal such as 0.01, 1 or 100"}}
            {"error":{"code":"zero_basis_unknown","message":"`zero_basis` is `equal` or `refuse`, here is `x`"}}
            {"parts":["1.00"]}
        "#]],
    );
}

#[test]
fn nothing_in_nothing_out() {
    stream("", b"", expect![[""]]);
    stream("", b"\n  \n", expect![[""]]);
}

#[test]
fn a_dialogue_is_answered_line_by_line() {
    let folder = Folder::new();
    let mut child = command(folder.path())
        .args(["allocate", "--jsonl"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut question = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    for total in ["1", "2", "3"] {
        writeln!(question, "{{\"total\":\"{total}\",\"weights\":[1]}}").unwrap();
        let mut answer = String::new();
        answers.read_line(&mut answer).unwrap();
        assert_eq!(answer, format!("{{\"parts\":[\"{total}.00\"]}}\n"));
    }
    drop(question);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_who_leaves_ends_it_quietly() {
    let folder = Folder::new();
    let mut child = command(folder.path())
        .args(["allocate", "--jsonl"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut question = child.stdin.take().unwrap();
    let line = b"{\"total\":\"1\",\"weights\":[1]}\n".repeat(10_000);
    // The command may be gone before all of it is read.
    let _ = question.write_all(&line);
    drop(question);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}

#[test]
fn a_closed_input_is_an_empty_one() {
    let folder = Folder::new();
    let ended = command(folder.path())
        .args(["allocate", "--jsonl"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(ended.status.success() && ended.stdout.is_empty() && ended.stderr.is_empty());
}
