//! Identifiers: a prefix that says of what, and 128 random bits. Must not know where they are kept.

use std::fmt;

/// Letters of Crockford's base 32, without i, l, o, u.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is no identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no identifier of {what}")]
pub struct NoId {
    /// What was wanted, its prefix.
    pub what: &'static str,
    /// The text, cut short.
    pub text: String,
}

fn written(prefix: &str, bits: u128) -> String {
    let digits = (0..26)
        .rev()
        .map(|at| DIGITS[(bits >> (at * 5)) as usize & 31] as char);
    format!("{prefix}_{}", digits.collect::<String>())
}

fn checked(prefix: &'static str, text: &str) -> Result<String, NoId> {
    let digits = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'));
    match digits {
        Some(digits)
            if digits.len() == 26 && digits.bytes().all(|digit| DIGITS.contains(&digit)) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(NoId {
            what: prefix,
            text: text.chars().take(40).collect(),
        }),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The prefix that all of them carry.
            pub const PREFIX: &'static str = $prefix;

            /// An identifier of these random bits.
            pub fn of(bits: u128) -> Self {
                Self(written($prefix, bits))
            }

            /// The identifier that a text is.
            ///
            /// # Errors
            /// [`NoId`] where the prefix or a digit is not one.
            pub fn parse(text: &str) -> Result<Self, NoId> {
                checked($prefix, text).map(Self)
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organisation: everything it has is walled off from the others.
    OrganisationId = "org";
    /// Somebody with an account.
    UserId = "usr";
    /// A sign-in on one device.
    SessionId = "ses";
    /// A key for a program.
    TokenId = "tok";
    /// A plan or one of its scenarios.
    PlanId = "pln";
    /// A version of a plan.
    VersionId = "ver";
    /// A merge of a scenario.
    MergeId = "mrg";
    /// A saved view.
    ViewId = "viw";
    /// A remark on a cell.
    CommentId = "cmt";
    /// A release of targets to owners.
    ReleaseId = "rel";
    /// A commitment or counter-offer.
    CommitmentId = "com";
    /// A request for approval.
    ApprovalId = "apr";
    /// The steps that something has to pass.
    ChainId = "ach";
    /// Somebody standing in for somebody.
    DeputyId = "dep";
    /// A file on its way in.
    UploadId = "upl";
    /// An import.
    ImportId = "imp";
    /// A dimension.
    DimensionId = "dim";
    /// A member of a dimension.
    MemberId = "mbr";
    /// A measure or a calendar.
    EntryId = "ent";
    /// A sale entered by hand.
    SaleId = "sal";
    /// A job.
    JobId = "job";
    /// A channel to people outside.
    ChannelId = "chn";
    /// A delivery through a channel.
    DeliveryId = "dlv";
    /// Who hears of what.
    SubscriptionId = "sub";
    /// A calendar's secret address.
    FeedId = "fed";
    /// When a job is asked for.
    ScheduleId = "sch";
}

#[cfg(test)]
mod tests {
    use super::PlanId;

    #[test]
    fn an_identifier_is_read_back_and_a_guess_is_not() {
        let id = PlanId::of(u128::MAX - 5);
        assert_eq!(PlanId::parse(id.as_str()), Ok(id.clone()));
        assert!(id.as_str().starts_with("pln_7"));
        for guess in [
            "",
            "pln_",
            "pln_1",
            "usr_00000000000000000000000000",
            "pln_0000000000000000000000000u",
        ] {
            assert!(PlanId::parse(guess).is_err(), "{guess}");
        }
    }
}
