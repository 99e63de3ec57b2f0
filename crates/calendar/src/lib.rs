//! Days partitioned into periods of selling. Knows nothing of amounts, plans or files.
