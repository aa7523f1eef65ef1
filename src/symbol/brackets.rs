//! Which characters stand in brackets.

/// How one character stands to the brackets of its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nest {
    /// In no pair of brackets.
    Outside,
    /// Between a pair of brackets.
    Inside,
    /// A bracket; its partner stands at this index.
    Paired(usize),
    /// A bracket without a partner. It encloses nothing.
    Unpaired,
}

/// Pairs round and square brackets.
pub(super) fn nesting(characters: impl Iterator<Item = char>) -> Vec<Nest> {
    let characters: Vec<char> = characters.collect();
    let partners = partners(&characters);
    let mut depth = 0_usize;
    let mut nesting = Vec::with_capacity(characters.len());
    for (index, character) in characters.into_iter().enumerate() {
        nesting.push(match partners[index] {
            Some(partner) if partner > index => {
                depth += 1;
                Nest::Paired(partner)
            }
            Some(partner) => {
                depth -= 1;
                Nest::Paired(partner)
            }
            None if is_bracket(character) => Nest::Unpaired,
            None if depth > 0 => Nest::Inside,
            None => Nest::Outside,
        });
    }
    nesting
}

pub(super) fn is_bracket(character: char) -> bool {
    matches!(character, '(' | ')' | '[' | ']')
}

fn partners(characters: &[char]) -> Vec<Option<usize>> {
    let mut partners = vec![None; characters.len()];
    let mut open = Vec::new();
    for (index, character) in characters.iter().enumerate() {
        let opener = match character {
            '(' | '[' => {
                open.push(index);
                continue;
            }
            ')' => '(',
            ']' => '[',
            _ => continue,
        };
        // A closer of the wrong kind is left alone, not forced into a pair.
        if let Some(start) = open.pop_if(|start| characters[*start] == opener) {
            partners[start] = Some(index);
            partners[index] = Some(start);
        }
    }
    partners
}
