//! Pictures as PNG, with the fonts of this machine. Refuses to draw boxes for characters.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{FontResolver, Options, Tree, fontdb};

use crate::{ChartError, Svg};

/// The most pixels on one side: 16,384 × 16,384 would be a gigabyte.
const MOST_PIXELS: u32 = 8192;

/// Sans-serif fonts with simplified Chinese characters, the usual ones first.
const CHINESE: [&str; 10] = [
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
];

impl Svg {
    /// The picture as PNG; a scale of 2 gives two pixels for each of the SVG.
    ///
    /// # Errors
    /// [`ChartError::ScaleInvalid`] where the image would be empty or more than 8,192 pixels on a
    /// side, [`ChartError::FontMissing`] where this machine has no font for some of the characters.
    ///
    /// ```
    /// use fenjie_chart::{Board, ChartError, Look, board};
    /// let svg = board(&Board::default(), &Look::default());
    /// match svg.to_png(2.0) {
    ///     Ok(png) => assert!(png.starts_with(b"\x89PNG")),
    ///     Err(error) => assert!(matches!(error, ChartError::FontMissing { .. })),
    /// }
    /// assert!(svg.to_png(0.0).is_err());
    /// ```
    pub fn to_png(&self, scale: f32) -> Result<Vec<u8>, ChartError> {
        self.render(scale, system_fonts())
    }

    fn render(&self, scale: f32, fonts: Arc<fontdb::Database>) -> Result<Vec<u8>, ChartError> {
        let wide = side(self.width, scale)?;
        let high = side(self.height, scale)?;
        let missing = Arc::new(Mutex::new(BTreeSet::new()));
        let options = Options {
            fontdb: fonts,
            font_resolver: resolver(&missing),
            ..Options::default()
        };
        if options.fontdb.is_empty() {
            return Err(no_font(
                &self.text.chars().filter(|c| !c.is_ascii()).collect(),
            ));
        }
        let tree = Tree::from_str(&self.text, &options).map_err(|error| unrenderable(&error))?;
        let missing = missing
            .lock()
            .expect("nobody panics while holding it")
            .clone();
        if !missing.is_empty() {
            return Err(no_font(&missing));
        }
        let mut pixels = Pixmap::new(wide, high).ok_or_else(|| invalid(scale))?;
        let transform = Transform::from_scale(scale, scale);
        resvg::render(&tree, transform, &mut pixels.as_mut());
        pixels.encode_png().map_err(|error| unrenderable(&error))
    }
}

fn side(length: f64, scale: f32) -> Result<u32, ChartError> {
    let pixels = (length * f64::from(scale)).round();
    if (1.0..=f64::from(MOST_PIXELS)).contains(&pixels) {
        Ok(pixels as u32)
    } else {
        Err(invalid(scale))
    }
}

/// Chooses fonts as usual, and notes every character that no font has.
fn resolver(missing: &Arc<Mutex<BTreeSet<char>>>) -> FontResolver<'static> {
    let usual_font = FontResolver::default_font_selector();
    let usual = FontResolver::default_fallback_selector();
    let missing = Arc::clone(missing);
    FontResolver {
        // One font for Latin and Chinese where there is one, so that characters do not come from
        // a font for another country. Any font is better than none.
        select_font: Box::new(move |font, fonts| {
            let chinese = fontdb::Query {
                families: &CHINESE.map(fontdb::Family::Name),
                weight: fontdb::Weight(font.weight()),
                ..fontdb::Query::default()
            };
            let any = |fonts: &fontdb::Database| fonts.faces().next().map(|face| face.id);
            let found = fonts.query(&chinese).or_else(|| usual_font(font, fonts));
            found.or_else(|| any(fonts))
        }),
        select_fallback: Box::new(move |c, used, fonts| {
            let found = usual(c, used, fonts);
            // A rare symbol may be a box; a letter or a Chinese character may not.
            if found.is_none() && c.is_alphanumeric() {
                missing
                    .lock()
                    .expect("nobody panics while holding it")
                    .insert(c);
            }
            found
        }),
    }
}

/// The fonts of this machine, read once.
fn system_fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

fn no_font(characters: &BTreeSet<char>) -> ChartError {
    ChartError::FontMissing {
        characters: characters.iter().take(10).collect(),
    }
}

fn invalid(scale: f32) -> ChartError {
    ChartError::ScaleInvalid {
        scale: scale.to_string(),
        most: MOST_PIXELS,
    }
}

fn unrenderable(error: &impl std::fmt::Display) -> ChartError {
    ChartError::Unrenderable {
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BurnUp, Look, burn_up};

    fn picture() -> Svg {
        let chart = BurnUp {
            title: "六月".into(),
            plan: vec![100, 200],
            actual: vec![90],
            ..BurnUp::default()
        };
        burn_up(&chart, &Look::default())
    }

    #[test]
    fn without_fonts_there_is_an_error_and_no_boxes() {
        let none = Arc::new(fontdb::Database::new());
        let Err(ChartError::FontMissing { characters }) = picture().render(1.0, none) else {
            panic!("drawn without fonts");
        };
        assert!(!characters.is_empty());
    }

    #[test]
    fn a_font_without_chinese_is_an_error_that_names_the_characters() {
        let mut latin = fontdb::Database::new();
        for face in system_fonts().faces() {
            let is_latin = face.families.iter().any(|(name, _)| name == "DejaVu Sans");
            if is_latin
                && let fontdb::Source::SharedFile(path, _) | fontdb::Source::File(path) =
                    &face.source
            {
                latin.load_font_file(path).unwrap();
            }
        }
        if latin.is_empty() {
            println!("DejaVu Sans is not installed: skipped");
            return;
        }
        let error = picture().render(1.0, Arc::new(latin)).unwrap_err();
        let ChartError::FontMissing { characters } = &error else {
            panic!("{error}");
        };
        assert!(
            characters.contains('实') || characters.contains('六'),
            "{error}"
        );
        assert!(error.to_string().ends_with("[chart_font_missing]"));
    }

    #[test]
    fn pixels_follow_the_scale() {
        let svg = picture();
        let wide = |png: &[u8]| u32::from_be_bytes(png[16..20].try_into().unwrap());
        match (svg.to_png(1.0), svg.to_png(2.0)) {
            (Ok(one), Ok(two)) => assert_eq!((wide(&one), wide(&two)), (760, 1520)),
            (Err(ChartError::FontMissing { .. }), _) => println!("no Chinese font: skipped"),
            other => panic!("{other:?}"),
        }
        for scale in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e9, 1e-9] {
            let error = svg.to_png(scale).unwrap_err();
            assert!(matches!(error, ChartError::ScaleInvalid { .. }), "{scale}");
        }
    }
}
