//! How an operation is written, in `[[do]]` of a plan file and in a line of a log alike. The key that
//! names the verb tells which one it is. Must not know the plan it acts on.

use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::adjustment::{
    ActionEntry, CarryEntry, CheckActionEntry, CloseEntry, DecideEntry, ResolveEntry, ReviseEntry,
    WaiveEntry,
};
use crate::plan_file::wire::basis::BasisEntry;
use crate::plan_file::wire::place::PlaceEntry;

one_of! {
    /// One operation
    OperationEntry {
        Total(TotalEntry),
        Decompose(DecomposeEntry),
        Fit(FitEntry),
        Set(SetEntry),
        Hold(HoldEntry),
        Release(ReleaseEntry),
        Bound(BoundEntry),
        Transfer(TransferEntry),
        Reallocate(ReallocateEntry),
        Commit(CommitEntry),
        Layer(LayerEntry),
        State(StateEntry),
        Leave(LeaveEntry),
        Close(CloseEntry),
        Carry(CarryEntry),
        Action(ActionEntry),
        CheckAction(CheckActionEntry),
        Waive(WaiveEntry),
        Revise(ReviseEntry),
        Decide(DecideEntry),
        Resolve(ResolveEntry),
        Undo(UndoEntry),
    }
}

entry! {
    /// States the total of a flow
    TotalEntry {
        /// "1000万", or a reference's sum, grown
        total: TotalValue,
        ;
        measure: Text,
        who: Text,
        why: Text,
    }
}

one_of! {
    /// A total as an amount or from history
    TotalValue {
        History(GrownEntry),
        #[serde(rename = "$text")]
        Amount(Text),
    }
}

entry! {
    /// A reference's sum, grown: 2017 × 1.15
    GrownEntry {
        /// The reference's name
        history: Text,
        ;
        /// Which of its days; all where absent
        period: Text,
        /// "15%"
        growth: Text,
    }
}

entry! {
    /// Hands a target down to the members of an axis
    DecomposeEntry {
        /// "region", "time.month", or several of them in order
        decompose: Many<Text>,
        /// Where the weights come from
        by: BasisEntry,
        ;
        /// Only inside this place
        within: PlaceEntry,
        /// Who gets the left-over steps: largest_remainder, first, last, largest, member:2
        policy: Text,
        /// A coarser step such as "100"
        step: Text,
        /// What all-zero weights mean: equal or refuse
        zero_basis: Text,
        /// Part of every parent that is not handed down: "5%"
        hold_back: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Meets totals on several axes at once
    FitEntry {
        /// Axis, or axis and level in quotes, to the totals stated there
        fit: Table<MarginEntry>,
        ;
        /// What the cells stay nearest to
        prior: BasisEntry,
        zero_basis: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

one_of! {
    /// Totals along one axis: an amount per member, shares, or a basis
    MarginEntry {
        Shares(SharesMargin),
        By(BasisMargin),
        Amounts(AmountsMargin),
        #[serde(rename = "$table")]
        Members(Table<MarginMember>),
    }
}

one_of! {
    /// A member's amount, or, under an axis, the margin of a level: `time.month` without quotes
    MarginMember {
        #[serde(rename = "$text")]
        Amount(Text),
        #[serde(rename = "$table")]
        Level(MarginEntry),
    }
}

entry! {
    /// Shares of the plan's total that sum to 100 %
    SharesMargin { shares: Table<Text>, ; }
}

entry! {
    /// The plan's total over the level by a basis
    BasisMargin { by: BasisEntry, ; }
}

entry! {
    /// An amount per member
    AmountsMargin { amounts: Table<Text>, ; }
}

entry! {
    /// Types a number into a total or a leaf
    SetEntry {
        set: PlaceEntry,
        ;
        /// "120万", "+10%", "-5万", "*1.1"
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
    /// Pins a value until it is released
    HoldEntry {
        hold: PlaceEntry,
        ;
        /// The value; what it is now where absent
        at: Text,
        /// What keeps its value when the held one changes: total, nothing, ancestors, parent:org
        keep: Text,
        /// Day after which the hold no longer stands
        until: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Ends a hold
    ReleaseEntry { release: PlaceEntry, ; measure: Text, who: Text, why: Text, }
}

entry! {
    /// States a floor and a cap
    BoundEntry {
        bound: PlaceEntry,
        ;
        floor: Text,
        cap: Text,
        /// The floor
        min: Text,
        /// The cap
        max: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Moves an amount from one place to another
    TransferEntry {
        transfer: Text,
        from: PlaceEntry,
        to: PlaceEntry,
        ;
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Types a number while siblings absorb, so that every ancestor stays
    ReallocateEntry {
        reallocate: PlaceEntry,
        to: Text,
        ;
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// People's own figures
    CommitEntry {
        /// Amounts by place
        commit: CommitValues,
        ;
        /// keep: only the rest is shared; near: everything moves to be nearest to them
        mode: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

one_of! {
    /// Amounts by place
    CommitValues {
        #[serde(rename = "$table")]
        Table(Table<Text>),
        #[serde(rename = "$list")]
        List(Vec<CommitValue>),
    }
}

entry! {
    /// One person's figure
    CommitValue { at: PlaceEntry, amount: Text, ; }
}

entry! {
    /// A layer above the base
    LayerEntry {
        /// over_assignment, stretch, challenge, carried
        layer: Text,
        ;
        /// "3%" of the base
        rate: Text,
        /// An amount for the whole plan
        amount: Text,
        /// Over-assignment starts at this axis and level: "org.region"
        level: Text,
        /// Who may see it; everyone where absent
        roles: Many<Text>,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// A value of a level or ratio measure
    StateEntry {
        /// A place, or several values by period or place
        state: StatePlaces,
        ;
        value: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

one_of! {
    /// A place, or values by place
    StatePlaces {
        #[serde(rename = "$text")]
        Place(Text),
        #[serde(rename = "$table")]
        Values(Table<Text>),
        #[serde(rename = "$list")]
        Pairs(Vec<(Text, Text)>),
    }
}

entry! {
    /// A member leaves; its open rest goes on
    LeaveEntry {
        /// "org=张三"
        leave: PlaceEntry,
        /// The first day without the member
        date: Text,
        ;
        /// Who takes over; the parent holds it back where absent
        successor: Text,
        measure: Text,
        who: Text,
        why: Text,
    }
}

entry! {
    /// Takes an earlier operation out of effect
    UndoEntry {
        /// Its number in the log
        undo: u64,
        ;
        who: Text,
        why: Text,
    }
}
