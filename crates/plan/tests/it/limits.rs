//! Holds, floors and caps (rules D4, D5). Every later step keeps them or is refused by name.

use expect_test::expect;

use crate::table::check;

const REGIONS: &str = "region: 华东 3, 华南 2, 华北 1";
const OPEN: &str = "total 600; decompose region by weight";
const ORG: &str = "org > region person: 华东[张三 2, 李四 1], 华南[王五 1, 赵六 1]";
const GRID: &str = "region: 华东 3, 华南 1 | time: 2026-01..2026-03 by month";

#[test]
fn a_held_region_keeps_its_value() {
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东; set * to 700"),
        expect![[r#"
                  全部
            全部   700
            华东   300
            华南   267
            华北   133
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东; set * to 299"),
        expect![[r#"
            holds_exceed_total: step 4: the total 299 of * is less than the held 300: `region=华东 300`
            hint: raise the total, or release one of the holds
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东; set region=华东 to 310"),
        expect![[r#"
            place_held: step 4: region=华东 is held by 王芳 (新店开业)
            hint: release the hold first
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东; release region=华东; set * to 300"),
        expect![[r#"
                  全部
            全部   300
            华东   150
            华南   100
            华北    50
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; release region=华东"),
        expect![[r#"
            place_not_held: step 3: region=华东 is not held
        "#]],
    );
}

#[test]
fn a_hold_at_an_amount_takes_from_the_others_when_asked() {
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东 at 360"),
        expect![[r#"
                  全部
            全部   660
            华东   360
            华南   200
            华北   100
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东 at 360 keep total"),
        expect![[r#"
                  全部
            全部   600
            华东   360
            华南   160
            华北    80
        "#]],
    );
}

#[test]
fn the_rest_is_shared_by_what_it_was_or_equally() {
    let none = "region: 华东 1, 华南 0, 华北 0";
    check(
        none,
        &format!("{OPEN}; hold region=华东 at 300 keep total"),
        expect![[r#"
                  全部
            全部   600
            华东   300
            华南   150
            华北   150
        "#]],
    );
}

#[test]
fn everything_held_has_no_room() {
    let all = "hold region=华东; hold region=华南; hold region=华北";
    check(
        REGIONS,
        &format!("{OPEN}; {all}; set * to 601"),
        expect![[r#"
            everything_held: step 6: everything below * is held and sums to 600, so it cannot become 601: `region=华东 300`, `region=华南 200`, `region=华北 100`
            hint: raise the total, or release one of the holds
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; {all}; set * to 600"),
        expect![[r#"
                  全部
            全部   600
            华东   300
            华南   200
            华北   100
        "#]],
    );
}

#[test]
fn a_hold_on_a_total_lets_its_inside_move() {
    let open = "total 600; decompose org.person by weight; hold org=华东";
    check(
        ORG,
        &format!("{open}; set org=张三 to 300"),
        expect![[r#"
              全部
        全部   600
        华东   360
        张三   300
        李四    60
        华南   240
        王五   120
        赵六   120
    "#]],
    );
    check(
        ORG,
        &format!("{open}; set org=张三 to 500"),
        expect![[r#"
            holds_exceed_total: step 4: the total 360 of org=华东 is less than the held 500: `org=张三 500`
            hint: raise the total, or release one of the holds
        "#]],
    );
    check(
        ORG,
        &format!("{open}; hold org=张三; set * to 900"),
        expect![[r#"
                  全部
            全部   900
            华东   360
            张三   240
            李四   120
            华南   540
            王五   270
            赵六   270
        "#]],
    );
    check(
        ORG,
        &format!("{open}; hold org=张三; set org=李四 to 150"),
        expect![[r#"
            everything_held: step 5: everything below org=华东 is held and sums to 390, so it cannot become 360: `org=李四 150`, `org=张三 240`
            hint: raise the total, or release one of the holds
        "#]],
    );
}

#[test]
fn holds_that_cross_both_stand() {
    let open = "total 1200; decompose region by weight; decompose time.month; hold month=2026-01";
    check(
        GRID,
        &format!("{open}; set region=华东 to 990"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1290      400      445      445
            华东   990      300      345      345
            华南   300      100      100      100
        "#]],
    );
    check(
        GRID,
        &format!("{open}; hold region=华东; set * to 1500"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1500      400      550      550
            华东   900      240      330      330
            华南   600      160      220      220
        "#]],
    );
    check(
        GRID,
        &format!("{open}; hold region=华东; set region=华东, month=2026-01 to 350"),
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1200      400      400      400
            华东   900      350      275      275
            华南   300       50      125      125
        "#]],
    );
    check(
        GRID,
        &format!("{open}; set region=华东 to 200"),
        expect![[r#"
            holds_exceed_total: step 5: the total 200 of region=华东 is less than the held 300: `month=2026-01 400`
            hint: raise the total, or release one of the holds
        "#]],
    );
}

#[test]
fn a_hold_stated_early_takes_effect_when_its_place_appears() {
    check(
        REGIONS,
        "total 600; hold region=华南 at 300; decompose region by weight",
        expect![[r#"
                  全部
            全部   600
            华东   225
            华南   300
            华北    75
        "#]],
    );
    check(
        REGIONS,
        "total 600; hold region=华南 at 700; decompose region by weight",
        expect![[r#"
            holds_exceed_total: step 3: the total 600 of * is less than the held 700: `region=华南 700`
            hint: raise the total, or release one of the holds
        "#]],
    );
    check(
        REGIONS,
        "total 600; hold region=华南; decompose region by weight",
        expect![[r#"
            place_not_decomposed: step 2: region=华南 has not been decomposed yet (axis `region`)
            hint: add a `decompose` step that brings the axis to that level first
        "#]],
    );
    check(
        GRID,
        "total 1200; hold region=华东, month=2026-02 at 600; decompose region by weight; decompose time.month",
        expect![[r#"
                  全部  2026-01  2026-02  2026-03
            全部  1200      250      700      250
            华东   900      150      600      150
            华南   300      100      100      100
        "#]],
    );
    check(
        ORG,
        "total 600; hold org=李四 at 150; hold org=华南 at 240; decompose org.person by weight",
        expect![[r#"
                  全部
            全部   600
            华东   360
            张三   210
            李四   150
            华南   240
            王五   120
            赵六   120
        "#]],
    );
}

#[test]
fn a_hold_on_a_day_takes_effect_below_the_months() {
    let plan = "time: 2026-03 by month day";
    let steps = "total 37800; hold day=2026-03-06 at 5000; decompose time.day by calendar";
    check(
        plan,
        steps,
        expect![[r#"
               全部  2026-03-01  2026-03-02  2026-03-03  2026-03-04  2026-03-05  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10  2026-03-11  2026-03-12  2026-03-13  2026-03-14  2026-03-15  2026-03-16  2026-03-17  2026-03-18  2026-03-19  2026-03-20  2026-03-21  2026-03-22  2026-03-23  2026-03-24  2026-03-25  2026-03-26  2026-03-27  2026-03-28  2026-03-29  2026-03-30  2026-03-31
        全部  37800        1613         896         896         896         896        5000        1345        1613         896         896         896         896        1076        1345        1613         896         896         896         896        1076        1345        1613         896         896         896         896        1076        1344        1613         896         896
    "#]],
    );
    let steps = "total 37800; bound day=2026-03-08 ..1000; decompose time.day by calendar";
    check(
        plan,
        steps,
        expect![[r#"
               全部  2026-03-01  2026-03-02  2026-03-03  2026-03-04  2026-03-05  2026-03-06  2026-03-07  2026-03-08  2026-03-09  2026-03-10  2026-03-11  2026-03-12  2026-03-13  2026-03-14  2026-03-15  2026-03-16  2026-03-17  2026-03-18  2026-03-19  2026-03-20  2026-03-21  2026-03-22  2026-03-23  2026-03-24  2026-03-25  2026-03-26  2026-03-27  2026-03-28  2026-03-29  2026-03-30  2026-03-31
        全部  37800        1840        1022        1022        1022        1022        1227        1534        1000        1022        1022        1022        1022        1227        1534        1840        1022        1022        1022        1022        1227        1534        1840        1022        1022        1022        1022        1227        1534        1840        1022        1022
    "#]],
    );
}

#[test]
fn a_repeated_decomposition_keeps_holds() {
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华北; decompose region"),
        expect![[r#"
                  全部
            全部   600
            华东   250
            华南   250
            华北   100
        "#]],
    );
}

#[test]
fn an_expired_hold_no_longer_binds() {
    let late = "region: 华东 3, 华南 2, 华北 1 | today 2026-05-01";
    let held = format!("{OPEN}; hold region=华东 until 2026-04-30");
    check(
        late,
        &format!("{held}; set region=华东 to 310"),
        expect![[r#"
                  全部
            全部   610
            华东   310
            华南   200
            华北   100
        "#]],
    );
    check(
        late,
        &format!("{held}; set * to 120"),
        expect![[r#"
              全部
        全部   120
        华东    60
        华南    40
        华北    20
    "#]],
    );
    check(
        REGIONS,
        &format!("{held}; set region=华东 to 310"),
        expect![[r#"
            place_held: step 4: region=华东 is held by 王芳 (新店开业)
            hint: release the hold first
        "#]],
    );
}

#[test]
fn caps_and_floors_are_met_and_the_rest_is_shared() {
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 ..330; set * to 720"),
        expect![[r#"
                  全部
            全部   720
            华东   330
            华南   260
            华北   130
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华北 90..; set * to 480"),
        expect![[r#"
                  全部
            全部   480
            华东   234
            华南   156
            华北    90
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 ..240"),
        expect![[r#"
                  全部
            全部   600
            华东   240
            华南   240
            华北   120
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 ..240; bound region=华东 ..; set * to 1200"),
        expect![[r#"
                  全部
            全部  1200
            华东   480
            华南   480
            华北   240
        "#]],
    );
}

#[test]
fn limits_that_cannot_be_met_name_themselves_and_the_nearest_total() {
    let caps = "bound region=华东 ..330; bound region=华南 ..250; bound region=华北 ..120";
    check(
        REGIONS,
        &format!("{OPEN}; {caps}; set * to 720"),
        expect![[r#"
            bounds_clash: step 6: 720 for * cannot meet its floors and caps, the nearest possible total is 700: `region=华东 …–330`, `region=华南 …–250`, `region=华北 …–120`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    let floors = "bound region=华东 250..; bound region=华南 150..";
    check(
        REGIONS,
        &format!("{OPEN}; {floors}; set * to 300"),
        expect![[r#"
            bounds_clash: step 5: 300 for * cannot meet its floors and caps, the nearest possible total is 400: `region=华东 250–…`, `region=华南 150–…`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 300..200"),
        expect![[r#"
            floor_above_cap: step 3: the floor 300 of region=华东 is above its cap 200
            hint: lower the floor, or raise the cap
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 -5.."),
        expect![[r#"
            target_negative: step 3: region=华东 would become negative: -5
            hint: a target is zero or more; take away less
        "#]],
    );
}

#[test]
fn a_hold_beyond_a_limit_is_refused_whichever_came_first() {
    check(
        REGIONS,
        &format!("{OPEN}; bound region=华东 ..310; hold region=华东 at 320"),
        expect![[r#"
            bounds_clash: step 4: 320 for region=华东 cannot meet its floors and caps, the nearest possible total is 310: `region=华东 …–310`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    check(
        REGIONS,
        &format!("{OPEN}; hold region=华东 at 320; bound region=华东 ..310"),
        expect![[r#"
            bounds_clash: step 4: 320 for region=华东 cannot meet its floors and caps, the nearest possible total is 310: `region=华东 …–310`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
}

#[test]
fn a_leaf_below_a_capped_parent_is_refused_with_the_cap() {
    let open = "total 600; decompose org.person by weight; bound org=华东 ..400";
    check(
        ORG,
        &format!("{open}; set org=张三 to 300"),
        expect![[r#"
            bounds_clash: step 4: 420 for org=华东 cannot meet its floors and caps, the nearest possible total is 400: `org=华东 …–400`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    check(
        ORG,
        &format!("{open}; set org=张三 to 260"),
        expect![[r#"
              全部
        全部   620
        华东   380
        张三   260
        李四   120
        华南   240
        王五   120
        赵六   120
    "#]],
    );
    check(
        ORG,
        &format!("{open}; set org=张三 to 300 keep org"),
        expect![[r#"
                  全部
            全部   600
            华东   360
            张三   300
            李四    60
            华南   240
            王五   120
            赵六   120
        "#]],
    );
}

#[test]
fn limits_nest() {
    let open = "total 600; decompose org.person by weight; bound org=华东 ..400; hold org=张三";
    check(
        ORG,
        &format!("{open}; set * to 1000"),
        expect![[r#"
              全部
        全部  1000
        华东   400
        张三   240
        李四   160
        华南   600
        王五   300
        赵六   300
    "#]],
    );
    check(
        ORG,
        &format!("{open}; bound org=华南 ..300; set * to 1000"),
        expect![[r#"
            bounds_clash: step 6: 1000 for * cannot meet its floors and caps, the nearest possible total is 700: `org=张三 240`, `org=华东 …–400`, `org=华南 …–300`
            hint: loosen one of these limits, or take the nearest possible total
        "#]],
    );
    let floors =
        "total 600; decompose org.person by weight; bound org=华东 100..; bound org=李四 90..";
    check(
        ORG,
        &format!("{floors}; hold org=王五; set * to 250"),
        expect![[r#"
                  全部
            全部   250
            华东   100
            张三    10
            李四    90
            华南   150
            王五   120
            赵六    30
        "#]],
    );
}
