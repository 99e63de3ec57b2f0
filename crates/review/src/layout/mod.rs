//! A pack in words: its ten sections as a document in one language. Computes no figure.

mod carrying;
mod deciding;
mod gap;
mod people;
mod remarks;
mod result;
mod words;

use fenjie_message::Lang;

use crate::document::{Block, Document, Section};
use crate::pack::Pack;

impl Pack {
    /// The pack as a document in a language, in the order of the meeting's agenda.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_review::{Pack, ReviewRequest, Span, markdown};
    /// use fenjie_track::Actuals;
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let span = Span::week(&plan, "2026-W10").unwrap();
    /// let request = ReviewRequest {
    ///     measure: 0, as_of: span.days.last(), span, depths: vec![1, 0, 0], most: 10, carry: None,
    ///     within: vec![0; 3], deepest: vec![usize::MAX; 3],
    /// };
    /// let needs = request.needs(&plan).into_iter();
    /// let nothing: Vec<Actuals> =
    ///     needs.map(|asked| Actuals::empty(3, asked.measures, asked.periods)).collect();
    /// let pack = Pack::gather(&plan, &request, &nothing).unwrap();
    /// let text = markdown(&pack.document(Lang::Zh));
    /// assert!(text.contains("## 1 结果") && text.contains("## 10 说明"));
    /// ```
    pub fn document(&self, lang: Lang) -> Document {
        let page = Page { pack: self, lang };
        let sections = [
            (("结果", "Result"), page.result()),
            (("差额分解", "Where the gap comes from"), page.gap()),
            (("谁需要帮助", "Who needs help"), page.people()),
            (("业绩构成", "Composition"), page.composition()),
            (("结转提案", "Carry proposal"), page.carry()),
            (("改进计划", "Action plans"), page.actions()),
            (("上次决议", "Decisions so far"), page.decided_before()),
            (("目标调整", "Revisions"), page.revisions()),
            (
                ("本次决议", "Decisions of this meeting"),
                page.decided_here(),
            ),
            (("说明", "About the figures"), page.remarks()),
        ];
        let sections = sections.into_iter().enumerate();
        Document {
            title: self.title(lang),
            lines: page.lines(),
            sections: sections
                .map(|(at, ((zh, en), blocks))| Section {
                    number: at + 1,
                    title: lang.pick(zh, en).to_owned(),
                    blocks,
                })
                .collect(),
        }
    }

    fn title(&self, lang: Lang) -> String {
        let plan = match &self.whose {
            Some(whose) => format!("{} · {}", self.plan, whose.text(lang)),
            None => self.plan.clone(),
        };
        let span = self.span.label.text(lang);
        match lang {
            Lang::Zh => format!("{plan}：{span} 会议材料"),
            Lang::En => format!("{plan}: review of {span}"),
        }
    }
}

/// A pack and the language it is written in.
struct Page<'p> {
    pack: &'p Pack,
    lang: Lang,
}

impl Page<'_> {
    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn lines(&self) -> Vec<String> {
        let pack = self.pack;
        let unit = words::unit(&pack.unit, self.lang);
        let (measure, as_of, version) = (&pack.measure, pack.as_of, pack.version);
        let days = pack.span.days;
        let (first, last) = (days.start, days.last());
        vec![match self.lang {
            Lang::Zh => format!(
                "{measure}（{unit}） · {first} 至 {last} · 从 {as_of} 看 · 目标第 {version} 版"
            ),
            Lang::En => format!(
                "{measure} ({unit}) · {first} to {last} · seen from {as_of} · targets version {version}"
            ),
        }]
    }

    fn nothing(&self, zh: &'static str, en: &'static str) -> Vec<Block> {
        vec![Block::Paragraph(self.pick(zh, en).to_owned())]
    }
}
