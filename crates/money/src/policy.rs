//! Who gets the left-over steps, and what all-zero weights mean. Allocates nothing itself.

use fenjie_message::{Lang, Message};

/// Who gets the steps that whole shares leave over (rule A6). Stored with the decomposition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Policy {
    /// One step each to the largest remainders, ties to the earlier member (rules A2, A3).
    #[default]
    LargestRemainder,
    /// All to the first member of positive weight.
    First,
    /// All to the last member of positive weight.
    Last,
    /// All to the member of the largest weight, ties to the earlier one.
    Largest,
    /// All to this member, counted from 0. A member of weight zero, or one that does not exist,
    /// never receives a step; the largest remainders get them then.
    Member(usize),
}

const NAMES: [&str; 4] = ["largest_remainder", "first", "last", "largest"];

impl Policy {
    /// Reads a policy's name: `largest_remainder`, `first`, `last`, `largest`, or `member:2` for
    /// the third member.
    ///
    /// # Errors
    /// [`PolicyError`] with the nearest known name.
    ///
    /// ```
    /// use fenjie_money::Policy;
    /// assert_eq!(Policy::parse("largest")?, Policy::Largest);
    /// assert_eq!(Policy::parse("member:2")?, Policy::Member(2));
    /// assert_eq!(Policy::parse("frist").unwrap_err().nearest, "first");
    /// # Ok::<(), fenjie_money::PolicyError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Policy, PolicyError> {
        match text {
            "largest_remainder" => return Ok(Policy::LargestRemainder),
            "first" => return Ok(Policy::First),
            "last" => return Ok(Policy::Last),
            "largest" => return Ok(Policy::Largest),
            _ => {}
        }
        if let Some(member) = text.strip_prefix("member:")
            && member.bytes().all(|b| b.is_ascii_digit())
            && let Ok(index) = member.parse()
        {
            return Ok(Policy::Member(index));
        }
        let typed: String = text.chars().take(40).collect::<String>().to_lowercase();
        let nearest = if typed.starts_with("member") {
            "member:0"
        } else {
            NAMES
                .into_iter()
                .min_by_key(|name| strsim::damerau_levenshtein(name, &typed))
                .expect("there are four names")
        };
        Err(PolicyError {
            text: crate::decimal::shorten(text),
            nearest,
        })
    }

    /// The name [`Policy::parse`] reads.
    ///
    /// ```
    /// use fenjie_money::Policy;
    /// assert_eq!(Policy::LargestRemainder.name(), "largest_remainder");
    /// assert_eq!(Policy::Member(2).name(), "member:2");
    /// ```
    pub fn name(&self) -> String {
        match self {
            Policy::LargestRemainder => NAMES[0].into(),
            Policy::First => NAMES[1].into(),
            Policy::Last => NAMES[2].into(),
            Policy::Largest => NAMES[3].into(),
            Policy::Member(index) => format!("member:{index}"),
        }
    }
}

/// What weights that are all zero mean (rule A5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ZeroBasis {
    /// Equal shares, with a warning.
    #[default]
    Equal,
    /// An error.
    Refuse,
}

/// A policy nobody knows, with the nearest name that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub struct PolicyError {
    /// What was typed, shortened.
    pub text: String,
    /// The known name nearest to it.
    pub nearest: &'static str,
}

impl Message for PolicyError {
    fn code(&self) -> &'static str {
        "policy_unknown"
    }

    fn text(&self, lang: Lang) -> String {
        let text = &self.text;
        match lang {
            Lang::Zh => format!("没有名为 `{text}` 的尾差规则"),
            Lang::En => format!("`{text}` is not a remainder policy"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (nearest, known) = (self.nearest, NAMES.join(", "));
        Some(match lang {
            Lang::Zh => {
                format!("您是不是要写 `{nearest}`？可用的有 {known}, member:<从 0 数的序号>")
            }
            Lang::En => {
                format!("did you mean `{nearest}`? Known: {known}, member:<index from 0>")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_policies_are_the_same_thing() {
        for policy in [
            Policy::LargestRemainder,
            Policy::First,
            Policy::Last,
            Policy::Largest,
            Policy::Member(7),
        ] {
            assert_eq!(Policy::parse(&policy.name()), Ok(policy));
        }
    }

    #[test]
    fn the_nearest_name_is_offered() {
        for (typed, nearest) in [
            ("largest_remainders", "largest_remainder"),
            ("LAST", "last"),
            ("member:", "member:0"),
            ("member:-1", "member:0"),
            ("members:x", "member:0"),
            ("firts", "first"),
        ] {
            let error = Policy::parse(typed).unwrap_err();
            assert_eq!(error.nearest, nearest, "`{typed}`");
            assert_eq!(error.code(), "policy_unknown");
        }
    }
}
