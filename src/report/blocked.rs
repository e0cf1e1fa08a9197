//! What stands in the way of a higher rung, an axis or points, and what would move it.

use super::canvas::Tone;
use super::command::command;
use super::human::Page;
use crate::explain::{Because, CriterionLine, ObjectiveLine, PointsLine, PointsOf, StepLine};
use crate::grade::Outcome;
use crate::rules::Scale;
use crate::text::Lang;

/// Steps shown of one rung.
const STEPS: usize = 8;
/// Criteria and items of one objective that are shown with their reasons, those that miss most first; `-v` and the JSON
/// have all.
const LINES: usize = 6;

/// How the steps of a rung stand to those of the rung below it.
#[derive(Debug, Clone, Copy)]
enum Way {
    First,
    Further,
    Other,
}

impl Page<'_, '_> {
    /// What blocks the rungs above the claimed one, or an axis; where steps are asked for, those of an objective too.
    pub(super) fn blocked(&mut self) {
        let next = self.detail.next;
        let mut told: Vec<usize> = Vec::new();
        let mut asked: &[StepLine] = &[];
        let mut said: Vec<&Because> = Vec::new();
        let mut headed = false;
        let it = self.it;
        for rung in &it.story.rungs {
            let fresh: Vec<usize> = rung.blocked_by.iter().copied().filter(|at| !told.contains(at)).collect();
            let gate = matches!(it.rules.scale, Scale::Gate(_));
            if fresh.is_empty() && !next && (!gate || rung.blocked_by.is_empty()) {
                continue;
            }
            if !std::mem::replace(&mut headed, true) {
                self.canvas.heading(match it.rules.scale {
                    Scale::Gate(_) => self.say("통과를 막는 것", "What stands in the way"),
                    Scale::Scorecard(_) => self.say("점수를 더 얻으려면", "What would bring more points"),
                    Scale::Ladder(_) => self.say("더 높은 단계를 막는 것", "What blocks the higher rungs"),
                });
            }
            self.canvas.paragraph(2, "", &rung.name);
            for at in rung.blocked_by.iter().filter(|at| gate && !fresh.contains(at)) {
                let title = it.rules.criteria[*at].title.get(self.lang);
                let above = self.say("위에 적음", "see above");
                self.canvas.paragraph(4, "- ", &format!("{title} ({above})"));
            }
            for &at in &fresh {
                let Some(line) = it.story.criteria.iter().find(|line| line.criterion == at) else { continue };
                let (again, new): (Vec<&Because>, Vec<&Because>) =
                    line.reasons.iter().partition(|reason| said.iter().any(|other| other.text == reason.text));
                self.criterion(line, &new.iter().copied().cloned().collect::<Vec<_>>());
                if !again.is_empty() {
                    self.as_above(again.len(), !new.is_empty());
                }
                self.remedy(line, 6);
                said.extend(new);
            }
            told.extend(fresh);
            if next {
                // The way to a higher rung may leave the way to the one below it; that more is asked of a fact is no
                // other way.
                let same = |a: &StepLine, b: &StepLine| a.fact == b.fact && (a.write == b.write || a.kind == b.kind);
                let further = asked.iter().all(|step| rung.steps.iter().any(|other| same(step, other)));
                let fresh: Vec<&StepLine> =
                    rung.steps.iter().filter(|step| !further || !asked.contains(step)).collect();
                self.steps(
                    &fresh,
                    if asked.is_empty() || !matches!(it.rules.scale, Scale::Ladder(_)) {
                        Way::First
                    } else if further {
                        Way::Further
                    } else {
                        Way::Other
                    },
                );
                asked = &rung.steps;
            }
        }
    }

    /// The ruleset's own advice that fits the outcome.
    pub(super) fn remedy(&mut self, line: &CriterionLine, indent: usize) {
        let remedy = &self.it.rules.criteria[line.criterion].remedy;
        let text = match line.outcome {
            Outcome::Met if !line.assured => &remedy.evidence,
            Outcome::Unknown if line.left_open => &remedy.evidence,
            Outcome::Unknown => &remedy.declare,
            Outcome::NotMet | Outcome::Contradicted => &remedy.change,
            Outcome::Met | Outcome::NotApplicable => return,
        };
        if let Some(text) = text {
            let arrow = self.sign("→ ", "-> ");
            self.canvas.paragraph(indent, arrow, text.get(self.lang));
        }
    }

    /// Which points of a scorecard are lost or open, by which criterion or item, and why.
    pub(super) fn points(&mut self) {
        let it = self.it;
        for floor in &it.story.floors {
            let mark = format!("{} ", self.canvas.paint("!", Tone::Bad));
            self.canvas.blank();
            self.canvas.paragraph(0, &mark, &floor.text);
            for at in &floor.open {
                let outcome = it.grading.criteria[*at].outcome().says();
                let title = it.rules.criteria[*at].title.get(self.lang);
                self.canvas.paragraph(2, "- ", &format!("{title} ({})", outcome.get(self.lang)));
            }
        }
        let missing = |objective: &&ObjectiveLine| objective.missing > 0.05 || self.detail.verbose;
        let objectives: Vec<&ObjectiveLine> = it.story.points.iter().filter(missing).collect();
        if objectives.is_empty() {
            return;
        }
        self.canvas.heading(self.say("점수를 잃은 곳", "Where points are lost"));
        for objective in objectives {
            self.canvas.paragraph(2, "", &objective.text);
            let mut lines: Vec<&PointsLine> =
                objective.lines.iter().filter(|line| line.lost + line.open > 0.0).collect();
            lines.sort_by(|a, b| (b.lost + b.open).total_cmp(&(a.lost + a.open)));
            let most = if self.detail.verbose { lines.len() } else { LINES };
            for line in lines.iter().take(most) {
                match line.of {
                    PointsOf::Criterion(at) => {
                        let Some(criterion) = it.story.criteria.iter().find(|line| line.criterion == at) else {
                            continue;
                        };
                        self.criterion(criterion, &criterion.reasons);
                        self.remedy(criterion, 6);
                    }
                    PointsOf::Item => {
                        self.canvas.paragraph(4, "- ", &line.text);
                        self.because(6, &line.reasons);
                    }
                }
            }
            self.further(lines.get(most..).unwrap_or_default());
        }
        if !self.detail.next && it.story.rungs.iter().any(|rung| !rung.steps.is_empty()) {
            let text =
                self.say("`--next`는 점수를 더 얻을 길을 보인다.", "`--next` shows what would bring more points.");
            self.canvas.paragraph(2, "", text);
        }
    }

    /// Lines of an objective that are named without their reasons: the criteria by their titles, the items counted.
    fn further(&mut self, lines: &[&PointsLine]) {
        let titles: Vec<&str> = lines
            .iter()
            .filter_map(|line| match line.of {
                PointsOf::Criterion(at) => Some(self.it.rules.criteria[at].title.get(self.lang)),
                PointsOf::Item => None,
            })
            .collect();
        let items = lines.len() - titles.len();
        let counted = match (items, titles.is_empty(), self.lang) {
            (0, ..) => None,
            (n, true, Lang::Ko) => Some(format!("{n}가지")),
            (n, true, Lang::En) => Some(format!("{n} more")),
            (n, false, Lang::Ko) => Some(format!("목록의 항목 {n}가지")),
            (n, false, Lang::En) => Some(format!("{n} items of the list")),
        };
        let all: Vec<&str> = titles.into_iter().chain(counted.as_deref()).collect();
        if !all.is_empty() {
            let text = match self.lang {
                Lang::Ko => format!("그 밖에 {} (`-v`로 까닭을 모두 본다)", all.join(", ")),
                Lang::En => format!("and {} (`-v` shows all reasons)", all.join(", ")),
            };
            self.canvas.paragraph(4, "- ", &text);
        }
    }

    /// What a rung or an axis wants and does not require, where it is not met.
    pub(super) fn wanted(&mut self) {
        let it = self.it;
        let wants: Vec<usize> = match &it.rules.scale {
            Scale::Ladder(rungs) => rungs.iter().flat_map(|rung| rung.wants.iter().copied()).collect(),
            Scale::Gate(axes) => axes.iter().flat_map(|axis| axis.wants.iter().copied()).collect(),
            Scale::Scorecard(_) => Vec::new(),
        };
        let open = |line: &&CriterionLine| {
            wants.contains(&line.criterion) && !matches!(line.outcome, Outcome::Met | Outcome::NotApplicable)
        };
        let lines: Vec<&CriterionLine> = it.story.criteria.iter().filter(open).collect();
        if lines.is_empty() {
            return;
        }
        self.canvas.heading(
            self.say(
                "바라는 것 가운데 채우지 못한 것(결과를 정하지 않는다)",
                "Wanted and not met (this decides nothing)",
            ),
        );
        for line in lines {
            self.criterion(line, &line.reasons);
            self.remedy(line, 6);
        }
    }

    /// Criteria that do not apply, and why: what is void counts for nothing and against nothing, and must be seen.
    pub(super) fn not_applicable(&mut self) {
        let it = self.it;
        let void: Vec<&CriterionLine> =
            it.story.criteria.iter().filter(|line| line.outcome == Outcome::NotApplicable).collect();
        if void.is_empty() {
            return;
        }
        self.canvas.heading(self.say("해당하지 않는 것", "What does not apply"));
        for line in void {
            self.criterion(line, &line.reasons);
            // A test without a leaf is that of a reading whose chosen option asks nothing.
            if line.reasons.is_empty() {
                let text = self.say("고른 해석에서는 묻는 것이 없다.", "Under the chosen readings nothing is asked.");
                self.canvas.paragraph(6, "- ", text);
            }
        }
    }

    /// Reasons that a lower rung has named already.
    fn as_above(&mut self, count: usize, also: bool) {
        let text = match (self.lang, also) {
            (Lang::Ko, true) => format!("위에 이미 적은 까닭 {count}가지도 걸린다"),
            (Lang::En, true) if count == 1 => "a reason given above as well".to_owned(),
            (Lang::Ko, false) => format!("위에 이미 적은 까닭 {count}가지"),
            (Lang::En, false) if count == 1 => "for a reason given above".to_owned(),
            (Lang::En, true) => format!("{count} reasons given above as well"),
            (Lang::En, false) => format!("for {count} reasons given above"),
        };
        self.canvas.paragraph(6, "- ", &text);
    }

    /// What a rung asks for.
    fn steps(&mut self, steps: &[&StepLine], way: Way) {
        let head = match (steps.is_empty(), way) {
            // No leaf can be moved: nothing of the rung applies to the model, or no step is known.
            (true, Way::First) => self.say("할 수 있는 일을 찾지 못했다.", "No step was found that would do it."),
            (true, _) => self.say("그 밖에 더 할 일은 없다.", "Nothing more to do beyond that."),
            (false, Way::First) => self.say("할 일:", "To do:"),
            (false, Way::Further) => self.say("거기에 더할 일:", "To do beyond that:"),
            (false, Way::Other) => self.say("앞의 것 대신 할 일:", "To do in place of that:"),
        };
        self.canvas.paragraph(4, "", head);
        let mut told = None;
        for (number, step) in steps.iter().take(STEPS).enumerate() {
            self.canvas.paragraph(6, &format!("{}. ", number + 1), &step.text);
            if let Some(write) = &step.write {
                for line in write.lines() {
                    self.canvas.paragraph(9, "", line);
                }
            }
            if let Some(references) = &step.against
                && told.replace(references) != Some(references)
            {
                self.comparison(references);
            }
        }
        if steps.len() > STEPS {
            let more = steps.len() - STEPS;
            let text = match self.lang {
                Lang::Ko => format!("그 밖에 {more}가지"),
                Lang::En => format!("and {more} more"),
            };
            self.canvas.paragraph(6, "", &text);
        }
    }

    /// The command that would supply what steps ask for.
    fn comparison(&mut self, references: &[String]) {
        let command = command(self.model.unwrap_or("MODEL"), references);
        self.canvas.paragraph(9, "$ ", &command);
        if references.is_empty() {
            let help = self.say(
                "REFERENCE: 가중치를 물려받았을 수 있는 모델의 디렉터리. 여럿을 이어 적는다.",
                "REFERENCE: the directory of a model that may share its weights; several may follow.",
            );
            self.canvas.paragraph(11, "", help);
        }
    }
}
