package app

import (
	"regexp"
	"strings"
	"testing"
)

// excused is how a finding of gosec is excused: one rule, and the reason.
var excused = regexp.MustCompile(`^// #nosec G\d{3} -- \S`)

// TestExcusedFindingsHaveAReason: gosec itself takes a bare #nosec, which excuses every
// rule on its line.
func TestExcusedFindingsHaveAReason(t *testing.T) {
	found := 0
	for _, f := range source(t) {
		for _, group := range f.syntax.Comments {
			for _, comment := range group.List {
				if !strings.HasPrefix(strings.TrimLeft(comment.Text, "/* "), "#nosec") {
					continue
				}
				found++
				if !excused.MatchString(comment.Text) {
					t.Errorf("%s:%d: %s names no rule or no reason: // #nosec G304 -- a setting names it",
						f.path, f.line(comment.Pos()), comment.Text)
				}
			}
		}
	}
	if found < 10 {
		t.Errorf("only %d excused findings were read", found)
	}
}
