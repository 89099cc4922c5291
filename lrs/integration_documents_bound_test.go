package lrs_test

import (
	"net/url"
	"testing"

	"lernspur/directory"
)

// TestBoundKeysAndDocuments: a key that is bound reaches the documents of what it
// is bound to, on every method, and no others.
func TestBoundKeysAndDocuments(t *testing.T) {
	s, all := start(t)
	key := all.bound(s, directory.Binding{Actor: agentText("ada"), Registration: courseOne, ActivityPrefix: activityID("one")}, "state", "profile")
	state := func(activity, who, registration string) string {
		v := url.Values{"activityId": {activityID(activity)}, "agent": {agentText(who)}, "stateId": {"s"}}
		if registration != "" {
			v.Set("registration", registration)
		}
		return "/activities/state?" + v.Encode()
	}
	profile := func(path, name, value string) string {
		return path + "?" + url.Values{name: {value}, "profileId": {"p"}}.Encode()
	}
	for name, test := range map[string]struct {
		address string
		allowed bool
	}{
		"its own state":              {state("one/page", "ada", courseOne.String()), true},
		"another's":                  {state("one/page", "bob", courseOne.String()), false},
		"of another activity":        {state("two", "ada", courseOne.String()), false},
		"of another registration":    {state("one/page", "ada", courseTwo.String()), false},
		"of no registration":         {state("one/page", "ada", ""), false},
		"its own profile":            {profile("/agents/profile", "agent", agentText("ada")), true},
		"another's profile":          {profile("/agents/profile", "agent", agentText("bob")), false},
		"its activity's profile":     {profile("/activities/profile", "activityId", activityID("one")), true},
		"another activity's profile": {profile("/activities/profile", "activityId", activityID("two")), false},
	} {
		for _, method := range []string{"PUT", "GET", "HEAD", "POST", "DELETE"} {
			var body []byte
			if method == "PUT" || method == "POST" {
				body = []byte("{}")
			}
			c := key
			if method == "PUT" {
				c = key.with("If-None-Match", "*")
			}
			got := c.do(method, test.address, body)
			if allowed := got.status == 200 || got.status == 204; allowed != test.allowed || !allowed && got.status != 403 {
				t.Errorf("%s %s: %d %s", method, name, got.status, got.body)
			}
		}
	}
}
