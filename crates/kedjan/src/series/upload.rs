//! A form with a file, as browsers send it (multipart/form-data, RFC 7578). What is not well-formed is no form.

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The field's name.
    pub name: &'a str,
    /// What was sent.
    pub bytes: &'a [u8],
}

/// The most fields of a form.
const MOST_PARTS: usize = 20;

/// The fields of a form with this content type; nothing when it is no such form.
pub fn parts<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    let (kind, rest) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|part| parameter(part, "boundary"))?;
    if boundary.is_empty() || boundary.len() > 70 {
        return None;
    }
    let mark = format!("\r\n--{boundary}");
    let mut rest = body.strip_prefix(mark.get(2..)?.as_bytes())?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let (head, after) = cut(rest, b"\r\n\r\n")?;
        let (bytes, next) = cut(after, mark.as_bytes())?;
        if parts.len() == MOST_PARTS {
            return None;
        }
        parts.push(part(std::str::from_utf8(head).ok()?, bytes)?);
        rest = next;
    }
}

fn part<'a>(head: &'a str, bytes: &'a [u8]) -> Option<Part<'a>> {
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name = disposition.split(';').find_map(|piece| parameter(piece, "name"))?;
    Some(Part { name, bytes })
}

/// The value of `name=value` or `name="value"`.
fn parameter<'a>(piece: &'a str, name: &str) -> Option<&'a str> {
    let (key, value) = piece.trim().split_once('=')?;
    let value = value.trim();
    key.trim()
        .eq_ignore_ascii_case(name)
        .then(|| value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value))
}

/// What stands before and after the first place of a mark.
fn cut<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?))
}
