//! Tests of tracking by its public face: what a sales manager sees on a day, in tables.

#[cfg(test)]
mod adjusted;
#[cfg(test)]
mod agreement;
#[cfg(test)]
mod alerts;
#[cfg(test)]
mod board;
#[cfg(test)]
mod calendars;
#[cfg(test)]
mod charts;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod slots;
#[cfg(test)]
mod stated;
