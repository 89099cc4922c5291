package manifest

import (
	"strings"

	"lernspur/content/markup"
)

// The values of IMS Simple Sequencing as ADL restricts them (SCORM 2004 4th
// Edition, Sequencing and Navigation, 3.4 and 3.7).
var (
	combinations   = []string{"all", "any"}
	ruleConditions = []string{"satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "objectiveMeasureGreaterThan",
		"objectiveMeasureLessThan", "completed", "activityProgressKnown", "attempted", "attemptLimitExceeded",
		"timeLimitExceeded", "outsideAvailableTimeRange", "always"}
	rollupConditions = []string{"satisfied", "objectiveStatusKnown", "objectiveMeasureKnown", "completed", "activityProgressKnown",
		"attempted", "attemptLimitExceeded", "timeLimitExceeded", "outsideAvailableTimeRange", "never"}
	preActions    = []string{"skip", "disabled", "hiddenFromChoice", "stopForwardTraversal"}
	exitActions   = []string{"exit"}
	postActions   = []string{"exitParent", "exitAll", "retry", "retryAll", "continue", "previous"}
	rollupActions = []string{"satisfied", "notSatisfied", "completed", "incomplete"}
	childSets     = []string{"all", "any", "none", "atLeastCount", "atLeastPercent"}
)

func (s *scormReader) sequencingRules(n *markup.Node, q *Sequencing) {
	q.PreConditions = s.rulesOf(n, "preConditionRule", preActions)
	q.ExitConditions = s.rulesOf(n, "exitConditionRule", exitActions)
	q.PostConditions = s.rulesOf(n, "postConditionRule", postActions)
}

func (s *scormReader) rulesOf(n *markup.Node, name string, actions []string) (found []SequencingRule) {
	for c := range n.Each(name) {
		conditions := c.Child("ruleConditions")
		rule := SequencingRule{
			Action:               s.oneOf(c.Child("ruleAction"), "action", actions),
			ConditionCombination: s.oneOf(conditions, "conditionCombination", combinations),
			Conditions:           s.conditions(conditions, "ruleCondition", ruleConditions),
		}
		if rule.ConditionCombination == "" {
			rule.ConditionCombination = "all"
		}
		if rule.Action == "" || len(rule.Conditions) == 0 {
			s.note("value", c, "The rule has no action or no condition; it is left out.")
			continue
		}
		found = append(found, rule)
	}
	return found
}

func (s *scormReader) conditions(n *markup.Node, name string, values []string) (found []Condition) {
	for c := range n.Each(name) {
		condition := Condition{Condition: s.oneOf(c, "condition", values), ReferencedObjective: c.Attr("referencedObjective")}
		if strings.EqualFold(c.Attr("operator"), "not") {
			condition.Operator = "not"
		}
		if v := s.number(c, "measureThreshold", c.Attr("measureThreshold"), -1, 1); v != nil {
			condition.Parameters = &ConditionParameters{*v}
		}
		if condition.Condition != "" {
			found = append(found, condition)
		}
	}
	return found
}

func (s *scormReader) rollupRules(n *markup.Node, q *Sequencing) {
	q.Rollup = &Rollup{
		ObjectiveSatisfied:     s.flag(n, "rollupObjectiveSatisfied"),
		ProgressCompletion:     s.flag(n, "rollupProgressCompletion"),
		ObjectiveMeasureWeight: s.number(n, "objectiveMeasureWeight", n.Attr("objectiveMeasureWeight"), 0, 1),
	}
	for c := range n.Each("rollupRule") {
		conditions := c.Child("rollupConditions")
		rule := RollupRule{
			Action:               s.oneOf(c.Child("rollupAction"), "action", rollupActions),
			ConditionCombination: s.oneOf(conditions, "conditionCombination", combinations),
			Consideration:        s.oneOf(c, "childActivitySet", childSets),
			MinimumCount:         s.count(c, "minimumCount"),
			MinimumPercent:       s.number(c, "minimumPercent", c.Attr("minimumPercent"), 0, 1),
			Conditions:           s.conditions(conditions, "rollupCondition", rollupConditions),
		}
		if rule.ConditionCombination == "" {
			rule.ConditionCombination = "any"
		}
		if rule.Consideration == "" {
			rule.Consideration = "all"
		}
		if rule.Action == "" || len(rule.Conditions) == 0 {
			s.note("value", c, "The rule has no action or no condition; it is left out.")
			continue
		}
		q.Rollup.Rules = append(q.Rollup.Rules, rule)
	}
}

func (s *scormReader) objectives(n *markup.Node, q *Sequencing) {
	if p := n.Child("primaryObjective"); p != nil {
		o := s.objective(p)
		q.PrimaryObjective = &o
	}
	for c := range n.Each("objective") {
		q.Objectives = append(q.Objectives, s.objective(c))
	}
}

func (s *scormReader) objective(n *markup.Node) SequencingObjective {
	o := SequencingObjective{
		ID:                   n.Attr("objectiveID"),
		SatisfiedByMeasure:   s.flag(n, "satisfiedByMeasure"),
		MinNormalizedMeasure: s.number(n, "minNormalizedMeasure", n.Value("minNormalizedMeasure"), -1, 1),
	}
	for m := range n.Each("mapInfo") {
		o.MapInfo = append(o.MapInfo, MapInfo{
			TargetObjectiveID:      m.Attr("targetObjectiveID"),
			ReadSatisfiedStatus:    s.flagOr(m, "readSatisfiedStatus", true),
			ReadNormalizedMeasure:  s.flagOr(m, "readNormalizedMeasure", true),
			WriteSatisfiedStatus:   s.flagOr(m, "writeSatisfiedStatus", false),
			WriteNormalizedMeasure: s.flagOr(m, "writeNormalizedMeasure", false),
		})
	}
	return o
}

// adlObjectives adds what ADL maps (scores, completion, progress) to the
// objectives of IMS with the same id.
func (s *scormReader) adlObjectives(n *markup.Node, q *Sequencing) {
	for c := range n.Each("objective") {
		o := q.objective(c.Attr("objectiveID"))
		if o == nil {
			s.note("value", c, "There is no objective %q to which this mapping belongs.", c.Attr("objectiveID"))
			continue
		}
		for m := range c.Each("mapInfo") {
			s.adlMapInfo(m, o)
		}
	}
}

func (q *Sequencing) objective(id string) *SequencingObjective {
	if q.PrimaryObjective != nil && q.PrimaryObjective.ID == id {
		return q.PrimaryObjective
	}
	for i := range q.Objectives {
		if q.Objectives[i].ID == id {
			return &q.Objectives[i]
		}
	}
	return nil
}

func (s *scormReader) adlMapInfo(m *markup.Node, o *SequencingObjective) {
	var info *MapInfo
	for i := range o.MapInfo {
		if o.MapInfo[i].TargetObjectiveID == m.Attr("targetObjectiveID") {
			info = &o.MapInfo[i]
		}
	}
	if info == nil {
		o.MapInfo = append(o.MapInfo, MapInfo{TargetObjectiveID: m.Attr("targetObjectiveID")})
		info = &o.MapInfo[len(o.MapInfo)-1]
	}
	info.ReadRawScore = s.flagOr(m, "readRawScore", true)
	info.ReadMinScore = s.flagOr(m, "readMinScore", true)
	info.ReadMaxScore = s.flagOr(m, "readMaxScore", true)
	info.ReadCompletionStatus = s.flagOr(m, "readCompletionStatus", true)
	info.ReadProgressMeasure = s.flagOr(m, "readProgressMeasure", true)
	info.WriteRawScore = s.flagOr(m, "writeRawScore", false)
	info.WriteMinScore = s.flagOr(m, "writeMinScore", false)
	info.WriteMaxScore = s.flagOr(m, "writeMaxScore", false)
	info.WriteCompletionStatus = s.flagOr(m, "writeCompletionStatus", false)
	info.WriteProgressMeasure = s.flagOr(m, "writeProgressMeasure", false)
}
