//! Files over HTTP: what the manual says, a server killed in the middle of an import, real data as the
//! command line counts it.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::harness::{Folder, root, shared};
use crate::served::Served;

/// The lines that begin with `curl` in a page.
fn commands(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/manual").join(page)).unwrap();
    let lines = text.lines().filter(|line| line.starts_with("curl "));
    lines.map(str::to_owned).collect()
}

#[test]
fn the_manuals_commands_are_answered() {
    let all = commands("en/http-files.md");
    assert_eq!(all, commands("zh/http-files.md"));
    assert!(all.len() > 10);
    if Command::new("curl").arg("--version").output().is_err() {
        println!("curl is not here: the manual's commands were not tried");
        return;
    }
    let folder = Folder::with_example("store-chain");
    let served = Served::start(&folder);
    let mut known: Vec<(&str, String)> = Vec::new();
    for line in all {
        let line = line.replace("127.0.0.1:8737", &served.address);
        let line = line.replacen("curl", "curl --silent --show-error --fail-with-body", 1);
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(&line).current_dir(folder.path());
        shell.envs(known.iter().map(|(name, value)| (name, value)));
        let ran = shell.output().unwrap();
        let (out, talk) = (
            String::from_utf8_lossy(&ran.stdout).into_owned(),
            String::from_utf8_lossy(&ran.stderr).into_owned(),
        );
        assert!(ran.status.success(), "{line}\n{out}{talk}");
        let Ok(answer) = serde_json::from_str::<Json>(&out) else {
            continue;
        };
        let id = answer["id"].as_str().unwrap_or_default().to_owned();
        let name = match id.split('_').next() {
            Some("pln") if !line.contains("plan.zip") => "PLAN",
            Some("imp") => "IMPORT",
            Some("dim") => "DIMENSION",
            _ => continue,
        };
        if line.contains("/imports -") || line.ends_with("/imports") {
            served.ended(&answer);
        }
        known.retain(|(other, _)| *other != name);
        known.push((name, id));
    }
    let members = served.ask("GET", "/dimensions", &json!({}));
    assert_eq!(members.1["items"][0]["code"], "store");
}

/// Many sales, so that reading them takes a while.
fn sales(rows: usize) -> String {
    let mut text = String::from("date,store,amount,id\n");
    for row in 0..rows {
        let (store, month, day) = (1 + row % 5, 1 + row % 3, 1 + row % 28);
        text += &format!(
            "2026-{month:02}-{day:02},S{store},{}.{:02},R{row}\n",
            row % 997,
            row % 100
        );
    }
    text
}

fn plan_of(served: &Served, folder: &Folder) -> String {
    let (plan, members) = (folder.read("plan.en.toml"), folder.read("org.en.csv"));
    let files = [
        ("file", "plan.en.toml", plan.as_bytes()),
        ("input", "org.en.csv", members.as_bytes()),
    ];
    let (status, made) = served.form("/plan-files", &[], &files);
    assert_eq!(status, 201, "{made}");
    format!("/plans/{}", made["id"].as_str().unwrap())
}

#[test]
fn a_server_killed_in_the_middle_of_an_import_leaves_nothing_half() {
    const ROWS: usize = 60_000;
    let folder = Folder::with_example("store-chain");
    let mut served = Served::start(&folder);
    let plan = plan_of(&served, &folder);
    let (imports, lines) = (format!("{plan}/imports"), format!("{plan}/sales-lines"));
    let text = sales(ROWS);
    let file = [("file", "sales.csv", text.as_bytes())];
    let mut interrupted = 0;
    for wait in [0, 150, 600, 1_500] {
        let (status, begun) = served.form(&imports, &[], &file);
        assert_eq!(status, 202, "{begun}");
        std::thread::sleep(Duration::from_millis(wait));
        drop(served);
        served = Served::start(&folder);
        let import = served.ended(&begun);
        let (_, found) = served.ask("GET", &lines, &json!({}));
        let count = found["count"].as_u64().unwrap();
        match import["state"].as_str().unwrap() {
            "interrupted" => {
                assert_eq!(count, 0, "{import}");
                assert_eq!(import["problem"]["code"], "import_interrupted", "{import}");
                assert!(import["problem"]["hint"].is_string());
                interrupted += 1;
            }
            "done" => {
                assert_eq!(count, ROWS as u64, "{import}");
                break;
            }
            other => panic!("{other}: {import}"),
        }
    }
    assert!(interrupted > 0, "no kill met an import at work");
    let (_, begun) = served.form(&imports, &[], &file);
    assert_eq!(served.ended(&begun)["state"], "done");
    let (_, found) = served.ask("GET", &lines, &json!({}));
    assert_eq!(found["count"], ROWS as u64);
    let (_, proved) = served.ask("GET", &format!("{plan}/sales-verification"), &json!({}));
    assert_eq!(proved["lines"], ROWS as u64, "{proved}");
    drop(served);
    let whole = folder.run("doctor --folder data --json");
    assert_eq!(whole.code, 0, "{}", whole.shown());
}

#[test]
fn a_cancelled_import_takes_nothing_in() {
    let folder = Folder::with_example("store-chain");
    let served = Served::start(&folder);
    let plan = plan_of(&served, &folder);
    let text = sales(60_000);
    let file = [("file", "sales.csv", text.as_bytes())];
    let (_, begun) = served.form(&format!("{plan}/imports"), &[], &file);
    let path = format!("/imports/{}/cancellations", begun["id"].as_str().unwrap());
    let (status, told) = served.ask("POST", &path, &json!({}));
    assert_eq!(
        (status, told["state"].as_str()),
        (200, Some("cancelled")),
        "{told}"
    );
    let (status, _) = served.ask("POST", &path, &json!({}));
    assert_eq!(status, 200, "cancelling twice is cancelling once");
    // It may have been at work: what it had read must not appear afterwards either.
    std::thread::sleep(Duration::from_secs(3));
    let (_, found) = served.ask("GET", &format!("{plan}/sales-lines"), &json!({}));
    assert_eq!(found["count"], 0);
    assert_eq!(served.ended(&begun)["state"], "cancelled");
    let (_, begun) = served.form(&format!("{plan}/imports"), &[], &file);
    let done = served.ended(&begun);
    assert_eq!(done["state"], "done");
    let late = format!("/imports/{}/cancellations", begun["id"].as_str().unwrap());
    let (status, told) = served.ask("POST", &late, &json!({}));
    assert_eq!(
        (status, told["code"].as_str()),
        (409, Some("import_ended")),
        "{told}"
    );
}

#[test]
fn real_sales_are_counted_over_http_as_by_the_command_line() {
    let Some(orders) = shared("superstore_cn/orders.csv") else {
        return;
    };
    let folder = Folder::new();
    let text = std::fs::read_to_string(root().join("examples/superstore-2017/plan.toml")).unwrap();
    let text = text.replace(
        "../../../shared/data/superstore_cn/orders.csv",
        "orders.csv",
    );
    let bytes = std::fs::read(orders).unwrap();
    folder.write("plan.toml", &text);
    folder.write("orders.csv", &bytes);
    let made = folder.run("init plan.toml plan -q");
    assert_eq!(made.code, 0, "{}", made.shown());
    let own = folder.run("import plan orders.csv --round half_up --lang en --json -q");
    assert_eq!(own.code, 0, "{}", own.shown());
    let own: Json = serde_json::from_str(&own.out).unwrap();
    let own = own["files"][0].clone();

    let served = Served::start(&folder);
    let files = [
        ("file", "plan.toml", text.as_bytes()),
        ("input", "orders.csv", &bytes[..]),
    ];
    let (status, made) = served.form("/plan-files", &[], &files);
    assert_eq!(status, 201, "{made}");
    let plan = format!("/plans/{}", made["id"].as_str().unwrap());
    let options = [("options", "{\"round\": \"half_up\"}")];
    let file = [("file", "orders.csv", &bytes[..])];
    let (_, begun) = served.form(&format!("{plan}/imports"), &options, &file);
    let done = served.ended(&begun);
    assert_eq!(done["state"], "done", "{done}");
    let figures = |report: &Json| {
        let names = [
            "rows",
            "lines",
            "unassigned",
            "refused_rows",
            "from",
            "to",
            "totals",
            "outside",
            "rounded",
            "repeated",
        ];
        names.map(|name| report[name].clone())
    };
    assert_eq!(figures(&done["report"]), figures(&own), "{own}");
    assert!(own["lines"].as_u64().unwrap() > 1_000, "{own}");
    let at = "as_of=2017-03-15";
    let (_, standings) = served.ask("GET", &format!("{plan}/standings?{at}"), &json!({}));
    let track = folder.run("track plan --as-of 2017-03-15 --json -q");
    let track: Json = serde_json::from_str(&track.out).unwrap();
    assert_eq!(
        figures_of(&standings["totals"]),
        figures_of(&track["whole"])
    );
    assert_eq!(figures_of(&standings["items"]), figures_of(&track["rows"]));
    assert_eq!(standings["totals"][0]["actual"], "172520.80");
}

/// Name, target, result and the like of each line, by name.
fn figures_of(lines: &Json) -> Vec<String> {
    let names = [
        "base",
        "actual",
        "elapsed",
        "expected",
        "gap",
        "required_rate",
        "status",
    ];
    let lines = lines.as_array().unwrap().iter();
    let told = lines.map(|line| {
        let own = line["region_name"].as_str().or(line["name"].as_str());
        let figures = names.map(|name| line[name].as_str().unwrap_or("-"));
        format!("{} {}", own.unwrap_or("-"), figures.join(" "))
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}
