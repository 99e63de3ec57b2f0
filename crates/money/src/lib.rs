//! Amounts, weights and exact allocation. Knows nothing of plans, calendars or files.
