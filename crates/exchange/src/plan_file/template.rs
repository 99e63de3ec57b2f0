//! The plan that `fenjie new` writes. Knows no plan but this one.

use fenjie_message::Lang;

/// A complete plan with comments, which computes as it stands.
///
/// ```
/// use fenjie_message::Lang;
/// assert!(fenjie_exchange::plan_file::template(Lang::Zh).starts_with("# "));
/// ```
pub fn template(lang: Lang) -> String {
    lang.pick(
        include_str!("template.zh.toml"),
        include_str!("template.en.toml"),
    )
    .to_owned()
}
