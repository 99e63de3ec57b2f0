//! Amounts as a chart writes them: one unit for the whole picture, chosen by the largest amount.

use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};

use crate::Look;

/// How one picture writes its amounts: the step they are counted in and the unit they are shown in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amounts {
    step: Step,
    /// Decimal places that the unit moves the point.
    places: u32,
    suffix: &'static str,
    /// Decimals of texts: two, or three where even the largest has one digit before them.
    shown: u32,
    lang: Lang,
}

impl Amounts {
    /// The unit of the look, or the one that suits the largest of these amounts.
    pub(crate) fn new(step: Step, look: &Look, amounts: impl Iterator<Item = i128>) -> Self {
        let largest = amounts.map(i128::unsigned_abs).max().unwrap_or(0);
        let (places, suffix) = match look.unit {
            Some(unit) => (unit.places(), unit.suffix()),
            None => suitable(look.lang, largest, step),
        };
        let minor = largest.saturating_mul(u128::from(step.units()));
        let few = places > 0 && minor < ten(step.decimals() + places + 1).unsigned_abs();
        Amounts {
            step,
            places,
            suffix,
            shown: if few { 3 } else { 2 },
            lang: look.lang,
        }
    }

    /// The amount with its unit, rounded to what a picture needs: `1,068万`, `575.84万`.
    pub(crate) fn text(&self, count: i128) -> String {
        self.rounded(count) + self.suffix
    }

    /// The amount for a column whose unit stands above it, with all decimals: `1,068.00`.
    pub(crate) fn column(&self, count: i128) -> String {
        self.decimals(count)
    }

    /// As [`Amounts::text`], with a sign before gains too.
    pub(crate) fn signed(&self, count: i128) -> String {
        let sign = if count > 0 { "+" } else { "" };
        sign.to_owned() + &self.text(count)
    }

    /// The amount exactly, in 元: what one sees when pointing.
    pub(crate) fn exact(&self, count: i128) -> String {
        match i64::try_from(count) {
            Ok(count) => self.step.format_grouped(count, DisplayUnit::One),
            Err(_) => self.text(count),
        }
    }

    /// A tick, in minor units, all of them multiples of ten to the power: `1,200`.
    pub(crate) fn tick(&self, minor: i128, power: u32) -> String {
        let have = self.step.decimals() + self.places;
        let decimals = have.saturating_sub(power).min(Step::MOST_DECIMALS);
        let whole = minor / ten(have - decimals);
        match (i64::try_from(whole), Step::power(decimals)) {
            (Ok(count), Some(step)) => step.format_grouped(count, DisplayUnit::One),
            _ => scientific(whole, decimals),
        }
    }

    /// Minor units of a count: what ticks are made of.
    pub(crate) fn minor(&self, count: i128) -> i128 {
        count.saturating_mul(i128::from(self.step.units()))
    }

    /// One of the unit shown, in minor units: where an axis without amounts ends.
    pub(crate) fn whole(&self) -> i128 {
        ten(self.step.decimals() + self.places)
    }

    /// The unit with the measure's: `万元`, `M CNY`; empty where neither has a name.
    pub(crate) fn unit(&self, measure: &str) -> String {
        let measure = match (measure, self.lang) {
            ("CNY", Lang::Zh) => "元",
            (measure, _) => measure,
        };
        match self.lang {
            Lang::Zh => format!("{}{measure}", self.suffix),
            Lang::En => format!("{} {measure}", self.suffix).trim().to_owned(),
        }
    }

    fn rounded(&self, count: i128) -> String {
        let text = self.decimals(count);
        if text.contains('.') && !text.contains('e') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }

    /// With two or three decimals, or the step's where those are fewer.
    fn decimals(&self, count: i128) -> String {
        let minor = self.minor(count);
        let have = self.step.decimals() + self.places;
        let decimals = have.min(self.shown);
        let divisor = ten(have - decimals);
        let half = if minor < 0 { -divisor / 2 } else { divisor / 2 };
        let whole = minor.saturating_add(half) / divisor;
        let Ok(small) = i64::try_from(whole) else {
            return scientific(whole, decimals);
        };
        let step = Step::power(decimals).expect("at most three decimals");
        step.format_grouped(small, DisplayUnit::One)
    }
}

fn suitable(lang: Lang, largest: u128, step: Step) -> (u32, &'static str) {
    let minor = largest.saturating_mul(u128::from(step.units()));
    let reaches = |places: u32| minor >= ten(step.decimals() + places).unsigned_abs();
    match lang {
        Lang::Zh => match () {
            // Below 10 亿 people count in 万, below 10 万 in 元.
            () if reaches(DisplayUnit::Yi.places() + 1) => (DisplayUnit::Yi.places(), "亿"),
            () if reaches(DisplayUnit::Wan.places() + 1) => (DisplayUnit::Wan.places(), "万"),
            () => (0, ""),
        },
        Lang::En => match () {
            () if reaches(9) => (9, "bn"),
            () if reaches(6) => (6, "M"),
            () if reaches(4) => (3, "k"),
            () => (0, ""),
        },
    }
}

/// Amounts beyond any sum of money: `9.2e27`.
fn scientific(whole: i128, decimals: u32) -> String {
    let value = whole as f64 / 10f64.powi(i32::try_from(decimals).expect("few"));
    format!("{value:.1e}")
}

fn ten(power: u32) -> i128 {
    10i128.pow(power.min(38))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lang: Lang, unit: Option<DisplayUnit>, largest: i128) -> Amounts {
        let look = Look {
            lang,
            unit,
            ..Look::default()
        };
        Amounts::new(Step::cent(), &look, [largest].into_iter())
    }

    #[test]
    fn the_unit_suits_the_largest_amount() {
        let check = |lang, largest, want: &str| {
            assert_eq!(of(lang, None, largest).text(largest), want);
        };
        check(Lang::Zh, 9_999_999, "99,999.99");
        check(Lang::Zh, 10_000_000, "10万");
        check(Lang::Zh, 575_841_234, "575.84万");
        check(Lang::Zh, 12_000_000_000, "12,000万");
        check(Lang::Zh, -123_456_000_000, "-12.35亿");
        check(Lang::En, 999_999, "9,999.99");
        check(Lang::En, 1_068_000_000, "10.68M");
        check(Lang::En, 572_640_000, "5.726M");
        check(Lang::En, 35_260_000, "352.6k");
        check(Lang::En, 0, "0");
    }

    #[test]
    fn columns_keep_their_decimals_and_texts_do_not() {
        let wan = of(Lang::Zh, None, 141_040_000);
        assert_eq!(
            [wan.column(71_800_000), wan.text(71_800_000)],
            ["71.80", "71.8万"]
        );
        assert_eq!(
            [wan.signed(5_000_000), wan.signed(-5_000_000)],
            ["+5万", "-5万"]
        );
        assert_eq!(wan.signed(0), "0万");
        assert_eq!(wan.exact(71_812_345), "718,123.45");
        assert_eq!(
            of(Lang::Zh, Some(DisplayUnit::Wan), 5_000_000).text(3_841_000),
            "3.841万"
        );
    }

    #[test]
    fn ticks_have_the_decimals_they_need() {
        let wan = of(Lang::Zh, Some(DisplayUnit::Wan), 0);
        assert_eq!(wan.tick(1_200_000_000, 8), "1,200");
        assert_eq!(wan.tick(500_000, 5), "0.5");
        assert_eq!(wan.tick(-2_000_000, 6), "-2");
        assert_eq!(wan.tick(0, 6), "0");
        assert_eq!(of(Lang::En, None, 0).tick(50, 1), "0.5");
    }

    #[test]
    fn units_are_named_with_the_measure() {
        assert_eq!(of(Lang::Zh, None, 10_000_000).unit("CNY"), "万元");
        assert_eq!(of(Lang::Zh, None, 0).unit("件"), "件");
        assert_eq!(of(Lang::En, None, 100_000_000).unit("CNY"), "M CNY");
        assert_eq!(of(Lang::En, None, 0).unit(""), "");
    }

    #[test]
    fn the_largest_amounts_are_written_too() {
        let huge = Step::parse("999999999999999999").unwrap();
        let look = Look::default();
        let most = i128::from(i64::MAX);
        let amounts = Amounts::new(huge, &look, [most].into_iter());
        assert_eq!(amounts.text(most), "9.2e28亿");
        let cents = Amounts::new(Step::cent(), &look, [most].into_iter());
        assert_eq!(cents.text(i128::from(i64::MIN)), "-922,337,203.69亿");
    }
}
