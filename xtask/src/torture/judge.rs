//! The judge: what the journal says against what the store holds, past the product and by its own commands.

use super::journal::{Known, What};
use super::site::Site;
use super::sql::{self, Shows};
use anyhow::Context;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// What was found. Every list is empty when all is well.
#[derive(Clone, Default, Debug)]
pub struct Verdict {
    /// How many writes were acknowledged until now.
    pub acknowledged: usize,
    /// Acknowledged writes that are not there, or not as they were sent.
    pub lost: Vec<String>,
    /// Writes that are there more than once, and steps that nobody sent.
    pub doubled: Vec<String>,
    /// Cases that have not all that belongs to them.
    pub half: Vec<String>,
    /// Audit chains that do not hold, by themselves or against the heads kept outside.
    pub chain: Vec<String>,
    /// Tallies that are not equal to the cases.
    pub tallies: Vec<String>,
}

impl Verdict {
    /// The findings of a kind.
    pub fn of(&self, shows: Shows) -> &[String] {
        match shows {
            Shows::Lost => &self.lost,
            Shows::Doubled => &self.doubled,
            Shows::Half => &self.half,
            Shows::Chain => &self.chain,
            Shows::Tallies => &self.tallies,
        }
    }

    /// Everything that was found, in words; nothing when all is well.
    pub fn faults(&self) -> Vec<String> {
        let kinds = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("half", &self.half),
            ("chain", &self.chain),
            ("tallies", &self.tallies),
        ];
        let told = kinds.into_iter().filter(|(_, found)| !found.is_empty()).map(|(name, found)| {
            let first: Vec<&str> = found.iter().take(3).map(String::as_str).collect();
            format!("{name} {}: {}", found.len(), first.join("; "))
        });
        told.collect()
    }
}

/// Judges one installation again and again, and keeps the heads of its audit chains outside of it.
pub struct Judge {
    /// The cases that were there before the writers came.
    before: HashSet<String>,
    /// The file with the heads that were seen last.
    heads: PathBuf,
    rounds: usize,
}

impl Judge {
    /// Begins with what is there now; `folder` is where the heads are kept, outside the installation.
    pub fn begin(site: &Site, folder: &Path) -> anyhow::Result<Judge> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let before = site.database.rows(sql::CODES)?.into_iter().flatten().collect();
        let mut judge = Judge { before, heads: folder.join("heads-0.json"), rounds: 0 };
        if judge.heads.exists() {
            std::fs::remove_file(&judge.heads)?;
        }
        let out = judge.heads.to_string_lossy().into_owned();
        site.run(&["audit", "verify", "--out", &out]).context("the audit chains do not hold before anything began")?;
        judge.rounds = 1;
        Ok(judge)
    }

    /// Judges, and keeps the heads when the chains hold.
    pub fn judge(&mut self, site: &Site, known: &Known) -> anyhow::Result<Verdict> {
        let next = self.heads.with_file_name(format!("heads-{}.json", self.rounds));
        let (verdict, held) = self.look(site, known, &next)?;
        if held {
            std::fs::remove_file(&self.heads)?;
            self.heads = next;
            self.rounds += 1;
        }
        Ok(verdict)
    }

    /// Judges a copy that a fault may have been planted in; the heads stay as they were.
    pub fn judge_copy(&self, site: &Site, known: &Known) -> anyhow::Result<Verdict> {
        let next = site.folder.join("heads-of-copy.json");
        let (verdict, _) = self.look(site, known, &next)?;
        std::fs::remove_file(next)?;
        Ok(verdict)
    }

    fn look(&self, site: &Site, known: &Known, heads: &Path) -> anyhow::Result<(Verdict, bool)> {
        if heads.exists() {
            std::fs::remove_file(heads)?;
        }
        let (out, against) = (heads.to_string_lossy().into_owned(), self.heads.to_string_lossy().into_owned());
        let (chain, tallies, found) = std::thread::scope(|scope| {
            let chain = scope.spawn(|| site.run(&["audit", "verify", "--out", &out, "--against", &against]));
            let tallies = scope.spawn(|| site.run(&["statistics", "verify"]));
            (chain.join(), tallies.join(), self.compare(site, known))
        });
        let panicked = |_| anyhow::anyhow!("a part of the judge panicked");
        let mut verdict = found?;
        let told = |done: anyhow::Result<String>| done.err().map(|error| format!("{error:#}")).into_iter().collect();
        verdict.chain = told(chain.map_err(panicked)?);
        verdict.tallies = told(tallies.map_err(panicked)?);
        let held = verdict.chain.is_empty();
        Ok((verdict, held))
    }

    /// The journal against the rows.
    fn compare(&self, site: &Site, known: &Known) -> anyhow::Result<Verdict> {
        let mut verdict = Verdict { acknowledged: known.acknowledged.len(), ..Verdict::default() };
        let mut stored: HashMap<i64, Vec<(String, String)>> = HashMap::new();
        let mut steps: HashMap<String, usize> = HashMap::new();
        for row in site.database.rows(sql::STEPS)? {
            let [code, seq, at, step, outcome] = row.as_slice() else { continue };
            if self.before.contains(code) {
                continue;
            }
            let at: i64 = at.parse().with_context(|| format!("{code} step {seq}: no time"))?;
            stored.entry(at).or_default().push((code.clone(), format!("{step}.{outcome}")));
            *steps.entry(code.clone()).or_default() += 1;
        }
        for (at, rows) in &stored {
            if rows.len() > 1 {
                verdict.doubled.push(format!("{at} is stored {} times", rows.len()));
            }
            if !known.sent.contains_key(at) {
                verdict.doubled.push(format!("{at} is stored and was never sent"));
            }
        }
        for (at, code) in &known.acknowledged {
            let wanted = match known.sent.get(at).map(|write| &write.what) {
                Some(What::Step(_)) => "contact.no_answer",
                _ => "offer.accepted",
            };
            let there = stored.get(at).is_some_and(|rows| rows.iter().any(|(c, what)| c == code && what == wanted));
            if !there {
                verdict.lost.push(format!("{at} in {code} was acknowledged"));
            }
        }
        self.whole(site, known, &steps, &mut verdict)?;
        Ok(verdict)
    }

    /// Whether every case has all that belongs to it, and nothing belongs to none.
    fn whole(
        &self,
        site: &Site,
        known: &Known,
        steps: &HashMap<String, usize>,
        verdict: &mut Verdict,
    ) -> anyhow::Result<()> {
        let mut records: HashMap<(String, String), usize> = HashMap::new();
        for row in site.database.rows(sql::RECORDS)? {
            let [code, action, n] = row.as_slice() else { continue };
            records.insert((code.clone(), action.clone()), n.parse()?);
        }
        let (mut keys, mut first): (HashMap<String, usize>, HashMap<String, i64>) = (HashMap::new(), HashMap::new());
        for row in site.database.rows(sql::KEYS)? {
            let [code, seq, key] = row.as_slice() else { continue };
            *keys.entry(code.clone()).or_default() += 1;
            if seq == "1" {
                first.insert(code.clone(), key.trim_start_matches("torture-").parse()?);
            }
        }
        let mut seen = 0;
        for row in site.database.rows(sql::CASES)? {
            let numbers: Vec<usize> = row.iter().skip(1).filter_map(|n| n.parse().ok()).collect();
            let (Some(code), [said, shares, consents, clocks, opened]) = (row.first(), numbers.as_slice()) else {
                continue;
            };
            if self.before.contains(code) {
                continue;
            }
            seen += 1;
            let begun = first.get(code).and_then(|at| known.sent.get(at)).map(|write| &write.what);
            let children = usize::from(begun == Some(&What::Begin { children: true }));
            let there = steps.get(code).copied().unwrap_or_default();
            let of = |action: &str| records.get(&(code.clone(), action.to_owned())).copied().unwrap_or_default();
            let wrong = [
                (*said != there, "its steps are not as many as it says"),
                (keys.get(code) != Some(&there), "its keys are not as many as its steps"),
                (
                    of("begin_case") != 1 || of("record_step") + 1 != there,
                    "its audit records are not as many as its steps",
                ),
                (*shares < 2 || *consents != 1 || *clocks == 0, "a share, the consent or a clock is missing"),
                (*opened != children, "the case about the children is missing, or is there without any"),
            ];
            let named = wrong.into_iter().filter(|(wrong, _)| *wrong).map(|(_, what)| format!("{code}: {what}"));
            verdict.half.extend(named);
        }
        if seen != steps.len() || keys.len() != seen {
            verdict.half.push(format!("{} cases, {} with steps, {} with keys", seen, steps.len(), keys.len()));
        }
        let counts = site.database.rows(sql::COUNTS)?;
        verdict.half.extend(counts.iter().map(|row| format!("a unit's counts are not those of its shares: {row:?}")));
        Ok(())
    }
}
