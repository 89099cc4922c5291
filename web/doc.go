// Package web is what people see in a browser: the pages of content managers,
// learners and administrators, in German and English.
//
// It owns how pages look and what they say. Who looks at them it is told by
// package visitor; what they show it asks of the catalogue and of the ports that it
// declares. Every page is a line of one table with the roles that may see it.
package web
