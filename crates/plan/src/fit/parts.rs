//! Stated families become partitions of the cells: nested families are merged, so that two
//! laminar systems of totals (rows with holds inside, months with quarters) are two partitions.
//! Must not know weights or how fitting is done.

use std::ops::Range;

use super::check::totals_of;
use super::{Family, FitError, Group, Proposal, Stated};

/// The label of a cell that is in no group.
pub(super) const NONE: u32 = u32::MAX;

/// More groups than this are not compared one by one to find nesting.
const MOST_COMPARED: usize = 600;

/// Disjoint groups over a run of consecutive axes, with exact totals.
pub(super) struct Part {
    /// The axes that the label depends on.
    pub axes: Range<usize>,
    /// Group of each position of the table of those axes, row-major; [`NONE`] where free.
    pub label: Vec<u32>,
    /// What each group sums to without the groups nested in it.
    pub totals: Vec<i64>,
    /// The stated group behind each group.
    pub names: Vec<Stated>,
    /// The group that each group is nested in.
    pub parent: Vec<Option<u32>>,
}

impl Part {
    /// Turns totals of these groups into totals of the stated groups (with all nested in them).
    pub fn stated_totals(&self, own: &[i128]) -> Vec<i128> {
        let mut sums = own.to_vec();
        // A group comes after the one it is nested in, so sums are complete when passed upward.
        for group in (0..sums.len()).rev() {
            if let Some(parent) = self.parent[group] {
                sums[parent as usize] += sums[group];
            }
        }
        sums
    }
}

/// One stated group as a product of sets of positions, `None` where it takes a whole axis.
struct Region {
    sides: Vec<Option<Vec<u32>>>,
    stated: Stated,
    size: u128,
}

/// Refuses a family that does not suit the shape.
pub(super) fn check_family(shape: &[usize], at: usize, family: &Family) -> Result<(), FitError> {
    let wrong = |zh, en| {
        Err(FitError::Malformed {
            family: Some(at),
            what: (zh, en),
        })
    };
    match family {
        Family::Axis {
            axis,
            group_of,
            totals,
        } => {
            if shape.get(*axis) != Some(&group_of.len()) {
                return wrong("轴与表格不符", "the axis does not suit the table");
            }
            if group_of
                .iter()
                .any(|group| *group != NONE && *group as usize >= totals.len())
            {
                return wrong(
                    "有位置指向不存在的组",
                    "a position names a group without a total",
                );
            }
        }
        Family::Boxes { boxes } => {
            for (sides, _) in boxes {
                let suits = |(side, n): (&Range<u32>, &usize)| {
                    side.start < side.end && side.end as usize <= *n
                };
                if sides.len() != shape.len() || !sides.iter().zip(shape).all(suits) {
                    return wrong("范围与表格不符", "a box does not suit the table");
                }
            }
        }
    }
    Ok(())
}

/// The total of all cells, if a family covers them all; families that do must agree.
pub(super) fn total(shape: &[usize], families: &[Family]) -> Result<Option<i64>, FitError> {
    let mut sums = Vec::new();
    for (index, family) in families.iter().enumerate() {
        let covers = match family {
            Family::Axis { group_of, .. } => !group_of.contains(&NONE),
            Family::Boxes { boxes } => {
                let inside = |sides: &Vec<Range<u32>>| {
                    sides
                        .iter()
                        .map(|side| u128::from(side.end - side.start))
                        .product::<u128>()
                };
                let cells = shape.iter().map(|n| *n as u128).product::<u128>();
                boxes.iter().map(|(sides, _)| inside(sides)).sum::<u128>() == cells
            }
        };
        if covers {
            let sum = totals_of(family)
                .iter()
                .map(|total| i128::from(*total))
                .sum::<i128>();
            sums.push((index, sum));
        }
    }
    let Some(&(_, first)) = sums.first() else {
        return Ok(None);
    };
    if sums.iter().any(|(_, sum)| *sum != first) {
        return Err(FitError::MarginsDiffer { sums });
    }
    i64::try_from(first)
        .map(Some)
        .map_err(|_| FitError::TooLarge)
}

/// The families as few partitions as nesting allows: two where two colours suffice.
pub(super) fn merged(shape: &[usize], families: &[Family]) -> Result<Vec<Part>, FitError> {
    let regions: Vec<Vec<Region>> = families
        .iter()
        .enumerate()
        .map(|(at, family)| regions(shape, at, family))
        .collect();
    if families.len() <= 2 {
        return regions
            .into_iter()
            .map(|family| painted(shape, family))
            .collect();
    }
    let crosses = |a: &Vec<Region>, b: &Vec<Region>| {
        a.iter()
            .any(|left| b.iter().any(|right| crossing(left, right)))
    };
    let n = regions.len();
    let conflict: Vec<Vec<bool>> = (0..n)
        .map(|a| {
            (0..n)
                .map(|b| a != b && crosses(&regions[a], &regions[b]))
                .collect()
        })
        .collect();
    if let Some(colour) = two_colours(n, |a, b| conflict[a][b]) {
        return classes(shape, regions.into_iter().zip(colour));
    }
    let count: usize = regions.iter().map(Vec::len).sum();
    if count <= MOST_COMPARED {
        let flat: Vec<&Region> = regions.iter().flatten().collect();
        let apart = |a: usize, b: usize| a != b && crossing(flat[a], flat[b]);
        if let Some(colour) = two_colours(count, apart) {
            let single = regions.into_iter().flatten().map(|region| vec![region]);
            return classes(shape, single.zip(colour));
        }
    }
    let colour = first_fit(n, |a, b| conflict[a][b]);
    classes(shape, regions.into_iter().zip(colour))
}

/// The lowest colour that no earlier one stands against.
fn first_fit(n: usize, apart: impl Fn(usize, usize) -> bool) -> Vec<usize> {
    let mut colour: Vec<usize> = Vec::with_capacity(n);
    for a in 0..n {
        let free = (0..).find(|c| (0..a).all(|b| colour[b] != *c || !apart(a, b)));
        colour.push(free.expect("there are more colours than families"));
    }
    colour
}

fn classes(
    shape: &[usize],
    coloured: impl Iterator<Item = (Vec<Region>, usize)>,
) -> Result<Vec<Part>, FitError> {
    let mut classes: Vec<Vec<Region>> = Vec::new();
    for (regions, colour) in coloured {
        while classes.len() <= colour {
            classes.push(Vec::new());
        }
        classes[colour].extend(regions);
    }
    classes
        .into_iter()
        .map(|class| painted(shape, class))
        .collect()
}

/// Two colours such that no two of one colour are apart; `None` where there is an odd ring.
fn two_colours(n: usize, apart: impl Fn(usize, usize) -> bool) -> Option<Vec<usize>> {
    let mut colour = vec![usize::MAX; n];
    for start in 0..n {
        if colour[start] != usize::MAX {
            continue;
        }
        colour[start] = 0;
        let mut queue = vec![start];
        while let Some(a) = queue.pop() {
            for b in 0..n {
                if !apart(a, b) {
                    continue;
                }
                if colour[b] == usize::MAX {
                    colour[b] = 1 - colour[a];
                    queue.push(b);
                } else if colour[b] == colour[a] {
                    return None;
                }
            }
        }
    }
    Some(colour)
}

fn regions(shape: &[usize], at: usize, family: &Family) -> Vec<Region> {
    let region = |mut sides: Vec<Option<Vec<u32>>>, group: usize, total: i64| {
        for (side, n) in sides.iter_mut().zip(shape) {
            *side = side.take().filter(|set| set.len() < *n);
        }
        let length = |(side, n): (&Option<Vec<u32>>, &usize)| {
            side.as_ref().map_or(*n, |set| set.len()) as u128
        };
        let size = sides.iter().zip(shape).map(length).product();
        Region {
            sides,
            stated: Stated {
                group: Group { family: at, group },
                total,
            },
            size,
        }
    };
    match family {
        Family::Axis {
            axis,
            group_of,
            totals,
        } => {
            let mut members = vec![Vec::new(); totals.len()];
            for (position, group) in group_of.iter().enumerate() {
                if *group != NONE {
                    members[*group as usize].push(position as u32);
                }
            }
            let one = |(group, set): (usize, Vec<u32>)| {
                let mut sides = vec![None; shape.len()];
                sides[*axis] = Some(set);
                region(sides, group, totals[group])
            };
            members.into_iter().enumerate().map(one).collect()
        }
        Family::Boxes { boxes } => {
            let one = |(group, (sides, total)): (usize, &(Vec<Range<u32>>, i64))| {
                let set = |side: &Range<u32>| Some(side.clone().collect());
                region(sides.iter().map(set).collect(), group, *total)
            };
            boxes.iter().enumerate().map(one).collect()
        }
    }
}

/// Whether two groups share cells though neither holds the other.
fn crossing(a: &Region, b: &Region) -> bool {
    let (mut a_in_b, mut b_in_a) = (true, true);
    for (left, right) in a.sides.iter().zip(&b.sides) {
        match (left, right) {
            (None, None) => {}
            (None, Some(_)) => a_in_b = false,
            (Some(_), None) => b_in_a = false,
            (Some(left), Some(right)) => {
                let shared = left
                    .iter()
                    .filter(|p| right.binary_search(p).is_ok())
                    .count();
                if shared == 0 {
                    return false;
                }
                a_in_b &= shared == left.len();
                b_in_a &= shared == right.len();
            }
        }
    }
    !a_in_b && !b_in_a
}

/// Paints nested groups from the largest to the smallest; each keeps what is not nested in it.
fn painted(shape: &[usize], mut regions: Vec<Region>) -> Result<Part, FitError> {
    regions.sort_by(|a, b| {
        b.size
            .cmp(&a.size)
            .then(a.stated.group.cmp(&b.stated.group))
    });
    let used = |axis: usize| regions.iter().any(|region| region.sides[axis].is_some());
    let first = (0..shape.len()).find(|axis| used(*axis)).unwrap_or(0);
    let last = (0..shape.len()).rfind(|axis| used(*axis)).unwrap_or(0);
    let axes = if shape.is_empty() {
        0..0
    } else {
        first..last + 1
    };
    let mut part = Part {
        label: vec![NONE; shape[axes.clone()].iter().product()],
        totals: regions.iter().map(|region| region.stated.total).collect(),
        names: regions.iter().map(|region| region.stated).collect(),
        parent: vec![None; regions.len()],
        axes,
    };
    let mut own: Vec<i128> = part.totals.iter().map(|total| i128::from(*total)).collect();
    let mut left: Vec<u128> = regions.iter().map(|region| region.size).collect();
    for (at, region) in regions.iter().enumerate() {
        let under = paint(&mut part, shape, region, at as u32)?;
        if let Some(under) = under {
            own[under as usize] -= i128::from(region.stated.total);
            left[under as usize] -= region.size;
            part.parent[at] = Some(under);
        }
    }
    for at in 0..regions.len() {
        if own[at] < 0 || (left[at] == 0 && own[at] != 0) {
            return Err(outgrown(&part, at));
        }
    }
    part.totals = own
        .iter()
        .map(|total| i64::try_from(*total).expect("at most stated"))
        .collect();
    Ok(part)
}

/// Labels the cells of one group; gives the group that they were in before.
fn paint(
    part: &mut Part,
    shape: &[usize],
    region: &Region,
    label: u32,
) -> Result<Option<u32>, FitError> {
    let mut at = vec![0usize];
    for axis in part.axes.clone() {
        let step = |base: &usize, position: usize| base * shape[axis] + position;
        at = match &region.sides[axis] {
            Some(set) => at
                .iter()
                .flat_map(|b| set.iter().map(move |p| step(b, *p as usize)))
                .collect(),
            None => at
                .iter()
                .flat_map(|b| (0..shape[axis]).map(move |p| step(b, p)))
                .collect(),
        };
    }
    let under = at.first().map_or(NONE, |first| part.label[*first]);
    for cell in at {
        if part.label[cell] != under {
            let what = ("同组的范围互相重叠", "groups of one family overlap");
            return Err(FitError::Malformed {
                family: Some(region.stated.group.family),
                what,
            });
        }
        part.label[cell] = label;
    }
    Ok((under != NONE).then_some(under))
}

/// A group whose nested groups take more than it has, or all its cells but not all its total.
fn outgrown(part: &Part, at: usize) -> FitError {
    let inner = (0..part.names.len()).filter(|group| part.parent[*group] == Some(at as u32));
    let inner: Vec<Stated> = inner.map(|group| part.names[group]).collect();
    let sum: i128 = inner.iter().map(|stated| i128::from(stated.total)).sum();
    let outer = part.names[at];
    let proposal = i64::try_from(sum).ok().map(|proposed| Proposal {
        group: outer.group,
        stated: outer.total,
        proposed,
    });
    let clash = std::iter::once(outer).chain(inner).collect();
    FitError::Infeasible {
        clash,
        proposal: proposal.into_iter().collect(),
        bounds: Vec::new(),
    }
}
