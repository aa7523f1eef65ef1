//! The lines of manifests (RFC 8493, section 2.1.3).

use super::PAYLOAD;

/// How manifests write the ends of lines.
const LINE_ENDS: [(&str, &str); 4] = [("%0A", "\n"), ("%0a", "\n"), ("%0D", "\r"), ("%0d", "\r")];

/// Digest algorithms that are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// The algorithm that a manifest's name holds.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "sha256" => Some(Self::Sha256),
            "sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    /// How many hexadecimal digits its digests have.
    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// Whether a path is of the payload.
pub(super) fn is_payload(path: &str) -> bool {
    path.strip_prefix(PAYLOAD)
        .is_some_and(|rest| rest.starts_with('/'))
}

/// Path and digest of a manifest's line; `None` if it is blank.
pub(super) fn parse_line(
    line: &str,
    algorithm: Algorithm,
    is_of_payload: bool,
    escapes_percent: bool,
) -> Result<Option<(String, String)>, &'static str> {
    if line.trim().is_empty() {
        return Ok(None);
    }
    let (digest, path) = line
        .split_once([' ', '\t'])
        .ok_or("digest, space and path expected")?;
    let is_digest =
        digest.len() == algorithm.digits() && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_digest {
        return Err("the digest is not one of this manifest's kind");
    }
    // Some tools mark binary files as `sha256sum` does.
    let path = path.trim_start_matches([' ', '\t']);
    let path = path.strip_prefix('*').unwrap_or(path);
    let path = match escapes_percent {
        true => decoded(path).ok_or("% stands only before 0A, 0D and 25 in a path")?,
        false => LINE_ENDS
            .iter()
            .fold(path.to_owned(), |path, (code, end)| path.replace(code, end)),
    };
    if !stays_inside(&path) {
        return Err("the path leads out of the bag, or is not written plainly");
    }
    if is_payload(&path) != is_of_payload {
        return Err(match is_of_payload {
            true => "a payload manifest names files below data/ only",
            false => "a tag manifest names no payload",
        });
    }
    Ok(Some((path, digest.to_ascii_lowercase())))
}

/// A path as manifests encode it, decoded (section 2.1.3).
fn decoded(path: &str) -> Option<String> {
    let mut parts = path.split('%');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        plain.push(match code.to_ascii_uppercase().as_str() {
            "0A" => '\n',
            "0D" => '\r',
            "25" => '%',
            _ => return None,
        });
        plain.push_str(rest);
    }
    Some(plain)
}

/// Whether a path has only plain parts: none that goes up, back to a root, or
/// to a drive.
fn stays_inside(path: &str) -> bool {
    let is_plain = |part: &str| !matches!(part, "" | "." | "..");
    path.split('/').all(is_plain)
        && !path.contains(['\\', '\0'])
        && !path.starts_with('~')
        && path.as_bytes().get(1) != Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::super::manifest_line;
    use super::*;
    use crate::digest::ContentDigest;

    #[test]
    fn no_path_leads_out() {
        for path in [
            "/etc/passwd",
            "data/../../x",
            "data//x",
            "data/./x",
            "data/",
            "..",
            "~/x",
            "C:/x",
            "data\\x",
            "data/%00",
            "data/%2",
            "keys/x",
        ] {
            let line = format!("{}  {path}", ContentDigest::of(b""));
            assert!(
                parse_line(&line, Algorithm::Sha256, true, true).is_err(),
                "{path}"
            );
        }
        let line = manifest_line(&ContentDigest::of(b"").to_string(), "data/100%\n.txt");
        let read = parse_line(line.trim_end(), Algorithm::Sha256, true, true);
        assert_eq!(read.expect("reads").expect("a line").0, "data/100%\n.txt");
    }

    #[test]
    fn an_older_bag_writes_percent_signs_as_they_are() {
        let line = format!("{}  data/50%25%0A.txt", ContentDigest::of(b""));
        let path = |escapes| {
            let read = parse_line(&line, Algorithm::Sha256, true, escapes);
            read.expect("reads").expect("a line").0
        };
        assert_eq!(path(true), "data/50%\n.txt");
        assert_eq!(path(false), "data/50%25\n.txt");
    }
}
