//! How dimensions and their members are written. Must not know trees or files.

use crate::plan_file::scalar::{Many, Table, Text};

one_of! {
    /// A dimension: its members, or a table with the key `members`
    AxisEntry {
        Members(Box<AxisTable>),
        #[serde(rename = "$list")]
        List(Vec<MemberEntry>),
        #[serde(rename = "$table")]
        Tree(Table<BranchEntry>),
    }
}

entry! {
    /// A dimension with its members here or in a file
    AxisTable {
        /// A file (CSV, XLSX, XLS, ODS, Parquet), a list, or a tree
        members: MembersEntry,
        ;
        /// What people read instead of the code
        name: Text,
        /// Name of the member above all others, where the list has none
        total: Text,
        /// Names of the levels below the total, from the top
        levels: Vec<Text>,
        /// Shares must be stated and sum to 100 %
        composition: bool,
        /// The sheet of a workbook
        sheet: Text,
        /// Row of the header
        header_row: usize,
        /// Text encoding such as "gb18030"
        encoding: Text,
        /// Which column is what: code, name, parent, from, until
        columns: MemberColumns,
        /// Columns of numbers usable as weights; every column of numbers where absent
        attributes: Many<Text>,
    }
}

one_of! {
    /// Where the members are
    MembersEntry {
        #[serde(rename = "$text")]
        File(Text),
        #[serde(rename = "$list")]
        List(Vec<MemberEntry>),
        #[serde(rename = "$table")]
        Tree(Table<BranchEntry>),
    }
}

entry! {
    /// Names of columns in a member file
    MemberColumns {
        ;
        code: Text,
        name: Text,
        parent: Text,
        from: Text,
        until: Text,
    }
}

one_of! {
    /// A member: its name, or a table
    MemberEntry {
        #[serde(rename = "$text")]
        Name(Text),
        #[serde(rename = "$table")]
        Table(MemberTable),
    }
}

entry! {
    /// A member in full
    MemberTable {
        /// Stable code
        code: Text,
        ;
        name: Text,
        parent: Text,
        /// First day
        from: Text,
        /// Last day
        until: Text,
        /// Numbers usable as weights
        attributes: Table<Text>,
    }
}

one_of! {
    /// What stands below a member of a tree
    BranchEntry {
        #[serde(rename = "$list")]
        List(Vec<MemberEntry>),
        #[serde(rename = "$table")]
        Tree(Table<BranchEntry>),
    }
}
