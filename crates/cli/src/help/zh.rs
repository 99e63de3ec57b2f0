//! The Chinese help texts by key: `command`, `command argument`, or `* argument` where several commands
//! share one. Decides nothing.

const TEXTS: &[(&str, &str)] = &[
    ("fenjie", "销售目标分解，分毫不差"),
    (
        "* lang",
        "消息和表格的语言：zh、en [默认：FENJIE_LANG，其次系统语言]",
    ),
    ("* json", "输出 JSON 给脚本用，错误也是"),
    ("* quiet", "不显示提醒、说明和进度"),
    (
        "* color",
        "颜色：auto、always、never；遵守 NO_COLOR [默认：auto]",
    ),
    ("* help", "显示帮助"),
    ("* version", "显示版本"),
    ("* plan", "方案文件或方案目录"),
    (
        "* as_of",
        "从哪一天看：哪些锁定到期、哪些期间结束 [默认：方案的 `today`，没有则为今天]",
    ),
    ("* measure", "指标的代码或名称 [默认：方案的第一个流量指标]"),
    ("* who", "谁改的"),
    ("* why", "为什么"),
    ("* yes", "写入；不加这个就只是预览"),
    (
        "decompose",
        "输出方案的全部目标：表格、工作簿、CSV、Parquet 或 JSON",
    ),
    (
        "decompose output",
        "写到哪里：.xlsx、.csv、.parquet、.json、.jsonl；`-` 是标准输出 [默认：给人看的表]",
    ),
    (
        "decompose level",
        "多细：'region, month'、'org.person, time.day'、finest 最细、stored 存储粒度、all 所有层级 [默认：文件里为 finest]",
    ),
    ("decompose unit", "表格和工作簿里金额的单位：元、万、亿"),
    (
        "decompose store",
        "工作簿里按日、按时段展示哪个成员：'store=S1'",
    ),
    (
        "decompose format",
        "不看后缀，指定格式：csv、json、jsonl、parquet；table 打印给人看的表 [默认：csv]",
    ),
    ("explain", "说明一个数字从哪里来"),
    (
        "explain address",
        "哪一格或哪个合计：'region=华东, month=2026-07'；不写就是总额",
    ),
    ("verify", "证明方案或导出工作簿的所有合计、锁定和上下限"),
    ("verify plan", "方案文件、方案目录，或导出的工作簿 .xlsx"),
    ("check", "计算之前先找出结构上的问题"),
    ("diff", "逐格比较两个方案"),
    ("diff before", "之前的方案：文件或目录"),
    ("diff after", "之后的方案"),
    (
        "diff as_of",
        "从哪一天看，用于到期的锁定 [默认：各方案的 `today`，没有则为今天]",
    ),
    ("calendar", "列出一段日期在销售日历里的样子"),
    (
        "calendar range",
        "哪些天：2026、2026-Q1、2026-03、2026-W10、FY2026、2026-01-01..2026-03-31 [默认：方案的期间]",
    ),
    (
        "calendar plan",
        "用这份方案的日历；下面的选项优先于方案里写的",
    ),
    (
        "calendar week_starts",
        "一周从哪天开始：monday、friday、周五 [默认：monday；整周年度则为年末的次日]",
    ),
    (
        "calendar year",
        "年度怎么划分：04-01、\"4-5-4 nearest saturday to january\"、\"13 last sunday of december\" [默认：01-01]",
    ),
    (
        "calendar holidays",
        "节假日：CN、none、CSV 文件，或 CN+文件（用文件里的年份补充 CN）[默认：CN]",
    ),
    (
        "calendar basis",
        "日子怎么计权重：coefficients 系数、workdays 工作日、calendar-days 自然日 [默认：coefficients]",
    ),
    (
        "calendar weekdays",
        "七个系数，从周一开始 [默认：1,1,1,1,1.2,1.5,1.8]",
    ),
    (
        "calendar level",
        "按这一级列出期间和权重：year 到 piece [默认：day]",
    ),
    ("calendar csv", "输出 CSV"),
    ("allocate", "把一个数按权重分摊，合计一分不差"),
    ("allocate total", "要分的数：100.00、1,000,000、1000万、-5"),
    ("allocate weights", "权重，用逗号隔开：1,1,1 或 98,92.5,0"),
    (
        "allocate policy",
        "尾差给谁：largest_remainder 最大余数、first 第一个、last 最后一个、largest 最大的、member:2 [默认：largest_remainder]",
    ),
    ("allocate step", "最小单位 [默认：0.01]"),
    (
        "allocate zero_basis",
        "权重全为零时：equal 均分、refuse 拒绝 [默认：equal]",
    ),
    ("allocate jsonl", "从标准输入每行读一个 JSON 对象，逐行回答"),
    ("new", "写一份带注释的方案文件模板"),
    (
        "new file",
        "写到哪里；已有的文件不会被改动 [默认：标准输出]",
    ),
    ("set", "改一个数：先预览，加 --yes 才写入"),
    (
        "set address",
        "哪一格或哪个合计：'region=华东, month=2026-07'、'*'",
    ),
    ("set change", "改成什么：46.147万、+10%、-5万、'*1.1'"),
    (
        "set keep",
        "什么保持不变：nothing 都可变、total 总额、ancestors 所有上级、parent:轴 [默认：nothing]",
    ),
    ("hold", "锁定一个数，直到解除"),
    (
        "hold address",
        "哪一格或哪个合计：'region=华东, month=2026-07'",
    ),
    ("hold at", "锁定在多少 [默认：现值]"),
    (
        "hold keep",
        "锁定值变动时什么保持不变：total、nothing、ancestors、parent:轴 [默认：total]",
    ),
    ("hold until", "锁定有效的最后一天"),
    ("release", "解除锁定"),
    ("release address", "被锁定的格或合计"),
    ("transfer", "把一笔数从一处调拨到另一处"),
    ("transfer from", "从哪里"),
    ("transfer to", "到哪里"),
    ("transfer amount", "多少：5万"),
    ("reallocate", "改一个数，由同级吸收，所有合计不变"),
    (
        "reallocate address",
        "哪一格或哪个合计：'region=华东, month=2026-07'",
    ),
    (
        "reallocate change",
        "改成什么：46.147万、+10%、-5万、'*1.1'",
    ),
    ("import-plan", "读回改过的工作簿：先预览，加 --yes 才写入"),
    ("import-plan workbook", "导出后改过的工作簿"),
    ("init", "用方案文件建立方案目录，由它保存日志"),
    ("init plan", "方案文件；它引用的文件会一并复制"),
    ("init directory", "要建立的目录，里面不能已有东西"),
    ("log", "列出方案的各步操作"),
    ("undo", "撤销一步操作"),
    (
        "undo number",
        "`fenjie log` 里的序号 [默认：最后一步有效操作]",
    ),
    ("redo", "恢复最近一次撤销的操作"),
    ("replay", "从日志重新计算方案目录，并比较内容哈希"),
    ("replay expect", "应得的内容哈希 [默认：上次写入时的记录]"),
    (
        "import",
        "导入实际销售：先检查，要么全部写入要么不写，重复导入不重复计数",
    ),
    (
        "import files",
        "销售文件：CSV、TSV、XLSX、XLS、XLSB、ODS、Parquet、JSON、JSON 行、gzip 压缩的文本",
    ),
    (
        "import map",
        "哪一列是什么：'日期=下单日, 金额=成交额'；'单号=-' 表示不取",
    ),
    (
        "import save_map",
        "把列的对应关系存为这个名称，列名相同的文件以后自动使用",
    ),
    ("import use_map", "使用存过的对应关系"),
    ("import member", "所有行都属于这个成员：'org=S1'；可重复"),
    ("import sheet", "工作簿的哪张工作表 [默认：第一张可见的]"),
    ("import header_row", "表头在第几行 [默认：自动识别]"),
    ("import delimiter", "文本的分隔符 [默认：自动识别]"),
    (
        "import encoding",
        "文本的编码：gb18030、big5 …… [默认：自动识别]",
    ),
    (
        "import zone",
        "带时差的时间按哪个业务时区取日期：Asia/Shanghai [默认：照写的当地时间]",
    ),
    (
        "import date_order",
        "03/04/2026 里哪个在前：dmy 日在前、mdy 月在前 [默认：由整列判断，判断不了就拒绝]",
    ),
    (
        "import round",
        "比最小单位更细的金额怎么舍入：half_up 四舍五入、half_even 四舍六入五成双 [默认：拒绝]",
    ),
    ("import strict", "拒绝未知成员，而不是保留为未归属"),
    ("import partial", "有的行不能导入时，先导入其余各行"),
    (
        "import errors",
        "把不能导入的行连同原因写到这个文件；--partial 时自动写到 原文件名.refused.csv",
    ),
    ("import dry_run", "只检查并显示结果，不写入"),
    ("import no_alerts", "导入后不查看新增的预警"),
    ("import who", "谁导入的"),
    ("import why", "为什么"),
    (
        "imports undo",
        "把一次导入整个撤销，不再计入；先预览，加 --yes 才写入",
    ),
    ("imports redo", "恢复撤销了的导入；先预览，加 --yes 才写入"),
    ("imports compact", "把零碎的数据文件合并，所有结果不变"),
    ("imports verify", "重新读一遍全部数据，与校验值比对"),
    (
        "imports lines",
        "列出一个数背后的各笔销售：'region=华东, month=2026-03'；'*' 为全部",
    ),
    ("imports limit", "最多列出多少笔 [默认：50]"),
    ("imports who", "谁做的"),
    ("imports why", "为什么"),
    ("imports", "列出各次导入；撤销一次、合并、校验"),
    ("track", "每个节点的进度：目标、实绩、快慢、还需多少"),
    (
        "* actuals",
        "不建方案目录，直接用这些销售文件；可重复 [默认：方案目录里导入过的]",
    ),
    ("* map", "这些文件的哪一列是什么：'日期=下单日, 金额=实付'"),
    (
        "* round",
        "这些文件里比最小单位更细的金额怎么舍入：half_up、half_even [默认：拒绝]",
    ),
    (
        "track level",
        "按谁分行：'region'、'region, month'、'org.person'；可重复；all 为所有组合 [默认：第一个维度]",
    ),
    (
        "track period",
        "哪个期间：'month=2017-03'，或写 month、week、quarter、year 表示现在所在的 [默认：现在所在的月]",
    ),
    ("track each", "这一级到现在为止的每个期间各一行，不只是一个"),
    ("track within", "只看一个成员里面：'region=华东'"),
    ("track unit", "表格和工作簿里金额的单位：元、万、亿"),
    (
        "track sort",
        "排序：rank 名次、gap 差额、pace 进度差、target 目标、actual 实绩、member 成员顺序 [默认：rank]",
    ),
    ("track top", "只列前几行"),
    ("track behind", "只列落后的"),
    ("track composition", "业绩构成：各来源的占比和目标占比"),
    (
        "track bridge",
        "差额分解：member 成员、product 产品、days 日、weeks 周、price 价量，或一个维度",
    ),
    (
        "track chart",
        "画一张图到 --output：burn-up 燃起图、board 进度榜、calendar 日历、bridge 差额分解、composition 业绩构成",
    ),
    ("track theme", "图的底色：light 亮、dark 暗 [默认：light]"),
    (
        "track width",
        "图的宽度，320 到 4000 像素；PNG 是它的两倍 [默认：760]",
    ),
    (
        "track output",
        "写到哪里：.xlsx、.csv、.json、.jsonl、.parquet，图为 .svg、.png；`-` 是标准输出 [默认：给人看的表]",
    ),
    (
        "track format",
        "不看后缀，指定格式：csv、json、jsonl、parquet；table 打印给人看的表 [默认：csv]",
    ),
    ("today", "一家门店今天各时段：目标、已做、还差"),
    ("today store", "哪家门店，代码或名称 [默认：列出所有门店]"),
    ("today at", "什么时候：'2026-03-07 15:20' [默认：现在]"),
    (
        "today zone",
        "现在是几点，按哪个业务时区：Asia/Shanghai [默认：这台机器的]",
    ),
    (
        "today measure",
        "指标的代码或名称 [默认：方案的第一个流量指标]",
    ),
    ("today unit", "金额的单位：元、万、亿 [默认：元]"),
    ("close", "按期末的实绩关账"),
    (
        "close period",
        "哪一期：2026-W11、2026-03-06、2026-03（其中每一期）、上周、last",
    ),
    (
        "close of",
        "结果按谁记：'region'、'org.store' [默认：与 `fenjie carry` 相同]",
    ),
    (
        "close level",
        "关哪一级：piece 周段、month 月 [默认：结转的那一级]",
    ),
    ("close carry", "同时结转缺口"),
    ("close early", "还没结束就关账；要写 `--why`"),
    ("carry", "把已关账期间的缺口结转到后面"),
    (
        "carry of",
        "谁的缺口：'region'、'org.store' [默认：上次结转的，方案文件 `[carry]` 的，再没有就是第一个维度的最细一层]",
    ),
    (
        "carry level",
        "关账和结转的层级：piece 周段、month 月 [默认：同 `--of`，再没有就是周段]",
    ),
    (
        "carry horizon",
        "在哪个期间之内补：month 月、quarter 季、year 年 [默认：同 `--of`，再没有就是周段在月内、月在季内、季在年内]",
    ),
    (
        "carry share",
        "怎么分：weights 按日历权重、base 按基准目标、equal 平均、next 全给下一期 [默认：weights]",
    ),
    ("carry cap", "一期至多加基准目标的多少：20% [默认：不限]"),
    (
        "carry output",
        "把前后对照也写成文件：.csv 或 .json；`-` 是标准输出的 CSV",
    ),
    ("action", "改进计划：哪些该写、写一份、记录效果"),
    (
        "action address",
        "给谁写改进计划：'store=S1' [默认：列出全部]",
    ),
    (
        "action cause",
        "为什么未达成：market='商圈修路'；市场环境、目标设定、销售策略、团队执行、客户反馈；可写多次",
    ),
    ("action steps", "要做什么；可写多次"),
    ("action owner", "谁负责"),
    ("action due", "哪天之前"),
    (
        "action check",
        "记下 `fenjie log` 里这一步的改进计划效果如何",
    ),
    (
        "action effect",
        "有没有效果：effective 有效、partly 部分有效、ineffective 无效",
    ),
    ("action note", "看到了什么"),
    (
        "action waive",
        "这个成员不等改进计划，照常调整；要写 `--why`",
    ),
    ("action template", "打印一份可填的表"),
    ("revise", "提出、批准或驳回目标调整；各节点改过几次"),
    (
        "revise address",
        "改哪个目标：'region=华东, month=2026-07' [默认：列出各次调整]",
    ),
    ("revise to", "改成多少：28万、+10%、'*1.1'"),
    ("revise by", "增减多少：-5万、+10%"),
    (
        "revise keep",
        "什么保持不变：nothing 都可变、total 总额、ancestors 所有上级、parent:轴 [默认：nothing]",
    ),
    ("revise list", "列出各次调整，各目标改过几次"),
    ("revise approve", "批准这一步的调整；要写 `--why`"),
    ("revise reject", "驳回这一步的调整；要写 `--why`"),
    ("review", "写出周会的材料"),
    (
        "review week",
        "哪一周：2026-W11，或其中一天 [默认：最近结束的一周]",
    ),
    ("review month", "不看一周，看一个月：2026-03"),
    (
        "review period",
        "任何期间：2026-Q1、2026；或 week、month、quarter、year，即最近结束的一期",
    ),
    (
        "review of",
        "按谁分行：'region'、'org.store' [默认：第一个维度的最细一层]",
    ),
    ("review top", "名单最多列几个 [默认：10]"),
    (
        "review output",
        "写到哪里：.md、.xlsx、.json；`-` 是标准输出 [默认：标准输出的 Markdown]",
    ),
    (
        "review decide",
        "记下这次会议的一条决议：先预览，加 --yes 才写入",
    ),
    ("review owner", "谁去办"),
    ("review due", "什么时候办完"),
    ("review at", "关于谁：'store=S1' [默认：所有人]"),
    ("alerts", "按规则提醒该看的地方"),
    (
        "alerts at",
        "发出的时刻：'2026-03-18 09:00'；实绩算到前一天，除非另有 `--as-of` [默认：现在]",
    ),
    (
        "alerts rule",
        "这一次的规则：'pace=-5,days=3'、'silent_days=off'、'band.conversion=10%..30%'；可重复 [默认：方案文件 `[alerts]` 的]",
    ),
    ("alerts quiet_hours", "免打扰时段：21:00-08:00，或 off"),
    ("alerts digest", "每个负责人一份"),
    (
        "alerts of",
        "看谁：'region'、'org.store' [默认：第一个维度的最细一层]",
    ),
    ("serve", "以 HTTP 为团队提供服务"),
    ("* config", "配置文件 [默认：FENJIE_CONFIG]"),
    (
        "* folder",
        "记录、文件与销售数据所在的目录 [默认：fenjie-data]",
    ),
    (
        "* database_url",
        "改用 PostgreSQL 而非目录中的 SQLite：postgres://用户@主机/数据库",
    ),
    ("serve listen", "监听的地址 [默认：127.0.0.1:8737]"),
    ("serve check_config", "只检查配置是否正确，然后结束"),
    ("backup", "备份服务：记录、文件与销售数据，服务可照常运行"),
    (
        "backup to",
        "要建立的目录，名字以 .zip 结尾则为一个文件；事先不能存在",
    ),
    ("restore", "把备份恢复到空目录或空数据库"),
    ("restore from", "备份：它的目录，或那一个文件"),
    (
        "doctor",
        "检查服务是否完好：数据库、日志、文件、销售数据、审计",
    ),
    ("* against", "另与这份备份里记下的审计记录链末端核对"),
    ("migrate", "把服务的数据库升到本版本，之前先留一份副本"),
    ("migrate check", "只说要不要升级；需要时以 1 结束"),
    ("user", "服务的账号：列出、新建、修改、停用；密码"),
    (
        "user act",
        "做什么：list 列出、add 新建、set 修改、password 改密码、stop 停用、start 启用",
    ),
    ("user login", "谁的账号"),
    ("user name", "姓名"),
    (
        "user role",
        "角色：administrator、planner、director、manager、salesperson、auditor、read_only",
    ),
    (
        "user scope",
        "看到谁的数据：own、own_and_subordinates、department、department_and_below、all",
    ),
    ("user member", "在组织树里的成员代码；'' 表示没有"),
    ("user reports_to", "上级的登录名；'' 表示没有"),
    ("user email", "电子邮箱；'' 表示没有"),
    ("user password_stdin", "从标准输入读密码，不询问"),
    ("user no_password", "不设密码：以公司账号登录"),
    ("* organisation", "组织代码 [默认：唯一的那个]"),
    ("token", "给程序用的密钥：列出、新建、撤销"),
    ("token act", "做什么：list 列出、add 新建、revoke 撤销"),
    ("token key", "要撤销哪一个，编号形如 `tok_…`"),
    ("token login", "代表谁"),
    ("token name", "用途"),
    ("token scopes", "能做什么，如 plan:read；可重复"),
    ("token days", "多少天后到期，1 至 366 [默认：90]"),
    ("organisation", "服务里的组织：列出、新建"),
    ("organisation act", "做什么：list 列出、add 新建"),
    ("organisation code", "代码，登录时用：小写字母、数字、'-'"),
    ("organisation name", "名称 [默认：代码]"),
    ("organisation language", "语言：zh、en [默认：zh]"),
    ("organisation zone", "时区 [默认：Asia/Shanghai]"),
    ("audit", "证明审计记录只增不改"),
    ("audit act", "做什么：verify 校验"),
    ("mcp", "让助手通过标准输入输出读取和修改方案（MCP）"),
    ("schema", "输出方案文件的 JSON Schema"),
    (
        "completions",
        "输出命令行补全：bash、zsh、fish、elvish、powershell",
    ),
    (
        "completions shell",
        "哪种 shell：bash、zsh、fish、elvish、powershell",
    ),
];

/// The text of a key.
pub fn text(key: &str) -> Option<&'static str> {
    TEXTS
        .iter()
        .find(|(known, _)| *known == key)
        .map(|(_, text)| *text)
}

/// All keys.
#[cfg(test)]
pub fn keys() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(key, _)| *key)
}
