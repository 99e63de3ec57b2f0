//! `fenjie mcp` as an assistant starts it: a process, spoken to over its standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value as Json, json};

use crate::harness::{Folder, command};
use crate::kills::{ask, base64, start};

/// A process that is spoken to, a line for each message.
struct Talk {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    number: u64,
}

impl Talk {
    fn begin(folder: &Folder, token: Option<&str>) -> Talk {
        let mut command = command(folder.path());
        command
            .args(["mcp", "--folder", "data"])
            .env_remove("FENJIE_TOKEN");
        if let Some(token) = token {
            command.env("FENJIE_TOKEN", token);
        }
        command.stderr(Stdio::null());
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let from = BufReader::new(from);
        let mut talk = Talk {
            child,
            to,
            from,
            number: 0,
        };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": { "name": "test", "version": "1" },
        });
        let told = talk.ask("initialize", hello);
        assert_eq!(told["result"]["serverInfo"]["name"], "fenjie", "{told}");
        assert!(
            told["result"]["instructions"]
                .as_str()
                .unwrap()
                .contains("list_plans")
        );
        talk.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        talk
    }

    fn say(&mut self, message: &Json) {
        writeln!(self.to, "{message}").unwrap();
        self.to.flush().unwrap();
    }

    /// What is answered; nothing else is ever written.
    fn ask(&mut self, method: &str, params: Json) -> Json {
        self.number += 1;
        let id = self.number;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        let mut line = String::new();
        self.from.read_line(&mut line).unwrap();
        let told: Json = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
        assert_eq!(told["id"], id, "{told}");
        told
    }

    fn call(&mut self, name: &str, arguments: Json) -> Json {
        let told = self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        );
        match told["error"].is_null() {
            true => told["result"].clone(),
            false => told["error"].clone(),
        }
    }

    /// Goes away; the process ends by itself.
    fn end(self) -> i32 {
        let Talk { mut child, to, .. } = self;
        drop(to);
        child.wait().unwrap().code().unwrap()
    }
}

/// A folder of a server with the store chain's plan; its identifier.
fn chain() -> (Folder, String) {
    let folder = Folder::with_example("store-chain");
    let (mut child, address) = start(&folder);
    let text = folder.read("plan.en.toml");
    let members = base64(folder.read("org.en.csv").as_bytes());
    let files = json!([{ "name": "org.en.csv", "content_base64": members }]);
    let wanted = json!({ "text": text, "files": files });
    let (status, made) = ask(&address, "POST", "/plans", "", &wanted).unwrap();
    assert_eq!(status, 201, "{made}");
    child.kill().unwrap();
    child.wait().unwrap();
    (folder, made["id"].as_str().unwrap().to_owned())
}

/// A key of somebody's with these scopes.
fn key(folder: &Folder, login: &str, scopes: &[&str]) -> String {
    let scopes: Vec<String> = scopes
        .iter()
        .map(|scope| format!("--scope {scope}"))
        .collect();
    let scopes = scopes.join(" ");
    let made = folder.run(&format!(
        "token add --login {login} --name assistant --folder data --json {scopes}"
    ));
    let made: Json = serde_json::from_str(&made.out).unwrap_or_else(|_| panic!("{}", made.shown()));
    made["secret"].as_str().unwrap().to_owned()
}

#[test]
fn an_assistant_reads_previews_and_may_not_apply_with_a_reading_key() {
    let (folder, plan) = chain();
    folder.run("user add wang --role planner --no-password --folder data");
    let reading = key(&folder, "wang", &["plan:read", "actuals:read"]);
    let mut talk = Talk::begin(&folder, Some(&reading));

    let listed = talk.ask("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap().iter();
    let names: Vec<&str> = tools.map(|tool| tool["name"].as_str().unwrap()).collect();
    for name in [
        "list_plans",
        "get_slice",
        "list_standings",
        "list_alerts",
        "apply_operations",
    ] {
        assert!(names.contains(&name), "{name} is not among {names:?}");
    }

    let plans = talk.call("list_plans", json!({}));
    assert_eq!(
        plans["structuredContent"]["items"][0]["id"],
        plan.as_str(),
        "{plans}"
    );
    let asked = json!({ "plan": plan, "rows": "store:self", "at": "store=S4" });
    let slice = talk.call("get_slice", asked);
    let version = slice["structuredContent"]["version"].clone();
    assert!(version.is_u64(), "{slice}");
    for (tool, arguments) in [
        (
            "list_standings",
            json!({ "plan": plan, "by": "store", "period": "2026-03" }),
        ),
        (
            "list_alerts",
            json!({ "plan": plan, "as_of": "2026-03-18" }),
        ),
    ] {
        let told = talk.call(tool, arguments);
        assert!(
            told["structuredContent"]["items"].is_array(),
            "{tool}: {told}"
        );
    }

    let edit = json!({ "set": "store=S4, month=2026-06", "to": "+1%" });
    let trial = json!({ "plan": plan, "operations": [edit] });
    let mut tried = trial.clone();
    tried["version"] = version.clone();
    let preview = talk.call("preview_operations", trial);
    let applied = talk.call("apply_operations", tried.clone());
    assert_eq!(applied["isError"], true, "{applied}");
    let text = applied["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("\"forbidden\""), "{text}");
    assert_ne!(preview["isError"], true, "{preview}");
    let after = talk.call("get_plan", json!({ "plan": plan }));
    assert_eq!(
        after["structuredContent"]["version"], version,
        "nothing was changed"
    );

    // What is wrong is said, and the talk goes on.
    let nothing = talk.call("drop_plans", json!({}));
    assert!(
        nothing["message"]
            .as_str()
            .unwrap()
            .contains("`drop_plans`"),
        "{nothing}"
    );
    let odd = talk.call("get_plan", json!({ "plan": plan, "x": 1 }));
    assert!(odd["message"].as_str().unwrap().contains("`x`"), "{odd}");
    let hidden = talk.call(
        "get_plan",
        json!({ "plan": "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts" }),
    );
    assert_eq!(hidden["isError"], true, "{hidden}");
    assert_eq!(talk.end(), 0);

    // With a key that may write it is done.
    let writing = key(&folder, "wang", &["plan:read", "plan:write"]);
    let mut talk = Talk::begin(&folder, Some(&writing));
    let done = talk.call("apply_operations", tried);
    assert_ne!(done["isError"], true, "{done}");
    assert_eq!(talk.end(), 0);
    // Without a key nobody is anybody once there are accounts.
    let mut talk = Talk::begin(&folder, None);
    let told = talk.call("list_plans", json!({}));
    assert_eq!(told["isError"], true, "{told}");
    assert!(
        told["content"][0]["text"]
            .as_str()
            .unwrap()
            .contains("not_signed_in"),
        "{told}"
    );
    assert_eq!(talk.end(), 0);
}
