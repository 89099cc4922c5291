// Package chart draws the figures of a report as SVG: for paper, for screens
// and for those who do not see it.
//
// Every chart has a title that states what is to be seen, in words made
// from the figures unless the caller gives some; the unit of its axis; labels at the
// marks themselves; and a description with all values, which screen readers read. The colours
// are those of Okabe and Ito, told apart by lightness and hatching as well, so that they
// survive printing in black and white. The same figures give the same bytes. There
// are no scripts, no style sheets and nothing from elsewhere in it.
//
// It draws what it is given: figures that may not be shown come as Hidden, and are drawn
// as a dash.
package chart
