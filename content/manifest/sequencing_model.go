package manifest

// Sequencing is what SCORM 2004 says about the order of a course at one item:
// that of IMS Simple Sequencing with ADL's additions, an IDRef resolved. The
// names in JSON are those of the run-time library scorm-again, so that
// ActivityTree hands them on as they are. A nil flag or number is not stated.
type Sequencing struct {
	// IDRef is the entry of the sequencingCollection that was merged in.
	IDRef string `json:"idRef,omitempty"`

	Controls           *ControlMode          `json:"controls,omitempty"`
	PreConditions      []SequencingRule      `json:"preConditions,omitempty"`
	ExitConditions     []SequencingRule      `json:"exitConditions,omitempty"`
	PostConditions     []SequencingRule      `json:"postConditions,omitempty"`
	Rollup             *Rollup               `json:"rollup,omitempty"`
	Considerations     *RollupConsiderations `json:"considerations,omitempty"`
	Constrained        *ConstrainedChoice    `json:"constrainedChoice,omitempty"`
	PrimaryObjective   *SequencingObjective  `json:"primaryObjective,omitempty"`
	Objectives         []SequencingObjective `json:"objectives,omitempty"`
	Randomization      *Randomization        `json:"randomization,omitempty"`
	Delivery           *Delivery             `json:"delivery,omitempty"`
	AuxiliaryResources []AuxiliaryResource   `json:"auxiliaryResources,omitempty"`

	AttemptLimit *int `json:"attemptLimit,omitempty"`
	// The durations are of ISO 8601.
	AttemptAbsoluteDurationLimit  string `json:"attemptAbsoluteDurationLimit,omitempty"`
	ActivityAbsoluteDurationLimit string `json:"activityAbsoluteDurationLimit,omitempty"`
	BeginTimeLimit                string `json:"beginTimeLimit,omitempty"`
	EndTimeLimit                  string `json:"endTimeLimit,omitempty"`

	// ObjectivesGlobalToSystem and SharedDataGlobalToSystem are said at the
	// organization (adlseq, adlcp); both are true when not stated.
	ObjectivesGlobalToSystem *bool `json:"objectivesGlobalToSystem,omitempty"`
	SharedDataGlobalToSystem *bool `json:"sharedDataGlobalToSystem,omitempty"`
}

// ControlMode is <controlMode>.
type ControlMode struct {
	Choice                         *bool `json:"choice,omitempty"`
	ChoiceExit                     *bool `json:"choiceExit,omitempty"`
	Flow                           *bool `json:"flow,omitempty"`
	ForwardOnly                    *bool `json:"forwardOnly,omitempty"`
	UseCurrentAttemptObjectiveInfo *bool `json:"useCurrentAttemptObjectiveInfo,omitempty"`
	UseCurrentAttemptProgressInfo  *bool `json:"useCurrentAttemptProgressInfo,omitempty"`
}

// ConstrainedChoice is <adlseq:constrainedChoiceConsiderations>.
type ConstrainedChoice struct {
	PreventActivation *bool `json:"preventActivation,omitempty"`
	ConstrainChoice   *bool `json:"constrainChoice,omitempty"`
}

// SequencingRule is a rule before or after an activity, or at its exit.
type SequencingRule struct {
	Action               string      `json:"action"`
	ConditionCombination string      `json:"conditionCombination"`
	Conditions           []Condition `json:"conditions"`
}

// Condition is one of a rule; Operator is "not" or empty.
type Condition struct {
	Condition           string               `json:"condition"`
	Operator            string               `json:"operator,omitempty"`
	ReferencedObjective string               `json:"referencedObjective,omitempty"`
	Parameters          *ConditionParameters `json:"parameters,omitempty"`
}

// ConditionParameters hold the threshold of a comparison of measures.
type ConditionParameters struct {
	Threshold float64 `json:"threshold"`
}

// Rollup is <rollupRules>.
type Rollup struct {
	ObjectiveSatisfied     *bool        `json:"rollupObjectiveSatisfied,omitempty"`
	ProgressCompletion     *bool        `json:"rollupProgressCompletion,omitempty"`
	ObjectiveMeasureWeight *float64     `json:"objectiveMeasureWeight,omitempty"`
	Rules                  []RollupRule `json:"rules,omitempty"`
}

// RollupRule is <rollupRule>; Consideration is its childActivitySet.
type RollupRule struct {
	Action               string      `json:"action"`
	ConditionCombination string      `json:"conditionCombination"`
	Consideration        string      `json:"consideration"`
	MinimumCount         *int        `json:"minimumCount,omitempty"`
	MinimumPercent       *float64    `json:"minimumPercent,omitempty"`
	Conditions           []Condition `json:"conditions"`
}

// RollupConsiderations is <adlseq:rollupConsiderations>.
type RollupConsiderations struct {
	RequiredForSatisfied        string `json:"requiredForSatisfied,omitempty"`
	RequiredForNotSatisfied     string `json:"requiredForNotSatisfied,omitempty"`
	RequiredForCompleted        string `json:"requiredForCompleted,omitempty"`
	RequiredForIncomplete       string `json:"requiredForIncomplete,omitempty"`
	MeasureSatisfactionIfActive *bool  `json:"measureSatisfactionIfActive,omitempty"`
}

// SequencingObjective is an objective of an activity.
type SequencingObjective struct {
	ID                   string    `json:"objectiveID"`
	SatisfiedByMeasure   *bool     `json:"satisfiedByMeasure,omitempty"`
	MinNormalizedMeasure *float64  `json:"minNormalizedMeasure,omitempty"`
	MapInfo              []MapInfo `json:"mapInfo,omitempty"`
}

// MapInfo ties an objective to a global one, defaults filled in.
type MapInfo struct {
	TargetObjectiveID      string `json:"targetObjectiveID"`
	ReadSatisfiedStatus    bool   `json:"readSatisfiedStatus"`
	ReadNormalizedMeasure  bool   `json:"readNormalizedMeasure"`
	WriteSatisfiedStatus   bool   `json:"writeSatisfiedStatus"`
	WriteNormalizedMeasure bool   `json:"writeNormalizedMeasure"`
	ReadRawScore           bool   `json:"readRawScore"`
	ReadMinScore           bool   `json:"readMinScore"`
	ReadMaxScore           bool   `json:"readMaxScore"`
	ReadCompletionStatus   bool   `json:"readCompletionStatus"`
	ReadProgressMeasure    bool   `json:"readProgressMeasure"`
	WriteRawScore          bool   `json:"writeRawScore"`
	WriteMinScore          bool   `json:"writeMinScore"`
	WriteMaxScore          bool   `json:"writeMaxScore"`
	WriteCompletionStatus  bool   `json:"writeCompletionStatus"`
	WriteProgressMeasure   bool   `json:"writeProgressMeasure"`
}

// Randomization is <randomizationControls>.
type Randomization struct {
	RandomizationTiming string `json:"randomizationTiming,omitempty"`
	SelectionTiming     string `json:"selectionTiming,omitempty"`
	SelectCount         *int   `json:"selectCount,omitempty"`
	ReorderChildren     *bool  `json:"reorderChildren,omitempty"`
}

// Delivery is <deliveryControls>.
type Delivery struct {
	Tracked                *bool `json:"tracked,omitempty"`
	CompletionSetByContent *bool `json:"completionSetByContent,omitempty"`
	ObjectiveSetByContent  *bool `json:"objectiveSetByContent,omitempty"`
}

// AuxiliaryResource is one of <auxiliaryResources>.
type AuxiliaryResource struct {
	ResourceID string `json:"resourceId"`
	Purpose    string `json:"purpose"`
}
