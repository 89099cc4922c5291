package conformance

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
	}
}
