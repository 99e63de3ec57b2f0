//! Accounts, keys and organisations from the command line, on the records directly.

use crate::harness::{Folder, Ran, run, words};

fn json_of(ran: &Ran) -> serde_json::Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.shown()))
}

#[test]
fn an_account_is_made_changed_and_stopped() {
    let folder = Folder::new();
    let add = "user add Wang.Fang --role administrator --name 王芳 --password-stdin --folder data";
    let short = run(folder.path(), &words(add), b"short\n");
    assert_eq!(short.code, 3, "{}", short.shown());
    assert!(
        short.talk.contains("password_too_short"),
        "{}",
        short.shown()
    );
    let made = run(folder.path(), &words(add), "月底 before noon\n".as_bytes());
    assert_eq!(made.code, 0, "{}", made.shown());
    assert!(!made.shown().contains("before noon"), "{}", made.shown());
    let taken = run(folder.path(), &words(add), "月底 before noon\n".as_bytes());
    assert!(taken.talk.contains("login_taken"), "{}", taken.shown());

    let second = "user add li.lei --role manager --member S2 --reports-to wang.fang \
        --no-password --folder data --json";
    let made = json_of(&folder.run(second));
    assert_eq!(made["scope"], "department_and_below");
    assert!(made["reports_to"].as_str().unwrap().starts_with("usr_"));
    let set = folder
        .run("user set LI.LEI --role salesperson --member '' --reports-to '' --folder data --json");
    let set = json_of(&set);
    assert_eq!(
        (&set["role"], &set["member"]),
        (&"salesperson".into(), &serde_json::Value::Null)
    );
    let circle = folder.run("user set wang.fang --reports-to wang.fang --folder data");
    assert!(
        circle.talk.contains("reports_in_a_circle"),
        "{}",
        circle.shown()
    );
    let last = folder.run("user stop wang.fang --folder data");
    assert!(last.talk.contains("last_administrator"), "{}", last.shown());
    assert_eq!(folder.run("user stop li.lei --folder data").code, 0);
    let listed = json_of(&folder.run("user list --folder data --json"));
    let people: Vec<_> = listed["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| {
            (
                user["login"].as_str().unwrap(),
                user["active"].as_bool().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        people,
        [("Wang.Fang", true), ("li.lei", false), ("local", true)]
    );
    let nobody = folder.run("user stop nobody --folder data");
    assert!(nobody.talk.contains("not_found"), "{}", nobody.shown());
    let audit = folder.run("audit verify --folder data");
    assert_eq!(audit.code, 0, "{}", audit.shown());
}

#[test]
fn a_key_is_shown_once_and_withdrawn() {
    let folder = Folder::new();
    folder.run("user add li.lei --role salesperson --no-password --folder data");
    let add = "token add --login li.lei --name till --folder data --json --scope";
    let too_much = folder.run(&format!("{add} audit:read"));
    assert!(
        too_much.shown().contains("scope_not_yours"),
        "{}",
        too_much.shown()
    );
    let made = json_of(&folder.run(&format!("{add} plan:read")));
    assert!(made["secret"].as_str().unwrap().starts_with("fj_"));
    let listed = folder.run("token list --folder data");
    assert!(
        listed.out.contains("till") && !listed.out.contains("fj_"),
        "{}",
        listed.shown()
    );
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        folder.run(&format!("token revoke {id} --folder data")).code,
        0
    );
    let listed = json_of(&folder.run("token list --login li.lei --folder data --json"));
    assert!(listed["tokens"][0]["revoked_at"].is_string());
    let odd = folder.run("token revoke tok_1 --folder data");
    assert!(odd.talk.contains("not_found"), "{}", odd.shown());
}

#[test]
fn organisations_are_walled_off() {
    let folder = Folder::new();
    assert_eq!(
        folder
            .run("organisation add acme --name 'Acme 商贸' --folder data")
            .code,
        0
    );
    assert_eq!(folder.run("organisation add other --folder data").code, 0);
    for (line, code) in [
        ("organisation add acme --folder data", "code_taken"),
        ("organisation add Acme --folder data", "code_invalid"),
        (
            "organisation add third --zone Mars/Base --folder data",
            "zone_unknown",
        ),
        ("organisation add --folder data", "argument_needed"),
        ("user list --folder data", "not_found"),
        (
            "user add wang --organisation acme --folder data",
            "argument_needed",
        ),
    ] {
        let ran = folder.run(line);
        assert!(ran.talk.contains(code), "{line}: {}", ran.shown());
    }
    let add = "user add wang --role planner --no-password --folder data --organisation";
    assert_eq!(folder.run(&format!("{add} acme")).code, 0);
    assert_eq!(folder.run(&format!("{add} other")).code, 0);
    let listed = json_of(&folder.run("user list --organisation acme --folder data --json"));
    assert_eq!(listed["users"].as_array().unwrap().len(), 1);
}

#[test]
fn a_password_is_never_an_argument() {
    let folder = Folder::new();
    let ran = folder.run("user add wang --role planner --folder data");
    assert!(ran.talk.contains("password_unasked"), "{}", ran.shown());
    assert_eq!(
        folder
            .run("user add wang --role planner --password x --folder data")
            .code,
        2
    );
}
