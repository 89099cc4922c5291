package manifest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sequenced is a course of SCORM 2004 that uses every part of sequencing once.
const sequenced = `<?xml version="1.0"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"
 xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="o"><organization identifier="o" adlseq:objectivesGlobalToSystem="false" adlcp:sharedDataGlobalToSystem="true"><title>Course</title>
<item identifier="i" identifierref="r"><title>Test</title>
<imsss:sequencing IDRef="shared">
<imsss:controlMode choice="false" choiceExit="false" flow="true" forwardOnly="true" useCurrentAttemptObjectiveInfo="false" useCurrentAttemptProgressInfo="1"/>
<imsss:sequencingRules>
<imsss:preConditionRule><imsss:ruleConditions conditionCombination="any"><imsss:ruleCondition condition="satisfied" operator="not" referencedObjective="g"/><imsss:ruleCondition condition="objectiveMeasureLessThan" measureThreshold="0.5"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule>
<imsss:exitConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="always"/></imsss:ruleConditions><imsss:ruleAction action="exit"/></imsss:exitConditionRule>
<imsss:postConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="attempted"/></imsss:ruleConditions><imsss:ruleAction action="retryAll"/></imsss:postConditionRule>
</imsss:sequencingRules>
<imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT30M"/>
<imsss:objectives>
<imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure><imsss:mapInfo targetObjectiveID="g1" writeSatisfiedStatus="true"/></imsss:primaryObjective>
<imsss:objective objectiveID="g"/>
</imsss:objectives>
<adlseq:objectives><adlseq:objective objectiveID="p"><adlseq:mapInfo targetObjectiveID="g1" writeRawScore="true" readMinScore="false"/><adlseq:mapInfo targetObjectiveID="g2" writeProgressMeasure="true"/></adlseq:objective></adlseq:objectives>
<imsss:randomizationControls randomizationTiming="once" selectionTiming="onEachNewAttempt" selectCount="3" reorderChildren="true"/>
<adlseq:constrainedChoiceConsiderations preventActivation="true" constrainChoice="true"/>
<adlseq:rollupConsiderations requiredForSatisfied="ifAttempted" requiredForCompleted="always" measureSatisfactionIfActive="false"/>
</imsss:sequencing></item>
</organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormType="sco" href="index.html"/></resources>
<imsss:sequencingCollection><imsss:sequencing ID="shared">
<imsss:controlMode choice="true"/>
<imsss:rollupRules rollupObjectiveSatisfied="false" rollupProgressCompletion="true" objectiveMeasureWeight="0.25"><imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.5"><imsss:rollupConditions conditionCombination="all"><imsss:rollupCondition condition="activityProgressKnown" operator="not"/></imsss:rollupConditions><imsss:rollupAction action="incomplete"/></imsss:rollupRule></imsss:rollupRules>
<imsss:deliveryControls tracked="true" completionSetByContent="true" objectiveSetByContent="false"/>
</imsss:sequencing></imsss:sequencingCollection>
</manifest>`

// sequencedTree is the tree for scorm-again that the manifest above says, written
// by hand after the declarations of the library (types/sequencing_types.d.ts).
const sequencedTree = `{"id":"o","title":"Course","isVisible":true,"children":[{"id":"i","title":"Test","isVisible":true,
"attemptLimit":2,"attemptAbsoluteDurationLimit":"PT30M",
"primaryObjective":{"objectiveID":"p","satisfiedByMeasure":true,"minNormalizedMeasure":0.7,"mapInfo":[
 {"targetObjectiveID":"g1","readSatisfiedStatus":true,"readNormalizedMeasure":true,"writeSatisfiedStatus":true,"writeNormalizedMeasure":false,
  "readRawScore":true,"readMinScore":false,"readMaxScore":true,"readCompletionStatus":true,"readProgressMeasure":true,
  "writeRawScore":true,"writeMinScore":false,"writeMaxScore":false,"writeCompletionStatus":false,"writeProgressMeasure":false},
 {"targetObjectiveID":"g2","readSatisfiedStatus":false,"readNormalizedMeasure":false,"writeSatisfiedStatus":false,"writeNormalizedMeasure":false,
  "readRawScore":true,"readMinScore":true,"readMaxScore":true,"readCompletionStatus":true,"readProgressMeasure":true,
  "writeRawScore":false,"writeMinScore":false,"writeMaxScore":false,"writeCompletionStatus":false,"writeProgressMeasure":true}]},
"objectives":[{"objectiveID":"g"}],
"sequencingRules":{
 "preConditionRules":[{"action":"skip","conditionCombination":"any","conditions":[{"condition":"satisfied","operator":"not","referencedObjective":"g"},{"condition":"objectiveMeasureLessThan","parameters":{"threshold":0.5}}]}],
 "exitConditionRules":[{"action":"exit","conditionCombination":"all","conditions":[{"condition":"always"}]}],
 "postConditionRules":[{"action":"retryAll","conditionCombination":"all","conditions":[{"condition":"attempted"}]}]},
"sequencingControls":{"choice":false,"choiceExit":false,"flow":true,"forwardOnly":true,"useCurrentAttemptObjectiveInfo":false,"useCurrentAttemptProgressInfo":true,
 "preventActivation":true,"constrainChoice":true,"tracked":true,"completionSetByContent":true,"objectiveSetByContent":false,
 "rollupObjectiveSatisfied":false,"rollupProgressCompletion":true,"objectiveMeasureWeight":0.25,
 "selectionTiming":"onEachNewAttempt","selectCount":3,"randomizationTiming":"once","randomizeChildren":true,"reorderChildren":true},
"deliveryControls":{"tracked":true,"completionSetByContent":true,"objectiveSetByContent":false},
"rollupRules":{"rules":[{"action":"incomplete","conditionCombination":"all","consideration":"atLeastPercent","minimumPercent":0.5,"conditions":[{"condition":"progressKnown","operator":"not"}]}]},
"rollupConsiderations":{"requiredForSatisfied":"ifAttempted","requiredForCompleted":"always","measureSatisfactionIfActive":false}}]}`

// TestActivityTree: the whole of sequencing, as the run-time library takes it.
func TestActivityTree(t *testing.T) {
	p := read(t, pack(t, page(sequenced)))
	if len(p.Findings) > 0 {
		t.Error(p.Findings)
	}
	text, err := json.Marshal(p.ActivityTree())
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(sequencedTree), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	item := first(p)
	if item.PassingScore == nil || *item.PassingScore != 0.7 || item.MaxTimeAllowed != "PT30M" {
		t.Errorf("%+v", item)
	}
	q := p.Structure[0].Sequencing
	if q.ObjectivesGlobalToSystem == nil || *q.ObjectivesGlobalToSystem || q.SharedDataGlobalToSystem == nil || !*q.SharedDataGlobalToSystem {
		t.Errorf("%+v", q)
	}
	if read(t, pack(t, page(course))).ActivityTree() != nil {
		t.Error("SCORM 1.2 has an activity tree")
	}
}

// TestSequencingOddities: what does not fit is left out, and said.
func TestSequencingOddities(t *testing.T) {
	for _, c := range []struct{ name, old, new, rules string }{
		{"IDRef", `IDRef="shared"`, `IDRef="x"`, "sequencing-ref"},
		{"flag", `flow="true"`, `flow="yes"`, "value"},
		{"action", `action="skip"`, `action="jump"`, "value"},
		{"condition", `condition="always"`, `condition="sometimes"`, "value"},
		{"number", `attemptLimit="2"`, `attemptLimit="-2"`, "value"},
		{"measure", ">0.7<", ">70<", "value"},
		{"mapping of no objective", `<adlseq:objective objectiveID="p">`, `<adlseq:objective objectiveID="x">`, "value"},
		{"other letters in a value", `action="skip"`, `action="Skip"`, ""},
		{"resource and items", `<title>Test</title>`, `<title>Test</title><item identifier="j" identifierref="r"><title>J</title></item>`, "cluster-launch"},
		{"manifest within", "</manifest>", "<manifest/></manifest>", "submanifest"},
		{"several organizations", "</organizations>", `<organization identifier="p"/></organizations>`, "other-organizations"},
		{"what to hide", `<title>Test</title>`, `<title>Test</title><presentation><navigationInterface><hideLMSUI>all</hideLMSUI></navigationInterface></presentation>`, "value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := read(t, pack(t, page(change(t, sequenced, c.old, c.new))))
			if got := strings.Join(rulesOf(p, Warning), " "); got != c.rules || len(p.Errors()) > 0 {
				t.Errorf("%+v", p.Findings)
			}
		})
	}
}

// TestThreshold: completionThreshold of the 4th Edition and of those before.
func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		text string
		want *CompletionThreshold
	}{
		{"", nil},
		{`<adlcp:completionThreshold>0.75</adlcp:completionThreshold>`, &CompletionThreshold{true, 0.75, 1}},
		{`<adlcp:completionThreshold/>`, &CompletionThreshold{false, 1, 1}},
		{`<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.5" progressWeight="0.2"/>`, &CompletionThreshold{true, 0.5, 0.2}},
		{`<adlcp:completionThreshold progressWeight="0.2"/>`, &CompletionThreshold{false, 1, 0.2}},
	} {
		p := read(t, pack(t, page(change(t, sequenced, "<title>Test</title>", "<title>Test</title>"+c.text))))
		if diff := cmp.Diff(c.want, first(p).CompletionThreshold); diff != "" {
			t.Errorf("%s: %s", c.text, diff)
		}
	}
}

// TestVersions: which SCORM it is, by what the manifest states or its namespaces.
func TestVersions(t *testing.T) {
	for _, c := range []struct {
		text, stated string
		kind         Kind
		edition      string
		warned       bool
	}{
		{course, "1.2", SCORM12, "", false},
		{course, "SCORM 1.2", SCORM12, "", false},
		{course, "CAM 1.3", SCORM2004, "2nd", false},
		{course, "1.3", SCORM2004, "1st", false},
		{course, "2004 3rd Edition", SCORM2004, "3rd", false},
		{course, "2004 4th edition", SCORM2004, "4th", false},
		{course, "2004", SCORM2004, "", false},
		{course, "", SCORM12, "", true},
		{course, "1.1", SCORM12, "", true},
		{sequenced, "", SCORM2004, "", true},
	} {
		text := change(t, strings.ReplaceAll(c.text, "2004 4th Edition", "1.2"), "<schemaversion>1.2<", "<schemaversion>"+c.stated+"<")
		p := read(t, pack(t, page(text)))
		if p.Kind != c.kind || p.Edition != c.edition || slices.Contains(rulesOf(p, Warning), "schemaversion") != c.warned {
			t.Errorf("%q: %s %s, %v", c.stated, p.Kind, p.Edition, p.Findings)
		}
	}
}
