//! Input at the edge: the largest amounts, the deepest trees, empty parts. Errors, never panics.

use expect_test::expect;
use fenjie_message::Message;
use fenjie_plan::{Definition, Dimension, MemberRow, Plan, Tree};

use crate::table::check;
use crate::{script, steps};

const GRID: &str = "region: 华东 3, 华南 1 | time: 2026-01..2026-02 by month";
const MOST: &str = "total 9223372036854775807; decompose region by weight; decompose time.month";

#[test]
fn the_largest_total_there_is() {
    check(
        GRID,
        &format!("{MOST}; set region=华东 to 5 keep total"),
        expect![[r#"
                                 全部              2026-01              2026-02
            全部  9223372036854775807  4611686018427387904  4611686018427387903
            华东                    5                    3                    2
            华南  9223372036854775802  4611686018427387901  4611686018427387901
        "#]],
    );
    check(
        GRID,
        &format!("{MOST}; set region=华东 to +1"),
        expect![[r#"
            amount_out_of_range: step 4: the amount of region=华东 is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
    check(
        GRID,
        &format!("{MOST}; set * to *1.5"),
        expect![[r#"
            amount_out_of_range: step 4: the amount of * is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
    check(
        GRID,
        &format!("{MOST}; transfer 4611686018427387904 from region=华东 to region=华南"),
        expect![[r#"
                                 全部              2026-01              2026-02
            全部  9223372036854775807  4611686018427387904  4611686018427387903
            华东  2305843009213693951  1152921504606846976  1152921504606846975
            华南  6917529027641081856  3458764513820540928  3458764513820540928
        "#]],
    );
    check(
        GRID,
        &format!("{MOST}; hold region=华南, month=2026-01; set * to 9223372036854775800"),
        expect![[r#"
                                 全部              2026-01              2026-02
            全部  9223372036854775800  4611686018427387901  4611686018427387899
            华东  6917529027641081849  3458764513820540925  3458764513820540924
            华南  2305843009213693951  1152921504606846976  1152921504606846975
        "#]],
    );
    check(
        GRID,
        "fit region 华东 9223372036854775807, 华南 9223372036854775807",
        expect![[r#"
            amount_out_of_range: step 1: the amount of region is out of range
            hint: amounts are 64-bit counts of the measure's step; a coarser step brings them into range
        "#]],
    );
    check(
        GRID,
        &format!("{MOST}; bound region=华东 ..9223372036854775807; set * to 1"),
        expect![[r#"
                  全部  2026-01  2026-02
            全部     1        1        0
            华东     1        1        0
            华南     0        0        0
        "#]],
    );
    check(
        GRID,
        &format!(
            "{MOST}; decompose region by typed 华东 9223372036854775807, 华南 9223372036854775807"
        ),
        expect![[r#"
            amounts_exceed_total: step 4: *: the typed amounts sum to 18446744073709551614, above the total 9223372036854775807
            hint: change the amounts, or leave one member out to take the rest
        "#]],
    );
}

#[test]
fn weights_of_thirty_digits() {
    let plan = "region: 华东 999999999999999999999999999999, 华南 0.000000000000000000000000000001";
    check(
        plan,
        "total 1000; decompose region by weight",
        expect![[r#"
                  全部
            全部  1000
            华东  1000
            华南     0
        "#]],
    );
    check(
        plan,
        "total 1000; decompose region by mix 50% weight + 50% equal",
        expect![[r#"
                  全部
            全部  1000
            华东   750
            华南   250
        "#]],
    );
    let steps = "total 3; decompose time.month by pattern 999999999999999999999999999999 0.000000000000000000000000000001";
    check(
        GRID,
        steps,
        expect![[r#"
        parameter_invalid: step 2: `pattern` = 999999999999999999999999999999 …: the list has numbers that are too long
    "#]],
    );
    let team =
        "team: 一组 people=999999999999999999999 ramp=999999999999999999999, 二组 people=1 ramp=1";
    check(
        team,
        "total 10; decompose team by capacity people ramp",
        expect![[r#"
            parameter_invalid: step 2: `people × ramp` = 一组: the product of the attributes has too many digits
        "#]],
    );
}

fn chain(depth: usize) -> Result<Definition, &'static str> {
    let row = |at: usize| MemberRow {
        code: format!("m{at}"),
        parent: (at > 0).then(|| format!("m{}", at - 1)),
        ..MemberRow::default()
    };
    let rows = (0..depth).map(row).collect();
    let tree = Tree::build("org", &[], rows).map_err(|error| error.code())?;
    let mut definition = script::definition("");
    definition.dimensions.push(Dimension {
        code: "org".into(),
        name: "组织".into(),
        tree,
        composition: false,
    });
    Ok(definition)
}

#[test]
fn the_deepest_tree_there_is() {
    assert_eq!(chain(257).unwrap_err(), "members_too_deep");
    let definition = chain(256).unwrap();
    let steps = steps::operations(
        "total 10; decompose org.level255; set org=m255 to 12; hold org=m200; set org=m255 to 3 keep total",
    );
    let refused = Plan::replay(definition.clone(), &steps)
        .map(|_| ())
        .map_err(|refusal| refusal.code());
    assert_eq!(refused, Err("everything_held"));
    let plan = Plan::replay(definition, &steps[..4]).unwrap();
    assert!(plan.verify().is_ok());
    assert_eq!(plan.base(0).total(), 12);
}

#[test]
fn one_member_and_nothing_to_share() {
    check(
        "region: 华东",
        "total 0; decompose region with refusal; fit region 华东 0",
        expect![[r#"
                  全部
            全部     0
            华东     0
        "#]],
    );
    check(
        "region: 华东",
        "total 7; decompose region; hold region=华东; bound region=华东 7..7; set * to 7",
        expect![[r#"
                  全部
            全部     7
            华东     7
        "#]],
    );
    check(
        "region: 华东",
        "total 7; decompose region with back 100%",
        expect![[r#"
                       全部
            全部          7
            华东          0
            全部·预留     7
        "#]],
    );
    check(
        "region:",
        "total 7; decompose region",
        expect![[r#"
              全部
        全部     7
    "#]],
    );
}

#[test]
fn a_member_gone_before_it_comes() {
    let date = |text: &str| text.parse().ok();
    let rows = |until: &str| {
        let gone = MemberRow {
            code: "a".into(),
            from: date("2026-05-01"),
            until: date(until),
            ..MemberRow::default()
        };
        Tree::build("org", &[], vec![gone]).map_err(|error| error.to_string())
    };
    assert!(rows("2026-05-01").is_ok());
    expect!["member `a` of dimension `org` ends before it starts [member_dates_reversed]"]
        .assert_eq(&rows("2026-04-01").unwrap_err());
}
