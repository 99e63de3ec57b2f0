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
        let ChartError::FontMissing { .. } = self else {
            return None;
        };
        let hint = lang.pick(
            "安装中文字体（如 fonts-noto-cjk），或改存为 SVG",
            "install a font with these characters (such as fonts-noto-cjk), or save as SVG",
        );
        Some(hint.to_owned())
    }
}
