//! Operating a server: backed up while it runs, brought back, looked at, and what is broken is found.

use serde_json::{Value as Json, json};

use crate::harness::{Folder, Ran};
use crate::served::Served;

fn json_of(ran: &Ran) -> Json {
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.shown()))
}

/// The codes of the checks that found something.
fn found(folder: &Folder, line: &str) -> (i32, Vec<String>) {
    let ran = folder.run(line);
    let checks = json_of(&ran)["checks"].clone();
    let wrong = checks.as_array().unwrap().iter();
    let wrong = wrong.filter(|check| check["ok"] == json!(false));
    let codes = wrong.map(|check| check["code"].as_str().unwrap().to_owned());
    (ran.code, codes.collect())
}

const PLAN: &str = "plan = \"2026\"\nperiod = \"2026\"\n\
    measure = { name = \"销售额\", unit = \"元\" }\ntotal = \"1000万\"\n";

#[test]
fn a_server_is_backed_up_while_it_runs_and_brought_back() {
    let folder = Folder::new();
    let served = Served::start(&folder);
    let (status, plan) = served.ask("POST", "/plans", &json!({ "text": PLAN }));
    assert_eq!(status, 201, "{plan}");
    let second = folder.run("serve --folder data --listen 127.0.0.1:0 --json");
    assert_eq!(second.code, 3, "{}", second.shown());
    assert!(
        second.talk.contains("data_folder_in_use"),
        "{}",
        second.talk
    );

    let made = folder.run("backup kept --folder data --json");
    assert_eq!(made.code, 0, "{}", made.shown());
    assert_eq!(
        json_of(&made)["backup"]["audit_ends"][0]["end"]["number"],
        1
    );
    let again = folder.run("backup kept --folder data --json");
    assert!(again.talk.contains("backup_exists"), "{}", again.shown());
    let (status, _) = served.ask("POST", "/plans", &json!({ "text": PLAN }));
    assert_eq!(status, 201);
    assert_eq!(found(&folder, "doctor --folder data --json"), (0, vec![]));
    let proved = folder.run("audit verify --folder data --against kept --json");
    assert_eq!(
        json_of(&proved)["chains"][0]["records"],
        2,
        "{}",
        proved.shown()
    );
    let id = plan["id"].as_str().unwrap();
    drop(served);

    let ran = folder.run("restore kept --folder data --json");
    assert!(ran.talk.contains("folder_not_empty"), "{}", ran.shown());
    let ran = folder.run("restore kept --folder back");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    assert_eq!(
        found(&folder, "doctor --folder back --against kept --json"),
        (0, vec![])
    );
    std::fs::rename(folder.path().join("data"), folder.path().join("gone")).unwrap();
    std::fs::rename(folder.path().join("back"), folder.path().join("data")).unwrap();
    let served = Served::start(&folder);
    let (status, found) = served.ask("GET", &format!("/plans/{id}"), &Json::Null);
    assert_eq!((status, &found["id"]), (200, &plan["id"]));
    let (_, listed) = served.ask("GET", "/plans", &Json::Null);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_broken_is_found() {
    let folder = Folder::new();
    let served = Served::start(&folder);
    let (status, _) = served.ask("POST", "/plans", &json!({ "text": PLAN }));
    assert_eq!(status, 201);
    drop(served);
    assert_eq!(found(&folder, "doctor --folder data --json"), (0, vec![]));
    assert_eq!(folder.run("backup kept --folder data").code, 0);
    assert_eq!(folder.run("migrate --check --folder data").code, 0);

    // A file that was never finished, and a plan's folder that no plan has.
    std::fs::create_dir_all(folder.path().join("data/plans/org_1/pln_1")).unwrap();
    folder.write("data/plans/org_1/pln_1/x.partial", "x");
    assert_eq!(
        found(&folder, "doctor --folder data --json"),
        (1, vec!["left_over".to_owned()])
    );
    std::fs::remove_dir_all(folder.path().join("data/plans/org_1")).unwrap();

    // Another key than the one that sealed.
    let key = std::fs::read(folder.path().join("data/audit.key")).unwrap();
    folder.write("data/audit.key", [1; 32]);
    let ran = folder.run("audit verify --folder data --json");
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("audit_seal_broken"), "{}", ran.shown());
    folder.write("data/audit.key", key);

    // A page of the database overwritten.
    let path = folder.path().join("data/fenjie.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    for left in ["data/fenjie.db-wal", "data/fenjie.db-shm"] {
        std::fs::remove_file(folder.path().join(left)).ok();
    }
    let ran = folder.run("doctor --folder data --json");
    assert_ne!(ran.code, 0, "{}", ran.shown());

    // A backup that somebody changed.
    let mut copy = std::fs::read(folder.path().join("kept/fenjie.db")).unwrap();
    let last = copy.len() - 1;
    copy[last] ^= 1;
    folder.write("kept/fenjie.db", copy);
    let ran = folder.run("restore kept --folder back --json");
    assert!(ran.talk.contains("backup_damaged"), "{}", ran.shown());
    assert!(!folder.path().join("back").exists());
}

#[test]
fn a_backup_into_one_file_comes_back_whole() {
    let folder = Folder::new();
    let served = Served::start(&folder);
    let (status, plan) = served.ask("POST", "/plans", &json!({ "text": PLAN }));
    assert_eq!(status, 201, "{plan}");
    let made = folder.run("backup kept.zip --folder data --json");
    assert_eq!(made.code, 0, "{}", made.shown());
    assert_eq!(
        folder.names(),
        ["data", "kept.zip"],
        "nothing is left beside it"
    );
    let again = folder.run("backup kept.zip --folder data --json");
    assert!(again.talk.contains("backup_exists"), "{}", again.shown());
    let line = "doctor --folder data --against kept.zip --json";
    assert_eq!(found(&folder, line), (0, vec![]));
    drop(served);

    let ran = folder.run("restore kept.zip --folder back");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let line = "doctor --folder back --against kept.zip --json";
    assert_eq!(found(&folder, line), (0, vec![]));
    assert_eq!(folder.names(), ["back", "data", "kept.zip"]);
    let served = Served::start_with(&folder, &["--folder", "back"]);
    let path = format!("/plans/{}", plan["id"].as_str().unwrap());
    assert_eq!(served.ask("GET", &path, &Json::Null).0, 200);
    drop(served);

    // What is no backup, and one that was changed.
    let kept = std::fs::read(folder.path().join("kept.zip")).unwrap();
    let mut bad = kept.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 0xff;
    for bytes in [&kept[..kept.len() / 2], b"", b"PK\x03\x04 not really", &bad] {
        folder.write("bad.zip", bytes);
        let ran = folder.run("restore bad.zip --folder other --json");
        assert_ne!(ran.code, 0, "{}", ran.shown());
        assert!(ran.talk.contains("\"code\""), "{}", ran.shown());
        assert!(!folder.path().join("other").exists());
    }
}

#[test]
fn a_server_moves_from_postgresql_to_another_and_to_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let [Some(from), Some(to)] = [(); 2].map(|()| runtime.block_on(fenjie_store_tests::postgres()))
    else {
        return;
    };
    let (from, to) = (from.url().unwrap(), to.url().unwrap());
    let folder = Folder::new();
    let served = Served::start_with(&folder, &["--folder", "data", "--database-url", &from]);
    let (status, plan) = served.ask("POST", "/plans", &json!({ "text": PLAN }));
    assert_eq!(status, 201, "{plan}");
    let made = folder.run(&format!("backup kept --folder data --database-url {from}"));
    assert_eq!(made.code, 0, "{}", made.shown());
    let line = format!("doctor --folder data --database-url {from} --against kept --json");
    assert_eq!(found(&folder, &line), (0, vec![]));
    let line = format!("migrate --check --folder data --database-url {from}");
    assert_eq!(folder.run(&line).code, 0);
    drop(served);

    let restored = folder.run(&format!("restore kept --folder two --database-url {to}"));
    assert_eq!(restored.code, 0, "{}", restored.shown());
    let line = format!("doctor --folder two --database-url {to} --against kept --json");
    assert_eq!(found(&folder, &line), (0, vec![]));
    let twice = folder.run(&format!(
        "restore kept --folder three --database-url {to} --json"
    ));
    assert!(twice.talk.contains("record_conflict"), "{}", twice.shown());
    assert!(!folder.path().join("three").exists());

    assert_eq!(folder.run("restore kept --folder data2").code, 0);
    let served = Served::start_with(&folder, &["--folder", "data2"]);
    let id = plan["id"].as_str().unwrap();
    let (status, found) = served.ask("GET", &format!("/plans/{id}"), &Json::Null);
    assert_eq!((status, &found["id"]), (200, &plan["id"]));
}
