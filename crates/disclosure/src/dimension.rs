//! A dimension of a table: its codes, and which codes are sums of which.

use std::collections::{HashMap, HashSet};

use crate::csv::{self, Source};
use crate::mistake::{Found, Mistakes, Wrong};

/// The code of the only sum of a dimension without a hierarchy of its own.
pub const TOTAL: &str = "Total";

/// A dimension with all its codes, innermost ones and sums. A code may have several parents, so groupings that are not
/// nested in one another stand side by side.
#[derive(Clone, Debug)]
pub struct Dimension {
    name: String,
    codes: Vec<String>,
    at: HashMap<String, usize>,
    parents: Vec<Vec<usize>>,
    children: Vec<Vec<usize>>,
    /// For each code its innermost codes, by rank, in order.
    leaves: Vec<Vec<usize>>,
    /// For each innermost code itself and every sum over it.
    above: Vec<Vec<usize>>,
    /// Ways in which a sum is made of parts that do not overlap.
    sums: Vec<(usize, Vec<usize>)>,
    top: usize,
}

impl Dimension {
    /// A dimension whose only sum is [`TOTAL`].
    pub fn flat<S: Into<String>>(name: impl Into<String>, codes: impl IntoIterator<Item = S>) -> Dimension {
        let mut seen = HashSet::new();
        let leaves: Vec<String> =
            codes.into_iter().map(Into::into).filter(|code| code != TOTAL && seen.insert(code.clone())).collect();
        let links: Vec<(String, String)> = leaves.into_iter().map(|code| (code, TOTAL.to_owned())).collect();
        Dimension::from_links(name.into(), &links, TOTAL)
    }

    /// A dimension from pairs of child and parent.
    ///
    /// # Errors
    /// Loops, codes that do not lead to the top, pairs that stand twice; the line of a mistake is the pair's number from 1.
    pub fn of_links(name: impl Into<String>, links: &[(&str, &str)]) -> Result<Dimension, Mistakes> {
        let name = name.into();
        let links: Vec<Link> = (1..)
            .zip(links)
            .map(|(line, (child, parent))| Link { line, child: (*child).to_owned(), parent: (*parent).to_owned() })
            .collect();
        checked(name.clone(), &name, links)
    }

    /// A dimension from a hierarchy file: two columns, child and parent, with or without a header of these names.
    ///
    /// # Errors
    /// All that is wrong with the file, with line and column.
    pub fn read(name: &str, source: Source<'_>) -> Result<Dimension, Mistakes> {
        let mut found = Found::default();
        let Some(sheet) = csv::read(source, &["child", "parent"], &mut found) else { return Err(found.all()) };
        let lower: Vec<String> = sheet.header.iter().map(|name| name.to_lowercase()).collect();
        let column = |name: &str| lower.iter().position(|there| there == name);
        let (child, parent, headless) = match (column("child"), column("parent")) {
            (Some(child), Some(parent)) => (child, parent, false),
            _ => (0, 1, true),
        };
        if sheet.header.len() < 2 {
            found.add(source.name, sheet.line, 0, Wrong::Fields { expected: 2, found: sheet.header.len() });
        }
        let first = headless.then(|| csv::Row { line: sheet.line, fields: sheet.header.clone() });
        let mut links = Vec::new();
        for row in first.iter().chain(&sheet.rows) {
            let field = |at: usize| row.fields.get(at).cloned().unwrap_or_default();
            let link = Link { line: row.line, child: field(child), parent: field(parent) };
            if link.child.is_empty() {
                found.add(source.name, row.line, child + 1, Wrong::NoCode(name.to_owned()));
            } else if !link.parent.is_empty() {
                links.push(link);
            }
        }
        if links.is_empty() && found.is_empty() {
            found.add(source.name, sheet.line, 0, Wrong::NoRows);
        }
        let made = checked(name.to_owned(), source.name, links);
        match made {
            Ok(dimension) => found.or(|| dimension),
            Err(more) => {
                found.take(more);
                Err(found.all())
            }
        }
    }

    /// The name of its column.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All codes, innermost ones first.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// How many codes there are, sums included.
    pub const fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether it has no code at all.
    pub const fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// How many innermost codes there are; they are the first of [`codes`](Self::codes).
    pub const fn innermost(&self) -> usize {
        self.above.len()
    }

    /// The rank of a code.
    pub fn rank(&self, code: &str) -> Option<usize> {
        self.at.get(code).copied()
    }

    /// The code that sums everything.
    pub const fn top(&self) -> usize {
        self.top
    }

    /// How many steps a code is below the top, by the shortest way.
    pub fn depth(&self, rank: usize) -> usize {
        let mut depth = 0;
        let mut now = vec![rank];
        while !now.contains(&self.top) && depth <= self.codes.len() {
            now = now.iter().flat_map(|at| self.parents.get(*at).into_iter().flatten().copied()).collect();
            depth += 1;
        }
        depth
    }

    /// An innermost code itself and every sum over it.
    pub(crate) fn above(&self, leaf: usize) -> &[usize] {
        self.above.get(leaf).map(Vec::as_slice).unwrap_or_default()
    }

    /// Each way in which a sum is made of parts.
    pub(crate) fn sums(&self) -> &[(usize, Vec<usize>)] {
        &self.sums
    }

    /// From links that are known to be sound.
    fn from_links(name: String, links: &[(String, String)], top: &str) -> Dimension {
        let mut codes: Vec<String> = Vec::new();
        let is_parent: HashSet<&str> = links.iter().map(|(_, parent)| parent.as_str()).collect();
        let mut seen = HashSet::new();
        let leaves = links.iter().map(|(child, _)| child).filter(|code| !is_parent.contains(code.as_str()));
        let sums = links.iter().map(|(_, parent)| parent);
        let mut innermost = 0;
        for code in leaves {
            if seen.insert(code.as_str()) {
                codes.push(code.clone());
                innermost += 1;
            }
        }
        for code in sums {
            if seen.insert(code.as_str()) {
                codes.push(code.clone());
            }
        }
        if seen.insert(top) {
            codes.push(top.to_owned());
        }
        let at: HashMap<String, usize> = codes.iter().cloned().zip(0..).collect();
        let mut parents = vec![Vec::new(); codes.len()];
        let mut children = vec![Vec::new(); codes.len()];
        for (child, parent) in links {
            if let (Some(&low), Some(&high)) = (at.get(child), at.get(parent)) {
                if let Some(list) = parents.get_mut(low) {
                    list.push(high);
                }
                if let Some(list) = children.get_mut(high) {
                    list.push(low);
                }
            }
        }
        let top = at.get(top).copied().unwrap_or_default();
        let mut dimension = Dimension {
            name,
            codes,
            at,
            parents,
            children,
            leaves: Vec::new(),
            above: Vec::new(),
            sums: Vec::new(),
            top,
        };
        dimension.find_leaves(innermost);
        dimension.find_sums(innermost);
        dimension
    }

    fn find_leaves(&mut self, innermost: usize) {
        self.leaves = vec![Vec::new(); self.codes.len()];
        for leaf in 0..innermost {
            let mut above = vec![leaf];
            let mut next = 0;
            while let Some(&at) = above.get(next) {
                for parent in self.parents.get(at).into_iter().flatten() {
                    if !above.contains(parent) {
                        above.push(*parent);
                    }
                }
                next += 1;
            }
            for at in &above {
                if let Some(list) = self.leaves.get_mut(*at) {
                    list.push(leaf);
                }
            }
            self.above.push(above);
        }
    }

    /// Divides the children of each sum into groupings whose parts do not overlap. A grouping that covers the sum is an
    /// equation; one that does not says nothing. A sum without any such grouping is the sum of its innermost codes.
    fn find_sums(&mut self, innermost: usize) {
        for (sum, children) in self.children.iter().enumerate().skip(innermost) {
            let mut groups: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
            for child in children {
                let below = self.leaves.get(*child).map(Vec::as_slice).unwrap_or_default();
                let free = |taken: &Vec<bool>| !below.iter().any(|leaf| taken.get(*leaf).copied().unwrap_or_default());
                let group = match groups.iter().position(|(taken, _)| free(taken)) {
                    Some(at) => groups.get_mut(at),
                    None => {
                        groups.push((vec![false; innermost], Vec::new()));
                        groups.last_mut()
                    }
                };
                if let Some((taken, members)) = group {
                    members.push(*child);
                    for leaf in below {
                        if let Some(slot) = taken.get_mut(*leaf) {
                            *slot = true;
                        }
                    }
                }
            }
            let all = self.leaves.get(sum).map(Vec::as_slice).unwrap_or_default();
            let covering: Vec<Vec<usize>> = groups
                .into_iter()
                .filter(|(taken, _)| all.iter().all(|leaf| taken.get(*leaf).copied().unwrap_or_default()))
                .map(|(_, members)| members)
                .collect();
            if covering.is_empty() {
                self.sums.push((sum, all.to_vec()));
            } else {
                self.sums.extend(covering.into_iter().map(|members| (sum, members)));
            }
        }
    }
}

/// A line of a hierarchy file.
struct Link {
    line: usize,
    child: String,
    parent: String,
}

fn checked(name: String, file: &str, links: Vec<Link>) -> Result<Dimension, Mistakes> {
    let mut found = Found::default();
    let mut first: HashMap<(&str, &str), usize> = HashMap::new();
    for link in &links {
        let key = (link.child.as_str(), link.parent.as_str());
        if link.child == link.parent {
            found.add(file, link.line, 2, Wrong::Loop(format!("`{}` is its own parent", link.child)));
        } else if let Some(first) = first.get(&key) {
            let (child, parent) = (link.child.clone(), link.parent.clone());
            found.add(file, link.line, 1, Wrong::LinkTwice { child, parent, first: *first });
        } else {
            first.insert(key, link.line);
        }
    }
    let looped = find_loops(file, &links, &mut found);
    let roots = roots(&links);
    let reach: Vec<usize> = roots.iter().map(|(_, root)| below(&links, root)).collect();
    let best = (0..roots.len())
        .max_by_key(|at| {
            let total = roots.get(*at).is_some_and(|(_, root)| *root == TOTAL);
            (total, reach.get(*at).copied().unwrap_or_default(), usize::MAX - at)
        })
        .unwrap_or_default();
    let top = roots.get(best).map(|(_, root)| (*root).to_owned()).unwrap_or_default();
    for (at, (line, root)) in roots.iter().enumerate() {
        if at != best {
            found.add(file, *line, 2, Wrong::Orphan { code: (*root).to_owned(), top: top.clone() });
        }
    }
    if top.is_empty() && !looped && found.is_empty() {
        found.add(file, 1, 0, Wrong::NoRows);
    }
    found.or(|| {
        let pairs: Vec<(String, String)> = links.iter().map(|link| (link.child.clone(), link.parent.clone())).collect();
        Dimension::from_links(name, &pairs, &top)
    })
}

/// Codes that are a parent and never a child, with the line they first stand in.
fn roots(links: &[Link]) -> Vec<(usize, &str)> {
    let children: HashSet<&str> = links.iter().map(|link| link.child.as_str()).collect();
    let mut seen = HashSet::new();
    links
        .iter()
        .filter(|link| !children.contains(link.parent.as_str()) && seen.insert(link.parent.as_str()))
        .map(|link| (link.line, link.parent.as_str()))
        .collect()
}

/// How many codes lie under a code.
fn below(links: &[Link], root: &str) -> usize {
    let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
    for link in links {
        children.entry(&link.parent).or_default().push(&link.child);
    }
    let mut seen = HashSet::from([root]);
    let mut open = vec![root];
    while let Some(code) = open.pop() {
        for child in children.get(code).into_iter().flatten() {
            if seen.insert(child) {
                open.push(child);
            }
        }
    }
    seen.len()
}

/// Names each loop once, at the line that closes it.
fn find_loops(file: &str, links: &[Link], found: &mut Found) -> bool {
    let mut up: HashMap<&str, Vec<(&str, usize)>> = HashMap::new();
    for link in links.iter().filter(|link| link.child != link.parent) {
        up.entry(&link.child).or_default().push((&link.parent, link.line));
    }
    let mut done: HashSet<&str> = HashSet::new();
    let mut any = false;
    for link in links {
        // A walk upwards that remembers its way: (code, how many of its parents have been taken).
        let mut way: Vec<(&str, usize)> = vec![(&link.child, 0)];
        while let Some((code, taken)) = way.last_mut() {
            let code: &str = code;
            let next = up.get(code).and_then(|parents| parents.get(*taken)).copied();
            *taken += 1;
            let Some((parent, line)) = next else {
                done.insert(code);
                way.pop();
                continue;
            };
            if let Some(at) = way.iter().position(|(on, _)| *on == parent) {
                let mut names: Vec<&str> = way.iter().skip(at).map(|(on, _)| *on).collect();
                names.push(parent);
                found.add(file, line, 2, Wrong::Loop(names.join(" → ")));
                any = true;
            } else if !done.contains(parent) {
                way.push((parent, 0));
            }
        }
    }
    any
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Dimension, Mistakes> {
        Dimension::read("place", Source { name: "h.csv", bytes: text.as_bytes() })
    }

    #[test]
    fn groupings_that_are_not_nested_are_equations_side_by_side() {
        let d = read("child,parent\na,north\nb,north\nc,south\na,coast\nc,coast\nb,inland\nnorth,All\nsouth,All\ncoast,All\ninland,All\n").unwrap();
        assert_eq!(d.innermost(), 3);
        assert_eq!(d.codes()[d.top()], "All");
        let of_top: Vec<Vec<&str>> = d
            .sums()
            .iter()
            .filter(|(sum, _)| *sum == d.top())
            .map(|(_, parts)| parts.iter().map(|part| d.codes()[*part].as_str()).collect())
            .collect();
        assert_eq!(of_top, [["north", "south"], ["coast", "inland"]]);
        assert_eq!(d.above(d.rank("a").unwrap()).len(), 4);
        assert_eq!(d.depth(d.rank("a").unwrap()), 2);
    }

    #[test]
    fn a_grouping_that_covers_only_a_part_is_no_equation_of_the_total() {
        let d = read("a,All\nb,All\nc,All\na,cities\nb,cities\ncities,All\n").unwrap();
        let of_top: Vec<usize> = d.sums().iter().filter(|(sum, _)| *sum == d.top()).map(|(_, p)| p.len()).collect();
        assert_eq!(of_top, [3]);
        // Overlapping parts alone: the total is the sum of its innermost codes.
        let d = read("a,x\nb,x\nb,y\nc,y\nx,All\ny,All\n").unwrap();
        let of_top: Vec<usize> = d.sums().iter().filter(|(sum, _)| *sum == d.top()).map(|(_, p)| p.len()).collect();
        assert_eq!(of_top, [3]);
    }

    #[test]
    fn loops_orphans_and_doubles_are_all_named_with_line_and_column() {
        let wrong = read("child;parent\na;b\nb;c\nc;a\nd;d\ne;Total\nf;lost\ne;Total\n;Total\n").unwrap_err();
        let said: Vec<String> = wrong.0.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "h.csv: line 9, column 1: the code of `place` is empty",
                "h.csv: line 5, column 2: a loop: `d` is its own parent",
                "h.csv: line 8, column 1: `e` under `Total` stands already in line 6",
                "h.csv: line 4, column 2: a loop: a → b → c → a",
                "h.csv: line 7, column 2: `lost` has no way up to `Total`; give it a parent",
            ]
        );
    }

    #[test]
    fn without_a_hierarchy_there_is_one_total() {
        let d = Dimension::flat("sex", ["k", "m"]);
        assert_eq!(d.codes(), ["k", "m", "Total"]);
        assert_eq!(d.sums(), [(2, vec![0, 1])]);
    }
}
