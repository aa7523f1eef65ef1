//! Official symbols: the canonical form is read as itself.

use docledger::symbol::{JointSymbol, MAX_CANONICAL_BYTES, Scope, Symbol, SymbolKey};

/// Reading the canonical form changes nothing, and families are made of symbols.
pub(super) fn symbol(bytes: &[u8]) {
    let Ok(printed) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(parsed) = JointSymbol::parse(printed) else {
        assert!(Symbol::parse(printed).is_err());
        return;
    };
    for oddity in &parsed.oddities {
        assert!(!oddity.to_string().is_empty());
    }
    let joint = parsed.value;
    let canonical = joint.canonical();
    assert!(canonical.len() <= MAX_CANONICAL_BYTES);
    let again = JointSymbol::parse(canonical).expect("canonical").value;
    assert_eq!(again.canonical(), canonical);
    let keys = |joint: &JointSymbol| -> Vec<_> {
        joint
            .halves()
            .iter()
            .map(|half| half.key().clone())
            .collect()
    };
    assert_eq!(keys(&again), keys(&joint));
    assert_eq!(Symbol::parse(printed).is_ok(), !joint.is_joint());
    joint.halves().iter().for_each(check_one);
}

fn check_one(symbol: &Symbol) {
    let again = Symbol::parse(symbol.canonical()).expect("canonical").value;
    assert_eq!(again.canonical(), symbol.canonical());
    assert_eq!(again.key(), symbol.key());
    assert_eq!(again.suffixes(), symbol.suffixes());
    assert_eq!(again.is_official(), symbol.is_official());
    assert!(symbol.canonical().starts_with(symbol.base()));
    assert_eq!(symbol.parent().is_some(), !symbol.suffixes().is_empty());
    if let Some(parent) = symbol.parent() {
        let parent = Symbol::parse(parent).expect("a parent is a symbol").value;
        assert_eq!(parent.base(), symbol.base());
        assert_eq!(parent.suffixes().len() + 1, symbol.suffixes().len());
    }
    let key = symbol.key();
    assert_eq!(&SymbolKey::of_canonical(key.as_str()), key);
    // A scope has no wildcards, though a symbol may hold an asterisk.
    if !symbol.canonical().contains('*') {
        let scope = Scope::parse(symbol.canonical()).expect("a symbol is a scope");
        assert!(scope.covers(key));
    }
}
