//! Messages for people: a stable code, a Chinese and an English text, a hint.
//! Knows no error of its own; every other crate implements [`Message`] for its errors.

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

use std::fmt;

/// The language a text is wanted in. Chinese is the first language of the product.
///
/// ```
/// use fenjie_message::Lang;
/// assert_eq!(Lang::from_locale("zh_CN.UTF-8"), Lang::Zh);
/// assert_eq!(Lang::from_locale("en_GB"), Lang::En);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

impl Lang {
    /// The language of a locale name such as `zh_CN.UTF-8`; anything that is not Chinese is English.
    ///
    /// ```
    /// assert_eq!(fenjie_message::Lang::from_locale("C"), fenjie_message::Lang::En);
    /// ```
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") {
            Lang::Zh
        } else {
            Lang::En
        }
    }

    /// Picks the text of this language.
    ///
    /// ```
    /// assert_eq!(fenjie_message::Lang::En.pick("目标", "target"), "target");
    /// ```
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// What an error or a finding says to people. A text is one sentence without a full stop and names
/// the place and the value; the code never changes once released.
pub trait Message: fmt::Debug {
    /// Stable snake_case code, such as `weights_all_zero`.
    fn code(&self) -> &'static str;
    /// The sentence in the language asked for.
    fn text(&self, lang: Lang) -> String;
    /// What to do about it, where there is something to say beyond the text.
    fn hint(&self, lang: Lang) -> Option<String> {
        let _ = lang;
        None
    }
}

/// Writes a message's English text, for `Display` of errors (operators read English logs).
///
/// ```
/// use fenjie_message::{Lang, Message};
/// #[derive(Debug)]
/// struct Closed;
/// impl Message for Closed {
///     fn code(&self) -> &'static str { "period_closed" }
///     fn text(&self, lang: Lang) -> String { lang.pick("期间已封存", "the period is closed").into() }
/// }
/// assert_eq!(fenjie_message::english(&Closed), "the period is closed [period_closed]");
/// ```
pub fn english(message: &dyn Message) -> String {
    format!("{} [{}]", message.text(Lang::En), message.code())
}
