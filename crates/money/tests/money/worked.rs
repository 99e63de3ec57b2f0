//! The figures worked out in the rules, as tables.

use fenjie_money::{
    Policy, Step, Weights, ZeroBasis, allocate, allocate_explained, allocate_stepped, allocate_text,
};

fn check(total: i64, weights: &[u64], policy: &str, want: &[i64]) {
    let weights = Weights::from_u64(weights.to_vec());
    let policy = Policy::parse(policy).expect("the tables name known policies");
    assert_eq!(
        allocate(total, &weights, policy),
        want,
        "{total} {weights:?} {policy:?}"
    );
    let mirrored: Vec<i64> = want.iter().map(|part| -part).collect();
    assert_eq!(allocate(-total, &weights, policy), mirrored, "−{total}");
    let amounts: Vec<i64> = allocate_explained(total, &weights, policy)
        .iter()
        .map(|part| part.amount)
        .collect();
    assert_eq!(amounts, want, "explained {total}");
}

#[test]
fn the_year_over_twelve_equal_months() {
    let cent = Step::cent();
    let year = cent.parse_amount("10,000,000.00").unwrap();
    let months = allocate(year, &Weights::equal(12), Policy::LargestRemainder);
    let texts: Vec<String> = months.iter().map(|&part| cent.format(part)).collect();
    assert_eq!(texts[..4], ["833333.34"; 4]);
    assert_eq!(texts[4..], ["833333.33"; 8]);
    assert_eq!(months.iter().sum::<i64>(), year);
}

#[test]
fn tables_of_the_rules() {
    let lr = "largest_remainder";
    check(
        61_300,
        &[98, 92, 98, 123, 102, 92],
        lr,
        &[9_929, 9_322, 9_929, 12_463, 10_335, 9_322],
    );
    check(12_000, &[33_333, 66_667], lr, &[4_000, 8_000]);
    check(2, &[6, 6, 8], lr, &[1, 0, 1]);
    // A week of 85,000.00 from Friday.
    check(
        8_500_000,
        &[12, 15, 18, 10, 10, 10, 10],
        lr,
        &[
            1_200_000, 1_500_000, 1_800_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000,
        ],
    );
    // 100,000.00 over the same week.
    check(
        10_000_000,
        &[12, 15, 18, 10, 10, 10, 10],
        lr,
        &[
            1_411_765, 1_764_706, 2_117_647, 1_176_471, 1_176_471, 1_176_470, 1_176_470,
        ],
    );
    // March 2026 in pieces from Friday to Thursday.
    check(
        83_333_334,
        &[58, 85, 85, 85, 65],
        lr,
        &[12_786_597, 18_738_977, 18_738_977, 18_738_977, 14_329_806],
    );
    // 5,209 leads for five people.
    check(5_209, &[1; 5], lr, &[1_042, 1_042, 1_042, 1_042, 1_041]);
}

#[test]
fn every_policy_gives_its_member_all_left_over_steps() {
    check(11, &[0, 1, 1, 2, 0], "first", &[0, 4, 2, 5, 0]);
    check(11, &[0, 1, 1, 2, 0], "last", &[0, 2, 2, 7, 0]);
    check(11, &[0, 1, 2, 2, 0], "largest", &[0, 2, 5, 4, 0]);
    check(11, &[0, 1, 1, 2, 0], "member:2", &[0, 2, 4, 5, 0]);
    check(11, &[0, 1, 1, 2, 0], "largest_remainder", &[0, 3, 3, 5, 0]);
    // A member without weight gets nothing, whatever the policy says.
    check(11, &[0, 1, 1, 2, 0], "member:0", &[0, 3, 3, 5, 0]);
    check(11, &[0, 1, 1, 2, 0], "member:9", &[0, 3, 3, 5, 0]);
}

#[test]
fn all_zero_weights_are_equal_or_refused() {
    check(10, &[0, 0, 0], "largest_remainder", &[4, 3, 3]);
    check(11, &[0, 0, 0], "first", &[5, 3, 3]);
    check(11, &[0, 0, 0], "last", &[3, 3, 5]);
    check(11, &[0, 0, 0], "largest", &[5, 3, 3]);
    check(11, &[0, 0, 0], "member:1", &[3, 5, 3]);
    let refused = Weights::from_u64(vec![0, 0])
        .with_zero_basis(ZeroBasis::Refuse)
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "all weights are zero [weights_all_zero]"
    );
    let (kept, became_equal) = Weights::from_u64(vec![0, 1])
        .with_zero_basis(ZeroBasis::Refuse)
        .unwrap();
    assert_eq!((kept.sum_text(), became_equal), ("1".into(), false));
}

#[test]
fn the_ends_of_the_range() {
    check(i64::MAX, &[1], "largest_remainder", &[i64::MAX]);
    check(
        i64::MAX,
        &[u64::MAX, u64::MAX],
        "largest_remainder",
        &[i64::MAX / 2 + 1, i64::MAX / 2],
    );
    for policy in [Policy::LargestRemainder, Policy::First, Policy::Last] {
        let one = allocate(i64::MIN, &Weights::from_u64(vec![7, 0]), policy);
        assert_eq!(one, [i64::MIN, 0]);
        let big = Weights::from_u128(vec![u128::MAX, 0]);
        assert_eq!(allocate(i64::MIN, &big, policy), [i64::MIN, 0]);
    }
    assert!(allocate(0, &Weights::equal(0), Policy::First).is_empty());
    assert_eq!(allocate(0, &Weights::equal(2), Policy::First), [0, 0]);
}

#[test]
fn whole_hundreds() {
    let weights = Weights::from_u64(vec![98, 92, 98, 123, 102, 92]);
    let stepped = allocate_stepped(61_350, &weights, Policy::LargestRemainder, 100);
    assert_eq!(stepped.parts.iter().sum::<i64>(), 61_350);
    assert_eq!(stepped.rest, 50);
    let taker = stepped.rest_member.unwrap();
    for (i, part) in stepped.parts.iter().enumerate() {
        assert_eq!(part % 100, if i == taker { 50 } else { 0 });
    }
}

#[test]
fn reasons_name_the_fraction_and_the_rank() {
    let weights = Weights::from_u64(vec![6, 6, 8]);
    let parts = allocate_explained(2, &weights, Policy::LargestRemainder);
    let row = |i: usize| {
        let part = &parts[i];
        (
            part.floor,
            part.remainder.as_str(),
            part.rank,
            part.got_unit,
        )
    };
    assert_eq!(row(0), (0, "3/5", 2, true));
    assert_eq!(row(1), (0, "3/5", 3, false));
    assert_eq!(row(2), (0, "4/5", 1, true));
}

#[test]
fn the_brief_in_texts() {
    let done = allocate_text("1,000万", &["1"; 12], "largest_remainder", "0.01").unwrap();
    assert_eq!(
        (done.parts[3].as_str(), done.parts[4].as_str()),
        ("833333.34", "833333.33")
    );
    assert!(!done.became_equal);
}
