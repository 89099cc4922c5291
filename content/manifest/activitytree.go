package manifest

import "slices"

// ActivityNode is an activity of the tree that the run-time library scorm-again
// takes as sequencing.activityTree, in its names.
type ActivityNode struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	IsVisible bool            `json:"isVisible"`
	Children  []*ActivityNode `json:"children,omitempty"`

	AttemptLimit                  *int   `json:"attemptLimit,omitempty"`
	AttemptAbsoluteDurationLimit  string `json:"attemptAbsoluteDurationLimit,omitempty"`
	ActivityAbsoluteDurationLimit string `json:"activityAbsoluteDurationLimit,omitempty"`
	TimeLimitAction               string `json:"timeLimitAction,omitempty"`
	BeginTimeLimit                string `json:"beginTimeLimit,omitempty"`
	EndTimeLimit                  string `json:"endTimeLimit,omitempty"`

	PrimaryObjective     *SequencingObjective  `json:"primaryObjective,omitempty"`
	Objectives           []SequencingObjective `json:"objectives,omitempty"`
	SequencingRules      *activityRules        `json:"sequencingRules,omitempty"`
	SequencingControls   *activityControls     `json:"sequencingControls,omitempty"`
	DeliveryControls     *Delivery             `json:"deliveryControls,omitempty"`
	RollupRules          *activityRollup       `json:"rollupRules,omitempty"`
	RollupConsiderations *RollupConsiderations `json:"rollupConsiderations,omitempty"`
	CompletionThreshold  *CompletionThreshold  `json:"completionThreshold,omitempty"`
	HideLMSUI            []string              `json:"hideLmsUi,omitempty"`
	AuxiliaryResources   []AuxiliaryResource   `json:"auxiliaryResources,omitempty"`
	SharedDataMaps       []SharedData          `json:"sharedDataMaps,omitempty"`
}

type activityRules struct {
	Pre  []SequencingRule `json:"preConditionRules,omitempty"`
	Exit []SequencingRule `json:"exitConditionRules,omitempty"`
	Post []SequencingRule `json:"postConditionRules,omitempty"`
}

// activityControls has the parts of several elements of the manifest, as the
// library keeps them in one place.
type activityControls struct {
	ControlMode
	ConstrainedChoice
	Delivery
	RollupObjectiveSatisfied *bool    `json:"rollupObjectiveSatisfied,omitempty"`
	RollupProgressCompletion *bool    `json:"rollupProgressCompletion,omitempty"`
	ObjectiveMeasureWeight   *float64 `json:"objectiveMeasureWeight,omitempty"`
	SelectionTiming          string   `json:"selectionTiming,omitempty"`
	SelectCount              *int     `json:"selectCount,omitempty"`
	RandomizationTiming      string   `json:"randomizationTiming,omitempty"`
	RandomizeChildren        *bool    `json:"randomizeChildren,omitempty"`
	ReorderChildren          *bool    `json:"reorderChildren,omitempty"`
}

type activityRollup struct {
	Rules []RollupRule `json:"rules"`
}

// ActivityTree is the activity tree of a package of SCORM 2004, from its
// organization down; nil for other kinds.
func (p *Package) ActivityTree() *ActivityNode {
	if p.Kind != SCORM2004 || len(p.Structure) == 0 {
		return nil
	}
	return activityNode(p.Structure[0])
}

func activityNode(item *Item) *ActivityNode {
	n := &ActivityNode{
		ID:                  item.ID,
		Title:               item.Title.In(),
		IsVisible:           !item.Hidden,
		TimeLimitAction:     item.TimeLimitAction,
		CompletionThreshold: item.CompletionThreshold,
		HideLMSUI:           item.HideLMSUI,
		SharedDataMaps:      item.SharedData,
	}
	if item.Sequencing != nil {
		n.sequence(item.Sequencing)
	}
	for _, child := range item.Children {
		n.Children = append(n.Children, activityNode(child))
	}
	return n
}

func (n *ActivityNode) sequence(q *Sequencing) {
	n.AttemptLimit = q.AttemptLimit
	n.AttemptAbsoluteDurationLimit = q.AttemptAbsoluteDurationLimit
	n.ActivityAbsoluteDurationLimit = q.ActivityAbsoluteDurationLimit
	n.BeginTimeLimit, n.EndTimeLimit = q.BeginTimeLimit, q.EndTimeLimit
	n.PrimaryObjective, n.Objectives = q.PrimaryObjective, q.Objectives
	n.DeliveryControls = q.Delivery
	n.RollupConsiderations = q.Considerations
	n.AuxiliaryResources = q.AuxiliaryResources
	if len(q.PreConditions)+len(q.ExitConditions)+len(q.PostConditions) > 0 {
		n.SequencingRules = &activityRules{q.PreConditions, q.ExitConditions, q.PostConditions}
	}
	c := &activityControls{}
	if q.Controls != nil {
		c.ControlMode = *q.Controls
	}
	if q.Constrained != nil {
		c.ConstrainedChoice = *q.Constrained
	}
	if q.Delivery != nil {
		c.Delivery = *q.Delivery
	}
	if r := q.Rollup; r != nil {
		c.RollupObjectiveSatisfied, c.RollupProgressCompletion = r.ObjectiveSatisfied, r.ProgressCompletion
		c.ObjectiveMeasureWeight = r.ObjectiveMeasureWeight
		if len(r.Rules) > 0 {
			n.RollupRules = &activityRollup{libraryRollup(r.Rules)}
		}
	}
	if r := q.Randomization; r != nil {
		c.SelectionTiming, c.SelectCount = r.SelectionTiming, r.SelectCount
		c.RandomizationTiming = r.RandomizationTiming
		c.RandomizeChildren, c.ReorderChildren = r.ReorderChildren, r.ReorderChildren
	}
	if *c != (activityControls{}) {
		n.SequencingControls = c
	}
}

// libraryRollup are rollup rules in the library's words, which has another one for
// a condition.
func libraryRollup(rules []RollupRule) []RollupRule {
	rules = slices.Clone(rules)
	for i, rule := range rules {
		rules[i].Conditions = slices.Clone(rule.Conditions)
		for j := range rules[i].Conditions {
			if c := &rules[i].Conditions[j]; c.Condition == "activityProgressKnown" {
				c.Condition = "progressKnown"
			}
		}
	}
	return rules
}
