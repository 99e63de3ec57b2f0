//! The content hash of a plan: the same cells on the same members give the same hash on every machine.

use sha2::{Digest, Sha256};

use crate::frontier::each_combination;
use crate::state::Plan;

impl Plan {
    /// SHA-256 over measures, visible members and stored cells, as hexadecimal digits.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let again = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.content_hash(), again.content_hash());
    /// assert_eq!(plan.content_hash().len(), 64);
    /// ```
    pub fn content_hash(&self) -> String {
        let mut hash = Sha256::new();
        let text = |hash: &mut Sha256, text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        text(&mut hash, "fenjie plan 1");
        text(&mut hash, &self.model.definition.period.to_string());
        for (measure, grid) in self.model.definition.measures.iter().zip(&self.grids) {
            text(&mut hash, &measure.code);
            hash.update(measure.step.units().to_le_bytes());
            hash.update(measure.step.decimals().to_le_bytes());
            hash.update((grid.profile_depth as u64).to_le_bytes());
            for (axis, frontier) in self.model.axes().iter().zip(grid.cube.frontiers()) {
                text(&mut hash, &axis.code);
                for leaf in frontier.leaves() {
                    text(&mut hash, axis.tree.code(frontier.node(*leaf)));
                }
            }
            let mut bytes = Vec::with_capacity(64 * 1024);
            each_combination(&grid.cube.leaf_lists(), |at| {
                bytes.extend_from_slice(&grid.cube.get(at).to_le_bytes());
                if bytes.len() >= 64 * 1024 {
                    hash.update(&bytes);
                    bytes.clear();
                }
            });
            hash.update(&bytes);
        }
        for statement in &self.statements {
            let measure = &self.model.definition.measures[statement.measure];
            text(&mut hash, &measure.code);
            text(&mut hash, &self.model.place_text(&statement.place));
            text(&mut hash, &statement.value.to_string());
        }
        self.hash_carried(&mut hash);
        hash.finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// What is carried, where anything is: every cell of the layer.
    fn hash_carried(&self, hash: &mut Sha256) {
        for measure in 0..self.grids.len() {
            let Ok(Some(carried)) = self.carried(measure) else {
                continue;
            };
            let cube = carried.view.cube();
            hash.update(b"carried");
            each_combination(&cube.leaf_lists(), |at| {
                hash.update(cube.get(at).to_le_bytes());
            });
        }
    }
}
