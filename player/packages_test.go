package player

import (
	"fmt"
	"strings"
)

// The packages that browsers play in tests are built of these sources.

// wrapper is what content finds and calls its API with, in the way of the
// wrappers that authoring tools ship: it looks in the parents of its window.
const wrapper = `
'use strict'
var scorm = { version: null, api: null, over: false }
function find (w) {
  for (var i = 0; i < 20; i++) {
    if (w.API_1484_11) { scorm.version = '2004'; return w.API_1484_11 }
    if (w.API) { scorm.version = '1.2'; return w.API }
    if (w.parent === w) return null
    w = w.parent
  }
  return null
}
scorm.init = function () {
  scorm.api = find(window)
  return scorm.version === '2004' ? scorm.api.Initialize('') : scorm.api.LMSInitialize('')
}
scorm.get = function (n) { return scorm.version === '2004' ? scorm.api.GetValue(n) : scorm.api.LMSGetValue(n) }
scorm.set = function (n, v) { return scorm.version === '2004' ? scorm.api.SetValue(n, v) : scorm.api.LMSSetValue(n, v) }
scorm.save = function () { return scorm.version === '2004' ? scorm.api.Commit('') : scorm.api.LMSCommit('') }
scorm.error = function () { return scorm.version === '2004' ? scorm.api.GetLastError() : scorm.api.LMSGetLastError() }
scorm.quit = function () {
  if (scorm.over) return 'false'
  scorm.over = true
  return scorm.version === '2004' ? scorm.api.Terminate('') : scorm.api.LMSFinish('')
}
window.started = scorm.init()
window.addEventListener('unload', function () { if (window.before) window.before(); scorm.quit() })
`

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
