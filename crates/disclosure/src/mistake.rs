//! What can be wrong in a file: each with its place, and a sentence for people.

use std::fmt;

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as it was named by whoever gave it.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column of the table, counted in fields from 1; 0 when the whole line is meant.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {}", self.file, self.line)?;
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        Ok(())
    }
}

/// One mistake in what was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What.
    pub what: Wrong,
}

/// What is wrong at a place. The variants have what a program needs to word it in another language.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// The bytes are no UTF-8.
    #[error("these bytes are no UTF-8 text; save the file as UTF-8")]
    NotUtf8,
    /// The file is UTF-16.
    #[error("the file is UTF-16; save it as UTF-8")]
    Utf16,
    /// Nothing in it.
    #[error("the file is empty; its first line should name the columns")]
    Empty,
    /// A header and no rows.
    #[error("there are no rows under the names of the columns")]
    NoRows,
    /// A quotation mark that is never closed.
    #[error("a quotation mark is opened here and never closed")]
    OpenQuote,
    /// Text after a closed quotation mark.
    #[error("there is text after the closing quotation mark; write a quotation mark inside a field twice")]
    AfterQuote,
    /// More or fewer fields than the header has.
    #[error("{found} fields, but the first line names {expected}")]
    Fields {
        /// In the header.
        expected: usize,
        /// In this line.
        found: usize,
    },
    /// A column without a name.
    #[error("the column has no name")]
    Nameless,
    /// Two columns with one name.
    #[error("there are two columns `{0}`")]
    ColumnTwice(String),
    /// A column that is asked for is not there.
    #[error("there is no column `{name}`; there are: {there}")]
    NoColumn {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        there: String,
    },
    /// No column besides the count.
    #[error("there is no column besides the count; a table needs at least one dimension")]
    NoDimension,
    /// An empty count.
    #[error("the count is empty; write 0 where there was none")]
    NoCount,
    /// A negative count.
    #[error("`{0}` is negative; a count is 0 or more")]
    Negative(String),
    /// A count that is not whole.
    #[error("`{0}` is not a whole number; this is for counts, which are whole")]
    NotWhole(String),
    /// A count that is no number.
    #[error("`{0}` is no count; write digits only, without spaces")]
    NoNumber(String),
    /// A count, or a sum of counts, beyond what is calculated with.
    #[error("`{0}` is more than can be counted here (10^15)")]
    TooLarge(String),
    /// An empty code.
    #[error("the code of `{0}` is empty")]
    NoCode(String),
    /// A code that the hierarchy of the dimension does not have.
    #[error("`{code}` is not in the hierarchy of `{dimension}`")]
    UnknownCode {
        /// The code.
        code: String,
        /// The dimension.
        dimension: String,
    },
    /// A code that stands for a sum where the innermost cells are meant.
    #[error("`{code}` is a sum in `{dimension}`; the table is to have the innermost cells only")]
    SumCode {
        /// The code.
        code: String,
        /// The dimension.
        dimension: String,
    },
    /// The same cell again.
    #[error("this cell stands already in line {first}")]
    CellTwice {
        /// Where it stood first.
        first: usize,
    },
    /// A code that is its own sum, through the codes named.
    #[error("a loop: {0}")]
    Loop(String),
    /// A code with no way up to the top.
    #[error("`{code}` has no way up to `{top}`; give it a parent")]
    Orphan {
        /// The code.
        code: String,
        /// The top of the hierarchy.
        top: String,
    },
    /// The same line again in a hierarchy.
    #[error("`{child}` under `{parent}` stands already in line {first}")]
    LinkTwice {
        /// The code below.
        child: String,
        /// The code above.
        parent: String,
        /// Where it stood first.
        first: usize,
    },
    /// A hierarchy is given for a dimension that the table does not have.
    #[error("the table has no dimension `{0}`")]
    NoSuchDimension(String),
    /// The table would have more cells than can be worked with.
    #[error("the table with its margins would have {0} cells; at most {1} are worked with")]
    TooManyCells(String, usize),
    /// A status that is neither open nor withheld.
    #[error("`{0}` is no status; it should be `open` or `withheld`")]
    NoStatus(String),
    /// A withheld cell with a count.
    #[error("the cell is withheld and has a count")]
    WithheldWithCount,
    /// A cell that was published with another count than it has now.
    #[error(
        "{before} was published, and now it would be {now}; what is published stays, unless the figures are revised"
    )]
    Changed {
        /// As it was published.
        before: u64,
        /// As it is in the table.
        now: u64,
    },
}

/// All that is wrong, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (ix, mistake) in self.0.iter().enumerate() {
            if ix > 0 {
                writeln!(f)?;
            }
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Mistakes while they are collected.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<Mistake>);

impl Found {
    pub(crate) fn add(&mut self, file: &str, line: usize, column: usize, what: Wrong) {
        self.0.push(Mistake { place: Place { file: file.to_owned(), line, column }, what });
    }

    pub(crate) fn take(&mut self, other: Mistakes) {
        self.0.extend(other.0);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was found.
    pub(crate) fn all(self) -> Mistakes {
        Mistakes(self.0)
    }

    /// The value, or all that is wrong.
    pub(crate) fn or<T>(self, value: impl FnOnce() -> T) -> Result<T, Mistakes> {
        if self.0.is_empty() { Ok(value()) } else { Err(Mistakes(self.0)) }
    }
}
