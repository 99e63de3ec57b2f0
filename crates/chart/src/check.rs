//! What every picture must hold, asked by the tests of each chart.

use fenjie_message::Lang;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::svg::LabelBox;
use crate::{Look, Svg, Theme};

/// The looks that every chart is tried in.
pub(crate) fn looks() -> Vec<Look> {
    let mut looks = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        for theme in [Theme::Light, Theme::Dark] {
            for width in [0, 320, 390, 640, 760, 1180, 5000] {
                looks.push(Look {
                    lang,
                    theme,
                    width,
                    unit: None,
                });
            }
        }
    }
    looks
}

/// Well-formed, without scripts, named, and with all labels inside and apart.
pub(crate) fn sound(svg: &Svg) {
    well_formed(svg);
    let text = svg.text();
    assert!(text.contains("role=\"img\"") && text.contains("<desc>"));
    assert!(!text.contains("NaN") && !text.contains("inf\""), "{text}");
    inside(svg);
    apart(svg);
}

fn well_formed(svg: &Svg) {
    const KNOWN: [&str; 10] = [
        "svg", "title", "desc", "g", "rect", "line", "path", "circle", "text", "polygon",
    ];
    let mut reader = Reader::from_str(svg.text());
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                let name = element.name();
                let name = name.as_ref();
                assert!(KNOWN.contains(&name), "element {name}");
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref();
                    assert!(
                        !key.starts_with("on") && key != "style" && key != "href",
                        "{key}"
                    );
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

fn inside(svg: &Svg) {
    for label in &svg.labels {
        let is_inside = label.left >= -0.5
            && label.right <= svg.width() + 0.5
            && label.top >= -0.5
            && label.bottom <= svg.height() + 0.5;
        assert!(is_inside, "{label:?} of {}×{}", svg.width(), svg.height());
    }
}

fn apart(svg: &Svg) {
    let mut labels: Vec<&LabelBox> = svg.labels.iter().collect();
    labels.sort_by(|one, other| one.top.total_cmp(&other.top));
    for (at, one) in labels.iter().enumerate() {
        let near = labels[at + 1..].iter();
        for other in near.take_while(|other| other.top < one.bottom) {
            let apart = one.right <= other.left || other.right <= one.left;
            assert!(apart, "{one:?} covers {other:?}");
        }
    }
}

/// How often a piece of text stands in a picture.
pub(crate) fn count(svg: &Svg, piece: &str) -> usize {
    svg.text().matches(piece).count()
}

/// The first line that holds a piece of text.
pub(crate) fn line_with<'s>(svg: &'s Svg, piece: &str) -> &'s str {
    let found = svg.text().lines().find(|line| line.contains(piece));
    found.unwrap_or_else(|| panic!("`{piece}` is not in the picture"))
}

/// Names that would break a careless picture.
pub(crate) const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "a\u{0}b\u{1b}[31m\u{202e}店",
    "]]><!--&amp;",
    "",
    "一个非常非常非常非常非常非常非常非常非常非常非常非常长的门店名字，长到没有任何一列放得下它",
];
