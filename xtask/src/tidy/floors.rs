//! Who may use whom: crates by floor, and what the lowest floors may take from outside.

use serde_json::Value;

use super::Finding;

/// One crate: what it may use of ours, and of others (None: anything that is written down).
struct Floor {
    package: &'static str,
    ours: &'static [&'static str],
    others: Option<&'static [&'static str]>,
}

/// The allowed edges. A new edge between our crates needs a decision in `docs/decisions`.
const FLOORS: [Floor; 19] = [
    Floor {
        package: "fenjie-message",
        ours: &[],
        others: Some(&[]),
    },
    Floor {
        package: "fenjie-money",
        ours: &["fenjie-message"],
        others: Some(&["num-bigint", "strsim", "thiserror"]),
    },
    Floor {
        package: "fenjie-calendar",
        ours: &["fenjie-message"],
        others: Some(&["jiff", "strsim", "thiserror"]),
    },
    Floor {
        package: "fenjie-plan",
        ours: &["fenjie-message", "fenjie-money", "fenjie-calendar"],
        others: Some(&[
            "jiff",
            "num-bigint",
            "rustc-hash",
            "sha2",
            "strsim",
            "thiserror",
        ]),
    },
    Floor {
        package: "fenjie-track",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
        ],
        others: Some(&["jiff", "rustc-hash", "thiserror"]),
    },
    Floor {
        package: "fenjie-review",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
        ],
        others: Some(&["jiff", "thiserror"]),
    },
    Floor {
        package: "fenjie-exchange",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
            "fenjie-review",
        ],
        others: None,
    },
    Floor {
        package: "fenjie-facts",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
            "fenjie-exchange",
        ],
        others: None,
    },
    Floor {
        package: "fenjie-chart",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
            "fenjie-review",
        ],
        others: None,
    },
    Floor {
        package: "fenjie-store",
        ours: &["fenjie-message"],
        others: None,
    },
    Floor {
        package: "fenjie-store-sql",
        ours: &["fenjie-message", "fenjie-store"],
        others: None,
    },
    Floor {
        package: "fenjie-store-tests",
        ours: &["fenjie-message", "fenjie-store", "fenjie-store-sql"],
        others: None,
    },
    Floor {
        package: "fenjie-identity",
        ours: &["fenjie-message"],
        others: None,
    },
    Floor {
        package: "fenjie-notify",
        ours: &["fenjie-message"],
        others: None,
    },
    Floor {
        package: "fenjie-app",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
            "fenjie-review",
            "fenjie-exchange",
            "fenjie-facts",
            "fenjie-chart",
            "fenjie-store",
            "fenjie-identity",
            "fenjie-notify",
            "fenjie-store-sql",
        ],
        others: None,
    },
    Floor {
        package: "fenjie-mcp",
        ours: &["fenjie-message", "fenjie-app", "fenjie-store"],
        others: None,
    },
    Floor {
        package: "fenjie-server",
        ours: &[
            "fenjie-message",
            "fenjie-app",
            "fenjie-store",
            "fenjie-store-sql",
            "fenjie-identity",
            "fenjie-notify",
            "fenjie-mcp",
        ],
        others: None,
    },
    Floor {
        package: "fenjie",
        ours: &[
            "fenjie-message",
            "fenjie-money",
            "fenjie-calendar",
            "fenjie-plan",
            "fenjie-track",
            "fenjie-review",
            "fenjie-exchange",
            "fenjie-facts",
            "fenjie-chart",
            "fenjie-store",
            "fenjie-store-sql",
            "fenjie-identity",
            "fenjie-notify",
            "fenjie-app",
            "fenjie-mcp",
            "fenjie-server",
        ],
        others: None,
    },
    Floor {
        package: "xtask",
        ours: &[],
        others: None,
    },
];

/// Compares the workspace that cargo sees with the table.
pub fn check(metadata: &Value) -> Vec<Finding> {
    let empty = Vec::new();
    let list = |value: &Value| value.as_array().unwrap_or(&empty).clone();
    let packages = list(&metadata["packages"]);
    let names: Vec<&str> = packages
        .iter()
        .filter_map(|package| package["name"].as_str())
        .collect();
    let mut findings = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(floor) = FLOORS.iter().find(|floor| floor.package == name) else {
            findings.push(finding(
                name,
                "stands on no floor; add it to tidy/floors.rs",
            ));
            continue;
        };
        for dependency in list(&package["dependencies"]) {
            let used = dependency["name"].as_str().unwrap_or_default();
            let in_tests = dependency["kind"].as_str() == Some("dev");
            let text = if names.contains(&used) {
                let in_tests = in_tests && used == "fenjie-store-tests";
                let allowed = floor.ours.contains(&used) || used == name || in_tests;
                (!allowed).then(|| format!("may not use `{used}`, which is no lower floor"))
            } else {
                let allowed = in_tests || floor.others.is_none_or(|known| known.contains(&used));
                (!allowed).then(|| format!("may not use `{used}` from outside"))
            };
            findings.extend(text.map(|text| finding(name, &text)));
        }
    }
    findings
}

fn finding(package: &str, text: &str) -> Finding {
    Finding {
        rule: "floors",
        place: package.to_owned(),
        line: 0,
        count: 1,
        text: text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn an_edge_upward_and_a_foreign_crate_are_found() {
        let metadata = serde_json::json!({"packages": [
            {"name": "fenjie-message", "dependencies": []},
            {"name": "fenjie-plan", "dependencies": []},
            {"name": "fenjie-money", "dependencies": [
                {"name": "fenjie-message", "kind": null},
                {"name": "fenjie-plan", "kind": null},
                {"name": "serde", "kind": null},
                {"name": "proptest", "kind": "dev"},
            ]},
        ]});
        let texts: Vec<String> = check(&metadata)
            .into_iter()
            .map(|found| found.text)
            .collect();
        assert_eq!(texts.len(), 2, "{texts:?}");
        assert!(texts[0].contains("fenjie-plan") && texts[1].contains("serde"));
    }
}
