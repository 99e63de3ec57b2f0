//! Amounts as people write them, in and out. Tables only.

use fenjie_message::{Lang, Message};
use fenjie_money::{DisplayUnit, Step};

fn read(text: &str) -> String {
    match Step::cent().parse_amount(text) {
        Ok(count) => Step::cent().format(count),
        Err(error) => error.code().into(),
    }
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (text, want) in [
        ("10000000.00", "10000000.00"),
        ("1,000万", "10000000.00"),
        ("1000 万元", "10000000.00"),
        ("46.147万", "461470.00"),
        ("1.2亿", "120000000.00"),
        ("3万亿", "3000000000000.00"),
        ("1千万", "10000000.00"),
        ("2百万", "2000000.00"),
        ("5千", "5000.00"),
        ("1亿2000万", "120000000.00"),
        ("1亿2,000.5万", "120005000.00"),
        ("1亿2000万500元", "120000500.00"),
        ("3万5千", "35000.00"),
        ("￥1,200", "1200.00"),
        ("¥ 1,200.5", "1200.50"),
        ("人民币1,200元整", "1200.00"),
        ("RMB 1200", "1200.00"),
        ("-5万", "-50000.00"),
        ("−5万", "-50000.00"),
        ("￥-5", "-5.00"),
        ("-￥5", "-5.00"),
        ("5-", "-5.00"),
        ("５．２５－", "-5.25"),
        ("+5", "5.00"),
        ("(1,200.00)", "-1200.00"),
        ("（1,200.00）", "-1200.00"),
        ("(￥1,200.00)", "-1200.00"),
        ("１２３，４５６．７８", "123456.78"),
        ("1000,0000", "10000000.00"),
        ("1e7", "10000000.00"),
        ("1.5E+3", "1500.00"),
        ("　12　", "12.00"),
        (".5", "0.50"),
        ("-0", "0.00"),
        (
            "0.10000000000000000000000000000000000000000000000000",
            "0.10",
        ),
        ("92233720368547758.07", "92233720368547758.07"),
        ("-92233720368547758.08", "-92233720368547758.08"),
    ] {
        assert_eq!(read(text), want, "`{text}`");
    }
}

#[test]
fn what_is_no_amount_is_refused_with_its_reason() {
    for (text, want) in [
        ("", "amount_empty"),
        (" 　", "amount_empty"),
        ("abc", "amount_invalid"),
        ("10,00", "amount_invalid"),
        ("1,00,000", "amount_invalid"),
        (",100", "amount_invalid"),
        ("1 200", "amount_invalid"),
        ("1.2.3", "amount_invalid"),
        ("--5", "amount_invalid"),
        ("(-5)", "amount_invalid"),
        ("-5-", "amount_invalid"),
        ("(5", "amount_invalid"),
        ("万", "amount_invalid"),
        ("3万5", "amount_invalid"),
        ("2千3万", "amount_invalid"),
        ("1.2亿2万", "amount_invalid"),
        ("1亿20000万", "amount_invalid"),
        ("3万12000元", "amount_invalid"),
        ("1十", "amount_invalid"),
        ("5%", "amount_invalid"),
        ("$5", "amount_invalid"),
        ("=1+1", "amount_invalid"),
        ("NaN", "amount_not_finite"),
        ("-inf", "amount_not_finite"),
        ("Infinity", "amount_not_finite"),
        ("0.005", "amount_not_multiple"),
        ("0.0000001万", "amount_not_multiple"),
        ("92233720368547758.08", "amount_out_of_range"),
        ("1e300", "amount_out_of_range"),
        (
            "99999999999999999999999999999999999999999999",
            "amount_out_of_range",
        ),
        ("1e-300", "amount_not_multiple"),
        ("1e99999", "amount_too_long"),
    ] {
        assert_eq!(read(text), want, "`{text}`");
    }
    assert_eq!(read(&"1".repeat(401)), "amount_too_long");
}

#[test]
fn the_two_nearest_values_are_named() {
    let error = |step: &str, text: &str| {
        Step::parse(step)
            .unwrap()
            .parse_amount(text)
            .unwrap_err()
            .text(Lang::En)
    };
    assert!(error("100", "61350").ends_with("the nearest are 61300 and 61400"));
    assert!(error("0.01", "-0.001").ends_with("the nearest are -0.01 and 0.00"));
    assert!(error("0.5", "0.7").ends_with("the nearest are 0.5 and 1.0"));
    let zh = Step::one().parse_amount("1.5").unwrap_err().text(Lang::Zh);
    assert_eq!(zh, "`1.5` 不是最小单位 1 的整数倍，最接近的是 1 和 2");
}

#[test]
fn reading_what_was_written_gives_the_count_back() {
    for step in ["0.01", "1", "100", "100.00", "0.5", "0.000001"] {
        let step = Step::parse(step).unwrap();
        for count in [0, 1, -1, 7, 99, -12_345, 1 << 40, i64::MAX, i64::MIN] {
            assert_eq!(step.parse_amount(&step.format(count)), Ok(count));
            for unit in [DisplayUnit::One, DisplayUnit::Wan, DisplayUnit::Yi] {
                assert_eq!(
                    step.parse_amount(&step.format_grouped(count, unit)),
                    Ok(count)
                );
            }
        }
    }
}
