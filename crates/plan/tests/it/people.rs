//! People who join, move or leave (rule D12). A share runs over effective days only.

use expect_test::expect;

use crate::table::check;

const TEAM: &str = "org: 张三 2, 李四 1 from 2026-03-01, 王五 1 until 2026-02-15 | time: 2026-01..2026-04 by month";

#[test]
fn a_joiner_gets_nothing_before_joining() {
    check(
        TEAM,
        "total 8400; decompose time.month; decompose org by weight",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  8400     2100     2100     2100     2100
            张三  5880     1400     1680     1400     1400
            李四  1400        0        0      700      700
            王五  1120      700      420        0        0
        "#]],
    );
    check(
        TEAM,
        "total 8400; decompose org by weight; decompose time.month",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  8400     2187     1822     2196     2195
            张三  5827     1457     1457     1457     1456
            李四  1478        0        0      739      739
            王五  1095      730      365        0        0
        "#]],
    );
    check(
        TEAM,
        "total 8400; decompose org by weight; decompose time.month by calendar",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  8400     2265     1701     2271     2163
            张三  5827     1510     1361     1514     1442
            李四  1478        0        0      757      721
            王五  1095      755      340        0        0
        "#]],
    );
    check(
        TEAM,
        "total 8400; decompose org by weight; decompose time.month by mix 50% calendar + 50% equal",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  8400     2225     1762     2234     2179
            张三  5827     1483     1409     1486     1449
            李四  1478        0        0      748      730
            王五  1095      742      353        0        0
        "#]],
    );
    check(
        TEAM,
        "total 8400; decompose time.month; decompose org by typed 张三 3000 rest weights 李四 0",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  8400     2100     2100     2100     2100
            张三  3000      664     1009      664      663
            李四  2873        0        0     1436     1437
            王五  2527     1436     1091        0        0
            zero_basis_equal: month=2026-01 has no history or weights and was shared equally
            zero_basis_equal: month=2026-02 has no history or weights and was shared equally
            zero_basis_equal: month=2026-03 has no history or weights and was shared equally
            zero_basis_equal: month=2026-04 has no history or weights and was shared equally
        "#]],
    );
}

#[test]
fn typing_wakes_nobody_who_is_not_there() {
    let open = "total 8400; decompose time.month; decompose org by weight";
    check(
        TEAM,
        &format!("{open}; set month=2026-01 to 0; set month=2026-01 to 300"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  6600      300     2100     2100     2100
            张三  4630      150     1680     1400     1400
            李四  1400        0        0      700      700
            王五   570      150      420        0        0
        "#]],
    );
}

#[test]
fn nobody_there_means_nobody_can_take_it() {
    let plan = "org: 李四 from 2026-03-01 | time: 2026-01..2026-04 by month";
    check(
        plan,
        "total 400; decompose time.month; decompose org",
        expect![[r#"
            nobody_effective: step 3: no member is effective in month=2026-01, so nobody can take 100
            hint: add a member for that time, or keep it with `hold_back`
        "#]],
    );
    check(
        plan,
        "total 400; decompose time.month; decompose org with back 5%",
        expect![[r#"
                       全部  2026-01  2026-02  2026-03  2026-04
            全部        400      100      100      100      100
            李四        190        0        0       95       95
            全部·预留   210      100      100        5        5
        "#]],
    );
}

#[test]
fn a_member_that_moves_counts_in_each_place_for_its_days() {
    let plan = "org > region person: 华东[张三 1 until 2026-03-01, 李四 1], 华南[张三 1 from 2026-03-01, 王五 1] \
                | time: 2026-01..2026-04 by month";
    check(
        plan,
        "total 1200; decompose time.month; decompose org.person by weight",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03  2026-04
            全部  1200      300      300      300      300
            华东   600      150      150      150      150
            张三   150       75       75        0        0
            李四   450       75       75      150      150
            华南   600      150      150      150      150
            张三   150        0        0       75       75
            王五   450      150      150       75       75
        "#]],
    );
}

#[test]
fn a_leaver_hands_over_the_open_rest() {
    let plan = "org: 张三 1, 李四 1 | time: 2026-01..2026-03 by month";
    let open = "total 600; decompose org; decompose time.month";
    check(
        plan,
        &format!("{open}; leave org=张三 on 2026-02-01 to 李四"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部   600      200      200      200
            张三   100      100        0        0
            李四   500      100      200      200
        "#]],
    );
    check(
        plan,
        &format!("{open}; leave org=张三 on 2026-02-01"),
        expect![[r#"
                       全部  2026-01  2026-02  2026-03
            全部        600      200      200      200
            张三        100      100        0        0
            李四        300      100      100      100
            全部·预留   200        0      100      100
        "#]],
    );
    check(
        plan,
        &format!("{open}; leave org=张三 on 2026-02-01 to 张三"),
        expect![[r#"
            parameter_invalid: step 4: `successor` = 张三: the successor must not be the leaver or below
        "#]],
    );
    check(
        plan,
        &format!("{open}; hold org=张三; leave org=张三 on 2026-02-01 to 李四"),
        expect![[r#"
            bounds_clash: step 5: 100 for org=张三 cannot meet its floors and caps, the nearest possible total is 300: `org=张三 300`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    check(
        plan,
        "total 600; leave org=张三 on 2026-02-01 to 李四",
        expect![[r#"
            place_not_decomposed: step 2: org=张三 has not been decomposed yet (axis `org`)
            hint: add a `decompose` step that brings the axis to that level first
        "#]],
    );
}

#[test]
fn a_leaver_within_a_month_keeps_the_days_before() {
    let plan = "org: 张三 1, 李四 1 | time: 2026-03-01..2026-03-10 by month day";
    let open = "total 248; decompose org; decompose time.day by calendar";
    check(
        plan,
        &format!("{open}; leave org=张三 on 2026-03-08 to 李四"),
        expect![[r#"
                  全部  2026-03-01  2026-03-02  2026-03-03  2026-03-04  2026-03-05  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10
            全部   248          38          20          20          20          20          24          30          36          20          20
            张三    86          19          10          10          10          10          12          15           0           0           0
            李四   162          19          10          10          10          10          12          15          36          20          20
        "#]],
    );
}

#[test]
fn whoever_leaves_leaves_every_target() {
    let plan = "org: 张三 1, 李四 1 | time: 2026-01..2026-02 by month | measure cost";
    let open = "total 600; decompose org; decompose time.month; cost: total 40; cost: decompose org; cost: decompose time.month";
    check(
        plan,
        &format!("{open}; leave org=张三 on 2026-02-01 to 李四"),
        expect![[r#"
                  全部  2026-01  2026-02
            全部   600      300      300
            张三   150      150        0
            李四   450      150      300
                  全部  2026-01  2026-02
            全部    40       20       20
            张三    10       10        0
            李四    30       10       20
        "#]],
    );
}
