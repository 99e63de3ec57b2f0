//! How a chart looks: language, theme, width and unit, and the colours of a theme. Draws nothing.

use fenjie_message::Lang;
use fenjie_money::DisplayUnit;

/// Light or dark ground.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Ink on white.
    #[default]
    Light,
    /// Light ink on near black.
    Dark,
}

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Look {
    /// The language of every word on it.
    pub lang: Lang,
    /// Light or dark.
    pub theme: Theme,
    /// Width in pixels, kept within [`Look::NARROWEST`] and [`Look::WIDEST`]; the height follows
    /// from what there is to draw.
    pub width: u32,
    /// The unit of amounts; none takes the unit that suits the largest amount: 元, 万 or 亿 in
    /// Chinese, thousands, millions or billions in English.
    pub unit: Option<DisplayUnit>,
}

impl Default for Look {
    fn default() -> Self {
        Look {
            lang: Lang::default(),
            theme: Theme::default(),
            width: 760,
            unit: None,
        }
    }
}

impl Look {
    /// The narrowest chart, in pixels: a phone.
    pub const NARROWEST: u32 = 320;
    /// The widest chart, in pixels.
    pub const WIDEST: u32 = 4000;

    /// The width as it is drawn.
    pub(crate) fn pixels(&self) -> f64 {
        f64::from(self.width.clamp(Look::NARROWEST, Look::WIDEST))
    }

    /// The colours of the theme.
    pub(crate) fn palette(&self) -> &'static Palette {
        match self.theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// The text of the chart's language.
    pub(crate) fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// The colours of one theme. All texts reach a contrast of 4.5 on the surface.
pub(crate) struct Palette {
    pub(crate) surface: &'static str,
    pub(crate) ink: &'static str,
    pub(crate) muted: &'static str,
    pub(crate) grid: &'static str,
    pub(crate) axis: &'static str,
    /// The ground of a bar.
    pub(crate) track: &'static str,
    pub(crate) accent: &'static str,
    /// Added to and taken from, in a bridge.
    pub(crate) up: &'static str,
    pub(crate) down: &'static str,
    pub(crate) good: Pair,
    pub(crate) warn: Pair,
    pub(crate) bad: Pair,
    pub(crate) neutral: Pair,
    /// The parts of a whole, the last for what is left, and what is written on them.
    pub(crate) parts: &'static [&'static str; 9],
    pub(crate) on_parts: &'static str,
    /// From 70 % over 100 % to 130 %, evenly.
    pub(crate) heat: [[u8; 3]; 5],
}

/// Ink on its own ground, for a badge.
pub(crate) struct Pair {
    pub(crate) ink: &'static str,
    pub(crate) ground: &'static str,
}

static LIGHT: Palette = Palette {
    surface: "#ffffff",
    ink: "#1c1d1f",
    muted: "#63666a",
    grid: "#e7e7e3",
    axis: "#8b8e92",
    track: "#f1f1ee",
    accent: "#2f4bb8",
    up: "#2f6cc0",
    down: "#a85614",
    good: Pair {
        ink: "#0b6b4b",
        ground: "#dcf2e8",
    },
    warn: Pair {
        ink: "#8a5200",
        ground: "#fdedcf",
    },
    bad: Pair {
        ink: "#b3261e",
        ground: "#fbe1de",
    },
    neutral: Pair {
        ink: "#5a5d61",
        ground: "#ededea",
    },
    parts: &[
        "#2f4bb8", "#1f7a8c", "#7b55ad", "#a4580f", "#3d6f9e", "#96446f", "#4d7434", "#6f5f22",
        "#63666a",
    ],
    on_parts: "#ffffff",
    heat: [
        [163, 78, 12],
        [222, 155, 92],
        [220, 220, 215],
        [127, 164, 220],
        [29, 75, 159],
    ],
};

static DARK: Palette = Palette {
    surface: "#1b1d20",
    ink: "#eceded",
    muted: "#a9acb1",
    grid: "#303338",
    axis: "#787c82",
    track: "#282b2f",
    accent: "#8ea5ff",
    up: "#7fb0f5",
    down: "#e59a57",
    good: Pair {
        ink: "#74d8ab",
        ground: "#17362a",
    },
    warn: Pair {
        ink: "#f1bd63",
        ground: "#3a2d12",
    },
    bad: Pair {
        ink: "#ff9d93",
        ground: "#43201d",
    },
    neutral: Pair {
        ink: "#b4b7bb",
        ground: "#303338",
    },
    parts: &[
        "#8ea5ff", "#69c3d3", "#c3a4ee", "#e9a566", "#8fbbe6", "#e29dc0", "#a3ca84", "#d3c27a",
        "#a9acb1",
    ],
    on_parts: "#131416",
    heat: [
        [240, 148, 66],
        [160, 100, 52],
        [62, 65, 70],
        [72, 107, 176],
        [130, 172, 255],
    ],
};

impl Palette {
    /// What can be read on the colour of an attainment: black or white.
    pub(crate) fn on_heat(&self, per_mille: i64) -> &'static str {
        let color = self.heat_of(per_mille);
        let part = |at: usize| u32::from_str_radix(&color[at..at + 2], 16).expect("two digits");
        // The share of each colour in what the eye takes for brightness, in per mille.
        let bright = 299 * part(1) + 587 * part(3) + 114 * part(5);
        if bright > 115_000 {
            "#131416"
        } else {
            "#ffffff"
        }
    }

    /// The colour of an attainment in per mille, clamped to 70 % and 130 %.
    pub(crate) fn heat_of(&self, per_mille: i64) -> String {
        let place = per_mille.clamp(700, 1300) - 700;
        let at = usize::try_from(place / 150).expect("clamped").min(3);
        let part = place - 150 * i64::try_from(at).expect("at most 3");
        let mix = |from: u8, to: u8| {
            let (from, to) = (i64::from(from), i64::from(to));
            from + (to - from) * part / 150
        };
        let (from, to) = (self.heat[at], self.heat[at + 1]);
        format!(
            "#{:02x}{:02x}{:02x}",
            mix(from[0], to[0]),
            mix(from[1], to[1]),
            mix(from[2], to[2])
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: &str) -> f64 {
        let part = |at: usize| {
            let value = u8::from_str_radix(&color[at..at + 2], 16).unwrap();
            let value = f64::from(value) / 255.0;
            if value <= 0.03928 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_its_ground() {
        for palette in [&LIGHT, &DARK] {
            for ink in [
                palette.ink,
                palette.muted,
                palette.accent,
                palette.up,
                palette.down,
            ] {
                assert!(contrast(ink, palette.surface) >= 4.5, "{ink}");
            }
            for ground in palette.parts {
                assert!(contrast(palette.on_parts, ground) >= 4.5, "{ground}");
            }
            for pair in [&palette.good, &palette.warn, &palette.bad, &palette.neutral] {
                assert!(contrast(pair.ink, pair.ground) >= 4.5, "{}", pair.ink);
                assert!(contrast(pair.ink, palette.surface) >= 4.5, "{}", pair.ink);
            }
        }
    }

    #[test]
    fn days_can_be_read_on_every_heat() {
        for palette in [&LIGHT, &DARK] {
            for reached in (700..=1300).step_by(10) {
                let ground = palette.heat_of(reached);
                let ink = palette.on_heat(reached);
                assert!(
                    contrast(ink, &ground) >= 4.0,
                    "{reached}: {ink} on {ground}"
                );
            }
        }
    }

    #[test]
    fn heat_runs_from_orange_over_grey_to_blue_and_is_clamped() {
        assert_eq!(LIGHT.heat_of(1000), "#dcdcd7");
        assert_eq!(LIGHT.heat_of(700), "#a34e0c");
        assert_eq!(LIGHT.heat_of(-5000), "#a34e0c");
        assert_eq!(LIGHT.heat_of(1300), "#1d4b9f");
        assert_eq!(LIGHT.heat_of(i64::MAX), "#1d4b9f");
        assert_eq!(LIGHT.heat_of(850), "#de9b5c");
    }
}
