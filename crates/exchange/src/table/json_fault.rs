//! What JSON of a table may break, in words. Knows no file.

use fenjie_message::Lang;

/// What JSON breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// It is no JSON.
    Syntax,
    /// It ends in the middle.
    CutOff,
    /// A row is no object.
    NoObject,
    /// A name stands twice in one object.
    NameTwice {
        /// The name.
        name: String,
    },
    /// A value is a list or an object itself.
    Nested {
        /// Its name.
        name: String,
    },
    /// A text has an escape that stands for no character.
    Escape {
        /// Its name.
        name: String,
    },
}

impl JsonFault {
    /// The fault in a few words.
    pub(super) fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (JsonFault::Syntax, Lang::Zh) => "这里不合 JSON 的写法".into(),
            (JsonFault::Syntax, Lang::En) => "this is no JSON".into(),
            (JsonFault::CutOff, Lang::Zh) => "文件没有写完就断了".into(),
            (JsonFault::CutOff, Lang::En) => "the file ends in the middle".into(),
            (JsonFault::NoObject, Lang::Zh) => "这里应是一个对象 `{…}`".into(),
            (JsonFault::NoObject, Lang::En) => "an object `{…}` is needed here".into(),
            (JsonFault::NameTwice { name }, Lang::Zh) => format!("`{name}` 在一个对象里出现两次"),
            (JsonFault::NameTwice { name }, Lang::En) => {
                format!("`{name}` stands twice in one object")
            }
            (JsonFault::Nested { name }, Lang::Zh) => format!("`{name}` 的值又是列表或对象"),
            (JsonFault::Nested { name }, Lang::En) => {
                format!("the value of `{name}` is a list or an object itself")
            }
            (JsonFault::Escape { name }, Lang::Zh) => format!("`{name}` 里有无效的转义"),
            (JsonFault::Escape { name }, Lang::En) => format!("`{name}` holds an invalid escape"),
        }
    }
}
