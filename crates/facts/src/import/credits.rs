//! Shared sales: who gets which share, exactly 100 % (rule T3). Knows no rows.

use fenjie_exchange::table::{CellRef, Column};
use fenjie_plan::Tree;
use rustc_hash::FxHashMap;

use super::{CreditFault, RowFault};

/// The whole, in millionths.
const WHOLE: u64 = 1_000_000;

/// Members and their shares in millionths; empty where the sale is not shared.
pub(super) type Shares = Vec<(u32, u64)>;

/// The shares of a column's entries, members by an index into texts.
#[derive(Debug, Default)]
pub(super) struct Credits {
    pub shares: Vec<Shares>,
    pub faults: Vec<Option<RowFault>>,
    /// Codes of known members and texts of unknown ones.
    pub members: Vec<(String, bool)>,
}

/// Reads every entry once.
pub(super) fn read_credits(column: &Column, tree: &Tree) -> Credits {
    let mut credits = Credits::default();
    let mut at: FxHashMap<String, u32> = FxHashMap::default();
    for cell in column.entries() {
        match read_shares(cell, tree, &mut at, &mut credits.members) {
            Ok(shares) => {
                credits.shares.push(shares);
                credits.faults.push(None);
            }
            Err(reason) => {
                credits.shares.push(Vec::new());
                credits.faults.push(Some(RowFault::Credit { reason }));
            }
        }
    }
    credits
}

fn read_shares(
    cell: CellRef<'_>,
    tree: &Tree,
    at: &mut FxHashMap<String, u32>,
    members: &mut Vec<(String, bool)>,
) -> Result<Shares, CreditFault> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let mut shares: Shares = Vec::new();
    let mut numbers = Vec::new();
    let is_mark = |c: char| matches!(c, ';' | '；' | ',' | '，' | '、' | '|' | '\n');
    for part in cell
        .text
        .split(is_mark)
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let at_mark = part.rfind([':', '：', '=', ' ']).ok_or(CreditFault::Form)?;
        let (name, share) = part.split_at(at_mark);
        let (name, share) = (
            name.trim(),
            share.trim_start_matches([':', '：', '=', ' ']).trim(),
        );
        if name.is_empty() || !super::members::is_fit(name) || shares.len() >= 1_000 {
            return Err(CreditFault::Form);
        }
        let (text, known) = match tree.find(name) {
            Ok(node) => (tree.code(node).to_owned(), true),
            Err(_) => (name.to_owned(), false),
        };
        let member = *at.entry(text).or_insert_with_key(|text| {
            members.push((text.clone(), known));
            members.len() as u32 - 1
        });
        if shares.iter().any(|(other, _)| *other == member) {
            return Err(CreditFault::Twice {
                member: name.to_owned(),
            });
        }
        numbers.push(share_number(share).ok_or(CreditFault::Form)?);
        shares.push((member, 0));
    }
    let wholes = in_millionths(&numbers)?;
    for ((_, share), whole) in shares.iter_mut().zip(wholes) {
        *share = whole;
    }
    Ok(shares)
}

/// A share as millionths of the number written, and whether it had a per cent sign.
fn share_number(text: &str) -> Option<(u64, bool)> {
    let (text, is_percent) = match text.strip_suffix(['%', '％']) {
        Some(rest) => (rest.trim(), true),
        None => (text, false),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 3
        || fraction.len() > 6
        || !digits(whole)
        || !digits(fraction)
    {
        return None;
    }
    let fraction: u64 = format!("{fraction:0<6}").parse().ok()?;
    Some((whole.parse::<u64>().ok()? * WHOLE + fraction, is_percent))
}

/// Shares of 100 %, or of 1 where no sign says otherwise.
fn in_millionths(numbers: &[(u64, bool)]) -> Result<Vec<u64>, CreditFault> {
    let sum: u64 = numbers.iter().map(|(number, _)| number).sum();
    let signed = numbers.iter().filter(|(_, is_percent)| *is_percent).count();
    let is_part = signed == 0 && sum == WHOLE;
    if !is_part && (sum != 100 * WHOLE || signed != 0 && signed != numbers.len()) {
        let whole = sum / WHOLE;
        let fraction = format!("{:06}", sum % WHOLE);
        let fraction = fraction.trim_end_matches('0');
        let sum = if fraction.is_empty() {
            whole.to_string()
        } else {
            format!("{whole}.{fraction}")
        };
        return Err(CreditFault::Sum { sum });
    }
    // Shares finer than a millionth would not sum to the whole.
    let unit = if is_part { 1 } else { 100 };
    if numbers.iter().any(|(number, _)| number % unit != 0) {
        return Err(CreditFault::Form);
    }
    Ok(numbers.iter().map(|(number, _)| number / unit).collect())
}
