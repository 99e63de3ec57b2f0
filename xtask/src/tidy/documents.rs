//! What must agree between documents: the manual in both languages, the dependencies with the
//! list of why each is here, links with the files they name.

use std::collections::BTreeMap;
use std::path::Path;

use super::Finding;
use super::files::Text;

const REASONS: &str = "docs/decisions/dependencies.md";

/// The manual's two languages step by step, one line for each dependency, no link into nothing.
pub fn check(root: &Path, texts: &[Text]) -> Vec<Finding> {
    let mut findings = manual(texts);
    findings.extend(dependencies(texts));
    findings.extend(links(root, texts));
    findings
}

fn links(root: &Path, texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Text { path, text } in texts.iter().filter(|text| text.path.ends_with(".md")) {
        let folder = root.join(path.rsplit_once('/').map_or("", |(folder, _)| folder));
        for (number, line) in text.lines().enumerate() {
            for target in targets(line) {
                if !folder.join(target).exists() {
                    let text = format!("links to `{target}`, which does not exist");
                    let place = format!("{path}#{target}");
                    let found = finding("link", &place, text);
                    findings.push(Finding {
                        line: number + 1,
                        ..found
                    });
                }
            }
        }
    }
    findings
}

/// Files that a line of Markdown links to, without what lies inside of them.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        let elsewhere = target.contains("://") || target.starts_with("mailto:");
        (!target.is_empty() && !elsewhere).then_some(target)
    })
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
    use std::path::Path;

    use super::{Text, check, targets};

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
        let found: Vec<String> = check(Path::new("."), &texts)
            .iter()
            .map(ToString::to_string)
            .collect();
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
        let found = check(Path::new("."), &texts);
        assert_eq!(found.len(), 1);
        assert!(found[0].text.contains("jiff"));
    }

    #[test]
    fn links_are_read_from_a_line() {
        let line = "[a](x/a.md), [b](https://b.org), [c](#here), ![d](d.png#e)";
        assert_eq!(targets(line).collect::<Vec<_>>(), ["x/a.md", "d.png"]);
    }
}
