package main

import (
	"context"

	"lernspur/report/forms"
	"lernspur/report/result"
)

// allForms are the forms that a report can be written in.
func allForms() []string {
	names := make([]string, len(forms.All))
	for i, form := range forms.All {
		names[i] = string(form)
	}
	return names
}

// writeForms writes a report in some forms, and answers the names of the files. Where chromium is missing, all but
// PDF are written, and the error says so.
func writeForms(ctx context.Context, text []byte, dir string, which []string) (names []string, err error) {
	r, err := result.Read(text)
	if err != nil {
		return nil, err
	}
	wanted := make([]forms.Form, len(which))
	for i, name := range which {
		wanted[i] = forms.Form(name)
	}
	files, err := forms.Write(ctx, r, dir, forms.Options{}, wanted...)
	for _, f := range files {
		names = append(names, f.Name)
	}
	return names, err
}
