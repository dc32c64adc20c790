package app

import (
	"math"
	"slices"
	"strings"
)

// misspelt are the names of an environment that look like settings and are none: those
// that begin with ANTOM_, and those that are nearly the name of a setting. A name with
// a slip is otherwise ignored without a word.
func misspelt(environ []string) (warnings []Warning) {
	var known []string
	for _, row := range new(Settings).rows() {
		known = append(known, row.env)
		if row.into.secret {
			known = append(known, row.env+"_FILE")
		}
	}
	for _, entry := range environ {
		name, text, _ := strings.Cut(entry, "=")
		if slices.Contains(known, name) || text == "" {
			continue
		}
		upper := strings.ToUpper(name)
		near := nearest(upper, known)
		slips := distance(upper, near)
		switch {
		case len(near) >= len("SMTP_URL") && slips <= min(3, len(near)/4):
			warnings = append(warnings, Warning{name, "no setting has this name, and it is ignored; is " + near + " meant?"})
		case strings.HasPrefix(upper, "ANTOM_"):
			warnings = append(warnings, Warning{name, "no setting has this name, and it is ignored; the nearest is " + near})
		}
	}
	slices.SortFunc(warnings, func(a, b Warning) int { return strings.Compare(a.Setting, b.Setting) })
	return warnings
}

// nearest is the first of some names that the fewest slips lead to. A name that is longer
// or shorter by as many characters as the best so far has slips cannot be better.
func nearest(name string, known []string) (best string) {
	fewest := math.MaxInt
	for _, other := range known {
		if length := len(other) - len(name); max(length, -length) >= fewest {
			continue
		}
		if slips := distance(name, other); slips < fewest {
			best, fewest = other, slips
		}
	}
	return best
}

// distance is how many characters have to be put in, left out or replaced to make one
// name of another (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
