//! Tests of the plan by its public face: every rule a table, every promise a property.

#[cfg(test)]
mod adjusting;
#[cfg(test)]
mod adjusting_acts;
#[cfg(test)]
mod adjusting_deep;
#[cfg(test)]
mod adjusting_properties;
#[cfg(test)]
mod amounts;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod carry_agreement;
#[cfg(test)]
mod carry_oracle;
#[cfg(test)]
mod carry_weeks;
#[cfg(test)]
mod check;
#[cfg(test)]
mod closed_edits;
#[cfg(test)]
mod decompose;
#[cfg(test)]
mod edit_cost;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod extremes;
#[cfg(test)]
mod history;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod levels;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod log;
#[cfg(test)]
mod margins;
#[cfg(test)]
mod people;
#[cfg(test)]
mod promises;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod reversal;
#[cfg(test)]
mod script;
#[cfg(test)]
mod steps;
#[cfg(test)]
mod steps_adjust;
#[cfg(test)]
mod table;
#[cfg(test)]
mod typing;
