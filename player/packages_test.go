package player

import (
	"fmt"
	"os"
	"strings"
)

// The packages that browsers play in tests are built of these sources.

// wrapper is the script of the packages: the wrapper that much content calls its API
// with, pipwerks-scorm-api-wrapper, under short names. What it sets by itself is left
// to the tests that ask for it.
var wrapper = func() string {
	library, err := os.ReadFile("library/node_modules/pipwerks-scorm-api-wrapper/index.js")
	if err != nil {
		panic(fmt.Sprint(err, ": run make clients"))
	}
	return "var exports = {};\n" + string(library) + `
var pipwerks = exports, scorm = pipwerks.SCORM
pipwerks.debug.isActive = false
scorm.handleCompletionStatus = scorm.handleExitMode = Boolean(window.helped)
scorm.error = scorm.debug.getCode
window.started = scorm.init()
window.addEventListener('unload', function () { if (window.before) window.before(); scorm.quit() })
`
}()

func page(title string) string {
	return "<!doctype html><html lang=en><meta charset=utf-8><title>" + title + "</title><script src=wrapper.js></script><h1>" + title + "</h1>"
}

// scorm12 is a package of SCORM 1.2 with these SCOs, id: mastery score.
func scorm12(scos ...[2]string) map[string]string {
	files := map[string]string{"wrapper.js": wrapper}
	var items, resources strings.Builder
	for _, s := range scos {
		mastery := ""
		if s[1] != "" {
			mastery = "<adlcp:masteryscore>" + s[1] + "</adlcp:masteryscore>"
		}
		fmt.Fprintf(&items, `<item identifier="%s" identifierref="R-%s"><title>%s</title>%s</item>`, s[0], s[0], strings.ToUpper(s[0]), mastery)
		fmt.Fprintf(&resources, `<resource identifier="R-%s" type="webcontent" adlcp:scormtype="sco" href="%s.html"><file href="%s.html"/><file href="wrapper.js"/></resource>`, s[0], s[0], s[0])
		files[s[0]+".html"] = page(s[0])
	}
	files["imsmanifest.xml"] = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="O"><organization identifier="O"><title>Fire safety</title>` + items.String() + `</organization></organizations>
<resources>` + resources.String() + `</resources></manifest>`
	return files
}

// scorm2004 is a package of SCORM 2004 with these SCOs and the sequencing of its
// organization.
func scorm2004(sequencing string, scos ...[2]string) map[string]string {
	files := map[string]string{"wrapper.js": wrapper}
	var items, resources strings.Builder
	for _, s := range scos {
		fmt.Fprintf(&items, `<item identifier="%s" identifierref="R-%s"><title>%s</title>%s</item>`, s[0], s[0], strings.ToUpper(s[0]), s[1])
		fmt.Fprintf(&resources, `<resource identifier="R-%s" type="webcontent" adlcp:scormType="sco" href="%s.html"><file href="%s.html"/><file href="wrapper.js"/></resource>`, s[0], s[0], s[0])
		files[s[0]+".html"] = page(s[0])
	}
	files["imsmanifest.xml"] = `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="M" version="1" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss">
<metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
<organizations default="O"><organization identifier="O"><title>Fire safety</title>` + items.String() + `<imsss:sequencing>` + sequencing + `</imsss:sequencing></organization></organizations>
<resources>` + resources.String() + `</resources></manifest>`
	return files
}
