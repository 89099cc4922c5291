package gen

import (
	"fmt"
	"strings"
)

// makeQuestion makes an interaction of one of the kinds that authoring tools
// produce, mostly choices, with the answers that learners give.
func makeQuestion(r *rng, id string, about word) question {
	kinds := []func(*rng) (definition string, answers []answer){
		choice, choice, choice, choice, choice, choice, trueFalse, trueFalse, fillIn, likert, matching, sequencing,
	}
	definition, answers := kinds[r.below(len(kinds))](r)
	stem := strings.ReplaceAll(stems[r.below(len(stems))], "%s", about.de)
	q := question{unit: unit{id, fmt.Appendf(nil,
		`{"objectType":"Activity","id":"%s","definition":{"type":"%scmi.interaction","name":{"de":"Frage zu %s"},`+
			`"description":{"de":"%s"},%s}}`, id, typePrefix, about.de, stem, definition)}}
	for _, a := range answers {
		q.answers = append(q.answers, a.render())
	}
	return q
}

// answer is one response to a question; points are out of 10, and below 0
// when there is no right answer.
type answer struct {
	response string
	points   int
}

func (a answer) render() []byte {
	if a.points < 0 {
		return fmt.Appendf(nil, `"response":"%s","completion":true`, a.response)
	}
	return fmt.Appendf(nil, `"response":"%s","success":%t,"score":{"scaled":%s,"raw":%d,"min":0,"max":10}`,
		a.response, a.points == 10, tenths(a.points), a.points)
}

// tenths writes n/10 as authoring tools do: 0, 0.5, 1.
func tenths(n int) string {
	if n%10 == 0 {
		return fmt.Sprint(n / 10)
	}
	return fmt.Sprintf("0.%d", n)
}

// components lists options under ids made of prefix and number.
func components(r *rng, name, prefix string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `"%s":[`, name)
	first := r.below(len(options))
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		o := options[(first+i)%len(options)]
		fmt.Fprintf(&b, `{"id":"%s%d","description":{"de":"%s"}}`, prefix, i+1, o.de)
	}
	b.WriteByte(']')
	return b.String()
}

func choice(r *rng) (string, []answer) {
	n := 3 + r.below(2)
	right := 1 + r.below(n)
	wrong := 1 + right%n
	return fmt.Sprintf(`"interactionType":"choice","correctResponsesPattern":["antwort_%d"],%s`,
			right, components(r, "choices", "antwort_", n)),
		[]answer{
			{fmt.Sprintf("antwort_%d", right), 10},
			{fmt.Sprintf("antwort_%d", wrong), 0},
			{fmt.Sprintf("antwort_%d[,]antwort_%d", right, wrong), 5},
		}
}

func trueFalse(r *rng) (string, []answer) {
	right := r.chance(50)
	return fmt.Sprintf(`"interactionType":"true-false","correctResponsesPattern":["%t"]`, right),
		[]answer{{fmt.Sprint(right), 10}, {fmt.Sprint(!right), 0}}
}

func fillIn(r *rng) (string, []answer) {
	terms := []string{"Anhörung", "Widerspruchsfrist", "Ermessen", "Aktenzeichen", "Zuständigkeit"}
	at := r.below(len(terms))
	return fmt.Sprintf(`"interactionType":"fill-in","correctResponsesPattern":["{case_matters=false}%s"]`, terms[at]),
		[]answer{{terms[at], 10}, {strings.ToLower(terms[at]), 10}, {terms[(at+1)%len(terms)], 0}, {"weiß nicht", 0}}
}

func likert(*rng) (string, []answer) {
	return `"interactionType":"likert","scale":[{"id":"stimme_nicht_zu","description":{"de":"Stimme nicht zu"}},` +
			`{"id":"teils","description":{"de":"Teils, teils"}},{"id":"stimme_zu","description":{"de":"Stimme zu"}}]`,
		[]answer{{"stimme_zu", -1}, {"teils", -1}, {"stimme_nicht_zu", -1}}
}

func matching(r *rng) (string, []answer) {
	return `"interactionType":"matching","correctResponsesPattern":["schritt_1[.]stelle_2[,]schritt_2[.]stelle_1"],` +
			components(r, "source", "schritt_", 2) + `,"target":[{"id":"stelle_1","description":{"de":"Fachamt"}},` +
			`{"id":"stelle_2","description":{"de":"Bürgeramt"}}]`,
		[]answer{
			{"schritt_1[.]stelle_2[,]schritt_2[.]stelle_1", 10},
			{"schritt_1[.]stelle_1[,]schritt_2[.]stelle_2", 0},
		}
}

func sequencing(r *rng) (string, []answer) {
	return `"interactionType":"sequencing","correctResponsesPattern":["schritt_2[,]schritt_1[,]schritt_3"],` +
			components(r, "choices", "schritt_", 3),
		[]answer{
			{"schritt_2[,]schritt_1[,]schritt_3", 10},
			{"schritt_1[,]schritt_2[,]schritt_3", 3},
			{"schritt_3[,]schritt_2[,]schritt_1", 0},
		}
}
