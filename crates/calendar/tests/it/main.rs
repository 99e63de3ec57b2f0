//! The tests of the whole crate, one binary. Knows the public face only.

#[cfg(test)]
mod brief;
#[cfg(test)]
mod holidays;
#[cfg(test)]
mod partition;
#[cfg(test)]
mod show;
#[cfg(test)]
mod years;
