package app

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"lernspur/admin"
	"lernspur/bi"
	"lernspur/directory"
	"lernspur/engine"
	"lernspur/signin"
	"lernspur/store/storetest"
	"lernspur/web/visitor"
)

// TestTools: what tools read is what an auditor is answered, and neither the course of few nor what other
// tenants have; it is off until somebody switches it on.
func TestTools(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Tools = ToolOptions{Addr: "127.0.0.1:0", Memory: engine.MinMemory, Limits: bi.Limits{Time: 5 * time.Second}}
	o.Engine.SearchDirs = storetest.SearchDirs()
	a := start(t, o)
	defer stop(t, a)
	ctx := t.Context()
	const course, few = "https://content.example/fire", "https://content.example/few"
	unitName := "Amt 10"
	unit, err := a.people.AddUnit(ctx, "default", directory.UnitEdit{Name: &unitName})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	post := func(who int, verb, course, result string) {
		list = append(list, fmt.Sprintf(`{"actor":{"mbox":"mailto:p%d@town.example"},"verb":{"id":"http://adlnet.gov/expapi/verbs/%s"},"timestamp":"2026-03-0%dT09:00:00Z","object":{"id":%q}%s}`, who, verb, 2+who%5, course, result))
	}
	for who := range 14 {
		name, identifiers, units := fmt.Sprint("P", who), []string{fmt.Sprintf("mbox|mailto:p%d@town.example", who)}, []directory.Membership{{Unit: unit.ID}}
		if _, err := a.people.AddPerson(ctx, "default", directory.PersonEdit{Name: &name, Identifiers: &identifiers, Memberships: &units}); err != nil {
			t.Fatal(err)
		}
		if who < 12 {
			post(who, "experienced", course, "")
		}
		if who < 6 {
			post(who, "completed", course, `,"result":{"completion":true,"score":{"scaled":0.5}}`)
		}
		if who < 3 {
			post(who, "experienced", few, "")
		}
	}
	if err := a.people.Wait(ctx, "default"); err != nil {
		t.Fatal(err)
	}
	if status, answer := ask(t, a, "POST", "/xapi/statements", "["+strings.Join(list, ",")+"]"); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	do(t, a, "GET", "/api/v1/progress/courses?wait=true", "", 200)
	commands := admin.Local(a.Admin())
	info, err := commands.Tools(ctx, "default")
	if err != nil || info.Enabled || info.Address == "" {
		t.Fatalf("before it is enabled: %+v, %v", info, err)
	}
	query := func(sql, secret string) (int, string) {
		r, err := http.NewRequestWithContext(ctx, "POST", "http://"+a.ToolAddr().String()+"/", strings.NewReader(sql))
		if err != nil {
			t.Fatal(err)
		}
		r.SetBasicAuth("bi_default", secret)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	if status, text := query("SELECT 1", ""); status != http.StatusForbidden {
		t.Fatalf("before it is enabled: %d %s", status, text)
	}
	if info, err = commands.ChangeTools(ctx, "enable", admin.ToolsRequest{Tenant: "default"}); err != nil || info.Secret == "" || info.User != "bi_default" {
		t.Fatalf("enabled: %+v, %v", info, err)
	}
	secret := info.Secret
	for deadline := time.Now().Add(time.Minute); !info.Answering; time.Sleep(50 * time.Millisecond) {
		if info, err = commands.Tools(ctx, "default"); err != nil || time.Now().After(deadline) {
			t.Fatalf("%+v, %v", info, err)
		}
		if info.Secret != "" {
			t.Fatal("the secret is shown again")
		}
	}
	status, text := query("SELECT * FROM bi_courses FORMAT JSONEachRow SETTINGS max_execution_time = 3", secret)
	var row map[string]any
	if err := json.Unmarshal([]byte(text), &row); status != 200 || err != nil {
		t.Fatalf("one course is expected: %d %s", status, text)
	}
	// The same of an auditor.
	if _, _, err := a.signin.Create(ctx, "default", "audit", adminPassword, signin.Profile{Roles: &[]visitor.Role{visitor.Auditor}}); err != nil {
		t.Fatal(err)
	}
	_, page := comeIn(t, a, "audit").send("GET", "/api/v1/progress/courses/https%3A%2F%2Fcontent.example%2Ffire", "")
	var told struct{ Course map[string]any }
	if err := json.Unmarshal([]byte(page), &told); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"learners", "started", "completed", "passed", "failed", "completion_rate", "pass_rate", "average_score", "time_spent_median", "last_activity"} {
		if fmt.Sprint(row[name]) != fmt.Sprint(told.Course[name]) {
			t.Errorf("%s is %v, and the interface says %v", name, row[name], told.Course[name])
		}
	}
	if row["learners"] != "12" && row["learners"] != 12.0 || row["completed"] == nil {
		t.Errorf("12 learn, 6 have completed: %s", text)
	}
	for sql, want := range map[string]string{
		"SELECT name, learners, completed, headcount FROM bi_units":                "Amt 10\t12\t6\t\\N\n",
		"SELECT month, started, completed FROM bi_months":                          "2026-03-01\t12\t6\n",
		"SELECT count() FROM bi_hours":                                             "0\n",
		"SELECT count() FROM bi_questions":                                         "0\n",
		"SELECT smallest_group, zone FROM bi_about":                                "5\tEurope/Berlin\n",
		"SELECT count() FROM bi_courses WHERE course LIKE '%few%'":                 "0\n",
		"SELECT count() FROM bi_months WHERE course LIKE '%few%'":                  "0\n",
		"SELECT count() FROM system.tables WHERE database = currentDatabase()":     "6\n",
		"SELECT count() FROM system.columns WHERE name IN ('tenant', 'published')": "0\n",
	} {
		if status, text := query(sql, secret); status != 200 || text != want {
			t.Errorf("%s: %d %q, want %q", sql, status, text, want)
		}
	}
	// It survives a restart: the same secret, the same publication.
	published := info.Published
	if info, err = commands.ChangeTools(ctx, "rotate", admin.ToolsRequest{Tenant: "default"}); err != nil || info.Secret == "" || info.Secret == secret || !info.Published.Equal(published) {
		t.Errorf("rotated: %+v, %v", info, err)
	}
	if status, _ := query("SELECT 1", secret); status != http.StatusForbidden {
		t.Errorf("the secret before: %d", status)
	}
	if _, err := commands.ChangeTools(ctx, "disable", admin.ToolsRequest{Tenant: "default"}); err != nil {
		t.Error(err)
	}
	if _, err := commands.ChangeTools(ctx, "rotate", admin.ToolsRequest{Tenant: "default"}); err == nil {
		t.Error("what is disabled was rotated")
	}
	if _, err := commands.ChangeTools(ctx, "enable", admin.ToolsRequest{Tenant: "a tenant"}); err == nil {
		t.Error("a tenant that cannot be was enabled")
	}
}
