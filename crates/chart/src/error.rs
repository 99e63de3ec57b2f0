//! What can go wrong when a picture becomes pixels.

use fenjie_message::{Lang, Message};

/// Why there is no PNG. The SVG is there all the same.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum ChartError {
    /// The scale is not a positive number that gives an image of a sensible size.
    ScaleInvalid {
        /// The scale, as text.
        scale: String,
        /// The most pixels on a side.
        most: u32,
    },
    /// No font of this machine has these characters: the picture would show boxes.
    FontMissing {
        /// The characters, at most ten of them.
        characters: String,
    },
    /// The renderer refused the picture.
    Unrenderable {
        /// What it said.
        reason: String,
    },
}

impl Message for ChartError {
    fn code(&self) -> &'static str {
        match self {
            ChartError::ScaleInvalid { .. } => "chart_scale_invalid",
            ChartError::FontMissing { .. } => "chart_font_missing",
            ChartError::Unrenderable { .. } => "chart_unrenderable",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (ChartError::ScaleInvalid { scale, most }, Lang::Zh) => {
                format!("放大倍数 `{scale}` 不能用，图片每边须为 1 到 {most} 像素")
            }
            (ChartError::ScaleInvalid { scale, most }, Lang::En) => {
                format!("the scale `{scale}` does not give an image of 1 to {most} pixels a side")
            }
            (ChartError::FontMissing { characters }, Lang::Zh) => {
                format!("本机没有能显示 `{characters}` 的字体，未生成 PNG")
            }
            (ChartError::FontMissing { characters }, Lang::En) => {
                format!("no font on this machine can draw `{characters}`, so there is no PNG")
            }
            (ChartError::Unrenderable { reason }, Lang::Zh) => {
                format!("图片无法绘制：{reason}")
            }
            (ChartError::Unrenderable { reason }, Lang::En) => {
                format!("the picture cannot be rendered: {reason}")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = match self {
            ChartError::ScaleInvalid { .. } => lang.pick(
                "少画几行，缩小倍数，或改存为 SVG",
                "draw fewer rows, take a smaller scale, or save as SVG",
            ),
            ChartError::FontMissing { .. } => lang.pick(
                "安装中文字体（如 fonts-noto-cjk），或改存为 SVG",
                "install a font with these characters (such as fonts-noto-cjk), or save as SVG",
            ),
            ChartError::Unrenderable { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_says_what_where_and_what_helps() {
        let errors = [
            ChartError::ScaleInvalid {
                scale: "0".into(),
                most: 8192,
            },
            ChartError::FontMissing {
                characters: "目标".into(),
            },
            ChartError::Unrenderable {
                reason: "too deep".into(),
            },
        ];
        let told: Vec<String> = errors
            .iter()
            .flat_map(|error| [error.text(Lang::Zh), error.to_string()])
            .collect();
        expect_test::expect![[r#"
            放大倍数 `0` 不能用，图片每边须为 1 到 8192 像素
            the scale `0` does not give an image of 1 to 8192 pixels a side [chart_scale_invalid]
            本机没有能显示 `目标` 的字体，未生成 PNG
            no font on this machine can draw `目标`, so there is no PNG [chart_font_missing]
            图片无法绘制：too deep
            the picture cannot be rendered: too deep [chart_unrenderable]"#]]
        .assert_eq(&told.join("\n"));
        assert!(errors[0].hint(Lang::Zh).is_some() && errors[1].hint(Lang::En).is_some());
    }
}
