//! Examples of the commands of a team's server: what is typed, and what it does in both languages.
//! Decides nothing.

use super::examples::Example;

/// The commands that serve, and look after, a team's records.
pub(super) const SERVER_EXAMPLES: [(&str, &[Example]); 10] = [
    (
        "serve",
        &[(
            "fenjie serve",
            "本机使用，无需账号",
            "on this machine, no account needed",
        )],
    ),
    (
        "backup",
        &[
            (
                "fenjie backup 备份/2026-07-01",
                "服务照常运行",
                "while the server runs",
            ),
            (
                "fenjie backup 备份/2026-07-01.zip",
                "备份成一个文件",
                "into one file",
            ),
            (
                "fenjie backup 备份/今天 --database-url postgres://fenjie@db/fenjie",
                "PostgreSQL 上的服务",
                "of a server on PostgreSQL",
            ),
        ],
    ),
    (
        "restore",
        &[(
            "fenjie restore 备份/2026-07-01 --folder 新目录",
            "恢复到新目录",
            "into a new folder",
        )],
    ),
    (
        "doctor",
        &[(
            "fenjie doctor --against 备份/2026-07-01",
            "并与备份时的审计核对",
            "and against the audit as of the backup",
        )],
    ),
    (
        "migrate",
        &[
            (
                "fenjie migrate --check",
                "需不需要升级",
                "whether there is anything to do",
            ),
            ("fenjie migrate", "升级", "bring it forward"),
        ],
    ),
    (
        "user",
        &[
            (
                "fenjie user add wang.fang --role planner --name 王芳",
                "新建账号，询问密码",
                "make an account, asking for a password",
            ),
            (
                "fenjie user set li.lei --role manager --member S2",
                "改角色与成员",
                "another role and member",
            ),
            ("fenjie user list", "列出所有账号", "list all accounts"),
        ],
    ),
    (
        "token",
        &[
            (
                "fenjie token add --login wang.fang --name 收银 --scope actuals:write",
                "密钥只显示一次",
                "the key is shown once",
            ),
            ("fenjie token list", "列出密钥", "list keys"),
        ],
    ),
    (
        "organisation",
        &[(
            "fenjie organisation add acme --name 'Acme 商贸'",
            "再开一个组织",
            "one more organisation",
        )],
    ),
    (
        "audit",
        &[(
            "fenjie audit verify",
            "校验每个组织的审计记录链",
            "prove every organisation's chain",
        )],
    ),
    (
        "mcp",
        &[(
            "fenjie mcp --folder /var/lib/fenjie",
            "密钥取自 FENJIE_TOKEN，权限随其主人",
            "the key from FENJIE_TOKEN, with its owner's rights",
        )],
    ),
];
