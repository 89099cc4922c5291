package schema

import (
	"encoding/json"
	"maps"
	"slices"
)

// What the mutator puts into statements.
var (
	someRunes = []rune("aAzZ09 -_.,:;/@?#<>\"{}|\\^`~%+TPYMDHSW\x00\t\n\x7f\u0085\u00a0äſK\U0001f600")

	someKeys = []string{
		"", "a b", "http://example.org/x", "en", "en-US", "de_DE", "i-klingon", "x-a", "id", "ID", "objectType", "name", "mbox",
		"mbox_sha1sum", "openid", "account", "homePage", "member", "actor", "verb", "object", "result", "context", "display",
		"timestamp", "stored", "authority", "version", "attachments", "definition", "description", "type", "moreInfo",
		"interactionType", "correctResponsesPattern", "choices", "scale", "source", "target", "steps", "extensions", "score",
		"scaled", "raw", "min", "max", "success", "completion", "response", "duration", "registration", "instructor", "team",
		"contextActivities", "parent", "grouping", "category", "other", "revision", "platform", "language", "statement",
		"contextAgents", "contextGroups", "agent", "group", "relevantTypes", "usageType", "contentType", "length", "sha2", "fileUrl",
	}

	someValues = []any{
		nil, true, false, "", "x", json.Number("0"), json.Number("-0"), json.Number("1"), json.Number("-1.0"), json.Number("1.5"),
		json.Number("1e400"), json.Number("-1e-400"), json.Number("9223372036854775808"), json.Number("1.0000000000000000000001"),
		json.Number("100e-2"), json.Number("27.0"), json.Number("1e22"), map[string]any{}, []any{}, []any{nil},
		"Agent", "Group", "Activity", "StatementRef", "SubStatement", "contextAgent", "contextGroup", "agent",
		"http://example.org/x", "urn:x", "mailto:a@b", "MAILTO:a@b", "http:", "1a:b", "a:\u0085", "a: b", "a:é",
		"6690e6c9-3ef0-4ed3-8b37-7f3964730bee", "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE", "6690e6c93ef04ed38b377f3964730bee",
		"ebd31e95054c018b10727ccffd2ef2ec3a016ee9", "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
		"http://adlnet.gov/expapi/verbs/voided", "http://adlnet.gov/expapi/attachments/signature",
		"application/octet-stream", "application/octet-stream;", "text/plain; a=b", "text/",
		"true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other",
		"1.0", "1.0.3", "2.0", "2.0.0", "1.1.0", "0.9",
		"PT1H", "P1Y2M3DT4H5M6.7S", "P1W", "P", "PT", "P1.5D", "P1.5DT1H",
		"2026-05-18T09:30:00Z", "2026-05-18T09:30:00", "2026-05-18T09:30:00-00:00", "20260518T093000,5+02", "2026-05-18T09:30Z",
		"2016-12-31T23:59:60Z", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:60Z", "2026-05-18T09:30:00-0000",
		"en", "en-US", "de-1996-1996", "i-\u212alingon", "en-a-bbb-A-ccc", "x-a", "de-a", "zh-cmn-hak-min-nan",
		"de-abcd1-abcd2-abcd3-abcd4-abcd5-abcd6-abcd7-abcd8-abcd9",
		map[string]any{"mbox": "mailto:a@b"}, map[string]any{"objectType": "Group", "member": []any{map[string]any{"mbox": "mailto:a@b"}}},
		map[string]any{"objectType": "Group", "member": []any{}}, map[string]any{"id": "http://example.org/x"},
		map[string]any{"objectType": "Agent", "openid": "http://example.org/x"}, map[string]any{"objectType": "Group", "mbox": "mailto:g@b"},
		map[string]any{"account": map[string]any{"homePage": "http://example.org", "name": "n"}},
		map[string]any{"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
		map[string]any{"http://example.org/x": nil}, map[string]any{"en": "x"},
		[]any{map[string]any{"id": "a"}, map[string]any{"id": "a"}}, []any{map[string]any{"id": "a"}, map[string]any{"id": "b"}},
		[]any{"http://example.org/x"}, []any{"x"},
		[]any{map[string]any{"objectType": "contextAgent", "agent": map[string]any{"mbox": "mailto:a@b"}}},
		[]any{map[string]any{"objectType": "contextGroup", "group": map[string]any{"objectType": "Group", "mbox": "mailto:a@b"}}},
	}
)

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
