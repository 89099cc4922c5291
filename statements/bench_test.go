package statements

import (
	"bytes"
	"fmt"
	"testing"
)

// typical is a statement as an LMS sends it, about 1.5 kB.
const typical = `{"id":"fd41c918-b88b-4b20-a0a5-%012x",` +
	`"actor":{"objectType":"Agent","name":"Erika Mustermann","account":{"homePage":"https://lms.stadt.example/","name":"emustermann-4711"}},` +
	`"verb":{"id":"http://adlnet.gov/expapi/verbs/answered","display":{"en-US":"answered","de-DE":"beantwortete"}},` +
	`"object":{"objectType":"Activity","id":"https://lms.stadt.example/xapi/activities/datenschutz/modul-3/frage-7",` +
	`"definition":{"name":{"de-DE":"Frage 7: Auftragsverarbeitung"},"description":{"de-DE":"Welche der folgenden Aussagen zur Auftragsverarbeitung treffen zu? Mehrere Antworten sind möglich."},` +
	`"type":"http://adlnet.gov/expapi/activities/cmi.interaction","interactionType":"choice","correctResponsesPattern":["a[,]c"],` +
	`"choices":[{"id":"a","description":{"de-DE":"Ein Vertrag ist nötig."}},{"id":"b","description":{"de-DE":"Eine Einwilligung genügt."}},{"id":"c","description":{"de-DE":"Der Verantwortliche bleibt verantwortlich."}}]}},` +
	`"result":{"score":{"scaled":0.75,"raw":3,"min":0,"max":4},"success":true,"completion":true,"response":"a[,]c","duration":"PT1M23.45S"},` +
	`"context":{"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","contextActivities":{"parent":[{"objectType":"Activity","id":"https://lms.stadt.example/xapi/activities/datenschutz/modul-3"}],` +
	`"grouping":[{"objectType":"Activity","id":"https://lms.stadt.example/xapi/activities/datenschutz"}],"category":[{"id":"https://w3id.org/xapi/cmi5/context/categories/cmi5"}]},` +
	`"language":"de-DE","platform":"Stadt Beispiel Lernportal","extensions":{"https://w3id.org/xapi/cmi5/context/extensions/sessionid":"8b1f2d60-3d65-4d8f-9a2c-7d5d8f6f2c11"}},` +
	`"timestamp":"2026-03-31T14:05:00.123Z"}`

var benchOptions = Options{Edition: V1,
	Authority: []byte(`{"objectType":"Agent","account":{"homePage":"https://lrs.stadt.example/","name":"key-1"}}`)}

func benchBatch(n int) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, typical, i)
	}
	b.WriteByte(']')
	return b.Bytes()
}

func benchmarkParse(b *testing.B, body []byte, n int) {
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		sts, err := Parse(body, benchOptions)
		if err != nil || len(sts) != n {
			b.Fatal(len(sts), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n)/1000, "µs/statement")
}

func BenchmarkParse1(b *testing.B)  { benchmarkParse(b, fmt.Appendf(nil, typical, 1), 1) }
func BenchmarkParse50(b *testing.B) { benchmarkParse(b, benchBatch(50), 50) }

func BenchmarkReparse(b *testing.B) {
	sts, err := Parse(fmt.Appendf(nil, typical, 1), benchOptions)
	if err != nil {
		b.Fatal(err)
	}
	sts[0].Stamp(1)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Reparse(sts[0].Raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkParseEscaped parses the JSON that PHP writes: every slash and every
// letter beyond ASCII escaped.
func BenchmarkParseEscaped(b *testing.B) {
	body := bytes.ReplaceAll(benchBatch(50), []byte("/"), []byte(`\/`))
	benchmarkParse(b, bytes.ReplaceAll(body, []byte("ö"), []byte(`\u00f6`)), 50)
}

// BenchmarkParseAttached parses a statement with two attachments.
func BenchmarkParseAttached(b *testing.B) {
	body := bytes.TrimSuffix(fmt.Appendf(nil, typical, 1), []byte("}"))
	body = append(body, `,"attachments":[`+attachmentText("")+","+attachmentText("")+`]}`...)
	benchmarkParse(b, body, 1)
}
