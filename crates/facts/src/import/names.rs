//! What columns of sales are usually called, in Chinese and English. Knows no file.

use fenjie_plan::{Definition, Measure, MeasureKind};
use rustc_hash::FxHashSet;

use super::Role;

/// What a name may stand for, and how well: 0 is the plan's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub role: Role,
    pub rank: u8,
}

/// A name without what people write differently: case, width, blanks, dashes, dots.
pub(super) fn plain(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let kept = |c: &char| c.is_alphanumeric();
    name.chars()
        .map(narrow)
        .filter(kept)
        .flat_map(char::to_lowercase)
        .collect()
}

/// A heading without the unit in parentheses behind it, and the power of ten of that unit.
pub(super) fn without_unit(heading: &str) -> (&str, u32) {
    let trimmed = heading.trim();
    let Some(body) = trimmed.strip_suffix([')', '）', ']', '】']) else {
        return (trimmed, 0);
    };
    let Some((name, unit)) = body.rsplit_once(['(', '（', '[', '【']) else {
        return (trimmed, 0);
    };
    let unit = plain(unit);
    let power = match unit.trim_end_matches('元').trim_start_matches("rmb") {
        "" | "人民币" | "cny" | "yuan" | "件" | "个" | "pcs" | "台" | "箱" | "单" => 0,
        "千" => 3,
        "万" => 4,
        "百万" => 6,
        "亿" => 8,
        _ => return (trimmed, 0),
    };
    (name.trim(), power)
}

/// Words for one thing.
type Words = &'static [&'static str];

const DATE: Words = &[
    "日期",
    "订单日期",
    "销售日期",
    "下单日期",
    "成交日期",
    "业务日期",
    "交易日期",
    "开票日期",
    "订购日期",
    "记账日期",
    "成交日",
    "date",
    "orderdate",
    "saledate",
    "salesdate",
    "transactiondate",
    "businessdate",
    "invoicedate",
    "bookingdate",
    "closedate",
    "day",
];
const TIME: Words = &[
    "时间",
    "下单时间",
    "交易时间",
    "成交时间",
    "销售时间",
    "订单时间",
    "创建时间",
    "timestamp",
    "datetime",
    "time",
    "ordertime",
    "saletime",
    "soldat",
    "createdat",
];
const AMOUNT: Words = &[
    "金额",
    "销售额",
    "成交额",
    "销售金额",
    "成交金额",
    "订单金额",
    "实收金额",
    "实付金额",
    "营业额",
    "业绩",
    "收入",
    "amount",
    "sales",
    "revenue",
    "salesamount",
    "turnover",
    "netsales",
    "weeklysales",
    "closevalue",
];
const QUANTITY: Words = &[
    "数量",
    "件数",
    "销量",
    "销售数量",
    "quantity",
    "qty",
    "units",
    "pieces",
    "unitssold",
];
const LINE_ID: Words = &[
    "行id",
    "行号",
    "明细号",
    "流水号",
    "lineid",
    "orderlineid",
    "rowid",
    "transactionid",
    "externalid",
    "外部单号",
    "外部id",
];
const DOCUMENT_ID: Words = &[
    "单号",
    "订单号",
    "订单编号",
    "订单id",
    "小票号",
    "orderid",
    "orderno",
    "ordernumber",
    "id",
    "receipt",
    "opportunityid",
];
const CUSTOMER: Words = &[
    "客户",
    "客户id",
    "客户编号",
    "客户名称",
    "顾客",
    "会员",
    "customer",
    "customerid",
    "customername",
    "client",
    "account",
    "buyer",
];
const CREDIT: Words = &[
    "业绩分成",
    "分成",
    "业绩分成比例",
    "业绩归属",
    "业绩归属比例",
    "credit",
    "creditshare",
    "credits",
];

/// Words for members: what they are together with, and the words themselves.
const MEMBERS: &[(Family, Words)] = &[
    (Family::Any, &["成员", "member"]),
    (
        Family::Place,
        &["门店", "店铺", "店", "分店", "store", "shop", "outlet"],
    ),
    (
        Family::Place,
        &[
            "销售员",
            "业务员",
            "员工",
            "销售",
            "销售代表",
            "导购",
            "店员",
            "人员",
            "姓名",
            "客户经理",
            "salesperson",
            "person",
            "rep",
            "salesrep",
            "seller",
            "employee",
            "salesagent",
            "agent",
            "staff",
            "owner",
        ],
    ),
    (
        Family::Group,
        &["团队", "部门", "小组", "team", "department", "group"],
    ),
    (
        Family::Group,
        &["地区", "区域", "大区", "region", "area", "territory"],
    ),
    (Family::Group, &["城市", "city"]),
    (
        Family::Group,
        &["省份", "省", "省自治区", "province", "state"],
    ),
    (
        Family::Product,
        &[
            "品类",
            "类别",
            "产品类别",
            "大类",
            "category",
            "productcategory",
        ],
    ),
    (
        Family::Product,
        &[
            "产品", "商品", "品项", "货号", "product", "item", "sku", "goods",
        ],
    ),
    (
        Family::Channel,
        &["渠道", "销售渠道", "channel", "saleschannel"],
    ),
    (
        Family::Source,
        &[
            "来源",
            "构成",
            "业务构成",
            "客户来源",
            "业务来源",
            "source",
            "composition",
            "mix",
        ],
    ),
];

/// Which words may stand for one another where the plan has no closer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Any,
    Place,
    Group,
    Product,
    Channel,
    Source,
}

/// The plan's own words, made plain once.
pub(super) struct Vocabulary {
    /// Measures that lines may carry: index, code, name.
    measures: Vec<(usize, [String; 2])>,
    /// Of each dimension code and name, and its levels.
    dimensions: Vec<([String; 2], Vec<String>)>,
    main: Option<usize>,
    pieces: Option<usize>,
    people: Option<usize>,
    /// Every word that may stand for something, so that most columns are settled by one look-up.
    all: FxHashSet<String>,
}

/// Names of columns are shorter than this; longer ones say nothing.
const LONGEST_NAME: usize = 200;

impl Vocabulary {
    /// The words of a plan.
    pub fn of(definition: &Definition) -> Vocabulary {
        let measures = definition.measures.iter().enumerate();
        let brought = measures.filter(|(_, measure)| can_be_brought(measure));
        let dimensions = definition.dimensions.iter().map(|dimension| {
            let levels = dimension.tree.level_names().iter();
            (
                [plain(&dimension.code), plain(&dimension.name)],
                levels.map(|name| plain(name)).collect(),
            )
        });
        let mut vocabulary = Vocabulary {
            measures: brought
                .map(|(index, measure)| (index, [plain(&measure.code), plain(&measure.name)]))
                .collect(),
            dimensions: dimensions.collect(),
            main: main_measure(definition),
            pieces: definition.measures.iter().position(counts_pieces),
            people: (!definition.dimensions.is_empty()).then(|| first_people(definition)),
            all: FxHashSet::default(),
        };
        vocabulary.gather();
        vocabulary
    }

    fn gather(&mut self) {
        let usual = [
            DATE,
            TIME,
            AMOUNT,
            QUANTITY,
            LINE_ID,
            DOCUMENT_ID,
            CUSTOMER,
            CREDIT,
        ];
        let members = MEMBERS.iter().map(|(_, words)| *words);
        let usual = usual.into_iter().chain(members).flatten();
        let mut all: FxHashSet<String> = usual.map(|word| (*word).to_owned()).collect();
        all.extend(
            self.measures
                .iter()
                .flat_map(|(_, own)| own.iter().cloned()),
        );
        for (own, levels) in &self.dimensions {
            all.extend(own.iter().chain(levels).cloned());
        }
        self.all = all;
    }

    /// What a column of this name may be, best first; empty where it says nothing.
    pub fn candidates(&self, name: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        if name.is_empty() || name.len() > LONGEST_NAME {
            return found;
        }
        let word = plain(name);
        if !self.all.contains(&word) && !self.all.contains(stem(&word).0) {
            return found;
        }
        for (index, own) in &self.measures {
            if own.contains(&word) {
                found.push(Candidate {
                    role: Role::Measure(*index),
                    rank: 0,
                });
            }
        }
        self.members(&word, &mut found);
        self.usual(&word, &mut found);
        found.sort_by_key(|candidate| candidate.rank);
        found
    }

    /// Candidates among what every file of sales has.
    fn usual(&self, word: &str, found: &mut Vec<Candidate>) {
        let mut general = |words: Words, role: Option<Role>, rank: u8| {
            if let Some(role) = role.filter(|_| words.contains(&word)) {
                found.push(Candidate { role, rank });
            }
        };
        general(DATE, Some(Role::Date), 3);
        general(TIME, Some(Role::Time), 3);
        general(AMOUNT, self.main.map(Role::Measure), 3);
        general(QUANTITY, self.pieces.map(Role::Measure), 3);
        general(LINE_ID, Some(Role::ExternalId), 3);
        general(DOCUMENT_ID, Some(Role::ExternalId), 4);
        general(CREDIT, Some(Role::Credit), 3);
        if let Some(at) = CUSTOMER.iter().position(|known| *known == word) {
            found.push(Candidate {
                role: Role::Customer,
                rank: 3 + at as u8,
            });
        }
    }

    /// Candidates among the dimensions and their levels.
    fn members(&self, word: &str, found: &mut Vec<Candidate>) {
        let (stem, variant) = stem(word);
        let known = MEMBERS.iter().find(|(_, words)| words.contains(&stem));
        let alike = |own: &str| known.is_some_and(|(_, words)| words.contains(&own));
        let related = |own: &str| {
            known.is_some_and(|(family, _)| {
                MEMBERS
                    .iter()
                    .any(|(other, words)| other == family && words.contains(&own))
            })
        };
        let before = found.len();
        let mut push = |dimension, depth, rank: u8| {
            found.push(Candidate {
                role: Role::Member { dimension, depth },
                rank,
            });
        };
        for (index, (own, levels)) in self.dimensions.iter().enumerate() {
            let level = |fits: &dyn Fn(&str) -> bool| {
                // The only level is the dimension itself.
                let at = levels.iter().position(|name| fits(name))?;
                Some((levels.len() > 1).then_some(at + 1))
            };
            let is_own = |fits: &dyn Fn(&str) -> bool| own.iter().any(|own| fits(own));
            if let Some(depth) = level(&|name| name == word) {
                push(index, depth, 0);
            } else if is_own(&|own| own == word) {
                push(index, None, 0);
            } else if let Some(depth) = level(&|name| alike(name) || name == stem) {
                push(index, depth, 3 + variant);
            } else if is_own(&|own| alike(own) || own == stem) {
                push(index, None, 3 + variant);
            } else if is_own(&|own| related(own)) || level(&|name| related(name)).is_some() {
                push(index, None, 6 + variant);
            }
        }
        let stands_for_all = matches!(known, Some((Family::Any | Family::Place, _)));
        if let Some(dimension) = self
            .people
            .filter(|_| stands_for_all && found.len() == before)
        {
            let role = Role::Member {
                dimension,
                depth: None,
            };
            found.push(Candidate {
                role,
                rank: 9 + variant,
            });
        }
    }
}

/// The dimension that people and stores are on: the first that is no product, channel or source.
pub(super) fn first_people(definition: &Definition) -> usize {
    let is_other = |word: &String| {
        MEMBERS.iter().any(|(family, words)| {
            matches!(family, Family::Product | Family::Channel | Family::Source)
                && words.contains(&word.as_str())
        })
    };
    let found = definition.dimensions.iter().position(|dimension| {
        !dimension.composition
            && ![plain(&dimension.code), plain(&dimension.name)]
                .iter()
                .any(is_other)
    });
    found.unwrap_or(0)
}

/// A word without `编号`, `id` or `名称`; codes are preferred to names.
fn stem(word: &str) -> (&str, u8) {
    for ending in ["编号", "代码", "编码", "id", "code", "no", "number"] {
        if let Some(stem) = word.strip_suffix(ending)
            && !stem.is_empty()
        {
            return (stem, 1);
        }
    }
    for ending in ["名称", "名", "name"] {
        if let Some(stem) = word.strip_suffix(ending)
            && !stem.is_empty()
        {
            return (stem, 2);
        }
    }
    (word, 0)
}

/// Whether sales lines may carry values of the measure: ratios are computed (rule T3).
fn can_be_brought(measure: &Measure) -> bool {
    !matches!(measure.kind, MeasureKind::Ratio { .. })
}

fn counts_pieces(measure: &Measure) -> bool {
    let is_word = |text: &str| QUANTITY.contains(&plain(text).as_str());
    let pieces = [
        "件", "个", "台", "箱", "pcs", "piece", "pieces", "unit", "units",
    ];
    measure.is_flow()
        && (is_word(&measure.code)
            || is_word(&measure.name)
            || pieces.contains(&measure.unit.as_str()))
}

/// The measure that an amount without further words is of.
pub(super) fn main_measure(definition: &Definition) -> Option<usize> {
    let flows = || {
        definition
            .measures
            .iter()
            .enumerate()
            .filter(|(_, measure)| measure.is_flow())
    };
    let money = flows().find(|(_, measure)| !counts_pieces(measure));
    money.or_else(|| flows().next()).map(|(index, _)| index)
}

/// A role in words, in both languages.
pub fn role_words(role: Role, definition: &Definition) -> (String, String) {
    let both = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    match role {
        Role::Date => both("日期", "date"),
        Role::Time => both("时间", "time"),
        Role::ExternalId => both("单号", "external id"),
        Role::Customer => both("客户", "customer"),
        Role::Credit => both("业绩分成", "credit"),
        Role::Measure(measure) => {
            let measure = &definition.measures[measure];
            both(&measure.name, &measure.code)
        }
        Role::Member { dimension, depth } => {
            let dimension = &definition.dimensions[dimension];
            match depth {
                Some(depth) => {
                    let level = dimension.tree.level_name(depth);
                    both(level, level)
                }
                None => both(&dimension.name, &dimension.code),
            }
        }
    }
}
