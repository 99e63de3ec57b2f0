//! The known word most like one that nobody knows. Knows no words itself.

/// The most similar of the known words, where one is similar enough to be meant.
pub(crate) fn nearest<T: AsRef<str>>(typed: &str, known: &[T]) -> Option<String> {
    let lower = typed.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for word in known.iter().map(AsRef::as_ref) {
        let candidate = word.to_lowercase();
        let similarity = strsim::normalized_damerau_levenshtein(&lower, &candidate)
            .max(strsim::jaro_winkler(&lower, &candidate) - 0.15);
        let contained =
            lower.chars().count() > 1 && (candidate.contains(&lower) || lower.contains(&candidate));
        let score = if contained {
            similarity.max(0.75)
        } else {
            similarity
        };
        if score >= 0.5 && best.is_none_or(|(most, _)| score > most) {
            best = Some((score, word));
        }
    }
    best.map(|(_, word)| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_understood_and_strangers_are_not() {
        let known = [
            "total",
            "decompose",
            "holidays",
            "week_starts",
            "华东",
            "华南",
        ];
        let check = |typed: &str, expected: Option<&str>| {
            assert_eq!(nearest(typed, &known).as_deref(), expected, "`{typed}`");
        };
        check("totl", Some("total"));
        check("decmpose", Some("decompose"));
        check("holiday", Some("holidays"));
        check("weekstarts", Some("week_starts"));
        check("华东区", Some("华东"));
        check("zzz", None);
    }
}
