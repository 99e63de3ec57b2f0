//! What somebody may ask of a plan: places, members, measures and layers within reach (rule R3). Every
//! look-up is permission as well. Must not know who they are beyond role and reach.

use fenjie_message::Message;
use fenjie_plan::{Address, LayerKind, LayerRule, Place, Plan, Tree};
use fenjie_store::people::Role;

use crate::rights::{Verb, role_may};
use crate::working::Opened;
use crate::{AppError, Reach};

/// A plan as far as somebody may see it.
#[derive(Clone, Copy)]
pub struct Within<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// Whose rows.
    pub reach: &'p Reach,
    /// Which layers.
    pub role: Role,
}

impl Opened {
    /// The plan as far as the asker may see it.
    pub fn within(&self) -> Within<'_> {
        Within::new(self.loaded.plan(), &self.reach, self.actor.role)
    }

    /// What an address names, within reach.
    ///
    /// # Errors
    /// See [`Within::place`].
    pub fn place(&self, address: &str) -> Result<Place, AppError> {
        self.within().place("at", address)
    }
}

impl<'p> Within<'p> {
    /// A plan as far as somebody may see it.
    pub fn new(plan: &'p Plan, reach: &'p Reach, role: Role) -> Within<'p> {
        Within { plan, reach, role }
    }

    /// The organisation axis that rows are cut on; none where everything is within reach.
    pub fn cut_axis(&self) -> Option<usize> {
        match self.reach {
            Reach::Nodes { axis, .. } => Some(*axis),
            _ => None,
        }
    }

    fn tree(&self, axis: usize) -> &'p Tree {
        &self.plan.model().axes()[axis].tree
    }

    /// Whether a node of an axis is within reach.
    pub fn sees_node(&self, axis: usize, node: u32) -> bool {
        match self.reach {
            Reach::All => true,
            Reach::Nothing => false,
            Reach::Nodes { axis: cut, .. } => {
                *cut != axis || self.reach.sees(self.tree(axis), node)
            }
        }
    }

    /// Whether a place, one node for each axis or dimension, is within reach.
    pub fn sees(&self, nodes: &[u32]) -> bool {
        let tree_of = |axis: usize| self.tree(axis);
        self.reach.sees_members(tree_of, nodes)
    }

    /// The nodes of an axis within reach, in the order of its tree.
    pub fn visible_nodes(&self, axis: usize) -> impl Iterator<Item = u32> + use<'p> {
        let within = *self;
        let nodes = 0..self.tree(axis).len() as u32;
        nodes.filter(move |node| within.sees_node(axis, *node))
    }

    /// The uppermost nodes of an axis within reach: its root, or where somebody's part begins.
    pub fn tops(&self, axis: usize) -> Vec<u32> {
        if self.cut_axis() != Some(axis) {
            return vec![0];
        }
        let tree = self.tree(axis);
        let above = |node: &u32| {
            let mut above = std::iter::successors(tree.parent(*node), |node| tree.parent(*node));
            above.any(|node| self.sees_node(axis, node))
        };
        let Reach::Nodes { nodes, .. } = self.reach else {
            return vec![0];
        };
        let reached = nodes.iter().map(|reached| reached.node);
        reached.filter(|node| !above(node)).collect()
    }

    /// A member of an axis by code, or by a name that only one member within reach has.
    ///
    /// # Errors
    /// `not_found` where there is none within reach; `member_unknown` with the nearest names where
    /// everything is.
    pub fn member(&self, axis: usize, member: &str) -> Result<u32, AppError> {
        let tree = self.tree(axis);
        if self.cut_axis() != Some(axis) {
            let code = &self.plan.model().axes()[axis].code;
            let address = Address(vec![(code.clone(), member.to_owned())]);
            let found = self.plan.model().place(&address);
            return found
                .map(|place| place.0[axis])
                .map_err(|error| AppError::invalid_by("member", &error));
        }
        let hidden = || AppError::not_found(member);
        let coded = tree.with_code(member);
        if let Some(node) = coded.filter(|node| self.sees_node(axis, *node)) {
            return Ok(node);
        }
        let mut named = self
            .visible_nodes(axis)
            .filter(|node| tree.name(*node) == member);
        match (named.next(), named.next()) {
            (Some(node), None) => Ok(node),
            _ => Err(hidden()),
        }
    }

    /// What an address names: `region=华东, month=2026-07`. Where it leaves out the axis that rows
    /// are cut on, somebody with one part means that part.
    ///
    /// # Errors
    /// `not_found` for what is not within reach or not there; `place_above_reach` where the address
    /// leaves out the axis and the asker has several parts; otherwise what is wrong with it.
    pub fn place(&self, field: &str, address: &str) -> Result<Place, AppError> {
        let (mut place, named) = self.looked_up(field, address)?;
        if let Some(cut) = self.cut_axis().filter(|_| !named) {
            place.0[cut] = self.only_top(cut, field)?;
        }
        match self.sees(&place.0) {
            true => Ok(place),
            false => Err(AppError::not_found(address)),
        }
    }

    /// The same, but where the address leaves out the axis that rows are cut on, the place stands at
    /// that axis's root: for those who choose among its visible nodes themselves.
    ///
    /// # Errors
    /// Those of [`Within::place`] but `place_above_reach`.
    pub(super) fn place_from(&self, field: &str, address: &str) -> Result<Place, AppError> {
        Ok(self.looked_up(field, address)?.0)
    }

    /// What an address names, and whether it names the axis that rows are cut on; the member that it
    /// names there is within reach.
    fn looked_up(&self, field: &str, address: &str) -> Result<(Place, bool), AppError> {
        let mut parsed = Address::parse(address).map_err(|part| {
            AppError::invalid(
                field,
                "address_invalid",
                format!("`{part}` 不是位置；写成 轴=成员，例如 region=华东, month=2026-07"),
                format!("`{part}` is no place; write axis=member, such as month=2026-07"),
            )
        })?;
        let model = self.plan.model();
        let wrong = |error: fenjie_plan::PlanError| AppError::invalid_by(field, &error);
        let mut named = false;
        if let Some(cut) = self.cut_axis() {
            for (key, member) in &mut parsed.0 {
                let (axis, _) = model.axis_level(key).map_err(wrong)?;
                if axis == cut {
                    let node = self.member(axis, member)?;
                    *member = self.tree(axis).code(node).to_owned();
                    named = true;
                }
            }
        }
        Ok((model.place(&parsed).map_err(wrong)?, named))
    }

    /// The one part that somebody has of the axis that rows are cut on.
    pub(super) fn only_top(&self, cut: usize, field: &str) -> Result<u32, AppError> {
        match self.tops(cut)[..] {
            [top] => Ok(top),
            _ => {
                let axis = &self.plan.model().axes()[cut];
                let (code, name) = (&axis.code, &axis.name);
                Err(AppError::invalid(
                    field,
                    "place_above_reach",
                    format!("合计超出您的数据范围；请在“{name}”（{code}）上指明一个成员"),
                    format!("the total is beyond your part; name a member on {name} ({code})"),
                ))
            }
        }
    }

    /// A measure by code or name; the first flow where empty.
    ///
    /// # Errors
    /// `measure_unknown`.
    pub fn measure(&self, name: Option<&str>) -> Result<usize, AppError> {
        let found = self.plan.model().measure_index(name.unwrap_or_default());
        found.map_err(|error| AppError::invalid_by("measure", &error))
    }

    /// Whether the role may see what is carried in a measure.
    pub fn sees_carried(&self, measure: usize) -> bool {
        let model = self.plan.model();
        let mut rules = self.plan.layer_rules().iter();
        rules.all(|rule| {
            rule.layer != LayerKind::Carried
                || model.measure_index(&rule.measure).ok() != Some(measure)
                || self.sees_layer(rule)
        })
    }

    /// Whether the role may see a layer; see [`sees_layer`].
    pub fn sees_layer(&self, rule: &LayerRule) -> bool {
        sees_layer(self.role, rule)
    }
}

/// Whether a role may see a layer (rule L1): those that it was made for, everybody where it names
/// nobody, and those who make layers or audit them.
pub fn sees_layer(role: Role, rule: &LayerRule) -> bool {
    let named = |name: &String| {
        let name = name.trim();
        name.eq_ignore_ascii_case(role.code()) || chinese(role).contains(&name)
    };
    rule.roles.is_empty()
        || role_may(role, Verb::ManagePlan)
        || role == Role::Auditor
        || rule.roles.iter().any(named)
}

/// What plan files call a role in Chinese.
fn chinese(role: Role) -> &'static [&'static str] {
    match role {
        Role::Administrator => &["管理员"],
        Role::Planner => &["计划员", "销售运营"],
        Role::Director => &["总监", "销售总监"],
        Role::Manager => &["经理", "店长", "区域经理"],
        Role::Salesperson => &["销售", "销售员", "导购"],
        Role::Auditor => &["审计"],
        Role::ReadOnly => &["只读"],
    }
}

/// A refusal of the domain about a field, as it is where everything is within reach.
pub(super) fn refused(field: &str, message: &dyn Message) -> AppError {
    AppError::invalid_by(field, message)
}
