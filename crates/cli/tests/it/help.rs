//! Help and command lines that are not understood.

use expect_test::expect;

use crate::harness::{Folder, check, command};

#[test]
fn help_in_both_languages() {
    check(
        "--help",
        expect![[r#"
            销售目标分解，分毫不差

            用法：fenjie [选项] <命令>

            命令:
              decompose     输出方案的全部目标：表格、工作簿、CSV、Parquet 或 JSON
              explain       说明一个数字从哪里来
              verify        证明方案或导出工作簿的所有合计、锁定和上下限
              check         计算之前先找出结构上的问题
              diff          逐格比较两个方案
              calendar      列出一段日期在销售日历里的样子
              allocate      把一个数按权重分摊，合计一分不差
              new           写一份带注释的方案文件模板
              set           改一个数：先预览，加 --yes 才写入
              hold          锁定一个数，直到解除
              release       解除锁定
              transfer      把一笔数从一处调拨到另一处
              reallocate    改一个数，由同级吸收，所有合计不变
              import-plan   读回改过的工作簿：先预览，加 --yes 才写入
              init          用方案文件建立方案目录，由它保存日志
              log           列出方案的各步操作
              undo          撤销一步操作
              redo          恢复最近一次撤销的操作
              replay        从日志重新计算方案目录，并比较内容哈希
              import        导入实际销售：先检查，要么全部写入要么不写，重复导入不重复计数
              imports       列出各次导入；撤销一次、合并、校验
              track         每个节点的进度：目标、实绩、快慢、还需多少
              today         一家门店今天各时段：目标、已做、还差
              close         按期末的实绩关账
              carry         把已关账期间的缺口结转到后面
              action        改进计划：哪些该写、写一份、记录效果
              revise        提出、批准或驳回目标调整；各节点改过几次
              review        写出周会的材料
              alerts        按规则提醒该看的地方
              serve         以 HTTP 为团队提供服务
              backup        备份服务：记录、文件与销售数据，服务可照常运行
              restore       把备份恢复到空目录或空数据库
              doctor        检查服务是否完好：数据库、日志、文件、销售数据、审计
              migrate       把服务的数据库升到本版本，之前先留一份副本
              user          服务的账号：列出、新建、修改、停用；密码
              token         给程序用的密钥：列出、新建、撤销
              organisation  服务里的组织：列出、新建
              audit         证明审计记录只增不改
              mcp           让助手通过标准输入输出读取和修改方案（MCP）
              schema        输出方案文件的 JSON Schema
              completions   输出命令行补全：bash、zsh、fish、elvish、powershell

            选项:
                  --json          输出 JSON 给脚本用，错误也是
                  --lang <LANG>   消息和表格的语言：zh、en [默认：FENJIE_LANG，其次系统语言]
              -q, --quiet         不显示提醒、说明和进度
                  --color <WHEN>  颜色：auto、always、never；遵守 NO_COLOR [默认：auto]
              -h, --help          显示帮助
              -V, --version       显示版本
        "#]],
    );
    check(
        "--help --lang en",
        expect![[r#"
            Sales targets, decomposed exactly

            Usage: fenjie [OPTIONS] <COMMAND>

            Commands:
              decompose     Write every target of a plan: a table, a workbook, CSV, Parquet or JSON
              explain       Say where a number comes from
              verify        Prove all sums, holds and bounds of a plan or an exported workbook
              check         Find structural faults before anything is computed
              diff          Compare two plans cell by cell
              calendar      Print the days or periods of a range as the calendar sees them
              allocate      Allocate an amount over weights, exactly
              new           Write a commented plan file to start from
              set           Type a number: preview first, written with --yes
              hold          Pin a value until it is released
              release       End a hold
              transfer      Move an amount from one place to another
              reallocate    Type a number while its siblings absorb, so that every total stays
              import-plan   Read a changed workbook back: preview first, written with --yes
              init          Make a plan directory, which keeps the log, from a plan file
              log           List the operations of a plan
              undo          Take an operation out of effect
              redo          Bring the operation that was undone last back into effect
              replay        Compute a plan directory anew from its log and compare the content hash
              import        Bring actual sales in: checked, all or nothing, safe to repeat
              imports       List imports, undo one, compact, prove them
              track         Say where every node stands: target, actual, pace, what is needed
              today         A store's slots for now: target, done, left
              close         Close a period with the results it ended with
              carry         Carry what closed periods fell short of to later ones
              action        Action plans: which are due, write one, note its effect
              revise        Propose, approve or reject another target; how often each was revised
              review        Write the pack of a weekly meeting
              alerts        What needs a look, by rule
              serve         Serve a team over HTTP
              backup        Back a server up while it runs: records, files, sales
              restore       Bring a backup back into an empty folder or database
              doctor        Look whether a server is whole: database, logs, files, sales, audit
              migrate       Bring a server's database to this release, with a copy made before
              user          Accounts of a server: list, make, change, stop; passwords
              token         Keys for programs: list, make, withdraw
              organisation  Organisations of a server: list, make
              audit         Prove that the audit was only ever appended to
              mcp           Let an assistant read and change plans over standard input and output (MCP)
              schema        Print the JSON Schema of plan files
              completions   Print completions for a shell: bash, zsh, fish, elvish, powershell

            Options:
                  --json          Print JSON for scripts, errors included
                  --lang <LANG>   Language of messages and tables: zh, en [default: FENJIE_LANG, then the
                                  locale]
              -q, --quiet         Say no warnings, notes or progress
                  --color <WHEN>  Colours: auto, always, never; NO_COLOR is respected [default: auto]
              -h, --help          Print help
              -V, --version       Print the version
        "#]],
    );
    check(
        "set --help",
        expect![[r#"
            改一个数：先预览，加 --yes 才写入

            用法：fenjie set [选项] <PLAN> <ADDRESS> <CHANGE>

            参数:
              <PLAN>     方案文件或方案目录
              <ADDRESS>  哪一格或哪个合计：'region=华东, month=2026-07'、'*'
              <CHANGE>   改成什么：46.147万、+10%、-5万、'*1.1'

            选项:
                  --measure <MEASURE>  指标的代码或名称 [默认：方案的第一个流量指标]
                  --who <NAME>         谁改的
                  --why <REASON>       为什么
              -y, --yes                写入；不加这个就只是预览
                  --keep <KEEP>        什么保持不变：nothing 都可变、total 总额、ancestors 所有上级、parent:轴 [默认：nothing]
                  --as-of <DATE>       从哪一天看：哪些锁定到期、哪些期间结束 [默认：方案的 `today`，没有则为今天]
                  --json               输出 JSON 给脚本用，错误也是
                  --lang <LANG>        消息和表格的语言：zh、en [默认：FENJIE_LANG，其次系统语言]
              -q, --quiet              不显示提醒、说明和进度
                  --color <WHEN>       颜色：auto、always、never；遵守 NO_COLOR [默认：auto]
              -h, --help               显示帮助

            例子:
              fenjie set plan.toml 'region=华东, month=2026-07' +10%  # 预览
              fenjie set plan.toml 'region=华东' 320万 --keep total --why 新店 --yes  # 总额不变，写入
              fenjie set plan-dir '*' 1100万 --yes --who 王芳         # 改总额
        "#]],
    );
    check(
        "set --help --lang en",
        expect![[r#"
            Type a number: preview first, written with --yes

            Usage: fenjie set [OPTIONS] <PLAN> <ADDRESS> <CHANGE>

            Arguments:
              <PLAN>     A plan file or a plan directory
              <ADDRESS>  The cell or total: 'region=华东, month=2026-07', '*'
              <CHANGE>   What to type: 46.147万, +10%, -5万, '*1.1'

            Options:
                  --measure <MEASURE>  The measure, by code or name [default: the plan's first flow]
                  --who <NAME>         Who changes it
                  --why <REASON>       Why
              -y, --yes                Write it; without this nothing is changed
                  --keep <KEEP>        What keeps its value: nothing, total, ancestors, parent:AXIS [default:
                                       nothing]
                  --as-of <DATE>       The day to look from: which holds have expired, which periods are over
                                       [default: the plan's `today`, else today]
                  --json               Print JSON for scripts, errors included
                  --lang <LANG>        Language of messages and tables: zh, en [default: FENJIE_LANG, then the
                                       locale]
              -q, --quiet              Say no warnings, notes or progress
                  --color <WHEN>       Colours: auto, always, never; NO_COLOR is respected [default: auto]
              -h, --help               Print help

            Examples:
              fenjie set plan.toml 'region=华东, month=2026-07' +10%  # a preview
              fenjie set plan.toml 'region=华东' 320万 --keep total --why 新店 --yes  # keep the total, write it
              fenjie set plan-dir '*' 1100万 --yes --who 王芳         # the total
        "#]],
    );
}

#[test]
fn every_command_helps() {
    let folder = Folder::new();
    let listed = folder.run("--help").out;
    let names = listed.lines().skip_while(|line| *line != "命令:").skip(1);
    let names = names.take_while(|line| !line.is_empty());
    let mut count = 0;
    for name in names.filter_map(|line| line.split_whitespace().next()) {
        for lang in ["zh", "en"] {
            let ran = folder.run(&format!("{name} --help --lang {lang}"));
            assert_eq!((ran.code, ran.talk.as_str()), (0, ""), "{name}");
            assert!(
                ran.out.lines().all(|line| line.chars().count() <= 130),
                "{}",
                ran.out
            );
            assert!(ran.out.contains("fenjie "), "{name}");
        }
        count += 1;
    }
    assert_eq!(count, 41);
}

#[test]
fn lines_that_are_not_understood() {
    check(
        "",
        expect![[r#"
            -- talk
            销售目标分解，分毫不差

            用法：fenjie [选项] <命令>

            命令:
              decompose     输出方案的全部目标：表格、工作簿、CSV、Parquet 或 JSON
              explain       说明一个数字从哪里来
              verify        证明方案或导出工作簿的所有合计、锁定和上下限
              check         计算之前先找出结构上的问题
              diff          逐格比较两个方案
              calendar      列出一段日期在销售日历里的样子
              allocate      把一个数按权重分摊，合计一分不差
              new           写一份带注释的方案文件模板
              set           改一个数：先预览，加 --yes 才写入
              hold          锁定一个数，直到解除
              release       解除锁定
              transfer      把一笔数从一处调拨到另一处
              reallocate    改一个数，由同级吸收，所有合计不变
              import-plan   读回改过的工作簿：先预览，加 --yes 才写入
              init          用方案文件建立方案目录，由它保存日志
              log           列出方案的各步操作
              undo          撤销一步操作
              redo          恢复最近一次撤销的操作
              replay        从日志重新计算方案目录，并比较内容哈希
              import        导入实际销售：先检查，要么全部写入要么不写，重复导入不重复计数
              imports       列出各次导入；撤销一次、合并、校验
              track         每个节点的进度：目标、实绩、快慢、还需多少
              today         一家门店今天各时段：目标、已做、还差
              close         按期末的实绩关账
              carry         把已关账期间的缺口结转到后面
              action        改进计划：哪些该写、写一份、记录效果
              revise        提出、批准或驳回目标调整；各节点改过几次
              review        写出周会的材料
              alerts        按规则提醒该看的地方
              serve         以 HTTP 为团队提供服务
              backup        备份服务：记录、文件与销售数据，服务可照常运行
              restore       把备份恢复到空目录或空数据库
              doctor        检查服务是否完好：数据库、日志、文件、销售数据、审计
              migrate       把服务的数据库升到本版本，之前先留一份副本
              user          服务的账号：列出、新建、修改、停用；密码
              token         给程序用的密钥：列出、新建、撤销
              organisation  服务里的组织：列出、新建
              audit         证明审计记录只增不改
              mcp           让助手通过标准输入输出读取和修改方案（MCP）
              schema        输出方案文件的 JSON Schema
              completions   输出命令行补全：bash、zsh、fish、elvish、powershell

            选项:
                  --json          输出 JSON 给脚本用，错误也是
                  --lang <LANG>   消息和表格的语言：zh、en [默认：FENJIE_LANG，其次系统语言]
              -q, --quiet         不显示提醒、说明和进度
                  --color <WHEN>  颜色：auto、always、never；遵守 NO_COLOR [默认：auto]
              -h, --help          显示帮助
              -V, --version       显示版本

            -- exit 2
        "#]],
    );
    check(
        "decompos plan.toml",
        expect![[r#"
        -- talk
        错误[command_unknown]：没有 `decompos` 这个命令
        提示：是不是要写 `decompose`
        -- exit 2
    "#]],
    );
    check(
        "frobnicate --lang en",
        expect![[r#"
        -- talk
        error[command_unknown]: there is no command `frobnicate`
        hint: did you mean `reallocate`
        -- exit 2
    "#]],
    );
    check(
        "decompose",
        expect![[r#"
        -- talk
        错误[argument_missing]：缺少 `<PLAN>`
        提示：用法：fenjie decompose [选项] <PLAN>
        -- exit 2
    "#]],
    );
    check(
        "decompose a b --lang en",
        expect![[r#"
        -- talk
        error[argument_unknown]: there is no option or argument `b`
        hint: usage: fenjie decompose [OPTIONS] <PLAN>
        -- exit 2
    "#]],
    );
    check(
        "decompose plan.toml --ouput x.csv",
        expect![[r#"
        -- talk
        错误[argument_unknown]：没有 `--ouput` 这个选项或参数
        提示：是不是要写 `--output`
        -- exit 2
    "#]],
    );
    check(
        "decompose plan.toml --output --lang en",
        expect![[r#"
        -- talk
        error[argument_value_missing]: `--output <FILE>` needs one value
        hint: see `--help`
        -- exit 2
    "#]],
    );
    check(
        "calendar 2026 --csv --json",
        expect![[r#"
        -- talk
        {"error":{"code":"arguments_conflict","message":"`--csv` 不能和 `--json` 同时使用","hint":"用 `--help` 查看写法","place":null}}
        -- exit 2
    "#]],
    );
    check(
        "calendar 2026 --basis lunar --lang en",
        expect![[r#"
        -- talk
        error[argument_value_invalid]: `--basis <BASIS>` does not take `lunar`
        hint: it takes coefficients, workdays, calendar-days
        -- exit 2
    "#]],
    );
    check(
        "check plan.toml --lang fr",
        expect![[r#"
        -- talk
        错误[argument_value_invalid]：`--lang <LANG>` 不接受 `fr`
        提示：可以写 zh、en
        -- exit 2
    "#]],
    );
    check(
        "decompose --json",
        expect![[r#"
        -- talk
        {"error":{"code":"argument_missing","message":"缺少 `<PLAN>`","hint":"用法：fenjie decompose [选项] <PLAN>","place":null}}
        -- exit 2
    "#]],
    );
}

#[test]
fn the_language_is_that_of_the_terminal() {
    let folder = Folder::new();
    let said = |name: &str, value: &str| {
        let mut command = command(folder.path());
        command
            .env_remove("FENJIE_LANG")
            .env(name, value)
            .arg("check")
            .arg("no.toml");
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    };
    assert!(said("LANG", "zh_CN.UTF-8").starts_with("错误"));
    assert!(said("LC_ALL", "en_US.UTF-8").starts_with("error"));
    assert!(said("FENJIE_LANG", "en").starts_with("error"));
    assert!(said("LANG", "").starts_with("错误"));
}
