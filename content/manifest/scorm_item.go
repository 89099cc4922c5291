package manifest

import (
	"strings"

	"lernspur/content/markup"
)

// uiTokens are what presentation may hide (SCORM 2004).
var uiTokens = []string{"previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll"}

func (s *scormReader) hideLMSUI(item *markup.Node) (hidden []string) {
	for n := range item.Child("presentation").Child("navigationInterface").Each("hideLMSUI") {
		known := false
		for _, token := range uiTokens {
			if strings.EqualFold(token, n.Text) {
				hidden, known = append(hidden, token), true
			}
		}
		if !known {
			s.note("value", n, "hideLMSUI is %q; it must be one of %s.", n.Text, strings.Join(uiTokens, ", "))
		}
	}
	return hidden
}

func (s *scormReader) sharedData(n *markup.Node) (maps []SharedData) {
	for m := range n.Each("map") {
		maps = append(maps, SharedData{m.Attr("targetID"), s.flagOr(m, "readSharedData", true), s.flagOr(m, "writeSharedData", true)})
	}
	return maps
}

// threshold reads the form of the 4th Edition, attributes, and that of the
// earlier ones, a number as text, which alone decides on completion.
func (s *scormReader) threshold(n *markup.Node) *CompletionThreshold {
	if n == nil {
		return nil
	}
	t := &CompletionThreshold{MinProgressMeasure: 1, ProgressWeight: 1}
	if v := s.number(n, "completionThreshold", n.Text, 0, 1); v != nil {
		t.CompletedByMeasure, t.MinProgressMeasure = true, *v
	}
	t.CompletedByMeasure = s.flagOr(n, "completedByMeasure", t.CompletedByMeasure)
	if v := s.number(n, "minProgressMeasure", n.Attr("minProgressMeasure"), 0, 1); v != nil {
		t.MinProgressMeasure = *v
	}
	if v := s.number(n, "progressWeight", n.Attr("progressWeight"), 0, 1); v != nil {
		t.ProgressWeight = *v
	}
	return t
}

// passingScore is the score from which an item is passed, scaled.
func (s *scormReader) passingScore(n *markup.Node, item *Item) *float64 {
	if v := s.number(n.Child("masteryscore"), "masteryscore", item.MasteryScore, 0, 100); v != nil {
		scaled := *v / 100
		return &scaled
	}
	if q := item.Sequencing; q != nil && q.PrimaryObjective != nil {
		if by := q.PrimaryObjective.SatisfiedByMeasure; by != nil && *by {
			if q.PrimaryObjective.MinNormalizedMeasure != nil {
				return q.PrimaryObjective.MinNormalizedMeasure
			}
			one := 1.0 // the default of minNormalizedMeasure
			return &one
		}
	}
	return nil
}

// scormNames are the names of elements and attributes as the standards write
// them; where SCORM 1.2 and 2004 differ, both.
var scormNames = names(`manifest metadata schema schemaversion organizations organization item title resources resource file
	dependency identifier identifierref default version isvisible parameters href type base lang location lom
	scormtype scormType prerequisites maxtimeallowed timelimitaction timeLimitAction datafromlms dataFromLMS masteryscore
	completionThreshold completedByMeasure minProgressMeasure progressWeight data map targetID readSharedData writeSharedData
	presentation navigationInterface hideLMSUI sequencing sequencingCollection controlMode sequencingRules limitConditions
	rollupRules rollupRule objectives objective primaryObjective mapInfo randomizationControls deliveryControls`)

func names(list string) map[string][]string {
	m := map[string][]string{}
	for _, name := range strings.Fields(list) {
		m[strings.ToLower(name)] = append(m[strings.ToLower(name)], name)
	}
	return m
}

// letterCase notes names that are written in other letters than the standard's,
// each once.
func (r *reader) letterCase(root *markup.Node, known map[string][]string) {
	seen := map[string]bool{}
	check := func(n *markup.Node, name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		spellings := known[strings.ToLower(name)]
		for _, s := range spellings {
			if s == name {
				return
			}
		}
		if spellings != nil {
			r.note("letter-case", n, "%q should be written %q.", name, spellings[0])
		}
	}
	var visit func(n *markup.Node)
	visit = func(n *markup.Node) {
		if n.Is("lom") {
			return // metadata has names of its own
		}
		check(n, n.Name)
		for _, a := range n.Attrs {
			check(n, a.Name)
		}
		for _, c := range n.Children {
			visit(c)
		}
	}
	visit(root)
}
