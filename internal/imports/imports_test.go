package imports

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "lernspur"

// allowed lists, for every package that is part of the product, which others of
// ours it may import, directly or through others. A package that is not listed
// fails the test, so that each one gets its place here when it is made.
var allowed = map[string][]string{
	"statements": {},
	"config":     {},
	"engine":     {},
	"transfer":   {},
	"blobs":      {},
	"documents":  {},
	// Packages are read without knowing of anything else.
	"content/archive":  {},
	"content/markup":   {},
	"content/manifest": {"content/archive", "content/markup"},
	// Who looks at a page, for everything behind signing in.
	"web/visitor": {},
	// What may be told about people, which everybody who tells something asks.
	"evaluation":     {"documents", "web/visitor"},
	"evaluation/api": {"evaluation", "apiv1", "documents", "statements", "web/visitor"},
	// Pages ask the catalogue and the directory; all else that they show comes through their ports.
	"web": {"browse", "web/visitor", "evaluation", "catalog", "attendance", "apiv1", "delivery", "forward", "webhook", "statements", "documents", "content/archive", "content/manifest", "content/markup",
		"directory", "directory/sheet", "store", "internal/failpoint", "internal/tenantfiles",
		"report/desk", "report/definition", "report/result", "schema"},
	// Statements as people look at them; pages put them into words.
	"browse":  {"statements", "web/visitor"},
	"content": {"content/archive", "content/markup", "content/manifest"},
	// How long requests are kept going, and how files of tenants are read.
	"pace":                 {},
	"internal/tenantfiles": {},
	// What all of our own interface has in common.
	"apiv1": {"statements"},
	// The description of all of our own interface.
	"apiv1/openapi": {},
	// Holds a program still at named places, when it was built for that.
	"internal/failpoint": {},

	"schema": {"statements", "internal/tenantfiles"},
	// Decides what content meant before anything else looks at it.
	"lenient": {"statements"},
	// commit, store and lrs never import each other: each declares what it
	// needs, and app ties them together.
	"commit":  {"statements", "documents", "internal/failpoint"},
	"store":   {"statements", "documents", "internal/failpoint"},
	"lrs":     {"statements", "documents", "schema", "lenient", "pace", "internal/tenantfiles"},
	"records": {"statements", "apiv1"},
	// Keeps what content is; who plays it asks here, and not the other way round.
	"catalog":     {"statements", "documents", "content/archive", "content/manifest", "content/markup"},
	"catalog/api": {"catalog", "evaluation", "web/visitor", "apiv1", "pace", "statements", "documents", "content/archive", "content/manifest", "content/markup"},
	// Sessions that people come to, which are courses of the catalogue.
	"attendance":     {"catalog", "statements", "documents", "content/archive", "content/manifest", "content/markup"},
	"attendance/api": {"attendance", "catalog", "apiv1", "statements", "documents", "content/archive", "content/manifest", "content/markup"},
	// Opens content that speaks xAPI itself, and judges what its sessions send.
	"player":    {"catalog", "statements", "documents", "content/archive", "content/manifest", "content/markup"},
	"launch":    {"statements", "documents", "catalog", "apiv1", "content/archive", "content/manifest", "content/markup"},
	"directory": {"statements", "documents", "store", "internal/failpoint", "internal/tenantfiles", "directory/sheet"},
	// Tables that people keep, read without knowing what they mean.
	"directory/sheet": {},
	"directory/api":   {"directory", "directory/sheet", "apiv1", "statements", "documents", "store", "internal/failpoint", "internal/tenantfiles"},
	"access":          {"statements", "documents", "store", "directory", "directory/sheet", "internal/failpoint", "internal/tenantfiles"},
	// Signs people in, and decides who may see what.
	"signin": {"web/visitor", "access", "apiv1", "documents", "directory", "directory/sheet", "statements", "store", "internal/failpoint", "internal/tenantfiles"},
	// What is sent to others: nothing here knows how statements come in.
	"delivery": {"documents", "apiv1", "statements"},
	"forward":  {"delivery", "documents", "apiv1", "statements"},
	"webhook":  {"delivery", "documents", "apiv1", "statements"},
	"digest":   {"delivery", "documents", "apiv1", "statements"},
	// Which figures on small groups may be shown.
	"suppress": {},
	"progress": {"statements", "documents", "store", "internal/failpoint", "apiv1", "web/visitor", "suppress", "evaluation"},
	"repairs":  {"statements", "documents", "store", "internal/failpoint", "apiv1"},
	"report":   {"statements", "documents", "store", "progress", "internal/failpoint", "apiv1", "web/visitor", "suppress", "evaluation"},
	// Figures for tools, which asks for them as everybody does and knows no statement.
	"bi": {"apiv1", "statements", "web/visitor", "suppress", "documents", "engine"},
	// What a report is to be about, before anything is computed.
	"report/definition": {"schema", "statements", "internal/tenantfiles"},
	// What a report says, as it may be published.
	"report/result": {},
	// What a run of a report has used, without knowing what it means.
	"report/inputs": {"suppress"},
	// Figures of a report, computed of inputs alone.
	"report/figures": {"report/definition", "report/inputs", "report/result", "suppress", "schema", "statements", "internal/tenantfiles"},
	"report/reading": {"report/definition", "report/inputs", "report/result", "report/figures", "progress", "evaluation", "suppress", "schema", "statements", "documents", "store", "internal/failpoint", "apiv1", "web/visitor", "internal/tenantfiles"},
	"report/runs":    {"report/definition", "report/inputs", "report/result", "report/figures", "report/reading", "progress", "evaluation", "suppress", "schema", "statements", "documents", "store", "internal/failpoint", "apiv1", "web/visitor", "internal/tenantfiles"},
	// Its forms, and how people work on it.
	"report/forms": {"report/result", "report/chart", "report/pdf", "report/definition", "schema", "statements", "internal/tenantfiles"},
	"report/desk":  {"report/result", "report/definition", "documents", "schema", "statements", "internal/tenantfiles"},
	// Pictures of figures that may be shown.
	"report/chart": {},
	// Pages on paper, printed by a browser.
	"report/pdf": {},
	"verify":     {"statements", "documents", "store", "internal/failpoint"},
	// The socket speaks of what the commands ask for, never of how it is done.
	"admin": {"statements", "documents", "store", "directory", "directory/sheet", "access", "apiv1", "signin", "web/visitor", "verify", "evaluation", "evaluation/api", "internal/failpoint", "internal/tenantfiles"},
	// Tests only.
	"lrs/conformance": {},

	"app":          {anything},
	"cmd/lernspur": {anything},
}

const anything = "*"

// free are folders of tools and of helpers for tests, which may import anything
// and which nothing of the product may import.
func free(pkg string) bool {
	return pkg == "bench" || strings.HasPrefix(pkg, "bench/") || pkg == "internal/imports" ||
		strings.HasSuffix(pkg, "test") && strings.Contains(pkg, "/")
}

func golist(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = filepath.Join("..", "..")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	var ours []string
	for line := range strings.Lines(string(out)) {
		if pkg, ok := strings.CutPrefix(strings.TrimSpace(line), module+"/"); ok {
			ours = append(ours, pkg)
		}
	}
	return ours
}

func TestImportDirections(t *testing.T) {
	for _, pkg := range golist(t, "./...") {
		if free(pkg) {
			continue
		}
		may, listed := allowed[pkg]
		if !listed {
			t.Errorf("%s has no place in the list of this test", pkg)
			continue
		}
		for _, dependency := range golist(t, "-deps", module+"/"+pkg) {
			switch {
			case dependency == pkg:
			case free(dependency):
				t.Errorf("%s imports %s, which is for tests and tools", pkg, dependency)
			case !slices.Contains(may, anything) && !slices.Contains(may, dependency):
				t.Errorf("%s imports %s and must not; docs/ARCHITECTURE.md says why", pkg, dependency)
			}
		}
	}
	for pkg := range allowed {
		if len(golist(t, module+"/"+pkg)) != 1 {
			t.Errorf("%s is in the list of this test and is no package", pkg)
		}
	}
}

// TestWhoTouchesWhat holds the promises that a package makes about libraries.
func TestWhoTouchesWhat(t *testing.T) {
	only := map[string][]string{
		"github.com/spf13/viper":                 {"config"},
		"github.com/ebitengine/purego":           {"engine"},
		"github.com/xeipuuv/gojsonschema":        {"schema"},
		"github.com/pressly/goose/v3":            {"store"},
		"github.com/schollz/progressbar/v3":      {"cmd/lernspur"},
		"github.com/ClickHouse/clickhouse-go/v2": {"store", "engine", "progress", "report", "report/reading", "bi"},
		"github.com/chromedp/chromedp":           {"report/pdf"},
		"go.yaml.in/yaml/v3":                     {"report/definition", "apiv1/openapi"},
		"github.com/yuin/goldmark":               {"report/definition"},
		"net/http":                               {"apiv1", "apiv1/openapi", "pace", "lrs", "admin", "progress", "records", "repairs", "access", "catalog/api", "attendance/api", "directory/api", "evaluation/api", "launch", "player", "signin", "web", "app", "bi", "delivery", "forward", "webhook", "digest"},
		"github.com/xuri/excelize/v2":            {"directory/sheet", "progress", "report/forms"},
		"github.com/coreos/go-oidc/v3/oidc":      {"access", "signin"},
		"net/smtp":                               {"digest"},
		"github.com/minio/minio-go/v7":           {"blobs"},
		"github.com/go-jose/go-jose/v4":          {"access", "lrs"}, // lrs checks signed statements
	}
	for _, pkg := range golist(t, "./...") {
		if free(pkg) {
			continue
		}
		cmd := exec.Command("go", "list", "-f", `{{join .Imports "\n"}}`, module+"/"+pkg)
		cmd.Dir = filepath.Join("..", "..")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(out)) {
			imported := strings.TrimSpace(line)
			for library, may := range only {
				if (imported == library || strings.HasPrefix(imported, library+"/lib/")) && !slices.Contains(may, pkg) {
					t.Errorf("%s imports %s; only %v may", pkg, imported, may)
				}
			}
		}
	}
}
