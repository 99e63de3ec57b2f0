//! How the operations that adjust a running plan are written: closes, carries, action plans,
//! revisions, resolutions. Must not know the plan they act on.

use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::place::PlaceEntry;

entry! {
    /// Closes a period with the results it ended with
    CloseEntry {
        /// The period: "piece=2026-03-06", "month=2026-03"
        close: PlaceEntry,
        ;
        /// The members results are kept for: "region", "org.store", "region, product"
        of: Text,
        /// What was sold, by member of `of` or by place; who is not named sold nothing
        actuals: ActualsEntry,
        /// Sold by nobody who is known
        unassigned: Text,
        measure: Text,
        who: Text,
        /// Why a closed period is closed again
        why: Text,
    }
}

one_of! {
    /// Amounts by member or place
    ActualsEntry {
        #[serde(rename = "$table")]
        Table(Table<Text>),
        #[serde(rename = "$list")]
        List(Vec<ActualEntry>),
    }
}

entry! {
    /// What one member sold
    ActualEntry { at: PlaceEntry, amount: Text, ; }
}

entry! {
    /// Carries what closed periods fell short of to later open ones
    CarryEntry {
        /// The level that is carried: "piece", "month"
        carry: Text,
        ;
        /// Whose shortfall: "region", "org.store"; the finest of the first axis where absent
        of: Text,
        /// Inside which period it is made good: month, quarter, year
        horizon: Text,
        /// How it is shared: weights, base, equal, next
        share: Text,
        /// The most a period takes, of its base: "20%"
        cap: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// What `fenjie carry` does where the command line does not say
    CarryTable {
        ;
        /// Whose shortfall: "region", "org.store"
        of: Text,
        /// The level that is carried: piece, month
        level: Text,
        /// Inside which period it is made good: month, quarter, year
        horizon: Text,
        /// How it is shared: weights, base, equal, next
        share: Text,
        /// The most a period takes, of its base: "20%"
        cap: Text,
    }
}

entry! {
    /// An action plan after two missed periods in a row
    ActionEntry {
        /// Whose: "store=S1"
        action: PlaceEntry,
        /// Who answers for it
        owner: Text,
        /// By when
        due: Text,
        ;
        /// Why the target was missed: market, target, strategy, execution, customers
        causes: CausesEntry,
        /// What will be done
        measures: Many<Text>,
        measure: Text,
        who: Text,
        why: Text,
    }
}

one_of! {
    /// Causes with a text each
    CausesEntry {
        #[serde(rename = "$table")]
        Table(Table<Text>),
        #[serde(rename = "$list")]
        Pairs(Vec<(Text, Text)>),
    }
}

entry! {
    /// What became of an action plan
    CheckActionEntry {
        /// The action plan's number in the log
        check_action: u64,
        /// effective, partly, ineffective
        effect: Text,
        ;
        /// What was seen
        note: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Adjustments of a member go on without an action plan
    WaiveEntry {
        /// Who need not wait: "store=S1"
        waive: PlaceEntry,
        ;
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Proposes another target
    ReviseEntry {
        revise: PlaceEntry,
        ;
        /// "28万", "+10%", "-5万", "*1.1"
        to: Text,
        /// An amount to add, signed
        by: Text,
        /// What keeps its value: nothing, total, ancestors, parent:org
        keep: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Answers a revision
    DecideEntry {
        /// The revision's number in the log
        decide: u64,
        /// true or false
        approved: bool,
        ;
        who: Text,
        why: Text,
    }
}

entry! {
    /// What a review meeting decided
    ResolveEntry {
        /// What was decided
        resolve: Text,
        ;
        /// The period under review: "piece=2026-03-06"
        period: PlaceEntry,
        /// Whom it concerns; everyone where absent
        at: PlaceEntry,
        /// Who does it
        owner: Text,
        /// By when
        due: Text,
        who: Text,
        why: Text,
    }
}
