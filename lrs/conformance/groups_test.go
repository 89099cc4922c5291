package conformance

import "slices"

// groups are all cases, by resource or topic.
func groups() []group {
	return []group{
		{"statements", dataCases},
		{"time", timeCases},
		{"statements resource", resourceCases},
		{"filters", filterCases},
		{"references", referenceCases},
		{"formats", formatCases},
		{"voiding", voidingCases},
		{"headers", headerCases},
		{"versions", versionCases},
		{"credentials", credentialCases},
		{"errors", errorCases},
		{"alternate syntax", alternateCases},
		{"agents", agentCases},
		{"activities", activityCases},
		{"about", aboutCases},
		{"state", append(documentCases(shelves[0]), stateCases...)},
		{"agent profile", append(documentCases(shelves[1]), profileCases...)},
		{"activity profile", documentCases(shelves[2])},
		{"concurrency", slices.Concat(concurrencyCases(shelves[0]), concurrencyCases(shelves[1]), concurrencyCases(shelves[2]))},
		{"everywhere", everywhereCases},
		{"scopes", scopeCases},
		{"attachments", attachmentCases},
		{"signatures", signatureCases},
	}
}
