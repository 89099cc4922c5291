// Package attendance keeps the sessions of courses that people come to, and who
// attended them: as a trainer says, as a list says, or as participants say
// themselves by entering a code.
//
// What is kept becomes statements (http://adlnet.gov/expapi/verbs/attended), so
// that courses of which a part happens in a room count like all others. The record
// of who attended has the statements in it, word for word, until they are stored:
// an end of the process between the two is made good by whoever looks next, and
// since the ids of the statements are derived, nothing is stored twice.
//
// It knows the catalogue, and nothing of pages.
package attendance
