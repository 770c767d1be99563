//! Values in and out of statements: the same six types on both databases.

use jiff::Timestamp;
use uuid::Uuid;

use super::error::StoreError;
use super::statement::Statement;

/// A value of a parameter or a column. `Debug` shows the type only, so that no value ends in a log.
#[derive(Clone, PartialEq)]
pub enum Val {
    /// No value.
    Null,
    /// 64-bit integer; also times, as microseconds since 1970 in UTC.
    Int(i64),
    /// Double precision.
    Real(f64),
    /// Text without NUL characters.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// Truth value (an integer 0 or 1 on SQLite).
    Bool(bool),
    /// UUID (16 bytes on SQLite).
    Uuid(Uuid),
}

impl Val {
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "integer",
            Self::Real(_) => "real",
            Self::Text(_) => "text",
            Self::Blob(_) => "bytes",
            Self::Bool(_) => "boolean",
            Self::Uuid(_) => "uuid",
        }
    }
}

impl std::fmt::Debug for Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.type_name())
    }
}

macro_rules! val_from {
    ($($from:ty => $arm:expr;)*) => {$(
        impl From<$from> for Val {
            fn from(value: $from) -> Self {
                ($arm)(value)
            }
        }
    )*};
}

val_from! {
    i64 => Val::Int;
    i32 => |v| Val::Int(i64::from(v));
    u32 => |v| Val::Int(i64::from(v));
    u16 => |v| Val::Int(i64::from(v));
    f64 => Val::Real;
    bool => Val::Bool;
    &str => |v: &str| Val::Text(v.to_owned());
    String => Val::Text;
    &String => |v: &String| Val::Text(v.clone());
    Uuid => Val::Uuid;
    Vec<u8> => Val::Blob;
    &[u8] => |v: &[u8]| Val::Blob(v.to_vec());
    Timestamp => |v: Timestamp| Val::Int(v.as_microsecond());
}

impl<T: Into<Val>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Val::Null, Into::into)
    }
}

/// The parameters of a statement: `args![id, name, now]` is `[Val; 3]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::store::Val::from($value)),*] };
}
pub use crate::args;

/// One row of a result.
#[derive(Debug, Clone)]
pub struct Row {
    values: Vec<Val>,
    statement: &'static Statement,
}

impl Row {
    pub(super) fn new(values: Vec<Val>, statement: &'static Statement) -> Self {
        Self { values, statement }
    }

    /// The value of column `ix`, counted from 0.
    ///
    /// # Errors
    /// [`StoreError::Fault`] when there is no such column or its type is another; it names the
    /// statement and the column, never the value.
    pub fn get<T: FromVal>(&self, ix: usize) -> Result<T, StoreError> {
        let wrong = |found: &str| {
            let Statement { file, line, .. } = self.statement;
            StoreError::Fault(format!(
                "the statement at {file}:{line}, column {ix}: expected {}, found {found}",
                T::EXPECTED
            ))
        };
        let value = self.values.get(ix).ok_or_else(|| wrong("no such column"))?;
        T::from_val(value).ok_or_else(|| wrong(value.type_name()))
    }

    /// The value of column `ix`, taken out of the row: a text is not copied once more. What has been taken is gone.
    ///
    /// # Errors
    /// As [`Row::get`].
    pub fn take<T: FromVal>(&mut self, ix: usize) -> Result<T, StoreError> {
        if let Some(value) = self.values.get_mut(ix)
            && let Some(taken) = T::take(value)
        {
            return Ok(taken);
        }
        self.get(ix)
    }

    /// All values, in the order of the columns.
    pub(super) fn into_values(self) -> Vec<Val> {
        self.values
    }

    /// The number of columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.values.len()
    }
}

/// What a column can be read as.
pub trait FromVal: Sized {
    /// The type's name for error sentences.
    const EXPECTED: &'static str;
    /// The value as this type, or `None` when it is of another type or out of range.
    fn from_val(value: &Val) -> Option<Self>;
    /// The same, moved out of the value where that saves a copy.
    fn take(value: &mut Val) -> Option<Self> {
        Self::from_val(value)
    }
}

impl FromVal for String {
    const EXPECTED: &'static str = "text";
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Text(v) => Some(v.clone()),
            _ => None,
        }
    }
    fn take(value: &mut Val) -> Option<Self> {
        match value {
            Val::Text(v) => Some(std::mem::take(v)),
            _ => None,
        }
    }
}

impl FromVal for Vec<u8> {
    const EXPECTED: &'static str = "bytes";
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Blob(v) => Some(v.clone()),
            _ => None,
        }
    }
    fn take(value: &mut Val) -> Option<Self> {
        match value {
            Val::Blob(v) => Some(std::mem::take(v)),
            _ => None,
        }
    }
}

macro_rules! from_val {
    ($($to:ty, $name:literal, $($pattern:pat => $arm:expr),+;)*) => {$(
        impl FromVal for $to {
            const EXPECTED: &'static str = $name;
            fn from_val(value: &Val) -> Option<Self> {
                match value {
                    $($pattern => $arm,)+
                    _ => None,
                }
            }
        }
    )*};
}

from_val! {
    i64, "integer", Val::Int(v) => Some(*v);
    i32, "32-bit integer", Val::Int(v) => i32::try_from(*v).ok();
    u32, "integer from 0", Val::Int(v) => u32::try_from(*v).ok();
    u16, "16-bit integer from 0", Val::Int(v) => u16::try_from(*v).ok();
    f64, "real", Val::Real(v) => Some(*v);
    bool, "boolean", Val::Bool(v) => Some(*v), Val::Int(0) => Some(false), Val::Int(1) => Some(true);
    Uuid, "uuid", Val::Uuid(v) => Some(*v), Val::Blob(v) => Uuid::from_slice(v).ok();
    Timestamp, "time in microseconds", Val::Int(v) => Timestamp::from_microsecond(*v).ok();
}

impl<T: FromVal> FromVal for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Null => Some(None),
            other => T::from_val(other).map(Some),
        }
    }
    fn take(value: &mut Val) -> Option<Self> {
        match value {
            Val::Null => Some(None),
            other => T::take(other).map(Some),
        }
    }
}
