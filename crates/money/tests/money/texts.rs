//! The allocation of texts: codes, long numbers, coarse steps. Every error is stable.

use fenjie_message::{Lang, Message};
use fenjie_money::{Policy, TextAllocator, Weights, allocate_text};
use proptest::prelude::*;

fn check(total: &str, weights: &str, policy: &str, step: &str, want: &str) {
    let weights: Vec<&str> = if weights.is_empty() {
        vec![]
    } else {
        weights.split(' ').collect()
    };
    let got = match allocate_text(total, &weights, policy, step) {
        Ok(done) => {
            let mut text = done.parts.join(" ");
            if let Some(rest) = done.rest {
                text += &format!(" | {} to {}", rest.amount, rest.member);
            }
            text + if done.became_equal { " | equal" } else { "" }
        }
        Err(error) => error.code().into(),
    };
    assert_eq!(got, want, "{total} by {weights:?}, {policy}, {step}");
}

const LR: &str = "largest_remainder";

#[test]
fn texts_in_texts_out() {
    check("100.00", "1 1 1", LR, "0.01", "33.34 33.33 33.33");
    check("100", "1 1 1", LR, "1", "34 33 33");
    check("100.00", "1 1 1", LR, "1", "34 33 33");
    check("-100.00", "1 1 1", LR, "0.01", "-33.34 -33.33 -33.33");
    check("100.00", "1 1 1", "last", "0.01", "33.33 33.33 33.34");
    check("100.00", "1 1 1", "member:1", "0.01", "33.33 33.34 33.33");
    check(
        "61300",
        "98 92 98 123 102 92",
        LR,
        "1",
        "9929 9322 9929 12463 10335 9322",
    );
    check("1", "0.5 0.25 0.25", LR, "0.5", "0.5 0.5 0.0");
    check("10", "50% 30% 20%", LR, "1", "5 3 2");
    check("10", "1e-3 2e-3 1E-3", LR, "0.01", "2.50 5.00 2.50");
    check("0", "1 2", LR, "0.01", "0.00 0.00");
    check("10", "0 0 0.0", LR, "0.01", "3.34 3.33 3.33 | equal");
    check("1,000万", "1 1", LR, "100.00", "5000000.00 5000000.00");
}

#[test]
fn what_fills_no_step_goes_to_one_member() {
    check("1050", "1 1", LR, "100", "550 500 | 50 to 0");
    check("1050", "1 1", "last", "100", "500 550 | 50 to 1");
    check(
        "100.005",
        "1 1 1",
        LR,
        "0.01",
        "33.340 33.335 33.330 | 0.005 to 1",
    );
    check("-0.005", "1 3", LR, "0.01", "0.000 -0.005 | -0.005 to 1");
    check("10.3", "1 1", LR, "0.5", "5.3 5.0 | 0.3 to 0");
    check("50", "0 0", LR, "100", "50 0 | 50 to 0 | equal");
    check(
        "61,350.00",
        "98 92",
        LR,
        "100.00",
        "31650.00 29700.00 | 50.00 to 0",
    );
}

#[test]
fn long_and_huge_weights_are_exact() {
    let long = format!("0.{}1", "0".repeat(9_000));
    check("3", &format!("{long} {long} {long}"), LR, "1", "1 1 1");
    check("7", &format!("1 {long} 0"), LR, "1", "7 0 0");
    let wide = "9".repeat(38);
    check(
        "100.00",
        &format!("{wide} {wide} {wide}"),
        LR,
        "0.01",
        "33.34 33.33 33.33",
    );
    check("10", "1e5000 1e5000 1e-5000", LR, "1", "5 5 0");
}

#[test]
fn every_refusal_has_its_code() {
    check("1", "1", LR, "0", "step_invalid");
    check("1", "1", LR, "cent", "step_invalid");
    check("1", "1", "biggest", "1", "policy_unknown");
    check("1", "1 1", "member:2", "1", "policy_member_invalid");
    check("1", "1 0", "member:1", "1", "policy_member_invalid");
    check("abc", "1", LR, "1", "total_invalid");
    check("", "1", LR, "1", "total_invalid");
    check("NaN", "1", LR, "1", "total_invalid");
    check(
        "92233720368547758.08",
        "1",
        LR,
        "0.01",
        "total_out_of_range",
    );
    check("1e30", "1", LR, "0.01", "total_out_of_range");
    check(
        "0.1234567890123456789",
        "1",
        LR,
        "0.01",
        "total_out_of_range",
    );
    check("9223372036854775807.5", "1", LR, "1", "total_out_of_range");
    check("1", "", LR, "1", "weights_empty");
    check("1", "1 -1", LR, "1", "weight_negative");
    check("1", "1 -1e-400", LR, "1", "weight_negative");
    check("1", "1 NaN", LR, "1", "weight_not_finite");
    check("1", "1 -inf", LR, "1", "weight_not_finite");
    check("1", "Infinity 1", LR, "1", "weight_not_finite");
    check("1", "1 x", LR, "1", "weight_invalid");
    check("1", "1 1,5", LR, "1", "weight_invalid");
    check("1", "1 0x10", LR, "1", "weight_invalid");
    check("1", &"1".repeat(10_001), LR, "1", "weight_too_long");
    check("1", "1e10001", LR, "1", "weight_too_long");
    check("1", "1 -0 -0.0", LR, "1", "1 0 0");
}

#[test]
fn a_group_that_would_fill_the_memory_is_refused() {
    let mut weights = vec!["1"; 30_000];
    weights.push("1e-9999");
    let error = Weights::parse(&weights).unwrap_err();
    assert_eq!(
        error.to_string(),
        "weights[30000] is too long, 7 characters [weight_too_long]"
    );
}

#[test]
fn messages_name_the_place_in_both_languages() {
    let error = allocate_text("1", &["1", "二"], LR, "1").unwrap_err();
    assert_eq!(error.text(Lang::Zh), "weights[1] 的 `二` 不是数字");
    assert_eq!(
        error.text(Lang::En),
        "weights[1] is `二`, which is not a number"
    );
    let error = allocate_text("1", &["1"], "largset", "1").unwrap_err();
    assert!(
        error
            .hint(Lang::En)
            .unwrap()
            .starts_with("did you mean `largest`?")
    );
    let error = allocate_text("12x", &["1"], LR, "1").unwrap_err();
    assert_eq!(
        error.to_string(),
        "total: `12x` is not an amount [total_invalid]"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// The short way for plain weights, the thorough one (a plus sign leads there), and integers.
    #[test]
    fn both_ways_of_reading_agree(
        total in any::<i64>(),
        weights in prop::collection::vec((0u64..100_000_000, 0u32..6), 1..12),
        policy in prop_oneof![Just("largest_remainder"), Just("first"), Just("largest")],
    ) {
        let text = |&(digits, places): &(u64, u32)| {
            let (unit, places) = (10u64.pow(places), places as usize);
            match places {
                0 => format!("{digits}"),
                _ => format!("{}.{:0places$}", digits / unit, digits % unit),
            }
        };
        let plain: Vec<String> = weights.iter().map(text).collect();
        let signed: Vec<String> = plain.iter().map(|text| format!("+{text}")).collect();
        let whole: Vec<u64> =
            weights.iter().map(|&(digits, places)| digits * 10u64.pow(5 - places)).collect();
        let total_text = total.to_string();
        let mut allocator = TextAllocator::default();
        let short = allocator.allocate(&total_text, &plain, policy, "1").unwrap().counts().to_vec();
        let long = allocator.allocate(&total_text, &signed, policy, "1").unwrap().counts().to_vec();
        let policy = Policy::parse(policy).unwrap();
        let want = fenjie_money::allocate(total, &Weights::from_u64(whole), policy);
        prop_assert_eq!(&short, &want);
        prop_assert_eq!(&long, &want);
    }

    #[test]
    fn no_text_panics(
        total in "\\PC{0,12}", weight in "\\PC{0,8}",
        policy in "\\PC{0,8}", step in "[0-9.eE+-]{0,8}",
    ) {
        let _ = allocate_text(&total, &[&weight, "1"], &policy, &step);
        let _ = allocate_text(&total, &[&weight, "1"], "first", "0.01");
        let _ = allocate_text("1.5", &["1", "0"], "last", &step);
    }

    #[test]
    fn no_amount_panics(total in "[-+()0-9.,eE十百千万亿元¥￥ ，．－（）]{0,14}") {
        let _ = allocate_text(&total, &["1", "2"], "largest_remainder", "0.01");
    }
}
