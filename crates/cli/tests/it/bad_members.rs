//! Member files and histories that cannot be read, and odd ones that can.

use expect_test::{Expect, expect};

use crate::harness::Folder;

const PLAN: &str = r#"plan = "成员"
period = "2026-01"
measure = "销售额"
total = "90万"
[axes.org]
members = "org.csv"
[[do]]
decompose = "org"
by = "equal"
"#;

fn with_members(bytes: impl AsRef<[u8]>) -> Folder {
    let folder = Folder::with_plan(PLAN);
    folder.write("org.csv", bytes);
    folder
}

fn check(bytes: impl AsRef<[u8]>, wanted: Expect) {
    let folder = with_members(bytes);
    let zh = folder.run("decompose plan.toml --output out.csv");
    let en = folder.run("decompose plan.toml --output out.csv --lang en");
    wanted.assert_eq(&format!("{}{}", zh.shown(), en.shown()));
    assert_eq!((zh.code, en.code), (3, 3));
    assert_eq!(folder.names(), ["org.csv", "plan.toml"]);
}

#[test]
fn trees_that_are_none() {
    check(
        "code,name,parent\nall,合计,\na,甲,all\na,甲,all\n",
        expect![[r#"
            -- talk
            错误[member_duplicate]：文件 `org.csv`：维度 `org` 的成员 `a` 重复：第 3 行和第 4 行
              --> plan.toml:6:11
            提示：调岗的成员给每一行写上不重叠的生效日期 from、until
            -- exit 3
            -- talk
            error[member_duplicate]: file `org.csv`: member `a` of dimension `org` stands twice, in rows 3 and 4
              --> plan.toml:6:11
            hint: give a member that moved disjoint dates `from` and `until` on each row
            -- exit 3
        "#]],
    );
    check(
        "code,name,parent\nall,合计,\na,甲,b\nb,乙,a\n",
        expect![[r#"
            -- talk
            错误[members_cycle]：文件 `org.csv`：维度 `org` 的成员互为上级：a → b
              --> plan.toml:6:11
            提示：改正其中一个成员的上级
            -- exit 3
            -- talk
            error[members_cycle]: file `org.csv`: members of dimension `org` are their own ancestors: a → b
              --> plan.toml:6:11
            hint: correct the parent of one of them
            -- exit 3
        "#]],
    );
    check(
        "code,name,parent\nall,合计,\nc,丙,\na,甲,all\n",
        expect![[r#"
            -- talk
            错误[members_two_roots]：文件 `org.csv`：维度 `org` 有两个没有上级的成员 `all` 和 `c`
              --> plan.toml:6:11
            提示：加一个总公司成员，让它们都以它为上级
            -- exit 3
            -- talk
            error[members_two_roots]: file `org.csv`: dimension `org` has two members without a parent, `all` and `c`
              --> plan.toml:6:11
            hint: add one member for the whole company and make it the parent of both
            -- exit 3
        "#]],
    );
    check(
        "code,name,parent\nall,合计,\na,甲,nobody\n",
        expect![[r#"
            -- talk
            错误[member_parent_unknown]：文件 `org.csv`：维度 `org` 第 3 行成员 `a` 的上级 `nobody` 不存在
              --> plan.toml:6:11
            提示：补上这个上级，或改正它的编码
            -- exit 3
            -- talk
            error[member_parent_unknown]: file `org.csv`: parent `nobody` of member `a` in dimension `org` does not exist (row 3)
              --> plan.toml:6:11
            hint: add the parent as a row of its own, or correct its code
            -- exit 3
        "#]],
    );
    check(
        "code,name,parent\nall,合计,\nb,乙,all\na,甲,all\na,甲,b\n",
        expect![[r#"
            -- talk
            错误[member_two_parents]：文件 `org.csv`：维度 `org` 的成员 `a` 同时有两个上级 `all`（第 4 行）和 `b`（第 5 行）
              --> plan.toml:6:11
            提示：调岗的成员给每一行写上不重叠的生效日期 from、until
            -- exit 3
            -- talk
            error[member_two_parents]: file `org.csv`: member `a` of dimension `org` has two parents at once, `all` (row 4) and `b` (row 5)
              --> plan.toml:6:11
            hint: give a member that moved disjoint dates `from` and `until` on each row
            -- exit 3
        "#]],
    );
    check(
        "code,name,parent\n",
        expect![[r#"
        -- talk
        错误[members_empty]：文件 `org.csv`：维度 `org` 没有任何成员
          --> plan.toml:6:11
        -- exit 3
        -- talk
        error[members_empty]: file `org.csv`: dimension `org` has no members
          --> plan.toml:6:11
        -- exit 3
    "#]],
    );
    check(
        "",
        expect![[r#"
        -- talk
        错误[file_empty]：文件 `org.csv` 是空的
          --> plan.toml:6:11
        -- exit 3
        -- talk
        error[file_empty]: file `org.csv` is empty
          --> plan.toml:6:11
        -- exit 3
    "#]],
    );
}

#[test]
fn tables_that_are_none() {
    check(
        "代号;名称;上级\nall;合计;\na;甲;all\n",
        expect![[r#"
            -- talk
            错误[member_parent_unknown]：文件 `org.csv`：维度 `org` 第 3 行成员 `甲` 的上级 `all` 不存在
              --> plan.toml:6:11
            提示：补上这个上级，或改正它的编码
            -- exit 3
            -- talk
            error[member_parent_unknown]: file `org.csv`: parent `all` of member `甲` in dimension `org` does not exist (row 3)
              --> plan.toml:6:11
            hint: add the parent as a row of its own, or correct its code
            -- exit 3
        "#]],
    );
    check(
        b"PK\x03\x04not really a zip",
        expect![[r#"
        -- talk
        错误[file_not_as_named]：文件 `org.csv` 名不副实：扩展名是 `.csv`，内容却是没有工作簿的压缩包
          --> plan.toml:6:11
        提示：改用正确的扩展名，或重新导出
        -- exit 3
        -- talk
        error[file_not_as_named]: file `org.csv` is not what its name says: it ends in `.csv` but is a zip archive without a workbook
          --> plan.toml:6:11
        hint: give it its right ending, or export it again
        -- exit 3
    "#]],
    );
    check(
        "code,name,parent\nall,合计,\n\"a,甲,all\n",
        expect![[r#"
        -- talk
        错误[quote_open]：文件 `org.csv` 第 3 行的引号到文件末尾也没有闭合
          --> plan.toml:6:11
        -- exit 3
        -- talk
        error[quote_open]: file `org.csv`, row 3 opens a quote that the file never closes
          --> plan.toml:6:11
        -- exit 3
    "#]],
    );
    check(
        "code,name,parent,from\nall,合计,,\na,甲,all,2026-02-30\n",
        expect![[r#"
            -- talk
            错误[date_missing]：文件 `org.csv` 第 3 行 `from` 列：没有 `2026-02-30` 这一天
              --> org.csv:3:from
            提示：写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`
            -- exit 3
            -- talk
            error[date_missing]: file `org.csv`, row 3, column `from`: there is no day `2026-02-30`
              --> org.csv:3:from
            hint: write `2026-03-01`, `2026/3/1`, `2026年3月1日` or `20260301`
            -- exit 3
        "#]],
    );
    let folder = Folder::with_plan(PLAN);
    folder.check(
        "decompose plan.toml --output out.csv",
        expect![[r#"
        -- talk
        错误[file_missing]：找不到文件 `org.csv`
          --> plan.toml:6:11
        -- exit 3
    "#]],
    );
}

#[test]
fn odd_tables_that_can_be_read() {
    let read = |bytes: &[u8]| {
        let folder = with_members(bytes);
        let ran = folder.run("decompose plan.toml --output - --quiet --lang zh");
        ran.shown()
    };
    let plain = read("code,name,parent\nall,合计,\na,甲,all\nb,乙,all\n".as_bytes());
    let marked =
        read("\u{feff}code,name,parent\r\nall,合计,\r\na,甲,all\r\nb,乙,all\r\n".as_bytes());
    let chinese =
        read(b"code,name,parent\nall,\xba\xcf\xbc\xc6,\na,\xbc\xd7,all\nb,\xd2\xd2,all\n");
    let semicolons = read("code;name;parent\nall;合计;\na;甲;all\nb;乙;all\n".as_bytes());
    expect![[r#"
        org,org_name,period,start,last,销售额
        a,甲,2026,2026-01-01,2026-01-31,450000.00
        b,乙,2026,2026-01-01,2026-01-31,450000.00
    "#]]
    .assert_eq(&plain);
    assert_eq!([&marked, &chinese, &semicolons], [&plain; 3]);
}

#[test]
fn names_that_look_like_formulas_are_texts() {
    let folder =
        with_members("code,name,parent\nall,合计,\na,=1+1,all\nb,@SUM(A1),all\nc,\"多\n行\",all\n");
    folder.check(
        "decompose plan.toml --output - --quiet",
        expect![[r#"
        org,org_name,period,start,last,销售额
        a,'=1+1,2026,2026-01-01,2026-01-31,300000.00
        b,'@SUM(A1),2026,2026-01-01,2026-01-31,300000.00
        c,"多
        行",2026,2026-01-01,2026-01-31,300000.00
    "#]],
    );
    assert_eq!(
        folder
            .run("decompose plan.toml --output out.xlsx -q")
            .shown(),
        ""
    );
    assert_eq!(folder.run("verify out.xlsx").code, 0);
}

#[test]
fn history_that_cannot_be_read() {
    let plan = "plan = \"历史\"\nperiod = \"2026\"\nmeasure = \"销售额\"\ntotal = \"90万\"\n\
        [axes]\nregion = [\"华东\", \"华南\"]\n[history.orders]\nfile = \"orders.csv\"\n\
        columns = { date = \"日期\", amount = \"金额\", region = \"地区\" }\n\
        [[do]]\ndecompose = \"region\"\nby = { history = \"orders\" }\n";
    let check = |table: &str, wanted: Expect| {
        let folder = Folder::with_plan(plan);
        folder.write("orders.csv", table);
        let ran = folder.run("decompose plan.toml --output out.csv");
        wanted.assert_eq(&ran.shown());
        assert_eq!((ran.code, folder.names().len()), (3, 2));
    };
    check(
        "日期,金额,地区\n2025-01-01,一百,华东\n",
        expect![[r#"
            -- talk
            错误[decimal_invalid]：文件 `orders.csv` 第 2 行 `金额` 列：`一百` 不是可用的数（最多 30 位有效数字）
              --> orders.csv:2:金额
            提示：写成 1.15、15% 或 -3.5%
            -- exit 3
        "#]],
    );
    check(
        "日期,金额,地区\n2025-02-29,100,华东\n",
        expect![[r#"
        -- talk
        错误[date_missing]：文件 `orders.csv` 第 2 行 `日期` 列：没有 `2025-02-29` 这一天
          --> orders.csv:2:日期
        提示：写成 `2026-03-01`、`2026/3/1`、`2026年3月1日` 或 `20260301`
        -- exit 3
    "#]],
    );
    check(
        "日期,金额,地区\n2025-01-01,100,华北\n",
        expect![[r#"
        -- talk
        错误[history_member_unknown]：文件 `orders.csv` 第 2 行 `地区` 列的 `华北` 不是维度 `region` 的成员（这样的行共 1 行）
          --> orders.csv:2:地区
        提示：相近的成员：`华东`、`华南`；不需要的行可用 filters 排除，或写 unknown = "ignore"
        -- exit 3
    "#]],
    );
    check(
        "日期,金额\n2025-01-01,100\n",
        expect![[r#"
        -- talk
        错误[column_missing]：文件 `orders.csv` 第 1 行的表头没有 `地区` 列，现有：`日期`、`金额`
          --> plan.toml:8:8
        -- exit 3
    "#]],
    );
    check(
        "日期,金额,地区\n2025-01-01,-100,华东\n",
        expect![[r#"
            -- talk
            错误[weight_negative]：第 2 步：region=华东 的权重是负数 -100
              --> plan.toml:11:1
            提示：权重不小于零；不参与的成员写 0
            -- exit 3
        "#]],
    );
    check(
        "日期,金额,地区\n",
        expect![[r#"
            -- talk
            注意[history_empty]：参考数据 `orders` 没有符合条件的行
            错误[reference_lacks]：第 2 步：历史数据 `orders` 没有rows
              --> plan.toml:11:1
            -- exit 3
        "#]],
    );
}
