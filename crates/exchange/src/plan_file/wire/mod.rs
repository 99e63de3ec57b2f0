//! What is written in a plan file and in a log, key by key. Must not know what the domain makes of
//! it: `build` turns entries into domain types, `back` domain types into entries.

/// An entry: its required keys, then its optional ones; any other key is refused.
macro_rules! entry {
    (
        $(#[$about:meta])*
        $name:ident {
            $($(#[$required_about:meta])* $required:ident: $required_type:ty,)*
            ;
            $($(#[$optional_about:meta])* $optional:ident: $optional_type:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        #[schemars(inline)]
        pub(crate) struct $name {
            $($(#[$required_about])* pub(crate) $required: $required_type,)*
            $(
                $(#[$optional_about])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub(crate) $optional: Option<$optional_type>,
            )*
        }
    };
}

/// An enum of entries that serialises as the entry alone.
macro_rules! one_of {
    (
        $(#[$about:meta])*
        $name:ident { $($(#[$variant_about:meta])* $variant:ident($entry:ty),)* }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        #[schemars(untagged)]
        pub(crate) enum $name {
            $($(#[$variant_about])* $variant($entry),)*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $($name::$variant(entry) => entry.serialize(serializer),)*
                }
            }
        }
    };
}

pub(crate) mod adjustment;
pub(crate) mod alerts;
pub(crate) mod axes;
pub(crate) mod basis;
pub(crate) mod calendar;
pub(crate) mod operation;
pub(crate) mod place;
pub(crate) mod plan;
