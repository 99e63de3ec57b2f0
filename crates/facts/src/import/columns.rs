//! Finds out which column is what, from the header, the mapping and the plan. Reads no rows.

use fenjie_exchange::table::FirstRow;
use fenjie_plan::Definition;

use super::mapping::NO_COLUMN;
use super::names::{
    Candidate, Vocabulary, first_people, main_measure, plain, role_words, without_unit,
};
use super::{ImportError, ImportNote, Mapping, MissingRole, Role};

/// Which columns were used, and which were not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedColumns {
    /// The columns read, in the order of their roles.
    pub used: Vec<RoleColumn>,
    /// Columns that nothing was asked of.
    pub unused: Vec<String>,
    /// The saved mapping that was used.
    pub mapping: Option<String>,
}

/// A column and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleColumn {
    /// What it is.
    pub role: Role,
    /// Its name in the file.
    pub column: String,
    /// Its 0-based position in the file.
    pub position: usize,
    /// The power of ten that its heading states, such as 4 in `金额（万元）`.
    pub power: u32,
}

impl UsedColumns {
    /// The columns as `日期=订单日期, 销售额=销售额`, the same for the same reading.
    pub fn text(&self, definition: &Definition) -> String {
        let part = |column: &RoleColumn| {
            let power = if column.power > 0 {
                format!("e{}", column.power)
            } else {
                String::new()
            };
            format!(
                "{}={}{power}",
                role_words(column.role, definition).1,
                column.column
            )
        };
        self.used.iter().map(part).collect::<Vec<_>>().join(", ")
    }
}

/// What is looked for in a header.
pub(super) struct Finder<'f> {
    pub source: &'f str,
    pub definition: &'f Definition,
    pub words: &'f Vocabulary,
    pub mapping: &'f Mapping,
    /// Dimensions that a constant stands for.
    pub constant: &'f [usize],
}

impl Finder<'_> {
    /// The index of the header among the first rows: the first of those that name the most.
    pub fn header(&self, rows: &[FirstRow]) -> usize {
        let score = |row: &FirstRow| {
            let mut roles: Vec<Role> = Vec::new();
            for cell in row.cells.iter().filter(|cell| !cell.is_empty()) {
                let is_mapped = self
                    .mapping
                    .columns
                    .iter()
                    .any(|mapped| mapped.column == *cell);
                let role = self.words.candidates(without_unit(cell).0);
                roles.extend(
                    role.first()
                        .map(|candidate| candidate.role)
                        .filter(|_| !is_mapped),
                );
            }
            roles.sort_unstable_by_key(|role| order(*role));
            roles.dedup();
            let mapped = self.mapping.columns.iter();
            roles.len()
                + mapped
                    .filter(|mapped| row.cells.contains(&mapped.column))
                    .count()
        };
        let scores: Vec<usize> = rows.iter().map(score).collect();
        let best = scores.iter().copied().max().unwrap_or(0);
        let filled = |row: &FirstRow| row.cells.iter().any(|cell| !cell.is_empty());
        match best {
            0 => rows.iter().position(filled).unwrap_or(0),
            _ => scores.iter().position(|score| *score == best).unwrap_or(0),
        }
    }

    /// The columns of a header.
    ///
    /// # Errors
    /// Two columns for one role, columns that are missing, a mapping that does not fit.
    pub fn columns(
        &self,
        header: &[String],
        notes: &mut Vec<ImportNote>,
    ) -> Result<UsedColumns, ImportError> {
        let mut found: Vec<(Candidate, RoleColumn)> = Vec::new();
        let mut taken = vec![false; header.len()];
        let mut silent: Vec<Role> = Vec::new();
        for mapped in &self.mapping.columns {
            let role = self.role(&mapped.role)?;
            silent.push(role);
            if mapped.column == NO_COLUMN {
                continue;
            }
            let position = self.position(header, &mapped.role, &mapped.column)?;
            taken[position] = true;
            let rank = Candidate { role, rank: 0 };
            found.push((rank, self.column(header, role, position)));
        }
        for (position, name) in header.iter().enumerate().filter(|(at, _)| !taken[*at]) {
            let said = self.words.candidates(without_unit(name).0);
            let open = said
                .into_iter()
                .find(|candidate| !silent.iter().any(|role| same(*role, candidate.role)));
            if let Some(candidate) = open {
                found.push((candidate, self.column(header, candidate.role, position)));
            }
        }
        time_alone(&mut found);
        let mut used = self.choose(found, notes)?;
        self.check_complete(header, &used)?;
        used.sort_by_key(|column| order(column.role));
        for column in used.iter().filter(|column| column.power > 0) {
            notes.push(ImportNote::UnitInHeading {
                column: column.column.clone(),
                power: column.power,
            });
        }
        self.note_dimensions(&used, notes);
        let is_used = |at: usize| used.iter().any(|column| column.position == at);
        let unused = header
            .iter()
            .enumerate()
            .filter(|(at, name)| !is_used(*at) && !name.is_empty());
        let unused = unused.map(|(_, name)| name.clone()).collect();
        Ok(UsedColumns {
            used,
            unused,
            mapping: self.mapping.name.clone(),
        })
    }

    fn column(&self, header: &[String], role: Role, position: usize) -> RoleColumn {
        let column = header[position].clone();
        let power = match role {
            Role::Measure(_) => without_unit(&column).1,
            _ => 0,
        };
        RoleColumn {
            role,
            column,
            position,
            power,
        }
    }

    /// The role of a mapping's word.
    fn role(&self, word: &str) -> Result<Role, ImportError> {
        let found = self.words.candidates(word);
        if let Some(best) = found.first() {
            return Ok(best.role);
        }
        let mut known: Vec<String> = ["日期", "时间", "金额", "数量", "单号", "客户", "业绩分成"]
            .map(str::to_owned)
            .into();
        known.extend(
            self.definition
                .dimensions
                .iter()
                .map(|dimension| dimension.code.clone()),
        );
        known.extend(
            self.definition
                .measures
                .iter()
                .map(|measure| measure.code.clone()),
        );
        let nearest = nearest(word, &known).map_or(known, |near| vec![near]);
        Err(ImportError::RoleUnknown {
            role: word.to_owned(),
            nearest,
        })
    }

    fn position(&self, header: &[String], role: &str, column: &str) -> Result<usize, ImportError> {
        let mut at = header
            .iter()
            .enumerate()
            .filter(|(_, name)| *name == column);
        match (at.next(), at.next()) {
            (Some((first, _)), None) => Ok(first),
            (Some(_), Some(_)) => Err(ImportError::ColumnsAmbiguous {
                source: self.source.to_owned(),
                role: Box::new((role.to_owned(), role.to_owned())),
                columns: (column.to_owned(), column.to_owned()),
            }),
            (None, _) => Err(ImportError::MappedColumnMissing {
                source: self.source.to_owned(),
                role: role.to_owned(),
                column: column.to_owned(),
                nearest: nearest(column, header),
                known: named(header).into(),
            }),
        }
    }

    /// Of the columns for one role the closest; two equally close ones are refused.
    fn choose(
        &self,
        mut found: Vec<(Candidate, RoleColumn)>,
        notes: &mut Vec<ImportNote>,
    ) -> Result<Vec<RoleColumn>, ImportError> {
        found.sort_by_key(|(candidate, column)| (candidate.rank, column.position));
        let mut chosen: Vec<(Candidate, RoleColumn)> = Vec::new();
        for (candidate, column) in found {
            let rival = chosen.iter().find(|(other, _)| rivals(*other, candidate));
            let Some((other, used)) = rival else {
                chosen.push((candidate, column));
                continue;
            };
            if other.rank == candidate.rank {
                let role = Box::new(role_words(candidate.role, self.definition));
                return Err(ImportError::ColumnsAmbiguous {
                    source: self.source.to_owned(),
                    role,
                    columns: (used.column.clone(), column.column),
                });
            }
            notes.push(ImportNote::ColumnPassedOver {
                column: column.column,
                used: used.column.clone(),
            });
        }
        Ok(chosen.into_iter().map(|(_, column)| column).collect())
    }

    /// A day, an amount and a member of some dimension must be there.
    fn check_complete(&self, header: &[String], used: &[RoleColumn]) -> Result<(), ImportError> {
        let has = |wanted: &dyn Fn(Role) -> bool| used.iter().any(|column| wanted(column.role));
        let free = named(header)
            .into_iter()
            .filter(|name| used.iter().all(|column| column.column != *name));
        let free: Vec<String> = free.collect();
        let mut roles = Vec::new();
        let mut missing = |role: Role, words: &[&str]| {
            let (zh, en) = role_words(role, self.definition);
            let near = words.iter().find_map(|word| nearest(word, &free));
            roles.push(MissingRole {
                nearest: near,
                zh,
                en,
            });
        };
        if !has(&|role| role == Role::Date) {
            missing(Role::Date, &["日期", "date", "day", "月份", "month"]);
        }
        if !has(&|role| matches!(role, Role::Measure(_))) {
            let measure = main_measure(self.definition).unwrap_or(0);
            missing(
                Role::Measure(measure),
                &["金额", "销售额", "amount", "sales"],
            );
        }
        let has_member = has(&|role| matches!(role, Role::Member { .. } | Role::Credit));
        if !has_member && self.constant.is_empty() && !self.definition.dimensions.is_empty() {
            let dimension = first_people(self.definition);
            let own = &self.definition.dimensions[dimension];
            let words = [own.name.as_str(), own.code.as_str(), "成员", "member"];
            missing(
                Role::Member {
                    dimension,
                    depth: None,
                },
                &words,
            );
        }
        if roles.is_empty() {
            return Ok(());
        }
        let (source, known) = (self.source.to_owned(), named(header));
        Err(ImportError::ColumnsMissing {
            source,
            roles,
            known,
        })
    }

    fn note_dimensions(&self, used: &[RoleColumn], notes: &mut Vec<ImportNote>) {
        let credited = used.iter().any(|column| column.role == Role::Credit);
        for (index, dimension) in self.definition.dimensions.iter().enumerate() {
            let has = used.iter().any(|column| {
                matches!(column.role, Role::Member { dimension, .. } if dimension == index)
            });
            let has = has || credited && index == first_people(self.definition);
            if !has && !self.constant.contains(&index) {
                let dimension = dimension.name.clone();
                notes.push(ImportNote::DimensionWithoutColumn { dimension });
            }
        }
    }
}

/// A column of times is the day's where no column of days is there.
fn time_alone(found: &mut [(Candidate, RoleColumn)]) {
    if found
        .iter()
        .any(|(candidate, _)| candidate.role == Role::Date)
    {
        return;
    }
    for (candidate, column) in found
        .iter_mut()
        .filter(|(other, _)| other.role == Role::Time)
    {
        candidate.role = Role::Date;
        column.role = Role::Date;
    }
}

/// Whether two roles are one: a dimension that is mapped is mapped as a whole.
fn same(mapped: Role, other: Role) -> bool {
    match (mapped, other) {
        (
            Role::Member { dimension, depth },
            Role::Member {
                dimension: theirs,
                depth: level,
            },
        ) => dimension == theirs && (depth.is_none() || level.is_none() || depth == level),
        _ => mapped == other,
    }
}

/// Whether of two columns only one can be used: levels of one dimension go together, unless one is
/// just a distant word for it.
fn rivals(one: Candidate, other: Candidate) -> bool {
    match (one.role, other.role) {
        (
            Role::Member { dimension, depth },
            Role::Member {
                dimension: theirs,
                depth: level,
            },
        ) => dimension == theirs && (depth == level || level.is_none() && other.rank > 0),
        _ => one.role == other.role,
    }
}

/// Days first, then members, measures and the rest.
fn order(role: Role) -> (u8, usize, usize) {
    match role {
        Role::Date => (0, 0, 0),
        Role::Time => (1, 0, 0),
        Role::Member { dimension, depth } => (2, dimension, depth.unwrap_or(usize::MAX)),
        Role::Measure(measure) => (3, measure, 0),
        Role::ExternalId => (4, 0, 0),
        Role::Customer => (5, 0, 0),
        Role::Credit => (6, 0, 0),
    }
}

fn named(header: &[String]) -> Vec<String> {
    header
        .iter()
        .filter(|name| !name.is_empty())
        .cloned()
        .collect()
}

/// The name that resembles most, if one resembles at all.
pub(super) fn nearest(name: &str, known: &[String]) -> Option<String> {
    let wanted = plain(name);
    let scored = known.iter().take(1_000).map(|other| {
        let plain = plain(other);
        let is_short = plain.chars().count() <= 3 * wanted.chars().count();
        let inside = is_short && plain.contains(&wanted) && !wanted.is_empty();
        (
            if inside {
                0.95
            } else {
                strsim::jaro_winkler(&wanted, &plain)
            },
            other,
        )
    });
    let best = scored
        .filter(|(score, _)| *score >= 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, other)| other.clone())
}
