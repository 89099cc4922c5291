package config

import "strings"

// suggestion is ", did you mean …?" with the nearest of the known names, or
// nothing if none is near.
func suggestion(name string, known []string) string {
	best, least := "", len(name)/2+1
	for _, k := range known {
		d := distance(strings.ToLower(name), strings.ToLower(k))
		// The last part alone counts as well: a key in the wrong section.
		if last := k[strings.LastIndexByte(k, '.')+1:]; last == name[strings.LastIndexByte(name, '.')+1:] {
			d = min(d, 1)
		}
		if d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + best + "?"
}

// distance is how many letters have to be added, dropped or replaced to make one
// text of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
