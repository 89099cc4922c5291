package scorm

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Place is a server with an API key that may do everything.
type Place struct {
	URL         string // of the interface, without a slash at its end
	Key, Secret string
	Client      *http.Client
}

const manifest = `<?xml version="1.0"?>
<manifest identifier="played" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>Played</title>
<item identifier="one" identifierref="r"><title>The only part</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="one.html"><file href="one.html"/></resource></resources>
</manifest>`

// item is the part that is played.
const item = "one"

// Upload makes a course of a package, and answers its id.
func (p *Place) Upload(ctx context.Context) (course string, err error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{"imsmanifest.xml": manifest, "one.html": "<!doctype html><title>Played</title>"} {
		w, err := z.Create(name)
		if err != nil {
			return "", err
		}
		if _, err := io.WriteString(w, text); err != nil {
			return "", err
		}
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	var answer struct{ Package struct{ Course string } }
	err = p.call(ctx, "/api/v1/packages", "application/zip", &b, &answer)
	return answer.Package.Course, err
}

// Learner registers a learner for a course, and opens a launch.
func (p *Place) Learner(ctx context.Context, course, name string) (*Learner, error) {
	var registration struct{ ID string }
	body := fmt.Sprintf(`{"course":%q,"learner":{"name":%q,"actor":{"objectType":"Agent","account":{"homePage":"https://id.example.org","name":%q}}}}`, course, name, name)
	if err := p.call(ctx, "/api/v1/registrations", "application/json", strings.NewReader(body), &registration); err != nil {
		return nil, err
	}
	var launch struct{ Link string }
	err := p.call(ctx, "/api/v1/launches", "application/json", strings.NewReader(fmt.Sprintf(`{"registration":%q}`, registration.ID)), &launch)
	if err != nil {
		return nil, err
	}
	base, token, ok := strings.Cut(launch.Link, "/launch/")
	if !ok {
		return nil, fmt.Errorf("the link of a launch is %q", launch.Link)
	}
	return &Learner{Registration: registration.ID, client: p.Client, run: base + "/run/" + token + "/"}, nil
}

func (p *Place) call(ctx context.Context, path, contentType string, body io.Reader, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path, body)
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", contentType)
	return p.do(r, into)
}

func (p *Place) do(r *http.Request, into any) error {
	r.SetBasicAuth(p.Key, p.Secret)
	answer, err := p.Client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 64<<20))
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %s: %.300s", r.Method, r.URL.Path, answer.Status, text)
	}
	return json.Unmarshal(text, into)
}

// Statement is what is looked at of a statement.
type Statement struct {
	ID     string
	Verb   struct{ ID string }
	Object struct{ ID string }
}

// Statements are those of a registration, the oldest first.
func (p *Place) Statements(ctx context.Context, registration string) (all []Statement, err error) {
	for path := "/xapi/statements?ascending=true&limit=500&registration=" + registration; path != ""; {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Experience-API-Version", "1.0.3")
		var page struct {
			Statements []Statement
			More       string
		}
		if err := p.do(r, &page); err != nil {
			return nil, err
		}
		all, path = append(all, page.Statements...), page.More
	}
	return all, nil
}
