package store_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"lernspur/store"
	"lernspur/store/storetest"
)

// questions are rows about 200 questions of a course, each with its definition
// of some 400 bytes, as an authoring tool sends them.
func questions(b *testing.B, n, from int, defines bool) []store.Row {
	b.Helper()
	rows := make([]store.Row, n)
	for i := range rows {
		q := i % 200
		rows[i] = parse(b, "town", fmt.Sprintf(`{"actor":{"account":{"homePage":"https://lms.example","name":"learner-%d"}},"verb":{"id":"http://adlnet.gov/expapi/verbs/answered","display":{"de":"beantwortete"}},`+
			`"object":{"id":"https://lms.example/course/question-%d","definition":{"name":{"de":"Frage %d"},"description":{"de":"Welche der folgenden Aussagen treffen zu? Mehrere Antworten sind möglich."},`+
			`"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"choice","correctResponsesPattern":["a[,]c"],`+
			`"choices":[{"id":"a","description":{"de":"Ein Vertrag ist nötig."}},{"id":"b","description":{"de":"Eine Einwilligung genügt."}},{"id":"c","description":{"de":"Der Verantwortliche bleibt."}}]}},`+
			`"result":{"success":true,"response":"a[,]c"},"context":{"contextActivities":{"parent":[{"id":"https://lms.example/course"}]}}}`, i%1000, q, q), int64(from+i))
		rows[i].Defines = defines
	}
	return rows
}

// BenchmarkInsertDefining says what it costs that statements define activities
// over the same statements that do not.
func BenchmarkInsertDefining(b *testing.B) {
	for _, defines := range []bool{false, true} {
		b.Run(fmt.Sprint(defines), func(b *testing.B) {
			s := storetest.Open(b)
			const n = 8000
			rows := questions(b, n, 1000, defines)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Insert(context.Background(), uuid.NewString(), rows); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/1000, "µs/statement")
		})
	}
}

// BenchmarkCompareDefinitions is the part of it that every statement pays once
// its definition is known.
func BenchmarkCompareDefinitions(b *testing.B) {
	const n = 8000
	compare := store.Comparer(questions(b, n, 1000, true))
	b.ReportAllocs()
	for b.Loop() {
		compare()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/statement")
}
