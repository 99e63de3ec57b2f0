//! Fits a flow of which periods are closed: closed cells keep their values, the open ones meet what
//! the closed ones leave of every stated total (rules D9, J4). Knows no operations.

use crate::cube::Cube;
use crate::fit::{Family, FitError, Fitted, Group};

/// What closed periods leave to be fitted.
pub(crate) struct OpenRest {
    /// Whether each leaf of time is open.
    open: Vec<bool>,
    shape: Vec<usize>,
    /// All cells as they are, row-major.
    cells: Vec<i64>,
    /// For each family what every group has in closed periods.
    closed: Vec<Vec<i64>>,
}

impl OpenRest {
    /// What is open of a flow; none where nothing is closed.
    pub(crate) fn of(cube: &Cube) -> Option<OpenRest> {
        let frontiers = cube.frontiers();
        let time = frontiers.last().expect("time is always there");
        let leaves = time.leaves().iter();
        let open: Vec<bool> = leaves.map(|leaf| !cube.closed_at(*leaf).0).collect();
        if open.iter().all(|open| *open) {
            return None;
        }
        Some(OpenRest {
            shape: frontiers.iter().map(|one| one.leaves().len()).collect(),
            cells: cube.cells(&vec![0; frontiers.len()]),
            closed: Vec::new(),
            open,
        })
    }

    /// The length of each axis with the open leaves of time alone.
    pub(crate) fn open_shape(&self) -> Vec<usize> {
        let mut shape = self.shape.clone();
        *shape.last_mut().expect("time") = self.open.iter().filter(|open| **open).count();
        shape
    }

    /// Of one value per cell those of open cells.
    pub(crate) fn narrowed(&self, all: &[i64]) -> Vec<i64> {
        let open = self.open.iter().cycle();
        let open = all.iter().zip(open).filter(|(_, open)| **open);
        open.map(|(value, _)| *value).collect()
    }

    /// Takes off the next family's totals what is closed of them, and off its groups what is closed.
    /// Gives the first group that has less left than nothing, or something left and no open cell.
    pub(crate) fn take_off(&mut self, family: &mut Family) -> Result<(), (usize, i64)> {
        let Family::Axis {
            axis,
            group_of,
            totals,
        } = family
        else {
            unreachable!("margins lie on one axis")
        };
        let (time, stride) = (
            self.shape.len() - 1,
            self.shape[*axis + 1..].iter().product::<usize>(),
        );
        let (mut closed, mut has_open) = (vec![0i64; totals.len()], vec![false; totals.len()]);
        for (cell, value) in self.cells.iter().enumerate() {
            let group = group_of[cell / stride % self.shape[*axis]] as usize;
            if group >= totals.len() {
                continue;
            }
            match self.open[cell % self.shape[time]] {
                true => has_open[group] = true,
                false => closed[group] += value,
            }
        }
        for (group, total) in totals.iter_mut().enumerate() {
            *total -= closed[group];
            if *total < 0 || (*total != 0 && !has_open[group]) {
                return Err((group, closed[group]));
            }
        }
        if *axis == time {
            let pairs = group_of.iter().zip(&self.open);
            *group_of = pairs
                .filter(|(_, open)| **open)
                .map(|(at, _)| *at)
                .collect();
        }
        self.closed.push(closed);
        Ok(())
    }

    /// The fitted table with the closed cells as they were.
    pub(crate) fn whole(&self, mut fitted: Fitted) -> Fitted {
        let width = self.open.len();
        let places: Vec<usize> = (0..self.cells.len())
            .filter(|cell| self.open[cell % width])
            .collect();
        let mut cells = self.cells.clone();
        for (place, value) in places.iter().zip(&fitted.cells) {
            cells[*place] = *value;
        }
        fitted.cells = cells;
        for beyond in &mut fitted.beyond {
            beyond.cell = places[beyond.cell];
        }
        fitted
    }

    /// An error told of whole totals, closed periods included.
    pub(crate) fn in_whole(&self, mut error: FitError) -> FitError {
        let closed = |group: Group| self.closed[group.family][group.group];
        match &mut error {
            FitError::Infeasible {
                clash, proposal, ..
            } => {
                for stated in clash {
                    stated.total += closed(stated.group);
                }
                for change in proposal {
                    change.stated += closed(change.group);
                    change.proposed += closed(change.group);
                }
            }
            FitError::RoundingNotFound { groups } => {
                for stated in groups {
                    stated.total += closed(stated.group);
                }
            }
            _ => {}
        }
        error
    }
}
