mod corpus;
mod properties;
mod rules;

use super::{JointSymbol, Symbol};

/// What reading a text gives, in one line: the symbols, then flags, then the
/// oddities' codes; or the refusal.
fn outcome(printed: &str) -> String {
    let parsed = match JointSymbol::parse(printed) {
        Ok(parsed) => parsed,
        Err(error) => return format!("refused: {error}"),
    };
    let halves = parsed.value.halves().iter().map(Symbol::canonical);
    let mut line = halves.collect::<Vec<_>>().join(" + ");
    if !parsed.value.first().is_official() {
        line.push_str(" (free-form)");
    }
    if parsed.value.is_reissue() {
        line.push_str(" (reissue)");
    }
    for oddity in &parsed.oddities {
        line.push_str(&format!(" {}@{}", oddity.kind.code(), oddity.at.character));
    }
    line
}
