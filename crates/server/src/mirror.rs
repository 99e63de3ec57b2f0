//! Wire types that say what a use case gives, field by field: one list for the type, its description and
//! the way out. Must not know areas.

/// Declares a wire type and how it is made of what a use case gives, each field `into` its own type.
macro_rules! mirror {
    ($(#[$meta:meta])* $name:ident of $from:path {
        $($(#[$field_meta:meta])* $field:ident : $kind:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $kind,)*
        }

        impl From<$from> for $name {
            fn from(given: $from) -> $name {
                $name { $($field: $crate::mirror::Way::way(given.$field),)* }
            }
        }
    };
}

pub(crate) use mirror;

/// The way of a value onto the wire.
pub(crate) trait Way<T> {
    fn way(self) -> T;
}

impl<T, U: From<T>> Way<Vec<U>> for Vec<T> {
    fn way(self) -> Vec<U> {
        self.into_iter().map(U::from).collect()
    }
}

impl<T, U: From<T>> Way<Option<U>> for Option<T> {
    fn way(self) -> Option<U> {
        self.map(U::from)
    }
}

macro_rules! as_it_is {
    ($($kind:ty),*) => {
        $(impl Way<$kind> for $kind {
            fn way(self) -> $kind {
                self
            }
        })*
    };
}

as_it_is!(String, &'static str, bool, usize, u32, u64);
