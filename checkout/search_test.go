package checkout

import (
	"testing"
	"time"
)

// A search inquires at most searchMost payments, twice, and then is a stray.
func TestASearchEnds(t *testing.T) {
	r := Rules{Now: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), Schedule: Schedule{time.Minute, time.Hour}}
	s := Search{Status: Searching, Next: r.Now}
	inquired, passes := 0, 0
	for s.Status == Searching {
		before := s
		s = s.After(SearchProgress{Inquired: SearchStep, Reached: "p"}, r)
		inquired += SearchStep
		if s.Passes > before.Passes {
			passes++
			if s.Reached != "" || s.Inquired != 0 {
				t.Errorf("the next pass begins at %q after %d", s.Reached, s.Inquired)
			}
		} else if s.Reached != "p" || s.Next != r.Now.Add(searchPause) {
			t.Errorf("the next step begins at %q and %v", s.Reached, s.Next)
		}
		r.Now = s.Next
	}
	if inquired != searchPasses*searchMost || passes != searchPasses || s.Status != SearchStray {
		t.Errorf("%d payments inquired in %d passes, then %s", inquired, passes, s.Status)
	}
}

// Antom does not answer: the same candidates again, ever later, for 72 hours.
func TestASearchWithoutAnswersEnds(t *testing.T) {
	r := Rules{Now: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC), Schedule: Schedule{time.Minute, time.Hour}}
	s := Search{Status: Searching, Reached: "p", Inquired: 3}
	begun := r.Now
	for s.Status == Searching {
		s = s.After(SearchProgress{Unanswered: true}, r)
		r.Now = s.Next
	}
	if after := r.Now.Sub(begun); s.Status != SearchStray || s.Reached != "p" || after < pollLimit || after > pollLimit+2*time.Hour {
		t.Errorf("it ends after %v as %s at %q", after, s.Status, s.Reached)
	}
	s = Search{Status: Searching, Tries: 5}.After(SearchProgress{Inquired: 1, Reached: "q"}, r)
	if s.Tries != 0 || s.Passes != 1 {
		t.Errorf("after an answer: %+v", s)
	}
}
