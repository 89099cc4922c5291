package player

import (
	"encoding/json"
	"testing"

	"lernspur/content/manifest"
	"lernspur/statements"
)

// FuzzReadH5P: whatever content says, what is made of it keeps every rule of the
// specification, is about the learner of the launch, and stays within the course.
func FuzzReadH5P(f *testing.F) {
	for _, text := range []string{
		about("completed", `,"result":{"score":{"raw":"1","min":0,"max":0,"scaled":2},"response":[1],"duration":"PT1.5S","extensions":{"https://x.example":{"a":1,"a":2}}}`),
		`{"verb":{"id":"http://adlnet.gov/expapi/verbs/answered","display":{"en-US":"x","-":"y"}},"object":{"id":"x?subContentId=a b","definition":{"interactionType":"matching","source":[{"id":"1"}],"choices":[{"id":2}],"correctResponsesPattern":["a[.]b"],"type":"u:x"}},"context":{"contextActivities":{"parent":{"id":"x"},"category":[{"id":"http://h5p.org/libraries/H5P.A-1.0"}]}}}`,
		`{"verb":{"id":"voided:x"},"object":{"definition":{"extensions":{"http://h5p.org/x-api/h5p-subContentId":"\ud800"}}}}`,
		`{"verb":{"id":"http://x.example"},"object":7,"result":{"score":{"raw":-1e400,"max":"NaN"},"success":"true"}}`,
	} {
		f.Add([]byte(text))
	}
	s := testSessionOf(manifest.H5P)
	s.SCO = s.Course
	f.Fuzz(func(t *testing.T, text []byte) {
		said, err := readH5P(text, s.Course.ID)
		if err != nil {
			return
		}
		st := said.statement(&s, 1)
		made, err := json.Marshal([]Statement{st})
		if err != nil {
			t.Fatal(err)
		}
		all, err := statements.Parse(made, statements.Options{Edition: statements.V1, Authority: []byte(learnerJSON)})
		if err != nil {
			t.Fatalf("%v\n%s", err, made)
		}
		if len(all) != 1 || string(st.Actor) != learnerJSON || st.Object.ID != s.Course.ID+said.Part || st.Verb.ID == verbs+"voided" {
			t.Errorf("%s", made)
		}
	})
}
