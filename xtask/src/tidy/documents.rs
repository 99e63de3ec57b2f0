//! What must agree between documents: the manual in both languages, and the dependencies
//! with the list of why each is here.

use std::collections::BTreeMap;

use super::Finding;
use super::files::Text;

const REASONS: &str = "docs/decisions/dependencies.md";

/// The manual's two languages step by step, and one line for each dependency.
pub fn check(texts: &[Text]) -> Vec<Finding> {
    let mut findings = manual(texts);
    findings.extend(dependencies(texts));
    findings
}

fn manual(texts: &[Text]) -> Vec<Finding> {
    let mut pages: BTreeMap<&str, [Option<usize>; 2]> = BTreeMap::new();
    for text in texts {
        let Some(rest) = text.path.strip_prefix("docs/manual/") else {
            continue;
        };
        let Some((language, page)) = rest.split_once('/') else {
            continue;
        };
        let side = match language {
            "zh" => 0,
            "en" => 1,
            _ => continue,
        };
        pages.entry(page).or_default()[side] = Some(headings(&text.text));
    }
    let mut findings = Vec::new();
    for (page, sides) in pages {
        let text = match sides {
            [Some(zh), Some(en)] if zh == en => continue,
            [Some(zh), Some(en)] => format!("{zh} sections in Chinese, {en} in English"),
            [Some(_), None] => "has no English page".to_owned(),
            _ => "has no Chinese page".to_owned(),
        };
        findings.push(finding("manual", &format!("docs/manual/*/{page}"), text));
    }
    findings
}

/// Sections of a page; lines inside of code blocks are no headings.
fn headings(page: &str) -> usize {
    let mut in_code = false;
    let mut count = 0;
    for line in page.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        count += usize::from(!in_code && line.starts_with("## "));
    }
    count
}

fn dependencies(texts: &[Text]) -> Vec<Finding> {
    let text_of = |path: &str| texts.iter().find(|text| text.path == path);
    let Some(workspace) = text_of("Cargo.toml") else {
        return Vec::new();
    };
    let reasons = text_of(REASONS).map_or("", |text| &text.text);
    let mut findings = Vec::new();
    let mut listed = false;
    for line in workspace.text.lines() {
        if line.starts_with('[') {
            listed = line == "[workspace.dependencies]";
        }
        let Some((name, _)) = line.split_once(" = ").filter(|_| listed) else {
            continue;
        };
        if !name.starts_with("fenjie-") && !reasons.contains(&format!("`{name}`")) {
            let text = format!("`{name}` of Cargo.toml has no line: need, choice, passed over");
            findings.push(finding("dependencies", REASONS, text));
        }
    }
    findings
}

fn finding(rule: &'static str, place: &str, text: String) -> Finding {
    Finding {
        rule,
        place: place.to_owned(),
        line: 0,
        count: 1,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Text, check};

    fn text(path: &str, text: &str) -> Text {
        Text {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn manual_pages_keep_step() {
        let texts = [
            text("docs/manual/en/a.md", "# A\n## One\n```\n## no\n```\n"),
            text("docs/manual/en/b.md", "# B\n"),
            text("docs/manual/zh/a.md", "# 甲\n## 一\n## 二\n"),
        ];
        let found: Vec<String> = check(&texts).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("2 sections in Chinese, 1 in English"));
        assert!(found[1].contains("no Chinese page"));
    }

    #[test]
    fn a_dependency_without_a_reason_is_found() {
        let texts = [
            text(
                "Cargo.toml",
                "[workspace.dependencies]\ncsv = \"1\"\njiff = \"0.2\"\n[x]\ny = 1\n",
            ),
            text("docs/decisions/dependencies.md", "| `csv` | rows |\n"),
        ];
        let found = check(&texts);
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("jiff"));
    }
}
