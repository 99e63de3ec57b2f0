//! What people call members and periods in a pack. Knows no figures.

use fenjie_message::Lang;
use fenjie_plan::{Place, Plan};

/// A name in both languages; members have one name for both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Label {
    /// The name in a language.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// let label = fenjie_review::Label { zh: "本周".into(), en: "this week".into() };
    /// assert_eq!(label.text(Lang::En), "this week");
    /// ```
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// One name for both languages.
    pub(crate) fn same(name: impl Into<String>) -> Label {
        let zh: String = name.into();
        Label { en: zh.clone(), zh }
    }
}

/// What people call some members, one node per dimension: `人民路店 · A`, `合计`, `未归属`.
pub(crate) fn members(plan: &Plan, members: &[u32]) -> Label {
    Label {
        zh: fenjie_track::members_label(plan, members, Lang::Zh),
        en: fenjie_track::members_label(plan, members, Lang::En),
    }
}

/// What people call a period.
pub(crate) fn period(plan: &Plan, node: u32) -> Label {
    let time = plan.model().axes().last().expect("time is always there");
    Label {
        zh: time.label(node, Lang::Zh).to_owned(),
        en: time.label(node, Lang::En).to_owned(),
    }
}

/// Members and period of a place: `人民路店 · 2026年3月`.
pub(crate) fn place(plan: &Plan, place: &Place) -> Label {
    let (time, dimensions) = place.0.split_last().expect("time is always there");
    let period = period(plan, *time);
    if dimensions.iter().all(|node| *node == 0) {
        return period;
    }
    let members = members(plan, dimensions);
    match *time {
        0 => members,
        _ => Label {
            zh: format!("{} · {}", members.zh, period.zh),
            en: format!("{} · {}", members.en, period.en),
        },
    }
}
